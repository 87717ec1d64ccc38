"""The groups of a report as tables: what came, what was expected and given, risk. Three, because paper is narrow."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

from betting_tui.engine.core.money import format_minor
from betting_tui.engine.core.performance_views import FullReport, GroupPerformance
from betting_tui.engine.core.report_facts import NOTHING, Hand, number, percent
from betting_tui.engine.core.report_page.marks import element, safe
from betting_tui.engine.core.statistics.words import of_hundred

Cells = Callable[[GroupPerformance, str, Hand], Sequence[str]]


class _Table(Struct, frozen=True):
    """`cells` writes what stands in the columns for one group, amounts in the currency it is given."""

    title: str
    columns: Sequence[str]
    cells: Cells


def group_tables(report: FullReport, hand: Hand) -> str:
    """A line for each group and one for all; nothing where a report has no groups."""
    if not report.groups:
        return ""
    return "".join(
        element("h3", safe(each.title)) + element("div", _table(each, report, hand), class_="wide-table")
        for each in _TABLES
    )


def _table(table: _Table, report: FullReport, hand: Hand) -> str:
    own = report.view.currency
    by = report.view.grouped_by.replace("_", " ").capitalize()
    head = "".join(element("th", safe(name), scope="col") for name in (by, *table.columns))
    rows = "".join(_row(_name(each), table.cells(each, each.group.currency or own, hand)) for each in report.groups)
    total = _row("total", table.cells(report.total, own, hand))
    return element(
        "table",
        element("thead", element("tr", head)) + element("tbody", rows) + element("tfoot", total),
    )


def _name(found: GroupPerformance) -> str:
    own = found.group.currency
    return f"{found.group.name} ({own})" if own else found.group.name


def _row(name: str, cells: Sequence[str]) -> str:
    return element("tr", "".join(element("td", safe(cell)) for cell in (name, *cells)))


def _came(found: GroupPerformance, currency: str, hand: Hand) -> Sequence[str]:
    group, span, luck = found.group, found.performance.yield_range, found.performance.luck.no_edge_share
    return (
        f"{group.bets:,}",
        format_minor(group.turnover_minor, currency),
        format_minor(group.profit_minor, currency, sign=True),
        percent(group.yield_fraction, sign=True),
        NOTHING if span is None else f"{span.low * 100:+.1f} … {span.high * 100:+.1f}",
        NOTHING if luck is None else of_hundred(luck),
        percent(group.clv_ev, sign=True),
        percent(group.clv_ev_coverage, places=0),
    )


def _expected(found: GroupPerformance, currency: str, hand: Hand) -> Sequence[str]:
    group, measured, asked = found.group, found.performance, found.acceptance
    proven = asked.with_evidence_asked
    return (
        percent(group.win_rate, places=0),
        NOTHING if measured.average_odds is None else hand.odds(measured.average_odds),
        percent(measured.edge_at_placement, sign=True),
        _gain(measured.expected_profit_minor, currency),
        _gain(measured.close_profit_minor, currency),
        percent(group.clv_price, sign=True),
        percent(group.clv_coverage, places=0),
        percent(asked.with_evidence_accepted / proven, places=0) if proven else NOTHING,
        percent(asked.slippage, sign=True),
    )


def _risk(found: GroupPerformance, currency: str, hand: Hand) -> Sequence[str]:
    measured, fall = found.performance, found.performance.drawdown
    return (
        NOTHING if fall is None else format_minor(-fall.depth_minor, currency),
        NOTHING if fall is None else percent(fall.share),
        f"{measured.longest_losing_run:,}",
        number(measured.sharpe),
        number(measured.sortino),
        number(measured.profit_factor),
        number(measured.brier, 3),
        number(measured.log_loss, 3),
    )


def _gain(minor: int | None, currency: str) -> str:
    return NOTHING if minor is None else format_minor(minor, currency, sign=True)


_TABLES = (
    _Table("What came", ("Bets", "Turnover", "Profit", "Yield", "95 %", "No edge", "CLV", "of bets"), _came),
    _Table(
        "What was expected and given",
        ("Won", "Odds", "Edge", "Expected", "At the close", "CLV, book", "of bets", "Accepted", "Slippage"),
        _expected,
    ),
    _Table(
        "Risk and probabilities",
        ("Deepest fall", "of peak", "Losing run", "Sharpe", "Sortino", "Profit factor", "Brier", "Log loss"),
        _risk,
    ),
)
