"""The engine: one face for screens, commands and replays. Owns the life of the rooms and the loops.

Commands go through the inbox, one at a time; queries are answered at once from what is known; events say what changed.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Literal

import msgspec

from betting_tui.engine.board import PricePoint
from betting_tui.engine.clerk import Clerk
from betting_tui.engine.clocks import SystemClock
from betting_tui.engine.config import Settings
from betting_tui.engine.core.accounts import AccountStatus
from betting_tui.engine.core.commands import (
    OpenAccount,
    Place,
    UseAccount,
)
from betting_tui.engine.core.errors import LedgerError, LedgerReadOnly, UsageError
from betting_tui.engine.core.events import EngineEvent, LedgerChanged, StatusChanged
from betting_tui.engine.core.model import Event, Selection
from betting_tui.engine.core.ports import Answer, MarketView
from betting_tui.engine.core.times import day_start, zone_of
from betting_tui.engine.core.views import (
    AccountView,
    BankrollView,
    LedgerPage,
    LimitUse,
    MarketRow,
    NotPlaced,
    OpenBetRow,
    OpportunityPage,
    OpportunityRow,
    OrderRow,
    Overview,
    Placed,
    Recovery,
    ReportView,
    SettlementReport,
    SystemView,
    Why,
    Working,
)
from betting_tui.engine.dispatch import Dispatcher
from betting_tui.engine.feeds.verify import NOBODY, Ask, Asker, Decline, Leave, Verifier
from betting_tui.engine.inbox import Inbox
from betting_tui.engine.polling import Poller, PollerHooks, rearm
from betting_tui.engine.rooms import Equipment, Feed, Rooms, Shared, furnish
from betting_tui.engine.store.files import make_private_folder
from betting_tui.engine.store.lock import EngineLock
from betting_tui.engine.store.shapes import AccountRow, GroupBy, InboxEntry, InboxRecord, Mode, ReportFilter
from betting_tui.engine.store.store import Ledger
from betting_tui.engine.upkeep import Hooks, Upkeep
from betting_tui.engine.versions import system_view

_LOG = logging.getLogger(__name__)
SIMULATED = "simulated"
_HOUSEKEEPING_SECONDS = 1.0
# A command that looks after the ledger holds the lock for one short transaction: worth a quarter second's patience.
_LONGEST_NAME = 64
_LOCK_TRIES, _LOCK_PAUSE_SECONDS = 10, 0.025


class Engine(Clerk):
    """One engine on one ledger. `start` and `stop` may be called again and again.

    Raises LedgerError from `start` when the ledger cannot be used. Commands are handled one at a time, in order;
    queries are answered at once from what is known.
    """

    def __init__(self, settings: Settings, mode: Mode, data_dir: Path, equipment: Equipment) -> None:
        self.settings = settings
        self.mode: Mode = mode
        self.data_dir = data_dir
        self.clock = equipment.clock
        self._equipment = equipment
        self._wall = SystemClock()
        self._lock = EngineLock(data_dir)
        self._shared = Shared()
        self._rooms: Rooms | None = None
        self._inbox: Inbox | None = None
        self._dispatcher: Dispatcher | None = None
        self._pollers: tuple[Poller, ...] = ()
        self._upkeep: Upkeep | None = None
        self._listeners: list[Callable[[EngineEvent], None]] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._viewer = False
        self._recovery: Recovery | None = None
        # What to do at a start after a run that broke off without asking anybody; None leaves it to who looks.
        self.after_crash: Literal["resume", "fresh"] | None = None

    # Life

    async def start(self, *, polling: bool = True) -> None:
        """Open the ledger and, with `polling`, run the loops. Another engine on it makes this one a viewer."""
        if self._rooms is not None:
            return
        make_private_folder(self.data_dir)
        self._viewer = polling and not await self._take_lock()
        try:
            rooms = await furnish(
                self.settings, self.mode, self.data_dir, self._equipment, self._shared, self._publish,
                viewer=self._viewer,
            )  # fmt: skip
        except BaseException:
            self._lock.release()
            raise
        self._rooms = rooms
        self._shared.problem = self._shared.lost = ""
        self._dispatcher = Dispatcher(rooms, self._shared, self._publish)
        self._inbox = Inbox(self.clock, self._handle, self._record)
        self._inbox.start()
        self._pollers = tuple(self._poller(feed, rooms.ledger) for feed in self._equipment.feeds)
        hooks = Hooks(ask=self._inbox.ask, publish=self._publish, replan=self._replan)
        self._upkeep = Upkeep(rooms, self._shared, self.settings, self.clock, self._wall, hooks)
        if polling:
            try:
                if not self._viewer:
                    await self._begin()
            except BaseException:
                await self.stop()
                raise
            self._start_loops()

    async def _begin(self) -> None:
        assert self._upkeep is not None
        self._recovery = await self._upkeep.begin()
        if self._recovery is not None and self.after_crash == "fresh":
            await self.start_fresh()
        elif self.after_crash is not None:
            await self.resume()

    async def stop(self) -> None:
        """Finish what was asked, stop the loops, close the files. Twice is fine."""
        rooms, inbox, upkeep = self._rooms, self._inbox, self._upkeep
        if rooms is None or inbox is None or upkeep is None:
            return
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        await inbox.stop()
        await rooms.alerts.close()
        for feed in self._equipment.feeds:
            await feed.source.aclose()
        await upkeep.end()
        if rooms.archive is not None:
            await rooms.archive.close()
        await rooms.ledger.close()
        self._lock.release()
        self._rooms = self._inbox = self._upkeep = self._recovery = None
        self._shared.armed.clear()

    def listen(self, callback: Callable[[EngineEvent], None]) -> Callable[[], None]:
        """Call back on every event, on the engine's loop; the returned function ends it."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback) if callback in self._listeners else None

    # Commands besides those of a Clerk

    async def place(self, command: Place, *, verify: bool | None = None) -> Placed | Working | NotPlaced:
        """`verify`: ask for the price again first; None leaves it to the settings."""
        ready = await self._verifier.ready(command, verify=verify)
        if isinstance(ready, NotPlaced):
            return ready
        return ready.told(await super().place(ready.command))

    async def resume(self) -> None:
        """Go on with the current account after a run that did not end in order: nothing is changed."""
        self._recovery = None

    async def start_fresh(self) -> AccountRow:
        """Go on in a new account like the current one, which keeps its open bets and settles them. UsageError where
        no account can be opened."""
        old = self.ledger.account(self._shared.account)
        command = OpenAccount(
            name=next_name(old.name, [row.name for row in self.ledger.accounts()]),
            currency=old.currency,
            starting_minor=old.starting_minor,
            time_zone=old.time_zone,
            created_by="engine",
            settings=old.settings,
        )
        opened = await self.open_account(command)
        used = await self.use_account(UseAccount(opened.name, "engine"))
        self._recovery = None
        return used

    async def recover(self) -> Recovery | None:
        """For a program that runs no loops: end what a dead run left and say what that was.

        None when the last run ended in order, or an engine runs: that one looks after itself.
        """
        if self._viewer or self._tasks or not self.ledger.broke_off():
            return None
        if not self._lock.acquire(self.mode, self._wall.now()):
            return None
        try:
            now = self.clock.now()
            found = self.ledger.left_behind(self._shared.account, now, self.settings.ui.day_starts_at)
            await self.ledger.recover(now)
            return found
        finally:
            self._lock.release()

    async def fetch_results(self) -> tuple[SettlementReport, ...]:
        """Ask every feed for the scores of started events with open bets. Raises SourceError."""
        reports: list[SettlementReport] = []
        for poller in self._pollers:
            outcomes = await poller.poll_results(everything=True)
            reports.extend(outcome for outcome in outcomes if isinstance(outcome, SettlementReport))
        return tuple(reports)

    async def fetch_odds(self, sport_keys: Sequence[str]) -> None:
        """Ask the first usable feed for these sports now, or for its own when none are named. Raises SourceError."""
        for poller in self._pollers[:1]:
            for sport in sport_keys or poller.sports:
                await poller.poll_sport(sport)

    async def replay(self, record: InboxRecord) -> object:
        """Handle a recorded entry again. The clock must stand at its time."""
        return await self._running_inbox.replay(record.entry, record.at)

    # Queries

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
        feeds = (*(poller.status for poller in self._pollers), *self._equipment.unusable)
        planned = min(
            ((status.next_poll, poller.next_for) for poller in self._pollers if (status := poller.status).next_poll),
            default=(None, ""),
        )
        return Overview(
            mode=self.mode,
            account=account.name,
            currency=account.currency,
            now=self.clock.now(),
            bankroll_minor=balances.bankroll_minor,
            available_minor=balances.available_minor,
            open_bets=balances.open_bets,
            feeds=feeds,
            armed=tuple(self._shared.armed),
            paused=self._shared.paused,
            read_only=self._viewer,
            lock_holder=self._lock.holder() if self._viewer else "",
            warning=self._warning(),
            next_poll=planned[0],
            next_poll_for=planned[1],
            suspended=account.status is AccountStatus.SUSPENDED,
            breakers=rooms.ledger.breakers(account.name, self.clock.now()),
            working_orders=len(rooms.ledger.working_orders(account.name)),
        )

    def opportunities(self, limit: int | None = None) -> OpportunityPage:
        return self._open.queries.opportunities(self._shared.account, self.clock.now(), limit)

    def opportunity(self, opportunity_id: str) -> OpportunityRow | None:
        return self._open.queries.opportunity(opportunity_id, self._shared.account, self.clock.now())

    def why(self, opportunity_id: str) -> Why | None:
        return self._open.queries.why(opportunity_id, self._shared.account, self.clock.now())

    def open_bets(self) -> tuple[OpenBetRow, ...]:
        return self._open.queries.open_bets(self._shared.account, self.clock.now())

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

    def asks(self, command: Place, *, verify: bool | None = None) -> Ask | Leave | Decline:
        """What `place` would do about the price: ask for it again, leave it, or decline to place."""
        return self._verifier.decided(command, verify=verify)

    def why_no_close(self, event: Event) -> str:
        """Why the close or the result of a bet on this event would not be asked for; empty when they would."""
        return self._open.queries.why_no_close(event)

    def verify_cost(self, opportunity_id: str) -> int | None:
        """Credits that asking for its prices again would take; None where nobody can be asked."""
        row = self.opportunity(opportunity_id)
        return None if row is None else self._verifier.cost(row.opportunity.legs, row.opportunity.event)

    def system(self) -> SystemView:
        rooms = self._open
        return system_view(
            mode=self.mode,
            data_dir=self.data_dir,
            journal_mode=rooms.ledger.journal_mode,
            feeds=self.overview().feeds,
            notifier=", ".join(channel.status for channel in self._equipment.channels) or "off",
            ledger_bytes=rooms.ledger.size_bytes,
            archive_bytes=rooms.archive.size_bytes if rooms.archive else 0,
            config_file=self._equipment.files.config,
            log_file=self._equipment.files.log,
        )

    # Inside

    def _asker(self) -> Asker:
        return NOBODY

    @property
    def _verifier(self) -> Verifier:
        return Verifier(self.settings.execution.verify, self._asker(), self.clock, self._worth_asking)

    def _worth_asking(self, command: Place) -> bool:
        blocked = self._viewer or bool(self._shared.problem)
        return not blocked and self._open.desk.worth_asking(command, self.clock.now())

    @property
    def _open(self) -> Rooms:
        if self._rooms is None:
            raise UsageError("the engine is not running")
        return self._rooms

    @property
    def _running_inbox(self) -> Inbox:
        if self._inbox is None:
            raise UsageError("the engine is not running")
        return self._inbox

    def _publish(self, event: EngineEvent) -> None:
        if isinstance(event, LedgerChanged) and self._rooms is not None:
            self._rooms.queries.forget_holdings()
        for callback in tuple(self._listeners):
            try:
                callback(event)
            except Exception:
                _LOG.exception("a listener failed on %s", type(event).__name__)

    async def _ask(self, entry: InboxEntry) -> object:
        if self._viewer and not isinstance(entry, Answer):
            raise LedgerReadOnly(f"this window only looks: {self._lock.holder()} runs the engine on this ledger")
        return await self._running_inbox.ask(entry)

    def _poller(self, feed: Feed, ledger: Ledger) -> Poller:
        hooks = PollerHooks(
            deliver=self._ask,
            spent_today=lambda name: ledger.credits_spent(name, self._spent_since()),
            waiting_events=lambda: [(event.sport_key, event.commence_time) for event in ledger.watched_events()],
            paused=lambda: self._shared.paused or bool(self._shared.lost),
            changed=lambda: self._publish(StatusChanged(self.clock.now())),
        )
        return Poller(feed.source, feed.plan, self.clock, hooks)

    def _start_loops(self) -> None:
        loops: list[tuple[str, Callable[[], Awaitable[None]]]] = [("housekeeping", self.keep_house)]
        for poller in () if self._viewer else self._pollers:
            loops.append((f"odds of {poller.status.name}", poller.odds_loop))
            loops.append((f"results of {poller.status.name}", poller.results_loop))
        for name, loop in loops:
            task = rearm(name, loop, lambda: self._wall.sleep(_HOUSEKEEPING_SECONDS))
            self._tasks.append(asyncio.get_running_loop().create_task(task, name=name))

    async def keep_house(self) -> None:
        """One round of housekeeping, as the engine itself does it every second."""
        if self._upkeep is not None:
            await self._upkeep.look()

    def look_at_files(self) -> None:
        """Stop placing when the ledger under this path is no longer the one that was opened. Asked every second."""
        if self._upkeep is not None:
            self._upkeep.look_at_file()

    def _replan(self, skipped_seconds: float) -> None:
        for poller in self._pollers:
            poller.replan(skipped_seconds)

    async def _take_lock(self) -> bool:
        for _ in range(_LOCK_TRIES):
            if self._lock.acquire(self.mode, self._wall.now()):
                return True
            await self._wall.sleep(_LOCK_PAUSE_SECONDS)
        return False

    async def _handle(self, entry: InboxEntry, at: datetime) -> object:
        """What failed because of the file is noted, whoever asked for it."""
        assert self._dispatcher is not None
        assert self._upkeep is not None
        try:
            return await self._dispatcher.handle(entry, at)
        except LedgerError as error:
            self._upkeep.note_failure(error)
            raise

    def _record(self, entry: InboxEntry, at: datetime) -> None:
        """A simulated answer is archived without its body: the seed makes it again."""
        archive = self._open.archive
        if archive is None:
            return
        if isinstance(entry, Answer) and entry.source == SIMULATED:
            entry = msgspec.structs.replace(entry, body=b"")
        archive.append(entry, at).add_done_callback(_note_archive_failure)

    def _spent_since(self) -> datetime:
        ui = self.settings.ui
        return day_start(self.clock.now(), ui.day_starts_at, zone_of(ui.time_zone))

    def _warning(self) -> str:
        if self._shared.problem:
            return self._shared.problem
        if abs(self._shared.skew_seconds) > self.settings.execution.warn_clock_skew_seconds:
            return f"this machine's clock is {self._shared.skew_seconds:+.0f} s off"
        return self._shared.note


def next_name(name: str, taken: Sequence[str]) -> str:
    """`main` gives `main 2`, `main 2` gives `main 3`: the first nobody has, letter case aside."""
    words = name.split(" ")
    stem = " ".join(words[:-1]) if len(words) > 1 and words[-1].isdecimal() else name
    used = {each.casefold() for each in taken}
    names = (f"{stem[: _LONGEST_NAME - 1 - len(str(number))]} {number}" for number in count(2))
    return next(each for each in names if each.casefold() not in used)


def _note_archive_failure(future: asyncio.Future[int]) -> None:
    if not future.cancelled() and future.exception() is not None:
        _LOG.warning("an entry was not archived: %s", future.exception())
