"""Balance curves, drawdowns, losing runs and daily returns, against plain loops over the bets."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from bettors import HOUR_US, START_US, bets, bettor
from hypothesis import given
from hypothesis import strategies as st

from betting_tui.engine.core.statistics.columns import columns
from betting_tui.engine.core.statistics.equity import (
    curve,
    daily_returns,
    drawdown,
    longest_losing_run,
    profit_factor,
    sharpe,
    sortino,
)
from betting_tui.engine.core.statistics.sample import Sample

profits = st.lists(st.integers(-500, 500), max_size=60)


def hour(number: int) -> datetime:
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=number)


def test_the_deepest_fall_has_a_peak_a_low_and_a_recovery() -> None:
    fall = drawdown(columns(bets(300, -100, -400, 200, 250, 100, -50)), 1_000)
    assert fall is not None
    assert (fall.depth_minor, fall.share) == (500, 500 / 1_300)
    assert (fall.peak_at, fall.low_at, fall.recovered_at) == (hour(0), hour(2), hour(5))


def test_the_bankroll_at_the_beginning_is_the_first_peak_and_has_no_date() -> None:
    fall = drawdown(columns(bets(-300, 100, -50)), 1_000)
    assert fall is not None
    assert (fall.depth_minor, fall.share) == (300, 0.3)
    assert (fall.peak_at, fall.low_at, fall.recovered_at) == (None, hour(0), None)


def test_the_largest_share_may_be_another_fall_than_the_deepest() -> None:
    fall = drawdown(columns(bets(-50, 10_000, -600)), 100)
    assert fall is not None
    assert (fall.depth_minor, fall.share, fall.peak_at) == (600, 0.5, hour(1))


def test_gains_alone_fall_by_nothing_and_without_a_bankroll_there_is_no_share() -> None:
    rising, unknown = drawdown(columns(bets(100, 100)), 500), drawdown(columns(bets(-100)), None)
    assert rising is not None
    assert unknown is not None
    assert (rising.depth_minor, rising.share, rising.low_at) == (0, 0.0, None)
    assert (unknown.depth_minor, unknown.share) == (100, None)
    assert drawdown(columns(bets()), 500) is None


@given(profits)
def test_the_fall_is_that_of_a_plain_loop(made: list[int]) -> None:
    fall = drawdown(columns(bets(*made)), 10_000)
    balance = peak = 10_000
    deepest, share = 0, 0.0
    for profit in made:
        balance += profit
        peak = max(peak, balance)
        deepest, share = max(deepest, peak - balance), max(share, (peak - balance) / peak)
    assert (fall is None) == (not made)
    if fall is not None:
        assert fall.depth_minor == deepest
        assert fall.share == pytest.approx(share)


@given(profits)
def test_a_losing_run_is_that_of_a_plain_loop_which_pushes_leave_alone(made: list[int]) -> None:
    longest = run = 0
    for profit in made:
        run = run + 1 if profit < 0 else 0 if profit > 0 else run
        longest = max(longest, run)
    assert longest_losing_run(columns(bets(*made))) == longest


@given(profits, st.integers(8, 40))
def test_a_thinned_curve_keeps_its_ends_and_extremes(made: list[int], points: int) -> None:
    sample = bets(*made)
    full, thinned = curve(sample, 1_000), curve(sample, points)
    assert len(full) == len(made)
    assert len(thinned) <= points
    assert set(thinned) <= set(full)
    if made:
        assert (thinned[0], thinned[-1]) == (full[0], full[-1])
        assert full[-1].actual_minor == sum(made)
        for pick in (min, max):
            assert pick(each.actual_minor for each in thinned) == pick(each.actual_minor for each in full)


def test_the_three_curves_add_up_and_bets_settled_together_are_one_point() -> None:
    sample = Sample(
        risk_minor=[100, 200, 100, 100],
        profit_minor=[100, -200, 0, 100],
        outcome=[2, -2, 0, 2],
        settled_us=[START_US, START_US, START_US + HOUR_US, START_US + 2 * HOUR_US],
        odds=[2.0] * 4,
        probability=[0.55, None, 0.6, 0.6],
        close_edge=[None, 0.05, 0.9, -0.02],
    )
    made = curve(sample, 100)
    assert [each.actual_minor for each in made] == [-100, -100, 0]
    assert [each.expected_minor for each in made] == [10, 10, 30]
    assert [each.close_minor for each in made] == [10, 10, 8]
    assert [each.at for each in made] == [hour(0), hour(1), hour(2)]


def test_days_without_bets_return_nothing_and_count() -> None:
    returns = daily_returns(columns(bets(100, 100, -60, hours=(1, 2, 24 * 3))), 1_000)
    assert returns is not None
    assert returns.tolist() == pytest.approx([0.2, 0, 0, -60 / 1_200])


def test_a_day_begins_where_the_bettor_lives() -> None:
    sample = columns(bets(100, -50, hours=(3, 6)))
    here, there = daily_returns(sample, 1_000), daily_returns(sample, 1_000, ZoneInfo("America/New_York"))
    assert here is not None
    assert there is not None
    assert here.tolist() == pytest.approx([0.05])
    assert there.tolist() == pytest.approx([0.1, -50 / 1_100])


def test_no_returns_without_a_bankroll_or_after_it_was_gone() -> None:
    assert daily_returns(columns(bets(100)), None) is None
    assert daily_returns(columns(bets()), 1_000) is None
    assert daily_returns(columns(bets(-1_000, 50, hours=(0, 30))), 1_000) is None


def test_sharpe_and_sortino_need_two_days_and_a_spread() -> None:
    for returns in ([], [0.1], [0.0, 0.0], [0.1, 0.1]):
        assert sharpe(np.array(returns)) is None
        assert sortino(np.array(returns)) is None
    assert sharpe(np.array([0.02, 0.0])) == pytest.approx(0.01 / (0.02 / math.sqrt(2)) * math.sqrt(365))
    assert sortino(np.array([0.02, -0.01])) == pytest.approx(0.005 / math.sqrt(0.0001 / 2) * math.sqrt(365))
    assert sortino(np.array([0.02, 0.0])) is None


def test_the_profit_factor_needs_losses() -> None:
    assert profit_factor(np.array([100, -40])) == 2.5
    assert profit_factor(np.array([100, 0])) is None


def test_a_hundred_thousand_bets_make_a_curve_of_a_few_hundred_points() -> None:
    made = curve(bettor(1, 100_000, 0.02), 400)
    assert 200 <= len(made) <= 400


@given(
    st.sampled_from(
        ["America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kathmandu", "Europe/London"]
    ),
    st.lists(st.integers(0, 366 * 48), min_size=1, max_size=20),
)
def test_a_calendar_day_is_the_zones_own_also_when_clocks_change(name: str, half_hours: list[int]) -> None:
    zone, begin = ZoneInfo(name), datetime(2026, 1, 1, tzinfo=UTC)
    moments = sorted(begin + timedelta(minutes=30 * each + 7) for each in half_hours)
    settled = tuple(moment.astimezone(zone).date() for moment in moments)
    sample = Sample(
        [100] * len(moments),
        [10] * len(moments),
        [2] * len(moments),
        [int(moment.timestamp()) * 1_000_000 for moment in moments],
        [2.0] * len(moments),
    )
    returns = daily_returns(columns(sample), 1_000, zone)
    assert returns is not None
    assert len(returns) == (settled[-1] - settled[0]).days + 1
    assert [bool(each) for each in returns] == [
        settled[0] + timedelta(days=day) in settled for day in range(len(returns))
    ]
