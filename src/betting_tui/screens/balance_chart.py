"""The bankroll over time: which stretch of it, and where it fell deepest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from betting_tui.engine.core.money_views import BalancePoint, BankrollView
from betting_tui.screens.show import Show, percent
from betting_tui.widgets.chart_data import ChartData, Line, Mark


class Stretch(StrEnum):
    """How far back the curve goes."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    ALL = "all"

    @property
    def following(self) -> Stretch:
        every = list(Stretch)
        return every[(every.index(self) + 1) % len(every)]

    @property
    def words(self) -> str:
        return "all of it" if self is Stretch.ALL else f"last {self.value}"

    def since(self, now: datetime) -> datetime | None:
        """On the minute, so that it is the same question for as long; None for all of it."""
        days = self._days
        return None if days is None else now.replace(second=0, microsecond=0) - timedelta(days=days)

    @property
    def _days(self) -> int | None:
        match self:
            case Stretch.DAY:
                return 1
            case Stretch.WEEK:
                return 7
            case Stretch.MONTH:
                return 30
            case Stretch.YEAR:
                return 365
            case Stretch.ALL:
                return None


class Fall(Struct, frozen=True):
    """From the highest balance before it to its low."""

    peak: BalancePoint
    low: BalancePoint

    @property
    def depth_minor(self) -> int:
        return self.peak.bankroll_minor - self.low.bankroll_minor


def deepest_fall(points: Sequence[BalancePoint]) -> Fall | None:
    """None where the balance never fell; of two as deep ones the first."""
    if not points:
        return None
    peak = points[0]
    deepest: Fall | None = None
    for point in points:
        if point.bankroll_minor >= peak.bankroll_minor:
            peak = point
        elif deepest is None or peak.bankroll_minor - point.bankroll_minor > deepest.depth_minor:
            deepest = Fall(peak, point)
    return deepest


def balance_chart(
    view: BankrollView, points: Sequence[BalancePoint], since: datetime | None, now: datetime, show: Show
) -> ChartData:
    if not points or not (view.profit_minor or view.max_drawdown_minor or len(view.curve) > 1):
        return ChartData()
    line = Line("", tuple((point.at.timestamp(), float(point.bankroll_minor)) for point in points), step=True)
    start = view.starting_minor if since is None else points[0].bankroll_minor
    return ChartData(
        (line,),
        level=float(start),
        level_name=f"{'start' if since is None else 'before'} {show.money(start)}",
        marks=_marks(view, points, now, show),
        until=max(now, points[-1].at).timestamp(),
    )


def _marks(view: BankrollView, points: Sequence[BalancePoint], now: datetime, show: Show) -> tuple[Mark, ...]:
    fall = deepest_fall(points)
    # Money taken out is no loss: a fall deeper than bets ever made is not told as one.
    if fall is None or fall.depth_minor > view.max_drawdown_minor:
        return ()
    share = percent(fall.depth_minor / fall.peak.bankroll_minor, sign=False) if fall.peak.bankroll_minor > 0 else ""
    text = f"deepest fall {show.money(-fall.depth_minor)} ({share}), {_days(fall, now, show)}"
    return (Mark(fall.low.at.timestamp(), float(fall.low.bankroll_minor), "▼", text),)


def _days(fall: Fall, now: datetime, show: Show) -> str:
    """`14 to 17 Apr`, `28 Mar to 2 Apr`; a fall within a day by the clock."""
    first, last = (point.at.astimezone(show.zone) for point in (fall.peak, fall.low))
    if first.date() == last.date():
        return f"{show.near(fall.peak.at, now)} to {show.clock(fall.low.at)}"
    month = "" if (first.year, first.month) == (last.year, last.month) else f" {first:%b}"
    return f"{first.day}{month} to {last.day} {last:%b}"
