"""How long a key takes in the app, from the terminal to the repainted screen."""

from __future__ import annotations

import asyncio
import statistics
import time

from textual import events
from textual.pilot import Pilot

from betting_tui.app import BettingApp

KEYS = ("1", "down", "down", "up", "2", "down", "3", "5", "down", "6", "down", "1", "j", "k")


class Keys:
    def __init__(self, app: BettingApp, pilot: Pilot[None]) -> None:
        self._app = app
        self._pilot = pilot
        self.seconds: list[float] = []

    async def press(self, key: str) -> None:
        """Send it as the terminal would; done when the screen that got it has been drawn after it."""
        drawn = asyncio.Event()
        app = self._app
        driver = app._driver
        assert driver is not None
        began = time.perf_counter()
        driver.process_message(events.Key(key, key if len(key) == 1 else None))

        def look() -> None:
            # Between two modes there is no screen for a moment.
            if app.screen_stack:
                app.screen.call_after_refresh(drawn.set)
            else:
                app.call_later(look)

        app.call_later(look)
        async with asyncio.timeout(10):
            await drawn.wait()
        self.seconds.append(time.perf_counter() - began)

    @property
    def p99(self) -> float:
        return statistics.quantiles(self.seconds, n=100)[98]
