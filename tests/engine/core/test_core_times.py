"""Times are aware UTC inside and exact microseconds in storage."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from betting_tui.engine.core.times import (
    from_micros,
    iso,
    month_start,
    next_day_start,
    parse_time,
    to_micros,
    zone_of,
)
from hostile import HOSTILE

moments = st.integers(-(2 * 10**15), 8 * 10**15).map(from_micros)


@given(moments)
def test_a_moment_survives_storage_and_text(moment: datetime) -> None:
    assert from_micros(to_micros(moment)) == moment
    assert parse_time(iso(moment)) == moment


def test_other_zones_become_utc() -> None:
    moment = parse_time("2026-04-18T13:30:00+02:00")
    assert moment == datetime(2026, 4, 18, 11, 30, tzinfo=UTC)
    assert iso(moment) == "2026-04-18T11:30:00Z"
    assert iso(datetime(2026, 4, 18, 13, 30, tzinfo=timezone(timedelta(hours=2)))) == "2026-04-18T11:30:00Z"


def test_a_time_without_a_zone_is_utc_when_read_and_refused_when_stored() -> None:
    assert parse_time(" 2026-04-18T11:30:00 ") == datetime(2026, 4, 18, 11, 30, tzinfo=UTC)
    with pytest.raises(ValueError, match="give a zone"):
        to_micros(datetime(2026, 4, 18))  # noqa: DTZ001


@pytest.mark.parametrize("text", [*HOSTILE, "0001-01-01T00:00:00+23:00", "9999-12-31T23:59:59-23:00", "2026-13-01"])
def test_what_is_no_time_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError):
        parse_time(text)


def test_a_betting_month_begins_with_the_betting_day_of_its_first() -> None:
    london = zone_of("Europe/London")
    begins = datetime(2026, 5, 1, 5, 0, tzinfo=UTC)
    assert month_start(begins, "06:00", london) == begins
    before = begins - timedelta(microseconds=1)
    assert month_start(before, "06:00", london) == datetime(2026, 4, 1, 5, 0, tzinfo=UTC)


def test_the_next_betting_day_is_23_or_25_hours_away_when_clocks_change() -> None:
    london = zone_of("Europe/London")
    for day, hours in (((2026, 3, 28), 23), ((2026, 10, 24), 25), ((2026, 6, 1), 24)):
        noon = datetime(*day, 12, tzinfo=UTC)
        begun = next_day_start(noon - timedelta(days=1), "06:00", london)
        assert next_day_start(noon, "06:00", london) - begun == timedelta(hours=hours)
