"""The nouns of the product, as frozen structs. Everything that crosses a room's border is one of these."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum

from msgspec import Struct

from betting_tui.engine.core.odds import Price

FULL_GAME = "full"
DRAW = "Draw"
STANDARD_RULES = "standard"
# The start of an event nobody has named one for: it has not started, and no price is a close.
START_UNKNOWN = datetime(9999, 12, 31, tzinfo=UTC)


class Side(StrEnum):
    BACK = "back"
    LAY = "lay"


class Phase(StrEnum):
    PREMATCH = "prematch"
    INPLAY = "inplay"


class OutcomeSet(StrEnum):
    """How many selections a line has. `field` is an outright: the number of runners is not known from the feed."""

    TWO_WAY = "two_way"
    THREE_WAY = "three_way"
    FIELD = "field"


class Evidence(StrEnum):
    """What proves that a fill's price could really be had, strongest first."""

    FRESH = "fresh"
    LATER_SNAPSHOT = "later_snapshot"
    SAME_SNAPSHOT = "same_snapshot"
    MODELLED = "modelled"
    NONE = "none"


class OrderState(StrEnum):
    WORKING = "working"
    PART_FILLED = "part_filled"
    FILLED = "filled"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REFUSED = "refused"


class OrderType(StrEnum):
    MARKET = "market"
    LIMIT = "limit"
    STOP = "stop"
    STOP_LIMIT = "stop_limit"


class BetState(StrEnum):
    PENDING = "pending"
    SETTLED = "settled"
    CANCELLED = "cancelled"
    REVIEW = "review"


class BetResult(StrEnum):
    WIN = "win"
    LOSS = "loss"
    PUSH = "push"
    VOID = "void"
    HALF_WIN = "half_win"
    HALF_LOSS = "half_loss"


class BetKind(StrEnum):
    SINGLE = "single"
    PARLAY = "parlay"


class Funding(StrEnum):
    CASH = "cash"
    FREE = "free"


class Origin(StrEnum):
    """Who asked for a placement."""

    APP = "app"
    COMMAND = "command"
    AUTO = "auto"
    MANUAL = "manual"
    IMPORT = "import"


class EntryKind(StrEnum):
    DEPOSIT = "deposit"
    WITHDRAWAL = "withdrawal"
    TRANSFER = "transfer"
    RESERVE = "reserve"
    RELEASE = "release"
    BET_PLACED = "bet_placed"
    BET_PAYOUT = "bet_payout"
    BET_REFUND = "bet_refund"
    CASH_OUT = "cash_out"
    COMMISSION = "commission"
    BONUS = "bonus"
    FEE = "fee"
    CORRECTION = "correction"


class Sport(Struct, frozen=True):
    key: str
    group: str
    title: str
    active: bool
    has_outrights: bool


class Event(Struct, frozen=True, gc=False):
    """One fixture, or one competition for outrights (then both teams are None)."""

    id: str
    sport_key: str
    sport_title: str
    commence_time: datetime
    home_team: str | None = None
    away_team: str | None = None

    @property
    def name(self) -> str:
        """`Celtics @ Lakers` where the away side is named first by custom, `Brighton v Spurs` elsewhere."""
        if self.home_team is None or self.away_team is None:
            return self.sport_title or self.id
        if self.sport_key.startswith(("soccer", "tennis", "mma", "cricket", "rugby", "aussierules", "boxing")):
            return f"{self.home_team} v {self.away_team}"
        return f"{self.away_team} @ {self.home_team}"

    @property
    def start_known(self) -> bool:
        return self.commence_time < START_UNKNOWN

    def started(self, now: datetime) -> bool:
        return self.commence_time <= now


class EventAlias(Struct, frozen=True):
    """What a source calls one of our events."""

    source: str
    source_event_id: str
    event_id: str


