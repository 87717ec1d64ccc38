"""How the app ends when the system asks for it, or takes its terminal away."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Any

from textual.app import App

from betting_tui.terminal import watch_terminal

_SIGNALLED = 128
_HUNG_UP = _SIGNALLED + 1


class Endings:
    """`stop` stops what runs behind the screens; it is awaited before the app ends."""

    def __init__(self, app: App[Any], stop: Callable[[], Awaitable[None]]) -> None:
        self._app = app
        self._stop = stop

    def obey_signals(self) -> None:
        """A request to end gives the terminal back first; a terminal that is gone is written to no more."""
        loop = asyncio.get_running_loop()
        for name, ending in (("SIGTERM", self._politely), ("SIGHUP", self._at_once)):
            number = getattr(signal, name, None)
            if number is None or signal.getsignal(number) is signal.SIG_IGN:
                continue
            # Windows has no such handlers, and asyncio takes them in the main thread only.
            with suppress(NotImplementedError, RuntimeError, ValueError):
                loop.add_signal_handler(number, self._by_signal, ending, _SIGNALLED + int(number))
        hung_up = partial(self._by_signal, self._at_once, _HUNG_UP)
        watch_terminal(partial(loop.call_soon_threadsafe, hung_up), _HUNG_UP)

    def _by_signal(self, ending: Callable[[int], None], code: int) -> None:
        async def end() -> None:
            await self._stop()
            ending(code)

        self._app.run_worker(end(), group="quit", exclusive=True, exit_on_error=False)

    def _politely(self, code: int) -> None:
        self._app.exit(return_code=code)

    def _at_once(self, code: int) -> None:
        # Textual's writer would wait for a terminal that takes nothing any more.
        logging.shutdown()
        os._exit(code)
