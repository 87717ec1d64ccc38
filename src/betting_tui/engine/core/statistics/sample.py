"""Settled bets as columns, the way every statistic takes them."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from betting_tui.engine.core.model import BetResult

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Whole = Sequence[int] | NDArray[np.int64]
    Real = Sequence[float | None] | NDArray[np.float64]


class Outcome(IntEnum):
    """How a bet ended: above zero a win, below zero a loss, zero neither (left out of turnover, yield and counts)."""

    LOSS = -2
    HALF_LOSS = -1
    NEITHER = 0
    HALF_WIN = 1
    WIN = 2


class Sample(Struct, frozen=True, eq=False):
    """Settled bets in the order of their settlement, one entry of each column per bet; an empty column is unknown.

    `risk_minor` is what the bet could lose (the liability of a lay, nothing of a free bet) and `profit_minor` what it
    brought, in minor units of one currency; `outcome` are `Outcome` codes; `settled_us` is in microseconds since 1970
    UTC; `odds` are net decimal ones, 1 + what a win pays per unit at risk, commission taken off. NaN or None is unknown
    in: `probability`, the chance of winning believed at placement; `edge`, the expected profit per unit at risk by it
    (p·d - 1 where only the chance is known); `close_edge`, the same by the fair close; `hold`, the bookmaker's margin
    in its prices, 1 - 1/booksum or 1 - p·d of this one; `place_odds`, of an each way bet, those of its place part, when
    `odds` are the mean of both parts. Bets that share a number (from 0 on) in `same` are on the very same outcome and
    end alike; without it each stands alone.
    """

    risk_minor: Whole
    profit_minor: Whole
    outcome: Whole
    settled_us: Whole
    odds: Real
    probability: Real = ()
    edge: Real = ()
    close_edge: Real = ()
    hold: Real = ()
    place_odds: Real = ()
    same: Whole = ()


def outcome_of(result: BetResult) -> Outcome:
    """The code of a result."""
    match result:
        case BetResult.WIN:
            return Outcome.WIN
        case BetResult.HALF_WIN:
            return Outcome.HALF_WIN
        case BetResult.LOSS:
            return Outcome.LOSS
        case BetResult.HALF_LOSS:
            return Outcome.HALF_LOSS
        case BetResult.PUSH | BetResult.VOID:
            return Outcome.NEITHER
