"""Starting the app on a stub and looking at what it shows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import zip_longest

from stub_engine import FakeClock, Scene, StubEngine, stub_app
from textual.events import Key
from textual.pilot import Pilot
from textual.widgets import Input

from betting_tui.app import BettingApp
from betting_tui.widgets.chart import Chart

WIDE, NARROW = (120, 40), (80, 24)
_AWAITED = frozenset({"charts", "commands", "engine", "key", "log", "quit", "reports"})


_MOST_LAYOUTS = 200


def _waits(chart: Chart) -> bool:
    """Whether its library is being loaded, or it has room and is not drawn yet."""
    plot = chart._plot
    if chart._failed or chart._blank or chart._data.is_empty:
        return False
    if plot is None:
        return chart._loading
    if not plot.display:
        return False
    drawn = chart._drawn
    return not (isinstance(drawn, tuple) and drawn[-1] == plot.size and plot.size.area)


class Running:
    """The app, its stub and its clock, once the engine is attached and drawn."""

    def __init__(self, app: BettingApp, engine: StubEngine, clock: FakeClock, pilot: Pilot[None]) -> None:
        self.app = app
        self.engine = engine
        self.clock = clock
        self.pilot = pilot

    async def press(self, *keys: str) -> None:
        """Each key is a second after the one before, as a person would press them. What is typed into an input is drawn
        once, after the last of it."""
        for key, after in zip_longest(keys, keys[1:]):
            self.clock.pass_(1.0)
            if self._types(key):
                self.app.post_message(Key(key, key))
                if after is not None and self._types(after):
                    continue
            else:
                await self.pilot.press(key)
            await self.settle()

    def _types(self, key: str) -> bool:
        return len(key) == 1 and key.isalnum() and isinstance(self.app.focused, Input)

    async def settle(self) -> None:
        """Wait until what was asked is answered and drawn."""
        await self.pilot.pause()
        working = self.engine.working
        awaited = _AWAITED if working is None or working.is_set() else _AWAITED - {"reports"}
        # What one of them has done may be what another waits for: a chart that of a report.
        while at_work := [it for it in self.app.workers if it.group in awaited]:
            await self.app.workers.wait_for_complete(at_work)
            await self.pilot.pause()
        await self._see_charts()

    async def _see_charts(self) -> None:
        """A chart whose library has just been loaded is drawn once it is laid out."""
        for _ in range(_MOST_LAYOUTS):
            # One behind a dialog is seen too.
            if not any(_waits(chart) for screen in self.app.screen_stack for chart in screen.query(Chart)):
                return
            await self.pilot.pause(0.01)

    async def news(self) -> None:
        """The engine says that everything changed, and the app draws it."""
        self.engine.changed()
        self.app._draw_news()
        await self.settle()

    @property
    def toasts(self) -> list[str]:
        return [notification.message for notification in self.app._notifications]

    @property
    def dialog(self) -> str:
        """The class of the dialog that is open, or nothing."""
        return type(self.app.screen).__name__ if self.app.screen.is_modal else ""

    def text(self) -> str:
        """Everything on screen, line by line."""
        lines = self.app.screen._compositor.render_strips()
        return "\n".join(strip.text for strip in lines)

    def input(self, selector: str = "Input") -> Input:
        return self.app.screen.query(selector).first(Input)


@asynccontextmanager
async def running(
    scene: Scene, size: tuple[int, int] = WIDE, engine: StubEngine | None = None
) -> AsyncIterator[Running]:
    engine = engine or StubEngine(scene)
    clock = FakeClock()
    app = stub_app(engine, clock)
    async with app.run_test(size=size, notifications=True) as pilot:
        run = Running(app, engine, clock, pilot)
        await started(run)
        yield run


async def started(run: Running) -> None:
    for _ in range(100):
        await run.pilot.pause(0.01)
        if run.app.session.engine is not None or run.app.session.problem:
            break
    await run.settle()
