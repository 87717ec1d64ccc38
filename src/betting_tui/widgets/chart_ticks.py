"""Where the axes of a chart are labelled: round values, and the beginnings of hours, days, months and years."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, tzinfo
from math import ceil, floor, log10

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
# Steps of minutes and hours divide a day, those of days begin anew with each month.
_SECONDS = (
    _MINUTE, 2 * _MINUTE, 5 * _MINUTE, 10 * _MINUTE, 15 * _MINUTE, 30 * _MINUTE,
    _HOUR, 2 * _HOUR, 3 * _HOUR, 6 * _HOUR, 12 * _HOUR,
)  # fmt: skip
_DAYS = (1, 2, 5, 10, 15)
_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120)
_MONTH = 30.5 * _DAY
_MOST = 1_000
# On a day with a change of clocks, the hours by which a time may be off when counted from midnight.
_SHIFT = 3 * _HOUR


def value_ticks(low: float, high: float, most: int) -> list[float]:
    """At most `most` round values (1, 2, 5 times a power of ten apart) from `low` to `high`."""
    if high <= low or most < 1:
        return []
    power = 10.0 ** floor(log10((high - low) / most))
    # A step that is too small for `most` ticks is never chosen, so the last of them is always enough.
    for step in (power * factor for factor in (1, 2, 5, 10, 20)):
        first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
        if last - first + 1 <= most:
            return [number * step for number in range(first, last + 1)]
    return []


def value_labels(ticks: Sequence[float], label: Callable[[float], str]) -> list[str]:
    """What the axis says at them; decimals that are nought in all of them are left out."""
    labels = [label(tick) for tick in ticks]
    tails = {text.rpartition(".")[2] if "." in text else "" for text in labels}
    if len(tails) == 1 and (tail := tails.pop()) and not tail.strip("0"):
        return [text.removesuffix(f".{tail}") for text in labels]
    return labels


def time_ticks(first: float, last: float, most: int, zone: tzinfo | None) -> list[tuple[float, str]]:
    """At most `most` moments between two others (seconds since 1970) with what is written at them."""
    span = last - first
    if span <= 0 or most < 1:
        return []
    for step in _SECONDS:
        if span / step <= most:
            return _within(_clock_ticks(first, last, step, zone), first, last, most)
    for days in _DAYS:
        if span / (days * _DAY) <= most:
            return _within(_day_ticks(first, last, days, zone), first, last, most)
    for months in _MONTHS:
        if span / (months * _MONTH) <= most:
            return _within(_month_ticks(first, last, months, zone), first, last, most)
    return []


def _clock_ticks(first: float, last: float, step: int, zone: tzinfo | None) -> list[tuple[float, str]]:
    start = _local(first, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    ticks: list[tuple[float, str]] = []
    several_days = _local(last, zone).date() != start.date()
    day = start
    while day.timestamp() <= last and len(ticks) < _MOST:
        next_day = _again(day + timedelta(days=1), zone)
        shift = 0 if next_day.utcoffset() == day.utcoffset() else _SHIFT
        begin = max(0, floor((first - day.timestamp() - shift) / step) * step)
        for seconds in range(begin, min(_DAY, ceil(last - day.timestamp() + shift) + 1), step):
            # Wall-clock arithmetic: a day with a change of clocks has its hours where the clock shows them.
            at = _again(day + timedelta(seconds=seconds), zone)
            if first <= at.timestamp() <= last:
                midnight = several_days and not seconds
                ticks.append((at.timestamp(), at.strftime("%d %b" if midnight else "%H:%M")))
        day = next_day
    return ticks


def _day_ticks(first: float, last: float, step: int, zone: tzinfo | None) -> list[tuple[float, str]]:
    day = _local(first, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    ticks: list[tuple[float, str]] = []
    while day.timestamp() <= last and len(ticks) < _MOST:
        # The 31st would stand beside the 1st.
        if (day.day - 1) % step == 0 and (step == 1 or day.day + step // 2 <= 31):
            ticks.append((day.timestamp(), day.strftime("%d %b")))
        day = _again(day + timedelta(days=1), zone)
    return ticks


def _month_ticks(first: float, last: float, step: int, zone: tzinfo | None) -> list[tuple[float, str]]:
    start = _local(first, zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    ticks: list[tuple[float, str]] = []
    number = start.year * 12 + start.month - 1
    while len(ticks) < _MOST:
        year, month = divmod(number, 12)
        if year > 9_999:
            break
        at = _again(start.replace(year=year, month=month + 1), zone)
        if at.timestamp() > last:
            break
        if number % step == 0:
            ticks.append((at.timestamp(), at.strftime("%Y" if step >= 12 else "%b '%y")))
        number += 1
    return ticks


def _within(ticks: list[tuple[float, str]], first: float, last: float, most: int) -> list[tuple[float, str]]:
    inside = [tick for tick in ticks if first <= tick[0] <= last]
    return inside[:: -(-len(inside) // most)] if len(inside) > most else inside


def _local(at: float, zone: tzinfo | None) -> datetime:
    """None is the machine's own zone."""
    return datetime.fromtimestamp(at, zone) if zone is not None else datetime.fromtimestamp(at).astimezone()


def _again(moment: datetime, zone: tzinfo | None) -> datetime:
    """The same wall-clock time with the offset that holds then."""
    return moment if zone is not None else moment.replace(tzinfo=None).astimezone()
