"""Times are aware UTC inside and exact microseconds in storage."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from betting_tui.engine.core.times import from_micros, iso, parse_time, to_micros
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
