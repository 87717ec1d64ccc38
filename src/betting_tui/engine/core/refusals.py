"""Why something was not done: a code to count by, and words for the person who asked."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class RefusalCode(StrEnum):
    """Why an order was not accepted. Stored, counted and shown with its numbers."""

    EVENT_STARTED = "event_started"
    PRICE_MOVED = "price_moved"
    STALE_QUOTE = "stale_quote"
    LINE_GONE = "line_gone"
    INSUFFICIENT_AVAILABLE = "insufficient_available"
    BELOW_MINIMUM = "below_minimum"
    DUPLICATE = "duplicate"
    ACCOUNT_SUSPENDED = "account_suspended"
    UNKNOWN_EVENT = "unknown_event"
    INVALID_ODDS = "invalid_odds"
    PAUSED = "paused"
    READ_ONLY = "read_only"
    CLOCK_SKEW = "clock_skew"
    SUSPICIOUS = "suspicious"
    EXPIRED = "expired"
    NOT_MINE = "not_mine"
    BET_SIZE = "bet_size"
    DAILY_STAKE = "daily_stake"
    MONTHLY_STAKE = "monthly_stake"
    DAILY_LOSS = "daily_loss"
    OPEN_BETS = "open_bets"
    EXPOSURE = "exposure"
    KELLY_FRACTION = "kelly_fraction"
    ODDS_RANGE = "odds_range"
    BELOW_EDGE = "below_edge"
    COOL_DOWN = "cool_down"
    DRAWDOWN = "drawdown"
    TOO_MANY = "too_many"
    OPEN_POSITIONS = "open_positions"
    UNSUPPORTED = "unsupported"
    NOT_VERIFIED = "not_verified"


class Refusal(Struct, frozen=True):
    """Why something was not done, in words with numbers, plus a code for scripts and counts."""

    code: RefusalCode
    message: str
