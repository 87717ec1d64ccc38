"""An engine made of fixed answers: what a screen shows depends on nothing but the structs given here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import msgspec
from board_stub import BoardStub

from betting_tui.app import BettingApp
from betting_tui.engine.board import Board, PricePoint
from betting_tui.engine.bug_report import BugReport, Surroundings
from betting_tui.engine.config import ApiKeys, Settings, Ui
from betting_tui.engine.core.accounts import AccountStatus
from betting_tui.engine.core.bet_views import BetRow, NotPlaced, OpenBetRow, OrderRow, Placed, SettledBet, Working
from betting_tui.engine.core.commands import (
    Arm,
    CancelBet,
    CancelOrder,
    ChangeAccount,
    Command,
    Deposit,
    OpenAccount,
    Pause,
    Place,
    PlaceParlay,
    RecordBet,
    ReleaseBreakers,
    ResetAccount,
    SetAccountStatus,
    SettleBet,
    Transfer,
    UseAccount,
    Withdraw,
)
from betting_tui.engine.core.errors import BettingError
from betting_tui.engine.core.events import BoardChanged, EngineEvent, LedgerChanged, StatusChanged
from betting_tui.engine.core.feed_views import SourcesView
from betting_tui.engine.core.log_views import LogLevel, LogLine, LogMark, LogPart
from betting_tui.engine.core.model import BetResult, BetState, EntryKind, Opportunity, OrderState, Selection
from betting_tui.engine.core.money_views import (
    AccountView,
    BalancePoint,
    BankrollView,
    BookBalance,
    LedgerPage,
    LedgerRow,
    LimitUse,
    ResetDone,
    VerifyReport,
)
from betting_tui.engine.core.odds import Price
from betting_tui.engine.core.opportunity_views import FairPoint, OpportunityRow, WatchMark, Why
from betting_tui.engine.core.performance_views import Acceptance, FullReport, GroupPerformance, Performance
from betting_tui.engine.core.progress import Progress
from betting_tui.engine.core.refusals import Refusal, RefusalCode
from betting_tui.engine.core.report_views import ReportGroup, ReportView
from betting_tui.engine.core.review_views import ReviewRow
from betting_tui.engine.core.status_views import Overview, Recovery, SystemView
from betting_tui.engine.store.shapes import AccountRow, BetFilter, GroupBy, ReportFilter
from betting_tui.screens.opportunity_detail import OpportunityDetail

NOW = datetime(2026, 4, 18, 11, 30, tzinfo=UTC)


# The app draws news when a test says so, never by the wall clock.
NEVER = 86_400.0


class Scene(msgspec.Struct, kw_only=True):
    """Everything the stub answers with; a test changes a field and says so with an event."""

    overview: Overview
    bankroll: BankrollView
    report: ReportView
    system: SystemView
    rows: tuple[OpportunityRow, ...] = ()
    whys: tuple[Why, ...] = ()
    open_bets: tuple[OpenBetRow, ...] = ()
    done_bets: tuple[BetRow, ...] = ()
    newest_age: float | None = None
    board: Board = msgspec.field(default_factory=Board)
    prices: tuple[float, ...] = ()
    fair: tuple[float | None, ...] = ()
    watch_marks: tuple[WatchMark, ...] = ()
    accounts: tuple[AccountView, ...] = ()
    limits: tuple[LimitUse, ...] = ()
    entries: tuple[LedgerRow, ...] = ()
    working_orders: tuple[OrderRow, ...] = ()
    books_elsewhere: tuple[BookBalance, ...] = ()
    verified: VerifyReport = VerifyReport(ok=True, entries=0, bets=0)
    recovery: Recovery | None = None
    sources: SourcesView = SourcesView((), (), (), ())
    reviews: tuple[ReviewRow, ...] = ()
    full_report: Callable[[ReportFilter], FullReport] | None = None
    verify_costs: dict[str, int] = msgspec.field(default_factory=dict)
    log: list[LogLine] = msgspec.field(default_factory=list)
    log_skipped: bool = False
    bug_report: BugReport = BugReport("betting-tui 0.1.0, mode live\n", "/home/me/logs/bug-report.txt")


class StubEngine(BoardStub):
    """Answers queries from its scene and commands from `answer`; remembers what it was asked."""

    def __init__(self, scene: Scene, settings: Settings | None = None) -> None:
        super().__init__(NOW)
        self.use_board(scene.board)
        self.scene = scene
        self.settings = settings or Settings(api_keys=ApiKeys(the_odds_api="a-key"), ui=Ui(time_zone="UTC"))
        self.commands: list[Command] = []
        self.answer: Placed | Working | NotPlaced | SettledBet | Refusal | BettingError | None = None
        self.recovered: list[str] = []
        self.verify_wishes: list[bool | None] = []
        self.reported: list[Surroundings] = []
        # A question about a price that is under way until it is set.
        self.asked: asyncio.Event | None = None
        self.pages: list[tuple[int, int]] = []
        # A full report that is being worked out until it is set.
        self.working: asyncio.Event | None = None
        self.reports: list[ReportFilter] = []
        self.start_error: Exception | None = None
        self.starts = 0
        self.stops = 0
        self.ui = Ui()
        self._listeners: list[Callable[[EngineEvent], None]] = []

    async def start(self) -> None:
        if self.start_error is not None:
            raise self.start_error
        self.starts += 1

    async def stop(self) -> None:
        self.stops += 1

    def use_ui(self, ui: Ui) -> None:
        self.ui = ui

    def listen(self, callback: Callable[[EngineEvent], None]) -> Callable[[], None]:
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback)

    @property
    def listeners(self) -> int:
        return len(self._listeners)

    def publish(self, event: EngineEvent) -> None:
        for callback in self._listeners:
            callback(event)

    def changed(self) -> None:
        for event in (BoardChanged(NOW), LedgerChanged(NOW), StatusChanged(NOW)):
            self.publish(event)

    async def place(self, command: Place, *, verify: bool | None = None) -> Placed | Working | NotPlaced:
        self._note(command)
        self.verify_wishes.append(verify)
        if self.asked is not None:
            await self.asked.wait()
        if isinstance(self.answer, (Placed, Working, NotPlaced)):
            return self.answer
        return NotPlaced(Refusal(RefusalCode.LINE_GONE, "nothing is offered here"))

    async def place_parlay(self, command: PlaceParlay, *, verify: bool | None = None) -> Placed | NotPlaced:
        self._note(command)
        self.verify_wishes.append(verify)
        if isinstance(self.answer, (Placed, NotPlaced)):
            return self.answer
        return NotPlaced(Refusal(RefusalCode.LINE_GONE, "nothing is offered here"))

    async def record_bet(self, command: RecordBet) -> Placed | NotPlaced:
        self._note(command)
        if isinstance(self.answer, (Placed, NotPlaced)):
            return self.answer
        return NotPlaced(Refusal(RefusalCode.EVENT_STARTED, "the event has started"))

    async def cancel_bet(self, command: CancelBet) -> SettledBet | Refusal:
        self._note(command)
        return self._settled(command.bet_id, BetState.CANCELLED, None)

    async def settle_bet(self, command: SettleBet) -> SettledBet | Refusal:
        self._note(command)
        return self._settled(command.bet_id, BetState.SETTLED, command.result)

    async def cancel_order(self, command: CancelOrder) -> OrderRow:
        self._note(command)
        order = next(order for order in self.scene.working_orders if order.id == command.order_id)
        return msgspec.structs.replace(order, state=OrderState.CANCELLED)

    async def deposit(self, command: Deposit) -> LedgerRow:
        self._note(command)
        return self._moved(EntryKind.DEPOSIT, command.amount_minor)

    async def withdraw(self, command: Withdraw) -> LedgerRow | Refusal:
        self._note(command)
        return self._refused() or self._moved(EntryKind.WITHDRAWAL, -command.amount_minor)

    async def transfer(self, command: Transfer) -> LedgerRow | Refusal:
        self._note(command)
        return self._refused() or self._moved(EntryKind.TRANSFER, 0)

    async def open_account(self, command: OpenAccount) -> AccountRow:
        self._note(command)
        return _account(command.name, AccountStatus.ACTIVE, command.currency, command.starting_minor)

    async def change_account(self, command: ChangeAccount) -> AccountRow:
        self._note(command)
        return self._row(command.account)

    async def set_account_status(self, command: SetAccountStatus) -> AccountRow:
        self._note(command)
        return self._row(command.account)

    async def reset_account(self, command: ResetAccount) -> ResetDone | Refusal:
        self._note(command)
        return self._refused() or ResetDone(command.account, 2, command.starting_minor or 1_000_000, 3)

    async def use_account(self, command: UseAccount) -> AccountRow:
        self._note(command)
        self._overview(account=command.account)
        return self._row(command.account)

    async def release_breakers(self, command: ReleaseBreakers) -> int:
        self._note(command)
        released = len(self.scene.overview.breakers)
        self._overview(breakers=())
        return released

    async def resume(self) -> None:
        self.recovered.append("resume")
        self.scene.recovery = None

    async def start_fresh(self) -> AccountRow:
        self.recovered.append("start fresh")
        self.scene.recovery = None
        return _account("main-2", AccountStatus.ACTIVE, "USD", 1_000_000)

    async def arm(self, command: Arm) -> None:
        self._note(command)
        self._overview(armed=(command.strategy,) if command.on else ())

    async def pause(self, command: Pause) -> None:
        self._note(command)
        self._overview(paused=command.on)

    def overview(self) -> Overview:
        return self.scene.overview

    def listed(self) -> tuple[Opportunity, ...]:
        return tuple(row.opportunity for row in self.scene.rows)

    def row_of(self, found: Opportunity) -> OpportunityRow:
        there = next((row for row in self.scene.rows if row.opportunity.id == found.id), None)
        return OpportunityRow(found, 0, "it is gone", 0.0, False) if there is None else there

    def opportunity(self, opportunity_id: str) -> OpportunityRow | None:
        found = next((row for row in self.scene.rows if row.opportunity.id == opportunity_id), None)
        return found if found is not None else self.picked(opportunity_id)

    def why(self, opportunity_id: str) -> Why | None:
        return next((why for why in self.scene.whys if why.opportunity and why.opportunity.id == opportunity_id), None)

    def why_price(self, selection: Selection, bookmaker: str) -> Why | None:
        of = (selection, bookmaker)
        told = next((why for why in self.scene.whys if (why.judged.selection, why.judged.bookmaker) == of), None)
        return told if told is not None else self.why_on_board(selection, bookmaker)

    def price_now(self, selection: Selection, bookmaker: str) -> Price | None:
        legs = (leg for row in self.scene.rows for leg in row.opportunity.legs)
        return next((leg.price for leg in legs if (leg.selection, leg.bookmaker) == (selection, bookmaker)), None)

    def watch_marks(self) -> tuple[WatchMark, ...]:
        return self.scene.watch_marks

    async def keep_watch_marks(self, marks: Sequence[WatchMark]) -> None:
        self.scene.watch_marks = tuple(marks)

    def open_bets(self) -> tuple[OpenBetRow, ...]:
        return self.scene.open_bets

    def review(self) -> tuple[ReviewRow, ...]:
        """Those of the scene that no command has settled yet."""
        done = {each.bet_id for each in self.commands if isinstance(each, SettleBet) and self.answer is None}
        return tuple(row for row in self.scene.reviews if row.bet.id not in done)

    def inquiry(self, bet_id: str) -> ReviewRow:
        return next(row for row in self.scene.reviews if row.bet.id == bet_id)

    @property
    def ledger(self) -> StubEngine:
        return self

    def bets(self, wanted: BetFilter) -> tuple[BetRow, ...]:
        return tuple(bet for bet in self.scene.done_bets if bet.state in wanted.states)[: wanted.limit]

    def bankroll(self, account: str | None = None) -> BankrollView:
        if account is None or account == self.scene.bankroll.account:
            return self.scene.bankroll
        return msgspec.structs.replace(self.scene.bankroll, account=account, books=self.scene.books_elsewhere)

    def balance_curve(self, account: str, since: datetime) -> tuple[BalancePoint, ...]:
        del account
        points = self.scene.bankroll.curve
        held = [point.bankroll_minor for point in points if point.at < since][-1:]
        return (*(BalancePoint(since, minor) for minor in held), *(point for point in points if point.at >= since))

    def verify_quick(self, account: str | None = None) -> VerifyReport:
        del account
        return self.scene.verified

    def accounts(self) -> tuple[AccountView, ...]:
        return self.scene.accounts

    def limits(self) -> tuple[LimitUse, ...]:
        return self.scene.limits

    def ledger_page(self, limit: int, offset: int = 0) -> LedgerPage:
        self.pages.append((limit, offset))
        entries = self.scene.entries or self.scene.bankroll.entries
        return LedgerPage(entries[offset : offset + limit], len(entries))

    def working_orders(self, account: str | None = None) -> tuple[OrderRow, ...]:
        return tuple(order for order in self.scene.working_orders if account in (None, order.account))

    @property
    def recovery(self) -> Recovery | None:
        return self.scene.recovery

    def report(self, wanted: GroupBy | ReportFilter) -> ReportView:
        by = wanted.by if isinstance(wanted, ReportFilter) else wanted
        return msgspec.structs.replace(self.scene.report, grouped_by=by)

    async def full_report(self, wanted: ReportFilter, progress: Progress | None = None) -> FullReport:
        """The scene's, else one that knows the sums alone. It says that it is half done while it has to wait."""
        self.reports.append(wanted)
        if progress is not None and self.working is not None:
            progress(50, 100, "Working out the report")
        if self.working is not None:
            await self.working.wait()
        if isinstance(self.answer, BettingError):
            raise self.answer
        return self.scene.full_report(wanted) if self.scene.full_report else sums_alone(self.scene.report, wanted)

    def newest_age(self) -> float | None:
        return self.scene.newest_age

    def system(self) -> SystemView:
        return self.scene.system

    async def log(self, after: LogMark | None = None) -> LogPart:
        """The marks of the stub are numbers of lines."""
        begin = 0 if after is None else after.offset
        lines = self.scene.log[begin:]
        return LogPart(tuple(lines), LogMark(1, begin + len(lines), LogLevel.INFO), skipped=self.scene.log_skipped)

    async def bug_report(self, around: Surroundings) -> BugReport:
        self.reported.append(around)
        if isinstance(self.answer, BettingError):
            raise self.answer
        return self.scene.bug_report

    def sources(self) -> SourcesView:
        return self.scene.sources

    def verify_cost(self, opportunity_id: str) -> int | None:
        return self.scene.verify_costs.get(opportunity_id)

    def history(self, selection: Selection, bookmaker: str) -> tuple[PricePoint, ...]:
        del selection, bookmaker
        step = timedelta(minutes=10)
        first = NOW - step * len(self.scene.prices)
        return tuple(PricePoint(first + step * at, price) for at, price in enumerate(self.scene.prices))

    def fair_history(self, selection: Selection, bookmaker: str) -> tuple[FairPoint, ...]:
        del selection, bookmaker
        step = timedelta(minutes=15)
        first = NOW - step * len(self.scene.fair)
        return tuple(FairPoint(first + step * at, chance) for at, chance in enumerate(self.scene.fair))

    def _note(self, command: Command) -> None:
        self.commands.append(command)
        if isinstance(self.answer, BettingError):
            raise self.answer

    def _overview(self, **changes: object) -> None:
        self.scene.overview = msgspec.structs.replace(self.scene.overview, **changes)

    def _refused(self) -> Refusal | None:
        return self.answer if isinstance(self.answer, Refusal) else None

    def _moved(self, kind: EntryKind, minor: int) -> LedgerRow:
        return LedgerRow(99, NOW, kind, None, "by hand", minor, self.scene.overview.available_minor + minor)

    def _row(self, name: str) -> AccountRow:
        found = next(it for it in self.scene.accounts if it.name == name)
        return _account(found.name, found.status, found.currency, found.starting_minor)

    def _settled(self, bet_id: str, state: BetState, result: BetResult | None) -> SettledBet | Refusal:
        if isinstance(self.answer, Refusal):
            return self.answer
        known = [*(row.bet for row in self.scene.open_bets), *(row.bet for row in self.scene.reviews)]
        bet = next(bet for bet in known if bet.id == bet_id)
        profit = 2_500 if result is BetResult.WIN else -bet.stake_minor if result is BetResult.LOSS else 0
        return SettledBet(msgspec.structs.replace(bet, state=state, result=result, profit_minor=profit))


