"""Money: integer minor units of one currency. No floats; one rounding, half to even, where a rational becomes money."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

from betting_tui.engine.core.errors import UsageError

# ISO 4217 currencies whose minor unit is not a hundredth.
_EXPONENTS = {
    "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
    "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0, "UGX": 0,
    "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
}  # fmt: skip
# A comma only between thousands: "1,50" is a person's 1.50 and must not become 150.
_AMOUNT = re.compile(r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]*)?|[+-]?\.[0-9]+")
_MAX_TEXT = 40
MAX_MINOR = 10**15


def exponent(currency: str) -> int:
    return _EXPONENTS.get(currency.upper(), 2)


def to_minor(amount: Decimal | int | str, currency: str) -> int:
    """Exact minor units of an amount in major units. Raises UsageError for no amount or too many decimals."""
    text = f"{amount:f}" if isinstance(amount, Decimal) and abs(amount.adjusted()) < _MAX_TEXT else str(amount)
    text = text.strip()
    if len(text) > _MAX_TEXT or not _AMOUNT.fullmatch(text):
        raise UsageError(f"{text[:_MAX_TEXT]!r} is not an amount: write for example 25 or 25.50")
    minor = Fraction(text.replace(",", "")) * 10 ** exponent(currency)
    if minor.denominator != 1:
        raise UsageError(f"{text} has more decimals than {currency} has: use at most {exponent(currency)}")
    if abs(minor) > MAX_MINOR:
        raise UsageError(f"{text!r} is more than this program keeps")
    return int(minor)


def format_minor(minor: int, currency: str, *, sign: bool = False, grouping: bool = True) -> str:
    """`10,412.35`; with `sign`, gains carry a plus. The currency itself is not written."""
    places = exponent(currency)
    digits = f"{abs(minor):0{places + 1}d}"
    whole, cents = (digits[:-places], digits[-places:]) if places else (digits, "")
    if grouping:
        whole = f"{int(whole):,}"
    mark = "-" if minor < 0 else ("+" if sign and minor > 0 else "")
    return f"{mark}{whole}.{cents}" if places else f"{mark}{whole}"


def round_half_even(amount: Fraction) -> int:
    """The one rounding of money: a rational number of minor units to the nearest, halves to the even one."""
    return round(amount)


def round_down_to_unit(minor: int, unit_minor: int) -> int:
    """Largest multiple of the stake unit that is not above `minor`; never negative."""
    return max(0, minor // unit_minor * unit_minor)
