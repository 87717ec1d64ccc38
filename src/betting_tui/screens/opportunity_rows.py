"""Opportunities as table rows: columns, text, order and filter."""

from __future__ import annotations

from datetime import datetime

from betting_tui.engine.core.model import Opportunity
from betting_tui.engine.core.opportunity_views import OpportunityRow
from betting_tui.screens.names import book, books, joint, market, pick_parts, picks
from betting_tui.screens.placing import NO_CLOSE_MARK
from betting_tui.screens.show import NOTHING, Show, age, countdown, percent
from betting_tui.widgets.columns import Column
from betting_tui.widgets.row import Cell, Look

COLUMNS = (
    Column("starts", "Starts", 6, "right"),
    Column("league", "League", 6, priority=6, max_width=16),
    Column("event", "Event", 18, flexible=True),
    Column("market", "Market", 8, priority=7, max_width=20),
    Column("pick", "Pick", 12, max_width=50),
    Column("book", "Book", 8, priority=1, max_width=40),
    Column("price", "Price", 5, "right"),
    Column("fair", "Fair", 5, "right", priority=5),
    Column("edge", "Edge", 7, "right"),
    Column("stake", "Stake", 6, "right", priority=4),
    Column("age", "Age", 4, "right", priority=2),
)
ARBITRAGE_MARK = "⇄"
GAP_MARK = "¢"
SUSPICIOUS_MARK = "⚠"
TAKEN_MARK = "✓"
STAR_MARK = "★"


def stamp_of(found: Opportunity) -> str:
    """Changes with what is news in a row: its prices."""
    legs = found.legs
    return legs[0].price.text if len(legs) == 1 else " ".join(leg.price.text for leg in legs)


def opportunity_look(row: OpportunityRow, show: Show, now: datetime, *, starred: bool = False) -> Look:
    opportunity = row.opportunity
    event = opportunity.event
    price = _price(opportunity, show)
    starts = countdown((event.commence_time - now).total_seconds())
    league = event.sport_title or event.sport_key
    cells = (
        Cell(f"{NO_CLOSE_MARK}{starts}" if row.no_close else starts),
        Cell(league, "muted"),
        Cell(event.name, joint=joint(event)),
        Cell(market(opportunity.line), "muted"),
        _pick(opportunity),
        Cell(books(opportunity)),
        Cell(price, "strong"),
        Cell(show.decimal(opportunity.fair_odds), "muted"),
        _edge(opportunity),
        Cell(show.money(row.stake_minor) if row.stake_minor > 0 else NOTHING),
        Cell(age(row.age_seconds), "muted"),
    )
    return Look(cells, _mark(row), row.taken, STAR_MARK if starred else "")


def _mark(row: OpportunityRow) -> str:
    opportunity = row.opportunity
    if row.taken:
        return TAKEN_MARK
    if opportunity.suspicious:
        return SUSPICIOUS_MARK
    if len(opportunity.legs) > 1:
        return ARBITRAGE_MARK
    return "" if opportunity.difference_cents is None else GAP_MARK


def _pick(opportunity: Opportunity) -> Cell:
    if len(opportunity.legs) > 1:
        return Cell(picks(opportunity), "strong")
    selection = opportunity.legs[0].selection
    name, points = pick_parts(selection.line, selection.name, selection.point)
    return Cell(name, "strong", tail=points)


def _price(opportunity: Opportunity, show: Show) -> str:
    if len(opportunity.legs) == 1:
        return show.price(opportunity.legs[0].price)
    return NOTHING


def _edge(opportunity: Opportunity) -> Cell:
    """A share of the stake is an edge; cents are only a distance from the other books, so they carry no sign."""
    edge = opportunity.ev_per_unit
    if edge is None:
        cents = opportunity.difference_cents
        return Cell(NOTHING if cents is None else f"gap {cents:.0f}¢", "muted")
    if opportunity.suspicious:
        return Cell(percent(edge), "warn")
    return Cell(percent(edge), "gain" if edge > 0 else "muted")


def searched(opportunity: Opportunity) -> str:
    """Where words are looked for: event, pick, book, league, market and strategy, in small letters."""
    return " ".join(
        (
            opportunity.event.name,
            picks(opportunity),
            " ".join(leg.selection.name for leg in opportunity.legs),
            " ".join(f"{leg.bookmaker} {book(leg.bookmaker)}" for leg in opportunity.legs),
            opportunity.event.sport_title,
            opportunity.event.sport_key,
            market(opportunity.line),
            opportunity.line.market,
            opportunity.strategy,
        )
    ).casefold()
