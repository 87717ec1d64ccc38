"""Filters: what people may ask, what they are told otherwise, and that nothing is ever run."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.filters import MAX_LENGTH, FieldKind, FilterError, compile_filter

FIELDS = {
    "edge": FieldKind.NUMBER,
    "books": FieldKind.NUMBER,
    "strategy": FieldKind.TEXT,
    "home_team": FieldKind.TEXT,
    "flags": FieldKind.LIST,
}


class Row(Struct, frozen=True):
    edge: float | None = 0.05
    books: int | None = 4
    strategy: str = "value_betting"
    home_team: str | None = "Los Angeles Lakers"
    flags: tuple[str, ...] = ("stale_soon",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", True),
        ("  ", True),
        ("edge >= 0.05", True),
        ("edge >= 5%", True),
        ("edge > 5%", False),
        ("5% <= edge", True),
        ("edge > -1e-3 and edge < +.5", True),
        ("edge = 0.05", True),
        ("edge != 0.05", False),
        ("books > 3 and strategy == 'value_betting'", True),
        ('strategy == "arbitrage" or books == 4', True),
        ("not strategy == 'arbitrage'", True),
        ("not (edge > 1% and books > 9)", True),
        ("edge > 1 or edge > 2 and books == 4", False),
        ("(edge > 1 or edge < 2) and books == 4", True),
        ("NOT edge > 1 AND books IN (3, 4)", True),
        ("strategy in ('arbitrage', 'value_betting')", True),
        ("strategy not in ['arbitrage']", True),
        ("'stale_soon' in flags", True),
        ("'suspicious' in flags", False),
        ("'suspicious' not in flags", True),
        ("flags == 'stale_soon'", True),
        ("flags != 'stale_soon'", False),
        ("flags ~ 'STALE'", True),
        ("home_team ~ 'lakers'", True),
        ("home_team ~ 'celtics'", False),
        ("home_team != null", True),
        ("edge == null", False),
        ("strategy < 'w'", True),
    ],
)
def test_what_a_filter_says(text: str, expected: bool) -> None:
    assert compile_filter(text, FIELDS).matches(Row()) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("edge > 0", False),
        ("edge < 0", False),
        ("not edge > 0", True),
        ("edge == null", True),
        ("edge != 0.05", True),
        ("home_team ~ 'a'", False),
        ("null == home_team", True),
    ],
)
def test_a_missing_value_is_neither_more_nor_less(text: str, expected: bool) -> None:
    assert compile_filter(text, FIELDS).matches(Row(edge=None, home_team=None)) is expected


def test_an_exact_threshold_counts_although_floats_fall_short() -> None:
    short = Row(edge=0.7 * 1.5 - 1)
    assert short.edge is not None
    assert short.edge < 0.05
    for text, expected in (("edge >= 5%", True), ("edge == 5%", True), ("edge < 5%", False), ("edge != 5%", False)):
        assert compile_filter(text, FIELDS).matches(short) is expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("edg > 3%", "nearest is edge"),
        ("__class__ == 'x'", "no field '__class__'"),
        ("edge.real > 0", "not understood from"),
        ("edge > 'a'", "edge is a number and 'a' is text"),
        ("strategy > 3", "cannot be compared"),
        ("edge ~ 3", "~ searches text"),
        ("edge > null", "null can only be compared"),
        ("edge", "after edge a comparison is expected"),
        ("edge >", "ends too early"),
        ("edge > 3 books > 1", "'books' is not expected here: join"),
        ("(edge > 3", "closing ) is missing before the end"),
        ("edge in (1, 2", "closing ) is missing"),
        ("edge > 3)", "')' is not expected"),
        ("and edge > 3", "'and' is not expected"),
        ("edge not 3", "write not in"),
        ("'a' in strategy", "strategy is no list"),
        ("flags > 3", "flags is a list"),
        ("flags < 'a'", "flags is a list"),
        ("'abc' ~ flags", "flags is a list"),
        ("strategy == 'open", "text needs quotes"),
        ("edge > 3; import os", "not understood"),
        ("strategy == value_betting", "text needs quotes"),
        ("not " * 60 + "edge > 1", "nested too deeply"),
        ("(" * 3000, "longer than"),
    ],
)
def test_what_is_not_understood_is_explained(text: str, said: str) -> None:
    with pytest.raises(FilterError) as caught:
        compile_filter(text, FIELDS)
    assert said in caught.value.message
    assert caught.value.exit_code == UsageError.exit_code == 2


@given(st.text(max_size=MAX_LENGTH + 10))
def test_garbage_is_answered_never_run(text: str) -> None:
    _answers(text)


_WORDS = (
    "edge",
    "flags",
    "strategy",
    "and",
    "or",
    "not",
    "in",
    "null",
    "(",
    ")",
    ",",
    "==",
    ">",
    "~",
    "3%",
    "-1",
    "'x'",
)


@given(st.lists(st.sampled_from(_WORDS), max_size=30).map(" ".join))
def test_any_order_of_known_words_is_answered(text: str) -> None:
    _answers(text)


def _answers(text: str) -> None:
    try:
        compiled = compile_filter(text, FIELDS)
    except FilterError:
        return
    assert compiled.matches(Row()) in (True, False)
    assert compiled.matches(Row(edge=None, books=None, home_team=None, flags=())) in (True, False)


def test_a_percentage_may_be_written_as_tables_show_it() -> None:
    assert compile_filter("edge >= 5 %", FIELDS).matches(Row())
    assert not compile_filter("edge > 5 %", FIELDS).matches(Row())


def test_text_that_lost_its_quotes_is_said_to_need_them() -> None:
    with pytest.raises(FilterError, match="write strategy == 'arbitrage'"):
        compile_filter("strategy = arbitrage", FIELDS)
    with pytest.raises(FilterError, match="write flags ~ 'stale'"):
        compile_filter("flags ~ stale", FIELDS)
    with pytest.raises(FilterError, match="no field 'high'"):
        compile_filter("edge > high", FIELDS)


def test_two_filters_together_keep_what_fits_both_and_name_the_fields_of_both() -> None:
    first, second = (compile_filter(text, FIELDS) for text in ("edge > 1% or edge < 0", "not home_team == null"))
    both = first.also(second)
    for row in (Row(), Row(edge=0.005), Row(home_team=None), Row(edge=None, home_team=None)):
        assert both.matches(row) is (first.matches(row) and second.matches(row)), row
        assert compile_filter(both.text, FIELDS).matches(row) is both.matches(row), row
    assert (sorted(first.fields), sorted(both.fields)) == (["edge"], ["edge", "home_team"])
    empty = compile_filter(" ", FIELDS)
    assert (empty.also(first), first.also(empty)) == (first, first)
