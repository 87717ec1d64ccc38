"""Chances in words, and the warning that the best of several looks better than it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from betting_tui.engine.core.statistics.words import best_of, of_hundred, times, tried_warnings


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (1.0, "always"),
        (0.995, "more than 99 times in 100"),
        (0.26, "26 times in 100"),
        (0.264, "26 times in 100"),
        (0.05, "5 times in 100"),
        (0.01, "10 times in 1,000"),
        (0.013, "13 times in 1,000"),
        (0.003, "3 times in 1,000"),
        (0.0012, "12 times in 10,000"),
        (0.00011, "once in 10,000"),
        (0.00001, "less than once in 10,000"),
        (0.0, "less than once in 10,000"),
    ],
)
def test_a_chance_is_said_as_times(share: float, said: str) -> None:
    assert times(share) == said


@pytest.mark.parametrize(
    ("share", "said"),
    [(1.0, "100 of 100"), (0.997, ">99 of 100"), (0.264, "26 of 100"), (0.01, "1 of 100"), (0.003, "<1 of 100")],
)
def test_in_a_table_a_chance_is_never_none_and_never_sure_unless_it_is(share: float, said: str) -> None:
    assert of_hundred(share) == said


def test_the_best_of_ten_without_an_edge_looks_good_40_times_in_100() -> None:
    assert best_of(0.05, 10) == pytest.approx(1 - 0.95**10)


@given(st.floats(0, 1), st.integers(0, 1_000))
def test_the_best_of_several_is_likelier_than_one_and_no_likelier_than_their_sum(share: float, tried: int) -> None:
    found = best_of(share, tried)
    assert share <= found + 1e-12
    assert found <= min(1.0, max(1, tried) * share) + 1e-12


def test_one_strategy_needs_no_warning() -> None:
    assert tried_warnings(1, [0.01]) == ()
    assert tried_warnings(0, []) == ()


def test_several_strategies_are_warned_of_with_their_number_and_the_share_of_the_best() -> None:
    first, second = tried_warnings(8, [0.4, 0.02, None])
    assert first.startswith("8 strategies were compared.")
    assert "34 times in 100" in first
    assert "2 times in 100" in second
    assert "the best of 8 such bettors does 15 times in 100" in second


def test_without_a_share_only_the_number_is_warned_of() -> None:
    assert len(tried_warnings(3, [None, None])) == 1
