"""What a report reads for a stretch of time: kept sums of 30 days, kept sums of a day, and bets for what is left.

Sums of a day are kept for the newest days of a period alone, so that an answer costs at most what the bets of two times
30 days cost, however many there are.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

from msgspec import Struct

from betting_tui.engine.store.summaries import marks

_DAY_US = 86_400_000_000
_SPAN_DAYS = 30


class Stretch(Struct, frozen=True):
    """Settled in these periods since `since`, before `until` (microseconds)."""

    periods: tuple[int, ...]
    since: int
    until: int


class Range(Struct, frozen=True):
    """From `first` up to `last`, which is excluded."""

    first: int
    last: int


class Parts(Struct, frozen=True):
    """A stretch, each moment of it once: by numbers of 30 days and of days since 1970, the rest in microseconds."""

    spans: tuple[Range, ...]
    days: tuple[Range, ...]
    bets: tuple[Range, ...]


def parts_of(conn: sqlite3.Connection, stretch: Stretch) -> Parts:
    kept = conn.execute(
        f"SELECT max(first_day) FROM kept_days WHERE period_id IN ({marks(stretch.periods)})", stretch.periods
    ).fetchone()[0]
    return split(stretch.since, stretch.until, -(2**62) if kept is None else int(kept))


def split(since: int, until: int, kept_from: int) -> Parts:
    """`kept_from` is the first day whose sums are kept."""
    span_us = _SPAN_DAYS * _DAY_US
    begin, end = -(-since // span_us), until // span_us
    spans: tuple[Range, ...] = ()
    rest: tuple[Range, ...] = (Range(since, until),)
    if begin < end:
        spans = (Range(begin, end),)
        rest = Range(since, begin * span_us), Range(end * span_us, until)
    days = tuple(_whole_days(each, kept_from) for each in rest)
    bets = [left for each, whole in zip(rest, days, strict=True) for left in _around(each, whole)]
    return Parts(spans, _some(days), _some(bets))


def _whole_days(rest: Range, kept_from: int) -> Range:
    first, last = max(-(-rest.first // _DAY_US), kept_from), rest.last // _DAY_US
    return Range(first, max(first, last))


def _around(rest: Range, days: Range) -> Iterator[Range]:
    """What its whole days leave of it."""
    if days.first >= days.last:
        yield rest
        return
    yield Range(rest.first, days.first * _DAY_US)
    yield Range(days.last * _DAY_US, rest.last)


def _some(ranges: Iterable[Range]) -> tuple[Range, ...]:
    return tuple(each for each in ranges if each.first < each.last)
