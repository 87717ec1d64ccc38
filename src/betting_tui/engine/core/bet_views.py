"""Bets and orders as every screen, command and export shows them, and what came of placing and settling them."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction

from msgspec import Struct

from betting_tui.engine.core import clv
from betting_tui.engine.core.closes import BookClose, ReferenceClose
from betting_tui.engine.core.model import (
    BetKind,
    BetResult,
    BetState,
    Event,
    Evidence,
    Funding,
    Leg,
    LineKey,
    OrderState,
    Origin,
    Side,
)
from betting_tui.engine.core.odds import Price
from betting_tui.engine.core.places import EachWay, Finish
from betting_tui.engine.core.refusals import Refusal
from betting_tui.engine.core.scores import PlayingScore


class BetLeg(Struct, frozen=True):
    """One leg of a parlay, at its own price; `result` once it is known."""

    event: Event
    line: LineKey
    selection: str
    point: float | None
    price: Price
    result: BetResult | None = None


class BetRow(Struct, frozen=True):
    """One bet as every screen, table and export shows it. Money in minor units.

    A parlay has its `legs`, and the product of their prices as its own; `event`, `line` and `selection` are those of
    the first leg. `review_reason` is why an open bet needs a person. `commission_minor` is what an exchange kept of the
    return. Of an `each_way` bet the stake is on each of both parts; `finish` is where its runner came in.
    """

    id: str
    account: str
    currency: str
    state: BetState
    kind: BetKind
    funding: Funding
    origin: Origin
    strategy: str | None
    opportunity_id: str | None
    placement_id: int
    stake_minor: int
    placed_at: datetime
    event: Event
    line: LineKey
    selection: str
    point: float | None
    bookmaker: str
    side: Side
    price: Price
    evidence: Evidence
    source: str
    quoted_at: datetime | None
    edge: float | None
    fair_probability: float | None
    result: BetResult | None = None
    return_minor: int | None = None
    profit_minor: int | None = None
    settled_at: datetime | None = None
    closing_price: Price | None = None
    closing_seconds_before_start: float | None = None
    closing_missing: str | None = None
    clv_price: float | None = None
    clv_net_odds: float | None = None
    note: str = ""
    clv_ev: float | None = None
    clv_line: float | None = None
    price_converted: bool = False
    ev_converted: bool = False
    fair_missing: str | None = None
    close: BookClose | None = None
    reference: ReferenceClose | None = None
    legs: tuple[BetLeg, ...] = ()
    review_reason: str = ""
    commission_minor: int = 0
    each_way: EachWay | None = None
    finish: Finish | None = None

    @property
    def staked_minor(self) -> int:
        """All that was staked on it: of an each way bet both parts."""
        return self.stake_minor * (1 if self.each_way is None else 2)

    @property
    def _prices(self) -> tuple[Fraction, Fraction] | None:
        """Taken and closing at the point taken, the better one for the bettor first named: who lays swaps them."""
        if self.close is None or self.clv_price is None:
            return None
        taken, closing = self.price.exact, self.close.price.exact
        if self.price_converted:
            factor = 1 + Fraction(self.clv_price)
            closing = taken / factor if self.side is Side.BACK else taken * factor
        return (taken, closing) if self.side is Side.BACK else (closing, taken)

    @property
    def clv_points(self) -> float | None:
        """Gain in implied probability against the same book's close."""
        prices = self._prices
        return None if prices is None else clv.clv_points(*prices)

    @property
    def clv_cents(self) -> float | None:
        """Gain in American cents against the same book's close."""
        prices = self._prices
        return None if prices is None else clv.clv_cents(*prices)

    @property
    def converted(self) -> bool:
        """Whether a close stood at another point and was converted by the sport's model."""
        return self.price_converted or self.ev_converted

    @property
    def beat_close(self) -> bool | None:
        """By the fair close, else by the book's, else by the line; None when nothing is known or nothing gained."""
        value = next((each for each in (self.clv_ev, self.clv_price, self.clv_line) if each is not None), None)
        return None if value is None else value > 0

    @property
    def events(self) -> tuple[Event, ...]:
        """What it is on, in the order of its legs."""
        return tuple(leg.event for leg in self.legs) or (self.event,)

    @property
    def starts(self) -> tuple[datetime, datetime]:
        """When the first of its events starts, and the last."""
        starts = [event.commence_time for event in self.events]
        return min(starts), max(starts)


class OpenBetRow(Struct, frozen=True):
    """`clv_ev` and `clv_price` so far: against the fair line and its own book's price as they stand now.

    `score` once the event goes on and a feed has told how it stands.
    """

    bet: BetRow
    potential_return_minor: int
    price_now: Price | None
    price_now_age_seconds: float | None
    starts_in_seconds: float
    state_text: str
    clv_ev: float | None = None
    clv_price: float | None = None
    score: PlayingScore | None = None


class OrderRow(Struct, frozen=True):
    """An order that waits for its price with its money reserved, or what became of it (`state`)."""

    id: str
    account: str
    currency: str
    event: Event
    leg: Leg
    stake_minor: int
    reserved_minor: int
    filled_minor: int
    created_at: datetime
    expires_at: datetime
    price_now: Price | None = None
    state: OrderState = OrderState.WORKING
    funding: Funding = Funding.CASH


class Placed(Struct, frozen=True):
    """The bets of one accepted placement, after COMMIT. `repeated` when this request had already been accepted.

    `note`: what was to be done with it and was not, as asking for its price again.
    """

    placement_id: int
    bets: tuple[BetRow, ...]
    repeated: bool = False
    note: str = ""


class Working(Struct, frozen=True):
    """An order that waits for its price. `repeated` when this request was accepted before; `note` as in Placed."""

    placement_id: int
    order: OrderRow
    repeated: bool = False
    note: str = ""


class NotPlaced(Struct, frozen=True):
    """Nothing was staked. `price_now` is what could be had instead, when that is the reason."""

    refusal: Refusal
    price_now: Price | None = None
    leg: Leg | None = None


class SettledBet(Struct, frozen=True):
    bet: BetRow
    repeated: bool = False


class Unsettled(Struct, frozen=True):
    """A bet that stays open, and why. `until`: when it is decided without any further word; None for a person's."""

    bet_id: str
    event_name: str
    reason: str
    until: datetime | None = None


class ChargedAnew(Struct, frozen=True):
    """A settled bet whose share of an exchange's commission changed with other bets of its market."""

    bet: BetRow
    profit_before_minor: int


class SettlementReport(Struct, frozen=True):
    """What a batch of results did: settled, still open and why; and bets that were settled and are open again, because
    feeds contradict each other or took their word back. `source` is the feed of the results. `playing`: how games with
    open bets stand that go on. `charged_anew` ended as before, and only their profit moved. `doubts` name settled bets
    whose rules are not known here, and what was taken in their place."""

    settled: tuple[BetRow, ...]
    open: tuple[Unsettled, ...]
    results_read: int = 0
    rejected: int = 0
    reopened: tuple[BetRow, ...] = ()
    source: str = ""
    playing: tuple[PlayingScore, ...] = ()
    charged_anew: tuple[ChargedAnew, ...] = ()
    doubts: tuple[str, ...] = ()
