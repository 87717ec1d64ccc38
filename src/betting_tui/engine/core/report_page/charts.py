"""The charts of a report as SVG: profit beside what was expected, falls from the peak, and how well chances were told.

Lines differ in their dashes as well as in colour, so that a black and white print tells them apart.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import tzinfo
from itertools import accumulate

from msgspec import Struct

from betting_tui.engine.core.performance_views import CalibrationBin, CurvePoint
from betting_tui.engine.core.report_page.axes import Scale, Tick, covering, date_ticks, day_name, round_ticks
from betting_tui.engine.core.report_page.marks import element, label, line, path

_WIDTH, _LEFT, _RIGHT, _TOP, _BOTTOM = 760.0, 84.0, 16.0, 12.0, 30.0
_PERCENTS = range(0, 101, 20)
_SMALLEST_DOT, _BIGGEST_DOT = 3.0, 9.0


class Ink(Struct, frozen=True):
    """How amounts (minor units) are written on an axis, and where a day begins."""

    amount: Callable[[int], str]
    zone: tzinfo


class _Line(Struct, frozen=True):
    name: str
    kind: str
    values: Sequence[float]


def curve_chart(points: Sequence[CurvePoint], ink: Ink) -> str:
    """Profit since the beginning as it came, as the edges promised and as the fair closes say; nothing without bets."""
    lines = (
        _Line("expected at placement", "expected", [float(point.expected_minor) for point in points]),
        _Line("expected at the close", "close", [float(point.close_minor) for point in points]),
        _Line("actual", "actual", [float(point.actual_minor) for point in points]),
    )
    shown = [each for each in lines if each.kind == "actual" or any(each.values)]
    described = "Profit over time: " + ", ".join(each.name for each in shown)
    return _over_time(points, shown, ink, 300.0, described)


def drawdown_chart(points: Sequence[CurvePoint], ink: Ink) -> str:
    """How far below its highest the profit was; nothing without bets."""
    peaks = accumulate((point.actual_minor for point in points), max, initial=0)
    falls = [float(point.actual_minor - max(peak, point.actual_minor))
             for point, peak in zip(points, peaks, strict=False)]  # fmt: skip
    return _over_time(points, [_Line("below the peak", "fall", falls)], ink, 150.0, "Falls from the peak over time")


def _over_time(points: Sequence[CurvePoint], lines: Sequence[_Line], ink: Ink, height: float, described: str) -> str:
    if not points:
        return ""
    low, high = covering([value for each in lines for value in each.values])
    # There is no amount between two minor units.
    ticks = round_ticks(low, high, least=1.0)
    first, last = points[0].at.timestamp(), points[-1].at.timestamp()
    # A single moment stands in the middle.
    around = (first - 43_200, last + 43_200) if first == last else (first, last)
    across = Scale(*around, _LEFT, _WIDTH - _RIGHT)
    up = Scale(ticks[0], ticks[-1], height - _BOTTOM, _TOP)
    drawn = [_amount_axis(ticks, up, ink)]
    for tick in date_ticks(points[0].at, points[-1].at, ink.zone) or (_only_day(points, ink.zone),):
        x = across(tick.value)
        drawn.append(line(x, _TOP, x, height - _BOTTOM, "grid"))
        drawn.append(label(x, height - _BOTTOM + 18, tick.text, "tick middle"))
    drawn.append(line(_LEFT, up(0), _WIDTH - _RIGHT, up(0), "zero"))
    # Before the first bet there was neither gain nor loss.
    places = [across(around[0]), *(across(point.at.timestamp()) for point in points)]
    for each in lines:
        heights = [up(0), *(up(value) for value in each.values)]
        if each.kind == "fall":
            corners = [*zip(places, heights, strict=True), (places[-1], up(0)), (places[0], up(0))]
            drawn.append(path(corners, "fall-area", close=True))
        drawn.append(path(list(zip(places, heights, strict=True)), f"curve {each.kind}"))
    return _svg("".join(drawn), height, described) + _legend(lines)


def _only_day(points: Sequence[CurvePoint], zone: tzinfo) -> Tick:
    """Where all of them lie in one day: its name, below the middle."""
    first, last = points[0].at, points[-1].at
    return Tick((first.timestamp() + last.timestamp()) / 2, day_name(first.astimezone(zone)))


def _amount_axis(ticks: Sequence[float], up: Scale, ink: Ink) -> str:
    return "".join(
        line(_LEFT, up(tick), _WIDTH - _RIGHT, up(tick), "grid")
        + label(_LEFT - 8, up(tick) + 4, ink.amount(round(tick)), "tick end")
        for tick in ticks
    )


def _legend(lines: Sequence[_Line]) -> str:
    if len(lines) < 2:
        return ""
    entries = "".join(element("span", f"{_sample(each.kind)} {each.name}") for each in reversed(lines))
    return element("p", entries, class_="legend")


def _sample(kind: str) -> str:
    drawn = line(0, 4, 36, 4, f"curve {kind}")
    return element("svg", drawn, viewBox="0 0 36 8", width=36.0, height=8.0, aria_hidden="true")


def calibration_chart(bins: Sequence[CalibrationBin]) -> str:
    """What was said against what came, with 95 % intervals; bands of a few bets are hollow. Nothing without bands."""
    if not bins:
        return ""
    width = height = 330.0
    across = Scale(0, 1, 44.0, width - 12.0)
    up = Scale(0, 1, height - 44.0, 12.0)
    drawn = []
    for percent in _PERCENTS:
        x, y = across(percent / 100), up(percent / 100)
        drawn += [line(x, up(0), x, up(1), "grid"), line(across(0), y, across(1), y, "grid")]
        drawn += [
            label(x, up(0) + 16, f"{percent}", "tick middle"),
            label(across(0) - 6, y + 4, f"{percent}", "tick end"),
        ]
    drawn.append(line(across(0), up(0), across(1), up(1), "zero"))
    drawn.append(label(across(0.5), height - 8, "said, %", "tick middle"))
    drawn.append(label(across(0) + 6, up(1) + 12, "came, %", "tick"))
    most = max(each.bets for each in bins)
    for each in bins:
        x = across(each.predicted)
        span = each.observed_range
        drawn.append(line(x, up(span.low), x, up(span.high), "whisker"))
        radius = _SMALLEST_DOT + (_BIGGEST_DOT - _SMALLEST_DOT) * (each.bets / most) ** 0.5
        kind = "dot few" if each.few else "dot"
        drawn.append(f'<circle cx="{x:g}" cy="{up(each.observed):g}" r="{radius:.1f}" class="{kind}"/>')
    return _svg("".join(drawn), height, "How often bets won, by the chance they were given", width, "square")


def _svg(content: str, height: float, described: str, width: float = _WIDTH, kind: str = "wide") -> str:
    return element(
        "svg",
        element("title", described) + content,
        viewBox=f"0 0 {width:g} {height:g}",
        role="img",
        class_=f"chart {kind}",
    )
