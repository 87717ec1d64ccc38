"""What a price is worth: expected value, prices after commission, and the scale in which prices are compared."""

from __future__ import annotations

import math
from fractions import Fraction

from betting_tui.engine.core.errors import InvalidOdds, PricingError

TOLERANCE = 1e-12


def edge(probability: float, decimal: float) -> float:
    """Expected profit per unit staked, p*d - 1: what `min_edge` speaks of."""
    return probability * decimal - 1


def effective_decimal(decimal: float, commission: float) -> float:
    """Decimal odds after an exchange's commission on winnings (0.05 = 5 %): 1 + (d - 1)(1 - c)."""
    _check_commission(commission)
    return 1 + (decimal - 1) * (1 - commission)


def effective_exact(decimal: Fraction, commission: Fraction) -> Fraction:
    """The same on exact rationals, where the price becomes money."""
    _check_commission(commission)
    return 1 + (decimal - 1) * (1 - commission)


def cents(decimal: float) -> float:
    """A price on the American scale without its hole between -100 and +100: even money 0, +110 is 10, -110 is -10.

    The difference of two prices in cents is what `min_difference` speaks of; positive is better for the bettor.
    """
    if not (decimal > 1 and math.isfinite(decimal)):
        raise InvalidOdds(f"{decimal!r} is no decimal price: it must be above 1")
    net = decimal - 1
    return 100 * net - 100 if net >= 1 else 100 - 100 / net


def reaches(value: float, threshold: float, tolerance: float = TOLERANCE) -> bool:
    """Whether a computed number meets a threshold, so that an exact 5 % counts although floats fall just short."""
    return value >= threshold - tolerance


def _check_commission(commission: float | Fraction) -> None:
    if not 0 <= commission < 1:
        raise PricingError(f"{commission} is no commission: write a share from 0 up to but not 1, such as 0.05")
