"""Which stretch of time a report is of: by name, by days, or by an account's own books."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo

from msgspec import Struct

from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.times import betting_day, day_begins

PERIODS = ("today", "7d", "30d", "month", "season", "year", "all", "ever", "custom")
ALIASES = {"week": "7d", "current": "all"}
_DAYS = {"today": 0, "7d": 6, "30d": 29, "year": 364}
# European and American leagues rest at this time of the year, and a season's bets fall on one side of it.
_SEASON_MONTH = 7
_LAST_BOOKS = 1_000_000


class Days(Struct, frozen=True):
    """Betting days, both counted in; None is open."""

    first: date | None = None
    last: date | None = None


class ReportSpan(Struct, frozen=True):
    """Settled `since` and before `until` (UTC; None is open). `books` is the account's period: None the current one, 0
    all it has had, else that number."""

    since: datetime | None
    until: datetime | None
    books: int | None
    words: str


class Calendar(Struct, frozen=True):
    """Where a day begins: the account's zone, and `HH:MM` of its betting day."""

    zone: tzinfo
    day_starts_at: str


def report_span(name: str, now: datetime, calendar: Calendar, days: Days | None = None) -> ReportSpan:
    """The stretch of a name in `PERIODS` or of a number of the account's books; `days` bound it further.

    Names that are counted in betting days include that of `now`. Raises UsageError for a name nobody knows, days
    beside such a name, and days in the wrong order.
    """
    name = ALIASES.get(name.strip().lower(), name.strip().lower())
    books = _books(name)
    if days is not None and (days.first or days.last):
        return _between(name, books, days, calendar)
    if name == "custom":
        raise UsageError("a custom period needs its days: give --from, --to or both")
    since = _first_day(name, betting_day(now, calendar.day_starts_at, calendar.zone))
    return ReportSpan(
        None if since is None else day_begins(since, calendar.day_starts_at, calendar.zone), None, books, _words(name)
    )


def _books(name: str) -> int | None:
    if name in ("ever", "custom"):
        return 0 if name == "ever" else None
    if name.isdecimal() and 0 < int(name) < _LAST_BOOKS:
        return int(name)
    if name not in PERIODS:
        raise UsageError(
            f"--period {name[:20]!r} is none of {', '.join(PERIODS)}, or the number of an account's period"
        )
    return None


def _first_day(name: str, today: date) -> date | None:
    match name:
        case "month":
            return today.replace(day=1)
        case "season":
            return date(today.year if today.month >= _SEASON_MONTH else today.year - 1, _SEASON_MONTH, 1)
        case _:
            return today - timedelta(days=_DAYS[name]) if name in _DAYS else None


def _between(name: str, books: int | None, days: Days, calendar: Calendar) -> ReportSpan:
    if name not in ("custom", "all", "ever") and not name.isdecimal():
        raise UsageError(f"--from and --to name the days themselves: leave --period {name} out, or write custom")
    if days.first is not None and days.last is not None and days.last < days.first:
        raise UsageError("--to is before --from: no day lies between them")
    since = None if days.first is None else day_begins(days.first, calendar.day_starts_at, calendar.zone)
    until = None
    if days.last is not None:
        until = day_begins(_after(days.last), calendar.day_starts_at, calendar.zone)
    told = " ".join(
        f"{word} {day.isoformat()}" for word, day in (("from", days.first), ("to", days.last)) if day is not None
    )
    return ReportSpan(since, until, books, told)


def _after(day: date) -> date:
    try:
        return day + timedelta(days=1)
    except OverflowError:
        raise UsageError(f"{day.isoformat()} is the end of the calendar: name an earlier day") from None


def _words(name: str) -> str:
    told = {
        "today": "today",
        "7d": "the last 7 days",
        "30d": "the last 30 days",
        "month": "this month",
        "season": "this season",
        "year": "the last 365 days",
        "all": "the current books",
        "ever": "since the account was opened",
    }
    return told.get(name, f"period {name}")
