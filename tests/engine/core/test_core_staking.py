"""How much to stake, and why it came out so."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from betting_tui.engine.core.errors import InvalidOdds
from betting_tui.engine.core.staking import (
    Ceiling,
    KellyBasis,
    SizingMethod,
    SizingRules,
    StakeAdvice,
    kelly,
    kelly_with_push,
    sizing_text,
    suggest_stake,
)
from golden import golden_cases

probabilities = st.floats(0, 1)
decimals = st.floats(1.01, 200)


def test_golden_kelly(shared_data: Path) -> None:
    for case in golden_cases(shared_data, "kelly_single"):
        stake = kelly(case["p"], case["decimal"]) * case["fraction"]
        assert stake == pytest.approx(float(Fraction(*case["exact_stake"])), abs=1e-12), case


@given(probabilities, decimals)
def test_kelly_is_a_share_of_the_bankroll_and_needs_an_edge(probability: float, decimal: float) -> None:
    fraction = kelly(probability, decimal)
    assert 0 <= fraction <= 1
    if probability * decimal <= 1 - 1e-9:
        assert fraction == 0


@given(st.floats(0.05, 0.95), st.floats(1.1, 20))
def test_no_other_stake_grows_faster_than_kelly(probability: float, decimal: float) -> None:
    def growth(stake: float) -> float:
        return probability * math.log1p((decimal - 1) * stake) + (1 - probability) * math.log1p(-stake)

    best = kelly(probability, decimal)
    for other in (0.0, best * 0.9, min(best * 1.1 + 0.001, 0.999)):
        assert growth(best) >= growth(other) - 1e-12


def test_a_push_returns_the_stake_and_shrinks_neither_side() -> None:
    assert kelly_with_push(0.55, 0.45, 2.0) == pytest.approx(kelly(0.55, 2.0))
    assert kelly_with_push(0.5, 0.4, 2.0) == pytest.approx((0.5 - 0.4) / (1 * 0.9))
    assert kelly_with_push(0.4, 0.5, 2.0) == 0
    assert kelly_with_push(0.0, 0.0, 2.0) == 0
    assert kelly(math.nan, 2.0) == 0


@pytest.mark.parametrize("decimal", [1.0, 0.5, math.nan, math.inf])
def test_kelly_on_no_price(decimal: float) -> None:
    with pytest.raises(InvalidOdds):
        kelly(0.5, decimal)


def advise(
    method: SizingMethod, available: int, probability: float | None = 0.55, decimal: float = 2.0, **changes: float
) -> StakeAdvice:
    rules = msgspec.structs.replace(SizingRules(method=method), **changes)
    return suggest_stake(rules, available, probability, decimal, "USD")


@pytest.mark.parametrize(
    ("advice", "stake", "reason"),
    [
        (advise("flat", 1_000_000), 10_000, "flat 100.00"),
        (advise("flat", 4_000), 0, "flat 100.00, only 40.00 available"),
        (advise("flat", 1_000_000, None), 10_000, "flat 100.00"),
        (advise("flat", 1_000_000, flat_minor=10_050), 10_000, "flat 100.50"),
        (advise("flat", 0), 0, "nothing available"),
        (advise("flat", -500), 0, "nothing available"),
        (advise("percent", 1_000_000), 10_000, "1 % of available 100.00"),
        (advise("percent", 10_000, percent=0.29, max_bet_share=1.0), 2_900, "29 % of available 29.00"),
        (
            advise("percent", 1_000_000, percent=0.08),
            50_000,
            "8 % of available 800.00 → max bet 5 % of available",
        ),
        (advise("kelly", 1_000_000), 25_000, "quarter Kelly 250.00"),
        (advise("kelly", 1_000_000, kelly_fraction=0.1), 10_000, "0.1 Kelly 100.00"),
        (
            advise("kelly", 168_000, 0.6, max_bet_share=0.0025),
            400,
            "quarter Kelly 84.00 → max bet 0.25 % of available",
        ),
        (
            advise("kelly", 168_000, 0.6, max_bet_share=0.05, kelly_fraction=0.5),
            8_400,
            "half Kelly 168.00 → max bet 5 % of available",
        ),
        (advise("kelly", 1_000_000, None), 0, "no fair line"),
        (advise("kelly", 1_000_000, 0.45), 0, "no edge at this price"),
        (advise("kelly", 1_000, 0.55), 0, "quarter Kelly 0.25, below the minimum stake 1.00"),
        (
            advise("kelly", 10_000, 0.9, kelly_fraction=1.0, max_bet_share=1.0, min_stake_minor=9_000),
            0,
            "full Kelly 80.00, below the minimum stake 90.00",
        ),
        (
            advise("percent", 10_000, percent=3.0, max_bet_share=2.0),
            10_000,
            "300 % of available 300.00 → max bet 200 % of available → all that is available",
        ),
    ],
)
def test_the_stake_and_its_reason(advice: StakeAdvice, stake: int, reason: str) -> None:
    assert advice == StakeAdvice(stake, reason)


@given(
    st.sampled_from(["flat", "percent", "kelly"]),
    st.integers(-1_000, 10_000_000),
    st.none() | probabilities,
    decimals,
    st.integers(1, 5_000),
    st.integers(0, 10_000),
)
def test_a_suggested_stake_is_whole_affordable_and_explained(
    method: SizingMethod, available: int, probability: float | None, decimal: float, unit: int, minimum: int
) -> None:
    rules = SizingRules(method=method, stake_unit_minor=unit, min_stake_minor=minimum)
    advice = suggest_stake(rules, available, probability, decimal, "USD")
    assert advice.reason
    assert advice.stake_minor % unit == 0
    assert 0 <= advice.stake_minor <= max(available, 0)
    assert advice.stake_minor == 0 or advice.stake_minor >= minimum
    if method != "flat":
        assert advice.stake_minor <= max(available, 0) * 0.05


def test_amounts_are_written_in_the_accounts_currency() -> None:
    rules = SizingRules(flat_minor=5_000, stake_unit_minor=1, min_stake_minor=1)
    assert suggest_stake(rules, 10_000, None, 2.0, "JPY").reason == "flat 5,000"


def test_kelly_is_used_by_itself_wherever_there_is_a_fair_line() -> None:
    rules = SizingRules(method="flat", auto_kelly=True)
    assert suggest_stake(rules, 1_000_000, 0.55, 2.0, "USD").reason == "quarter Kelly 250.00"
    assert suggest_stake(rules, 1_000_000, None, 2.0, "USD").reason == "flat 100.00"
    assert suggest_stake(rules, 1_000_000, 0.45, 2.0, "USD").reason == "no edge at this price"


def test_the_lowest_ceiling_cuts_the_stake_and_is_named() -> None:
    rules, low = SizingRules(method="kelly"), Ceiling(8_450, "daily stake")
    advice = suggest_stake(rules, 1_000_000, 0.55, 2.0, "USD", ceilings=(Ceiling(9_000, "max bet size"), low))
    assert advice == StakeAdvice(8_400, "quarter Kelly 250.00 → daily stake", low)
    above = suggest_stake(rules, 1_000_000, 0.55, 2.0, "USD", ceilings=(Ceiling(25_000, "max bet size"),))
    assert above == StakeAdvice(25_000, "quarter Kelly 250.00")
    none = suggest_stake(SizingRules(), 1_000_000, None, 2.0, "USD", ceilings=(Ceiling(0, "open bets"),))
    assert (none.stake_minor, none.reason) == (0, "flat 100.00 → open bets, below the minimum stake 1.00")


def test_kelly_beside_other_bets_counts_what_is_staked_already() -> None:
    rules = SizingRules(method="kelly", kelly_fraction=0.5, max_bet_share=1.0)
    part = suggest_stake(rules, 900_000, 0.55, 2.0, "USD", basis=KellyBasis(0.1, 1_000_000, 30_000))
    assert part == StakeAdvice(20_000, "half Kelly 500.00 less 300.00 staked on this event")
    nothing = suggest_stake(rules, 900_000, 0.55, 2.0, "USD", basis=KellyBasis(0.1, 1_000_000, 50_000))
    assert nothing.stake_minor == 0


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        (SizingRules(), "flat 100.00"),
        (SizingRules(method="percent", percent=0.015), "1.5 % of available, cap 5 %"),
        (SizingRules(method="kelly"), "quarter Kelly, cap 5 %"),
        (SizingRules(method="kelly", auto_kelly=True), "quarter Kelly, cap 5 %"),
        (SizingRules(auto_kelly=True), "quarter Kelly, cap 5 %; without a fair line flat 100.00"),
    ],
)
def test_how_an_account_stakes_in_words(rules: SizingRules, words: str) -> None:
    assert sizing_text(rules, "USD") == words
