"""The engine's housekeeping: timers, the file under it, its own record of running, copies and files of the day."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import date, datetime, timedelta

from msgspec import Struct

from betting_tui import __version__
from betting_tui.engine.config import Settings
from betting_tui.engine.core.errors import DiskRefused, LedgerDamaged, LedgerError
from betting_tui.engine.core.events import EngineEvent, LedgerChanged, Noticed, StatusChanged
from betting_tui.engine.core.ports import Clock, Notice, NoticeKind
from betting_tui.engine.core.status_views import Recovery
from betting_tui.engine.core.times import betting_day, iso, span_text, zone_of
from betting_tui.engine.execution.working import is_over
from betting_tui.engine.rooms import Rooms, Shared
from betting_tui.engine.store import days
from betting_tui.engine.store.shapes import AccountRow, InboxEntry, RunRow, TimerFired

_LOG = logging.getLogger(__name__)
TOUCH_SECONDS = 30.0
_PROBE_SECONDS = 5.0
_DUE_AGAIN_SECONDS = 600.0
# A wall clock that moved this much more than time passed was asleep or set; less is a correction of the network's.
_GAP_SECONDS = 60.0
_FORGET_EVERY = timedelta(hours=1)
_LONGEST_CATCH_UP = timedelta(days=31)


class Hooks(Struct, frozen=True):
    """What housekeeping needs of the engine. `replan` gets the seconds that passed without any timer counting them."""

    ask: Callable[[InboxEntry], Awaitable[object]]
    publish: Callable[[EngineEvent], None]
    replan: Callable[[float], None]


class _Moment(Struct, frozen=True):
    now: datetime
    counted: float
    wall: float


class Upkeep:
    """Of one started engine. `clock` is the engine's, `wall` counts real seconds; a viewer has no run of its own."""

    def __init__(self, rooms: Rooms, shared: Shared, settings: Settings, clock: Clock, wall: Clock, hooks: Hooks):
        self._rooms = rooms
        self._shared = shared
        self._settings = settings
        self._clock = clock
        self._wall = wall
        self._hooks = hooks
        self._keeps = False
        self._run: RunRow | None = None
        self._before: _Moment | None = None
        self._next_touch = self._next_probe = self._next_due = 0.0
        self._due_before: datetime | None = None
        self._final = self._passing = self._day_note = ""
        self._day_of_copy: date | None = None
        self._forgot_prices: datetime | None = None
        self._days_since: datetime | None = None

    async def begin(self) -> Recovery | None:
        """Take care of what a dead run left, check the books, and begin a run of our own. Only under the engine's lock.

        What the dead run left is for the current account; None when the last run ended in order.
        """
        now, ledger = self._clock.now(), self._rooms.ledger
        last = ledger.last_run()
        self._days_since = last.seen_at if last is not None else now
        self._keeps = True
        found = ledger.left_behind(self._shared.account, now, self._settings.ui.day_starts_at)
        try:
            await self._begin_run(now)
        except DiskRefused as error:
            # What is there can be looked at; the run begins when the disk takes it.
            self.note_failure(error)
        self._check_books()
        return found

    async def _begin_run(self, now: datetime) -> None:
        await self._rooms.ledger.recover(now)
        self._run = await self._rooms.ledger.start_run(__version__, now)

    async def end(self) -> None:
        """The run ended in order; where that cannot be written, the next start will see that it is not known."""
        run, self._run = self._run, None
        if run is None:
            return
        try:
            await self._rooms.ledger.end_run(run, self._clock.now())
        except LedgerError as error:
            if self._shared.lost:
                return
            _LOG.warning("the end of this run was not written: %s", error.message)

    async def look(self) -> None:
        """One round, once a second; what is slow has its own, longer rhythm."""
        try:
            await self._look()
        except LedgerError as error:
            self.note_failure(error)
            if not self._shared.problem:
                _LOG.warning("housekeeping: %s", error.message)

    def note_failure(self, error: LedgerError) -> None:
        """A use case failed: placing rests while the disk takes nothing, and stops where the file cannot be trusted."""
        if isinstance(error, DiskRefused):
            self._next_probe = self._wall.monotonic() + _PROBE_SECONDS
            self._say(passing=f"{error.message}: placing rests until it can be written again")
        elif isinstance(error, LedgerDamaged):
            self._lose(f"{error.message}: placing has stopped")
        else:
            self.look_at_file()
            with suppress(LedgerError):
                self._check_books()

    def look_at_file(self) -> None:
        """Stop placing when the ledger under this path is no longer the one that was opened."""
        if self._rooms.ledger.replaced():
            self._lose("the ledger's file was replaced or deleted under this program: placing has stopped; restart")

    # A round

    async def _look(self) -> None:
        now, ledger = self._clock.now(), self._rooms.ledger
        self._notice_gap(now)
        self.look_at_file()
        if self._shared.lost:
            return
        if self._keeps:
            await self._fire_timers(now)
        self._rooms.alerts.flush()
        if await ledger.changed_elsewhere():
            self._hooks.publish(LedgerChanged(now))
        wall = self._wall.monotonic()
        if self._passing and wall >= self._next_probe:
            await self._probe(wall)
        if wall >= self._next_touch:
            self._next_touch = wall + TOUCH_SECONDS
            if self._run is not None and not self._shared.problem:
                await self._touch(now)
                await self._forget_prices(now)
                await self._end_days(now)
                await self._keep_day(now)

    async def _fire_timers(self, now: datetime) -> None:
        """Through the inbox, so that a replay fires them at the same place."""
        if self._rooms.detector.due(now):
            await self._hooks.ask(TimerFired("expire"))
        if self._shared.problem:
            return
        if any(is_over(order, self._rooms.board, now) for order in self._rooms.ledger.working_orders()):
            await self._hooks.ask(TimerFired("orders"))
        await self._settle_due(now)

    async def _settle_due(self, now: datetime) -> None:
        """Bets that no result is to come for any more. One that cannot be settled is not tried every second."""
        due, counted = self._rooms.ledger.next_due(), self._wall.monotonic()
        if due is None or due > now or (due == self._due_before and counted < self._next_due):
            return
        self._due_before, self._next_due = due, counted + _DUE_AGAIN_SECONDS
        await self._hooks.ask(TimerFired("results"))

    def _notice_gap(self, now: datetime) -> None:
        """Wall time against counted time: a closed lid, or a clock that somebody set."""
        before = self._before
        self._before = here = _Moment(now, self._clock.monotonic(), self._wall.monotonic())
        if before is None:
            return
        gap = (here.now - before.now).total_seconds() - (here.counted - before.counted)
        if abs(gap) > _GAP_SECONDS:
            self._hooks.replan(max(0.0, gap))
        if gap < -_GAP_SECONDS:
            # Prices seen before look younger than they are, until the feeds' next answers say how far off we are.
            for feed in self._shared.skews:
                self._shared.skews[feed] += gap
        away = max(gap, here.wall - before.wall)
        if away > _GAP_SECONDS:
            self._tell(
                f"asleep:{iso(now)}",
                f"Asleep for {span_text(away)}",
                "Nothing was watched meanwhile: feeds are asked again now; a close may be missing",
            )
        elif gap < -_GAP_SECONDS:
            self._tell(
                f"clock:{iso(now)}",
                f"The clock was set back by {span_text(-gap)}",
                "Nothing is asked for or settled twice; what is dated later keeps its date",
            )

    async def _probe(self, wall: float) -> None:
        self._next_probe = wall + _PROBE_SECONDS
        try:
            if not self._rooms.ledger.read_only:
                await self._rooms.ledger.probe()
            if self._keeps and self._run is None:
                await self._begin_run(self._clock.now())
        except LedgerError as error:
            self.note_failure(error)
            return
        self._say(passing="")

    async def _touch(self, now: datetime) -> None:
        assert self._run is not None
        touched = await self._rooms.ledger.touch_run(self._run, now)
        if touched is None:
            self._lose("another ledger was copied over the open one: placing has stopped; restart")
        else:
            self._run = touched

    def _check_books(self) -> None:
        """A difference stops placing: nothing should be added to books that are wrong."""
        report = self._rooms.ledger.verify_quick()
        self._shared.verified_at, self._shared.verified = self._clock.now(), next(iter(report.problems), "")
        if not report.ok:
            self._say(
                final=f"the ledger does not add up ({report.problems[0]}): placing has stopped; see `ledger verify`"
            )

    async def _forget_prices(self, now: datetime) -> None:
        """Of events that are over, a few at a time: days of them would keep placements waiting."""
        if self._forgot_prices is None or not timedelta() <= now - self._forgot_prices < _FORGET_EVERY:
            self._forgot_prices = now
            await self._rooms.ledger.prune_closings(now)

    # The day

    async def _keep_day(self, now: datetime) -> None:
        try:
            await self._copy_of_day(now)
            if self._settings.storage.daily_files:
                await self._files_of_days(now)
        except (LedgerError, OSError) as error:
            _LOG.warning("no copy or files of the day: %s", error)
            if isinstance(error, LedgerDamaged):
                self.note_failure(error)
            why = error.message if isinstance(error, LedgerError) else str(error.strerror or error)
            self._day_note = self._shared.note = f"the day was not backed up: {why}"
            self._hooks.publish(StatusChanged(now))

    async def _end_days(self, now: datetime) -> None:
        """By a clock that is known to be wrong no day ends: it would be told of at another time than it was."""
        off = abs(self._shared.skew_seconds) > self._settings.execution.max_clock_skew_seconds
        if not off and self._rooms.day_end.is_due(now):
            await self._hooks.ask(TimerFired("day_end"))

    async def _copy_of_day(self, now: datetime) -> None:
        ui = self._settings.ui
        day = betting_day(now, ui.day_starts_at, zone_of(ui.time_zone))
        if self._day_of_copy is not None and day <= self._day_of_copy:
            return
        # Tried once a day, whatever comes of it: a full disk is not filled further every half minute.
        self._day_of_copy = day
        copied = await self._rooms.ledger.backup_day(day)
        if self._shared.note == self._day_note:
            self._shared.note = ""
        if copied is not None:
            await self._rooms.ledger.compact()

    async def _files_of_days(self, now: datetime) -> None:
        """Of every account, for each betting day that ended since the last run was there to write them."""
        starts_at = self._settings.ui.day_starts_at
        since = max(self._days_since or now, now - _LONGEST_CATCH_UP)
        ledger = self._rooms.ledger
        for owner in ledger.accounts():
            zone = zone_of(owner.time_zone)
            day, today = (betting_day(at, starts_at, zone) for at in (max(since, owner.created_at), now))
            while day < today:
                await self._write_day(owner, day)
                day += timedelta(days=1)

    async def _write_day(self, owner: AccountRow, day: date) -> None:
        ledger = self._rooms.ledger
        folder, stem = ledger.path.parent / days.FOLDER, days.day_stem(owner, day, self._shared.account)
        if not (folder / f"{stem}-trades.csv").exists():
            await ledger.write_day(folder, stem, owner.name, day, self._settings.ui.day_starts_at)

    # What is told

    def _lose(self, reason: str) -> None:
        """Nothing can be kept by this run any more."""
        self._shared.lost = self._shared.lost or reason
        self._say(final=reason)

    def _say(self, *, final: str | None = None, passing: str | None = None) -> None:
        """The first thing that stopped placing for good stays; what passes goes when it has."""
        self._final = self._final or final or ""
        self._passing = self._passing if passing is None else passing
        problem = self._final or self._passing
        if problem != self._shared.problem:
            self._shared.problem = problem
            if problem:
                _LOG.error("%s", problem)
            self._hooks.publish(StatusChanged(self._clock.now()))

    def _tell(self, key: str, title: str, body: str) -> None:
        self._hooks.publish(Noticed(Notice(NoticeKind.PROBLEM, key, title, body)))
