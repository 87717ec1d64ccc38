"""How the opportunities and the open bets look at three sizes: empty, full, hostile; held still, dismissed, starred.

`pytest --snapshot-update` accepts a new look, after it has been looked at.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from kit import NARROW, WIDE
from scenes import empty_scene, full_scene, hostile_scene, split_scene
from stub_engine import Scene
from test_screens_snapshots import SnapCompare, looks_right

SIZES = {"80x24": NARROW, "120x40": WIDE, "200x60": (200, 60)}
HOSTILE = ("[/x]", "[@click=app.quit]x[/]", "\x1b[31mred", "日本代表 対 대한민국", "A" * 500)
SCENES: dict[str, Callable[[], Scene]] = {
    "empty": empty_scene,
    "full": full_scene,
    "orders": split_scene,
    "hostile": lambda: hostile_scene(HOSTILE),
}


# What the snapshots of all screens have not got already.
LOOKS = [
    ("full", "200x60"),
    ("empty", "200x60"),
    ("orders", "200x60"),
    ("hostile", "80x24"),
    pytest.param("hostile", "200x60", marks=pytest.mark.long),
]


@pytest.mark.parametrize(("content", "size"), LOOKS)
@pytest.mark.parametrize("key", ["1", "2"], ids=["opportunities", "bets"])
def test_live_screen(snap_compare: SnapCompare, key: str, content: str, size: str) -> None:
    assert looks_right(snap_compare, SCENES[content](), SIZES[size], key)


@pytest.mark.parametrize("size", SIZES)
def test_watched_dismissed_sorted_and_held_still(snap_compare: SnapCompare, size: str) -> None:
    assert looks_right(snap_compare, full_scene(), SIZES[size], "down", "w", "down", "x", "s", "space")


def test_all_dismissed(snap_compare: SnapCompare) -> None:
    assert looks_right(snap_compare, full_scene(), NARROW, *"xxxxxx")


def test_why_in_full(snap_compare: SnapCompare) -> None:
    assert looks_right(snap_compare, full_scene(), WIDE, "enter")
