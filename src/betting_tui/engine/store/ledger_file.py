"""The ledger's file: opened in one mode, closed in order, and asked about itself."""

from __future__ import annotations

import asyncio
from contextlib import closing
from datetime import datetime
from pathlib import Path
from sqlite3 import Connection, Error, connect
from typing import Self

from betting_tui.engine.core.closes import DEFAULT_MAX_AGE_MINUTES
from betting_tui.engine.core.errors import LedgerDamaged, LedgerError
from betting_tui.engine.core.times import to_micros
from betting_tui.engine.store.backups import advice, is_emptied
from betting_tui.engine.store.database import Database
from betting_tui.engine.store.faults import damaged
from betting_tui.engine.store.schema import LEDGER
from betting_tui.engine.store.shapes import Mode


class LedgerFile:
    """The file under the use cases. Every write is one transaction; queries run on the thread that opened it.

    Closes older than `close_max_age_minutes` before the start do not count; one of AGE_STEPS, None for no limit.
    """

    close_max_age_minutes: int | None = DEFAULT_MAX_AGE_MINUTES

    def __init__(self, database: Database, mode: Mode) -> None:
        self._database = database
        self._mode = mode

    @classmethod
    async def open(cls, path: Path, *, now: datetime, mode: Mode = "live", read_only: bool = False) -> Self:
        """Open or create. LedgerError: newer file, another mode's file, not a ledger, damaged, not writable."""
        try:
            if await asyncio.to_thread(is_emptied, path):
                raise LedgerDamaged(damaged(path))
            database = await Database.open(path, LEDGER, read_only=read_only)
        except LedgerDamaged as error:
            found = await asyncio.to_thread(advice, path, mode)
            raise LedgerDamaged(f"{error.message}; {found}") from error
        try:
            kept = database.read(_mode)
            if kept is None and not read_only:
                kept = await database.write(lambda conn: _set_mode(conn, mode, now))
        except BaseException:
            await database.close()
            raise
        if kept is None:
            await database.close()
            raise LedgerError(f"{path} has not been used yet: start the program once")
        if kept != mode:
            await database.close()
            raise LedgerError(f"{path} is a {kept} ledger, not a {mode} one: choose another data directory")
        return cls(database, mode)

    async def close(self) -> None:
        """Finish what was asked, fold the companions into the file, let go. Twice is fine."""
        await self._database.close()

    @property
    def path(self) -> Path:
        return self._database.path

    @property
    def mode(self) -> str:
        return self._mode

    @property
    def read_only(self) -> bool:
        return self._database.read_only

    @property
    def journal_mode(self) -> str:
        """`wal` or `rollback`."""
        return self._database.journal_mode

    @property
    def size_bytes(self) -> int:
        return self._database.size_bytes

    async def changed_elsewhere(self) -> bool:
        """Another process committed since the last call. Cheap enough to ask every second."""
        return await self._database.changed_elsewhere()

    def replaced(self) -> bool:
        """The file under this path is no longer the one that was opened: placing must stop."""
        return self._database.replaced()


def is_replay(path: Path) -> bool:
    """Whether a replay made this ledger. False for a file that is not there or cannot be read: opening it says why."""
    if not path.exists():
        return False
    try:
        with closing(connect(path, isolation_level=None)) as conn:
            found = conn.execute("SELECT 1 FROM meta WHERE key = 'mode' AND value = 'replay'").fetchone()
    except Error:
        return False
    return found is not None


def _mode(conn: Connection) -> str | None:
    row = conn.execute("SELECT value FROM meta WHERE key = 'mode'").fetchone()
    return None if row is None else str(row["value"])


def _set_mode(conn: Connection, mode: Mode, now: datetime) -> str | None:
    """The mode the file has from now on: the one another process may just have set, else this one."""
    conn.execute("INSERT INTO meta (key, value) VALUES ('mode', ?) ON CONFLICT DO NOTHING", (mode,))
    conn.execute(
        "INSERT INTO meta (key, value) VALUES ('created_at', ?) ON CONFLICT DO NOTHING", (str(to_micros(now)),)
    )
    return _mode(conn)
