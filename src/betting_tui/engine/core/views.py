"""What the engine shows: immutable answers to queries. Screens, commands and exports read these and nothing else."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from typing import Literal

from msgspec import Struct

from betting_tui.engine.core import clv
from betting_tui.engine.core.accounts import AccountSettings, AccountStatus, Breaker, Limits
from betting_tui.engine.core.closes import DEFAULT_MAX_AGE_MINUTES, BookClose, ReferenceClose
from betting_tui.engine.core.model import (
    BetKind,
    BetResult,
    BetState,
    EntryKind,
    Event,
    Evidence,
    Funding,
    Leg,
    LineKey,
    Opportunity,
    OrderState,
    Origin,
    Refusal,
    Side,
)
from betting_tui.engine.core.odds import Price


class FeedStatus(Struct, frozen=True):
    """One feed: `state` is ok, waiting, degraded, failed, off; `detail` says why and what to do."""

    name: str
    state: str
    detail: str = ""
    last_success: datetime | None = None
    next_poll: datetime | None = None
    credits_used: int | None = None
    credits_remaining: int | None = None
    rejected: int = 0


class Overview(Struct, frozen=True):
    """The header line of every screen. `reviews` are the open bets that wait for a person."""

    mode: str
    account: str
    currency: str
    now: datetime
    bankroll_minor: int
    available_minor: int
    open_bets: int
    feeds: tuple[FeedStatus, ...]
    armed: tuple[str, ...] = ()
    paused: bool = False
    read_only: bool = False
    lock_holder: str = ""
    warning: str = ""
    next_poll: datetime | None = None
    next_poll_for: str = ""
    suspended: bool = False
    breakers: tuple[Breaker, ...] = ()
    working_orders: int = 0
    reviews: int = 0


class OpportunityRow(Struct, frozen=True):
    """An opportunity with what this account would stake on it now; `no_stake` says why when that is nothing.

    `no_close` says why its closing price or its result will not be asked for, empty when they will.
    """

    opportunity: Opportunity
    stake_minor: int
    no_stake: str
    age_seconds: float
    taken: bool
    no_close: str = ""


class OpportunityPage(Struct, frozen=True):
    rows: tuple[OpportunityRow, ...]
    total: int


class BookShare(Struct, frozen=True):
    """One bookmaker's say in a fair line."""

    bookmaker: str
    price: Price
    fair_probability: float | None
    weight: float
    age_seconds: float
    note: str = ""


class Why(Struct, frozen=True):
    """Everything behind one opportunity, ready to be read. `no_close` as of its row."""

    opportunity: Opportunity
    method: str
    fair_probability: float | None
    low_probability: float | None
    books: tuple[BookShare, ...]
    stake_minor: int
    stake_reason: str
    notes: tuple[str, ...]
    no_close: str = ""


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
    return.
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
    """`clv_ev` and `clv_price` so far: against the fair line and its own book's price as they stand now."""

    bet: BetRow
    potential_return_minor: int
    price_now: Price | None
    price_now_age_seconds: float | None
    starts_in_seconds: float
    state_text: str
    clv_ev: float | None = None
    clv_price: float | None = None


class BalancePoint(Struct, frozen=True):
    at: datetime
    bankroll_minor: int


class LedgerRow(Struct, frozen=True):
    """One journal entry as the account's owner reads it: `amount_minor` is the change of available money."""

    entry_id: int
    at: datetime
    kind: EntryKind
    bet_id: str | None
    text: str
    amount_minor: int
    available_minor: int


class LedgerPage(Struct, frozen=True):
    """Journal entries of one account, newest first; `total` of the current period."""

    rows: tuple[LedgerRow, ...]
    total: int


class BookBalance(Struct, frozen=True):
    """Money kept at one bookmaker; '' is the account's own wallet."""

    bookmaker: str
    available_minor: int


class AccountView(Struct, frozen=True):
    """One account beside the others. `yield_fraction` is profit / turnover of the current period's settled bets.

    `limits` are those in force, wherever they are set; `max_drawdown_minor` is the deepest fall of the period.
    """

    name: str
    status: AccountStatus
    currency: str
    time_zone: str
    period: int
    starting_minor: int
    bankroll_minor: int
    available_minor: int
    exposure_minor: int
    open_bets: int
    settled_bets: int
    profit_minor: int
    yield_fraction: float | None
    sizing: str
    strategies: tuple[str, ...]
    current: bool
    breakers: tuple[Breaker, ...]
    settings: AccountSettings
    created_at: datetime
    limits: Limits = Limits()
    max_drawdown_minor: int = 0


class LimitUse(Struct, frozen=True):
    """How much of one limit is used up: minor units, a count or a share (0.05 = 5 %), by `unit`.

    `limit` is its key in the settings; the two daily losses are one, named by the amount's.
    """

    name: str
    used: float
    allowed: float
    unit: Literal["money", "count", "share"]
    limit: str = ""

    @property
    def share(self) -> float:
        return self.used / self.allowed if self.allowed > 0 else 1.0


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


