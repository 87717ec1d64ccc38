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
from betting_tui.engine.core.statistics.columns import Bools, Columns, Floats, Ints, dot
from betting_tui.engine.core.statistics.sample import Outcome

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
_MOST_ODDS = 1e9
# Half minor units: what rounding of a return and of its commission may come to.
_ROUNDING = 4
# What one bet may consist of: itself, or winning and coming in behind.
_PARTS = 3


class Slip(Struct, frozen=True, eq=False):
    """Bets that are alike put together, in half minor units, so that the half of an odd stake is whole.

    `returns` is what one bet of a kind returns when it wins, `counts` how many there are and `wins` how many of them
    won; `staked` is what was decided on all bets and `returned` what they returned. `bets` are as many as were placed,
    `apart` those that could end in different ways.
    `turnover` is the full risk in half minor units, more than `staked` where halves of stakes came back.
    """

    returns: Ints
    odds: Floats
    counts: Ints
    wins: Ints
    bets: int
    apart: int
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
    risk times its odds. Half results count as bets of half the stake, as pushes count as none. Bets on the very same
    outcome end alike and are one draw, however many they are.
    """
    chosen = bets.only(bets.graded & (bets.risk > 0) & ~np.isnan(bets.odds))
    if not len(chosen.risk):
        return None
    twice = ~np.isnan(chosen.place_odds)
    single = _single(chosen.only(~twice))
    draws = _together(_Draws.joined(single, *_each_way(chosen.only(twice)))) if twice.any() else _together(single)
    order = np.lexsort((draws.odds, draws.returns))
    returns, odds = draws.returns[order], draws.odds[order]
    first = np.ones(len(order), dtype=np.bool_)
    first[1:] = (np.diff(returns) != 0) | (np.diff(odds) != 0)
    starts = np.flatnonzero(first)
    return Slip(
        returns=returns[starts],
        odds=odds[starts],
        counts=np.diff(np.append(starts, len(order))),
        wins=np.add.reduceat(draws.won[order].astype(np.int64), starts),
        bets=len(chosen.risk),
        apart=int(np.count_nonzero(np.bincount(chosen.same))),
        staked=int(_decided(chosen, twice).sum()),
        turnover=int(2 * chosen.risk.sum()),
        returned=int(draws.returns[draws.won].sum()),
    )


class _Draws(Struct, frozen=True, eq=False):
    """What comes or does not: its return, the odds against it, whether it came, and what comes together with it."""

    returns: Ints
    odds: Floats
    won: Bools
    same: Ints

    @staticmethod
    def made(returned: Floats, nominal: Floats, odds: Floats, won: Bools, same: Ints) -> _Draws:
        """Where less came than the odds said, because a leg was void or a runner withdrawn, they were shorter."""
        reduced = won & (returned < nominal - _ROUNDING)
        returns = np.clip(np.where(won, returned, np.rint(nominal)), 1, _MOST_RETURNED)
        odds = np.where(reduced, odds * np.maximum(returned, 1) / nominal, odds)
        return _Draws(returns.astype(np.int64), odds, won, same)

    @staticmethod
    def joined(*parts: _Draws) -> _Draws:
        names = _Draws.__struct_fields__
        return _Draws(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def _decided(bets: Columns, twice: Bools) -> Ints:
    """In half minor units; both parts of an each way bet are decided whatever comes."""
    return np.rint(2 * bets.risk * np.where(twice, 1.0, bets.share)).astype(np.int64)


def _single(bets: Columns) -> _Draws:
    staked = np.rint(2 * bets.risk * bets.share)
    return _Draws.made(staked + 2.0 * bets.profit, staked * bets.odds, bets.odds, bets.won, _PARTS * bets.same)


def _each_way(bets: Columns) -> tuple[_Draws, _Draws]:
    """Winning, which pays both parts, and coming in behind, which pays the place alone: a runner does one or neither,
    which taken as independent spreads a little wider than it is."""
    stake, place, win = bets.risk.astype(np.float64), bets.place_odds, 2 * bets.odds - bets.place_odds
    returned = 2 * (bets.risk + bets.profit).astype(np.float64)
    came_first = bets.outcome >= Outcome.WIN
    behind = 1 / np.maximum(1 / place - 1 / win, 1 / _MOST_ODDS)
    return (
        _Draws.made(returned, stake * (win + place), win, came_first, _PARTS * bets.same + 1),
        _Draws.made(returned, stake * place, behind, ~came_first & (returned > 0), _PARTS * bets.same + 2),
    )


def _together(draws: _Draws) -> _Draws:
    """Those that come together as one each, with odds that leave what is expected of them as it was."""
    order = np.lexsort((draws.won, draws.same))
    first = np.ones(len(order), dtype=np.bool_)
    first[1:] = (np.diff(draws.same[order]) != 0) | np.diff(draws.won[order])
    if bool(first.all()):
        return draws
    starts = np.flatnonzero(first)
    returns, odds = draws.returns[order], draws.odds[order]
    added = np.add.reduceat(returns, starts)
    mean = added / np.add.reduceat(returns / odds, starts)
    alone = np.diff(np.append(starts, len(order))) == 1
    return _Draws(added, np.where(alone, odds[starts], mean), draws.won[order][starts], draws.same[order][starts])


def at_least(bets: Slip, worth: float) -> float:
    """How often bets worth `worth` per unit at risk return at least what these did; in [0, 1]."""
    if bets.returned <= 0:
        return 1.0
    chances = bets.chances(worth)
    if len(bets.counts) <= _MOST_KINDS and math.prod(count + 1 for count in bets.counts.tolist()) <= _MOST_VALUES:
        return _enumerated(bets, chances)
    if bets.returned >= bets.most:
        return math.exp(dot(bets.counts, np.log(chances)))
    draws = int(bets.counts.sum())
    if draws <= _MOST_WALKED or (draws <= _MOST_WALKED_SKEWED and bets.skew(worth) > _LUMPY_SKEW):
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
