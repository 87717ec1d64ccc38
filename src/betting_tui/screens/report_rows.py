"""The groups of a report as table rows: the sums at once, the statistics when they are worked out."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from betting_tui.engine.core.money import format_minor
from betting_tui.engine.core.performance_views import Acceptance, FullReport, GroupPerformance, Performance
from betting_tui.engine.core.report_views import ReportGroup, ReportView
from betting_tui.engine.core.statistics.words import of_hundred
from betting_tui.screens.show import NOTHING, Show, percent
from betting_tui.widgets.columns import Column
from betting_tui.widgets.row import Cell, Look, Row

COLUMNS = (
    Column("name", "Group", 14, flexible=True, max_width=34),
    Column("bets", "Bets", 5, "right"),
    Column("record", "W-L-P", 10, "right", priority=9, max_width=14),
    Column("turnover", "Turnover", 11, "right", priority=5, max_width=14),
    Column("profit", "Profit", 11, "right", max_width=14),
    Column("yield", "Yield", 8, "right"),
    Column("range", "95 %", 15, "right", priority=1),
    Column("luck", "By luck", 9, "right", priority=4, max_width=12),
    Column("clv", "CLV", 7, "right"),
    Column("coverage", "of bets", 7, "right", priority=1),
    Column("expected", "Expected", 11, "right", priority=3, max_width=14),
    Column("close", "At close", 11, "right", priority=6, max_width=14),
    Column("rate", "Won", 6, "right", priority=10),
    Column("odds", "Odds", 6, "right", priority=11),
    Column("edge", "Edge", 7, "right", priority=8),
    Column("fall", "Fall", 10, "right", priority=7, max_width=14),
    Column("run", "Lost run", 8, "right", priority=13),
    Column("accepted", "Accepted", 8, "right", priority=12),
    Column("slippage", "Slippage", 8, "right", priority=14),
    Column("clv_price", "Price CLV", 9, "right", priority=15),
    Column("beat", "Beat", 5, "right", priority=16),
    Column("age", "Age", 5, "right", priority=17),
)


class GroupRow(Struct, frozen=True):
    """`measured` is None until it is worked out."""

    group: ReportGroup
    measured: GroupPerformance | None = None


def rows_of(sums: ReportView, report: FullReport | None) -> list[Row[GroupRow]]:
    if report is None:
        return _named([GroupRow(group) for group in sums.groups])
    return _named([GroupRow(each.group, each) for each in report.groups])


def _named(rows: Sequence[GroupRow]) -> list[Row[GroupRow]]:
    """By name; leagues of two countries may have one."""
    names = [row.group.name for row in rows]
    return [Row(f"{row.group.name} {names[:at].count(row.group.name)}", row) for at, row in enumerate(rows)]


def row_look(row: GroupRow, show: Show) -> Look:
    group = row.group
    found = Performance() if row.measured is None else row.measured.performance
    asked = Acceptance() if row.measured is None else row.measured.acceptance
    currency = group.currency or show.currency
    kind = "gain" if group.profit_minor > 0 else "loss" if group.profit_minor < 0 else ""
    span, fall = found.yield_range, found.drawdown
    cells = (
        Cell(group.name, tail=f" {group.currency}" if group.currency not in ("", show.currency) else ""),
        Cell(f"{group.bets:,}"),
        Cell(f"{group.wins}-{group.losses}-{group.pushes}"),
        Cell(format_minor(group.turnover_minor, currency)),
        Cell(format_minor(group.profit_minor, currency, sign=True), kind),
        Cell(percent(group.yield_fraction), kind),
        Cell(NOTHING if span is None else f"{span.low * 100:+.1f} … {span.high * 100:+.1f}", "muted"),
        Cell(_times(found.luck.no_edge_share)),
        Cell(percent(group.clv_ev)),
        Cell(_share(group.clv_ev_coverage), "muted"),
        Cell(_money(found.expected_profit_minor, currency)),
        Cell(_money(found.close_profit_minor, currency)),
        Cell(_share(group.win_rate)),
        Cell(show.decimal(found.average_odds)),
        Cell(percent(found.edge_at_placement)),
        Cell(NOTHING if fall is None or not fall.depth_minor else format_minor(-fall.depth_minor, currency)),
        Cell(NOTHING if row.measured is None else str(found.longest_losing_run)),
        Cell(_accepted(asked)),
        Cell(percent(asked.slippage)),
        Cell(percent(group.clv_price)),
        Cell(_share(group.beat_close)),
        Cell(NOTHING if group.median_close_minutes is None else f"{group.median_close_minutes}m", "muted"),
    )
    return Look(cells)


def _money(minor: int | None, currency: str) -> str:
    return NOTHING if minor is None else format_minor(minor, currency, sign=True)


def _share(share: float | None) -> str:
    return percent(share, sign=False, places=0)


def _accepted(asked: Acceptance) -> str:
    """Of what there is evidence of, as the headline says it."""
    proven = asked.with_evidence_asked
    return _share(asked.with_evidence_accepted / proven if proven else None)


def _times(share: float | None) -> str:
    """`26 in 100`, how often luck alone does as well."""
    if share is None:
        return NOTHING
    return of_hundred(share).replace(" of ", " in ")
