"""Replay: the recorded inbox through the same engine under a clock that stands where it is set.

The same archive and the same settings give the same ledger, byte for byte in `export ledger`.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

import msgspec

from betting_tui.engine.clocks import VirtualClock
from betting_tui.engine.config import Settings
from betting_tui.engine.core.errors import BettingError, UsageError
from betting_tui.engine.core.ports import Answer, AnswerKind, Clock, OddsRequest, Source
from betting_tui.engine.engine import SIMULATED, Engine
from betting_tui.engine.launch import SimulatedRun
from betting_tui.engine.rooms import Equipment
from betting_tui.engine.sources.http import HttpClient
from betting_tui.engine.sources.recorded import RecordedFiles
from betting_tui.engine.sources.simulated import SimulatedMarket
from betting_tui.engine.sources.the_odds_api import TheOddsApiSource
from betting_tui.engine.store.archive import Archive
from betting_tui.engine.store.shapes import ArchiveRun, InboxRecord

_DAYS_FROM = 3


async def replay(settings: Settings, archive_file: Path, data_dir: Path) -> int:
    """Replay a whole archive into a new ledger in `data_dir`; how many entries there were.

    Each recorded run gets an engine of its own, as it had. Raises UsageError when `data_dir` holds a ledger already
    or the archive has no runs, LedgerError when either file cannot be used.
    """
    _check_empty(data_dir)
    archive = await Archive.open(archive_file, read_only=True)
    try:
        return await _Replay(settings, archive, data_dir).run()
    finally:
        await archive.close()


def _check_empty(data_dir: Path) -> None:
    if data_dir.exists() and any(data_dir.iterdir()):
        raise UsageError(f"{data_dir} is not empty: a replay starts with a ledger of its own")


class _Replay:
    def __init__(self, settings: Settings, archive: Archive, data_dir: Path) -> None:
        self._settings = settings
        self._archive = archive
        self._data_dir = data_dir
        self._runs = {run.id: run for run in archive.runs()}
        self._engines: dict[int, tuple[Engine, VirtualClock, Source | None]] = {}

    async def run(self) -> int:
        if not self._runs:
            raise UsageError(f"{self._archive.path} holds no recorded run")
        handled = 0
        try:
            for record in self._archive.read():
                await self._handle(record)
                handled += 1
        finally:
            for engine, _, _ in self._engines.values():
                await engine.stop()
        return handled

    async def _handle(self, record: InboxRecord) -> None:
        if record.run_id not in self._engines:
            self._engines[record.run_id] = await self._begin(self._runs[record.run_id])
        engine, clock, market = self._engines[record.run_id]
        clock.set(max(record.at, clock.now()))
        entry = record.entry
        if isinstance(entry, Answer) and entry.source == SIMULATED and isinstance(market, SimulatedMarket):
            record = msgspec.structs.replace(record, entry=_remake(market, entry))
        # What failed then fails now: its sender was told, and the engine went on.
        with contextlib.suppress(BettingError):
            await engine.replay(record)

    async def _begin(self, run: ArchiveRun) -> tuple[Engine, VirtualClock, Source | None]:
        clock = VirtualClock(run.started_at)
        market = _market(run, clock)
        chosen = self._settings.data_sources.the_odds_api
        decoders: tuple[Source, ...] = (RecordedFiles(), TheOddsApiSource(None, chosen, HttpClient(), clock))
        if market is not None:
            decoders = (*decoders, market)
        engine = Engine(self._settings, "replay", self._data_dir, Equipment(clock=clock, decoders=decoders))
        await engine.start(polling=False)
        return engine, clock, market


def _market(run: ArchiveRun, clock: Clock) -> SimulatedMarket | None:
    if run.seed is None or not run.parameters:
        return None
    parameters = msgspec.json.decode(run.parameters, type=SimulatedRun)
    return SimulatedMarket(run.seed, parameters.start, parameters.settings, clock)


def _remake(market: SimulatedMarket, answer: Answer) -> Answer:
    """The bytes the market gave then: a simulated answer is archived as its seed."""
    if answer.kind is AnswerKind.SCORES:
        body = market.scores_body(answer.sport_key, answer.received_at, _DAYS_FROM)
    else:
        body = market.odds_body(answer.sport_key, answer.received_at, OddsRequest(answer.sport_key, answer.markets))
    return msgspec.structs.replace(answer, body=body)
