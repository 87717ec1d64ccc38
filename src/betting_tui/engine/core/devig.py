"""Taking the margin out of one book's prices on one complete market: fair probabilities that sum to one."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from enum import StrEnum

from betting_tui.engine.core.errors import IncompleteMarket, InvalidOdds, NotConverged, PricingError, Underround

_FAIR_BOOK = 1e-12
_SUM_TOLERANCE = 1e-12
_MAX_STEPS = 100


class DevigMethod(StrEnum):
    POWER = "power"
    MULTIPLICATIVE = "multiplicative"


def booksum(prices: Sequence[float]) -> float:
    """B = sum of 1/d over decimal odds: above 1 a margin, below 1 an arbitrage. Raises as `devig` does."""
    return math.fsum(_implied(prices))


def overround(prices: Sequence[float]) -> float:
    """V = B - 1, the margin in probability points: 0.0476 for two sides at -110."""
    return booksum(prices) - 1


def hold(prices: Sequence[float]) -> float:
    """H = 1 - 1/B, the share of turnover the book keeps: 0.0455 for two sides at -110."""
    return 1 - 1 / booksum(prices)


def devig(prices: Sequence[float], method: DevigMethod = DevigMethod.POWER) -> tuple[float, ...]:
    """Fair probabilities of one complete market of one book, in the order of its decimal odds; they sum to 1.

    Raises IncompleteMarket for fewer than two prices, InvalidOdds for a price that is none, Underround where the
    method has no meaning for a booksum below 1, NotConverged when no solution in (0, 1) is found.
    """
    implied = _implied(prices)
    total = math.fsum(implied)
    if abs(total - 1) < _FAIR_BOOK:
        return tuple(implied)
    return _SOLVERS[method](implied, total)


def logit_mean(rows: Sequence[Sequence[float]], weights: Sequence[float] | None = None) -> tuple[float, ...]:
    """The consensus of several books: weighted mean on the log-odds scale, outcome by outcome, made to sum to 1.

    A row holds one book's fair probabilities, outcomes in the same order. Raises PricingError for rows that do not
    fit together, a probability outside (0, 1) or weights that are negative or all zero.
    """
    if not rows:
        raise IncompleteMarket("no book has a fair line: nothing to combine")
    shares = [1.0] * len(rows) if weights is None else list(weights)
    if len(shares) != len(rows) or len({len(row) for row in rows}) != 1:
        raise PricingError("the books' rows do not fit together: one weight a book, the same outcomes in each")
    whole = math.fsum(shares)
    if not (math.isfinite(whole) and whole > 0 and min(shares) >= 0):
        raise PricingError("weights must be 0 or more, and not all 0")
    means = [
        _sigmoid(math.fsum(share * _logit(p) for share, p in zip(shares, column, strict=True)) / whole)
        for column in zip(*rows, strict=True)
    ]
    total = math.fsum(means)
    return tuple(mean / total for mean in means)


def _implied(prices: Sequence[float]) -> list[float]:
    if len(prices) < 2:
        raise IncompleteMarket(f"a market needs a price for every outcome: got {len(prices)}")
    for price in prices:
        if not (price > 1 and math.isfinite(price)):
            raise InvalidOdds(f"{price!r} is no decimal price: it must be above 1")
    return [1 / price for price in prices]


def _multiplicative(implied: Sequence[float], total: float) -> tuple[float, ...]:
    return tuple(q / total for q in implied)


def _power(implied: Sequence[float], total: float) -> tuple[float, ...]:
    """p = q^k with k such that they sum to 1.

    ln(sum q^k) is convex and falling in k and not below 0 at k = 1, so Newton from 1 climbs to the root and never
    passes it.
    """
    if total < 1:
        raise Underround(f"the prices sum to {total:.4f}, below 1: an arbitrage or a mistake, not a margin to remove")
    logs = [math.log(q) for q in implied]
    exponent = 1.0
    for _ in range(_MAX_STEPS):
        powers = [math.exp(exponent * log) for log in logs]
        now = math.fsum(powers)
        if abs(now - 1) <= _SUM_TOLERANCE / 4:
            return _checked(tuple(power / now for power in powers))
        slope = math.fsum(power * log for power, log in zip(powers, logs, strict=True)) / now
        exponent -= math.log(now) / slope
    raise NotConverged("no power turns these prices into probabilities: check them, or use the multiplicative method")


def _checked(probabilities: tuple[float, ...]) -> tuple[float, ...]:
    if not all(0 < p < 1 for p in probabilities):
        raise NotConverged("a fair probability is too close to 0 or 1 to be told from it: check the prices")
    return probabilities


def _logit(probability: float) -> float:
    if not 0 < probability < 1:
        raise PricingError(f"{probability!r} is no probability between 0 and 1")
    return math.log(probability) - math.log1p(-probability)


def _sigmoid(logit: float) -> float:
    if logit >= 0:
        return 1 / (1 + math.exp(-logit))
    grown = math.exp(logit)
    return grown / (1 + grown)


_SOLVERS: dict[DevigMethod, Callable[[Sequence[float], float], tuple[float, ...]]] = {
    DevigMethod.POWER: _power,
    DevigMethod.MULTIPLICATIVE: _multiplicative,
}
