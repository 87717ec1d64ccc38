"""How screen 5 looks: empty, full, crowded and hostile at three sizes, and its dialogs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

import pytest
from kit import NARROW, WIDE, Running, started
from market_scenes import crowd
from scenes import empty_scene, full_scene, hostile_scene
from stub_engine import NOW, FakeClock, Scene, StubEngine, stub_app
from textual.app import App
from textual.pilot import Pilot

LARGE = (200, 60)
SIZES = {"80x24": NARROW, "120x40": WIDE, "200x60": LARGE}
_HOSTILE = ("[/x]", "[@click=app.quit]x[/]", "\x1b[31mred", "日本代表 対 대한민국", "A" * 500)


def crowded() -> Scene:
    scene = full_scene()
    scene.board = crowd(NOW, 60, 40)
    return scene


SCENES: dict[str, Callable[[], Scene]] = {
    "empty": empty_scene,
    "full": full_scene,
    "hostile": lambda: hostile_scene(_HOSTILE),
    "crowded": crowded,
}


class SnapCompare(Protocol):
    def __call__(
        self,
        app: App[None],
        *,
        terminal_size: tuple[int, int],
        run_before: Callable[[Pilot[None]], Awaitable[None]],
    ) -> bool: ...


def looks_right(snap_compare: SnapCompare, scene: Scene, size: tuple[int, int], *keys: str) -> bool:
    engine, clock = StubEngine(scene), FakeClock()
    app = stub_app(engine, clock)

    async def prepare(pilot: Pilot[None]) -> None:
        run = Running(app, engine, clock, pilot)
        await started(run)
        await run.press("5", *keys)
        assert app._exception is None

    return snap_compare(app, terminal_size=size, run_before=prepare)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("content", SCENES)
def test_screen(snap_compare: SnapCompare, content: str, size: str) -> None:
    assert looks_right(snap_compare, SCENES[content](), SIZES[size])


@pytest.mark.parametrize("size", ["80x24", pytest.param("120x40", marks=pytest.mark.long)])
@pytest.mark.parametrize("keys", [("enter",), ("down", "n"), ("right", "b")], ids=["event", "record", "slip"])
def test_dialog(snap_compare: SnapCompare, keys: tuple[str, ...], size: str) -> None:
    assert looks_right(snap_compare, full_scene(), SIZES[size], *keys)


def test_scrolled_to_the_last_bookmaker(snap_compare: SnapCompare) -> None:
    assert looks_right(snap_compare, crowded(), NARROW, "down", *["right"] * 40)


def test_every_total(snap_compare: SnapCompare) -> None:
    assert looks_right(snap_compare, full_scene(), NARROW, "m", "o")
