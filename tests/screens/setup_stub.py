"""A desk made of fixed answers, and an app that can be set up with it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager

import msgspec
from kit import Running, started
from scenes import empty_scene, full_scene
from stub_engine import NEVER, FakeClock, StubEngine
from textual.pilot import Pilot

from betting_tui.app import BettingApp
from betting_tui.engine.config import ApiKeys, Change, Settings, Ui
from betting_tui.engine.core.commands import OpenAccount
from betting_tui.engine.core.errors import BettingError, KeyRejected
from betting_tui.engine.core.model import Sport
from betting_tui.engine.store.shapes import AccountRow
from betting_tui.screens.setup_draft import KeyAnswer

NO_KEY = Settings(ui=Ui(time_zone="UTC"))
GOOD_KEY = "good-key"
SPORTS = (
    Sport("americanfootball_ncaaf", "American Football", "NCAAF", active=True, has_outrights=False),
    Sport("basketball_nba", "Basketball", "NBA", active=True, has_outrights=False),
    Sport("basketball_nba_championship_winner", "Basketball", "NBA Winner", active=True, has_outrights=True),
    Sport("cricket_ipl", "Cricket", "IPL", active=True, has_outrights=False),
    Sport("icehockey_nhl", "Ice Hockey", "NHL", active=True, has_outrights=False),
    Sport("soccer_epl", "Soccer", "EPL", active=True, has_outrights=False),
)


class StubDesk:
    """Knows one good key; keeps what it is told. `problem` is raised instead of an answer to a key."""

    def __init__(self, settings: Settings = NO_KEY) -> None:
        self.now = settings
        self.asked: list[str] = []
        self.kept: list[str] = []
        self.saved: list[tuple[Change, ...]] = []
        self.problem: Exception | None = None
        self.sports_problem: Exception | None = None
        self.save_problem: BettingError | None = None
        self.warning = ""

    async def check_key(self, key: str) -> KeyAnswer:
        self.asked.append(key)
        if self.problem is not None:
            raise self.problem
        if key != GOOD_KEY:
            raise KeyRejected(f"the provider does not know {key}")
        return KeyAnswer("The key works: 5 sports in season, 412 credits left this month", SPORTS)

    def save_key(self, key: str) -> str:
        self.kept.append(key)
        self.now = msgspec.structs.replace(self.now, api_keys=ApiKeys(the_odds_api=key))
        return ""

    async def sports(self) -> tuple[Sport, ...]:
        if self.sports_problem is not None:
            raise self.sports_problem
        return SPORTS

    def settings(self) -> Settings:
        return self.now

    def save(self, changes: Sequence[Change]) -> str:
        if self.save_problem is not None:
            raise self.save_problem
        self.saved.append(tuple(changes))
        return self.warning

    @property
    def changes(self) -> dict[str, object]:
        """What was saved at last, by key."""
        return {change.key: change.value for change in self.saved[-1]}


class OpeningEngine(StubEngine):
    """Knows the accounts that were opened in it."""

    async def open_account(self, command: OpenAccount) -> AccountRow:
        view = msgspec.structs.replace(self.scene.accounts[0], name=command.name, current=False)
        self.scene.accounts = (*self.scene.accounts, view)
        return await super().open_account(command)


class Swift(Running):
    """Keys one after the other, as from a paste: nothing here depends on when they come."""

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.settle()


class Opened:
    """An app that can open a live stub without a key, and a demo."""

    def __init__(self, settings: Settings = NO_KEY) -> None:
        self.desk = StubDesk(settings)
        self.live = OpeningEngine(empty_scene(), settings)
        demo_scene = full_scene()
        demo_scene.overview = msgspec.structs.replace(demo_scene.overview, mode="demo")
        self.demo = StubEngine(demo_scene, settings)
        self.clock = FakeClock()
        numbers = iter(range(1, 100))
        self.app = BettingApp(
            self._live,
            settings=settings,
            open_demo=self._demo,
            desk=self.desk,
            clock=self.clock,
            new_key=lambda: f"key-{next(numbers)}",
            repaint_seconds=NEVER,
        )
        self.app.animation_level = "none"

    async def _live(self) -> StubEngine:
        self.live.settings = self.desk.now
        return self.live

    async def _demo(self) -> StubEngine:
        return self.demo

    def running(self, size: tuple[int, int]) -> AbstractAsyncContextManager[Pilot[None]]:
        return self.app.run_test(size=size, notifications=True)

    async def begun(self, pilot: Pilot[None]) -> Running:
        run = Swift(self.app, self.live, self.clock, pilot)
        await started(run)
        await run.settle()
        return run
