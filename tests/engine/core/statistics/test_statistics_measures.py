"""All measures of a group: never NaN, never an error, whatever the bets; None or 0 where a number has no meaning."""

from __future__ import annotations

import math
import subprocess
import sys
import time
from collections.abc import Iterator

import msgspec
import numpy as np
import pytest
from bettors import bets, bettor
from hypothesis import given, settings
from hypothesis import strategies as st

from betting_tui.engine.core.model import BetResult
from betting_tui.engine.core.performance_views import Luck, Performance
from betting_tui.engine.core.statistics.chance import wilson
from betting_tui.engine.core.statistics.columns import split
from betting_tui.engine.core.statistics.measures import measure
from betting_tui.engine.core.statistics.sample import Outcome, Sample, outcome_of

numbers = st.none() | st.floats(allow_nan=True, allow_infinity=True) | st.floats(-1, 12)
rows = st.tuples(
    st.integers(0, 10**10),
    st.integers(-(10**10), 10**11),
    st.sampled_from(list(Outcome)),
    st.integers(0, 10**15),
    numbers,
    numbers,
    numbers,
    numbers,
)


@settings(max_examples=80, deadline=None)
@given(st.lists(rows, max_size=12), st.none() | st.integers(-(10**6), 10**12))
def test_nothing_a_ledger_holds_makes_a_number_that_is_none(made: list[tuple[int, ...]], bankroll: int | None) -> None:
    risk, profit, outcome, at, odds, probability, close, hold = zip(*made, strict=True) if made else ((),) * 8
    sample = Sample(risk, profit, outcome, at, odds, probability, close_edge=close, hold=hold)
    found = measure(sample, bankroll_minor=bankroll)
    assert all(math.isfinite(number) for number in _numbers(msgspec.to_builtins(found)))
    for share in (found.luck.no_edge_share, found.luck.at_hold_share, found.brier, found.break_even_rate):
        assert share is None or 0 <= share <= 1
    if found.yield_range is not None:
        assert found.yield_range.low <= found.yield_range.high


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 150), st.sampled_from([-0.2, 0.0, 0.3]))
def test_the_interval_holds_the_yield_itself_and_luck_is_a_share(seed: int, count: int, edge: float) -> None:
    sample = bettor(seed, count, edge)
    found = measure(sample)
    won = int(np.sum(sample.profit_minor)) / int(np.sum(sample.risk_minor))
    assert found.yield_range is not None
    assert found.yield_range.low - 1e-9 <= won <= found.yield_range.high + 1e-9
    assert found.luck.no_edge_share is not None
    assert found.luck.at_hold_share is not None
    assert 0 <= found.luck.at_hold_share <= found.luck.no_edge_share <= 1


def test_no_bets_measure_nothing() -> None:
    assert measure(Sample((), (), (), (), ())) == Performance()
    assert measure(Sample((), (), (), (), ()), bankroll_minor=1_000) == Performance()


def test_pushes_alone_measure_nothing_but_a_balance_that_never_fell() -> None:
    found = measure(bets(0, 0, 0), bankroll_minor=1_000)
    assert found.drawdown is not None
    assert found.drawdown.depth_minor == 0
    assert msgspec.structs.replace(found, drawdown=None) == Performance()


@pytest.mark.parametrize("profit", [100, -100])
def test_one_bet_has_no_interval_no_luck_and_no_ratio_of_risk(profit: int) -> None:
    found = measure(bets(profit), bankroll_minor=1_000)
    assert (found.yield_range, found.luck, found.sharpe, found.sortino) == (None, Luck(), None, None)
    assert found.longest_losing_run == (profit < 0)
    assert found.profit_factor == (None if profit > 0 else 0.0)
    assert (found.average_odds, found.break_even_rate) == (2.0, 0.5)


