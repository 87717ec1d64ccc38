"""Money is whole minor units: read exactly, shown exactly, rounded once."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.money import (
    MAX_MINOR,
    exponent,
    format_minor,
    round_down_to_unit,
    round_half_even,
    to_minor,
)
from hostile import HOSTILE

minors = st.integers(-MAX_MINOR, MAX_MINOR)
currencies = st.sampled_from(["USD", "EUR", "JPY", "KWD", "isk"])


@given(minors, currencies, st.booleans(), st.booleans())
def test_what_is_shown_reads_back_as_the_same_amount(minor: int, currency: str, sign: bool, grouping: bool) -> None:
    assert to_minor(format_minor(minor, currency, sign=sign, grouping=grouping), currency) == minor


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("25", "USD", 2500),
        ("25.5", "USD", 2550),
        ("10,412.35", "USD", 1_041_235),
        (Decimal("1E+3"), "USD", 100_000),
        (Decimal("0.10"), "USD", 10),
        (100, "JPY", 100),
        ("1.234", "KWD", 1234),
        ("-3", "USD", -300),
    ],
)
def test_amounts_in_major_units(amount: str | int | Decimal, currency: str, minor: int) -> None:
    assert to_minor(amount, currency) == minor


@pytest.mark.parametrize(
    ("amount", "currency"),
    [
        ("0.001", "USD"),
        ("1.5", "JPY"),
        ("1,50", "USD"),
        ("1,5000", "USD"),
        ("12,34.5", "USD"),
        ("1_000", "USD"),
        ("1e3", "USD"),
        ("١٢", "USD"),
        (Decimal("NaN"), "USD"),
        (Decimal("Infinity"), "USD"),
        (Decimal("1e-999999"), "USD"),
        ("1" + "0" * 30, "USD"),
        (10**14, "USD"),
        ("0.0000000000000000000000000000000000001", "USD"),
    ],
)
def test_what_is_no_amount_of_that_currency_is_refused(amount: str | Decimal | int, currency: str) -> None:
    with pytest.raises(UsageError):
        to_minor(amount, currency)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_no_amount(text: str) -> None:
    with pytest.raises(UsageError):
        to_minor(text, "USD")


def test_amounts_as_people_read_them() -> None:
    assert format_minor(1_041_235, "USD") == "10,412.35"
    assert format_minor(-5, "USD") == "-0.05"
    assert format_minor(4762, "USD", sign=True) == "+47.62"
    assert format_minor(0, "USD", sign=True) == "0.00"
    assert format_minor(1_234_567, "JPY") == "1,234,567"
    assert format_minor(1_234_567, "KWD", grouping=False) == "1234.567"
    assert exponent("usd") == 2


@given(st.fractions(min_value=-(10**9), max_value=10**9, max_denominator=1000))
def test_rounding_goes_to_the_nearest_and_halves_to_the_even(amount: Fraction) -> None:
    rounded = round_half_even(amount)
    assert abs(amount - rounded) <= Fraction(1, 2)
    assert abs(amount - rounded) < Fraction(1, 2) or rounded % 2 == 0


@given(st.integers(-(10**9), 10**9), st.integers(1, 10**5))
def test_stakes_round_down_to_their_unit(minor: int, unit: int) -> None:
    rounded = round_down_to_unit(minor, unit)
    assert rounded % unit == 0
    assert rounded == 0 if minor < unit else 0 <= minor - rounded < unit
