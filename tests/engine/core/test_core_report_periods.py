"""Which stretch a report is of: betting days in the account's zone, its own books, days of one's own."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.report_periods import PERIODS, Calendar, Days, report_span

NEW_YORK = Calendar(ZoneInfo("America/New_York"), "06:00")
# In New York still 17 April: its betting day began on the 17th at 06:00.
NOW = datetime(2026, 4, 18, 9, 0, tzinfo=UTC)


def at(year: int, month: int, day: int, hour: int = 10) -> datetime:
    """06:00 in New York is 10:00 UTC in summer, 11:00 in winter."""
    return datetime(year, month, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "since"),
    [
        ("today", at(2026, 4, 17)),
        ("7d", at(2026, 4, 11)),
        ("week", at(2026, 4, 11)),
        ("30d", at(2026, 3, 19)),
        ("month", at(2026, 4, 1)),
        ("season", at(2025, 7, 1)),
        ("year", at(2025, 4, 18)),
        ("all", None),
        ("ever", None),
        (" Season ", at(2025, 7, 1)),
    ],
)
def test_names_count_betting_days_with_today_in_them(name: str, since: datetime | None) -> None:
    span = report_span(name, NOW, NEW_YORK)
    assert (span.since, span.until) == (since, None)


def test_a_season_begins_on_the_first_of_july() -> None:
    begins = report_span("season", datetime(2026, 7, 1, 12, tzinfo=UTC), NEW_YORK).since
    assert begins == at(2026, 7, 1)
    night_before = report_span("season", datetime(2026, 7, 1, 9, tzinfo=UTC), NEW_YORK).since
    assert night_before == at(2025, 7, 1)


@pytest.mark.parametrize(("name", "books"), [("all", None), ("30d", None), ("ever", 0), ("3", 3)])
def test_books_are_the_current_ones_all_of_them_or_one_by_its_number(name: str, books: int | None) -> None:
    assert report_span(name, NOW, NEW_YORK).books == books


def test_days_of_ones_own_are_both_counted_in() -> None:
    span = report_span("custom", NOW, NEW_YORK, Days(date(2026, 3, 7), date(2026, 3, 8)))
    # The clocks go forward on the 8th.
    assert (span.since, span.until) == (at(2026, 3, 7, 11), at(2026, 3, 9))
    assert span.words == "from 2026-03-07 to 2026-03-08"
    assert report_span("ever", NOW, NEW_YORK, Days(last=date(2026, 3, 8))).books == 0


@pytest.mark.parametrize(
    ("name", "days", "said"),
    [
        ("fortnight", None, "'fortnight' is none of today"),
        ("0", None, "is none of"),
        ("99999999", None, "is none of"),
        ("custom", None, "needs its days"),
        ("custom", Days(), "needs its days"),
        ("7d", Days(date(2026, 3, 7)), "leave --period 7d out"),
        ("all", Days(date(2026, 3, 7), date(2026, 3, 6)), "--to is before --from"),
        ("all", Days(None, date.max), "end of the calendar"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(name: str, days: Days | None, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        report_span(name, NOW, NEW_YORK, days)


def test_every_name_has_words() -> None:
    assert all(report_span(name, NOW, NEW_YORK).words for name in PERIODS if name != "custom")