def test_expected_profits_speak_for_the_bets_that_have_an_edge_and_were_graded() -> None:
    sample = Sample(
        risk_minor=[100, 100, 100, 200],
        profit_minor=[100, -100, 0, -200],
        outcome=[2, -2, 0, -2],
        settled_us=[0, 1, 2, 3],
        odds=[2.0, 2.0, 2.0, 3.0],
        probability=[0.55, None, 0.9, 0.35],
        edge=[None, 0.04, None, None],
        close_edge=[None, 0.01, 0.5, 0.02],
    )
    found = measure(sample)
    assert (found.expected_profit_minor, found.expected_bets) == (10 + 4 + 10, 3)
    assert found.edge_at_placement == pytest.approx(24 / 400)
    assert (found.close_profit_minor, found.close_bets) == (1 + 4, 2)
    assert found.probability_bets == 2
    deviation = math.sqrt(200**2 * 0.55 * 0.45 + 600**2 * 0.35 * 0.65)
    assert found.z == pytest.approx((-100 - 20) / deviation)


def test_the_hold_counts_where_it_is_known_for_half_of_the_risk() -> None:
    def held(*holds: float | None) -> float | None:
        return measure(Sample([100, 200, 100], [100, -200, 100], [2, -2, 2], [0] * 3, [2.0] * 3, hold=holds)).luck.hold

    assert held(0.05, None, None) is None
    assert held(0.05, None, 0.03) == pytest.approx(0.04)
    assert held(0.05, 0.02, None) == pytest.approx(0.03)


def test_the_break_even_rate_weighs_odds_by_what_was_at_risk() -> None:
    sample = Sample([100, 300], [100, -300], [2, -2], [0, 1], [2.0, 4.0])
    assert measure(sample).break_even_rate == pytest.approx(400 / (200 + 1_200))
    assert measure(sample).average_odds == 3.0


def test_bets_out_of_order_are_put_in_the_order_of_settlement() -> None:
    sample = Sample([100] * 3, [-100, 300, -100], [-2, 2, -2], [2, 0, 1], [4.0] * 3)
    assert measure(sample).longest_losing_run == 2


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="different lengths"):
        measure(Sample([100, 100], [100], [2], [0], [2.0]))


def test_groups_take_every_bet_once_and_leave_out_those_of_none() -> None:
    sample = bettor(1, 50, 0.0)
    parts = split(sample, [number % 4 - 1 for number in range(50)], 3)
    assert [len(part.risk_minor) for part in parts] == [13, 12, 12]
    assert list(parts[0].profit_minor) == list(sample.profit_minor[1::4])
    assert len(parts[0].edge) == 0


@given(st.integers(0, 200), st.integers(0, 200))
def test_a_wilson_interval_lies_in_zero_to_one_around_the_share(successes: int, others: int) -> None:
    found = wilson(successes, successes + others)
    if not successes + others:
        assert found is None
        return
    assert found is not None
    assert 0 <= found.low <= successes / (successes + others) <= found.high <= 1


def test_every_result_has_a_code() -> None:
    assert {result: int(outcome_of(result)) for result in BetResult} == {
        BetResult.WIN: 2,
        BetResult.HALF_WIN: 1,
        BetResult.PUSH: 0,
        BetResult.VOID: 0,
        BetResult.HALF_LOSS: -1,
        BetResult.LOSS: -2,
    }


def test_samples_and_words_load_no_numpy() -> None:
    names = "sample", "words"
    code = "import sys; " + "".join(f"import betting_tui.engine.core.statistics.{name}; " for name in names)
    subprocess.run([sys.executable, "-c", code + "assert 'numpy' not in sys.modules"], check=True, timeout=30)


@pytest.mark.long
def test_a_hundred_thousand_bets_in_all_and_in_thirty_groups_take_less_than_half_a_second() -> None:
    sample = bettor(1, 100_000, 0.02)
    codes = np.random.default_rng(1).integers(30, size=100_000)
    best = math.inf
    for _ in range(3):
        began = time.perf_counter()
        measure(sample, bankroll_minor=10**9)
        for part in split(sample, codes, 30):
            measure(part, bankroll_minor=10**9)
        best = min(best, time.perf_counter() - began)
    assert best < 0.5


def _numbers(value: object) -> Iterator[float]:
    match value:
        case dict():
            for each in value.values():
                yield from _numbers(each)
        case list() | tuple():
            for each in value:
                yield from _numbers(each)
        case float():
            yield value
        case _:
            return
