"""The sums of some bets from their columns: the same numbers the kept sums give, for groups that none are kept of."""

from __future__ import annotations

import numpy as np

from betting_tui.engine.core.closes import AGE_STEPS
from betting_tui.engine.core.report_views import ReportGroup
from betting_tui.engine.core.statistics.columns import Bools, Floats, Ints
from betting_tui.engine.store.performance_rows import Bets, Closes

_US_A_MINUTE = 60_000_000
# As kept for closes that are older than the last step.
_OLDER = 100_000


def sums_of(bets: Bets, name: str, max_age: int | None, currency: str = "") -> ReportGroup:
    """Totals of these bets; `max_age` of their closes in minutes, None for no limit. `currency` as in ReportGroup."""
    sample = bets.sample
    risk, profit, outcome = np.asarray(sample.risk_minor), np.asarray(sample.profit_minor), np.asarray(sample.outcome)
    edge = np.asarray(sample.edge, dtype=np.float64)
    wins, graded = int((outcome > 0).sum()), outcome != 0
    decided, turnover, closable = int(graded.sum()), int(risk[graded].sum()), int((~bets.void).sum())
    expected = graded & ~np.isnan(edge)
    free = graded & (risk == 0)
    given = int(profit[free].sum())
    fair, book = (closes.within(max_age, ~bets.void) for closes in (bets.fair, bets.book))
    headline, counted = (bets.fair, fair) if bool(fair.any()) else (bets.book, book)
    known = int(counted.sum())
    return ReportGroup(
        name=name,
        bets=len(risk),
        graded=decided,
        wins=wins,
        losses=decided - wins,
        pushes=len(risk) - decided,
        turnover_minor=turnover,
        profit_minor=int(profit.sum()),
        yield_fraction=(int(profit.sum()) - given) / turnover if turnover else None,
        win_rate=wins / decided if decided else None,
        expected_profit_minor=round(float((risk[expected] * edge[expected]).sum())) if bool(expected.any()) else None,
        clv_price=_mean(bets.book.value[book]),
        clv_coverage=int(book.sum()) / closable if closable else None,
        clv_count=int(book.sum()),
        clv_price_weighted=_weighted(bets.book.value, risk, book),
        clv_ev=_mean(bets.fair.value[fair]),
        clv_ev_weighted=_weighted(bets.fair.value, risk, fair),
        clv_ev_coverage=int(fair.sum()) / closable if closable else None,
        clv_ev_count=int(fair.sum()),
        beat_close=int((headline.value[counted] > 0).sum()) / known if known else None,
        converted=int(headline.converted[counted].sum()),
        median_close_minutes=_median_minutes(headline, counted),
        currency=currency,
        free_bets=int(free.sum()),
        free_profit_minor=given,
    )


def _mean(values: Floats) -> float | None:
    return float(values.mean()) if len(values) else None


def _weighted(values: Floats, risk: Ints, chosen: Bools) -> float | None:
    """By what was at risk; free bets risk nothing."""
    weight = int(risk[chosen].sum())
    return float((values[chosen] * risk[chosen]).sum()) / weight if weight else None


def _median_minutes(closes: Closes, chosen: Bools) -> int | None:
    """Of those whose age is known, by steps."""
    ages = closes.age_us[chosen]
    ages = np.sort(ages[~np.isnan(ages)])
    if not len(ages):
        return None
    middle = float(ages[(len(ages) + 1) // 2 - 1])
    return next((minutes for minutes in AGE_STEPS if middle <= minutes * _US_A_MINUTE), _OLDER)
