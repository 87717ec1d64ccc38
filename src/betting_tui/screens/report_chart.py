"""The three curves of a report: what came, what the edges promised, what the closes said."""

from __future__ import annotations

from collections.abc import Callable

from betting_tui.engine.core.performance_views import CurvePoint, FullReport
from betting_tui.screens.show import Show
from betting_tui.widgets.chart_data import ChartData, Line, Mark


def report_chart(report: FullReport | None, show: Show) -> ChartData:
    """Curves that no bet speaks for are left out."""
    if report is None or not report.curve:
        return ChartData()
    found = report.total.performance
    lines = [_line("actual", report.curve, lambda point: point.actual_minor, show)]
    if found.expected_bets:
        lines.append(_line("expected", report.curve, lambda point: point.expected_minor, show))
    if found.close_bets:
        lines.append(_line("at the close", report.curve, lambda point: point.close_minor, show))
    return ChartData(tuple(lines), level=0.0, level_name="zero", marks=_fall(report, show))


def _line(name: str, curve: tuple[CurvePoint, ...], value: Callable[[CurvePoint], int], show: Show) -> Line:
    points = tuple((point.at.timestamp(), float(value(point))) for point in curve)
    return Line(name, points, show.money(value(curve[-1]), sign=True))


def _fall(report: FullReport, show: Show) -> tuple[Mark, ...]:
    fall = report.total.performance.drawdown
    if fall is None or fall.low_at is None or not fall.depth_minor:
        return ()
    until = [point for point in report.curve if point.at <= fall.low_at]
    if not until:
        return ()
    text = f"deepest fall {show.money(-fall.depth_minor)}"
    return (Mark(until[-1].at.timestamp(), float(until[-1].actual_minor), "▼", text),)
