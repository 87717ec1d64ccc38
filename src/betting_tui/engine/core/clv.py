"""Closing line value: the price taken against the price at the start. Positive = the bettor beat the close.

The field has several measures and they differ in size; each has its own name here and is shown under it. Those of
prices compare the same selection at the same point, given as exact decimal odds above 1; whoever laid wants the lower
price and swaps the two. Where the point moved they have no value, unless the closing price was converted to the point
taken, and then they are marked so.
"""

from __future__ import annotations

import math
from fractions import Fraction
from functools import lru_cache

from msgspec import Struct

from betting_tui.engine.core.errors import InvalidOdds, PricingError
from betting_tui.engine.core.line_conversion import Bet, can_convert, converted_price, converted_shares
from betting_tui.engine.core.model import Side
from betting_tui.engine.core.odds import american_exact

_TOTALS = frozenset({"totals", "alternate_totals", "team_totals", "alternate_team_totals"})
_SAME_POINT = 1e-6


def clv_price(taken: Fraction, closing: Fraction) -> float:
    """Gain in total return, d_taken/d_close - 1: the headline of prices. +150 against +140 is 4.17 %."""
    _check(taken, closing)
    return float(taken / closing - 1)


def clv_net_odds(taken: Fraction, closing: Fraction) -> float:
    """Gain in net odds, (d_taken - 1)/(d_close - 1) - 1. +150 against +140 is 7.14 %."""
    _check(taken, closing)
    return float((taken - 1) / (closing - 1) - 1)


def clv_points(taken: Fraction, closing: Fraction) -> float:
    """Gain in implied probability, 1/d_close - 1/d_taken. +150 against +140 is 1.67 points."""
    _check(taken, closing)
    return float(1 / closing - 1 / taken)


def clv_cents(taken: Fraction, closing: Fraction) -> float:
    """Difference in American cents across even money. +105 against -105 is 10."""
    _check(taken, closing)
    return float(_cents(taken) - _cents(closing))


def clv_ev(taken: Fraction, fair_probability: float) -> float:
    """Expected profit per unit by the close without its margin, d_taken p - 1: the best estimate of a bet's worth.

    `fair_probability` is devigged from the whole closing market. Raises PricingError when it is none.
    """
    _check(taken, taken)
    if not (0 < fair_probability < 1 and math.isfinite(fair_probability)):
        raise PricingError(f"{fair_probability!r} is no probability between 0 and 1")
    return taken.numerator / taken.denominator * fair_probability - 1


def clv_ev_laid(taken: Fraction, fair_probability: float) -> float:
    """The same of a lay, per unit of liability: it backs the complement at 1 + 1/(d - 1)."""
    _check(taken, taken)
    return clv_ev(1 + 1 / (taken - 1), 1 - fair_probability)


def clv_line(market: str, selection: str, taken_point: float, closing_point: float) -> float:
    """Points gained on the close, signed for the bettor: -3 against -3.5, over 44 against over 45, are +0.5 and +1.

    Points are the selection's own. An under gains when its line was higher, all others when the line moved away.
    """
    if market in _TOTALS:
        gained = closing_point - taken_point
        return gained if selection.casefold() != "under" else -gained
    return taken_point - closing_point


class Taken(Struct, frozen=True):
    """The bet: exact decimal odds, and the selection's own point where the market has one."""

    price: Fraction
    market: str
    selection: str = ""
    point: float | None = None
    side: Side = Side.BACK
    sport_key: str = ""


class Close(Struct, frozen=True):
    """What the market said at the start, at its own point: a book's price, and a devigged probability, either one.

    `fair_point` where the reference stood at another point than the book.
    """

    price: Fraction | None = None
    point: float | None = None
    fair_probability: float | None = None
    fair_point: float | None = None


class ClosingValue(Struct, frozen=True):
    """All measures of one bet; None where one has no meaning, with the reason in `missing`.

    `price_converted`, `ev_converted`: the close stood at another point and was converted by the sport's model.
    """

    clv_price: float | None = None
    clv_points: float | None = None
    clv_cents: float | None = None
    clv_net_odds: float | None = None
    clv_ev: float | None = None
    clv_line: float | None = None
    price_converted: bool = False
    ev_converted: bool = False
    missing: str = ""


