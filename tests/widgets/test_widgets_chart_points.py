from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from betting_tui.widgets.chart_data import ChartData, Line, bounds_of, dashes, sampled, stepped
from betting_tui.widgets.chart_ticks import time_ticks, value_labels, value_ticks
from betting_tui.widgets.chart_words import ticks_of

VALUES = st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=400)


def seconds(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> float:
    return datetime(year, month, day, hour, minute, tzinfo=UTC).timestamp()


@given(values=VALUES, columns=st.integers(1, 60))
def test_a_line_keeps_its_ends_its_peak_and_its_low_at_any_width(values: list[float], columns: int) -> None:
    points = [(float(at), value) for at, value in enumerate(values)]
    kept = sampled(points, points[0][0], points[-1][0], columns)
    assert set(kept) <= set(points)
    assert kept == sorted(kept)
    assert len(kept) <= max(2 * columns + 2, 1)
    assert (kept[0], kept[-1]) == (points[0], points[-1])
    shown = [value for _, value in kept]
    assert (min(shown), max(shown)) == (min(values), max(values))


def test_a_step_holds_its_value_until_the_next_one_and_the_last_until_now() -> None:
    assert stepped([(0.0, 5.0), (10.0, 7.0)], 30.0) == [(0.0, 5.0), (10.0, 5.0), (10.0, 7.0), (30.0, 7.0)]
    assert stepped([], 30.0) == []


def test_the_dashes_of_a_line_lie_on_it() -> None:
    parts = dashes([(0.0, 0.0), (10.0, 20.0)], 2.0, 3.0)
    assert parts == [[(0.0, 0.0), (0.0, 0.0), (2.0, 4.0)], [(5.0, 10.0), (7.0, 14.0)], [(10.0, 20.0)] * 3]
    assert dashes([], 2.0, 3.0) == []


def test_axes_span_lines_level_and_the_time_asked_for_with_a_little_room() -> None:
    data = ChartData((Line("a", ((10.0, 1.0), (20.0, 5.0))),), level=0.0, since=0.0, until=40.0)
    bounds = bounds_of(data)
    assert (bounds.first, bounds.last) == (0.0, 40.0)
    assert bounds.low < 0 < 5 < bounds.high


@given(value=st.floats(-1e12, 1e12))
def test_axes_of_one_point_span_something(value: float) -> None:
    bounds = bounds_of(ChartData((Line("a", ((10.0, value),)),)))
    assert bounds.first < 10.0 < bounds.last
    assert bounds.low < value < bounds.high


@given(low=st.floats(-1e9, 1e9), span=st.floats(1e-3, 1e9), most=st.integers(1, 20))
def test_values_at_an_axis_are_within_it_and_as_many_as_have_room(low: float, span: float, most: int) -> None:
    ticks = value_ticks(low, low + span, most)
    assert len(ticks) <= most
    assert all(low - 1e-6 * span - 1e-6 <= tick <= low + span * (1 + 1e-6) + 1e-6 for tick in ticks)


@given(low=st.floats(-1e9, 1e9), span=st.floats(1.0, 1e9), rows=st.integers(3, 60))
def test_an_axis_of_three_lines_or_more_has_a_value_written_at_it(low: float, span: float, rows: int) -> None:
    assert ticks_of(bounds_of(ChartData((Line("a", ((0.0, low), (1.0, low + span))),))), rows)


def test_values_at_an_axis_are_round() -> None:
    assert value_ticks(-137.3, 312.0, 5) == [-100.0, 0.0, 100.0, 200.0, 300.0]
    assert value_ticks(1.93, 2.08, 4) == pytest.approx([1.95, 2.0, 2.05])
    assert value_ticks(5.0, 5.0, 4) == []


def test_decimals_that_say_nothing_are_left_out() -> None:
    assert value_labels([1.0, 2.5], "{:.2f}".format) == ["1.00", "2.50"]
    assert value_labels([1_000.0, 2_000.0], "{:,.2f}".format) == ["1,000", "2,000"]
    assert value_labels([0.0, 0.1], "{:+.0%}".format) == ["+0%", "+10%"]


@pytest.mark.parametrize(
    ("first", "last", "most", "labels"),
    [
        ((2026, 4, 18, 11, 0), (2026, 4, 18, 13, 10), 3, ["11:00", "12:00", "13:00"]),
        ((2026, 4, 17, 20, 0), (2026, 4, 18, 13, 0), 4, ["18 Apr", "06:00", "12:00"]),
        ((2026, 4, 1), (2026, 4, 7), 7, ["01 Apr", "02 Apr", "03 Apr", "04 Apr", "05 Apr", "06 Apr", "07 Apr"]),
        ((2026, 3, 20), (2026, 4, 20), 5, ["21 Mar", "01 Apr", "11 Apr"]),
        ((2025, 11, 5), (2026, 4, 18), 6, ["Dec '25", "Jan '26", "Feb '26", "Mar '26", "Apr '26"]),
        ((2020, 6, 1), (2026, 4, 18), 7, ["2021", "2022", "2023", "2024", "2025", "2026"]),
    ],
)
def test_dates_at_an_axis_are_beginnings(
    first: tuple[int, ...], last: tuple[int, ...], most: int, labels: list[str]
) -> None:
    assert [label for _, label in time_ticks(seconds(*first), seconds(*last), most, UTC)] == labels


def test_dates_are_those_of_the_users_zone_across_a_change_of_clocks() -> None:
    zone = ZoneInfo("America/New_York")
    ticks = time_ticks(seconds(2026, 3, 7), seconds(2026, 3, 11), 5, zone)
    assert [label for _, label in ticks] == ["07 Mar", "08 Mar", "09 Mar", "10 Mar"]
    assert [datetime.fromtimestamp(at, zone).hour for at, _ in ticks] == [0, 0, 0, 0]


@given(
    first=st.floats(seconds(1990, 1, 1), seconds(2080, 1, 1)),
    span=st.timedeltas(timedelta(minutes=1), timedelta(days=9_000)),
    most=st.integers(1, 20),
)
def test_moments_at_an_axis_are_within_it_in_order_and_as_many_as_have_room(
    first: float, span: timedelta, most: int
) -> None:
    ticks = [at for at, _ in time_ticks(first, first + span.total_seconds(), most, ZoneInfo("Europe/Berlin"))]
    assert len(ticks) <= most
    assert ticks == sorted(ticks)
    assert all(first <= at <= first + span.total_seconds() for at in ticks)
