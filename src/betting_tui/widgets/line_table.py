"""A table drawn line by line: ten thousand rows, a cursor that stays on its row, text that is never markup."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import ClassVar, Generic, TypeVar

from msgspec import Struct
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from betting_tui.widgets.columns import Column, Layout, lay_out
from betting_tui.widgets.text import fit, fit_pair

PayloadT = TypeVar("PayloadT")
NEW_MARK = "+"
CHANGED_MARK = "•"
CURSOR_MARK = "▌"
_GUTTER = 4
_HEADER_LINES = 1
_CACHE_LIMIT = 4_096


class Cell(Struct, frozen=True):
    """Text of one cell; `kind` names how it is drawn: gain, loss, muted, strong, warn or nothing.

    `joint` parts a text of two names that share the room when it is short.
    """

    text: str
    kind: str = ""
    joint: str = ""


class Look(Struct, frozen=True):
    """How one row looks: a cell for each column, a mark in front, and whether all of it steps back."""

    cells: tuple[Cell, ...]
    mark: str = ""
    muted: bool = False


class Row(Struct, Generic[PayloadT], frozen=True):
    """One line. `payload` is what the row stands for; a change of `stamp` is news and is marked for a moment."""

    id: str
    payload: PayloadT
    stamp: str = ""


class _Painted(Struct, frozen=True):
    """A line as it was drawn, and what it was drawn from."""

    look: Look
    at_cursor: bool
    news: str
    width: int
    strip: Strip


class LineTable(ScrollView, Generic[PayloadT], can_focus=True, inherit_bindings=False):
    """Rows by id under a fixed header line. `look` is asked for the visible rows only, whenever they are drawn.

    The cursor rests on the first row until a key or the mouse has been used here; from then on it stays on its row.
    `cursor_since` tells (on `clock`, in seconds) since when the row under the cursor has been there. `drawn_row` is
    that row as it was last painted, which may be older than what `set_rows` was told.
    """

    DEFAULT_CSS = """
    LineTable {
        background: $surface;
        color: $foreground;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        &:focus > .line-table--cursor { background: $primary 35%; text-style: bold; }
        & > .line-table--cursor { background: $primary 15%; }
        & > .line-table--cursor-mark { color: $primary; text-style: bold; }
        & > .line-table--header { color: $text-muted; text-style: bold; }
        & > .line-table--gain { color: $text-success; }
        & > .line-table--loss { color: $text-error; }
        & > .line-table--warn { color: $text-warning; }
        & > .line-table--muted { color: $text-muted; }
        & > .line-table--strong { text-style: bold; }
        & > .line-table--mark { color: $accent; text-style: bold; }
        & > .line-table--empty { color: $text-muted; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"line-table--{name}"
        for name in (
            "cursor", "cursor-mark", "header", "gain", "loss", "warn", "muted", "strong", "mark", "empty",
        )
    }  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Up", show=False, id="table.up"),
        Binding("down", "move(1)", "Down", show=False, id="table.down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="table.page_up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="table.page_down"),
        Binding("home", "edge(0)", "First row", show=False, id="table.first"),
        Binding("end", "edge(1)", "Last row", show=False, id="table.last"),
    ]

    class RowHighlighted(Message):
        """Another row is under the cursor, or the same one changed its stamp; None when there are no rows."""

        def __init__(self, table: ScrollView, row_id: str | None) -> None:
            super().__init__()
            self.table = table
            self.row_id = row_id

        @property
        def control(self) -> ScrollView:
            return self.table

    class RowSelected(Message):
        """A row was opened, by a double click or by whoever calls `action_select`."""

        def __init__(self, table: ScrollView, row_id: str) -> None:
            super().__init__()
            self.table = table
            self.row_id = row_id

        @property
        def control(self) -> ScrollView:
            return self.table

    def __init__(
        self,
        columns: Sequence[Column],
        look: Callable[[PayloadT], Look],
        *,
        empty: str = "",
        clock: Callable[[], float] = time.monotonic,
        mark_seconds: float = 3.0,
        id: str | None = None,  # noqa: A002 - the name Textual gives it
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._columns = tuple(columns)
        self._look = look
        self._empty = empty
        self._clock = clock
        self._mark_seconds = mark_seconds
        self._rows: tuple[Row[PayloadT], ...] = ()
        self._index: dict[str, int] = {}
        self._news: dict[str, tuple[str, float]] = {}
        self._cursor_id: str | None = None
        self._drawn_cursor: Row[PayloadT] | None = None
        self._layout = Layout()
        self._painted: dict[str, _Painted] = {}
        self._kinds: dict[tuple[str, bool], Style] = {}
        self._loaded = False
        self._touched = False
        self.cursor_since = clock()

    # What is shown

    @property
    def rows(self) -> tuple[Row[PayloadT], ...]:
        return self._rows

    @property
    def cursor_row(self) -> Row[PayloadT] | None:
        """The row under the cursor as last told to `set_rows`."""
        return None if self._cursor_id is None else self._rows[self._index[self._cursor_id]]

    @property
    def drawn_row(self) -> Row[PayloadT] | None:
        """The row under the cursor as the user saw it last."""
        return self._drawn_cursor

    @property
    def cursor_index(self) -> int:
        return 0 if self._cursor_id is None else self._index[self._cursor_id]

    def set_empty(self, text: str) -> None:
        """What is said when there are no rows: it names the key that fills the table."""
        if text != self._empty:
            self._empty = text
            self.refresh()

    def set_columns(self, columns: Sequence[Column]) -> None:
        self._columns = tuple(columns)
        self._relayout()

    def set_rows(self, rows: Sequence[Row[PayloadT]]) -> None:
        """Show these rows in this order. The cursor stays on its row's id; where that went, on the same line."""
        now = self._clock()
        fresh = tuple(rows)
        previous, index = self._rows, self._index
        old_line = self.cursor_index
        changed = self._note_news(fresh, now)
        same_order = len(fresh) == len(previous) and all(a.id == b.id for a, b in zip(fresh, previous, strict=True))
        self._rows = fresh
        if not same_order:
            self._index = {row.id: line for line, row in enumerate(fresh)}
            if len(self._index) != len(fresh):
                raise ValueError("two rows of a table share an id")
            for gone in index.keys() - self._index.keys():
                self._news.pop(gone, None)
                self._painted.pop(gone, None)
        before = self._cursor_id
        self._place_cursor(old_line, now)
        self._loaded = self._loaded or bool(fresh)
        if same_order:
            self._refresh_changed(now)
        else:
            self._resize_virtual()
            self.refresh()
        if self._cursor_id is not None and self._cursor_id == before and before in changed:
            self.post_message(self.RowHighlighted(self, before))

    def move_cursor_to(self, row_id: str) -> bool:
        """Put the cursor on a row; False when there is no such row."""
        line = self._index.get(row_id)
        if line is None:
            return False
        self._move_to(line)
        return True

    def _note_news(self, fresh: Sequence[Row[PayloadT]], now: float) -> set[str]:
        """Mark what is new and what changed its stamp; the ids of the latter."""
        changed: set[str] = set()
        for row in fresh:
            at = self._index.get(row.id)
            if at is None:
                if self._loaded:
                    self._news[row.id] = (NEW_MARK, now)
            elif self._rows[at].stamp != row.stamp:
                self._news[row.id] = (CHANGED_MARK, now)
                changed.add(row.id)
        return changed

    def _refresh_changed(self, now: float) -> None:
        """Redraw the visible lines that look different; a row that looks the same counts as drawn."""
        top = self.scroll_offset.y
        for line in range(top, min(len(self._rows), top + self.size.height - _HEADER_LINES)):
            row = self._rows[line]
            painted = self._painted.get(row.id)
            if (
                painted is None
                or painted.look != self._look(row.payload)
                or painted.news != self._news_mark(row.id, now)
            ):
                self._refresh_row(line)
            elif row.id == self._cursor_id and self._drawn_cursor is not None and self._drawn_cursor.id == row.id:
                self._drawn_cursor = row

    def _news_mark(self, row_id: str, now: float) -> str:
        news = self._news.get(row_id)
        if news is None:
            return ""
        if now - news[1] > self._mark_seconds:
            del self._news[row_id]
            return ""
        return news[0]

    # The cursor

    def _place_cursor(self, old_line: int, now: float) -> None:
        if self._cursor_id in self._index and (self._touched or self._cursor_id == self._rows[0].id):
            return
        if not self._touched:
            old_line = 0
        had = self._cursor_id
        self._cursor_id = self._rows[min(old_line, len(self._rows) - 1)].id if self._rows else None
        if self._cursor_id != had:
            self.cursor_since = now
            self.post_message(self.RowHighlighted(self, self._cursor_id))

    def _move_to(self, line: int) -> None:
        self._touched = True
        if not self._rows:
            return
        line = max(0, min(len(self._rows) - 1, line))
        row_id = self._rows[line].id
        if row_id != self._cursor_id:
            before = self.cursor_index
            self._cursor_id = row_id
            self.cursor_since = self._clock()
            self._refresh_row(before)
            self._refresh_row(line)
            self.post_message(self.RowHighlighted(self, row_id))
        self._show_line(line)

    def _show_line(self, line: int) -> None:
        page = max(1, self.size.height - _HEADER_LINES)
        top = self.scroll_offset.y
        if line < top:
            self.scroll_to(y=line, animate=False, force=True)
        elif line >= top + page:
            self.scroll_to(y=line - page + 1, animate=False, force=True)

    def on_key(self, event: events.Key) -> None:
        del event
        self._touched = True

    def action_move(self, lines: int) -> None:
        self._move_to(self.cursor_index + lines)

    def action_page(self, pages: int) -> None:
        self._move_to(self.cursor_index + pages * max(1, self.size.height - _HEADER_LINES - 1))

    def action_edge(self, end: int) -> None:
        self._move_to(len(self._rows) - 1 if end else 0)

    def action_select(self) -> None:
        if self._cursor_id is not None:
            self.post_message(self.RowSelected(self, self._cursor_id))

    def on_click(self, event: events.Click) -> None:
        self._touched = True
        line = event.y - _HEADER_LINES
        if line < 0 or self.scroll_offset.y + line >= len(self._rows):
            return
        self._move_to(self.scroll_offset.y + line)
        if event.chain == 2:
            self.action_select()

    # Drawing

    def on_resize(self, event: events.Resize) -> None:
        del event
        self._relayout()
        if self._cursor_id is not None:
            self._show_line(self.cursor_index)

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._kinds.clear()
        self._painted.clear()

    def _relayout(self) -> None:
        self._layout = lay_out(self._columns, max(1, self.size.width - _GUTTER - 1))
        self._painted.clear()
        self._resize_virtual()
        self.refresh()

    def _resize_virtual(self) -> None:
        self.virtual_size = Size(self.size.width, len(self._rows) + _HEADER_LINES)

    def _refresh_row(self, line: int) -> None:
        y = line - self.scroll_offset.y + _HEADER_LINES
        if _HEADER_LINES <= y < self.size.height:
            self.refresh(Region(0, y, self.size.width, 1))

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if y < _HEADER_LINES:
            return self._header(width)
        line = self.scroll_offset.y + y - _HEADER_LINES
        if line >= len(self._rows):
            return self._blank(y, width)
        row = self._rows[line]
        at_cursor = row.id == self._cursor_id
        if at_cursor:
            self._drawn_cursor = row
        news = self._news_mark(row.id, self._clock())
        look = self._look(row.payload)
        painted = self._painted.get(row.id)
        if painted is None or (painted.look, painted.at_cursor, painted.news, painted.width) != (
            look, at_cursor, news, width
        ):  # fmt: skip
            if len(self._painted) >= _CACHE_LIMIT:
                self._painted.clear()
            painted = _Painted(look, at_cursor, news, width, self._draw(look, at_cursor, news, width))
            self._painted[row.id] = painted
        return painted.strip

    def _draw(self, look: Look, at_cursor: bool, news: str, width: int) -> Strip:
        base = self._style("muted" if look.muted else "", at_cursor)
        segments = [
            Segment(CURSOR_MARK if at_cursor else " ", self._style("cursor-mark", at_cursor)),
            Segment(fit(look.mark, 1) + fit(news, 1) + " ", self._style("mark", at_cursor)),
        ]
        for position, placed in enumerate(self._layout.columns):
            cell = look.cells[placed.index]
            if position:
                segments.append(Segment(" " * self._layout.gap, base))
            plain = look.muted or not cell.kind or (at_cursor and cell.kind == "muted")
            style = base if plain else self._style(cell.kind, at_cursor)
            if cell.joint:
                text = fit_pair(cell.text, cell.joint, placed.width)
            else:
                text = fit(cell.text, placed.width, placed.column.justify)
            segments.append(Segment(text, style))
        return Strip(segments).adjust_cell_length(width, base)

    def _header(self, width: int) -> Strip:
        style = self._style("header", False)
        titles = (" " * self._layout.gap).join(
            fit(p.column.title, p.width, p.column.justify) for p in self._layout.columns
        )
        return Strip([Segment(" " * _GUTTER + titles, style)]).adjust_cell_length(width, style)

    def _blank(self, y: int, width: int) -> Strip:
        style = self._style("empty", False)
        if not self._rows:
            self._drawn_cursor = None
        lines = self._empty.split("\n") if not self._rows else []
        at = y - _HEADER_LINES - 1
        text = lines[at] if 0 <= at < len(lines) else ""
        return Strip([Segment(fit(" " * _GUTTER + text, width), style)])

    def _style(self, kind: str, at_cursor: bool) -> Style:
        found = self._kinds.get((kind, at_cursor))
        if found is None:
            base = self.get_component_rich_style("line-table--cursor") if at_cursor else self.rich_style
            if kind:
                base += self.get_component_rich_style(f"line-table--{kind}", partial=True)
            found = self._kinds[(kind, at_cursor)] = base
        return found
