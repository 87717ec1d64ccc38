"""One use case on the writer's thread, and its outcome for the loop that asked."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any, TypeVar

from betting_tui.engine.store.faults import SQLITE_FAILURES, in_words
from betting_tui.engine.store.long_work import LongWork
from betting_tui.engine.store.steps import Work

T = TypeVar("T")


class Write:
    """One use case: a transaction on the writer thread, its outcome handed to the loop that asked."""

    __slots__ = ("_before", "_future", "_long", "_loop", "_path", "_transaction", "_work")

    def __init__(
        self,
        work: Work[Any],
        loop: asyncio.AbstractEventLoop,
        path: Path,
        before: Callable[[], None] | None = None,
        *,
        transaction: bool,
        long: LongWork | None = None,
    ) -> None:
        self._work = work
        self._loop = loop
        self._path = path
        self._before = before
        self._transaction = transaction
        self._long = long
        self._future: asyncio.Future[Any] = loop.create_future()

    @property
    def future(self) -> asyncio.Future[Any]:
        return self._future

    def run(self, connection: sqlite3.Connection) -> None:
        try:
            if self._before is not None:
                self._before()
            with nullcontext() if self._long is None else self._long.interruptible(connection):
                result = _in_transaction(connection, self._work) if self._transaction else self._work(connection)
        except SQLITE_FAILURES as error:
            worded = in_words(error, self._path)
            worded.__cause__ = error
            self._hand_over(None, worded)
        except BaseException as error:
            self._hand_over(None, error)
        else:
            self._hand_over(result, None)

    def _hand_over(self, result: Any, error: BaseException | None) -> None:
        try:
            self._loop.call_soon_threadsafe(self._resolve, result, error)
        except RuntimeError:
            # The loop is closed: nobody waits any more, and what was committed stays committed.
            return

    def _resolve(self, result: Any, error: BaseException | None) -> None:
        if self._future.done():
            return
        if error is None:
            self._future.set_result(result)
        else:
            self._future.set_exception(error)


def _in_transaction(connection: sqlite3.Connection, work: Work[T]) -> T:
    connection.execute("BEGIN IMMEDIATE")
    try:
        result = work(connection)
        connection.execute("COMMIT")
    except BaseException:
        # After a full disk SQLite may have rolled back by itself.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return result
