"""What can be asked of the engine: each command is recorded in the inbox and replays to the same ledger."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from betting_tui.engine.core.model import BetResult, Event, Evidence, Leg, Opportunity, Origin, Selection, Side
from betting_tui.engine.core.odds import Price


class Place(Struct, frozen=True, tag="place"):
    """Stake on what was drawn: selection, price and stake travel with the key press.

    `legs` carry `stake_minor`; their price is the worst one accepted unless `take_worse`. `again` allows a second
    placement on the same opportunity. `key` makes the request count once, however often it is sent.
    """

    account: str
    legs: tuple[Leg, ...]
    key: str
    origin: Origin
    created_by: str
    opportunity: Opportunity | None = None
    take_worse: bool = False
    again: bool = False


class RecordBet(Struct, frozen=True, tag="record_bet"):
    """A bet made by hand or by a script, at any price: checked for sense and money, not against the board.

    The event is stored as given when the ledger does not know it. `placed_at` may lie in the past.
    """

    account: str
    event: Event
    selection: Selection
    bookmaker: str
    price: Price
    stake_minor: int
    key: str
    origin: Origin
    created_by: str
    side: Side = Side.BACK
    placed_at: datetime | None = None
    strategy: str | None = None
    note: str = ""


class CancelBet(Struct, frozen=True, tag="cancel_bet"):
    """Take back a bet whose event has not started: the stake is released, the bet stays in the books."""

    bet_id: str
    created_by: str
    reason: str = ""


class SettleBet(Struct, frozen=True, tag="settle_bet"):
    """Settle one bet by hand."""

    bet_id: str
    result: BetResult
    created_by: str
    reason: str = ""


class Deposit(Struct, frozen=True, tag="deposit"):
    account: str
    amount_minor: int
    key: str
    created_by: str
    reason: str = ""


class Withdraw(Struct, frozen=True, tag="withdraw"):
    account: str
    amount_minor: int
    key: str
    created_by: str
    reason: str = ""


class Arm(Struct, frozen=True, tag="arm"):
    """Let a strategy place by itself until the engine stops, or stop it doing so."""

    strategy: str
    on: bool
    created_by: str


class Pause(Struct, frozen=True, tag="pause"):
    """Stop or resume polling and automatic placing."""

    on: bool
    created_by: str


Command = Place | RecordBet | CancelBet | SettleBet | Deposit | Withdraw | Arm | Pause


class Fill(Struct, frozen=True):
    """What a broker gave: stake and price had, and the proof of it."""

    leg: Leg
    price: Price
    stake_minor: int
    evidence: Evidence
    source: str
    quoted_at: datetime | None
    seen_at: datetime | None
