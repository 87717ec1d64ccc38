"""Backing every outcome: what it returns, and whole-unit stakes that win whatever happens."""

from __future__ import annotations

import itertools
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from betting_tui.engine.core.arbitrage import StakeSplit, margin_on_turnover, split_stakes
from betting_tui.engine.core.errors import IncompleteMarket, InvalidOdds
from golden import golden_cases


def exact(decimal: float) -> Fraction:
    return Fraction(str(decimal))


def worst_case(prices: list[Fraction], stakes: tuple[int, ...]) -> Fraction:
    return min(stake * price for stake, price in zip(stakes, prices, strict=True)) - sum(stakes)


hundredths = st.integers(101, 2_000).map(lambda price: Fraction(price, 100))
markets = st.lists(hundredths, min_size=2, max_size=4)
arbitrages = markets.filter(lambda prices: sum(1 / price for price in prices) < 1)


def test_golden_returns(shared_data: Path) -> None:
    for case in golden_cases(shared_data, "arbitrage"):
        best = [max(column) for column in zip(*case["books"], strict=True)]
        assert best == case["penaltyblog"]["best"]
        assert margin_on_turnover(best) == pytest.approx(case["exact_return"], abs=1e-12)
        split = split_stakes([exact(price) for price in best], 1_000_000, 1)
        assert (split is not None) is case["penaltyblog"]["has"], case
        if split is not None:
            shares = [stake / split.total_minor for stake in split.stakes_minor]
            assert shares == pytest.approx(case["penaltyblog"]["split"], abs=1e-4)
            assert split.worst_profit_minor / split.total_minor == pytest.approx(case["exact_return"], abs=1e-4)


def test_golden_whole_units(shared_data: Path) -> None:
    """A unit of 100 minor units makes the table's hundredths of a unit exact minor units."""
    for case in golden_cases(shared_data, "arbitrage_rounding"):
        prices = [exact(price) for price in case["odds"]]
        split = split_stakes(prices, case["max_total_units"] * 100, 100)
        best = case["best_min_profit_hundredths"]
        if best <= 0:
            assert split is None, case
            continue
        assert split is not None, case
        assert split.worst_profit_minor == best == worst_case(prices, split.stakes_minor), case
        assert split.total_minor <= case["total_units"] * 100, case


@settings(max_examples=60)
@given(st.lists(hundredths, min_size=2, max_size=3), st.integers(1, 14))
def test_the_split_equals_an_exhaustive_search(prices: list[Fraction], budget: int) -> None:
    vectors = itertools.product(range(1, budget + 1), repeat=len(prices))
    best = max((worst_case(prices, v) for v in vectors if sum(v) <= budget), default=Fraction(0))
    split = split_stakes(prices, budget * 100, 100)
    assert (split.worst_profit_minor if split else 0) == max(best * 100, 0)


@given(markets, st.integers(0, 50_000), st.integers(1, 500))
def test_a_split_never_loses_and_keeps_to_budget_and_unit(prices: list[Fraction], budget: int, unit: int) -> None:
    split = split_stakes(prices, budget, unit)
    if split is None:
        return
    assert sum(1 / price for price in prices) < 1
    assert split.total_minor == sum(split.stakes_minor) <= budget
    assert all(stake > 0 and stake % unit == 0 for stake in split.stakes_minor)
    assert 0 < split.worst_profit_minor <= split.best_profit_minor
    assert abs(split.worst_profit_minor - worst_case(prices, split.stakes_minor)) <= Fraction(1, 2)


@given(st.data(), arbitrages, st.integers(100, 20_000))
def test_the_order_of_outcomes_does_not_matter(data: st.DataObject, prices: list[Fraction], budget: int) -> None:
    order = data.draw(st.permutations(range(len(prices))))
    one, other = split_stakes(prices, budget, 100), split_stakes([prices[i] for i in order], budget, 100)
    assert (one is None) is (other is None)
    if one is not None and other is not None:
        assert one.worst_profit_minor == other.worst_profit_minor
        assert one.total_minor == other.total_minor


def test_a_split_in_whole_dollars() -> None:
    split = split_stakes([exact(2.1), exact(2.1)], 20_000, 100)
    assert split == StakeSplit((10_000, 10_000), 20_000, 1_000, 1_000)


def test_without_an_arbitrage_there_is_no_split() -> None:
    assert split_stakes([exact(1.9), exact(1.9)], 100_000, 100) is None
    assert split_stakes([Fraction(2), Fraction(2)], 100_000, 100) is None
    assert split_stakes([exact(2.1), exact(2.1)], 199, 100) is None
    assert split_stakes([exact(2.1), exact(2.1)], -5, 100) is None


def test_a_profit_below_the_smallest_coin_is_none() -> None:
    assert split_stakes([Fraction(2001, 1000), Fraction(2001, 1000)], 20, 1) is None


@pytest.mark.parametrize("budget", [10_000, 1_000_000, 10**12])
def test_a_thin_margin_is_found_at_any_budget(budget: int) -> None:
    """Awkward American denominators and a margin of some hundredths of a percent."""
    prices = [1 + Fraction(100, 137), 1 + Fraction(317, 100), 1 + Fraction(463, 100)]
    assert 0 < margin_on_turnover([float(price) for price in prices]) < 0.005
    split = split_stakes(prices, budget * 100, 100)
    assert split is not None
    most = budget * 100 * margin_on_turnover([float(price) for price in prices])
    assert most - 1_000 < split.worst_profit_minor <= most + 1


def test_a_market_has_at_least_two_priced_outcomes() -> None:
    with pytest.raises(IncompleteMarket):
        split_stakes([Fraction(3)], 100, 1)
    with pytest.raises(IncompleteMarket):
        margin_on_turnover([3.0])
    with pytest.raises(InvalidOdds):
        split_stakes([Fraction(3), Fraction(1)], 100, 1)
    with pytest.raises(ValueError, match="unit"):
        split_stakes([Fraction(3), Fraction(3)], 100, 0)
