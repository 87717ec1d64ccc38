"""The ledger a page at a time: only what is shown is read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from betting_tui.engine.core.money_views import LedgerPage, LedgerRow
from betting_tui.screens.names import book
from betting_tui.screens.show import Show, counted
from betting_tui.widgets.columns import Column
from betting_tui.widgets.line_table import LineTable
from betting_tui.widgets.row import Cell, Look, Row

LEAST_ROWS = 5
COLUMNS = (
    Column("at", "When", 12),
    Column("bet", "Bet", 10, priority=2),
    Column("kind", "Entry", 10),
    Column("text", "What", 14, flexible=True),
    Column("amount", "Change", 11, "right"),
    Column("available", "Free", 11, "right"),
)


class LedgerTable(LineTable[LedgerRow]):
    """A page is as many entries as fit; going past its end asks for the next one with `Turned`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pagedown,right", "turn(1)", "older", key_display="pgdn", id="ledger.older", tooltip="older entries"),
        Binding("pageup,left", "turn(-1)", "newer", key_display="pgup", id="ledger.newer", tooltip="newer entries"),
        Binding("home", "newest", "Newest entries", show=False, id="ledger.first", tooltip="newest entries"),
        Binding("end", "oldest", "Oldest entries", show=False, id="ledger.last", tooltip="oldest entries"),
    ]

    class Turned(Message):
        """Another page is wanted: read it and call `show_page`."""

    def __init__(self, look: Callable[[LedgerRow], Look], *, clock: Callable[[], float], id: str) -> None:  # noqa: A002
        super().__init__(COLUMNS, look, clock=clock, id=id)
        self._page = 0
        self._total = 0
        self._shown = (0, 0)
        self._of = ""

    @property
    def page_rows(self) -> int:
        """How many entries a page has: as many as there are lines for."""
        return max(LEAST_ROWS, self.size.height - 1)

    @property
    def newer(self) -> int:
        """How many newer entries stand before this page."""
        return self._page * self.page_rows

    @property
    def pages(self) -> int:
        return max(1, -(-self._total // self.page_rows))

    @property
    def page_note(self) -> str:
        """`page 2 of 14`; nothing where there is one page only."""
        return "" if self.pages == 1 else f"page {self._page + 1:,} of {self.pages:,}"

    @property
    def total_note(self) -> str:
        """`1,240 entries`."""
        return counted(self._total, "entry", "entries") if self._total else ""

    def show_page(self, of: str, read: Callable[[int, int], LedgerPage]) -> None:
        """Draw the page the table stands on; `read` is given how many entries and how many newer ones to leave out.

        `of` names the ledger: another one begins with its newest page.
        """
        if of != self._of:
            self._of, self._page, self._shown = of, 0, (0, 0)
        page = read(self.page_rows, self.newer)
        self._total = page.total
        if not page.rows and self._page:
            # The entries went away, or the page grew: the last one there is.
            self._page = self.pages - 1
            page = read(self.page_rows, self.newer)
        if self._shown != (self._page, self.page_rows):
            # Entries of another page are not news.
            self._shown = self._page, self.page_rows
            self._loaded = False
            self._news.clear()
        self.set_rows([Row(str(entry.entry_id), entry) for entry in page.rows])

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only the direction in which there is something is offered."""
        if action == "turn":
            return self._page + 1 < self.pages if parameters == (1,) else self._page > 0
        return True

    def action_turn(self, step: int) -> None:
        self._go(self._page + step)

    def action_newest(self) -> None:
        self._go(0)
        self.action_edge(0)

    def action_oldest(self) -> None:
        self._go(self.pages - 1)
        self.action_edge(1)

    def action_move(self, lines: int) -> None:
        past = self.cursor_index + lines
        if self.rows and past >= len(self.rows) and self._page + 1 < self.pages:
            self._go(self._page + 1)
            self.action_edge(0)
        elif past < 0 < self._page:
            self._go(self._page - 1)
            self.action_edge(1)
        else:
            super().action_move(lines)

    def _go(self, page: int) -> None:
        page = min(max(0, page), self.pages - 1)
        if page != self._page:
            self._page = page
            self.post_message(self.Turned())
            self.screen.refresh_bindings()


def ledger_look(entry: LedgerRow, show: Show, now: datetime) -> Look:
    amount = entry.amount_minor
    cells = (
        Cell(show.near(entry.at, now), "muted"),
        Cell(entry.bet_id or "", "muted"),
        Cell(entry.kind.value.replace("_", " ")),
        Cell(_what(entry, show)),
        Cell(show.money(amount, sign=True), "gain" if amount > 0 else "loss" if amount < 0 else "muted"),
        Cell(show.money(entry.available_minor)),
    )
    return Look(cells)


def _what(entry: LedgerRow, show: Show) -> str:
    """A bet with its price in the user's format, anything else in its own words."""
    if entry.price is None:
        return show.told(entry.text)
    about = f"{entry.pick} {show.price(entry.price)} at {book(entry.bookmaker)}"
    return f"{about} ({show.told(entry.reason)})" if entry.reason else about
