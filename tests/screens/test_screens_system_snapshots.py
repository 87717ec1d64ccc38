"""How the system screen looks: empty, full and with hostile texts, small, usual and large; its log, its dialogs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from kit import NARROW, WIDE
from scenes import empty_scene, full_scene, hostile_scene
from stub_engine import Scene
from test_screens_snapshots import SnapCompare, looks_right

SIZES = {"80x24": NARROW, "120x40": WIDE, "200x60": (200, 60)}
NAMES = ("[/x]", "[@click=app.quit]x[/]", "\x1b[31mred", "日本代表 対 대한민국", "A" * 500)
SCENES: dict[str, Callable[[], Scene]] = {
    "full": full_scene,
    "empty": empty_scene,
    "hostile": lambda: hostile_scene(NAMES),
}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("content", SCENES)
def test_system(snap_compare: SnapCompare, content: str, size: str) -> None:
    assert looks_right(snap_compare, SCENES[content](), SIZES[size], "6")


@pytest.mark.parametrize(
    "keys",
    [("z",), ("z", "slash", "e", "s", "p", "n"), ("l", "l"), ("z", "up", "enter"), ("z", "f3")],
    ids=["alone", "search", "level", "entry", "light"],
)
def test_log(snap_compare: SnapCompare, keys: tuple[str, ...]) -> None:
    assert looks_right(snap_compare, full_scene(), NARROW, "6", *keys)
