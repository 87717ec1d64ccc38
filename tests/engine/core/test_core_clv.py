"""Closing line value: four measures under four names, all positive when the bettor beat the close."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from betting_tui.engine.core.clv import clv_cents, clv_net_odds, clv_points, clv_price
from betting_tui.engine.core.odds import OddsFormat, to_decimal
from golden import golden_cases

prices = st.fractions(Fraction(101, 100), Fraction(500), max_denominator=100)


def american(price: int) -> Fraction:
    return to_decimal(str(price), OddsFormat.AMERICAN)


def test_golden_closing_line_values(shared_data: Path) -> None:
    for case in golden_cases(shared_data, "clv"):
        taken, closing = american(case["taken"]), american(case["closing"])
        assert clv_price(taken, closing) == float(Fraction(*case["price_clv_exact"])), case
        assert clv_price(taken, closing) == pytest.approx(case["pybettor_clv"], abs=1e-12)
        assert clv_cents(taken, closing) == case["cents"]
        assert clv_points(taken, closing) == pytest.approx(case["prob_points"], abs=1e-12)


def test_operators_own_examples(shared_data: Path) -> None:
    for case in golden_cases(shared_data, "operator_examples"):
        if case["rule"] != "clv":
            continue
        taken, closing = american(case["taken"]), american(case["closing"])
        assert clv_cents(taken, closing) == case["cents"]
        assert clv_points(taken, closing) == pytest.approx(case["prob_points"], abs=5e-4)
        assert clv_price(taken, closing) == pytest.approx(case.get("ev", clv_price(taken, closing)), abs=5e-3)


def test_plus_150_against_plus_140() -> None:
    taken, closing = american(150), american(140)
    assert round(100 * clv_price(taken, closing), 2) == 4.17
    assert round(100 * clv_net_odds(taken, closing), 2) == 7.14
    assert round(100 * clv_points(taken, closing), 2) == 1.67
    assert clv_cents(taken, closing) == 10


def test_net_odds_have_the_right_sign_for_favourites() -> None:
    assert round(100 * clv_net_odds(american(-110), american(-120)), 2) == 9.09
    assert clv_net_odds(american(-100), american(100)) == 0


@given(prices, prices)
def test_all_measures_agree_on_who_won(taken: Fraction, closing: Fraction) -> None:
    sign = (taken > closing) - (taken < closing)
    for measure in (clv_price, clv_net_odds, clv_points, clv_cents):
        value = measure(taken, closing)
        assert (value > 0) - (value < 0) == sign
