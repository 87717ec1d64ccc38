"""Normal and Student distributions and the intervals read from them, without a library as large as scipy."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
from msgspec import Struct

from betting_tui.engine.core.performance_views import Range
from betting_tui.engine.core.statistics.columns import Floats

Z_95 = NormalDist().inv_cdf(0.975)
"""Standard deviations either side that hold 95 % of a normal distribution."""

_TINY = 1e-300


class TTest(Struct, frozen=True):
    """Student's test of a mean against zero: `t`, how often chance is at least as far from zero either way, and how
    often at least as high."""

    t: float
    two_sided: float
    greater: float


def upper_tail(z: float) -> float:
    """How often a standard normal number is at least `z`."""
    return math.erfc(z / math.sqrt(2)) / 2


def wilson(successes: int, trials: int) -> Range | None:
    """The 95 % interval of a share (Wilson 1927); None without trials."""
    if trials <= 0:
        return None
    share, z2 = successes / trials, Z_95 * Z_95
    middle = (share + z2 / (2 * trials)) / (1 + z2 / trials)
    half = Z_95 * math.sqrt(share * (1 - share) / trials + z2 / (4 * trials * trials)) / (1 + z2 / trials)
    low = 0.0 if successes == 0 else max(0.0, middle - half)
    high = 1.0 if successes == trials else min(1.0, middle + half)
    return Range(low, high)


def t_test(values: Floats) -> TTest | None:
    """One-sample t-test with n - 1 degrees of freedom; None for fewer than two values or no spread.

    On returns per bet, profit / risk, every bet counts alike whatever was staked.
    """
    if len(values) < 2 or float(np.ptp(values)) == 0:
        return None
    freedom = len(values) - 1
    t = float(np.mean(values)) / (float(np.std(values, ddof=1)) / math.sqrt(len(values)))
    outside = incomplete_beta(freedom / 2, 0.5, freedom / (freedom + t * t))
    return TTest(t, outside, outside / 2 if t > 0 else 1 - outside / 2)


def incomplete_beta(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function by Lentz's continued fraction (Numerical Recipes §6.4), to 1e-14."""
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    if x > (a + 1) / (a + b + 2):
        return 1 - incomplete_beta(b, a, 1 - x)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    c, d = 1.0, 1 / _away(1 - (a + b) * x / (a + 1))
    total = d
    for m in range(1, 500):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / _away(1 + term * d)
            c = _away(1 + term / c)
            total *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return front * total / a


def _away(value: float) -> float:
    """Not zero: Lentz's method divides by it."""
    return value if abs(value) > _TINY else _TINY
