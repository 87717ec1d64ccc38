"""The two panels under the list: why the row is there, and how its price and the fair line came about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.timer import Timer

from betting_tui.engine.core.model import Opportunity
from betting_tui.engine.core.opportunity_views import Why
from betting_tui.screens.face import EngineFace
from betting_tui.screens.names import book
from betting_tui.screens.show import Show, percent
from betting_tui.screens.why_text import event_line, why_lines, why_title
from betting_tui.widgets.chart import NOTHING, Chart
from betting_tui.widgets.chart_data import ChartData, Line, Point
from betting_tui.widgets.panel import Panel
from betting_tui.widgets.prose import Prose

GONE = "This one is no longer there"
# Chances closer together than this need a decimal on the axis.
_CLOSE_TOGETHER = 0.04


class OpportunityDetail(Horizontal):
    """The cursor rests on a row for `after` seconds before this is drawn for it: moving on never waits for that. Where
    the row came under the cursor by itself, as the first one does, its chart follows `chart_after` seconds later."""

    after: ClassVar[float] = 0.08
    chart_after: ClassVar[float] = 0.15

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - the name Textual gives it
        super().__init__(id=id)
        self._charted: str | None = None
        self._waiting: Timer | None = None

    def compose(self) -> ComposeResult:
        with Panel("Why", id="why"):
            yield Prose(id="why-text")
        with Panel("Price", id="history"):
            yield Chart(empty="no price history yet", id="price-chart")

    def show(
        self,
        engine: EngineFace,
        opportunity: Opportunity | None,
        why: Why | None,
        show: Show,
        now: datetime,
        *,
        rested: bool,
    ) -> None:
        """`opportunity` is the row under the cursor, `why` its reasons; None when it has none any more. `rested`: the
        cursor has been there for a while."""
        lines = (
            [Content(GONE if opportunity is not None else "")]
            if why is None
            else [event_line(why, show), *why_lines(why, show)]
        )
        self.query_one("#why", Panel).set_title("Why" if why is None else why_title(why, show))
        self.query_one("#why-text", Prose).show(Content("\n").join(lines))
        known = None if opportunity is None else opportunity.id
        if self._waiting is not None:
            self._waiting.stop()
            self._waiting = None
        if opportunity is None or known == self._charted or rested or not self.chart_after:
            self._show_chart(engine, opportunity, why, show, now)
        else:
            # The last one's lines under this one's name would be read as this one's.
            self.query_one("#history", Panel).set_title(_chart_title(opportunity))
            self.query_one("#price-chart", Chart).blank()
            self._waiting = self.set_timer(
                self.chart_after, lambda: self._show_chart(engine, opportunity, why, show, now)
            )

    def _show_chart(
        self, engine: EngineFace, opportunity: Opportunity | None, why: Why | None, show: Show, now: datetime
    ) -> None:
        self._charted = None if opportunity is None else opportunity.id
        panel, chart = self.query_one("#history", Panel), self.query_one("#price-chart", Chart)
        if opportunity is None:
            panel.set_title("Price")
            chart.show(NOTHING)
            return
        leg = opportunity.legs[0]
        points = engine.history(leg.selection, leg.bookmaker)
        panel.set_title(_chart_title(opportunity), f"since {show.near(points[0].at, now)}" if points else "")
        if not points:
            chart.show(NOTHING)
            return
        price = tuple((point.at.timestamp(), 1 / point.decimal) for point in points)
        fair = _fair_points(engine, opportunity, why, now)
        lines = (
            Line(book(leg.bookmaker), price, note=show.price(leg.price), step=True),
            Line("fair", fair, note=_fair_note(why, show), step=True),
        )
        places = 1 if _spread(price, fair) < _CLOSE_TOGETHER else 0
        data = ChartData(lines[: 2 if fair else 1], until=max(now.timestamp(), price[-1][0]))
        chart.show(data, lambda value: percent(value, sign=False, places=places), show.zone)


def _chart_title(opportunity: Opportunity) -> str:
    return f"Price at {book(opportunity.legs[0].bookmaker)}" + (" · first leg" if len(opportunity.legs) > 1 else "")


def _fair_points(engine: EngineFace, opportunity: Opportunity, why: Why | None, now: datetime) -> tuple[Point, ...]:
    """From where it is known first; the last one as the panel beside has it."""
    leg = opportunity.legs[0]
    known = engine.fair_history(leg.selection, leg.bookmaker)
    points = [(point.at.timestamp(), point.probability) for point in known if point.probability is not None]
    if why is not None and why.judged.fair_probability is not None:
        points.append((max(now.timestamp(), points[-1][0] if points else 0.0), why.judged.fair_probability))
    return tuple(points)


def _fair_note(why: Why | None, show: Show) -> str:
    chance = None if why is None else why.judged.fair_probability
    return "" if not chance else show.decimal(1 / chance)


def _spread(*lines: Sequence[Point]) -> float:
    values = [value for line in lines for _, value in line]
    return max(values) - min(values)
