"""A line's points as they are written: `+3.5` for a handicap, `224.5` for a total, quarter lines with their halves."""

from __future__ import annotations

from betting_tui.engine.core.grades import quarters


def point_words(market: str, point: float | None) -> str:
    """`-3.5`, `224.5`; nothing where there are no points. A plus sign is a handicap's."""
    if point is None:
        return ""
    return f"{point:+g}" if point and ("spread" in market or "handicap" in market) else f"{point:g}"


def point_with_halves(market: str, point: float | None) -> str:
    """The same, with the two lines that half the stake stands on each: `-0.25 (0/-0.5)`, `2.25 (2/2.5)`."""
    words = point_words(market, point)
    steps = quarters(point)
    if point is None or steps is None or not steps % 2:
        return words
    nearer, farther = sorted(((steps - 1) / 4, (steps + 1) / 4), key=abs)
    return f"{words} ({point_words(market, nearer)}/{point_words(market, farther)})"
