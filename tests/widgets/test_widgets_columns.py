from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from betting_tui.widgets.columns import Column, lay_out

COLUMNS = (
    Column("a", "A", 6),
    Column("b", "B", 10, flexible=True, max_width=20),
    Column("c", "C", 8, priority=2, max_width=10),
    Column("d", "D", 8, priority=1),
)


def drawn(width: int, content: Sequence[int] = ()) -> list[tuple[str, int]]:
    return [(placed.column.key, placed.width) for placed in lay_out(COLUMNS, width, content).columns]


def test_before_anything_is_known_every_column_has_what_it_needs() -> None:
    assert drawn(35) == [("a", 6), ("b", 10), ("c", 8), ("d", 8)]


def test_the_least_important_column_leaves_first() -> None:
    assert [key for key, _ in drawn(34)] == ["a", "b", "d"]
    assert [key for key, _ in drawn(25)] == ["a", "b"]


def test_a_column_is_no_wider_than_what_is_in_it() -> None:
    assert drawn(24, [2, 10, 3, 4]) == [("a", 2), ("b", 12), ("c", 3), ("d", 4)]


def test_a_column_that_lacks_little_room_gets_it_and_the_others_share_what_is_left() -> None:
    assert drawn(47, [6, 30, 10, 20]) == [("a", 6), ("b", 15), ("c", 10), ("d", 13)]
    assert drawn(59, [6, 30, 10, 20]) == [("a", 6), ("b", 20), ("c", 10), ("d", 20)]


def test_room_nobody_needs_goes_between_the_columns_then_to_the_flexible_one() -> None:
    assert lay_out(COLUMNS, 65, [6, 20, 10, 20]).gap == 3
    assert drawn(80, [6, 20, 10, 20]) == [("a", 6), ("b", 35), ("c", 10), ("d", 20)]


def test_numbers_are_never_cut() -> None:
    columns = (Column("name", "Name", 8, flexible=True), Column("money", "Money", 6, "right"))
    widths = [placed.width for placed in lay_out(columns, 20, [30, 12]).columns]
    assert widths == [7, 12]


@given(width=st.integers(17, 300), content=st.lists(st.integers(0, 200), max_size=4))
def test_the_columns_fill_the_width_exactly(width: int, content: list[int]) -> None:
    layout = lay_out(COLUMNS, width, content)
    assert sum(placed.width for placed in layout.columns) + layout.gap * (len(layout.columns) - 1) == width
