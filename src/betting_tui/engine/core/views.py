"""What the engine shows: immutable answers to queries. Screens, commands and exports read these and nothing else."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct

from betting_tui.engine.core.accounts import AccountSettings, AccountStatus, Breaker, Limits
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
    """The header line of every screen."""

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


class BetRow(Struct, frozen=True):
    """One bet as every screen, table and export shows it. Money in minor units."""

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


class OpenBetRow(Struct, frozen=True):
    bet: BetRow
    potential_return_minor: int
    price_now: Price | None
    price_now_age_seconds: float | None
    starts_in_seconds: float
    state_text: str


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
    """Totals of one group of settled bets. Push and void are left out of `graded`, turnover and yield."""

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


class ReportView(Struct, frozen=True):
    account: str
    currency: str
    total: ReportGroup
    groups: tuple[ReportGroup, ...]
    grouped_by: str
    open_bets: int
    refused: int
    placed: int
    missing_closes: tuple[tuple[str, int], ...] = ()


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
    bet_id: str
    event_name: str
    reason: str


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
