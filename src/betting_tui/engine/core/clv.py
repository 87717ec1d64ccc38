"""Closing line value: the price taken against the price at the start. Positive = the bettor beat the close.

The field has several measures and they differ in size; each has its own name here and is shown under it. All compare
prices of the same selection at the same point, given as exact decimal odds above 1.
"""

from __future__ import annotations

from fractions import Fraction

from betting_tui.engine.core.odds import american_exact


def clv_price(taken: Fraction, closing: Fraction) -> float:
    """Gain in total return, d_taken/d_close - 1: the headline. +150 against +140 is 4.17 %."""
    return float(taken / closing - 1)


def clv_net_odds(taken: Fraction, closing: Fraction) -> float:
    """Gain in net odds, (d_taken - 1)/(d_close - 1) - 1. +150 against +140 is 7.14 %."""
    return float((taken - 1) / (closing - 1) - 1)


def clv_points(taken: Fraction, closing: Fraction) -> float:
    """Gain in implied probability, 1/d_close - 1/d_taken. +150 against +140 is 1.67 points."""
    return float(1 / closing - 1 / taken)


def clv_cents(taken: Fraction, closing: Fraction) -> float:
    """Difference in American cents across even money. +105 against -105 is 10."""
    return float(_cents(taken) - _cents(closing))


def _cents(decimal: Fraction) -> Fraction:
    american = american_exact(decimal)
    return american - 100 if american > 0 else american + 100
