"""How far a yield can be told from luck: its 95 % interval, and how often a bettor without an edge does as well."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from betting_tui.engine.core.performance_views import Luck, Range
from betting_tui.engine.core.statistics.chance import Z_95
from betting_tui.engine.core.statistics.columns import dot
from betting_tui.engine.core.statistics.tail import Slip, at_least, deviate

_OUTSIDE = 0.025
_FEWEST = 2
_LEAST_WORTH = 1e-9
_CLOSE = 1e-7


def yield_range(bets: Slip | None) -> Range | None:
    """The 95 % interval of the yield; None for fewer than two bets (on different outcomes) with money at risk and odds.

    It holds every yield under which luck alone does at least as well, and at least as badly, in more than 25 of 1,000
    cases: the test of `Luck` turned round. Chances follow from the odds, so a run without a win at long odds still has
    an honest upper end, where a bootstrap or a t interval has none. Free bets risk nothing and are left out.
    """
    return None if bets is None or bets.apart < _FEWEST else _turned_round(bets)


def luck(bets: Slip | None, hold: float | None) -> Luck:
    """How often bettors without an edge, and with the bookmakers' margin `hold` against them, do at least this well.

    `more_bets` follows from n = z² v / y² with the yield y and the spread v of these stakes and odds.
    All None for fewer than two bets on different outcomes.
    """
    if bets is None or bets.apart < _FEWEST:
        return Luck()
    no_edge = at_least(bets, 1.0)
    return Luck(
        no_edge_share=no_edge,
        at_hold_share=None if hold is None else at_least(bets, 1 - hold),
        hold=hold,
        more_bets=0 if no_edge <= _OUTSIDE else _more_bets(bets),
    )


def _more_bets(bets: Slip) -> int | None:
    won = (bets.returned - bets.staked) / bets.turnover
    if won <= 0:
        return None
    needed = (Z_95 * bets.spread(1 + won) / (bets.returned - bets.staked)) ** 2 * bets.bets
    return max(1, math.ceil(needed) - bets.bets)


def _turned_round(bets: Slip) -> Range:
    if bets.returned <= 0:
        highest = _crossing(bets, 1.0, lambda worth: _log_of_none(bets, worth) - math.log(_OUTSIDE))
        return Range(-bets.staked / bets.turnover, bets.mean_yield(highest))
    if bets.returned >= bets.most:
        lowest = _crossing(bets, 1.0, lambda worth: math.log(_OUTSIDE) - _log_of_all(bets, worth))
        return Range(bets.mean_yield(lowest), (bets.most - bets.staked) / bets.turnover)
    low, high = (bets.mean_yield(_worth_at(bets, z, step)) for z, step in ((Z_95, bets.step), (-Z_95, -bets.step)))
    return Range(low, high)


def _log_of_none(bets: Slip, worth: float) -> float:
    return dot(bets.counts, np.log1p(-bets.chances(worth)))


def _log_of_all(bets: Slip, worth: float) -> float:
    return dot(bets.counts, np.log(bets.chances(worth)))


def _worth_at(bets: Slip, z: float, step: int) -> float:
    """What a unit at risk is worth to bettors for whom the returned sum lies `z` deviations up."""
    tilt = 0.0

    def miss(worth: float) -> float:
        nonlocal tilt
        found = deviate(bets, worth, step=step, tilt=tilt)
        tilt = found.tilt
        return found.z - z

    return _crossing(bets, _normal_worth(bets, z), miss)


def _normal_worth(bets: Slip, z: float) -> float:
    """Root of (x - q C)² = z² (q A - q² B), the score interval of a sum of independent bets with chances q/d."""
    returns = bets.returns.astype(np.float64)
    mean = dot(bets.counts, returns / bets.odds)
    first = dot(bets.counts, returns * returns / bets.odds)
    second = dot(bets.counts, (returns / bets.odds) ** 2)
    a, b = mean * mean + z * z * second, 2 * bets.returned * mean + z * z * first
    root = math.sqrt(max(0.0, b * b - 4 * a * float(bets.returned) ** 2))
    return (b - root) / (2 * a) if z > 0 else (b + root) / (2 * a)


def _crossing(bets: Slip, start: float, falling: Callable[[float], float]) -> float:
    """The worth at which a falling function is zero: secant steps, kept inside of what brackets it.

    Worths lie between nothing and the longest odds, at which every bet wins; an end where it does not cross.
    """
    low, high = _LEAST_WORTH, float(bets.odds.max())
    now = min(max(start, low), high * 0.999)
    before = missed_before = math.nan
    for _ in range(100):
        missed = falling(now)
        if abs(missed) < _CLOSE:
            break
        low, high = (now, high) if missed > 0 else (low, now)
        if high / low < 1 + 1e-12:
            break
        ahead = now - missed * (now - before) / (missed - missed_before) if missed != missed_before else math.nan
        if not low < ahead < high:
            reach = 1.04 if math.isnan(before) else 16.0
            ahead = math.sqrt(max(low, now / reach) * min(high, now * reach))
        before, missed_before, now = now, missed, ahead
    return now
