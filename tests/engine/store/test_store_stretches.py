"""A report's stretch of time is read from kept sums and bets, each moment once, and days only while they are kept."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from betting_tui.engine.store.stretches import Parts, Range, split

DAY = 86_400_000_000
SPAN = 30 * DAY

moments = st.integers(-200 * DAY, 200 * DAY) | st.integers(-200, 200).map(lambda day: day * DAY)


def covered(parts: Parts) -> list[Range]:
    micros = [
        *(Range(each.first * SPAN, each.last * SPAN) for each in parts.spans),
        *(Range(each.first * DAY, each.last * DAY) for each in parts.days),
        *parts.bets,
    ]
    return sorted(micros, key=lambda each: each.first)


@given(moments, moments, st.integers(-8, 8).map(lambda span: 30 * span))
def test_every_moment_is_counted_once(one: int, other: int, kept_from: int) -> None:
    since, until = min(one, other), max(one, other)
    at = since
    for each in covered(split(since, until, kept_from)):
        assert at == each.first < each.last
        at = each.last
    assert at == until


@given(moments, moments, st.integers(-8, 8).map(lambda span: 30 * span))
def test_sums_of_days_are_read_while_they_are_kept_and_bets_of_few_days(one: int, other: int, kept_from: int) -> None:
    parts = split(min(one, other), max(one, other), kept_from)
    assert all(each.first >= kept_from for each in parts.days)
    assert sum(each.last - each.first for each in parts.bets) < 2 * SPAN
    newer = [each for each in parts.bets if each.first >= kept_from * DAY]
    assert all(each.last - each.first < 2 * DAY for each in newer)


def test_nothing_is_read_of_an_empty_stretch() -> None:
    assert split(5, 5, 0) == Parts((), (), ())
