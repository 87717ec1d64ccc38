"""Full reports for the screens: a year of bets with a small edge and much luck, and one where every name is hostile."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import timedelta

from msgspec.structs import replace
from scenes import full_scene, hostile_scene
from stub_engine import NOW, Scene

from betting_tui.engine.core.performance_views import (
    Acceptance,
    CalibrationBin,
    CurvePoint,
    Drawdown,
    FullReport,
    GroupPerformance,
    Luck,
    Performance,
    Range,
    Ruin,
)
from betting_tui.engine.core.report_views import ReportGroup, ReportView
from betting_tui.engine.store.shapes import ReportFilter

NAMES = {
    "strategy": ("value_betting", "line_shopping", "arbitrage", "by hand"),
    "bookmaker": ("fanduel", "betmgm", "pinnacle", "williamhill_us"),
    "sport": ("basketball", "ice hockey", "soccer"),
    "league": ("NBA", "NHL", "EPL"),
    "market": ("h2h", "spreads", "totals"),
    "odds_band": ("below 1.50", "1.50 to 2.00", "2.00 to 2.50", "2.50 to 3.50", "6.00 and more"),
    "edge_band": ("0 to 2 %", "2 to 4 %", "4 to 6 %", "10 % and more", "unknown"),
    "time_to_start": ("less than 1 h", "1 to 6 h", "6 to 24 h", "3 days and more"),
    "evidence": ("fresh", "later snapshot", "same snapshot"),
    "account": ("main", "quarter Kelly", "euro value"),
}
WARNINGS = (
    "3 strategies were compared. Even if none had an edge, one of them would look good at the 5 % level 14 times in "
    "100.",
)


def group(name: str, bets: int, profit: int) -> ReportGroup:
    graded = bets - bets // 40
    turnover = bets * 2_395
    return ReportGroup(
        name, bets, graded, graded // 2, graded - graded // 2, bets - graded, turnover, profit, profit / turnover,
        0.498, bets * 70, 0.021, 0.94, int(bets * 0.94), clv_price_weighted=0.02, clv_ev=0.019, clv_ev_weighted=0.018,
        clv_ev_coverage=0.91, clv_ev_count=int(bets * 0.91), beat_close=0.56, median_close_minutes=5,
    )  # fmt: skip


def bins() -> tuple[CalibrationBin, ...]:
    shares = (
        (0.3, 0.4, 0.36, 0.33, 61),
        (0.4, 0.5, 0.46, 0.47, 148),
        (0.5, 0.6, 0.53, 0.55, 92),
        (0.8, 0.9, 0.84, 0.6, 5),
    )
    return tuple(
        CalibrationBin(low, high, said, came, bets, Range(max(0.0, came - 0.12), min(1.0, came + 0.13)), bets < 10)
        for low, high, said, came, bets in shares
    )


def performance(bets: int, profit: int) -> Performance:
    yielded = profit / (bets * 2_395)
    spread = 1.96 / bets**0.5
    fall = Drawdown(41_200, 0.041, NOW - timedelta(days=61), NOW - timedelta(days=48), NOW - timedelta(days=20))
    return Performance(
        yield_range=Range(yielded - spread, yielded + spread), win_rate_range=Range(0.45, 0.546), average_odds=2.07,
        break_even_rate=0.483, edge_at_placement=0.029, expected_profit_minor=bets * 70, expected_bets=bets - 20,
        close_profit_minor=bets * 44, close_bets=int(bets * 0.91), z=0.12,
        luck=Luck(0.26, 0.09, 0.041, 3_612), drawdown=fall, longest_losing_run=9, sharpe=0.62, sortino=1.04,
        profit_factor=1.07, brier=0.241, log_loss=0.676, probability_bets=bets - 20, calibration=bins(),
    )  # fmt: skip


def measured(name: str, bets: int, profit: int) -> GroupPerformance:
    asked = Acceptance(int(bets * 1.15), bets, 300, 261, bets, int(bets * 0.64), -0.006)
    return GroupPerformance(group(name, bets, profit), performance(bets, profit), asked)


def curve() -> tuple[CurvePoint, ...]:
    chance = random.Random(2958)
    actual = expected = close = 0
    points = []
    for number in range(206):
        actual += chance.choice((-2_400, 2_545))
        expected += 140
        close += round(chance.gauss(90, 300))
        if number == 205:
            # The sum of all of them, as the table has it.
            actual = 30_600
        points.append(CurvePoint(NOW - timedelta(days=206 - number), actual, expected, close))
    return tuple(points)


def of_curve(found: GroupPerformance, points: Sequence[CurvePoint]) -> GroupPerformance:
    """What the curve shows as numbers."""
    low = min(points, key=lambda point: point.actual_minor)
    peak = max((point for point in points if point.at < low.at), key=lambda point: point.actual_minor)
    fall = Drawdown(peak.actual_minor - low.actual_minor, 0.041, peak.at, low.at, None)
    measures = replace(
        found.performance,
        drawdown=fall,
        expected_profit_minor=points[-1].expected_minor,
        close_profit_minor=points[-1].close_minor,
    )
    return replace(found, performance=measures)


def year_of(names: Sequence[str]) -> Callable[[ReportFilter], FullReport]:
    """Whatever is asked for: the same bets, in groups of these names."""

    def report(wanted: ReportFilter) -> FullReport:
        known = names or NAMES[wanted.by]
        groups = tuple(measured(name, 412 // (at + 2), 15_300 * (3 - 2 * at) // 2) for at, name in enumerate(known))
        points = curve()
        total = of_curve(measured("total", 412, 30_600), points)
        view = ReportView(
            "main", "USD", total.group, tuple(each.group for each in groups), wanted.by, 3, 54, 412,
            (("not polled", 14), ("market gone", 11)), (("not polled", 22), ("market gone", 16)),
        )  # fmt: skip
        ruin = Ruin(1_000, 0.03, 0.0, 0.018, "mean edge by the fair closes", "flat 25.00")
        return FullReport(view, wanted.since, wanted.until, total, groups, points, ruin, 3, WARNINGS)

    return report


def report_scene() -> Scene:
    scene = full_scene()
    scene.full_report = year_of(())
    scene.report = replace(scene.report, total=group("total", 412, 30_600))
    return scene


def hostile_report_scene(texts: Sequence[str]) -> Scene:
    scene = hostile_scene(texts)
    scene.full_report = year_of([f"{at} {text}" for at, text in enumerate(texts)])
    return scene
