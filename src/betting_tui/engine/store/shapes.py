"""What the store takes and gives besides the views: small frozen structs. Money in minor units, times aware UTC."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from betting_tui.engine.core.accounts import AccountSettings, Breaker
from betting_tui.engine.core.accounts import AccountStatus as AccountStatus
from betting_tui.engine.core.commands import Command
from betting_tui.engine.core.filters import Filter
from betting_tui.engine.core.model import BetState, Opportunity
from betting_tui.engine.core.ports import Answer
from betting_tui.engine.core.staking import SizingRules

Mode = Literal["live", "demo", "replay", "backtest"]
GroupBy = Literal[
    "strategy",
    "bookmaker",
    "sport",
    "league",
    "market",
    "odds_band",
    "edge_band",
    "time_to_start",
    "evidence",
    "account",
    "none",
]


class NewAccount(Struct, frozen=True):
    """An account as it is opened: the starting bankroll is its first deposit."""

    name: str
    currency: str
    starting_minor: int
    created_by: str
    time_zone: str = "UTC"
    settings: AccountSettings = AccountSettings()


class AccountRow(Struct, frozen=True):
    id: int
    name: str
    status: AccountStatus
    currency: str
    time_zone: str
    starting_minor: int
    created_at: datetime
    period: int = 1
    settings: AccountSettings = AccountSettings()


class Balances(Struct, frozen=True):
    """`bankroll` is settled money (available + reserved); `reserved` is what open bets may lose."""

    bankroll_minor: int
    available_minor: int
    reserved_minor: int
    open_bets: int


class BetFilter(Struct, frozen=True):
    """Which bets; newest first. None means all. `since` and `until` are on `placed_at`, `until` excluded."""

    account: str | None = None
    states: tuple[BetState, ...] = ()
    strategy: str | None = None
    opportunity_id: str | None = None
    event_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    limit: int | None = None
    offset: int = 0
    period: int | None = None


class ReportFilter(Struct, frozen=True):
    """`since` and `until` (excluded) are on `settled_at`; `period` None is the account's current one, 0 all of them.

    `close_max_age_minutes`: closes older than that (one of AGE_STEPS) do not count, None for no limit; left out, the
    limit the ledger is read with. `all_accounts`, in full reports alone: every account with the currency of `account`
    counts, each with its own `period`.
    """

    account: str
    by: GroupBy = "strategy"
    since: datetime | None = None
    until: datetime | None = None
    period: int | None = None
    close_max_age_minutes: int | UnsetType | None = UNSET
    all_accounts: bool = False


class Staking(Struct, frozen=True):
    """How an account stakes now and what it has, for the risk of going on like that; `seed` makes it repeatable."""

    rules: SizingRules
    bankroll_minor: int
    seed: int


class RefusalCount(Struct, frozen=True):
    code: str
    count: int


class OpportunityDecision(Struct, frozen=True):
    """What an account did about an opportunity other than betting: refused (then with a code) or passed, and why."""

    account: str
    decision: str
    code: str
    reason: str
    at: datetime


class LegClose(Struct, frozen=True):
    """What one leg of an opportunity was worth at the close: `clv_ev` and `clv_price` a bet on it at the last price
    shown would have had. `missing` says why there is none; None before the start, with everything else."""

    price: str | None
    price_decimal: float | None
    point: float | None
    seconds_before_start: float | None
    fair_probability: float | None
    fair_point: float | None
    method: str | None
    fair_seconds_before_start: float | None
    clv_ev: float | None
    clv_price: float | None
    clv_line: float | None
    converted: bool
    missing: str | None


class OpportunityRecord(Struct, frozen=True):
    """An opportunity as kept: the last version seen, its life, its best edge, who took it and why others did not.

    `lived_seconds` adds up the stretches in which it was there; after the newest, `updated_at` is the last sight of it.
    """

    opportunity: Opportunity
    discovered_at: datetime
    updated_at: datetime
    expired_at: datetime | None
    best_ev: float | None
    taken_by: tuple[str, ...] = ()
    lived_seconds: float = 0.0
    stretches: int = 1
    decisions: tuple[OpportunityDecision, ...] = ()
    closes: tuple[LegClose, ...] = ()


class OpportunityFilter(Struct, frozen=True):
    """Which kept opportunities, in which order. None means all.

    `now` says what is still active. `text`: each of its words is in a team, league, market, selection or bookmaker.
    `where` is over `KEPT_FIELDS`. `taken` asks about the bets of `account` (of anybody when None): False is what is
    over without one. `order` best is by the highest expected return ever seen, suspicious ones last.
    """

    now: datetime
    active: bool = False
    strategy: str | None = None
    sport: str | None = None
    since: datetime | None = None
    text: str = ""
    where: Filter | None = None
    account: str | None = None
    taken: bool | None = None
    order: Literal["newest", "best", "life"] = "newest"
    limit: int | None = None
    offset: int = 0


class OpportunityFindings(Struct, frozen=True):
    """One page, and how many there are in all."""

    rows: tuple[OpportunityRecord, ...]
    total: int


class Passed(Struct, frozen=True):
    """Why an account has no bet on an opportunity that is over."""

    account: str
    reason: str


class GoneOpportunity(Struct, frozen=True):
    """An opportunity that is over, with what each account has to say for itself."""

    id: str
    passed: tuple[Passed, ...] = ()


class OpportunityChanges(Struct, frozen=True):
    """What one answer changed: ended, found or better than kept, and seen again without news."""

    gone: tuple[GoneOpportunity, ...] = ()
    found: tuple[Opportunity, ...] = ()
    still_there: tuple[Opportunity, ...] = ()

    @property
    def none(self) -> bool:
        return not (self.gone or self.found or self.still_there)


class RunRow(Struct, frozen=True):
    """One run of the engine on this ledger. `ended_at` None: it did not end in order, or still runs."""

    id: int
    mode: str
    version: str
    started_at: datetime
    seen_at: datetime
    ended_at: datetime | None
    recovered_at: datetime | None = None


class ImportReport(Struct, frozen=True):
    """What an import did: rows that changed the ledger, rows it held already.

    `problems` name each row that was left out and say what is wrong with it. `notes` are about what was brought in or
    known: where the ledger differs from the file.
    """

    added: int
    unchanged: int
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class TimerFired(Struct, frozen=True, tag="timer"):
    """A timer of the engine, recorded so that a replay fires it at the same place in the inbox."""

    name: str


InboxEntry = Answer | Command | TimerFired


class InboxRecord(Struct, frozen=True):
    """One entry of the inbox as it was received. `seq` rises by time of arrival and is never used twice."""

    seq: int
    run_id: int
    at: datetime
    entry: InboxEntry


class ArchiveRun(Struct, frozen=True):
    """What a stretch of the archive came from: `seed` and `parameters` (JSON) remake a simulated market."""

    id: int
    mode: Mode
    started_at: datetime
    seed: int | None = None
    parameters: str = ""


class AccountSummary(Struct, frozen=True):
    """An account with the sums of its current period. `turnover_minor` and `profit_minor` are of settled bets,
    `free_profit_minor` what free bets brought of it; `drawdown_minor` is the deepest fall of their profit from its
    highest."""

    account: AccountRow
    balances: Balances
    settled_bets: int
    turnover_minor: int
    profit_minor: int
    breakers: tuple[Breaker, ...]
    drawdown_minor: int = 0
    free_profit_minor: int = 0


class BackupRow(Struct, frozen=True):
    """A copy of the ledger on disk; `good` None: not looked at."""

    path: Path
    made_at: datetime
    size_bytes: int
    good: bool | None = None
