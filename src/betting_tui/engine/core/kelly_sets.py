"""Kelly stakes for several bets placed at once: exclusive outcomes of one market, or independent bets.

Stakes are shares of the bankroll for full Kelly; odds are decimal. Bets on one event are neither of the two unless they
are outcomes of one market.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from msgspec import Struct

from betting_tui.engine.core.errors import IncompleteMarket, InvalidOdds, NotConverged, PricingError, Underround
from betting_tui.engine.core.money import round_down_to_unit

# Every combination of wins and losses is looked at, 2^n of them.
MOST_EXACT_BETS = 12

_SUM_TOLERANCE = Fraction(1, 10**9)
# What float noise can make of a price that is exactly fair.
_NO_EDGE = 1 + Fraction(1, 10**12)
_KKT_TOLERANCE = 1e-12
_MOST_STEPS = 200
_TO_BOUNDARY = 0.9


class _Bet(Struct, frozen=True):
    """One bet in exact numbers, as the decimal figures were written."""

    odds: Fraction
    probability: Fraction

    @property
    def expected_return(self) -> Fraction:
        return self.odds * self.probability

    @property
    def single_kelly(self) -> Fraction:
        return max(Fraction(0), (self.expected_return - 1) / (self.odds - 1))


def kelly_exclusive(
    odds: Sequence[float], probabilities: Sequence[float], *, allow_hedges: bool = True
) -> tuple[float, ...]:
    """Growth-optimal stakes on outcomes of one market of which at most one wins, in the order given.

    Smoczynski and Tomkins' closed form: outcomes join by falling p*d while p*d exceeds the reserve rate
    R = (1 - sum p)/(1 - sum 1/d) of those already in, and each gets p - R/d. That may back outcomes without an edge of
    their own as a hedge, unless `allow_hedges` is off. Probability missing from 1 is a loss of every bet.

    Raises Underround where the bets win whatever happens (R = 0), IncompleteMarket when lengths differ, InvalidOdds for
    odds not above 1, PricingError for probabilities outside [0, 1) or adding up to more than 1.
    """
    bets = _bets(odds, probabilities)
    total = sum((bet.probability for bet in bets), Fraction(0))
    if total > 1 + _SUM_TOLERANCE:
        raise PricingError(
            f"probabilities of one market add up to {float(total):.6g}: they must not exceed 1, check the fair line"
        )
    if total >= 1 - _SUM_TOLERANCE:
        # Float noise in a fair line must neither hide an arbitrage nor invent one.
        bets = [_Bet(bet.odds, bet.probability / total) for bet in bets]
    staked: list[int] = []
    reserve, uncovered, unpaid = Fraction(1), Fraction(1), Fraction(1)
    for index in sorted(range(len(bets)), key=lambda index: bets[index].expected_return, reverse=True):
        bet = bets[index]
        if bet.expected_return <= (reserve if allow_hedges else _NO_EDGE):
            break
        staked.append(index)
        uncovered -= bet.probability
        unpaid -= 1 / bet.odds
        # Positive: p*d > R with p at most what is left to happen implies 1/d below what is left unpaid.
        reserve = uncovered / unpaid
        if reserve == 0:
            raise Underround(
                "these prices win whatever happens: split stakes as an arbitrage, Kelly would stake it all"
            )
    stakes = [0.0] * len(bets)
    for index in staked:
        stakes[index] = float(bets[index].probability - reserve / bets[index].odds)
    return tuple(stakes)


def kelly_independent(
    odds: Sequence[float], probabilities: Sequence[float], *, approximate_cap: float = 0.5
) -> tuple[float, ...]:
    """Growth-optimal stakes on independent bets that are all open at once, in the order given; 0 without an edge.

    Exact, maximising E ln(1 + sum f*X) over all combinations, for up to `MOST_EXACT_BETS` bets with an edge. Beyond
    that each gets its single-bet Kelly, all scaled down alike so that they total at most `approximate_cap` of the
    bankroll; exact stakes are not capped, their total stays below 1 by itself.

    Raises IncompleteMarket when lengths differ, InvalidOdds for odds not above 1, PricingError for probabilities
    outside [0, 1), NotConverged where numbers are too extreme.
    """
    if not 0 < approximate_cap < 1:
        raise ValueError("the cap on the total must be a share between 0 and 1")
    bets = _bets(odds, probabilities)
    # A bet is staked exactly when it has an edge: at stake 0 its gain is its own edge times E[1/wealth] of the others.
    # Sorted and looked up by bet, so that the order given changes no digit and equal bets get equal stakes.
    chosen = sorted(
        (bet for bet in bets if bet.expected_return > _NO_EDGE), key=lambda bet: (bet.odds, bet.probability)
    )
    found = _joint(chosen) if len(chosen) <= MOST_EXACT_BETS else _scaled(chosen, approximate_cap)
    stakes = dict(zip(chosen, found, strict=True))
    return tuple(stakes.get(bet, 0.0) for bet in bets)


def scale_to_exposure(stakes_minor: Sequence[int], cap_minor: int, unit_minor: int) -> tuple[int, ...]:
    """Stakes in minor units shrunk alike until they total at most the cap, each rounded down to the unit.

    Stakes within the cap are only rounded; a cap of 0 or less leaves none. Raises ValueError for a stake below 0 or a
    unit of 0 or less.
    """
    if unit_minor <= 0:
        raise ValueError("the stake unit must be above 0")
    if any(stake < 0 for stake in stakes_minor):
        raise ValueError("a stake must not be below 0")
    total, cap = sum(stakes_minor), max(cap_minor, 0)
    if total <= cap:
        return tuple(round_down_to_unit(stake, unit_minor) for stake in stakes_minor)
    return tuple(round_down_to_unit(stake * cap // total, unit_minor) for stake in stakes_minor)


def _bets(odds: Sequence[float], probabilities: Sequence[float]) -> list[_Bet]:
    if len(odds) != len(probabilities):
        raise IncompleteMarket(
            f"every price needs its probability: got {len(odds)} prices and {len(probabilities)} probabilities"
        )
    for decimal in odds:
        if not (decimal > 1 and math.isfinite(decimal)):
            raise InvalidOdds(f"{decimal!r} is no decimal price: it must be above 1")
    for probability in probabilities:
        if not 0 <= probability < 1:
            raise PricingError(f"{probability!r} is no probability to stake on: it must be at least 0 and below 1")
    return [_Bet(_written(d), _written(p)) for d, p in zip(odds, probabilities, strict=True)]


def _written(value: float) -> Fraction:
    return Fraction(str(float(value)))


def _scaled(bets: Sequence[_Bet], cap: float) -> list[float]:
    singles = [bet.single_kelly for bet in bets]
    scale = min(Fraction(1), Fraction(cap) / sum(singles))
    return [float(single * scale) for single in singles]


def _joint(bets: Sequence[_Bet]) -> list[float]:
    """Newton's method on E ln(r + sum of y over the wins) - r - sum y/d, with reserve r and payouts y = f*d.

    Its maximum is that of the growth rate with r = 1 - sum f, and every term of wealth is positive, so that nothing
    cancels even where hardly anything is kept back.
    """
    if not bets:
        return []
    chances = [1.0]
    for bet in bets:
        win, lose = float(bet.probability), float(1 - bet.probability)
        chances = [chance * lose for chance in chances] + [chance * win for chance in chances]
    costs = [1.0, *(float(1 / bet.odds) for bet in bets)]
    point = _start(bets, chances[0])
    residual = math.inf
    for _ in range(_MOST_STEPS):
        wealth = _wealth(point)
        weights = [chance / each for chance, each in zip(chances, wealth, strict=True)]
        marginal = _superset_sums(weights)
        gradient = [marginal[mask] - cost for mask, cost in zip(_masks(len(bets)), costs, strict=True)]
        before, residual = residual, max(abs(slope / cost) for slope, cost in zip(gradient, costs, strict=True))
        # Within the tolerance it goes on only while that still helps: the last steps are nearly free.
        if residual <= _KKT_TOLERANCE and (residual == 0 or residual >= before / 2):
            return [max(0.0, payout * cost) for payout, cost in zip(point[1:], costs[1:], strict=True)]
        curvature = _superset_sums([weight / each for weight, each in zip(weights, wealth, strict=True)])
        masks = _masks(len(bets))
        step = _solve([[curvature[one | other] for other in masks] for one in masks], gradient)
        point = _advance(point, step, chances, costs)
    raise NotConverged("no growth-optimal stakes found for bets this extreme: size them one by one")


def _start(bets: Sequence[_Bet], nothing_wins: float) -> list[float]:
    singles = [bet.single_kelly for bet in bets]
    total = sum(singles)
    payouts = [float(single * bet.odds / max(total, 1)) for single, bet in zip(singles, bets, strict=True)]
    # The reserve is never below the chance that every bet loses, as E[1/wealth] = 1 at the optimum.
    return [max(float(1 - total), nothing_wins), *payouts]


def _masks(bets: int) -> list[int]:
    """The winners each variable is paid with: none for the reserve, then one bit a bet."""
    return [0, *(1 << bet for bet in range(bets))]


def _wealth(point: Sequence[float]) -> list[float]:
    """Wealth after every combination of winners, indexed by its bits."""
    wealth = [point[0]]
    for payout in point[1:]:
        wealth += [each + payout for each in wealth]
    return wealth


def _superset_sums(values: list[float]) -> list[float]:
    """For each combination, the sum over all combinations in which at least those bets win."""
    sums = values[:]
    bit = 1
    while bit < len(sums):
        for mask in range(len(sums)):
            if not mask & bit:
                sums[mask] += sums[mask | bit]
        bit *= 2
    return sums


def _advance(
    point: Sequence[float], step: Sequence[float], chances: Sequence[float], costs: Sequence[float]
) -> list[float]:
    """As much of the step as keeps every variable positive and does not lower the objective."""
    length = min([1.0, *(_TO_BOUNDARY * at / -by for at, by in zip(point, step, strict=True) if by < 0)])
    reached = _objective(point, chances, costs)
    slack = 1e-14 * (1 + abs(reached))
    while True:
        tried = [at + length * by for at, by in zip(point, step, strict=True)]
        if tried == point or _objective(tried, chances, costs) >= reached - slack:
            return tried
        length /= 2


def _objective(point: Sequence[float], chances: Sequence[float], costs: Sequence[float]) -> float:
    growth = math.fsum(chance * math.log(each) for chance, each in zip(chances, _wealth(point), strict=True))
    return growth - math.fsum(at * cost for at, cost in zip(point, costs, strict=True))


def _solve(matrix: list[list[float]], right: Sequence[float]) -> list[float]:
    """Solves a symmetric positive definite system by Cholesky's factors."""
    size = len(right)
    lower: list[list[float]] = []
    forward: list[float] = []
    for row in range(size):
        line: list[float] = []
        for column in range(row):
            rest = matrix[row][column] - sum(a * b for a, b in zip(line, lower[column], strict=False))
            line.append(rest / lower[column][column])
        pivot = matrix[row][row] - sum(a * a for a in line)
        if not pivot > 0:
            raise NotConverged("no growth-optimal stakes found for bets this extreme: size them one by one")
        forward.append((right[row] - sum(a * b for a, b in zip(line, forward, strict=True))) / math.sqrt(pivot))
        lower.append([*line, math.sqrt(pivot)])
    solution = [0.0] * size
    for row in reversed(range(size)):
        known = sum(lower[below][row] * solution[below] for below in range(row + 1, size))
        solution[row] = (forward[row] - known) / lower[row][row]
    return solution
