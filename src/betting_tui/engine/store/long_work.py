"""Long work on another thread: its progress is heard on the loop, and who waits for it no longer ends it."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

from betting_tui.engine.core.progress import Progress, Stopped

T = TypeVar("T")
# About a millisecond of a statement.
_LOOK_EVERY = 50_000


class LongWork:
    """The Progress that work on a thread is given. Made on the loop, where `heard` is called: once for each hundredth.

    After `stop` the next word of the work, and any statement in `interruptible`, raise Stopped.
    """

    def __init__(self, heard: Progress | None) -> None:
        self._heard = heard
        self._loop = asyncio.get_running_loop()
        self._stopped = threading.Event()
        self._last: tuple[int, str] | None = None

    def __call__(self, done: int, total: int, what: str, /) -> None:
        if self._stopped.is_set():
            raise Stopped
        told = (100 * done // total if total else done, what)
        if self._heard is not None and told != self._last:
            self._last = told
            self._loop.call_soon_threadsafe(self._tell, done, total, what)

    def stop(self) -> None:
        self._stopped.set()

    @contextmanager
    def interruptible(self, connection: sqlite3.Connection) -> Iterator[None]:
        """Statements of this connection are broken off when nobody waits; what they had begun is rolled back."""
        connection.set_progress_handler(self._stopped.is_set, _LOOK_EVERY)
        try:
            yield
        except sqlite3.Error:
            if self._stopped.is_set():
                raise Stopped from None
            raise
        finally:
            with suppress(sqlite3.Error):
                connection.set_progress_handler(None, 0)

    def _tell(self, done: int, total: int, what: str) -> None:
        # A word that was on its way when the work was stopped would be heard among those of the next.
        if self._heard is not None and not self._stopped.is_set():
            self._heard(done, total, what)


async def until_over(ends: asyncio.Future[T], work: LongWork) -> T:
    """Await work that leaves something behind. A cancelled waiter stops it and still waits for its end, so that what
    is told of it is true: CancelledError when it was stopped, its answer when it was done by then."""
    try:
        return await asyncio.shield(ends)
    except asyncio.CancelledError:
        work.stop()
        await asyncio.wait([ends])
        if ends.cancelled() or isinstance(ends.exception(), Stopped):
            raise
        task = asyncio.current_task()
        if task is not None:
            task.uncancel()
        return ends.result()
