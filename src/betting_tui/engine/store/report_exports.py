"""A full report as a sheet: one line a group and one for all of it, shares as fractions, money as decimals."""

from __future__ import annotations

from betting_tui.engine.core.performance_views import FullReport, GroupPerformance
from betting_tui.engine.store.exports import Cell, Number, amount_cell, csv_bytes

# The names `report --format csv` has.
_COLUMNS = (
    "name", "bets", "graded", "wins", "losses", "pushes", "turnover", "profit", "yield_fraction", "win_rate",
    "expected_profit", "clv_ev", "clv_ev_coverage", "clv_price", "clv_coverage", "beat_close", "yield_low",
    "yield_high", "no_edge_share", "at_hold_share", "hold", "more_bets", "average_odds", "break_even_rate",
    "edge_at_placement", "expected_at_close", "z", "max_drawdown", "max_drawdown_share", "longest_losing_run", "sharpe",
    "sortino", "profit_factor", "brier", "log_loss", "asked", "accepted", "with_evidence_asked",
    "with_evidence_accepted", "slippage", "currency", "free_bets", "free_profit",
)  # fmt: skip


def report_csv(report: FullReport) -> bytes:
    """What does not exist is an empty cell."""
    total = _line(report.total, report.view.currency)
    lines = [_line(each, each.group.currency or report.view.currency) for each in report.groups]
    return csv_bytes(_COLUMNS, [*lines, ("total", *total[1:])])


def _line(found: GroupPerformance, currency: str) -> tuple[Cell, ...]:
    group, it, asked = found.group, found.performance, found.acceptance
    span, fall, luck = it.yield_range, it.drawdown, it.luck
    return (
        group.name, group.bets, group.graded, group.wins, group.losses, group.pushes,
        amount_cell(group.turnover_minor, currency), amount_cell(group.profit_minor, currency), group.yield_fraction,
        group.win_rate, _money(it.expected_profit_minor, currency), group.clv_ev, group.clv_ev_coverage,
        group.clv_price, group.clv_coverage, group.beat_close, None if span is None else span.low,
        None if span is None else span.high, luck.no_edge_share, luck.at_hold_share, luck.hold, luck.more_bets,
        it.average_odds, it.break_even_rate, it.edge_at_placement, _money(it.close_profit_minor, currency), it.z,
        None if fall is None else amount_cell(fall.depth_minor, currency), None if fall is None else fall.share,
        it.longest_losing_run, it.sharpe, it.sortino, it.profit_factor, it.brier, it.log_loss, asked.asked,
        asked.accepted, asked.with_evidence_asked, asked.with_evidence_accepted, asked.slippage, currency,
        group.free_bets, amount_cell(group.free_profit_minor, currency),
    )  # fmt: skip


def _money(minor: int | None, currency: str) -> Number | None:
    return None if minor is None else amount_cell(minor, currency)
