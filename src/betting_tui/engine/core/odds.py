"""Odds as quoted: parsing, exact values, and the six ways people write them.

Sources of the formulas: the usual definitions of each format; all arithmetic that becomes money is on exact rationals.
"""

from __future__ import annotations

import math
import re
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache

from msgspec import Struct

from betting_tui.engine.core.errors import InvalidOdds

MAX_DECIMAL = Fraction(100_001)
_MAX_TEXT = 40
# The exact price of a parlay is a fraction of long numbers.
_MAX_FRACTION_TEXT = 240
# Longer than any board writes.
_SHOWN_FRACTION = 9
_EVEN = frozenset({"even", "ev", "evens", "evs", "pk"})
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:e[+-]?[0-9]{1,2})?")
_HUNDRED_OR_MORE = re.compile(r"0*[1-9][0-9]{2,}")
_FRACTION = re.compile(r"[+-]?[0-9]+/[0-9]+")

# Traditional fractions as a bookmaker's board writes them; anything else is shown as its best approximation.
_LADDER = {
    Fraction(text): text
    for text in (
        "1/100 1/66 1/50 1/40 1/33 1/25 1/20 1/16 1/14 1/12 1/11 1/10 1/9 1/8 2/15 1/7 2/13 1/6 2/11 1/5 2/9 1/4 2/7 "
        "3/10 1/3 4/11 2/5 4/9 1/2 8/15 4/7 8/13 4/6 8/11 4/5 5/6 10/11 1/1 21/20 11/10 6/5 5/4 11/8 7/5 6/4 13/8 "
        "7/4 15/8 2/1 85/40 9/4 5/2 11/4 3/1 10/3 7/2 4/1 9/2 5/1 11/2 6/1 13/2 7/1 15/2 8/1 17/2 9/1 10/1 11/1 12/1 "
        "14/1 16/1 18/1 20/1 22/1 25/1 28/1 33/1 40/1 50/1 66/1 80/1 100/1 125/1 150/1 200/1 250/1 500/1 1000/1"
    ).split()
}


class OddsFormat(StrEnum):
    AMERICAN = "american"
    DECIMAL = "decimal"
    FRACTIONAL = "fractional"
    HONG_KONG = "hong_kong"
    MALAY = "malay"
    INDONESIAN = "indonesian"
    PROBABILITY = "probability"


class Price(Struct, frozen=True, cache_hash=True, gc=False):
    """A price exactly as quoted, with its decimal odds (total return per unit) for analysis."""

    format: OddsFormat
    text: str
    decimal: float

    @property
    def exact(self) -> Fraction:
        """Decimal odds as an exact rational: what a bet settles at."""
        return _exact(self.format, self.text)

    @property
    def american(self) -> int:
        """Nearest American price, ties away from zero; even money is +100."""
        return american_int(self.exact)


def parse_price(value: str | int | float | Fraction, odds_format: OddsFormat) -> Price:
    """A price from feed or user. Raises InvalidOdds for anything that is no price in that format.

    A Fraction is our own number: outside the fractional format it is kept as the nearest float.
    """
    if isinstance(value, Fraction) and odds_format is not OddsFormat.FRACTIONAL:
        value = float(value)
    return _parse(str(value).strip(), odds_format)


@lru_cache(maxsize=65_536)
def _parse(text: str, odds_format: OddsFormat) -> Price:
    exact = to_decimal(text, odds_format)
    return Price(odds_format, text, float(exact))


def guess_format(text: str) -> OddsFormat:
    """How a person probably meant a price: `+150`, `-110`, `EVEN` American; `6/4` fractional; else decimal."""
    cleaned = _plain(text)
    if "/" in cleaned or cleaned == "evs":
        return OddsFormat.FRACTIONAL
    if cleaned.startswith(("+", "-")) or cleaned in _EVEN:
        return OddsFormat.AMERICAN
    return OddsFormat.AMERICAN if _HUNDRED_OR_MORE.fullmatch(cleaned) else OddsFormat.DECIMAL


def parse_any(text: str) -> Price:
    return parse_price(text, guess_format(text))


def to_decimal(text: str, odds_format: OddsFormat) -> Fraction:
    """Exact decimal odds, > 1. Raises InvalidOdds with the domain in words."""
    return _exact(odds_format, text)


@lru_cache(maxsize=65_536)
def _exact(odds_format: OddsFormat, text: str) -> Fraction:
    decimal = _convert(odds_format, _number(text, odds_format), text)
    # Above 1 as a float too, which is what is divided by: what is certain but for a trillionth is no price.
    if not 1 < decimal <= MAX_DECIMAL or float(decimal) == 1:
        raise InvalidOdds(f"{text!r} is no {odds_format.value} price: decimal odds must be above 1 and at most 100001")
    return decimal


