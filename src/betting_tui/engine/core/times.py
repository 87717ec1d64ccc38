"""Time inside the engine: aware UTC datetimes; integer microseconds since 1970 in storage."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from betting_tui.engine.core.errors import UsageError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_EXACT_SECONDS = 600


def to_micros(moment: datetime) -> int:
    """Microseconds since 1970 UTC, exact. Naive times are refused."""
    if moment.tzinfo is None:
        raise ValueError(f"naive time {moment.isoformat()}: give a zone")
    return (moment - EPOCH) // _MICROSECOND


# Bets are read by the thousand, and those of one game have its times in common.
@lru_cache(maxsize=16_384)
def from_micros(micros: int) -> datetime:
    return EPOCH + timedelta(microseconds=micros)


def parse_time(text: str) -> datetime:
    """An ISO 8601 moment as UTC; a time without a zone is taken as UTC. Raises ValueError for anything else."""
    moment = datetime.fromisoformat(text.strip())
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{text!r} lies outside the calendar") from None


def iso(moment: datetime) -> str:
    """`2026-04-18T11:30:00Z`, with fractional seconds only where there are some."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def clock_text(moment: datetime, now: datetime, zone: tzinfo | None) -> str:
    """`14:03` in that zone (None: this machine's), `2026-04-19 06:00` when it is not today there."""
    here = moment.astimezone(zone)
    return here.strftime("%H:%M" if here.date() == now.astimezone(zone).date() else "%Y-%m-%d %H:%M")


def zone_of(name: str) -> tzinfo:
    """The named zone; `local` is this machine's. Raises UsageError for a name nobody knows."""
    if name == "local":
        return LOCAL
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UsageError(f"unknown time zone {name!r}: write one like Europe/London, or local") from None


def day_text(day: date) -> str:
    """`1 May`."""
    return day.strftime("%d %b").lstrip("0")


def span_text(seconds: float) -> str:
    """How long, in its two largest units: `45 s`, `12 min`, `2 h 10 min`, `8 h`, `3 d 4 h`."""
    minutes = round(seconds) // 60
    if minutes < 1:
        return f"{max(0, round(seconds))} s"
    for unit, size, next_unit, next_size in (("d", 1440, "h", 60), ("h", 60, "min", 1)):
        if minutes >= size:
            rest = minutes % size // next_size
            return f"{minutes // size} {unit}" + (f" {rest} {next_unit}" if rest else "")
    return f"{minutes} min"


def clock_off_text(seconds: float) -> str:
    """A clock beside a better one, positive when it is ahead: `45 s fast`, `216 d 21 h slow`."""
    off = abs(seconds)
    # Limits are in seconds: what is near them is told as exactly.
    return f"{f'{off:.0f} s' if off < _EXACT_SECONDS else span_text(off)} {'fast' if seconds > 0 else 'slow'}"


def day_start(now: datetime, starts_at: str, zone: tzinfo) -> datetime:
    """When the betting day of `now` began: today or yesterday at `HH:MM` in that zone, as UTC."""
    return day_begins(betting_day(now, starts_at, zone), starts_at, zone)


def betting_day(now: datetime, starts_at: str, zone: tzinfo) -> date:
    """The date by which the betting day of `now` goes: that of its beginning."""
    today = now.astimezone(zone).date()
    return today if day_begins(today, starts_at, zone) <= now else today - timedelta(days=1)


def next_day_start(now: datetime, starts_at: str, zone: tzinfo) -> datetime:
    """When the betting day after that of `now` begins, as UTC."""
    return day_begins(betting_day(now, starts_at, zone) + timedelta(days=1), starts_at, zone)


def month_start(now: datetime, starts_at: str, zone: tzinfo) -> datetime:
    """When the month of the betting day of `now` began: `HH:MM` on its first, as UTC."""
    return day_begins(betting_day(now, starts_at, zone).replace(day=1), starts_at, zone)


def day_begins(day: date, starts_at: str, zone: tzinfo) -> datetime:
    """`HH:MM` of that date in that zone as UTC; the first of two, where clocks go back over it."""
    hours, _, minutes = starts_at.partition(":")
    return datetime(day.year, day.month, day.day, int(hours), int(minutes), tzinfo=zone).astimezone(UTC)


class _Local(tzinfo):
    """This machine's zone, with the offset that holds at each moment, not today's."""

    def utcoffset(self, dt: datetime | None) -> timedelta | None:
        return None if dt is None else dt.replace(tzinfo=None).astimezone().utcoffset()

    def dst(self, dt: datetime | None) -> timedelta | None:
        del dt
        return None

    def tzname(self, dt: datetime | None) -> str | None:
        return None if dt is None else dt.replace(tzinfo=None).astimezone().tzname()

    def fromutc(self, dt: datetime) -> datetime:
        there = dt.replace(tzinfo=UTC).astimezone()
        first = there.replace(tzinfo=self)
        return first if first.utcoffset() == there.utcoffset() else first.replace(fold=1)


LOCAL = _Local()
