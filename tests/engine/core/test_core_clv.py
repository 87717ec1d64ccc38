"""Closing line value: four measures under four names, all positive when the bettor beat the close."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from betting_tui.engine.core.clv import (
    Close,
    Taken,
    closing_value,
    clv_cents,
    clv_ev,
    clv_ev_laid,
    clv_line,
    clv_net_odds,
    clv_points,
    clv_price,
)
from betting_tui.engine.core.errors import InvalidOdds, PricingError
from betting_tui.engine.core.model import Side
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


# Against the fair close, and where the line moved


def test_the_fair_close_tells_what_a_bet_is_worth() -> None:
    assert clv_ev(Fraction("2.10"), 0.5) == pytest.approx(0.05)
    assert clv_ev_laid(Fraction(2), 0.5) == 0
    assert clv_ev_laid(Fraction("2.10"), 0.5) < 0 < clv_ev_laid(Fraction("1.90"), 0.5)


@given(prices, st.floats(0.01, 0.99))
def test_who_laid_loses_what_who_backed_wins(taken: Fraction, probability: float) -> None:
    """Per unit of the backer's stake; a lay's own unit is its liability."""
    backed, laid = clv_ev(taken, probability), clv_ev_laid(taken, probability)
    assert laid * float(taken - 1) == pytest.approx(-backed, abs=1e-9 * float(taken))


@pytest.mark.parametrize("probability", [0.0, 1.0, -1.0, 2.0, math.nan, math.inf])
def test_what_is_no_probability_is_refused(probability: float) -> None:
    with pytest.raises(PricingError):
        clv_ev(Fraction(2), probability)


@pytest.mark.parametrize("measure", [clv_price, clv_points, clv_cents, clv_net_odds])
def test_what_is_no_price_is_refused(measure: Callable[[Fraction, Fraction], float]) -> None:
    for taken, closing in ((1, 2), (2, 1), (0, 2), (2, -3)):
        with pytest.raises(InvalidOdds):
            measure(Fraction(taken), Fraction(closing))


@pytest.mark.parametrize(
    ("market", "selection", "taken", "closing", "gained"),
    [
        ("spreads", "Lakers", -3.0, -3.5, 0.5),
        ("spreads", "Celtics", 3.5, 3.0, 0.5),
        ("spreads", "Celtics", 3.0, 3.5, -0.5),
        ("totals", "Over", 44.0, 45.0, 1.0),
        ("totals", "Under", 44.0, 45.0, -1.0),
        ("team_totals", "Under", 1.75, 1.5, 0.25),
        ("spreads", "Lakers", -3.0, -3.0, 0.0),
    ],
)
def test_points_gained_are_signed_for_the_bettor(
    market: str, selection: str, taken: float, closing: float, gained: float
) -> None:
    assert clv_line(market, selection, taken, closing) == gained


def spread(price: str, point: float, sport: str = "") -> Taken:
    return Taken(Fraction(price), "spreads", "Lakers", point, sport_key=sport)


def test_at_the_same_point_every_measure_has_a_value() -> None:
    value = closing_value(spread("1.95", -3.5), Close(Fraction("1.90"), -3.5, 0.52))
    assert value.clv_price == clv_price(Fraction("1.95"), Fraction("1.90"))
    assert value.clv_ev == pytest.approx(1.95 * 0.52 - 1)
    assert (value.clv_line, value.missing) == (0, "")
    assert not value.price_converted
    assert not value.ev_converted


def test_where_the_line_moved_prices_are_not_compared() -> None:
    value = closing_value(spread("1.95", -3.0), Close(Fraction("1.95"), -3.5, 0.5))
    assert (value.clv_price, value.clv_points, value.clv_cents, value.clv_net_odds, value.clv_ev) == (None,) * 5
    assert value.clv_line == 0.5
    assert value.missing == "the line moved from -3 to -3.5"


def test_a_close_of_a_known_sport_is_converted_and_marked() -> None:
    value = closing_value(spread("1.95", -3.0, "americanfootball_nfl"), Close(Fraction("1.95"), -3.5, 0.5))
    assert value.price_converted
    assert value.ev_converted
    assert value.clv_line == 0.5
    assert value.clv_price is not None
    assert value.clv_price > 0.05
    assert value.clv_ev is not None
    assert 0.02 < value.clv_ev < 0.12
    worse = closing_value(spread("1.95", -3.5, "americanfootball_nfl"), Close(Fraction("1.95"), -3.0, 0.5))
    assert worse.clv_price is not None
    assert worse.clv_price < 0


def test_book_and_reference_may_stand_at_different_points() -> None:
    close = Close(Fraction("1.90"), -3.0, 0.5, fair_point=-3.5)
    value = closing_value(spread("1.95", -3.0, "americanfootball_nfl"), close)
    assert not value.price_converted
    assert value.ev_converted
    plain = closing_value(spread("1.95", -3.0), close)
    assert plain.clv_price is not None
    assert (plain.clv_ev, plain.missing) == (None, "the line moved from -3 to -3.5")


def test_a_missing_close_says_so() -> None:
    bet = Taken(Fraction(2), "h2h", "Lakers")
    assert closing_value(bet, Close()).missing == "no closing price"
    assert closing_value(bet, Close(Fraction(1), None, 0.5)).clv_ev == 0
    assert closing_value(bet, Close(Fraction(2), None, 1.0)).missing == "no fair closing line"
    assert closing_value(bet, Close(Fraction(2), -3.5)).missing.startswith("the bet has no point")
    assert closing_value(spread("2", 1.5), Close(Fraction(2))).missing.startswith("the close has no point")


@given(prices, prices, st.integers(-20, 20), st.integers(-20, 20), st.floats(0.01, 0.99))
def test_a_lay_sees_every_measure_the_other_way_round(
    taken: Fraction, closing: Fraction, point: int, close_point: int, probability: float
) -> None:
    close = Close(closing, close_point / 4, probability)
    for sport in ("", "soccer_epl"):
        backed = closing_value(spread(str(taken), point / 4, sport), close)
        laid = closing_value(replace(spread(str(taken), point / 4, sport), side=Side.LAY), close)
        pairs = (
            (backed.clv_price, laid.clv_price),
            (backed.clv_points, laid.clv_points),
            (backed.clv_cents, laid.clv_cents),
            (backed.clv_net_odds, laid.clv_net_odds),
            (backed.clv_ev, laid.clv_ev),
            (backed.clv_line, laid.clv_line),
        )
        for one, other in pairs:
            assert (one is None) == (other is None)
            if one is not None and other is not None and abs(one) > 1e-9:
                assert (one > 0) == (other < 0)
        assert backed.missing == laid.missing
