"""Calls that serve several windows of time at once. Whole seconds since 1970 throughout; no events, no money."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from msgspec import Struct


class Window(Struct, frozen=True):
    """`key` is served by a call at `opens` to `shuts`; later, but before `limit`, is late and better than never."""

    key: str
    opens: int
    shuts: int
    limit: int


class Stab(Struct, frozen=True):
    """One call for all of `keys`: anywhere from `earliest` to `latest`."""

    earliest: int
    latest: int
    keys: tuple[str, ...]


class Stabbing(Struct, frozen=True):
    """`missed`: no call is early enough for these."""

    stabs: tuple[Stab, ...]
    missed: tuple[str, ...]


def stab(windows: Iterable[Window], *, floor: int, spacing: int) -> Stabbing:
    """The fewest calls that serve all windows, none before `floor`, each `spacing` seconds after the one before.

    Greedy by the earliest end, which is optimal for intervals on a line; ties go by key, so the order given is of no
    matter.
    """
    stabs: list[Stab] = []
    missed: list[str] = []
    clamped = []
    for each in windows:
        opens = max(each.opens, floor)
        if opens < each.limit:
            clamped.append(Window(each.key, opens, max(each.shuts, opens), each.limit))
        else:
            missed.append(each.key)
    earliest, latest, keys = floor, floor - spacing, list[str]()
    for each in sorted(clamped, key=lambda window: (window.shuts, window.key)):
        if keys and each.opens <= latest:
            earliest = max(earliest, each.opens)
            keys.append(each.key)
            continue
        opens = max(each.opens, latest + spacing)
        if opens >= each.limit:
            missed.append(each.key)
            continue
        if keys:
            stabs.append(Stab(earliest, latest, tuple(keys)))
        earliest, latest, keys = opens, max(each.shuts, opens), [each.key]
    if keys:
        stabs.append(Stab(earliest, latest, tuple(keys)))
    return Stabbing(tuple(stabs), tuple(sorted(missed)))


class Slots:
    """The starts of one sport by the minute, those not yet served by a call, and the calls made so far."""

    def __init__(self, starts: Sequence[tuple[int, str]], *, opens: int, lead: int) -> None:
        self._opens, self._lead = opens, lead
        grouped: dict[int, list[str]] = {}
        for start, key in sorted(starts):
            grouped.setdefault(start // 60 * 60, []).append(key)
        self._minutes = list(grouped)
        self._keys = [tuple(keys) for keys in grouped.values()]
        self._waiting = [len(keys) for keys in self._keys]
        self._calls: list[int] = []

    @property
    def minutes(self) -> Sequence[int]:
        """The distinct starts, ascending, rounded down to the minute."""
        return self._minutes

    def gain(self, at: int) -> int:
        """How many starts a call then would serve that no other call does."""
        begin, end = self._served(at)
        return sum(self._waiting[begin:end])

    def best(self, earliest: int, latest: int) -> int:
        """When in that stretch a call serves most: the latest of the best moments."""
        tries = {latest} | {
            minute - self._lead
            for minute in self._minutes[
                bisect_left(self._minutes, earliest + self._lead) : bisect_right(self._minutes, latest + self._lead)
            ]
        }
        return max(tries, key=lambda at: (self.gain(at), at))

    def take(self, at: int) -> tuple[str, ...]:
        """A call is made then: the keys it serves, and none of them waits any longer."""
        insort_at = bisect_left(self._calls, at)
        self._calls.insert(insort_at, at)
        begin, end = self._served(at)
        served = tuple(key for i in range(begin, end) if self._waiting[i] for key in self._keys[i])
        self._waiting[begin:end] = [0] * (end - begin)
        return served

    def clear_of(self, at: int, spacing: int) -> bool:
        """Whether no call is made less than `spacing` seconds from then."""
        place = bisect_right(self._calls, at - spacing)
        return place == len(self._calls) or self._calls[place] >= at + spacing

    def keys_between(self, begin: int, end: int) -> tuple[str, ...]:
        """The events that start after `begin` and not after `end`."""
        low, high = bisect_right(self._minutes, begin), bisect_right(self._minutes, end)
        return tuple(key for keys in self._keys[low:high] for key in keys)

    def waiting(self) -> list[tuple[int, tuple[str, ...]]]:
        """Start and keys of what no call serves."""
        return [
            (start, keys) for start, keys, count in zip(self._minutes, self._keys, self._waiting, strict=True) if count
        ]

    def _served(self, at: int) -> tuple[int, int]:
        return bisect_left(self._minutes, at + self._lead), bisect_right(self._minutes, at + self._opens)
