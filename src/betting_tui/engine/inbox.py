"""The one door into the engine: every answer, command and timer passes here, in order, with a time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

from betting_tui.engine.core.errors import BettingError, LedgerError, UsageError
from betting_tui.engine.core.ports import Clock
from betting_tui.engine.store.shapes import InboxEntry

_LOG = logging.getLogger(__name__)

Handle = Callable[[InboxEntry, datetime], Awaitable[object]]
Record = Callable[[InboxEntry, datetime], None]


class Inbox:
    """Handles one entry to its end before the next begins; times never go back."""

    def __init__(self, clock: Clock, handle: Handle, record: Record) -> None:
        self._clock = clock
        self._handle = handle
        self._record = record
        self._queue: asyncio.Queue[tuple[InboxEntry, asyncio.Future[object]]] = asyncio.Queue()
        self._last: datetime | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run(), name="inbox")

    async def stop(self) -> None:
        """Handle what was put in until now, to the end; what comes later is refused."""
        task, self._task = self._task, None
        if task is None:
            return
        await self._queue.join()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def ask(self, entry: InboxEntry) -> object:
        """Put an entry in and wait for what became of it. Errors of handling are raised here.

        Raises UsageError when the inbox is not running: nobody would ever answer.
        """
        if self._task is None:
            raise UsageError("the engine is not running")
        future: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        await self._queue.put((entry, future))
        return await future

    async def replay(self, entry: InboxEntry, at: datetime) -> object:
        """Handle an entry again as it was received then; nothing is recorded."""
        return await self._handle(entry, at)

    async def _run(self) -> None:
        while True:
            entry, future = await self._queue.get()
            try:
                await self._take(entry, future)
            finally:
                self._queue.task_done()

    async def _take(self, entry: InboxEntry, future: asyncio.Future[object]) -> None:
        at = self._clock.now()
        if self._last is not None and at < self._last:
            at = self._last
        self._last = at
        try:
            self._record(entry, at)
            result = await self._handle(entry, at)
        except asyncio.CancelledError:
            _fail(future, BettingError("this was cut off before it was done: look whether it took effect"))
            task = asyncio.current_task()
            # Something the handler waited for was cancelled, which is no order to this loop to end.
            if task is None or task.cancelling():
                raise
        except Exception as error:
            _fail(future, error)
        else:
            if not future.cancelled():
                future.set_result(result)


def _fail(future: asyncio.Future[object], error: Exception) -> None:
    if future.cancelled():
        # What the ledger does not take is told by the engine, to whoever is still there.
        level = logging.INFO if isinstance(error, LedgerError) else logging.ERROR
        _LOG.log(level, "an entry of the inbox failed after its sender had gone", exc_info=error)
    else:
        future.set_exception(error)
