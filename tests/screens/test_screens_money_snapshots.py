"""How reports and bankroll look: empty, full and with hostile names, at the three sizes that matter.

`pytest --snapshot-update` accepts a new look, after it has been looked at.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from kit import NARROW, WIDE
from report_scenes import hostile_report_scene, report_scene
from scenes import empty_scene, hostile_scene, split_scene
from stub_engine import Scene, StubEngine
from test_screens_snapshots import SnapCompare, looks_right

SIZES = {"80x24": NARROW, "120x40": WIDE, "200x60": (200, 60)}
NAMES = ("[/x]", "[@click=app.quit]x[/]", "\x1b[31mred", "日本代表 対 대한민국", "A" * 500)
REPORTS: dict[str, Callable[[], Scene]] = {
    "full": report_scene,
    "empty": empty_scene,
    "hostile": lambda: hostile_report_scene(NAMES),
}
BANKROLLS: dict[str, Callable[[], Scene]] = {
    "full": split_scene,
    "empty": empty_scene,
    "hostile": lambda: hostile_scene(NAMES),
}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("content", REPORTS)
def test_reports(snap_compare: SnapCompare, content: str, size: str) -> None:
    assert looks_right(snap_compare, REPORTS[content](), SIZES[size], "4")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("content", BANKROLLS)
def test_bankroll(snap_compare: SnapCompare, content: str, size: str) -> None:
    assert looks_right(snap_compare, BANKROLLS[content](), SIZES[size], "3")


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("curves_where_there_is_little_room", ("4", "v")),
        ("every_measure_of_a_group", ("4", "enter")),
        ("every_measure_at_its_end", ("4", "o", "pagedown", "pagedown", "pagedown")),
        ("days_of_ones_own", ("4", "c")),
        ("bands_of_odds", ("4", *"ggggg")),
        ("a_week_of_the_bankroll", ("3", "W")),
    ],
)
def test_parts(snap_compare: SnapCompare, name: str, keys: tuple[str, ...]) -> None:
    assert looks_right(snap_compare, report_scene(), NARROW, *keys), name


def test_light_theme(snap_compare: SnapCompare) -> None:
    assert looks_right(snap_compare, StubEngine(report_scene()), WIDE, "4", "f3")
