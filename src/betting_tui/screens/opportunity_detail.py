"""The two panels under the list: why the row is there, and how its price came about."""

from __future__ import annotations

from datetime import datetime

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content

from betting_tui.engine.core.model import Opportunity
from betting_tui.engine.core.opportunity_views import Why
from betting_tui.screens.face import EngineFace
from betting_tui.screens.names import book
from betting_tui.screens.show import Show, counted
from betting_tui.screens.why_text import event_line, why_lines, why_title
from betting_tui.widgets.curve import NOTHING, Curve, Series
from betting_tui.widgets.panel import Panel
from betting_tui.widgets.prose import Prose

GONE = "This one is no longer there"


class OpportunityDetail(Horizontal):
    def compose(self) -> ComposeResult:
        with Panel("Why", id="why"):
            yield Prose(id="why-text")
        with Panel("Price", id="history"):
            yield Curve(empty="no price history yet", id="curve")

    def show(
        self, engine: EngineFace, opportunity: Opportunity | None, why: Why | None, show: Show, now: datetime
    ) -> None:
        """`opportunity` is the row under the cursor, `why` its reasons; None when it has none any more."""
        lines = (
            [Content(GONE if opportunity is not None else "")]
            if why is None
            else [event_line(why, show), *why_lines(why, show)]
        )
        self.query_one("#why", Panel).set_title("Why" if why is None else why_title(why, show))
        self.query_one("#why-text", Prose).show(Content("\n").join(lines))
        self._show_history(engine, opportunity, show, now)

    def _show_history(self, engine: EngineFace, opportunity: Opportunity | None, show: Show, now: datetime) -> None:
        panel, curve = self.query_one("#history", Panel), self.query_one("#curve", Curve)
        if opportunity is None:
            panel.set_title("Price")
            curve.show(NOTHING)
            return
        leg = opportunity.legs[0]
        points = engine.history(leg.selection, leg.bookmaker)
        panel.set_title(f"Price at {book(leg.bookmaker)}", counted(len(points), "change") if points else "")
        if not points:
            curve.show(NOTHING)
            return
        stamped = tuple((point.at.timestamp(), point.decimal) for point in points)
        last = (max(now.timestamp(), stamped[-1][0]), stamped[-1][1])
        fair = opportunity.fair_odds
        series = Series(
            (*stamped, last),
            level=fair,
            first_label=show.near(points[0].at, now),
            last_label="now",
            caption="" if fair is None else f"┄ fair {show.decimal(fair)}",
        )
        curve.show(series, show.decimal)
