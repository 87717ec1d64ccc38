"""What an account would stake, and what limits it."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from betting_tui.engine.config import Settings
from betting_tui.engine.config.tree import PaperTrading
from betting_tui.engine.core.model import Leg, Opportunity, Selection
from betting_tui.engine.core.odds import parse_any
from betting_tui.engine.core.staking import SizingMethod, SizingRules
from betting_tui.engine.sizing import Sized, Sizer, sizing_rules
from market_samples import GAME, MONEYLINE, NOW, START


def find(*prices: tuple[str, str], probability: float | None = None) -> Opportunity:
    """One leg a price and bookmaker, sides in turn."""
    legs = tuple(
        Leg(Selection(MONEYLINE, name), bookmaker, parse_any(price))
        for name, (price, bookmaker) in zip(("Away", "Home", "Draw"), prices, strict=False)
    )
    return Opportunity("OPP-1", "s", GAME, MONEYLINE, legs, NOW, START, fair_probability=probability)


def size(found: Opportunity, available: int = 1_000_000, **changes: float | str) -> Sized:
    rules = SizingRules(**changes)  # type: ignore[arg-type]
    return Sizer(rules, "USD", {}).size(found, available)


VALUE = find(("2.20", "fanduel"), probability=0.5)
ARBITRAGE = find(("2.10", "fanduel"), ("2.10", "betmgm"))


def test_flat_is_the_same_on_every_price() -> None:
    sized = size(VALUE, method="flat", flat_minor=10_000)
    assert (sized.stake_minor, sized.legs[0].stake_minor, sized.reason) == (10_000, 10_000, "flat 100.00")


def test_a_share_is_of_what_is_available_down_to_the_whole_unit() -> None:
    assert size(VALUE, 123_456, method="percent", percent=0.02).stake_minor == 2_400


def test_kelly_is_scaled_and_capped() -> None:
    """Full Kelly on 2.20 at 50 % is 0.10 / 1.20 = 8.33 %; a quarter of it 2.08 %."""
    assert size(VALUE, method="kelly").stake_minor == 20_800
    capped = size(VALUE, method="kelly", kelly_fraction=1.0)
    assert capped.stake_minor == 50_000
    assert "max bet 5 %" in capped.reason


def test_kelly_needs_a_fair_line_and_an_edge_after_commission() -> None:
    assert size(find(("2.20", "fanduel")), method="kelly").reason == "no fair line"
    at_the_exchange = find(("2.04", "betfair_ex_eu"), probability=0.5)
    assert size(at_the_exchange, method="kelly").reason == "no edge at this price"
    free = Sizer(SizingRules(method="kelly"), "USD", {"betfair": 0.0})
    assert free.size(at_the_exchange, 1_000_000).stake_minor > 0


@pytest.mark.parametrize("available", [0, -5, 9_999])
def test_what_is_not_there_is_not_staked(available: int) -> None:
    for found in (VALUE, find(("2.10", "a"), ("1.10", "b"))):
        sized = size(found, available, method="flat", flat_minor=10_000)
        assert sized.stake_minor == 0
        assert sized.reason
        assert all(leg.stake_minor is None for leg in sized.legs)


def test_an_arbitrage_is_split_for_an_equal_return() -> None:
    sized = size(ARBITRAGE, method="flat", flat_minor=10_000)
    assert [leg.stake_minor for leg in sized.legs] == [10_000, 10_000]
    assert sized.stake_minor == 20_000


def test_no_leg_of_an_arbitrage_is_larger_than_one_bet() -> None:
    """The short price needs nearly all of the money: it is that leg which a flat 100 limits."""
    sized = size(find(("1.10", "fanduel"), ("15.00", "betmgm")), method="flat", flat_minor=10_000)
    stakes = [leg.stake_minor or 0 for leg in sized.legs]
    assert max(stakes) <= 10_000
    assert stakes[0] * Fraction("1.10") > sum(stakes)
    assert stakes[1] * 15 > sum(stakes)


def test_the_cap_on_a_bet_holds_for_each_leg() -> None:
    for method, share in (("percent", 0.50), ("kelly", 0.01)):
        sized = size(ARBITRAGE, method=method, percent=share, max_bet_share=0.05)
        assert [leg.stake_minor for leg in sized.legs] == [50_000, 50_000], method


def test_a_share_is_taken_exactly() -> None:
    """29 % of 1.00 is 29 cents, whatever floats make of it."""
    sized = size(ARBITRAGE, 100, method="percent", percent=0.29, max_bet_share=1, stake_unit_minor=1, min_stake_minor=1)
    assert [leg.stake_minor for leg in sized.legs] == [29, 29]


def test_an_arbitrage_too_small_for_whole_units_or_the_minimum_is_no_bet() -> None:
    thin = find(("2.00", "fanduel"), ("2.01", "betmgm"))
    assert size(thin, 300, method="flat", flat_minor=300).reason.startswith("no whole stakes")
    lopsided = find(("1.10", "fanduel"), ("15.00", "betmgm"))
    assert size(lopsided, method="flat", flat_minor=10_000, min_stake_minor=2_000).stake_minor == 0


def test_commission_is_in_the_split() -> None:
    """2.10 at Betfair pays 2.045: as much must come back there as at the other book."""
    sized = size(find(("2.10", "fanduel"), ("2.10", "betfair_ex_eu")), method="flat", flat_minor=100_000)
    stakes = [leg.stake_minor or 0 for leg in sized.legs]
    assert stakes[0] * Fraction("2.10") > sum(stakes)
    assert stakes[1] * Fraction("2.045") > sum(stakes)


decimals = st.integers(102, 2_000).map(lambda number: f"{number / 100:.2f}")


@given(
    st.lists(decimals, min_size=2, max_size=3),
    st.integers(0, 200_000),
    st.sampled_from(("flat", "percent", "kelly")),
)
def test_a_split_is_affordable_within_one_bet_a_leg_and_wins_whatever_happens(
    prices: list[str], available: int, method: SizingMethod
) -> None:
    rules = SizingRules(method=method, flat_minor=5_000, percent=0.03, max_bet_share=0.04)
    found = find(*((price, f"book{index}") for index, price in enumerate(prices)))
    sized = Sizer(rules, "USD", {}).size(found, available)
    stakes = [leg.stake_minor or 0 for leg in sized.legs]
    assert sum(stakes) == sized.stake_minor
    if sized.stake_minor == 0:
        assert sized.reason
        return
    assert sum(stakes) <= available
    assert all(stake % 100 == 0 and stake >= 100 for stake in stakes)
    assert max(stakes) <= {"flat": 5_000, "percent": available * 0.03, "kelly": available * 0.04}[method] + 1e-6
    returns = [stake * Fraction(price) for stake, price in zip(stakes, prices, strict=True)]
    assert min(returns) > sum(stakes)


def test_settings_give_the_rules_in_the_minor_units_of_the_currency() -> None:
    paper = PaperTrading(currency="JPY", flat_bet_size=Decimal(500), stake_unit=Decimal(10), min_stake=Decimal(0))
    rules = sizing_rules(Settings(paper_trading=paper))
    assert (rules.flat_minor, rules.stake_unit_minor, rules.min_stake_minor) == (500, 10, 0)
    assert sizing_rules(Settings()) == SizingRules()
