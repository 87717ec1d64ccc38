"""What all screens of a run share: the engine when there is one, how to show numbers, what was put aside or picked."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from time import monotonic

from betting_tui.engine.config import Settings, Ui
from betting_tui.screens.attention import PutAside, WatchList
from betting_tui.screens.face import EngineFace
from betting_tui.screens.parlay_draft import ParlayDraft
from betting_tui.screens.show import Show

ME = "app"


class Session:
    """`engine` is None until it has started. `clock` gives seconds for durations; `new_key` makes placement keys."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Callable[[], float] = monotonic,
        new_key: Callable[[], str] = lambda: uuid.uuid4().hex,
    ) -> None:
        self.engine: EngineFace | None = None
        self.problem = ""
        self.clock = clock
        self._began = clock()
        self.new_key = new_key
        self._ui = settings.ui
        self.show = Show(settings.ui, settings.paper_trading.currency)
        self.put_aside = PutAside()
        self.watching = WatchList()
        self.parlay = ParlayDraft()

    @property
    def uptime_seconds(self) -> float:
        """How long the app has been open."""
        return self.clock() - self._began

    def attach(self, engine: EngineFace) -> None:
        self.engine = engine
        self.problem = ""
        self.use(engine.settings.ui, engine.overview().currency)
        self.watching.begin(engine.watch_marks())

    def use(self, ui: Ui, currency: str = "") -> None:
        """Show everything as these settings say, from now on."""
        self._ui = ui
        self.show = Show(ui, currency or self.show.currency)

    def follow(self, currency: str) -> None:
        """Write money in the currency of the account that is current now."""
        if currency != self.show.currency:
            self.use(self._ui, currency)

    def detach(self, problem: str = "") -> None:
        """Forget the engine; `problem` is why there is none."""
        self.engine = None
        self.problem = problem
        self.put_aside.clear()
        self.watching.begin(())
        self.parlay.clear()