def sums_alone(view: ReportView, wanted: ReportFilter) -> FullReport:
    def bare(group: ReportGroup) -> GroupPerformance:
        return GroupPerformance(group, Performance(), Acceptance())

    view = msgspec.structs.replace(view, grouped_by=wanted.by)
    groups = tuple(map(bare, view.groups))
    return FullReport(view, wanted.since, wanted.until, bare(view.total), groups, (), None, 1, ())


def _account(name: str, status: AccountStatus, currency: str, starting_minor: int) -> AccountRow:
    return AccountRow(1, name, status, currency, "UTC", starting_minor, NOW)


class FakeClock:
    """Seconds that pass only when a test says so."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds

    def pass_(self, seconds: float) -> None:
        self.seconds += seconds


def stub_app(engine: StubEngine, clock: FakeClock | None = None) -> BettingApp:
    """The app on a stub, with keys that count up, no animations and a clock that stands still."""

    async def opened() -> StubEngine:
        return engine

    numbers = iter(range(1, 10_000))
    app = BettingApp(
        opened,
        settings=engine.settings,
        clock=clock or FakeClock(),
        new_key=lambda: f"key-{next(numbers)}",
        repaint_seconds=NEVER,
    )
    app.animation_level = "none"
    OpportunityDetail.after = OpportunityDetail.chart_after = 0.0
    return app
