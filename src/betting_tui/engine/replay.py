"""Replay: the recorded inbox through the same engine under a clock that stands where it is set.

The same archive and the same settings give the same ledger, byte for byte in `export ledger`.
"""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

import msgspec
from msgspec import Struct

from betting_tui.engine.clocks import SystemClock, VirtualClock
from betting_tui.engine.config import Settings
from betting_tui.engine.core.commands import Arm, CancelBet, CancelOrder, Pause, SettleBet
from betting_tui.engine.core.errors import BettingError, UsageError
from betting_tui.engine.core.ports import Answer
from betting_tui.engine.core.progress import Progress, silent
from betting_tui.engine.decoders import market_of, offline_feeds, remade
from betting_tui.engine.engine import Engine
from betting_tui.engine.rooms import Equipment, Files
from betting_tui.engine.sources.simulated import SimulatedMarket
from betting_tui.engine.store.archive import Archive
from betting_tui.engine.store.archive_entries import Part
from betting_tui.engine.store.archive_recordings import Recording
from betting_tui.engine.store.shapes import ArchiveRun, InboxEntry, InboxRecord

_TOLD_EVERY = 20


class Replayed(Struct, frozen=True):
    """What a replay did. `left_out` are commands that named a bet by a number which is another one in the replay."""

    entries: int
    answers: int
    left_out: int


async def replay(
    settings: Settings,
    archive_file: Path,
    data_dir: Path,
    *,
    recording: str | None = None,
    progress: Progress = silent,
) -> Replayed:
    """Replay a whole archive, or the stretch of one recording, into a new ledger in `data_dir`.

    Each recorded run gets an engine of its own, as it had. A stretch begins with a fresh ledger, with what was armed,
    paused and opened when it began. Raises UsageError when `data_dir` holds a ledger already, or there is no such
    recording or nothing to replay; LedgerError when either file cannot be used. What ends it too early, an interrupt
    too, leaves nothing in `data_dir`. `progress` hears now and then how many entries are done.
    """
    new = _check_empty(data_dir)
    archive = await Archive.for_reading(archive_file)
    try:
        stretch = None if recording is None else archive.recording(recording)
        return await _Replay(settings, archive, data_dir, stretch, progress).run()
    except BaseException:
        _clear(data_dir, itself=new)
        raise
    finally:
        await archive.close()


def replayed_engine(settings: Settings, data_dir: Path, *, files: Files | None = None) -> Engine:
    """To look at what a replay has left: an engine on its ledger that asks no feed."""
    equipment = Equipment(clock=SystemClock(), decoders=offline_feeds(), files=files or Files())
    return Engine(settings, "replay", data_dir, equipment)


def _check_empty(data_dir: Path) -> bool:
    """False when it is there already, and holds nothing."""
    try:
        there = data_dir.exists()
        if there and any(data_dir.iterdir()):
            raise UsageError(f"{data_dir} is not empty: a replay starts with a ledger of its own, name a new directory")
    except NotADirectoryError:
        raise UsageError(f"{data_dir} is a file: name a new directory") from None
    return not there


def _clear(data_dir: Path, *, itself: bool) -> None:
    """It held nothing when the replay began: whatever is there now is half a replay."""
    for made in data_dir.iterdir() if data_dir.exists() else ():
        if made.is_dir():
            shutil.rmtree(made, ignore_errors=True)
        else:
            made.unlink(missing_ok=True)
    if itself and data_dir.exists():
        data_dir.rmdir()


class _Running(Struct, frozen=True):
    """The engine of one run, with its clock and its simulated market."""

    engine: Engine
    clock: VirtualClock
    market: SimulatedMarket | None


class _Replay:
    def __init__(
        self,
        settings: Settings,
        archive: Archive,
        data_dir: Path,
        stretch: Recording | None,
        progress: Progress = silent,
    ) -> None:
        self._progress = progress
        self._expected = sum(row.entries for row in archive.recordings() if row.recording == stretch)
        self._settings = settings
        self._archive = archive
        self._data_dir = data_dir
        self._stretch = stretch
        self._runs = {run.id: run for run in archive.runs()}
        self._running: dict[int, _Running] = {}

    async def run(self) -> Replayed:
        if not self._runs:
            raise UsageError(f"{self._archive.path} holds no recorded run")
        entries = answers = left_out = 0
        try:
            for record in self._archive.read_part(self._part()):
                if self._names_another_bet(record.entry):
                    left_out += 1
                    continue
                await self._handle(record)
                entries += 1
                answers += isinstance(record.entry, Answer)
                if entries % _TOLD_EVERY == 0:
                    self._progress(entries, self._expected, "Replaying")
        finally:
            for running in self._running.values():
                await running.engine.stop()
        if self._stretch is not None and entries == 0:
            raise UsageError(f"recording {self._stretch.name!r} holds nothing to replay: `record list` shows what does")
        return Replayed(entries, answers, left_out)

    def _part(self) -> Part:
        stretch = self._stretch
        return Part() if stretch is None else Part(first_seq=stretch.first_seq, last_seq=stretch.last_seq)

    def _names_another_bet(self, entry: InboxEntry) -> bool:
        """Bets are numbered from one in the fresh ledger: after a later beginning, a number means another bet."""
        later = self._stretch is not None and self._stretch.first_seq > 1
        return later and isinstance(entry, CancelBet | SettleBet | CancelOrder)

    async def _handle(self, record: InboxRecord) -> None:
        if record.run_id not in self._running:
            self._running[record.run_id] = await self._begin(self._runs[record.run_id])
        running = self._running[record.run_id]
        running.clock.set(max(record.at, running.clock.now()))
        if isinstance(record.entry, Answer):
            record = msgspec.structs.replace(record, entry=remade(record.entry, running.market))
        # What failed then fails now: its sender was told, and the engine went on.
        with contextlib.suppress(BettingError):
            await running.engine.replay(record)

    async def _begin(self, run: ArchiveRun) -> _Running:
        clock = VirtualClock(run.started_at)
        engine = Engine(self._settings, "replay", self._data_dir, Equipment(clock=clock, decoders=offline_feeds()))
        await engine.start(polling=False)
        for record in self._standing(run):
            with contextlib.suppress(BettingError):
                await engine.replay(record)
        return _Running(engine, clock, market_of(run, clock))

    def _standing(self, run: ArchiveRun) -> list[InboxRecord]:
        """What held when the stretch began: the accounts before its first run, a run's own switches at its start."""
        if self._stretch is None:
            return []
        first = not self._running
        return [
            InboxRecord(0, run.id, run.started_at, each.command)
            for each in self._stretch.standing
            if (each.run_id == run.id if isinstance(each.command, Arm | Pause) else first)
        ]