# Lines, selections and quotes come by the ten thousand and can form no cycle: the garbage collector need not walk them,
# which it would do while everything else waits.
class LineKey(Struct, frozen=True, cache_hash=True, gc=False):
    """Identity of one set of mutually exclusive selections: the unit of devig, arbitrage and comparison.

    `point` is the home side's for spreads and the line itself for totals, on a grid of quarters.
    """

    event_id: str
    market: str
    outcome_set: OutcomeSet
    period: str = FULL_GAME
    point: float | None = None
    participant: str | None = None
    rule: str = STANDARD_RULES

    @property
    def text(self) -> str:
        """The same identity as one string, unique, for storage."""
        point = "" if self.point is None else f"{self.point:g}"
        participant = (self.participant or "").replace("\\", "\\\\").replace("|", "\\|")
        return "|".join(
            (self.event_id, self.market, self.period, point, participant, self.outcome_set.value, self.rule)
        )


class Selection(Struct, frozen=True, cache_hash=True, gc=False):
    """One side of a line. `point` is this side's own: an away side at -1.5 belongs to the home line +1.5."""

    line: LineKey
    name: str
    point: float | None = None


class Quote(Struct, frozen=True, gc=False):
    """One price of one bookmaker, as seen once. `size` and `bet_limit` are in major units when the feed gives them.

    `link` leads to the bet at the bookmaker. `alternate`: from the market beside the featured one of the same bet,
    which a feed answers for separately.
    """

    selection: Selection
    bookmaker: str
    price: Price
    source: str
    seen_at: datetime
    quoted_at: datetime | None = None
    side: Side = Side.BACK
    phase: Phase = Phase.PREMATCH
    size: float | None = None
    bet_limit: float | None = None
    link: str | None = None
    alternate: bool = False

    @property
    def dated(self) -> datetime:
        """Since when its age counts: when it was quoted, but no later than it was seen, whatever the feed states."""
        quoted, seen = self.quoted_at, self.seen_at
        return seen if quoted is None or quoted > seen else quoted

    def age_seconds(self, now: datetime) -> float:
        """Seconds since the bookmaker quoted it (since it was seen, where the feed gives no time); never negative."""
        return max(0.0, (now - self.dated).total_seconds())


class PastPrice(Struct, frozen=True, gc=False):
    """What a quote was, where nothing else of it is asked for any more."""

    price: Price
    seen_at: datetime


class Leg(Struct, frozen=True, gc=False):
    """One bet of an opportunity: what to back, where, at which price, and the price's age."""

    selection: Selection
    bookmaker: str
    price: Price
    side: Side = Side.BACK
    quoted_at: datetime | None = None
    seen_at: datetime | None = None
    source: str = ""
    stake_minor: int | None = None


class Opportunity(Struct, frozen=True, gc=False):
    """A price a strategy wants to be looked at. Fractions (0.05 = 5 %); None where the strategy gives no meaning.

    `edge` is p*d - 1 at the effective price; `edge_low` the same with the most cautious probability.
    `profit_margin` is the return on turnover of an arbitrage, `difference_cents` a price gap.
    """

    id: str
    strategy: str
    event: Event
    line: LineKey
    legs: tuple[Leg, ...]
    discovered_at: datetime
    expires_at: datetime
    edge: float | None = None
    edge_low: float | None = None
    profit_margin: float | None = None
    difference_cents: float | None = None
    fair_probability: float | None = None
    fair_odds: float | None = None
    method: str | None = None
    books: tuple[str, ...] = ()
    confidence: str | None = None
    kelly_fraction: float | None = None
    flags: tuple[str, ...] = ()

    @property
    def suspicious(self) -> bool:
        return "suspicious" in self.flags

    @property
    def has_edge(self) -> bool:
        """Whether its expectation is positive and may be believed."""
        value = self.profit_margin if self.profit_margin is not None else self.edge
        return value is not None and value > 0 and "suspicious" not in self.flags

    def expired(self, now: datetime) -> bool:
        """Whether one of its prices is too old by now, or the event has started; at `expires_at` itself it still is."""
        return now > self.expires_at or self.event.started(now)

    @property
    def ev_per_unit(self) -> float | None:
        """Expected profit per unit staked: an arbitrage's certain return, else the edge."""
        return self.profit_margin if self.profit_margin is not None else self.edge
