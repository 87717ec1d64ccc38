"""The simulated risk of ruin agrees with the closed forms where there are any."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from bettors import bets, bettor

from betting_tui.engine.core.performance_views import Ruin
from betting_tui.engine.core.staking import SizingRules
from betting_tui.engine.core.statistics.ruin import AssumedEdge, assumed_edge, ruin
from betting_tui.engine.core.statistics.sample import Outcome, Sample

_UNIT = 10_000


def simulated(sample: Sample, rules: SizingRules, bankroll: int, edge: float, *, horizon: int, runs: int) -> Ruin:
    found = ruin(
        sample,
        rules,
        bankroll,
        "USD",
        AssumedEdge(edge, "known"),
        random.Random(1),
        horizon_bets=horizon,
        runs=runs,
    )
    assert found is not None
    return found


def at_odds(odds: float, edge: float, count: int = 20) -> Sample:
    return Sample(
        [_UNIT] * count,
        [-_UNIT] * count,
        [int(Outcome.LOSS)] * count,
        range(count),
        [odds] * count,
        probability=[(1 + edge) / odds] * count,
    )


def test_even_money_ruins_as_the_exact_formula_says() -> None:
    """((1 - p)/p)^N with p = 0.55 and N = 8 units: 0.2008."""
    found = simulated(at_odds(2.0, 0.1), SizingRules(flat_minor=_UNIT), 8 * _UNIT, 0.1, horizon=1_500, runs=4_000)
    assert found.lost == pytest.approx((0.45 / 0.55) ** 8, abs=0.025)


def test_flat_stakes_at_mixed_odds_ruin_about_as_the_formula_says() -> None:
    """exp(-2 mu N / v), which holds for a bankroll of many stakes; here 30 and 5 %."""
    odds = np.array([1.5, 1.8, 2.2, 2.8, 3.5] * 4)
    sample = Sample([_UNIT] * 20, [-_UNIT] * 20, [int(Outcome.LOSS)] * 20, range(20), odds)
    p = 1.05 / odds
    variance = float(np.mean(p * odds**2)) - 1.05**2
    found = simulated(sample, SizingRules(flat_minor=_UNIT), 30 * _UNIT, 0.05, horizon=3_000, runs=2_000)
    assert found.lost == pytest.approx(math.exp(-2 * 0.05 * 30 / variance), abs=0.04)


@pytest.mark.parametrize(("fraction", "expected"), [(1.0, 0.5), (0.5, 0.125), (0.25, 0.0078)])
def test_kelly_halves_the_bankroll_as_often_as_the_continuous_limit_says(fraction: float, expected: float) -> None:
    """x^(2/k - 1) for x = 1/2: full Kelly 50 %, half 12.5 %, quarter 0.8 %, for small stakes and ever."""
    rules = SizingRules(method="kelly", kelly_fraction=fraction, max_bet_share=1.0, stake_unit_minor=1)
    found = simulated(at_odds(2.0, 0.1), rules, 10**9, 0.1, horizon=1_500, runs=2_000)
    assert found.halved == pytest.approx(expected, abs=0.045)
    assert found.lost == 0


def test_a_share_of_the_bankroll_is_never_lost_but_without_an_edge_it_dwindles() -> None:
    rules = SizingRules(method="percent", percent=0.05, stake_unit_minor=1, min_stake_minor=1)
    found = simulated(at_odds(2.0, -0.05), rules, 10**9, -0.05, horizon=1_000, runs=500)
    assert found.halved > 0.95
    assert found.lost == 0


def test_a_bankroll_below_one_stake_is_lost_at_once() -> None:
    found = simulated(at_odds(2.0, 0.1), SizingRules(flat_minor=_UNIT), _UNIT - 1, 0.1, horizon=1, runs=10)
    assert (found.lost, found.halved) == (1.0, 0.0)


def test_kelly_that_sees_no_edge_stakes_nothing_and_loses_nothing() -> None:
    found = simulated(at_odds(2.0, -0.1), SizingRules(method="kelly"), 10**6, -0.1, horizon=50, runs=50)
    assert (found.lost, found.halved) == (0.0, 0.0)


def test_the_same_seed_gives_the_same_risk_and_words_say_what_was_assumed() -> None:
    sample, rules = bettor(1, 100, 0.02), SizingRules(flat_minor=_UNIT)
    first = simulated(sample, rules, 30 * _UNIT, 0.02, horizon=200, runs=200)
    assert first == simulated(sample, rules, 30 * _UNIT, 0.02, horizon=200, runs=200)
    assert (first.edge, first.edge_from, first.horizon_bets) == (0.02, "known", 200)
    assert first.sizing == "flat 100.00"


def test_too_few_bets_and_no_bankroll_have_no_risk_to_tell() -> None:
    edge, rules = AssumedEdge(0.0, "no edge assumed"), SizingRules()
    assert ruin(bets(*[100] * 9), rules, 10**6, "USD", edge, random.Random(1)) is None
    assert ruin(bets(*[100] * 10), rules, 0, "USD", edge, random.Random(1)) is None
    assert ruin(bets(*[0] * 20), rules, 10**6, "USD", edge, random.Random(1)) is None


def test_the_edge_assumed_is_the_closes_else_the_smaller_of_placement_and_yield() -> None:
    lucky, unlucky = [100] * 3, [-100] * 3
    assert _assumed(lucky, close=[0.25, 0.75, None]) == AssumedEdge(0.5, "mean edge by the fair closes")
    assert _assumed(lucky, edge=[0.25, 0.25, None]) == AssumedEdge(0.25, "mean edge at placement")
    assert _assumed(unlucky, edge=[0.04, 0.04, None]) == AssumedEdge(-1.0, "yield so far")
    assert _assumed(unlucky) == AssumedEdge(-1.0, "yield so far")
    assert _assumed(lucky) == AssumedEdge(0.0, "no edge assumed")
    assert _assumed(lucky, close=[0.5, None, None]) == AssumedEdge(0.0, "no edge assumed")
    assert assumed_edge(bets(0, 0)) == AssumedEdge(0.0, "no edge assumed")


def _assumed(
    profits: list[int], edge: list[float | None] | None = None, close: list[float | None] | None = None
) -> AssumedEdge:
    plain = bets(*profits)
    return assumed_edge(
        Sample(
            plain.risk_minor,
            plain.profit_minor,
            plain.outcome,
            plain.settled_us,
            plain.odds,
            edge=edge or (),
            close_edge=close or (),
        )
    )
