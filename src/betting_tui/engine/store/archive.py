"""`odds.db`: the inbox as received. A cache: deleting it loses replays and charts, never money, a close or a result."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from betting_tui.engine.store.shapes import ArchiveRun, InboxEntry, InboxRecord, Mode


class Archive:
    """Answers and commands in the order of the inbox, bodies compressed and an unchanged body kept once.

    Errors: LedgerError with words; the engine goes on without an archive then.
    """

    @classmethod
    async def open(cls, path: Path, *, max_mb: int | None = None, read_only: bool = False) -> Archive:
        """Open or create. Beyond `max_mb` the oldest entries go, at opening and now and then while appending."""
        raise NotImplementedError

    async def close(self) -> None:
        raise NotImplementedError

    async def start_run(
        self, mode: Mode, now: datetime, *, seed: int | None = None, parameters: str = ""
    ) -> ArchiveRun:
        """Everything appended from now on belongs to this run."""
        raise NotImplementedError

    def append(self, entry: InboxEntry, at: datetime) -> asyncio.Future[int]:
        """Queue an entry now, in call order; the future gives its `seq` once it is on disk."""
        raise NotImplementedError

    def read(self, from_seq: int = 1, *, run_id: int | None = None) -> Iterator[InboxRecord]:
        """In order, exactly the bytes that came in. Lazy: memory stays at one body."""
        raise NotImplementedError

    def runs(self) -> tuple[ArchiveRun, ...]:
        raise NotImplementedError

    @property
    def path(self) -> Path:
        raise NotImplementedError

    @property
    def size_bytes(self) -> int:
        raise NotImplementedError
