from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from betting_tui.widgets.columns import Column, lay_out

COLUMNS = (
    Column("a", "A", 6),
    Column("b", "B", 10, flexible=True, max_width=20),
    Column("c", "C", 8, priority=2, max_width=10),
    Column("d", "D", 8, priority=1),
)


def drawn(width: int) -> list[tuple[str, int]]:
    return [(placed.column.key, placed.width) for placed in lay_out(COLUMNS, width).columns]


def test_everything_is_drawn_where_it_fits() -> None:
    assert drawn(35) == [("a", 6), ("b", 10), ("c", 8), ("d", 8)]


def test_the_least_important_column_leaves_first() -> None:
    assert [key for key, _ in drawn(34)] == ["a", "b", "d"]
    assert [key for key, _ in drawn(25)] == ["a", "b"]


def test_spare_room_goes_to_the_flexible_column_then_to_the_others_then_between_them() -> None:
    assert drawn(45) == [("a", 6), ("b", 20), ("c", 8), ("d", 8)]
    assert drawn(47) == [("a", 6), ("b", 20), ("c", 10), ("d", 8)]
    assert lay_out(COLUMNS, 53).gap == 3
    assert drawn(60) == [("a", 6), ("b", 27), ("c", 10), ("d", 8)]


@given(width=st.integers(17, 300))
def test_the_columns_fill_the_width_exactly(width: int) -> None:
    layout = lay_out(COLUMNS, width)
    assert sum(placed.width for placed in layout.columns) + layout.gap * (len(layout.columns) - 1) == width
