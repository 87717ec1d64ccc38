"""Shares of chance in words, and what to warn of when several strategies were tried."""

from __future__ import annotations

import math
from collections.abc import Sequence

_USUAL = 0.05


def times(share: float) -> str:
    """`26 times in 100`, `3 times in 1,000`, for a share of chance."""
    if share >= 0.9995:
        return "always"
    if share > 0.99:
        return "more than 99 times in 100"
    for out_of in (100, 1_000, 10_000):
        count = round(share * out_of)
        if count > 1:
            return f"{count} times in {out_of:,}"
    return "once in 10,000" if share >= 0.00005 else "less than once in 10,000"


def of_hundred(share: float) -> str:
    """`26 of 100` for a table; what may happen is never said to happen 0 times, nor what may not, always."""
    if 0.995 <= share < 1:
        return ">99 of 100"
    return f"{share * 100:.0f} of 100" if share >= 0.01 else "<1 of 100"


def best_of(share: float, tried: int) -> float:
    """How often the best of `tried` bettors without an edge does so well as one of them does with chance `share`.

    1 - (1 - share)^k for k independent ones (Šidák 1967); never more than k times the share (Bonferroni).
    """
    if tried <= 1 or share >= 1:
        return share
    return -math.expm1(tried * math.log1p(-share))


def tried_warnings(tried: int, shares: Sequence[float | None]) -> tuple[str, ...]:
    """What to say when `tried` strategies or accounts were compared; nothing for one.

    `shares` are the `no_edge_share` of each where it is known: the smallest is that of the best.
    """
    if tried < 2:
        return ()
    false_alarm = best_of(_USUAL, tried)
    said = [
        f"{tried} strategies were compared. Even if none had an edge, one of them would look good at the 5 % level"
        f" {times(false_alarm)}."
    ]
    known = [share for share in shares if share is not None]
    if known:
        best = min(known)
        said.append(
            f"A bettor without an edge does as well as the best of them {times(best)}; the best of {tried} such"
            f" bettors does {times(best_of(best, tried))}."
        )
    return tuple(said)
