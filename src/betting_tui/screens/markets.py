"""Screen 5: every line on the board with the best price of each side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import msgspec
from textual.app import ComposeResult

from betting_tui.engine.core.market_views import MarketRow, PriceCell
from betting_tui.engine.core.status_views import Overview
from betting_tui.screens.base import EngineScreen, Topic, looks_only
from betting_tui.screens.face import EngineFace
from betting_tui.screens.names import book, joint, market, pick_parts
from betting_tui.screens.session import Session
from betting_tui.screens.show import Show, age, countdown, percent
from betting_tui.widgets.columns import Column
from betting_tui.widgets.line_table import LineTable
from betting_tui.widgets.panel import Panel
from betting_tui.widgets.row import Cell, Look, Row

_COLUMNS = (
    Column("starts", "Starts", 6, "right"),
    Column("league", "League", 6, priority=7, max_width=16),
    Column("event", "Event", 16, flexible=True),
    Column("market", "Market", 8, priority=6, max_width=20),
    Column("best", "Best price of each side", 36, max_width=120),
    Column("hold", "Hold", 6, "right", priority=2),
    Column("age", "Age", 4, "right", priority=3),
)
_ROOM_FOR_BOOKS = 140
_MOST_SIDES = 3
_NO_PRICES = (
    "No prices yet. {app.system} shows what each feed says\n"
    "{app.pause} resumes when paused, {app.welcome} takes a key or opens the demo"
)


class MarketsScreen(EngineScreen):
    watches: ClassVar[frozenset[Topic]] = frozenset({Topic.BOARD, Topic.STATUS, Topic.SLOW_TICK})
    title_text = "Markets"
    help_text = (
        "Every line the feeds quote, with the best price of each side and who quotes it. Hold is what the best prices "
        "together leave to the bookmakers: below zero, backing every side wins."
    )

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.table: LineTable[MarketRow] = LineTable(_COLUMNS, self._look, clock=session.clock, id="markets-table")

    def compose_body(self) -> ComposeResult:
        with Panel("Markets", id="markets"):
            yield self.table

    @property
    def tables(self) -> Sequence[LineTable[Any]]:
        return (self.table,)

    def refresh_content(self, engine: EngineFace, seen: Overview) -> None:
        # What has started cannot be bet on here any more: it stands last.
        rows = sorted(engine.markets(), key=lambda row: row.started)
        events = len({row.event.id for row in rows})
        note = f"{len(rows)} lines · {events} events" if rows else ""
        self.query_one("#markets", Panel).set_title("Markets", note)
        self.table.set_empty(_empty_text(seen, self.session.show))
        self.table.set_rows([Row(row.line.text, row, " ".join(cell.price.text for cell in row.best)) for row in rows])

    def _look(self, row: MarketRow) -> Look:
        show, hold, event = self.session.show, row.hold, row.event
        cells = (
            Cell(countdown((event.commence_time - self.now).total_seconds())),
            Cell(event.sport_title or event.sport_key, "muted"),
            Cell(event.name, joint=joint(event)),
            Cell(market(row.line), "muted"),
            Cell("", parts=_sides(row, show, books=self.size.width >= _ROOM_FOR_BOOKS)),
            Cell(percent(hold), "gain" if hold is not None and hold < 0 else ""),
            Cell(age(row.newest_age_seconds), "muted"),
        )
        return Look(cells, muted=row.started)


def _empty_text(seen: Overview, show: Show) -> str:
    if seen.read_only:
        return looks_only(seen, show)
    return show.say(_NO_PRICES)


def _sides(row: MarketRow, show: Show, *, books: bool) -> tuple[Cell, ...]:
    """`+150 Lakers · FanDuel` for each side; the last says how many more there are."""
    sides = [_side(cell, row, show, books=books) for cell in row.best[:_MOST_SIDES]]
    if more := len(row.best) - len(sides):
        sides[-1] = msgspec.structs.replace(sides[-1], tail=f"{sides[-1].tail} (+{more})")
    return tuple(sides)


def _side(cell: PriceCell, row: MarketRow, show: Show, *, books: bool) -> Cell:
    name, points = pick_parts(row.line, cell.selection, cell.point)
    return Cell(f"{show.price(cell.price)} {name}", tail=f"{points} · {book(cell.bookmaker)}" if books else points)
