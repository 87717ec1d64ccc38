"""How a bet ended: a result, or the reason why nobody can tell it yet."""

from __future__ import annotations

from fractions import Fraction

from msgspec import Struct

from betting_tui.engine.core.model import BetResult

WHOLE = Fraction(1)


class Graded(Struct, frozen=True):
    """`share`: the part of the stake that won, where places were tied (a dead heat); the rest of it lost."""

    result: BetResult
    share: Fraction = WHOLE


class Ungraded(Struct, frozen=True):
    """The bet stays open; `reason` says why, for the review list."""

    reason: str


_MIRRORED = {
    BetResult.WIN: BetResult.LOSS,
    BetResult.LOSS: BetResult.WIN,
    BetResult.HALF_WIN: BetResult.HALF_LOSS,
    BetResult.HALF_LOSS: BetResult.HALF_WIN,
    BetResult.PUSH: BetResult.PUSH,
    BetResult.VOID: BetResult.VOID,
}

# Which result two half stakes give: each part counts 1 won, 0 returned, -1 lost.
_RESULT_OF_PARTS = {
    2: BetResult.WIN,
    1: BetResult.HALF_WIN,
    0: BetResult.PUSH,
    -1: BetResult.HALF_LOSS,
    -2: BetResult.LOSS,
}


def mirrored(result: BetResult) -> BetResult:
    """The result of the other side of a two-way line, and of laying what was graded."""
    return _MIRRORED[result]


def decided(won: bool) -> Graded:
    return Graded(BetResult.WIN if won else BetResult.LOSS)


def by_lead(lead: int) -> Graded:
    """Ahead wins, behind loses, level gives the stake back."""
    return Graded(BetResult.PUSH) if lead == 0 else decided(lead > 0)


def by_quarters(quarters_ahead: int) -> Graded:
    """A bet this many quarter points ahead of its line.

    On a quarter line, half the stake stands on the line a quarter below and half on the one a quarter above.
    """
    half_step = quarters_ahead % 2
    return Graded(_RESULT_OF_PARTS[_sign(quarters_ahead - half_step) + _sign(quarters_ahead + half_step)])


def quarters(point: float | None) -> int | None:
    """A line's point in quarters; None for no point and for what lies between quarters."""
    if point is None or not abs(point) < 1e6:
        return None
    nearest = round(point * 4)
    return nearest if abs(point * 4 - nearest) < 1e-6 else None


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)
