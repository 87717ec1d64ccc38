"""The interval covers the truth, and no edge is called an edge as rarely as stated: on bettors whose edge is known."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from bettors import Kind, bets, bettor

from betting_tui.engine.core.performance_views import Luck, Range
from betting_tui.engine.core.statistics.columns import columns, mean_by_risk
from betting_tui.engine.core.statistics.luck import luck, yield_range
from betting_tui.engine.core.statistics.sample import Outcome, Sample
from betting_tui.engine.core.statistics.tail import Slip, at_least, slip

_EDGES = (0.0, 0.02, 0.05)


def coverage(kind: Kind, bets_each: int, edge: float, seeds: int) -> float:
    covered = 0
    first = round(edge * 1_000_000) + 10_000 * bets_each
    for seed in range(first, first + seeds):
        found = yield_range(slip(columns(bettor(seed, bets_each, edge, kind))))
        assert found is not None
        covered += found.low <= edge <= found.high
    return covered / seeds


@pytest.mark.parametrize("kind", ["mixed", "longshots"])
def test_the_interval_covers_a_known_edge_about_95_times_in_100(kind: Kind) -> None:
    shares = [coverage(kind, 200, edge, 120) for edge in _EDGES]
    assert 0.93 <= sum(shares) / len(shares) <= 0.97


@pytest.mark.long
@pytest.mark.parametrize("edge", _EDGES)
@pytest.mark.parametrize("bets_each", [200, 1_000])
@pytest.mark.parametrize("kind", ["mixed", "longshots"])
def test_the_interval_covers_the_truth_93_to_97_times_in_100(kind: Kind, bets_each: int, edge: float) -> None:
    assert 0.93 <= coverage(kind, bets_each, edge, 500) <= 0.97


@pytest.mark.long
@pytest.mark.parametrize("edge", _EDGES)
def test_bets_all_alike_whose_sums_lie_on_a_coarse_grid_are_covered_too(edge: float) -> None:
    assert 0.93 <= coverage("alike", 1_000, edge, 500) <= 0.975


def called_skilled(kind: Kind, edge: float, seeds: int) -> float:
    """How often the share of bettors who do as well on this edge is at most 5 %."""
    shares = []
    for seed in range(seeds):
        found = _luck(bettor(seed, 200, edge, kind, hold=-edge))
        share = found.at_hold_share
        assert share is not None
        shares.append(share)
    return float(np.mean(np.array(shares) <= 0.05))


def test_a_bettor_without_an_edge_is_called_skilled_about_5_times_in_100() -> None:
    assert 0.02 <= called_skilled("mixed", 0.0, 200) <= 0.08


@pytest.mark.long
@pytest.mark.parametrize("edge", [0.0, -0.045])
@pytest.mark.parametrize("kind", ["mixed", "longshots"])
def test_a_bettor_without_an_edge_or_who_loses_the_hold_is_called_skilled_at_the_stated_rate(
    kind: Kind, edge: float
) -> None:
    assert 0.03 <= called_skilled(kind, edge, 500) <= 0.07


@pytest.mark.parametrize("worth", [1.0, 0.955])
def test_few_bets_are_judged_exactly(worth: float) -> None:
    for seed in range(20):
        made = _slip(bettor(seed, 10, 0.0))
        assert at_least(made, worth) == pytest.approx(_by_hand(made, worth), rel=1e-9)


@pytest.mark.parametrize("kind", ["mixed", "longshots"])
@pytest.mark.parametrize("bets_each", [18, 60, 400])
def test_more_bets_are_judged_as_a_simulation_of_them_judges(kind: Kind, bets_each: int) -> None:
    """To within four standard errors of 20,000 runs and half a point."""
    chance = np.random.default_rng(5)
    for seed in range(4):
        made = _slip(bettor(seed, bets_each, 0.0, kind))
        returned = np.zeros(20_000)
        for value, odds, count in zip(made.returns.tolist(), made.odds.tolist(), made.counts.tolist(), strict=True):
            returned += value * chance.binomial(count, 1 / odds, 20_000)
        simulated = float(np.mean(returned >= made.returned))
        error = math.sqrt(simulated * (1 - simulated) / 20_000)
        assert at_least(made, 1.0) == pytest.approx(simulated, abs=4 * error + 0.005)


def test_ten_thousand_equal_bets_are_judged_as_the_binomial_distribution_says() -> None:
    """5,100 of 10,000 won at even money: an upper tail of 0.02330 (normal with continuity correction: 0.02330)."""
    sample = Sample(
        risk_minor=[100] * 10_000,
        profit_minor=[100] * 5_100 + [-100] * 4_900,
        outcome=[int(Outcome.WIN)] * 5_100 + [int(Outcome.LOSS)] * 4_900,
        settled_us=range(10_000),
        odds=[2.0] * 10_000,
    )
    assert _luck(sample).no_edge_share == pytest.approx(0.0233, abs=2e-4)


def test_the_interval_leaves_out_zero_just_when_no_edge_would_rarely_do_as_well() -> None:
    for seed in range(60):
        made = _slip(bettor(seed, 300, 0.1))
        found, share = yield_range(made), at_least(made, 1.0)
        assert found is not None
        if abs(share - 0.025) > 1e-3:
            assert (found.low > 0) == (share < 0.025)


def test_a_run_without_a_win_still_may_have_been_bad_luck() -> None:
    found = yield_range(slip(columns(bets(*[-100] * 50, odds=30.0))))
    assert found is not None
    assert found.low == -1
    assert found.high == pytest.approx(30 * (1 - 0.025 ** (1 / 50)) - 1, rel=1e-6)


def test_bets_that_all_won_cannot_yield_more_than_their_odds() -> None:
    found = yield_range(slip(columns(bets(*[50] * 20, odds=1.5))))
    assert found is not None
    assert found.high == pytest.approx(0.5)
    assert found.low == pytest.approx(1.5 * 0.025 ** (1 / 20) - 1, rel=1e-6)


def test_five_percent_at_even_money_needs_about_1533_bets() -> None:
    """n = z²(1 + r)(d - 1 - r)/r² with d = 2 and r = 5 % at z = 1.96."""
    sample = bets(*[100] * 21, *[-100] * 19)
    found = _luck(sample)
    assert found.more_bets == 1533 - 40


def test_more_bets_are_zero_once_the_yield_means_something_and_unknown_without_a_gain() -> None:
    assert _luck(bets(*[100] * 20)).more_bets == 0
    assert _luck(bets(100, -100)).more_bets is None
    assert _luck(bets(100, -100, -100)).more_bets is None


def test_a_half_result_is_a_bet_of_half_the_stake() -> None:
    """A half win of 100 at 3.0 returns 100 of the 50 that were decided, and so it is judged."""
    half = Sample([100, 100], [100, -50], [int(Outcome.HALF_WIN), int(Outcome.HALF_LOSS)], [0, 1], [3.0, 3.0])
    made = _slip(half)
    assert (made.staked, made.turnover, made.returned) == (200, 400, 300)
    assert at_least(made, 1.0) == pytest.approx(1 - (2 / 3) ** 2)


def test_fewer_than_two_bets_and_bets_without_risk_or_odds_say_nothing() -> None:
    free = Sample([0, 0], [300, 0], [int(Outcome.WIN), int(Outcome.LOSS)], [0, 1], [3.0, 3.0])
    unknown = Sample([100, 100], [300, -100], [int(Outcome.WIN), int(Outcome.LOSS)], [0, 1], [None, math.nan])
    for sample in (bets(), bets(100), bets(0, 0, 0), free, unknown):
        assert yield_range(slip(columns(sample))) is None
        assert _luck(sample) == Luck()


@pytest.mark.parametrize("factor", [3, 1_000_000])
def test_the_size_of_the_stakes_does_not_matter(factor: int) -> None:
    plain = bettor(3, 200, 0.02)
    larger = Sample(
        np.asarray(plain.risk_minor) * factor,
        np.asarray(plain.profit_minor) * factor,
        plain.outcome,
        plain.settled_us,
        plain.odds,
    )
    first, second = (yield_range(_slip(sample)) for sample in (plain, larger))
    assert isinstance(first, Range)
    assert isinstance(second, Range)
    assert second.low == pytest.approx(first.low, abs=1e-4)
    assert second.high == pytest.approx(first.high, abs=1e-4)


def _slip(sample: Sample) -> Slip:
    made = slip(columns(sample))
    assert made is not None
    return made


def _luck(sample: Sample) -> Luck:
    made = columns(sample)
    return luck(slip(made), mean_by_risk(made, made.hold))


def _by_hand(made: Slip, worth: float) -> float:
    """Every way in which the bets can end, one by one."""
    each = [
        (value, min(1.0, worth / odds))
        for value, odds, count in zip(made.returns.tolist(), made.odds.tolist(), made.counts.tolist(), strict=True)
        for _ in range(count)
    ]
    share = 0.0
    for ends in itertools.product((False, True), repeat=len(each)):
        if sum(value for won, (value, _) in zip(ends, each, strict=True) if won) >= made.returned:
            share += math.prod(p if won else 1 - p for won, (_, p) in zip(ends, each, strict=True))
    return share
