"""One event: every selection of all its markets at its best price, and what stops each from being a bet."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.widgets import Static

from betting_tui.engine.core.model import Event, Selection
from betting_tui.engine.core.opportunity_views import JudgedPrice, Why
from betting_tui.screens.dialogs.dialog import Dialog
from betting_tui.screens.face import EngineFace
from betting_tui.screens.market_detail import why_facts
from betting_tui.screens.names import book, market, pick_parts
from betting_tui.screens.short_names import short_event
from betting_tui.screens.show import NOTHING, Show, age, percent
from betting_tui.widgets.columns import Column
from betting_tui.widgets.facts import Facts
from betting_tui.widgets.line_table import LineTable
from betting_tui.widgets.row import Cell, Look, Row
from betting_tui.widgets.text import plain

_COLUMNS = (
    Column("market", "Market", 10, max_width=20),
    Column("pick", "Pick", 12, flexible=True),
    Column("price", "Best", 6, "right"),
    Column("book", "Book", 8, priority=4, max_width=16),
    Column("fair", "Fair", 6, "right", priority=2),
    Column("edge", "Edge", 7, "right", priority=1),
    Column("age", "Age", 4, "right", priority=5),
)


class EventDialog(Dialog[None]):
    """Explains the selection under the cursor below the list. Prices are those of the moment it was opened."""

    help_text: ClassVar[str] = (
        "Every selection of the event at its best price, with the fair price and the edge. Below the list stands what "
        "each strategy says of the one under the cursor."
    )

    def __init__(self, event: Event, pick: Selection | None, engine: EngineFace, show: Show) -> None:
        super().__init__(short_event(event))
        self._event = event
        self._pick = pick
        self._show = show
        self._whys = tuple(why for why in engine.explain(event.id) if why.judged.event.id == event.id)
        self.table: LineTable[Why] = LineTable(_COLUMNS, self._look, id="event-prices", empty="Nobody quotes it now")

    def compose_content(self) -> ComposeResult:
        event, show = self._event, self._show
        start = show.start(event)
        yield Static(plain(f"{event.sport_title or event.sport_key} · {start} · {len(self._whys)} selections"))
        yield self.table
        yield Facts(id="event-why")

    def on_mount(self) -> None:
        self.table.set_rows([Row(_row_id(why.judged.selection), why) for why in self._whys])
        self.table.focus()
        if self._pick is not None:
            self.call_after_refresh(self.table.move_cursor_to, _row_id(self._pick))

    def on_line_table_row_highlighted(self, event: LineTable.RowHighlighted) -> None:
        event.stop()
        row = self.table.cursor_row
        self.query_one(Facts).show(() if row is None else why_facts(row.payload, self._show))

    def _look(self, why: Why) -> Look:
        judged, show = why.judged, self._show
        name, points = pick_parts(judged.selection.line, judged.selection.name, judged.selection.point)
        fair = NOTHING if not judged.fair_probability else show.decimal(1 / judged.fair_probability)
        return Look(
            (
                Cell(market(judged.selection.line), "muted"),
                Cell(name, tail=points),
                Cell(show.price(judged.price)),
                Cell(book(judged.bookmaker), "muted"),
                Cell(fair),
                Cell(percent(judged.edge), _edge_kind(judged)),
                Cell(age(judged.age_seconds), "muted"),
            ),
            muted=not judged.takeable,
        )


def _edge_kind(judged: JudgedPrice) -> str:
    return "gain" if judged.edge is not None and judged.edge > 0 else "muted"


def _row_id(selection: Selection) -> str:
    return f"{selection.line.text}>{selection.name}"
