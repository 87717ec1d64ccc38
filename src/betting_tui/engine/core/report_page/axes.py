"""Scales and ticks of charts: round numbers, and dates at the beginning of days, months or years."""

from __future__ import annotations

import math
from datetime import datetime, timedelta, tzinfo

from msgspec import Struct

_STEPS = (1, 2, 5, 10)
_DAY_STEPS = (1, 2, 7, 14)
_MONTH_STEPS = (1, 3, 6)
# Less is what rounding leaves of nothing.
_LEAST_SPAN = 1e-9


class Scale(Struct, frozen=True):
    """From numbers to places on paper; `low` and `high` may lie either way round on it."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 2)


class Tick(Struct, frozen=True):
    value: float
    text: str


def round_ticks(low: float, high: float, most: int = 6, least: float = 0.0) -> tuple[float, ...]:
    """Multiples of 1, 2 or 5 times a power of ten, but no less than `least`, that cover the span; `high` must be above
    `low`."""
    rough = max((high - low) / most, least)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * each for each in _STEPS if power * each >= rough)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return tuple(number * step for number in range(first, last + 1))


def covering(values: list[float]) -> tuple[float, float]:
    """What an axis of these must cover: zero, and something even where nothing differs from it."""
    low, high = min([0.0, *values]), max([0.0, *values])
    return (low, high) if high - low > _LEAST_SPAN else (-1.0, 1.0)


def date_ticks(first: datetime, last: datetime, zone: tzinfo, most: int = 6) -> tuple[Tick, ...]:
    """Midnights in that zone between two moments, as seconds since 1970: a few days, else months, else years apart.

    None where both lie in one day.
    """
    start, end = first.astimezone(zone), last.astimezone(zone)
    days = (end.date() - start.date()).days
    for step in _DAY_STEPS:
        if days <= step * most:
            begins = [_midnight(start) + timedelta(days=number) for number in range(1, days + 1, step)]
            return _inside(begins, last, "%d %b")
    months = (end.year - start.year) * 12 + end.month - start.month
    for step in _MONTH_STEPS:
        if months <= step * most:
            return _inside([_month(start, number) for number in range(1, months + 1, step)], last, "%b %Y")
    step = max(1, -(-(end.year - start.year) // most))
    years = range(start.year + 1, end.year + 1, step)
    return _inside([_midnight(start).replace(year=year, month=1, day=1) for year in years], last, "%Y")


def day_name(moment: datetime) -> str:
    """`8 Nov`."""
    return moment.strftime("%d %b").lstrip("0")


def _inside(moments: list[datetime], last: datetime, shown: str) -> tuple[Tick, ...]:
    return tuple(Tick(each.timestamp(), each.strftime(shown).lstrip("0")) for each in moments if each <= last)


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _month(start: datetime, months: int) -> datetime:
    years, month = divmod(start.month - 1 + months, 12)
    return _midnight(start).replace(year=start.year + years, month=month + 1, day=1)
