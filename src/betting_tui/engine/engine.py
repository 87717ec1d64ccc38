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

from betting_tui.engine.clocks import SystemClock
from betting_tui.engine.config import Settings, Ui
from betting_tui.engine.core.bet_views import NotPlaced, Placed, SettlementReport, Working
from betting_tui.engine.core.commands import (
    OpenAccount,
    Place,
    PlaceParlay,
    UseAccount,
)
from betting_tui.engine.core.errors import LedgerError, LedgerReadOnly, UsageError
from betting_tui.engine.core.events import EngineEvent, LedgerChanged, StatusChanged
from betting_tui.engine.core.odds import OddsFormat
from betting_tui.engine.core.parlays import why_no_parlay
from betting_tui.engine.core.ports import SIMULATED, Answer
from betting_tui.engine.core.status_views import Recovery
from betting_tui.engine.core.times import zone_of
from betting_tui.engine.dispatch import Dispatcher
from betting_tui.engine.event_log import EventLog
from betting_tui.engine.feeds.office import FeedOffice, rearm
from betting_tui.engine.feeds.taken import Unanswered
from betting_tui.engine.feeds.wiring import FeedHooks
from betting_tui.engine.inbox import Inbox
from betting_tui.engine.outlook import Outlook
from betting_tui.engine.rooms import Equipment, Rooms, Shared, furnish
from betting_tui.engine.store.files import make_private_folder
from betting_tui.engine.store.lock import EngineLock
from betting_tui.engine.store.shapes import AccountRow, InboxEntry, InboxRecord, Mode
from betting_tui.engine.upkeep import Hooks, Upkeep

_LOG = logging.getLogger(__name__)
_HOUSEKEEPING_SECONDS = 1.0
# A command that looks after the ledger holds the lock for one short transaction: worth a quarter second's patience.
_LONGEST_NAME = 64
_LOCK_TRIES, _LOCK_PAUSE_SECONDS = 10, 0.025


class Engine(Outlook):
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
        self._office: FeedOffice | None = None
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
                viewer=self._viewer, why_no_close=lambda event: self._feeds.why_no_close(event),
            )  # fmt: skip
        except BaseException:
            self._lock.release()
            raise
        self._rooms = rooms
        self._shared.problem = self._shared.lost = ""
        # What a replay lives through again was logged when it happened.
        log = EventLog(on=self.mode in ("live", "demo"), odds_format=OddsFormat(self.settings.ui.odds_format))
        self._dispatcher = Dispatcher(rooms, self._shared, self._publish, log)
        self._inbox = Inbox(self.clock, self._handle, self._record)
        self._inbox.start()
        self._office = self._open_office(rooms, self._inbox)
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
            _LOG.info("%s: account %s%s", self.mode, self._shared.account, ", looking only" if self._viewer else "")

    def use_ui(self, ui: Ui) -> None:
        """Tell prices and times, and keep quiet hours, by this odds format and time zone from now on."""
        told = msgspec.structs.replace(self.settings.ui, odds_format=ui.odds_format, time_zone=ui.time_zone)
        self.settings = msgspec.structs.replace(self.settings, ui=told)
        if self._rooms is not None:
            self._rooms.alerts.tell_as(OddsFormat(ui.odds_format), zone_of(ui.time_zone))

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
        ran = bool(self._tasks)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        await inbox.stop()
        await rooms.alerts.close()
        await self._feeds.aclose()
        await upkeep.end()
        if rooms.archive is not None:
            await rooms.archive.close()
        await rooms.ledger.close()
        self._lock.release()
        if ran:
            _LOG.info("%s: ended in order", self.mode)
        self._rooms = self._inbox = self._upkeep = self._office = self._recovery = None
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

    async def place_parlay(self, command: PlaceParlay, *, verify: bool | None = None) -> Placed | NotPlaced:
        """`verify`: ask for the prices of all legs again first; None leaves it to the settings."""
        ready = await self._verifier.ready(
            command.as_place(),
            verify=verify,
            worth_asking=lambda _: self._could_be(command),
            events=command.events,
        )
        if isinstance(ready, NotPlaced):
            return ready
        outcome = await super().place_parlay(msgspec.structs.replace(command, asked_at=ready.command.asked_at))
        told = ready.told(outcome)
        return told if isinstance(told, (Placed, NotPlaced)) else outcome

    def _could_be(self, command: PlaceParlay) -> bool:
        """Whether newer prices could make a bet of it: not of legs that are no parlay, nor of one placed before."""
        known = {event.id: event for event in command.events}
        return (
            why_no_parlay(command.legs, known) is None and self.ledger.placement(command.account, command.key) is None
        )

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
        """Ask for the scores of all started events with open bets. Raises SourceError when nobody answered."""
        return await self._feeds.results.round(everything=True)

    async def fetch_odds(self, sport_keys: Sequence[str]) -> tuple[Unanswered, ...]:
        """Ask for these sports now, or for those of the first usable feed when none are named; which of them no feed
        answered for. An answer that is kept and younger than the cache's time to live is used instead. Raises
        SourceError when none was answered."""
        return await self._feeds.odds.fetch(sport_keys)

    async def recall_starts(self) -> None:
        """For who asks nobody: plan by the start times that were heard of a few hours ago."""
        await self._feeds.recall()

    async def replay(self, record: InboxRecord) -> object:
        """Handle a recorded entry again. The clock must stand at its time."""
        return await self._running_inbox.replay(record.entry, record.at)

    # Inside

    @property
    def _running_inbox(self) -> Inbox:
        if self._inbox is None:
            raise UsageError("the engine is not running")
        return self._inbox

    def _publish(self, event: EngineEvent) -> None:
        if isinstance(event, LedgerChanged) and self._rooms is not None:
            self._rooms.queries.forget_holdings()
            if self._office is not None:
                self._office.replan()
        for callback in tuple(self._listeners):
            try:
                callback(event)
            except Exception:
                _LOG.exception("a listener failed on %s", type(event).__name__)

    async def _ask(self, entry: InboxEntry) -> object:
        if self._viewer and not isinstance(entry, Answer):
            raise LedgerReadOnly(f"this window only looks: {self._lock.holder()} runs the engine on this ledger")
        return await self._running_inbox.ask(entry)

    def _open_office(self, rooms: Rooms, inbox: Inbox) -> FeedOffice:
        hooks = FeedHooks(
            deliver=inbox.ask,
            paused=lambda: self._shared.paused or bool(self._shared.lost),
            changed=lambda: self._publish(StatusChanged(self.clock.now())),
            unanswered=lambda sport_key: rooms.ledger.note_unanswered(sport_key, self.clock.now()),
        )
        given = self._equipment.all_feeds
        return FeedOffice(
            given, self.settings, self.clock, rooms.ledger, rooms.board, rooms.fixtures, hooks,
            called_by=rooms.identities.called_by,
        )  # fmt: skip

    def _start_loops(self) -> None:
        loops: list[tuple[str, Callable[[], Awaitable[None]]]] = [("housekeeping", self.keep_house)]
        if not self._viewer:
            loops += self._feeds.loops()
        for name, loop in loops:
            task = rearm(name, loop, lambda: self._wall.sleep(_HOUSEKEEPING_SECONDS))
            self._tasks.append(asyncio.get_running_loop().create_task(task, name=name))

    async def keep_house(self) -> None:
        """One round of housekeeping, as the engine itself does it every second."""
        if self._upkeep is not None:
            await self._upkeep.look()

    def _replan(self, skipped_seconds: float) -> None:
        self._feeds.skip(skipped_seconds)

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
