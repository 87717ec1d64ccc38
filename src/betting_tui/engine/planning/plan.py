"""What the planner answers: calls in their order, what is reserved, what is left out and why."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct


class Endpoint(StrEnum):
    EVENTS = "events"
    ODDS = "odds"
    SCORES = "scores"


class Purpose(StrEnum):
    SCHEDULE = "schedule"
    CLOSE = "close"
    RESULT = "result"
    VALUE = "value"


class Reason(StrEnum):
    """Why something is not asked for."""

    UNKNOWN_CREDITS = "unknown_credits"
    NO_CREDITS = "no_credits"
    RESERVED = "reserved"
    DAY_CAP = "day_cap"
    KEPT_FOR_LATER = "kept_for_later"
    AFTER_RESET = "after_reset"
    TOO_LATE = "too_late"
    NOT_SUBSCRIBED = "not_subscribed"


class PlannedCall(Struct, frozen=True):
    """One request. `event_ids`: those it is made for; `text` says what for, as in `close of 3 games`."""

    at: datetime
    endpoint: Endpoint
    sport_key: str
    cost: int
    purpose: Purpose
    event_ids: tuple[str, ...]
    text: str


class NotPolled(Struct, frozen=True):
    """Events of one sport that get no close, no result or no price near their start, and why."""

    sport_key: str
    purpose: Purpose
    event_ids: tuple[str, ...]
    reason: Reason
    text: str


class Affordable(Struct, frozen=True):
    """Whether the close and the result of one more bet can be paid for, and the credits it adds to what is reserved."""

    ok: bool
    extra_credits: int
    text: str


class Plan(Struct, frozen=True):
    """Calls in order of time until the reset. Credits: `left` to spend, `reserved` for open bets, `planned` in all.

    `free_today`: what may still be spent today beside what is reserved. `runs_out`: the UTC day on which the credits
    end at the rate of late; None when they last until the reset. `today_ends`: why no more than that may go today.
    """

    calls: tuple[PlannedCall, ...]
    left: int
    reserved: int
    planned: int
    free_today: int
    not_polled: tuple[NotPolled, ...]
    runs_out: date | None
    today_ends: Reason = Reason.RESERVED

    @property
    def next_call(self) -> PlannedCall | None:
        return self.calls[0] if self.calls else None

    def until(self, moment: datetime) -> tuple[PlannedCall, ...]:
        """The calls before that moment."""
        return tuple(call for call in self.calls if call.at < moment)

    def worth_verifying(self, cost: int) -> bool:
        """Whether a check before placing that costs so much can be paid from today's share; reserves stay whole."""
        return cost <= self.free_today


def counted(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
