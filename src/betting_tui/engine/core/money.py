"""Money: integer minor units of one currency. No floats; one rounding, half to even, where a rational becomes money."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from fractions import Fraction

from betting_tui.engine.core.errors import UsageError

# ISO 4217 currencies whose minor unit is not a hundredth.
_EXPONENTS = {
    "BHD": 3, "CLP": 0, "ISK": 0, "JOD": 3, "JPY": 0, "KRW": 0, "KWD": 3, "OMR": 3, "PYG": 0, "TND": 3, "UGX": 0,
    "VND": 0, "XAF": 0, "XOF": 0,
}  # fmt: skip
MAX_MINOR = 10**15


def exponent(currency: str) -> int:
    return _EXPONENTS.get(currency.upper(), 2)


def to_minor(amount: Decimal | int | str, currency: str) -> int:
    """Exact minor units of an amount in major units. Raises UsageError for no amount or too many decimals."""
    try:
        value = Decimal(str(amount).replace(",", "").strip())
    except InvalidOperation:
        raise UsageError(f"{str(amount)!r} is not an amount: write for example 25 or 25.50") from None
    if not value.is_finite() or abs(value) > Decimal(MAX_MINOR):
        raise UsageError(f"{str(amount)!r} is not an amount this program keeps")
    minor = value.scaleb(exponent(currency))
    if minor != minor.to_integral_value():
        raise UsageError(f"{amount} has more decimals than {currency} has: use at most {exponent(currency)}")
    if abs(minor) > MAX_MINOR:
        raise UsageError(f"{str(amount)!r} is not an amount this program keeps")
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
