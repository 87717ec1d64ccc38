"""Taking the margin out: fair probabilities of one complete market, and the consensus of several."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from betting_tui.engine.core.devig import DevigMethod, booksum, devig, hold, logit_mean, overround
from betting_tui.engine.core.errors import IncompleteMarket, InvalidOdds, NotConverged, PricingError, Underround
from betting_tui.engine.core.odds import american_int
from golden import golden_cases

methods = pytest.mark.parametrize("method", DevigMethod)


@st.composite
def books(draw: st.DrawFn) -> list[float]:
    """Decimal odds of a market with a margin from 0.1 % to 60 %."""
    weights = draw(st.lists(st.floats(0.01, 1), min_size=2, max_size=20))
    total = draw(st.floats(1.001, 1.6))
    implied = [weight / math.fsum(weights) * total for weight in weights]
    return [1 / min(q, 0.995) for q in implied]


margins = books().filter(lambda prices: booksum(prices) > 1.0005)
rows = st.integers(2, 6).flatmap(
    lambda n: st.lists(st.lists(st.floats(0.01, 0.99), min_size=n, max_size=n), min_size=1, max_size=8)
)


def test_golden_devig(shared_data: Path) -> None:
    for market in golden_cases(shared_data, "devig"):
        for method in DevigMethod:
            if method is DevigMethod.POWER and market["booksum"] < 1 - 1e-12:
                with pytest.raises(Underround):
                    devig(market["odds"], method)
                continue
            fair = devig(market["odds"], method)
            assert fair == pytest.approx(market["hp"][method.value]["p"], abs=1e-12), (market["id"], method)
            assert abs(math.fsum(fair) - 1) < 1e-12


def american(price: int) -> float:
    return 1 + price / 100 if price > 0 else 1 - 100 / price


def test_golden_margins(shared_data: Path) -> None:
    for case in golden_cases(shared_data, "book_margin"):
        prices = case.get("odds") or [american(price) for price in case["american"]]
        assert overround(prices) == pytest.approx(case["overround_pybettor"], abs=1e-12)
        assert hold(prices) == pytest.approx(case["hold_pybettor"], abs=1e-12)
        if "booksum" in case:
            assert booksum(prices) == pytest.approx(case["booksum"], abs=1e-12)
        if "fair_american_pybettor" in case:
            fair = devig(prices, DevigMethod.MULTIPLICATIVE)[0]
            assert american_int(1 / Fraction(fair)) == case["fair_american_pybettor"]


def test_operators_own_example(shared_data: Path) -> None:
    for case in golden_cases(shared_data, "operator_examples"):
        if case["rule"] != "multiplicative_devig":
            continue
        fair = devig([american(price) for price in case["american"]], DevigMethod.MULTIPLICATIVE)
        assert [100 * p for p in fair] == pytest.approx(case["fair_percent"], abs=0.011)


def test_two_sides_at_minus_110() -> None:
    price = float(Fraction(21, 11))
    assert overround([price, price]) == pytest.approx(0.047619047619)
    assert hold([price, price]) == pytest.approx(0.0454545454545)
    assert devig([price, price]) == pytest.approx((0.5, 0.5), abs=1e-15)


@methods
@given(prices=margins)
def test_fair_probabilities_sum_to_one_and_lie_below_the_quoted_ones(method: DevigMethod, prices: list[float]) -> None:
    fair = devig(prices, method)
    assert abs(math.fsum(fair) - 1) < 1e-12
    assert all(0 < p < 1 / price for p, price in zip(fair, prices, strict=True))


@methods
@given(prices=margins)
def test_the_shorter_price_keeps_the_higher_probability(method: DevigMethod, prices: list[float]) -> None:
    by_price = sorted(zip(prices, devig(prices, method), strict=True))
    assert all(shorter[1] >= longer[1] - 1e-15 for shorter, longer in pairwise(by_price))


@methods
@given(data=st.data(), prices=margins)
def test_the_order_of_outcomes_does_not_matter(method: DevigMethod, data: st.DataObject, prices: list[float]) -> None:
    order = data.draw(st.permutations(range(len(prices))))
    fair = devig(prices, method)
    shuffled = devig([prices[i] for i in order], method)
    assert shuffled == pytest.approx([fair[i] for i in order], abs=1e-13)


@methods
def test_a_book_without_margin_is_returned_as_it_is(method: DevigMethod) -> None:
    assert devig([2.0, 2.0], method) == (0.5, 0.5)
    assert devig([4.0, 2.0, 4.0], method) == (0.25, 0.5, 0.25)


def test_below_one_only_the_multiplicative_method_has_a_meaning() -> None:
    assert devig([2.2, 2.2], DevigMethod.MULTIPLICATIVE) == (0.5, 0.5)
    with pytest.raises(Underround, match="below 1"):
        devig([2.2, 2.2], DevigMethod.POWER)


@methods
@pytest.mark.parametrize("prices", [[], [2.0]])
def test_one_price_is_no_market(method: DevigMethod, prices: list[float]) -> None:
    with pytest.raises(IncompleteMarket):
        devig(prices, method)


@methods
@pytest.mark.parametrize("bad", [1.0, 0.0, -2.0, 0.99, math.nan, math.inf, -math.inf])
def test_what_is_no_price_is_refused(method: DevigMethod, bad: float) -> None:
    with pytest.raises(InvalidOdds):
        devig([2.0, bad], method)


def test_extreme_books_are_solved_or_refused_never_guessed() -> None:
    assert devig([1.0001, 1.0001]) == pytest.approx((0.5, 0.5), abs=1e-12)
    assert math.fsum(devig([1.000001, 900.0])) == pytest.approx(1, abs=1e-12)
    with pytest.raises(NotConverged):
        devig([1.001, 100_001.0, 1.01])


@given(rows)
def test_a_consensus_lies_between_the_books_before_it_is_made_to_sum(books_rows: list[list[float]]) -> None:
    combined = logit_mean(books_rows)
    assert abs(math.fsum(combined) - 1) < 1e-12
    assert all(0 < p < 1 for p in combined)


@given(st.lists(st.floats(0.01, 0.99), min_size=2, max_size=6), st.integers(1, 6))
def test_books_that_agree_are_not_moved(weights: list[float], count: int) -> None:
    row = [weight / math.fsum(weights) for weight in weights]
    assert logit_mean([row] * count) == pytest.approx(row, abs=1e-12)


def test_two_way_consensus_is_the_mean_of_log_odds() -> None:
    assert logit_mean([(0.5, 0.5), (0.8, 0.2)]) == pytest.approx((2 / 3, 1 / 3))
    assert logit_mean([(0.5, 0.5), (0.8, 0.2)], [1, 0]) == pytest.approx((0.5, 0.5))
    assert logit_mean([(0.5, 0.5), (0.8, 0.2), (0.8, 0.2)]) == pytest.approx(
        logit_mean([(0.5, 0.5), (0.8, 0.2)], [1, 2])
    )


@pytest.mark.parametrize(
    ("table", "weights"),
    [
        ([], None),
        ([(0.5, 0.5), (0.2, 0.3, 0.5)], None),
        ([(0.5, 0.5)], [1.0, 1.0]),
        ([(0.5, 0.5)], [0.0]),
        ([(0.5, 0.5), (0.4, 0.6)], [2.0, -1.0]),
        ([(0.5, 0.5)], [math.nan]),
        ([(1.0, 0.0)], None),
        ([(math.nan, 0.5)], None),
    ],
)
def test_rows_that_make_no_consensus_are_refused(table: list[tuple[float, ...]], weights: list[float] | None) -> None:
    with pytest.raises(PricingError):
        logit_mean(table, weights)
