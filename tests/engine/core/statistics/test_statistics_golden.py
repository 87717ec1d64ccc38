"""Golden tables: returns against quantstats and empyrical, bets against scipy and scikit-learn, markets' scores."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bettors import HOUR_US

from betting_tui.engine.core.statistics.chance import t_test
from betting_tui.engine.core.statistics.columns import Floats, columns
from betting_tui.engine.core.statistics.equity import (
    drawdown,
    drawdown_share,
    longest_losing_run,
    profit_factor,
    sharpe,
    sortino,
)
from betting_tui.engine.core.statistics.measures import measure
from betting_tui.engine.core.statistics.sample import Outcome, Sample
from betting_tui.engine.core.statistics.scores import (
    auc,
    brier,
    calibration,
    ignorance,
    log_loss,
    market_brier,
    market_log_loss,
    ranked_probability_score,
)
from golden import golden_cases


def test_daily_returns_score_as_quantstats_and_empyrical_say(shared_data: Path) -> None:
    for case in golden_cases(shared_data, "metrics_returns"):
        returns = np.array(case["daily_returns"])
        for peer in ("quantstats", "empyrical"):
            assert sharpe(returns) == pytest.approx(case[peer]["sharpe_365"], rel=1e-10)
            assert sortino(returns) == pytest.approx(case[peer]["sortino_365"], rel=1e-10)
            assert drawdown_share(returns) == pytest.approx(-case[peer]["max_drawdown"], rel=1e-10)
        assert drawdown_share(returns) == pytest.approx(case["keeks"]["max_drawdown"], rel=1e-10)
        assert profit_factor(returns) == pytest.approx(case["quantstats"]["profit_factor"], rel=1e-10)


def test_ledgers_measure_as_the_golden_table_says(shared_data: Path) -> None:
    for case in golden_cases(shared_data, "metrics_bets"):
        sample, totals = _sample(case), case["totals"]
        measured, bets = measure(sample), columns(sample)
        assert measured.longest_losing_run == longest_losing_run(bets) == totals["longest_losing_run"]
        fall = drawdown(bets, None)
        assert fall is not None
        assert fall.depth_minor == totals["max_drawdown_minor"]
        assert measured.expected_profit_minor == round(totals["expected_profit"])
        if totals["gross_loss"]:
            assert measured.profit_factor == pytest.approx(totals["gross_win"] / totals["gross_loss"], rel=1e-12)
        low, high = case["scipy"]["wilson_win_rate_95"]
        assert measured.win_rate_range is not None
        assert measured.win_rate_range.low == pytest.approx(low, abs=1e-12)
        assert measured.win_rate_range.high == pytest.approx(high, abs=1e-12)


def test_probabilities_score_as_scikit_learn_says(shared_data: Path) -> None:
    for case in golden_cases(shared_data, "metrics_bets"):
        probability, won, peer = np.array(case["p"]), np.array(case["won"], dtype=np.bool_), case["sklearn"]
        assert brier(probability, won) == pytest.approx(peer["brier"], rel=1e-12)
        assert log_loss(probability, won) == pytest.approx(peer["log_loss"], rel=1e-12)
        assert auc(probability, won) == (None if peer["auc"] is None else pytest.approx(peer["auc"], rel=1e-12))
        bins = calibration(probability, won, 5)
        assert [each.observed for each in bins] == pytest.approx(peer["calibration_5"][0], rel=1e-12)
        assert [each.predicted for each in bins] == pytest.approx(peer["calibration_5"][1], rel=1e-12)
        assert sum(each.bets for each in bins) == case["n"]


def test_students_test_agrees_with_scipy(shared_data: Path) -> None:
    for case in golden_cases(shared_data, "metrics_bets"):
        found, peer = t_test(_returns(case)), case["scipy"]
        if peer["t"] is None:
            assert found is None
            continue
        assert found is not None
        assert found.t == pytest.approx(peer["t"], rel=1e-9)
        assert found.two_sided == pytest.approx(peer["p_two_sided"], rel=1e-9)
        assert found.greater == pytest.approx(peer["p_greater"], rel=1e-9)


def test_the_interval_of_many_bets_lies_about_where_a_bootstrap_puts_it(shared_data: Path) -> None:
    """Of bets staked alike, because the table's bootstrap weighs them alike; a fifth of the width is allowed."""
    for case in golden_cases(shared_data, "metrics_bets"):
        if case["n"] < 200:
            continue
        found = measure(_sample(case, staked_alike=True)).yield_range
        low, high = case["scipy"]["bootstrap_percentile_95"]
        assert found is not None
        assert found.low == pytest.approx(low, abs=0.2 * (high - low))
        assert found.high == pytest.approx(high, abs=0.2 * (high - low))


def test_markets_score_as_the_golden_table_says(shared_data: Path) -> None:
    for case in golden_cases(shared_data, "metrics_multiclass"):
        probabilities, came = np.array(case["p"]), np.array(case["outcome"], dtype=np.int64)
        peer = case["penaltyblog"]
        assert market_brier(probabilities, came) == pytest.approx(peer["brier"], rel=1e-10)
        assert ignorance(probabilities, came) == pytest.approx(peer["ignorance_bits"], rel=1e-10)
        assert ranked_probability_score(probabilities, came) == pytest.approx(peer["rps"], rel=1e-10)
        assert market_log_loss(probabilities, came) == pytest.approx(case["sklearn_log_loss_nats"], rel=1e-10)


def _returns(case: Any) -> Floats:
    return np.array([profit / stake for profit, stake in zip(case["profit_minor"], case["stake_minor"], strict=True)])


def _sample(case: Any, *, staked_alike: bool = False) -> Sample:
    stakes, profits = np.array(case["stake_minor"]), np.array(case["profit_minor"])
    if staked_alike:
        stakes, profits = np.full(case["n"], 1_000), np.rint(1_000 * _returns(case)).astype(np.int64)
    return Sample(
        risk_minor=stakes,
        profit_minor=profits,
        outcome=np.where(np.array(case["won"]) == 1, int(Outcome.WIN), int(Outcome.LOSS)),
        settled_us=HOUR_US * np.arange(case["n"]),
        odds=case["odds"],
        probability=case["p"],
    )
