"""The app on a stub with a settings file of its own, as the settings screen and changed keys need it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from kit import WIDE, Running, started
from scenes import full_scene
from stub_engine import NEVER, FakeClock, Scene, StubEngine

from betting_tui.app import BettingApp
from betting_tui.engine.config import load_settings
from betting_tui.engine.config.settings_file import SettingsFile
from betting_tui.screens.settings import SettingsScreen

BASIS = "ui: {time_zone: UTC}  # where I live\napi_keys: {the_odds_api: not-a-real-key-1}\n"


class Edited(Running):
    """`starts` counts how often the engine was started."""

    path: Path
    opened: list[StubEngine]

    @property
    def written(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @property
    def starts(self) -> int:
        return len(self.opened)

    async def show(self, key: str) -> None:
        """The settings screen with the cursor on one setting."""
        await self.press("comma")
        screen = self.app.screen
        assert isinstance(screen, SettingsScreen)
        screen.show_setting(key)
        await self.settle()

    async def type_over(self, text: str) -> None:
        """Instead of what stands in the field."""
        self.input("#setting-value").value = text
        await self.settle()


@asynccontextmanager
async def edited(
    folder: Path,
    text: str = BASIS,
    *,
    size: tuple[int, int] = WIDE,
    environment: Mapping[str, str] | None = None,
    scene: Scene | None = None,
) -> AsyncIterator[Edited]:
    path = folder / "config.yaml"
    path.write_text(text, encoding="utf-8")
    file = SettingsFile(lambda: load_settings(path, environment=environment or {}))
    opened: list[StubEngine] = []
    shown = scene or full_scene()

    async def open_engine() -> StubEngine:
        opened.append(StubEngine(shown, file.loaded().settings))
        return opened[-1]

    clock = FakeClock()
    app = BettingApp(
        open_engine, settings=file.loaded().settings, settings_file=file, clock=clock, repaint_seconds=NEVER
    )
    app.animation_level = "none"
    async with app.run_test(size=size, notifications=True) as pilot:
        run = Edited(app, StubEngine(shown), clock, pilot)
        run.path, run.opened = path, opened
        await started(run)
        run.engine = opened[-1]
        yield run
