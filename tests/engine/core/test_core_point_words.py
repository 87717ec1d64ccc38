"""Points of a line in words: signs for handicaps alone, and the halves of a quarter line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from betting_tui.engine.core.point_words import point_with_halves, point_words


@pytest.mark.parametrize(
    ("market", "point", "words"),
    [
        ("spreads", -3.5, "-3.5"),
        ("spreads", 4.0, "+4"),
        ("alternate_spreads", 0.0, "0"),
        ("totals", 224.5, "224.5"),
        ("spreads", -0.25, "-0.25 (0/-0.5)"),
        ("spreads", 0.25, "+0.25 (0/+0.5)"),
        ("spreads", -0.75, "-0.75 (-0.5/-1)"),
        ("spreads", 1.25, "+1.25 (+1/+1.5)"),
        ("totals", 2.25, "2.25 (2/2.5)"),
        ("totals", 2.75, "2.75 (2.5/3)"),
        ("h2h", None, ""),
    ],
)
def test_points_and_their_halves(market: str, point: float | None, words: str) -> None:
    assert point_with_halves(market, point) == words


@given(st.integers(-200, 200).map(lambda steps: steps / 4))
def test_the_halves_lie_a_quarter_on_either_side_and_are_no_quarter_lines(point: float) -> None:
    short, _, halves = point_with_halves("spreads", point).partition(" (")
    assert short == point_words("spreads", point)
    assert bool(halves) == bool(round(point * 4) % 2)
    if halves:
        nearer, farther = map(float, halves.rstrip(")").split("/"))
        assert {nearer, farther} == {point - 0.25, point + 0.25}
        assert abs(nearer) < abs(farther)
