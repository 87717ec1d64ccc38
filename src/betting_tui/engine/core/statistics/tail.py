"""How much independent bets bring together when each wins with a chance of its own.

A bet at net odds d whose worth is q per unit at risk (1 = its stake, 0.95 = a loss of 5 %) wins with chance q/d.
What all of them return is a sum of independent numbers that are 0 or the bet's return. Its distribution is enumerated
while it has few values, worked out bet by bet on a fine grid while the sums may be lumpy, and else comes from the
saddlepoint formula of Lugannani and Rice in Barndorff-Nielsen's form, which keeps the skewness of longshots.
"""

from __future__ import annotations

import math

import numpy as np
from msgspec import Struct

from betting_tui.engine.core.statistics.chance import upper_tail
from betting_tui.engine.core.statistics.columns import Columns, Floats, Ints, dot

_MOST_VALUES = 1 << 16
_MOST_KINDS = 16
_MOST_WALKED = 500
_MOST_WALKED_SKEWED = 4_000
_LUMPY_SKEW = 0.35
_CELLS = 512
_MOST_RETURNED = 10**13
_SURE = 1 - 1e-12
_SMOOTH_SKEW = 0.08
_SMOOTH_REACH = 4.0
_FAR = 40.0
_NEAR = 1e-4


class Slip(Struct, frozen=True, eq=False):
    """Bets that are alike put together, in half minor units, so that the half of an odd stake is whole.

    `returns` is what one bet of a kind returns when it wins, `counts` how many there are and `wins` how many of them
    won; `staked` is what was decided on all bets and `returned` what they returned.
    `turnover` is the full risk in half minor units, more than `staked` where halves of stakes came back.
    """

    returns: Ints
    odds: Floats
    counts: Ints
    wins: Ints
    bets: int
    staked: int
    turnover: int
    returned: int

    @property
    def most(self) -> int:
        """What comes back when every bet wins."""
        return int(self.returns @ self.counts)

    @property
    def step(self) -> int:
        """What the returns have as common measure: every sum lies on its multiples."""
        return int(np.gcd.reduce(self.returns))

    def chances(self, worth: float) -> Floats:
        """Each bet's chance when it is worth `worth` per unit at risk, never quite sure."""
        return np.minimum(worth / self.odds, _SURE)

    def spread(self, worth: float) -> float:
        """Standard deviation of what is returned, in half minor units."""
        chances = self.chances(worth)
        return math.sqrt(dot(self.returns.astype(np.float64) ** 2, chances * (1 - chances) * self.counts))

    def skew(self, worth: float) -> float:
        """Skewness of what is returned."""
        chances = self.chances(worth)
        return dot((self.returns / self.spread(worth)) ** 3 * self.counts, chances * (1 - chances) * (1 - 2 * chances))

    def mean_yield(self, worth: float) -> float:
        """Expected profit per unit of turnover."""
        expected = dot(self.chances(worth), (self.returns * self.counts).astype(np.float64))
        return (expected - self.staked) / self.turnover


def slip(bets: Columns) -> Slip | None:
    """The graded bets with own money at risk and known odds; None when there are none.

    A bet that won returned what it did, commission and reductions included; one that lost would have returned its
    risk times its odds. Half results count as bets of half the stake, as pushes count as none.
    """
    chosen = bets.only(bets.graded & (bets.risk > 0) & ~np.isnan(bets.odds))
    staked = np.rint(2 * chosen.risk * chosen.share).astype(np.int64)
    returned = np.where(chosen.won, staked + 2 * chosen.profit, np.rint(staked * chosen.odds))
    returns = np.clip(returned, 1, _MOST_RETURNED).astype(np.int64)
    if not len(returns):
        return None
    order = np.lexsort((chosen.odds, returns))
    sorted_returns, sorted_odds = returns[order], chosen.odds[order]
    first = np.ones(len(order), dtype=np.bool_)
    first[1:] = (np.diff(sorted_returns) != 0) | (np.diff(sorted_odds) != 0)
    starts = np.flatnonzero(first)
    return Slip(
        returns=sorted_returns[starts],
        odds=sorted_odds[starts],
        counts=np.diff(np.append(starts, len(order))),
        wins=np.add.reduceat(chosen.won[order].astype(np.int64), starts),
        bets=len(order),
        staked=int(staked.sum()),
        turnover=int(2 * chosen.risk.sum()),
        returned=int(returns[chosen.won].sum()),
    )


def at_least(bets: Slip, worth: float) -> float:
    """How often bets worth `worth` per unit at risk return at least what these did; in [0, 1]."""
    if bets.returned <= 0:
        return 1.0
    chances = bets.chances(worth)
    if len(bets.counts) <= _MOST_KINDS and math.prod(count + 1 for count in bets.counts.tolist()) <= _MOST_VALUES:
        return _enumerated(bets, chances)
    if bets.returned >= bets.most:
        return math.exp(dot(bets.counts, np.log(chances)))
    if bets.bets <= _MOST_WALKED or (bets.bets <= _MOST_WALKED_SKEWED and bets.skew(worth) > _LUMPY_SKEW):
        return _walked(bets, chances)
    return upper_tail(deviate(bets, worth, step=bets.step).z)


class Deviate(Struct, frozen=True):
    """How far out the returned sum lies, as the standard normal number with the same upper tail; `tilt` is the
    saddlepoint, a good start for a neighbouring one."""

    z: float
    tilt: float


