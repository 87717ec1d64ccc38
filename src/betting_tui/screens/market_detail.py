"""Under the list of screen 5: what the fair line says of the price under the cursor, and how it came about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content

from betting_tui.engine.board import PricePoint
from betting_tui.engine.core.opportunity_views import JudgedPrice, OpportunityRow, Picked, Why
from betting_tui.screens.names import book, pick
from betting_tui.screens.show import Show, age, counted, percent
from betting_tui.widgets.chart import NOTHING, Chart
from betting_tui.widgets.chart_data import ChartData, Line
from betting_tui.widgets.facts import Fact, Facts
from betting_tui.widgets.panel import Panel
from betting_tui.widgets.text import plain


class MarketDetail(Horizontal):
    def compose(self) -> ComposeResult:
        with Panel("Price", id="price"):
            yield Facts(id="price-facts")
        with Panel("Price over time", id="history"):
            yield Chart(empty="no price here", id="chart")

    def show(self, picked: Picked | None, nothing: str, show: Show) -> None:
        """What is said of the price under the cursor; `nothing` says why there is none."""
        panel = self.query_one("#price", Panel)
        if picked is None:
            panel.set_title("Price")
            self.query_one(Facts).show((Fact("", nothing),))
            return
        leg = picked.row.opportunity.legs[0]
        panel.set_title(f"{pick(leg.selection)} {show.price(leg.price)}", book(leg.bookmaker))
        self.query_one(Facts).show(price_facts(picked.row, picked.why, show))

    def show_history(self, row: OpportunityRow | None, points: Sequence[PricePoint], show: Show, now: datetime) -> None:
        """`points` are the remembered prices of `row`, oldest first."""
        panel, chart = self.query_one("#history", Panel), self.query_one(Chart)
        panel.set_title("Price over time", counted(len(points), "change") if points else "")
        if row is None or not points:
            chart.show(NOTHING)
            return
        bookmaker, chance = row.opportunity.legs[0].bookmaker, row.opportunity.fair_probability
        line = Line(
            book(bookmaker),
            tuple((point.at.timestamp(), point.decimal) for point in points),
            note=show.decimal(points[-1].decimal),
            step=True,
        )
        fair = None if not chance else 1 / chance
        level = "" if fair is None else f"fair {show.decimal(fair)}"
        chart.show(ChartData((line,), fair, level, until=now.timestamp()), show.decimal, show.zone)


def price_facts(row: OpportunityRow, why: Why, show: Show) -> tuple[Fact, ...]:
    """Event, fair line, edge, stake and what stops it, most important first."""
    event = why.judged.event
    start = show.start(event)
    about = Fact("", f"{event.name} · {event.sport_title or event.sport_key} · {start}")
    held = (Fact("held", "you have an open bet on it"),) if row.taken else ()
    return (about, *why_facts(why, show, _stake_text(row, show)), *held)


def why_facts(why: Why, show: Show, stake: str = "") -> tuple[Fact, ...]:
    """What the fair line and each strategy say of one price; `stake` where there is more to say of it."""
    judged = why.judged
    facts = [Fact("fair", _fair_text(judged, show))]
    if judged.edge is not None:
        low = "" if judged.edge_low is None else f" · cautious {percent(judged.edge_low)}"
        facts.append(Fact("edge", f"{percent(judged.edge)} per unit staked{low}"))
    facts.append(Fact("stake", stake or _why_stake(why, show)))
    name = "says"
    for verdict in judged.verdicts:
        facts.append(Fact(name, f"{verdict.strategy}: {verdict.stopped or 'found it'}"))
        name = ""
    if why.no_close:
        facts.append(Fact("close", why.no_close, "$text-warning"))
    facts.append(Fact("quoted", f"{age(judged.age_seconds)} ago by {book(judged.bookmaker)}"))
    return tuple(facts)


def price_line(row: OpportunityRow, why: Why, show: Show) -> Content:
    """The same in one line, for screens with no room for a panel."""
    leg = row.opportunity.legs[0]
    judged = why.judged
    chance = judged.fair_probability
    fair = "no fair line" if not chance else f"fair {show.decimal(1 / chance)}"
    parts = [f"{pick(leg.selection)} {show.price(leg.price)} {book(leg.bookmaker)}", fair]
    if judged.edge is not None:
        parts.append(f"edge {percent(judged.edge)}")
    parts.append(f"stake {_stake_text(row, show)}")
    return plain(" · ".join(parts))


def _fair_text(judged: JudgedPrice, show: Show) -> str:
    if judged.fair_probability is None:
        return f"none: {judged.no_fair_line}" if judged.no_fair_line else "none"
    chance = percent(judged.fair_probability, sign=False)
    return f"{show.decimal(1 / judged.fair_probability)}  {chance}  {judged.method or ''}".rstrip()


def _stake_text(row: OpportunityRow, show: Show) -> str:
    if not row.stake_minor:
        return f"none · {show.reason(row.no_stake)}" if row.no_stake else "none"
    return show.money(row.stake_minor)


def _why_stake(why: Why, show: Show) -> str:
    if not why.stake_minor:
        return f"none · {show.reason(why.stake_reason)}" if why.stake_reason else "none"
    return " · ".join(part for part in (show.money(why.stake_minor), show.reason(why.stake_reason)) if part)
