"""What the screens need of an engine, and of the program around them. Nothing else of either is touched."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    # Named in annotations alone: the first paint does not wait for the store.
    from betting_tui.engine.board import PricePoint
    from betting_tui.engine.bug_report import BugReport, Surroundings
    from betting_tui.engine.config import Settings, Ui
    from betting_tui.engine.core.bet_views import BetRow, NotPlaced, OpenBetRow, OrderRow, Placed, SettledBet, Working
    from betting_tui.engine.core.commands import (
        Arm,
        CancelBet,
        CancelOrder,
        ChangeAccount,
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
    from betting_tui.engine.core.events import EngineEvent
    from betting_tui.engine.core.feed_views import SourcesView
    from betting_tui.engine.core.log_views import LogMark, LogPart
    from betting_tui.engine.core.market_views import LinePrices, MarketPage, MarketWish
    from betting_tui.engine.core.model import Event, LineKey, Opportunity, Selection
    from betting_tui.engine.core.money_views import (
        AccountView,
        BalancePoint,
        BankrollView,
        LedgerPage,
        LedgerRow,
        LimitUse,
        ResetDone,
        VerifyReport,
    )
    from betting_tui.engine.core.odds import Price
    from betting_tui.engine.core.opportunity_views import (
        FairPoint,
        OpportunityRow,
        Picked,
        WatchMark,
        Why,
    )
    from betting_tui.engine.core.performance_views import FullReport
    from betting_tui.engine.core.progress import Progress
    from betting_tui.engine.core.refusals import Refusal
    from betting_tui.engine.core.report_views import ReportView
    from betting_tui.engine.core.review_views import ReviewRow
    from betting_tui.engine.core.status_views import Overview, Recovery, SystemView
    from betting_tui.engine.store.shapes import AccountRow, BetFilter, GroupBy, ReportFilter


class Books(Protocol):
    """The part of the ledger the screens read themselves."""

    def bets(self, wanted: BetFilter) -> tuple[BetRow, ...]: ...

    def bankroll(self, account: str) -> BankrollView:
        """Of any account."""

    def balance_curve(self, account: str, since: datetime) -> tuple[BalancePoint, ...]:
        """The current period's bankroll from then on; begins with what there was then."""

    def report(self, wanted: ReportFilter) -> ReportView:
        """Sums alone, at once. UsageError for groups that no sums are kept of."""

    def working_orders(self, account: str | None = None) -> tuple[OrderRow, ...]:
        """Of all accounts when None."""

    def verify_quick(self, account: str | None = None) -> VerifyReport:
        """Whether the sums of one account, or of all, hold: milliseconds, however large the ledger."""


