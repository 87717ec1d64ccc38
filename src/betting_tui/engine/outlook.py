"""What can be seen of an engine: queries, answered at once from what is known."""

from __future__ import annotations

from pathlib import Path

from betting_tui.engine.board import PricePoint
from betting_tui.engine.clerk import Clerk
from betting_tui.engine.config import Settings
from betting_tui.engine.core.accounts import AccountStatus
from betting_tui.engine.core.bet_views import OpenBetRow, OrderRow
from betting_tui.engine.core.commands import Place, PlaceParlay
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.feed_views import FeedStatus, SourcesView
from betting_tui.engine.core.market_views import MarketRow
from betting_tui.engine.core.model import Event, Selection
from betting_tui.engine.core.money_views import AccountView, BankrollView, LedgerPage, LimitUse
from betting_tui.engine.core.opportunity_views import OpportunityPage, OpportunityRow, Why
from betting_tui.engine.core.ports import Clock, MarketView
from betting_tui.engine.core.report_views import ReportView
from betting_tui.engine.core.review_views import ReviewRow
from betting_tui.engine.core.status_views import Overview, Recovery, SystemView
from betting_tui.engine.core.times import clock_off_text
from betting_tui.engine.feeds.office import FeedOffice
from betting_tui.engine.feeds.verify import NOBODY, Ask, Decline, Leave, Verifier
from betting_tui.engine.rooms import Equipment, Rooms, Shared
from betting_tui.engine.store.lock import EngineLock
from betting_tui.engine.store.shapes import GroupBy, Mode, ReportFilter
from betting_tui.engine.store.store import Ledger
from betting_tui.engine.versions import system_view


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

    def opportunity(self, opportunity_id: str) -> OpportunityRow | None:
        return self._open.queries.opportunity(opportunity_id, self._shared.account, self.clock.now())

    def why(self, opportunity_id: str) -> Why | None:
        return self._open.queries.why(opportunity_id, self._shared.account, self.clock.now())

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

    def markets(self) -> tuple[MarketRow, ...]:
        return self._open.queries.markets(self.clock.now())

    def history(self, selection: Selection, bookmaker: str) -> tuple[PricePoint, ...]:
        return self._open.queries.history(selection, bookmaker)

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
            archive_bytes=rooms.archive.size_bytes if rooms.archive else 0,
            config_file=self._equipment.files.config,
            log_file=self._equipment.files.log,
        )

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
        """`ready`, or why there are no pop-ups; and the same of the webhook, where there is one."""
        webhook = self._equipment.webhook
        popups = ", ".join(channel.status for channel in self._equipment.channels) or "off"
        return popups if webhook is None else f"{popups}; webhook: {webhook.status}"

    def _warning(self) -> str:
        if self._shared.problem:
            return self._shared.problem
        if abs(self._shared.skew_seconds) > self.settings.execution.warn_clock_skew_seconds:
            return f"this machine's clock is {clock_off_text(self._shared.skew_seconds)}: set it"
        return self._shared.note