def _number(text: str, odds_format: OddsFormat) -> Fraction:
    if len(text) > (_MAX_FRACTION_TEXT if odds_format is OddsFormat.FRACTIONAL else _MAX_TEXT):
        raise InvalidOdds(f"a price of {len(text)} characters is not a price")
    cleaned = _plain(text)
    if cleaned in _EVEN and odds_format is OddsFormat.AMERICAN:
        return Fraction(100)
    if cleaned in _EVEN and odds_format is OddsFormat.FRACTIONAL:
        return Fraction(1)
    if "/" in cleaned and odds_format is not OddsFormat.FRACTIONAL:
        raise InvalidOdds(f"{text!r} is a fraction, not a {odds_format.value} price")
    if not (_NUMBER.fullmatch(cleaned) or _FRACTION.fullmatch(cleaned)):
        raise InvalidOdds(f"{text!r} is not a number: write a {odds_format.value} price")
    try:
        return Fraction(cleaned)
    except ZeroDivisionError:
        raise InvalidOdds(f"{text!r} divides by zero: write a {odds_format.value} price") from None


def _plain(text: str) -> str:
    """As typed, without what does not matter; the typographic minus is a minus."""
    return text.strip().lower().replace("\u2212", "-")


def _convert(odds_format: OddsFormat, number: Fraction, text: str) -> Fraction:
    match odds_format:
        case OddsFormat.AMERICAN:
            if number >= 100:
                return 1 + number / 100
            if number <= -100:
                return 1 + 100 / -number
            raise InvalidOdds(f"{text!r} is no American price: it must be +100 or more, or -100 or less")
        case OddsFormat.DECIMAL:
            return number
        case OddsFormat.FRACTIONAL | OddsFormat.HONG_KONG:
            if number <= 0:
                raise InvalidOdds(f"{text!r} is no {odds_format.value} price: it must be above 0")
            return 1 + number
        case OddsFormat.MALAY:
            if 0 < number <= 1:
                return 1 + number
            if -1 < number < 0:
                return 1 - 1 / number
            raise InvalidOdds(f"{text!r} is no Malay price: it must be above -1 and at most 1, and not 0")
        case OddsFormat.INDONESIAN:
            if number >= 1:
                return 1 + number
            if number <= -1:
                return 1 - 1 / number
            raise InvalidOdds(f"{text!r} is no Indonesian price: it must be 1 or more, or -1 or less")
        case OddsFormat.PROBABILITY:
            if 0 < number < 1:
                return 1 / number
            raise InvalidOdds(f"{text!r} is no probability: it must lie between 0 and 1")


def american_exact(decimal: Fraction) -> Fraction:
    """American odds as a real number; even money is +100."""
    return 100 * (decimal - 1) if decimal >= 2 else -100 / (decimal - 1)


def american_int(decimal: Fraction) -> int:
    """Nearest American integer, ties away from zero; -100 is written +100."""
    exact = american_exact(decimal)
    nearest = math.floor(abs(exact) + Fraction(1, 2))
    if exact > 0 or nearest <= 100:
        return max(nearest, 100)
    return -nearest


def hong_kong(decimal: Fraction) -> Fraction:
    return decimal - 1


def malay(decimal: Fraction) -> Fraction:
    return decimal - 1 if decimal <= 2 else -1 / (decimal - 1)


def indonesian(decimal: Fraction) -> Fraction:
    return american_exact(decimal) / 100


def fractional(decimal: Fraction) -> Fraction:
    """The traditional fraction nearest to it when within half a percent, else the best one with denominator <= 100."""
    net = decimal - 1
    nearest = min(_LADDER, key=lambda step: abs(step - net))
    if abs(nearest - net) * 200 <= net:
        return nearest
    return net.limit_denominator(100) or Fraction(1, 100)


def fractional_text(decimal: Fraction) -> str:
    """The same as boards write it: `6/4`, `4/6`, `85/40`."""
    shown = fractional(decimal)
    return _LADDER.get(shown, f"{shown.numerator}/{shown.denominator}")


@lru_cache(maxsize=65_536)
def format_price(price: Price, odds_format: OddsFormat) -> str:
    """A price for people, in the format they like; a price already in that format is shown as quoted."""
    exact = price.exact
    match odds_format:
        case OddsFormat.AMERICAN:
            return f"{american_int(exact):+d}"
        case OddsFormat.DECIMAL:
            quoted = price.text.partition(".")[2] if price.format is OddsFormat.DECIMAL else ""
            return f"{price.decimal:.{3 if len(quoted) >= 3 else 2}f}"
        case OddsFormat.FRACTIONAL:
            if price.format is OddsFormat.FRACTIONAL and "/" in price.text and len(price.text) <= _SHOWN_FRACTION:
                return price.text
            return fractional_text(exact)
        case OddsFormat.HONG_KONG:
            return f"{float(hong_kong(exact)):.2f}"
        case OddsFormat.MALAY:
            return f"{float(malay(exact)):.2f}"
        case OddsFormat.INDONESIAN:
            return f"{float(indonesian(exact)):.2f}"
        case OddsFormat.PROBABILITY:
            return f"{float(1 / exact) * 100:.1f} %"


def price_from_decimal(decimal: float | Fraction) -> Price:
    """Our own number as a price (a fair price, a converted one): never a quoted one."""
    return parse_price(str(decimal) if isinstance(decimal, float) else str(float(decimal)), OddsFormat.DECIMAL)
