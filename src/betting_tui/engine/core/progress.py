"""How far long work has come, and how it is ended before its end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar

ItemT = TypeVar("ItemT")
_EVERY = 500


class Progress(Protocol):
    """Is told by long work how far it has come. What it raises ends the work, which then leaves all as it was."""

    def __call__(self, done: int, total: int, what: str, /) -> None:
        """`done` of `total` of a part of the work, named for people (`Reading bets`). A total of 0: nobody knows it."""


class Stopped(Exception):
    """Nobody waits for the work any more."""


def silent(done: int, total: int, what: str, /) -> None:
    """For work that nobody watches."""


def watched(
    items: Iterable[ItemT], total: int, progress: Progress, what: str, *, every: int = _EVERY
) -> Iterator[ItemT]:
    """The same items; `progress` hears at the beginning, after so many of them, and at the end. `total` is about how
    many there are, 0 where nobody knows."""
    progress(0, total, what)
    count = 0
    for count, item in enumerate(items, start=1):
        yield item
        if count % every == 0:
            progress(count, total and max(count, total), what)
    progress(count, total and count, what)
