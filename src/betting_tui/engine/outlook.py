"""What can be seen of an engine: queries, answered at once from what is known."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from betting_tui.engine.alerts import QuietHours
from betting_tui.engine.board import PricePoint
from betting_tui.engine.clerk import Clerk
from betting_tui.engine.clocks import SystemClock
from betting_tui.engine.config import Settings, secrets_of
from betting_tui.engine.core.accounts import AccountStatus
from betting_tui.engine.core.bet_views import OpenBetRow, OrderRow
from betting_tui.engine.core.commands import Place, PlaceParlay
from betting_tui.engine.core.errors import LedgerError, UsageError
from betting_tui.engine.core.feed_views import FeedStatus, SourcesView
from betting_tui.engine.core.log_views import LogMark, LogPart
from betting_tui.engine.core.market_views import LinePrices, MarketPage, MarketWish
from betting_tui.engine.core.model import Event, LineKey, Opportunity, Selection
from betting_tui.engine.core.money_views import AccountView, BankrollView, LedgerPage, LimitUse
from betting_tui.engine.core.odds import Price
from betting_tui.engine.core.opportunity_views import FairPoint, OpportunityPage, OpportunityRow, Picked, WatchMark, Why
from betting_tui.engine.core.performance_views import FullReport
from betting_tui.engine.core.ports import Clock, MarketView
from betting_tui.engine.core.progress import Progress
from betting_tui.engine.core.report_views import ReportView
from betting_tui.engine.core.review_views import ReviewRow
from betting_tui.engine.core.status_views import Overview, Recovery, SystemView
from betting_tui.engine.core.times import clock_off_text, zone_of
from betting_tui.engine.feeds.office import FeedOffice
from betting_tui.engine.feeds.verify import NOBODY, Ask, Decline, Leave, Verifier
from betting_tui.engine.log_file import read_log
from betting_tui.engine.rooms import Equipment, Rooms, Shared
from betting_tui.engine.store.lock import EngineLock
from betting_tui.engine.store.shapes import GroupBy, Mode, ReportFilter, Staking
from betting_tui.engine.store.store import Ledger
from betting_tui.engine.versions import system_view
from betting_tui.engine.watch_file import WATCH_FILE, load_marks, save_marks

if TYPE_CHECKING:
    # Made when somebody asks for it.
    from betting_tui.engine.bug_report import BugReport, Surroundings

# The same bets give the same risk of ruin, whoever asks.
_RUIN_SEED = 2014


class Outlook(Clerk):
    """The part of an engine that changes nothing."""

    settings: Settings
    mode: Mode
    data_dir: Path
    clock: Clock
    _equipment: Equipment
    _lock: EngineLock
    _shared: Shared
    _rooms: Rooms | None
    _office: FeedOffice | None
    _viewer: bool
    _recovery: Recovery | None

    @property
    def ledger(self) -> Ledger:
        """The store's own queries: bets, exports, verification."""
        return self._open.ledger

    @property
    def board(self) -> MarketView:
        """The current prices."""
        return self._open.board

    @property
    def read_only(self) -> bool:
        return self._viewer

    @property
    def note(self) -> str:
        """What is worth knowing of this start, and stops nothing."""
        return self._shared.note

    @property
    def lost(self) -> str:
        """Why the ledger's file cannot be used by this run any more: moved, replaced or damaged. Empty while it can."""
        return self._shared.lost

    def overview(self) -> Overview:
        rooms = self._open
        account = rooms.ledger.account(self._shared.account)
        balances = rooms.ledger.balances(self._shared.account)
        planned, what_for = self._feeds.next_call or (None, "")
        return Overview(
            mode=self.mode,
            account=account.name,
            currency=account.currency,
            now=self.clock.now(),
            bankroll_minor=balances.bankroll_minor,
            available_minor=balances.available_minor,
            open_bets=balances.open_bets,
            feeds=self._feeds.statuses(),
            armed=tuple(self._shared.armed),
            paused=self._shared.paused,
            read_only=self._viewer,
            lock_holder=self._lock.holder() if self._viewer else "",
            warning=self._warning(),
            next_poll=planned,
            next_poll_for=what_for,
            suspended=account.status is AccountStatus.SUSPENDED,
            breakers=rooms.ledger.breakers(account.name, self.clock.now()),
            working_orders=len(rooms.ledger.working_orders(account.name)),
            reviews=rooms.ledger.count_reviews(account.name),
        )

    def opportunities(self, limit: int | None = None) -> OpportunityPage:
        return self._open.queries.opportunities(self._shared.account, self.clock.now(), limit)

    def listed(self) -> tuple[Opportunity, ...]:
        """What `opportunities` has rows of; the very same tuple as long as nothing came, went or expired."""
        return self._open.queries.listed(self.clock.now())

    def row_of(self, found: Opportunity) -> OpportunityRow:
        """What the current account would stake on it now."""
        return self._open.queries.row(found, self._shared.account, self.clock.now())

    def opportunity(self, opportunity_id: str) -> OpportunityRow | None:
        """Of what was found, or picked from the board."""
        rooms, account, now = self._open, self._shared.account, self.clock.now()
        found = rooms.queries.opportunity(opportunity_id, account, now)
        return found if found is not None else rooms.picks.opportunity(opportunity_id, account, now)

    def pick(self, selection: Selection, bookmaker: str) -> Picked | None:
        """One price on the board as something to place, with its reasons; None when it is gone."""
        return self._open.picks.pick(selection, bookmaker, self._shared.account, self.clock.now())

    def why(self, opportunity_id: str) -> Why | None:
        return self._open.queries.why(opportunity_id, self._shared.account, self.clock.now())

    def why_price(self, selection: Selection, bookmaker: str) -> Why | None:
        """The same of any price on the board, whether it is an opportunity or not; None when it is gone."""
        return self._open.queries.why_price(selection, bookmaker, self._shared.account, self.clock.now())

    def explain(self, wanted: str) -> tuple[Why, ...]:
        """The best price of each selection of an event, named by id or by part of its name."""
        return self._open.queries.explain(wanted, self._shared.account, self.clock.now())

    def open_bets(self) -> tuple[OpenBetRow, ...]:
        return self._open.queries.open_bets(self._shared.account, self.clock.now())

    def review(self) -> tuple[ReviewRow, ...]:
        """The bets that wait for a person, with all that is known of them; those that began first first."""
        return self._open.ledger.reviews(self._shared.account, self.clock.now())

    def inquiry(self, bet_id: str) -> ReviewRow:
        """The same of any one bet, whatever its state. UsageError when there is none."""
        return self._open.ledger.inquiry(bet_id, self.clock.now())

    def bankroll(self) -> BankrollView:
        return self._open.ledger.bankroll(self._shared.account)

    def accounts(self) -> tuple[AccountView, ...]:
        """All of them beside each other."""
        return self._open.house.views(self._shared.account, self.clock.now())

    def limits(self) -> tuple[LimitUse, ...]:
        """How much of each limit of the current account is used up."""
        return self._open.house.limits_in_use(self._shared.account, self.clock.now())

    def ledger_page(self, limit: int, offset: int = 0) -> LedgerPage:
        return self._open.ledger.ledger_page(self._shared.account, limit, offset)

    def working_orders(self) -> tuple[OrderRow, ...]:
        return self._open.ledger.working_orders(self._shared.account)

    @property
    def recovery(self) -> Recovery | None:
        """What the run before this one left behind when it did not end in order; None when it did."""
        return self._recovery

    def report(self, by: GroupBy = "strategy") -> ReportView:
        return self._open.ledger.report(ReportFilter(self._shared.account, by))

    async def full_report(self, wanted: ReportFilter, progress: Progress | None = None) -> FullReport:
        """All a report says, worked out beside everything else; `progress` hears on the loop how much is done.

        Cancelling it ends the work. UsageError for an account or a period there is not.
        """
        rooms = self._open
        rules = rooms.house.member(wanted.account).sizer.rules
        staking = Staking(rules, rooms.ledger.balances(wanted.account).bankroll_minor, _RUIN_SEED)
        return await rooms.ledger.full_report(wanted, staking, progress)

    def newest_age(self) -> float | None:
        """Seconds since the newest price of an event that has not started; None without any."""
        return self._open.queries.newest_age(self.clock.now())

    def market_page(self, wish: MarketWish) -> MarketPage:
        """The board line by line; the very same page as long as nothing came, went or started."""
        return self._open.markets.page(wish, self.clock.now())

    def market_prices(self, line: LineKey) -> LinePrices:
        """Everything quoted on one line; the very same prices as long as nothing was heard of it."""
        return self._open.markets.prices(line, self.clock.now())

    def events(self) -> tuple[Event, ...]:
        """Those on the board."""
        return tuple(self._open.board.events())

    def history(self, selection: Selection, bookmaker: str) -> tuple[PricePoint, ...]:
        return self._open.queries.history(selection, bookmaker)

    def price_now(self, selection: Selection, bookmaker: str) -> Price | None:
        """Of one selection to back at one book; None when it is not on the board."""
        quote = self._open.board.quote(selection, bookmaker)
        return None if quote is None else quote.price

    def watch_marks(self) -> tuple[WatchMark, ...]:
        """The stars of earlier runs."""
        return load_marks(self.data_dir / WATCH_FILE, self.clock.now())

    async def keep_watch_marks(self, marks: Sequence[WatchMark]) -> None:
        """For later runs; a window that only looks keeps none. Raises LedgerError when they cannot be written."""
        if self._viewer:
            return
        try:
            await asyncio.to_thread(save_marks, self.data_dir / WATCH_FILE, marks)
        except OSError as error:
            raise LedgerError(f"the star lasts for this run only, {WATCH_FILE} cannot be written: {error}") from None

    def fair_history(self, selection: Selection, bookmaker: str) -> tuple[FairPoint, ...]:
        """The fair probability that judges this book's price, over the time its line has been remembered."""
        return self._open.queries.fair_history(selection, bookmaker)

    def asks(self, command: Place | PlaceParlay, *, verify: bool | None = None) -> Ask | Leave | Decline:
        """What placing it would do about its prices: ask for them again, leave them, or decline to place."""
        if isinstance(command, PlaceParlay):
            return self._verifier.decided(command.as_place(), verify=verify, events=command.events)
        return self._verifier.decided(command, verify=verify)

    def why_no_close(self, event: Event) -> str:
        """Why the close or the result of a bet on this event would not be asked for; empty when they would."""
        return self._open.queries.why_no_close(event)

    def verify_cost(self, opportunity_id: str) -> int | None:
        """Credits that asking for its prices again would take; None where nobody can be asked."""
        row = self.opportunity(opportunity_id)
        return None if row is None else self._verifier.cost(row.opportunity.legs, (row.opportunity.event,))

    def odds_feeds(self) -> tuple[FeedStatus, ...]:
        """Those the settings name for odds, in order."""
        return self._feeds.odds.statuses()

    def sources(self) -> SourcesView:
        """Every feed with its state, and the plan of each that costs credits."""
        return self._feeds.view(self.clock.now())

    def system(self) -> SystemView:
        rooms = self._open
        return system_view(
            mode=self.mode,
            data_dir=self.data_dir,
            journal_mode=rooms.ledger.journal_mode,
            feeds=self._feeds.statuses(),
            notifier=self._notifier(),
            ledger_bytes=rooms.ledger.size_bytes,
            archive_bytes=rooms.archive.size_bytes if rooms.archive else None,
            config_file=self._equipment.files.config,
            log_file=self._equipment.files.log,
            webhook="" if self._equipment.webhook is None else self._equipment.webhook.status,
            quiet_hours=self.settings.notifications.quiet_hours or "",
            quiet_now=self._quiet_now(),
            verified_at=self._shared.verified_at,
            verified=self._shared.verified,
        )

    async def log(self, after: LogMark | None = None) -> LogPart:
        """What was added to the log after that mark, or the end of it; nothing where none is written."""
        path = self._equipment.files.log
        return await asyncio.to_thread(read_log, Path(path), after) if path else LogPart((), None)

    async def bug_report(self, around: Surroundings) -> BugReport:
        """A report that may be shown to strangers, kept beside the log as well."""
        from betting_tui.engine.bug_report import BugReport, private_here, report_text, write_report

        log = await self.log()
        text = report_text(self.system(), self.sources(), log.lines, around, private_here(secrets_of(self.settings)))
        folder = Path(self._equipment.files.log).parent if self._equipment.files.log else self.data_dir
        return BugReport(text, await asyncio.to_thread(write_report, folder, text))

    # Inside

    @property
    def _open(self) -> Rooms:
        if self._rooms is None:
            raise UsageError("the engine is not running")
        return self._rooms

    @property
    def _feeds(self) -> FeedOffice:
        if self._office is None:
            raise UsageError("the engine is not running")
        return self._office

    @property
    def _verifier(self) -> Verifier:
        asker = NOBODY if self._viewer else self._feeds.asker
        return Verifier(self.settings.execution.verify, asker, self.clock, self._worth_asking)

    def _worth_asking(self, command: Place) -> bool:
        blocked = self._viewer or bool(self._shared.problem)
        return not blocked and self._open.desk.worth_asking(command, self.clock.now())

    def _notifier(self) -> str:
        """`ready`, or why there are no pop-ups."""
        return ", ".join(channel.status for channel in self._equipment.channels) or "off"

    def _quiet_now(self) -> bool:
        """By the wall's clock, as pop-ups are held back by it."""
        hours = self.settings.notifications.quiet_hours
        if not hours:
            return False
        return QuietHours.of(hours, zone_of(self.settings.ui.time_zone)).hold(SystemClock().now())

    def _warning(self) -> str:
        if self._shared.problem:
            return self._shared.problem
        if abs(self._shared.skew_seconds) > self.settings.execution.warn_clock_skew_seconds:
            return f"this machine's clock is {clock_off_text(self._shared.skew_seconds)}: set it"
        return self._shared.note