class EngineFace(Protocol):
    """Commands are awaited and answer with a typed result, also for a refusal; queries answer at once."""

    @property
    def settings(self) -> Settings: ...

    async def start(self) -> None:
        """Raises BettingError when the engine cannot run."""

    async def stop(self) -> None:
        """May be called any number of times."""

    def use_ui(self, ui: Ui) -> None:
        """Tell prices and times, and keep quiet hours, as these settings say from now on."""

    def listen(self, callback: Callable[[EngineEvent], None]) -> Callable[[], None]:
        """The callback runs on the event loop; the answer removes it."""

    async def place(self, command: Place, *, verify: bool | None = None) -> Placed | Working | NotPlaced:
        """`verify`: ask for the price again first; None leaves it to the settings."""

    async def place_parlay(self, command: PlaceParlay, *, verify: bool | None = None) -> Placed | NotPlaced:
        """One bet on several events; `verify` as in `place`."""

    async def record_bet(self, command: RecordBet) -> Placed | NotPlaced:
        """One that was made elsewhere, at any price."""

    async def cancel_bet(self, command: CancelBet) -> SettledBet | Refusal: ...

    async def settle_bet(self, command: SettleBet) -> SettledBet | Refusal: ...

    async def cancel_order(self, command: CancelOrder) -> OrderRow: ...

    async def deposit(self, command: Deposit) -> LedgerRow: ...

    async def withdraw(self, command: Withdraw) -> LedgerRow | Refusal: ...

    async def transfer(self, command: Transfer) -> LedgerRow | Refusal: ...

    async def open_account(self, command: OpenAccount) -> AccountRow: ...

    async def change_account(self, command: ChangeAccount) -> AccountRow: ...

    async def set_account_status(self, command: SetAccountStatus) -> AccountRow: ...

    async def reset_account(self, command: ResetAccount) -> ResetDone | Refusal: ...

    async def use_account(self, command: UseAccount) -> AccountRow: ...

    async def release_breakers(self, command: ReleaseBreakers) -> int: ...

    async def arm(self, command: Arm) -> None: ...

    async def pause(self, command: Pause) -> None: ...

    @property
    def ledger(self) -> Books: ...

    def overview(self) -> Overview: ...

    def listed(self) -> tuple[Opportunity, ...]:
        """Best first; the very same tuple as long as nothing came, went or expired."""

    def row_of(self, found: Opportunity) -> OpportunityRow:
        """One of them with what the current account would stake on it now."""

    def opportunity(self, opportunity_id: str) -> OpportunityRow | None:
        """As it is now; None when it is gone."""

    def why(self, opportunity_id: str) -> Why | None:
        """Everything behind one opportunity; None when it is gone."""

    def why_price(self, selection: Selection, bookmaker: str) -> Why | None:
        """The same of any price on the board: what found it, or which check stopped it. None when it is gone."""

    def open_bets(self) -> tuple[OpenBetRow, ...]: ...

    def review(self) -> tuple[ReviewRow, ...]:
        """The bets that wait for a person, with all that is known of them; those that began first first."""

    def inquiry(self, bet_id: str) -> ReviewRow:
        """The same of any one bet."""

    def bankroll(self) -> BankrollView: ...

    def accounts(self) -> tuple[AccountView, ...]:
        """All of them beside each other."""

    def limits(self) -> tuple[LimitUse, ...]:
        """How much of each limit of the current account is used up."""

    def ledger_page(self, limit: int, offset: int = 0) -> LedgerPage:
        """Newest first."""

    def working_orders(self) -> tuple[OrderRow, ...]: ...

    @property
    def recovery(self) -> Recovery | None:
        """What the run before this one left behind when it did not end in order."""

    async def resume(self) -> None:
        """Go on where the last run stopped; `recovery` is None afterwards."""

    async def start_fresh(self) -> AccountRow:
        """Go on in a new account, which becomes the current one; `recovery` is None afterwards."""

    def report(self, by: GroupBy) -> ReportView: ...

    async def full_report(self, wanted: ReportFilter, progress: Progress | None = None) -> FullReport:
        """With statistics, worked out beside everything else; `progress` hears on the loop which share is done."""

    def newest_age(self) -> float | None:
        """Seconds since the newest price of an event that has not started; None without any."""

    def market_page(self, wish: MarketWish) -> MarketPage:
        """The board line by line; the very same page as long as nothing came, went or started."""

    def market_prices(self, line: LineKey) -> LinePrices:
        """Everything quoted on one line; the very same prices as long as nothing was heard of it."""

    def pick(self, selection: Selection, bookmaker: str) -> Picked | None:
        """One price on the board as something to place, with its reasons; None when it is gone."""

    def explain(self, wanted: str) -> tuple[Why, ...]:
        """The best price of each selection of an event, named by id or by part of its name."""

    def events(self) -> tuple[Event, ...]:
        """Those on the board."""

    def system(self) -> SystemView: ...

    async def log(self, after: LogMark | None = None) -> LogPart:
        """What was added to the log after that mark, or the end of it."""

    async def bug_report(self, around: Surroundings) -> BugReport:
        """A report that may be shown to strangers, kept in a file as well."""

    def sources(self) -> SourcesView:
        """Every feed with its state, and the plan of each that costs credits."""

    def verify_cost(self, opportunity_id: str) -> int | None:
        """Credits that asking for its prices again would take; None where nobody can be asked."""

    def history(self, selection: Selection, bookmaker: str) -> tuple[PricePoint, ...]:
        """Remembered prices of one selection at one book, oldest first; asking begins the remembering."""

    def fair_history(self, selection: Selection, bookmaker: str) -> tuple[FairPoint, ...]:
        """The fair probability that judges this book's price, as far back as its line is remembered."""

    def price_now(self, selection: Selection, bookmaker: str) -> Price | None:
        """None when it is not on the board."""

    def watch_marks(self) -> tuple[WatchMark, ...]:
        """The stars of earlier runs."""

    async def keep_watch_marks(self, marks: Sequence[WatchMark]) -> None: ...


OpenEngine = Callable[[], Awaitable[EngineFace]]
