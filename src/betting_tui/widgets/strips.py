"""Lines that Textual has drawn are freed as soon as nothing shows them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.strip import Strip


def free_when_unused() -> None:
    """Let no line keep itself.

    Textual keeps the parts of a line with the line, and the only part of an uncut one is the line itself: such circles
    wait for a collection of all garbage, which is never due in a run of hours. A table that is drawn twice a second
    left seven megabytes of them a minute.
    """
    divide = Strip.divide

    def divided(strip: Strip, cuts: Iterable[int]) -> Sequence[Strip]:
        parts = divide(strip, cuts)
        if len(parts) == 1 and parts[0] is strip:
            strip._divide_cache.clear()
        return parts

    Strip.divide = divided  # type: ignore[method-assign,assignment]