def closing_value(taken: Taken, close: Close) -> ClosingValue:
    """Every measure that can be had. Total for prices above 1 and probabilities between 0 and 1, which it checks:
    what is none counts as missing."""
    price, price_converted, reason = _closing_price(taken, close)
    ev, ev_converted, ev_reason = _closing_ev(taken, close)
    moved = _line_gain(taken, close)
    if price is None:
        return ClosingValue(clv_ev=ev, clv_line=moved, ev_converted=ev_converted, missing=reason or ev_reason)
    ours, theirs = (taken.price, price) if taken.side is Side.BACK else (price, taken.price)
    by_price, points, cents, net_odds = _of_prices(*ours.as_integer_ratio(), *theirs.as_integer_ratio())
    return ClosingValue(by_price, points, cents, net_odds, ev, moved, price_converted, ev_converted, ev_reason)


# The same few prices meet each other again and again, and exact arithmetic is slow, looking up a fraction included.
@lru_cache(maxsize=16_384)
def _of_prices(over: int, under: int, closing_over: int, closing_under: int) -> tuple[float, float, float, float]:
    taken, closing = Fraction(over, under), Fraction(closing_over, closing_under)
    return (
        clv_price(taken, closing),
        clv_points(taken, closing),
        clv_cents(taken, closing),
        clv_net_odds(taken, closing),
    )


def _closing_price(taken: Taken, close: Close) -> tuple[Fraction | None, bool, str]:
    """The book's closing price at the point taken; whether it was converted; why there is none."""
    if close.price is None or _no_price(close.price):
        return None, False, "no closing price"
    if _no_price(taken.price):
        return None, False, "the price taken is none"
    if _same(taken.point, close.point):
        return close.price, False, ""
    if taken.point is None or close.point is None:
        return None, False, "the close has no point to compare" if close.point is None else "the bet has no point"
    bet = Bet(taken.sport_key, taken.market, taken.selection)
    if not can_convert(bet, close.point, taken.point):
        return None, False, f"the line moved from {taken.point:g} to {close.point:g}"
    try:
        return Fraction(converted_price(bet, float(close.price), close.point, taken.point)), True, ""
    except PricingError as error:
        return None, False, error.message


def _closing_ev(taken: Taken, close: Close) -> tuple[float | None, bool, str]:
    """clv_ev at the point taken; whether the close was converted; why there is none."""
    probability = close.fair_probability
    if probability is None or not 0 < probability < 1 or _no_price(taken.price):
        return None, False, "no fair closing line"
    point = close.point if close.fair_point is None else close.fair_point
    if _same(taken.point, point):
        measure = clv_ev if taken.side is Side.BACK else clv_ev_laid
        return measure(taken.price, probability), False, ""
    if taken.point is None or point is None:
        return None, False, "the fair close has no point to compare"
    bet = Bet(taken.sport_key, taken.market, taken.selection)
    if not can_convert(bet, point, taken.point):
        return None, False, f"the line moved from {taken.point:g} to {point:g}"
    try:
        shares = converted_shares(bet, probability, point, taken.point)
    except PricingError as error:
        return None, False, error.message
    decimal = float(taken.price)
    edge = shares.edge(decimal)
    return (edge if taken.side is Side.BACK else -edge / (decimal - 1)), True, ""


def _line_gain(taken: Taken, close: Close) -> float | None:
    point = close.point if close.point is not None else close.fair_point
    if taken.point is None or point is None:
        return None
    gained = clv_line(taken.market, taken.selection, taken.point, point)
    return gained if taken.side is Side.BACK else 0.0 - gained


def _same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) < _SAME_POINT


def _check(taken: Fraction, closing: Fraction) -> None:
    if _no_price(taken) or _no_price(closing):
        raise InvalidOdds(f"{float(min(taken, closing)):g} is no decimal price: it must be above 1")


def _no_price(price: Fraction) -> bool:
    """At most 1; in integers, because fractions compare slowly."""
    return price.numerator <= price.denominator


def _cents(decimal: Fraction) -> Fraction:
    american = american_exact(decimal)
    return american - 100 if american > 0 else american + 100
