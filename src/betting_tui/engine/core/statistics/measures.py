"""All measures of one group of settled bets."""

from __future__ import annotations

import math
from datetime import UTC, tzinfo

import numpy as np

from betting_tui.engine.core.performance_views import Performance
from betting_tui.engine.core.statistics.chance import wilson
from betting_tui.engine.core.statistics.columns import Bools, Columns, Floats, columns, dot, mean_by_risk
from betting_tui.engine.core.statistics.equity import (
    daily_returns,
    drawdown,
    longest_losing_run,
    profit_factor,
    sharpe,
    sortino,
)
from betting_tui.engine.core.statistics.luck import luck, yield_range
from betting_tui.engine.core.statistics.sample import Sample
from betting_tui.engine.core.statistics.scores import brier, calibration, log_loss
from betting_tui.engine.core.statistics.tail import slip

_ENOUGH = 0.5
"""Part of the risk for which the bookmakers' margin has to be known before it speaks for all bets."""


def measure(sample: Sample, *, bankroll_minor: int | None = None, zone: tzinfo = UTC) -> Performance:
    """The measures of these bets, pushed and void ones left out but for the balance.

    `bankroll_minor` is the balance before the first of them: without it shares of the balance are None. `zone` is
    where a calendar day begins. Raises ValueError when the columns differ in length.
    """
    bets = columns(sample)
    graded = bets.only(bets.graded)
    wins, decided = int(graded.won.sum()), len(graded.risk)
    alike = slip(graded)
    returns = daily_returns(bets, bankroll_minor, zone)
    # The chance is one of winning; an each way bet may gain without.
    judged = ~np.isnan(graded.probability) & np.isnan(graded.place_odds)
    probability, won = graded.probability[judged], graded.won[judged]
    expected_bets, close_bets = ~np.isnan(graded.edge), ~np.isnan(graded.close_edge)
    return Performance(
        yield_range=yield_range(alike),
        win_rate_range=wilson(wins, decided),
        average_odds=_mean(graded.odds),
        break_even_rate=_break_even_rate(graded),
        edge_at_placement=mean_by_risk(graded, graded.edge),
        expected_profit_minor=_worth(graded, graded.edge, expected_bets),
        expected_bets=int(expected_bets.sum()),
        close_profit_minor=_worth(graded, graded.close_edge, close_bets),
        close_bets=int(close_bets.sum()),
        z=_z(graded),
        luck=luck(alike, mean_by_risk(graded, graded.hold, least=_ENOUGH)),
        drawdown=drawdown(bets, bankroll_minor),
        longest_losing_run=longest_losing_run(bets),
        sharpe=None if returns is None else sharpe(returns),
        sortino=None if returns is None else sortino(returns),
        profit_factor=profit_factor(bets.profit[bets.risk > 0]),
        brier=brier(probability, won),
        log_loss=log_loss(probability, won),
        probability_bets=len(won),
        calibration=calibration(probability, won),
    )


def _mean(odds: Floats) -> float | None:
    known = odds[~np.isnan(odds)]
    return float(known.mean()) if len(known) else None


def _break_even_rate(graded: Columns) -> float | None:
    """sum(S) / sum(S d): the win rate at which bets at these odds and stakes come out even."""
    known = ~np.isnan(graded.odds)
    returned = dot(graded.risk[known], graded.odds[known])
    return float(graded.risk[known].sum()) / returned if returned > 0 else None


def _worth(graded: Columns, edge: Floats, known: Bools) -> int | None:
    return round(dot(graded.risk[known], edge[known])) if bool(known.any()) else None


def _z(graded: Columns) -> float | None:
    """(actual - expected) / sqrt(sum S² p (1 - p) d²) over bets with a probability; None where nothing could vary.

    Of a half result half of the stake was decided, and so it is that half which varies. Bets on the very same outcome
    vary together.
    """
    known = ~np.isnan(graded.probability) & ~np.isnan(graded.odds) & ~np.isnan(graded.edge) & (graded.risk > 0)
    known &= np.isnan(graded.place_odds)
    chosen = graded.only(known)
    deviations = chosen.risk * chosen.share * chosen.odds * np.sqrt(chosen.probability * (1 - chosen.probability))
    variance = float(np.sum(np.bincount(chosen.same, weights=deviations) ** 2))
    if variance <= 0:
        return None
    return (float(chosen.profit.sum()) - dot(chosen.risk, chosen.edge)) / math.sqrt(variance)