def deviate(bets: Slip, worth: float, *, step: int = 0, tilt: float = 0.0) -> Deviate:
    """The returned sum's place in the distribution of bets worth `worth`, for a sum strictly between none and all.

    `step` is the grid the sums lie on: the tail above holds the sum itself, with a negative one the tail below does.
    Formula: z = w + ln(u/w)/w with w = sign(s) sqrt(2(s x - K(s))), u = s sqrt(K''(s)), K'(s) = x
    (Barndorff-Nielsen 1986); u = (1 - exp(-s step))/step sqrt(K''(s)) on a grid (Daniels 1987). Of many bets, where
    it hardly differs from it, the Cornish-Fisher expansion to the fourth cumulant is taken: one pass for some forty.
    """
    chances = bets.chances(worth)
    variances = chances * (1 - chances) * bets.counts
    spread = bets.spread(worth)
    unit, width = bets.returns / spread, step / spread
    off = bets.returned / spread - dot(chances * bets.counts, unit)
    cubes = unit * unit * unit * variances
    skew = dot(cubes, 1 - 2 * chances)
    if abs(skew) <= _SMOOTH_SKEW and abs(off) <= _SMOOTH_REACH:
        excess = dot(cubes * unit, 1 - 6 * chances * (1 - chances))
        return Deviate(_cornish_fisher(off - width / 2, skew, excess), tilt)
    logits = np.log(chances) - np.log1p(-chances)
    tilt, tilted = _saddle(unit, bets.counts, logits, bets.returned / spread, tilt)
    variances = tilted * (1 - tilted) * bets.counts
    curvature = dot(unit * unit, variances)
    cumulant = dot(bets.counts, np.logaddexp(0, logits + tilt * unit) - np.logaddexp(0, logits))
    w = math.copysign(math.sqrt(max(0.0, 2 * (tilt * bets.returned / spread - cumulant))), tilt)
    reach = -math.expm1(-tilt * width) / width if step else tilt
    if abs(w) < _NEAR:
        return Deviate(w + skew / 6 - width / 2, tilt)
    if not curvature > 0:
        return Deviate(math.copysign(_FAR, off), tilt)
    return Deviate(w + math.log(reach * math.sqrt(curvature) / w) / w, tilt)


def _cornish_fisher(off: float, skew: float, excess: float) -> float:
    """The normal number with the tail of a sum `off` standard deviations up, of this skewness and excess kurtosis."""
    return (
        off - skew * (off * off - 1) / 6 - excess * (off**3 - 3 * off) / 24 + skew * skew * (4 * off**3 - 7 * off) / 36
    )


def _saddle(unit: Floats, counts: Ints, logits: Floats, target: float, tilt: float) -> tuple[float, Floats]:
    """The tilt at which the bets return `target` on average, and their chances then.

    Newton's steps, held inside of what is known to bracket the only root, because the mean levels off far out.
    """
    low, high = -math.inf, math.inf
    tilted = unit
    for _ in range(200):
        tilted = 1 / (1 + np.exp(-np.clip(logits + tilt * unit, -700, 700)))
        weighted = counts * unit * tilted
        miss = float(weighted.sum()) - target
        slope = float((weighted * unit * (1 - tilted)).sum())
        if abs(miss) <= 1e-9 * max(1.0, target) or high - low <= 1e-13 * max(1.0, abs(tilt)):
            break
        low, high = (low, tilt) if miss > 0 else (tilt, high)
        move = -miss / slope if slope > 0 else math.copysign(math.inf, -miss)
        reach = max(4.0, abs(tilt))
        ahead = tilt + max(-reach, min(reach, move))
        tilt = ahead if low < ahead < high else (low + high) / 2
    return tilt, tilted


def _enumerated(bets: Slip, chances: Floats) -> float:
    """All sums there are, with their probabilities."""
    sums, shares = np.zeros(1, dtype=np.int64), np.ones(1)
    for value, count, chance in zip(bets.returns.tolist(), bets.counts.tolist(), chances.tolist(), strict=True):
        wins = np.arange(count + 1)
        ways = np.concatenate(([0.0], np.cumsum(np.log((count - wins[1:] + 1) / wins[1:]))))
        binomial = np.exp(ways + wins * math.log(chance) + (count - wins) * math.log1p(-chance))
        sums = np.add.outer(sums, value * wins).ravel()
        shares = np.multiply.outer(shares, binomial).ravel()
    return min(1.0, float(shares[sums >= bets.returned].sum()))


def _walked(bets: Slip, chances: Floats) -> float:
    """Bet by bet, the distribution of the sums below the one that came, on a grid of 512 cells a standard deviation.

    The sum that came is rounded bet by bet like all others, so that sums that equal it stay equal.
    """
    cell = max(1.0, bets.spread(1.0) / _CELLS)
    steps = np.maximum(1, np.rint(bets.returns / cell)).astype(np.int64)
    below = np.zeros(int((steps * bets.wins).sum()))
    below[0] = 1
    for step, count, chance in zip(steps.tolist(), bets.counts.tolist(), chances.tolist(), strict=True):
        for _ in range(count):
            won = below[: max(0, len(below) - step)] * chance
            below *= 1 - chance
            below[step:] += won
    return min(1.0, max(0.0, 1 - float(below.sum())))
