"""The settings screen, its dialogs, help and the letters of a jump, as they look."""

from __future__ import annotations

from pathlib import Path

import pytest
from kit import NARROW, WIDE, Running, started
from scenes import full_scene
from stub_engine import FakeClock, StubEngine
from test_screens_snapshots import SnapCompare
from textual.pilot import Pilot

from betting_tui.app import BettingApp
from betting_tui.engine.config import load_settings
from betting_tui.engine.config.settings_file import SettingsFile

TEXT = """\
api_keys: {the_odds_api: not-a-real-key-1}
paper_trading: {flat_bet_size: 50}
ui: {time_zone: UTC}
"""
SIZES = {"80x24": NARROW, "120x40": WIDE, "200x60": (200, 60)}


def looks_right(snap_compare: SnapCompare, size: tuple[int, int], *keys: str) -> bool:
    # The path stands in the picture.
    path = Path("config.yaml")
    path.write_text(TEXT, encoding="utf-8")
    environment = {"BETTING_TUI__RISK__MAX_ODDS": "9"}
    file = SettingsFile(lambda: load_settings(path, environment=environment))
    engine, clock = StubEngine(full_scene(), file.loaded().settings), FakeClock()

    async def opened() -> StubEngine:
        return engine

    app = BettingApp(opened, settings=engine.settings, settings_file=file, clock=clock, repaint_seconds=1e9)
    app.animation_level = "none"

    async def prepare(pilot: Pilot[None]) -> None:
        run = Running(app, engine, clock, pilot)
        await started(run)
        await run.press("comma", *keys)

    return snap_compare(app, terminal_size=size, run_before=prepare)


@pytest.mark.parametrize("size", SIZES)
def test_settings(snap_compare: SnapCompare, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: str) -> None:
    monkeypatch.chdir(tmp_path)
    assert looks_right(snap_compare, SIZES[size])


@pytest.mark.parametrize("size", ["80x24", pytest.param("120x40", marks=pytest.mark.long)])
@pytest.mark.parametrize(
    "keys",
    [
        ("slash", *"max_odds".replace("_", ""), "enter"),
        ("down", "down", "down", "enter"),
        ("question_mark",),
        ("apostrophe",),
    ],
    ids=["nothing_found", "dialog", "help", "jump"],
)
def test_around_settings(
    snap_compare: SnapCompare, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keys: tuple[str, ...], size: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert looks_right(snap_compare, SIZES[size], *keys)
