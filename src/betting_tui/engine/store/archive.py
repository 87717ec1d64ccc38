"""`odds.db`: the inbox as received. A cache: deleting it loses replays and charts, never money, a close or a result."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from msgspec import structs

from betting_tui.engine.core.errors import LedgerError
from betting_tui.engine.core.times import from_micros, to_micros
from betting_tui.engine.store import archive_recordings as recordings
from betting_tui.engine.store.archive_entries import Part, insert, page, record_of
from betting_tui.engine.store.archive_recordings import Recording, RecordingRow
from betting_tui.engine.store.archive_trim import Limits, trim_step
from betting_tui.engine.store.database import Database
from betting_tui.engine.store.identities import inserted
from betting_tui.engine.store.schema import ARCHIVE, is_older
from betting_tui.engine.store.shapes import ArchiveRun, InboxEntry, InboxRecord, Mode

_LOG = logging.getLogger(__name__)
_PAGE = 50
_TRIM_EVERY = 100
_MEGABYTE = 1_000_000


class Archive:
    """Answers and commands in the order of the inbox, bodies compressed and an unchanged body kept once.

    Errors: LedgerError with words; the engine goes on without an archive then.
    """

    def __init__(self, database: Database, limits: Limits) -> None:
        self._database = database
        self._limits = limits
        self._run: int | None = None
        self._appended = 0
        self._trimming: asyncio.Task[None] | None = None

    @classmethod
    async def open(
        cls, path: Path, *, max_mb: int | None = None, max_days: int | None = None, read_only: bool = False
    ) -> Archive:
        """Open or create. What is older than `max_days`, and beyond `max_mb` the oldest, goes when a run starts and
        now and then while appending."""
        limits = Limits(
            None if max_mb is None else max_mb * _MEGABYTE, None if max_days is None else timedelta(days=max_days)
        )
        return cls(await Database.open(path, ARCHIVE, read_only=read_only), limits)

    @classmethod
    async def for_reading(cls, path: Path) -> Archive:
        """Open for reading only; a file of an older version is brought up to date first."""
        if await asyncio.to_thread(is_older, path, ARCHIVE):
            await (await Database.open(path, ARCHIVE)).close()
        return await cls.open(path, read_only=True)

    async def close(self) -> None:
        """Write what was appended, then let go. Twice is fine."""
        trimming, self._trimming = self._trimming, None
        if trimming is not None:
            trimming.cancel()
            await asyncio.gather(trimming, return_exceptions=True)
        await self._database.close()

    async def start_run(
        self, mode: Mode, now: datetime, *, seed: int | None = None, parameters: str = ""
    ) -> ArchiveRun:
        """Everything appended from now on belongs to this run."""

        def work(conn: sqlite3.Connection) -> int:
            return inserted(
                conn,
                "INSERT INTO runs (mode, started_at, seed, parameters) VALUES (?, ?, ?, ?)",
                (mode, to_micros(now), seed, parameters),
            )

        self._run = await self._database.write(work)
        self._trim_beside(now)
        return ArchiveRun(self._run, mode, now, seed, parameters)

    def append(self, entry: InboxEntry, at: datetime) -> asyncio.Future[int]:
        """Queue an entry now, in call order; the future gives its `seq` once it is on disk.

        Hashing and compressing are the writer's: the caller is held for microseconds, whatever the size. Cancelling
        the future does not take the entry back. LedgerError before `start_run`.
        """
        run = self._run
        if run is None:
            raise LedgerError("the archive has no run yet: nothing can be recorded")
        future = self._database.submit(lambda conn: insert(conn, run, entry, at))
        self._appended += 1
        if self._appended % _TRIM_EVERY == 0:
            self._trim_beside(at)
        return future

    async def trim(self, now: datetime) -> None:
        """Drop what is beyond the limits and give its space back, one short transaction after the other."""
        lost = 0
        more = not self._limits.none
        while more:
            step = await self._database.write(lambda conn: trim_step(conn, self._limits, now, self._run))
            lost += step.recorded
            more = step.more
        if lost:
            _LOG.warning(
                "the archive is full of recordings: their %d oldest entries are gone; "
                "raise storage.archive_max_mb, or `record delete` what is not needed",
                lost,
            )

    def read(self, from_seq: int = 1, *, run_id: int | None = None) -> Iterator[InboxRecord]:
        """In order, exactly the bytes that came in. Lazy: memory stays at a page of entries."""
        return self.read_part(Part(first_seq=from_seq, run_id=run_id))

    def read_part(self, part: Part) -> Iterator[InboxRecord]:
        """The same for a part of it."""
        while True:
            rows = self._database.read(lambda conn, wanted=part: page(conn, wanted, _PAGE))  # type: ignore[misc]
            yield from (record_of(row) for row in rows)
            if len(rows) < _PAGE:
                return
            part = structs.replace(part, first_seq=rows[-1]["seq"] + 1)

    def runs(self) -> tuple[ArchiveRun, ...]:
        def work(conn: sqlite3.Connection) -> tuple[ArchiveRun, ...]:
            return tuple(
                ArchiveRun(row["id"], row["mode"], from_micros(row["started_at"]), row["seed"], row["parameters"])
                for row in conn.execute("SELECT * FROM runs ORDER BY id")
            )

        return self._database.read(work)

    # Recordings

    async def start_recording(self, name: str, now: datetime) -> Recording:
        """Name what is appended from now on, by whatever run. UsageError when the name is taken."""
        return await self._database.write(lambda conn: recordings.start(conn, name, now))

    async def stop_recording(self, name: str | None, now: datetime) -> Recording:
        """End that one, or the only one that runs. UsageError when there is none such."""
        return await self._database.write(lambda conn: recordings.stop(conn, name, now))

    async def delete_recording(self, name: str) -> Recording:
        """Forget the name; its entries grow old like others. UsageError when there is none such."""
        return await self._database.write(lambda conn: recordings.delete(conn, name))

    def recording(self, name: str) -> Recording:
        """UsageError naming those there are."""
        return self._database.read(lambda conn: recordings.find(conn, name))

    def recordings(self) -> tuple[RecordingRow, ...]:
        """All with what is in them, oldest first."""
        return self._database.read(recordings.rows)

    @property
    def path(self) -> Path:
        return self._database.path

    @property
    def size_bytes(self) -> int:
        return self._database.size_bytes

    def _trim_beside(self, now: datetime) -> None:
        """One round at a time, beside what is appended: a full archive must not hold up the next answer."""
        if self._limits.none or (self._trimming is not None and not self._trimming.done()):
            return
        self._trimming = asyncio.get_running_loop().create_task(self._trim_quietly(now), name="trim-archive")

    async def _trim_quietly(self, now: datetime) -> None:
        try:
            await self.trim(now)
        except LedgerError as error:
            _LOG.warning("the archive was not trimmed: %s", error.message)
