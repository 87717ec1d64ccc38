"""Screen 5: every line on the board with the best price of each side."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult

from betting_tui.engine.core.views import MarketRow, Overview, PriceCell
from betting_tui.screens.base import EngineScreen, Topic
from betting_tui.screens.face import EngineFace
from betting_tui.screens.names import book, joint, market, point_text
from betting_tui.screens.session import Session
from betting_tui.screens.show import Show, age, countdown, percent
from betting_tui.widgets.columns import Column
from betting_tui.widgets.line_table import Cell, LineTable, Look, Row
from betting_tui.widgets.panel import Panel

_COLUMNS = (
    Column("starts", "Starts", 7, "right"),
    Column("league", "League", 6, priority=7, max_width=12),
    Column("event", "Event", 15, flexible=True, max_width=36),
    Column("market", "Market", 10, priority=6, max_width=16),
    Column("first", "Best price", 20, max_width=34),
    Column("second", "", 20, priority=1, max_width=34),
    Column("third", "", 16, priority=4, max_width=34),
    Column("hold", "Hold", 7, "right", priority=2),
    Column("age", "Age", 5, "right", priority=3),
)


class MarketsScreen(EngineScreen):
    watches: ClassVar[frozenset[Topic]] = frozenset({Topic.BOARD, Topic.STATUS, Topic.TICK})
    title_text = "Markets"
    help_text = (
        "Every line the feeds quote, with the best price of each side and who quotes it. Hold is what the best prices "
        "together leave to the bookmakers: below zero, backing every side wins."
    )

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.table: LineTable[MarketRow] = LineTable(
            _COLUMNS, lambda row: _look(row, session.show, self.now), clock=session.clock, id="markets-table"
        )

    def compose_body(self) -> ComposeResult:
        with Panel("Markets", id="markets"):
            yield self.table

    def on_mount(self) -> None:
        self.table.focus()
        super().on_mount()

    def show_waiting(self, problem: str) -> None:
        self.table.set_rows(())
        self.table.set_empty(problem or "Starting…")

    def refresh_content(self, engine: EngineFace, seen: Overview) -> None:
        rows = engine.markets()
        del seen
        events = len({row.event.id for row in rows})
        note = f"{len(rows)} lines · {events} events" if rows else ""
        self.query_one("#markets", Panel).set_title("Markets", note)
        self.table.set_empty("No prices yet. p resumes when paused, 6 shows what each feed says, k opens the demo")
        self.table.set_rows([Row(row.line.text, row, " ".join(cell.price.text for cell in row.best)) for row in rows])


def _look(row: MarketRow, show: Show, now: datetime) -> Look:
    best = [_best(cell, row, show) for cell in row.best[:3]]
    best += [""] * (3 - len(best))
    if len(row.best) > 3:
        best[2] = f"{best[2]} (+{len(row.best) - 3})"
    hold = row.hold
    cells = (
        Cell(countdown((row.event.commence_time - now).total_seconds())),
        Cell(row.event.sport_title or row.event.sport_key, "muted"),
        Cell(row.event.name, joint=joint(row.event)),
        Cell(market(row.line), "muted"),
        Cell(best[0]),
        Cell(best[1]),
        Cell(best[2]),
        Cell(percent(hold), "gain" if hold is not None and hold < 0 else ""),
        Cell(age(row.newest_age_seconds), "muted"),
    )
    return Look(cells, muted=row.started)


def _best(cell: PriceCell, row: MarketRow, show: Show) -> str:
    point = point_text(row.line, cell.point)
    name = f"{cell.selection} {point}" if point else cell.selection
    return f"{show.price(cell.price)} {name} · {book(cell.bookmaker)}"