class Recovery(Struct, frozen=True):
    """What a run that did not end in order left behind, and what may have been missed since.

    `missed_closes` names the events with open bets that started meanwhile; `awaited_results` counts the open bets
    whose event has started; `limit_resets` the betting days that began.
    """

    stopped_at: datetime
    found_at: datetime
    account: str
    currency: str
    open_bets: int
    exposure_minor: int
    working_orders: int
    missed_closes: tuple[str, ...]
    awaited_results: int
    limit_resets: int

    @property
    def away_seconds(self) -> float:
        return max(0.0, (self.found_at - self.stopped_at).total_seconds())


class Working(Struct, frozen=True):
    """An order that waits for its price. `repeated` when this request was accepted before; `note` as in Placed."""

    placement_id: int
    order: OrderRow
    repeated: bool = False
    note: str = ""


class ResetDone(Struct, frozen=True):
    """A new period; `voided` bets and orders were given back first."""

    account: str
    period: int
    starting_minor: int
    voided: int


class BankrollView(Struct, frozen=True):
    account: str
    currency: str
    starting_minor: int
    bankroll_minor: int
    available_minor: int
    exposure_minor: int
    open_bets: int
    profit_minor: int
    max_drawdown_minor: int
    curve: tuple[BalancePoint, ...]
    entries: tuple[LedgerRow, ...]
    period: int = 1
    books: tuple[BookBalance, ...] = ()


class ReportGroup(Struct, frozen=True):
    """Totals of one group of settled bets. Push and void are left out of `graded`, turnover and yield.

    CLV is the simple mean over the bets whose close is within the age limit, `_weighted` weighs them by what was at
    risk; coverage is their share of all that are not void. `median_close_minutes`: half of those closes are at most
    so old, rounded up to the next step. `beat_close` is the share above zero, by the fair close where one is known.
    """

    name: str
    bets: int
    graded: int
    wins: int
    losses: int
    pushes: int
    turnover_minor: int
    profit_minor: int
    yield_fraction: float | None
    win_rate: float | None
    expected_profit_minor: int | None
    clv_price: float | None
    clv_coverage: float | None
    clv_count: int
    clv_price_weighted: float | None = None
    clv_ev: float | None = None
    clv_ev_weighted: float | None = None
    clv_ev_coverage: float | None = None
    clv_ev_count: int = 0
    beat_close: float | None = None
    converted: int = 0
    median_close_minutes: int | None = None


class ReportView(Struct, frozen=True):
    """`missing_closes` are bets without a close of their book by reason, `missing_references` without a fair one;
    `close_max_age_minutes` is the limit both were read with, None for none."""

    account: str
    currency: str
    total: ReportGroup
    groups: tuple[ReportGroup, ...]
    grouped_by: str
    open_bets: int
    refused: int
    placed: int
    missing_closes: tuple[tuple[str, int], ...] = ()
    missing_references: tuple[tuple[str, int], ...] = ()
    close_max_age_minutes: int | None = DEFAULT_MAX_AGE_MINUTES


class Placed(Struct, frozen=True):
    """The bets of one accepted placement, after COMMIT. `repeated` when this request had already been accepted.

    `note`: what was to be done with it and was not, as asking for its price again.
    """

    placement_id: int
    bets: tuple[BetRow, ...]
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


class SettlementReport(Struct, frozen=True):
    """What a batch of results did: settled, still open and why; and bets that were settled and are open again, because
    feeds contradict each other or took their word back. `source` is the feed of the results."""

    settled: tuple[BetRow, ...]
    open: tuple[Unsettled, ...]
    results_read: int = 0
    rejected: int = 0
    reopened: tuple[BetRow, ...] = ()
    source: str = ""


class VerifyReport(Struct, frozen=True):
    ok: bool
    entries: int
    bets: int
    problems: tuple[str, ...] = ()


class PriceCell(Struct, frozen=True):
    """The best back price of one selection among the books on the board."""

    selection: str
    point: float | None
    bookmaker: str
    price: Price
    books: int


class MarketRow(Struct, frozen=True):
    """One line of one event with the best price a side; `hold` of the best prices, None when incomplete."""

    event: Event
    line: LineKey
    best: tuple[PriceCell, ...]
    hold: float | None
    newest_age_seconds: float | None
    started: bool


class SystemView(Struct, frozen=True):
    """What a bug report needs, without secrets."""

    version: str
    python: str
    sqlite: str
    textual: str
    journal_mode: str
    data_dir: str
    config_file: str
    log_file: str
    mode: str
    feeds: tuple[FeedStatus, ...]
    notifier: str
    ledger_bytes: int
    archive_bytes: int
    recent_log: tuple[str, ...]
