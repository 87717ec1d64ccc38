"""What a price is worth, and when a number meets a threshold."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from betting_tui.engine.core.edge import cents, edge, effective_decimal, effective_exact, reaches
from betting_tui.engine.core.errors import InvalidOdds, PricingError
from betting_tui.engine.core.odds import american_exact
from golden import golden_cases


def test_golden_values(shared_data: Path) -> None:
    for case in golden_cases(shared_data, "value"):
        value = edge(case["p"], case["decimal"])
        assert value == pytest.approx(case["ev_per_unit"], abs=1e-12)
        assert reaches(value, 0.05) is case["passes_min_edge_005_as_ev"], case


@pytest.mark.parametrize(("probability", "decimal"), [(0.525, 2.0), (0.35, 3.0), (0.7, 1.5), (0.75, 1.4)])
def test_exactly_five_percent_counts_whichever_way_the_float_falls(probability: float, decimal: float) -> None:
    assert reaches(edge(probability, decimal), 0.05)
    assert not reaches(edge(probability, decimal) - 1e-9, 0.05)


def test_what_is_not_a_number_reaches_nothing() -> None:
    assert not reaches(math.nan, 0.0)


def american(price: int) -> float:
    return 1 + price / 100 if price > 0 else 1 - 100 / price


@pytest.mark.parametrize(
    ("better", "worse", "difference"),
    [(105, -105, 10), (100, -110, 10), (-110, -120, 10), (150, 140, 10), (-125, -150, 25), (100, -100, 0)],
)
def test_cents_have_no_hole_at_even_money(better: int, worse: int, difference: float) -> None:
    assert cents(american(better)) - cents(american(worse)) == pytest.approx(difference, abs=1e-9)


def test_operators_own_widths(shared_data: Path) -> None:
    for case in golden_cases(shared_data, "operator_examples"):
        if case["rule"] == "two_way_width_cents":
            assert -sum(cents(american(price)) for price in case["prices"]) == pytest.approx(case["cents"], abs=1e-9)


@given(st.floats(1.001, 1000), st.floats(1.001, 1000))
def test_a_longer_price_has_more_cents(one: float, other: float) -> None:
    assert (cents(one) <= cents(other)) is (one <= other) or math.isclose(one, other, rel_tol=1e-12)


@given(st.fractions(Fraction(1001, 1000), Fraction(1000), max_denominator=1000))
def test_cents_are_american_odds_moved_to_zero(decimal: Fraction) -> None:
    exact = american_exact(decimal)
    assert cents(float(decimal)) == pytest.approx(float(exact - 100 if exact > 0 else exact + 100), rel=1e-9, abs=1e-6)


@pytest.mark.parametrize("decimal", [1.0, 0.0, -3.0, math.nan, math.inf])
def test_cents_of_no_price(decimal: float) -> None:
    with pytest.raises(InvalidOdds):
        cents(decimal)


def test_commission_is_taken_from_winnings_only() -> None:
    assert effective_decimal(3.0, 0.05) == pytest.approx(2.9)
    assert effective_exact(Fraction(3), Fraction(1, 20)) == Fraction(29, 10)
    assert effective_decimal(2.5, 0.0) == 2.5


@given(st.fractions(Fraction(101, 100), Fraction(1000), max_denominator=100), st.integers(0, 99))
def test_commission_never_makes_a_price_better_nor_none(decimal: Fraction, percent: int) -> None:
    effective = effective_exact(decimal, Fraction(percent, 100))
    assert 1 < effective <= decimal
    assert effective_decimal(float(decimal), percent / 100) == pytest.approx(float(effective))


@pytest.mark.parametrize("rate", [-0.01, 1.0, 5.0, math.nan])
def test_a_commission_is_a_share(rate: float) -> None:
    with pytest.raises(PricingError, match="commission"):
        effective_decimal(2.0, rate)
