"""One SQLite file: opened safely, written by one thread, read without waiting."""

from __future__ import annotations

import asyncio
import os
import queue
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from betting_tui.engine.core.errors import LedgerDamaged, LedgerError, LedgerGone, LedgerReadOnly
from betting_tui.engine.core.progress import Progress
from betting_tui.engine.store.faults import BUSY_SECONDS, SQLITE_FAILURES, damaged, in_words
from betting_tui.engine.store.files import make_private_folder
from betting_tui.engine.store.long_work import LongWork, until_over
from betting_tui.engine.store.schema import (
    OLDEST_SQLITE,
    Schema,
    check_identity,
    create,
    migrate,
    migrations,
    wal_is_safe,
)
from betting_tui.engine.store.steps import Asker as Asker
from betting_tui.engine.store.steps import Overtaken, Steps, Work, consistent, data_version
from betting_tui.engine.store.writing import Write

T = TypeVar("T")
LongTask = Callable[[sqlite3.Connection, Progress], T]

# How often a reading in steps begins anew before it looks at a copy.
_STEP_TRIES = 4
# Whoever reads on a thread of their own lets a long settling end first.
_PATIENT_SECONDS = 60


class Database:
    """A file of one schema. Writes run on its own thread, one transaction each, in the order they were asked for;
    reads run on the opening thread, on a second connection that cannot write.

    Errors are LedgerError (LedgerReadOnly where this file was opened, or can only be, read-only).
    """

    def __init__(self, path: Path, schema: Schema, *, read_only: bool) -> None:
        self._path = path
        self._schema = schema
        self._read_only = read_only
        self._jobs: queue.SimpleQueue[Write | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._reader: sqlite3.Connection | None = None
        self._journal_mode = ""
        self._seen_version = 0
        self._identity: tuple[int, int] | None = None

    @classmethod
    async def open(cls, path: Path, schema: Schema, *, read_only: bool = False) -> Database:
        """Open, or create 0600 in a folder of 0700, and migrate. Raises LedgerError."""
        if sqlite3.sqlite_version_info < OLDEST_SQLITE:
            raise LedgerError(f"SQLite {sqlite3.sqlite_version} is too old: this program needs 3.37 or newer")
        database = cls(path, schema, read_only=read_only)
        try:
            if read_only:
                database._open_viewer()
            else:
                await database._open_writer()
        except SQLITE_FAILURES as error:
            raise in_words(error, path) from error
        except OSError as error:
            raise LedgerError(f"{path} cannot be opened: {error.strerror or error}") from error
        return database

    @property
    def path(self) -> Path:
        return self._path

    @property
    def read_only(self) -> bool:
        return self._read_only

    @property
    def journal_mode(self) -> str:
        """`wal` or `rollback`."""
        return self._journal_mode

    @property
    def size_bytes(self) -> int:
        """The file and its companions."""
        names = (self._path, *(self._path.with_name(self._path.name + end) for end in ("-wal", "-journal")))
        return sum(name.stat().st_size for name in names if name.exists())

    def replaced(self) -> bool:
        """The file of this name is gone or another one: SQLite would go on writing into nowhere."""
        try:
            return _identity(self._path) != self._identity
        except OSError:
            return True

    def submit(self, work: Work[T], *, transaction: bool = True, long: LongWork | None = None) -> asyncio.Future[T]:
        """Queue a use case now; the future is resolved after COMMIT. A cancelled waiter does not undo the work, but
        `long` that is stopped does."""
        loop = asyncio.get_running_loop()
        if self._read_only:
            raise LedgerReadOnly(f"{self._path} is open for reading only: another program writes it")
        if self._thread is None:
            raise LedgerError(f"{self._path} is closed")
        before = self._refuse_replaced if transaction else None
        job = Write(work, loop, self._path, before, transaction=transaction, long=long)
        self._jobs.put(job)
        return job.future

    async def write(self, work: Work[T]) -> T:
        """Run `work` in one transaction on the writer thread; an exception rolls back and is raised here."""
        return await self.submit(work)

    async def write_long(self, work: LongTask[T], heard: Progress | None) -> T:
        """The same of work that tells how far it is: a cancelled waiter undoes it, unless it was done by then."""
        long = LongWork(heard)
        return await until_over(self.submit(lambda conn: work(conn, long), long=long), long)

    def read(self, work: Work[T]) -> T:
        """Run a short query now, on one consistent state. Only on the thread that opened the file."""
        if self._reader is None:
            raise LedgerError(f"{self._path} is closed")
        try:
            return consistent(self._reader, work)
        except SQLITE_FAILURES as error:
            raise in_words(error, self._path) from error

    def version(self) -> int:
        """Another number after every commit to the file, whoever made it: what was read at this one still holds."""
        return self.read(data_version)

    async def read_in_thread(self, work: Work[T]) -> T:
        """Run a long query on a connection and a thread of its own; writers do not wait for it."""
        return await asyncio.to_thread(self._read_apart, work)

    async def read_long(self, work: LongTask[T], heard: Progress | None) -> T:
        """The same of a query that tells how far it is, and ends when nobody waits for it."""
        long = LongWork(heard)

        def watched(conn: sqlite3.Connection) -> T:
            with long.interruptible(conn):
                return work(conn, long)

        return await until_over(asyncio.ensure_future(self.read_in_thread(watched)), long)

    async def read_in_steps(self, work: Callable[[Asker, Progress], T], heard: Progress | None = None) -> T:
        """Run `work` on a thread of its own, its queries one by one on a connection of its own, all of one state.

        For what needs many short queries and thinks in between: where writers would wait for a reader, each query lets
        them go on, and `work` begins anew when one of them has committed; after that has happened often, it is done on
        a copy of the file.
        """
        long = LongWork(heard)
        return await until_over(asyncio.ensure_future(asyncio.to_thread(self._read_steps, work, long)), long)

    async def changed_elsewhere(self) -> bool:
        """Whether another process committed since the last call."""
        # Asked on the connection that writes: there, our own commits do not count as changes.
        version = self.read(data_version) if self._read_only else await self.submit(data_version, transaction=False)
        changed = version != self._seen_version
        self._seen_version = version
        return changed

    async def close(self) -> None:
        """Finish what was queued, fold the journal into the file, release everything. Twice is fine."""
        thread, self._thread = self._thread, None
        if self._reader is not None:
            self._reader.close()
            self._reader = None
        if thread is None:
            return
        done = Write(_fold, asyncio.get_running_loop(), self._path, transaction=False)
        self._jobs.put(done)
        self._jobs.put(None)
        await asyncio.gather(done.future, return_exceptions=True)
        thread.join()

    def _refuse_replaced(self) -> None:
        if self.replaced():
            raise LedgerGone(
                f"{self._path} was moved, deleted or replaced while it was open: nothing was written; restart"
            )

    def _read_apart(self, work: Work[T]) -> T:
        try:
            connection = _connect_for_reading(self._path, _PATIENT_SECONDS)
            try:
                if self._journal_mode == "wal":
                    return consistent(connection, work)
                with _copy_of(connection, self._path.parent) as copy:
                    return consistent(copy, work)
            finally:
                connection.close()
        except SQLITE_FAILURES as error:
            raise in_words(error, self._path) from error

    def _read_steps(self, work: Callable[[Asker, Progress], T], long: LongWork) -> T:
        try:
            connection = _connect_for_reading(self._path, _PATIENT_SECONDS)
            try:
                whole = self._journal_mode == "wal"
                for _ in range(_STEP_TRIES):
                    with suppress(Overtaken), long.interruptible(connection):
                        return work(Steps(connection, whole=whole), long)
                # A long transaction would hold up what is being settled: nobody waits for a copy.
                with _copy_of(connection, self._path.parent) as copy, long.interruptible(copy):
                    return work(Steps(copy, whole=True), long)
            finally:
                connection.close()
        except SQLITE_FAILURES as error:
            raise in_words(error, self._path) from error

    def _open_viewer(self) -> None:
        if not self._path.exists():
            raise LedgerError(
                f"there is no {self._schema.title} at {self._path} yet: start the program once to make it"
            )
        self._reader = _connect_for_reading(self._path)
        try:
            version = check_identity(self._reader, self._schema, self._path)
            if version < migrations(self._schema)[-1][0]:
                raise LedgerError(
                    f"{self._path} is from an older version: open it for writing once to bring it up to date"
                )
            self._seen_version = data_version(self._reader)
        except BaseException:
            self._reader.close()
            self._reader = None
            raise
        self._journal_mode = _journal_of(self._reader)
        self._identity = _identity(self._path)

    async def _open_writer(self) -> None:
        make_private_folder(self._path.parent)
        loop = asyncio.get_running_loop()
        opened: asyncio.Future[None] = loop.create_future()
        self._thread = threading.Thread(
            target=self._serve, args=(loop, opened), name=f"write-{self._schema.title}", daemon=True
        )
        self._thread.start()
        try:
            await opened
            self._identity = _identity(self._path)
            self._reader = _connect_for_reading(self._path)
        except BaseException:
            thread, self._thread = self._thread, None
            self._jobs.put(None)
            thread.join()
            raise

    def _serve(self, loop: asyncio.AbstractEventLoop, opened: asyncio.Future[None]) -> None:
        connection: sqlite3.Connection | None = None
        try:
            create(self._path, self._schema)
            connection = sqlite3.connect(self._path, timeout=BUSY_SECONDS, isolation_level=None)
            self._prepare(connection)
        except BaseException as error:
            if connection is not None:
                connection.close()
            loop.call_soon_threadsafe(opened.set_exception, error)
            return
        loop.call_soon_threadsafe(opened.set_result, None)
        while (job := self._jobs.get()) is not None:
            job.run(connection)
        connection.close()

    def _prepare(self, connection: sqlite3.Connection) -> None:
        connection.row_factory = sqlite3.Row
        check_identity(connection, self._schema, self._path)
        if not _is_whole(connection):
            raise LedgerDamaged(damaged(self._path))
        if self._schema.shrinks:
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        self._journal_mode = _choose_journal(connection)
        connection.execute(f"PRAGMA synchronous = {'FULL' if self._schema.durable else 'NORMAL'}")
        # Without it macOS only hands the data to the drive's cache.
        connection.execute(f"PRAGMA fullfsync = {int(self._schema.durable)}")
        connection.execute("PRAGMA foreign_keys = ON")
        # A transaction too big for the cache would lock readers out long before its COMMIT.
        connection.execute("PRAGMA cache_spill = OFF")
        migrate(connection, self._schema, self._path)
        self._seen_version = data_version(connection)
        # The check has read the whole file, and what it read would fill the cache for good.
        connection.execute("PRAGMA shrink_memory")


def _is_whole(connection: sqlite3.Connection) -> bool:
    """Whether every page, row and type is as it should be. Which values a column may hold is left to the check of the
    day's copy: a start would wait four times as long for it."""
    connection.execute("PRAGMA ignore_check_constraints = ON")
    try:
        return bool(connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")
    finally:
        connection.execute("PRAGMA ignore_check_constraints = OFF")


def _choose_journal(connection: sqlite3.Connection) -> str:
    # A journal that is cut off is synced after it; one that is deleted is not, and a power cut could bring it back and
    # undo a transaction already reported as done.
    wanted = "wal" if wal_is_safe(sqlite3.sqlite_version_info) else "truncate"
    # While another program has the file open, WAL can neither be entered nor left.
    with suppress(sqlite3.OperationalError):
        connection.execute(f"PRAGMA journal_mode = {wanted}")
    return _journal_of(connection)


def _journal_of(connection: sqlite3.Connection) -> str:
    mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
    return "wal" if mode == "wal" else "rollback"


def _connect_for_reading(path: Path, patience: float = BUSY_SECONDS) -> sqlite3.Connection:
    """A connection that never changes the ledger. It may write to the file all the same: a transaction that a crash
    left half way is only undone by who can, and until then nobody reads."""
    uri = path.absolute().as_uri() + "?mode=rw"
    connection = sqlite3.connect(uri, uri=True, timeout=patience, isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA query_only = ON")
    return connection


@contextmanager
def _copy_of(connection: sqlite3.Connection, folder: Path) -> Iterator[sqlite3.Connection]:
    """The file as it is now, for a long look: with a rollback journal no COMMIT gets past a reader."""
    descriptor, name = tempfile.mkstemp(prefix=".", suffix=".look", dir=folder if os.access(folder, os.W_OK) else None)
    os.close(descriptor)
    try:
        copy = sqlite3.connect(name, isolation_level=None)
        copy.row_factory = sqlite3.Row
        try:
            copy.execute("PRAGMA synchronous = OFF")
            connection.backup(copy)
            copy.execute("PRAGMA query_only = ON")
            yield copy
        finally:
            copy.close()
    finally:
        Path(name).unlink()


def _fold(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _identity(path: Path) -> tuple[int, int]:
    facts = path.stat()
    return facts.st_dev, facts.st_ino
