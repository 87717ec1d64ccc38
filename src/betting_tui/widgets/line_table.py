"""A table drawn line by line: ten thousand rows, a cursor that stays on its row, text that is never markup."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import ClassVar, Generic

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from betting_tui.widgets.columns import Column
from betting_tui.widgets.line_painter import LinePainter, Painted
from betting_tui.widgets.lines import Lines, id_at, line_of, stamp_of, versions_among, versions_near, versions_of
from betting_tui.widgets.row import Look, PayloadT, Row

NEW_MARK = "+"
CHANGED_MARK = "•"
_HEADER_LINES = 1
_TWINS = "two rows of a table share an id"


class LineTable(ScrollView, Generic[PayloadT], can_focus=True, inherit_bindings=False):
    """Rows by id under a fixed header line. `look` is asked for the visible rows only, whenever they are drawn.

    The cursor rests on the first row until it is moved; from then on it stays on its row, and the view with it, until
    `home` brings it back to rest.
    `cursor_since` tells (on `clock`, in seconds) since when the row under the cursor has been there. `drawn_row` is
    that row as it was last painted, which may be older than what `set_rows` was told. `displaced` tells that the row a
    person had put the cursor on went, and another came in its place.
    """

    DEFAULT_CSS = """
    LineTable {
        background: $surface;
        color: $foreground;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        &:focus > .line-table--cursor { background: $primary 30%; text-style: bold; }
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
        Binding("up", "move(-1)", "up", show=False, id="table.up"),
        Binding("down", "move(1)", "down", show=False, id="table.down"),
        Binding("pageup", "page(-1)", "page up", show=False, id="table.page_up"),
        Binding("pagedown", "page(1)", "page down", show=False, id="table.page_down"),
        Binding("home", "edge(0)", "first row", show=False, id="table.first"),
        Binding("end", "edge(1)", "last row", show=False, id="table.last"),
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
        self._look = look
        self._empty = empty
        self._clock = clock
        self._mark_seconds = mark_seconds
        self._rows: Sequence[Row[PayloadT]] = ()
        self._news: dict[str, tuple[str, float]] = {}
        self._cursor_id: str | None = None
        self._cursor_line = 0
        self._drawn_cursor: Row[PayloadT] | None = None
        self._painter = LinePainter(columns, self._style)
        self._drawn: dict[int, Painted] = {}
        self._kinds: dict[tuple[str, bool], Style] = {}
        self._loaded = False
        self._chosen = self.displaced = False
        self.cursor_since = clock()

    # What is shown

    @property
    def rows(self) -> Sequence[Row[PayloadT]]:
        return self._rows

    @property
    def cursor_row(self) -> Row[PayloadT] | None:
        """The row under the cursor as last told to `set_rows`."""
        return None if self._cursor_id is None else self._rows[self._cursor_line]

    @property
    def drawn_row(self) -> Row[PayloadT] | None:
        """The row under the cursor as the user sees it; None when it is out of sight."""
        return self._drawn_cursor if not self._rows or self._in_view(self.cursor_index) else None

    @property
    def cursor_index(self) -> int:
        return 0 if self._cursor_id is None else self._cursor_line

    def set_empty(self, text: str) -> None:
        """What is said when there are no rows: it names the key that fills the table."""
        if text != self._empty:
            self._empty = text
            self.refresh()

    def set_columns(self, columns: Sequence[Column]) -> None:
        self._painter.set_columns(columns)
        self._redraw()

    def start_over(self) -> None:
        """What comes next is another list: none of it is new."""
        self._loaded = False
        self._news.clear()

    def set_rows(self, rows: Sequence[Row[PayloadT]]) -> None:
        """Show these rows in this order. The cursor stays on its row's id; where that went, on the same line.

        What is new or has another stamp is marked where it is in view, or comes into view with the cursor. Raises
        ValueError when two rows share an id; of `Lines` only those in view are looked at.
        """
        now = self._clock()
        fresh = rows if isinstance(rows, Lines) else tuple(rows)
        if not isinstance(fresh, Lines) and len({row.id for row in fresh}) < len(fresh):
            raise ValueError(_TWINS)
        before, had, old_line = self._rows, self._cursor_id, self.cursor_index
        was_in_view = self._in_view(old_line)
        self._rows = fresh
        self._place_cursor(old_line, now)
        changed = self._note_news(before, now, to_cursor=was_in_view)
        self._loaded = self._loaded or bool(fresh)
        self._resize_virtual()
        if was_in_view and self._rows:
            self.show_cursor()
        self._refresh_changed(now)
        if self._cursor_id is not None and self._cursor_id == had and had in changed:
            self.post_message(self.RowHighlighted(self, had))

    def move_cursor_to(self, row_id: str) -> bool:
        """Put the cursor on a row; False when there is no such row."""
        line = line_of(self._rows, row_id, self._cursor_line)
        if line is None:
            return False
        self._move_to(line)
        return True

    def _note_news(self, before: Sequence[Row[PayloadT]], now: float, *, to_cursor: bool) -> set[str]:
        """Mark which rows in view were not there `before` or had another stamp; the ids of the latter."""
        for row_id, (_, since) in list(self._news.items()):
            if now - since > self._mark_seconds:
                del self._news[row_id]
        fresh = versions_of(self._rows)
        view = self._lines_in_view(to_cursor)
        lines = {*view, self._cursor_line} if self._rows else set()
        seen = {id_at(self._rows, line): fresh[line] for line in lines}
        if len(seen) < len(lines):
            raise ValueError(_TWINS)
        # Most were nearby: all others are looked through only for what was not.
        were = versions_near(before, view)
        if missing := seen.keys() - were.keys():
            were |= versions_among(before, missing)
        changed: set[str] = set()
        for row_id, version in seen.items():
            was = were.get(row_id)
            if was is None:
                if self._loaded:
                    self._news[row_id] = (NEW_MARK, now)
            elif was is not version and stamp_of(before, was) != stamp_of(self._rows, version):
                self._news[row_id] = (CHANGED_MARK, now)
                changed.add(row_id)
        return changed

    def _lines_in_view(self, to_cursor: bool) -> range:
        """As soon as these rows are drawn; `to_cursor` when the view goes where the cursor is."""
        page = max(1, self.size.height - _HEADER_LINES)
        top = self.scroll_offset.y
        if to_cursor:
            top = max(min(top, self._cursor_line), self._cursor_line - page + 1)
        top = max(0, min(top, len(self._rows) - page))
        return range(top, min(top + page, len(self._rows)))

    def _refresh_changed(self, now: float) -> None:
        """Redraw the visible lines that look different; a row that looks the same counts as drawn."""
        top, height = self.scroll_offset.y, max(0, self.size.height - _HEADER_LINES)
        visible = self._rows[top : top + height]
        looks = [self._look(row.payload) for row in visible]
        if self._painter.measure(looks):
            self._redraw()
            return
        for at, (row, look) in enumerate(zip(visible, looks, strict=True)):
            at_cursor = row.id == self._cursor_id
            if self._drawn.get(at) != Painted(look, at_cursor, self._news_mark(row.id, now)):
                self._refresh_row(top + at)
            elif at_cursor and self._drawn_cursor is not None and self._drawn_cursor.id == row.id:
                self._drawn_cursor = row
        if not visible or any(at >= len(visible) for at in self._drawn):
            self.refresh(Region(0, _HEADER_LINES + len(visible), self.size.width, height - len(visible)))

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
        had, line = self._cursor_id, None
        rest = self._standable(0, 1)
        if self._chosen and had is not None:
            line = line_of(self._rows, had, old_line)
        elif self._rows and id_at(self._rows, rest) == had:
            line = rest
        if line is not None:
            self._cursor_line = line
            return
        line = self._standable(min(old_line, len(self._rows) - 1), 1) if self._chosen else rest
        self._cursor_id = id_at(self._rows, line) if self._rows else None
        self._cursor_line = line if self._rows else 0
        if self._cursor_id != had:
            self.cursor_since, self.displaced = now, self._chosen
            self.post_message(self.RowHighlighted(self, self._cursor_id))

    def keep_cursor(self) -> None:
        """The row that came under the cursor is meant: a person took away the one that was there."""
        self.displaced = False

    def _move_to(self, line: int) -> None:
        self._chosen, self.displaced = True, False
        if not self._rows:
            return
        line = max(0, min(len(self._rows) - 1, line))
        line = self._standable(line, -1 if line < self.cursor_index else 1)
        row_id = id_at(self._rows, line)
        if row_id != self._cursor_id:
            before = self.cursor_index
            self._cursor_id, self._cursor_line = row_id, line
            self.cursor_since = self._clock()
            self._refresh_row(before)
            self._refresh_row(line)
            self.post_message(self.RowHighlighted(self, row_id))
        self._show_line(line)

    def _standable(self, line: int, step: int) -> int:
        """Where the cursor comes to stand that was to go there, moving up (-1) or down (1)."""
        del step
        return line

    def show_cursor(self) -> None:
        """Scroll to the row under the cursor when it is out of sight."""
        self._show_line(self.cursor_index)

    def _in_view(self, line: int) -> bool:
        return 0 <= line - self.scroll_offset.y < max(1, self.size.height - _HEADER_LINES)

    def _show_line(self, line: int) -> None:
        page = max(1, self.size.height - _HEADER_LINES)
        top = self.scroll_offset.y
        if line < top:
            self.scroll_to(y=line, animate=False, force=True)
        elif line >= top + page:
            self.scroll_to(y=line - page + 1, animate=False, force=True)

    def action_move(self, lines: int) -> None:
        self._move_to(self.cursor_index + lines)

    def action_page(self, pages: int) -> None:
        self._move_to(self.cursor_index + pages * max(1, self.size.height - _HEADER_LINES - 1))

    def action_edge(self, end: int) -> None:
        self._move_to(len(self._rows) - 1 if end else 0)
        self._chosen = bool(end)

    def action_select(self) -> None:
        if self._cursor_id is not None:
            self.post_message(self.RowSelected(self, self._cursor_id))

    def on_click(self, event: events.Click) -> None:
        line = event.y - _HEADER_LINES
        if line < 0 or self.scroll_offset.y + line >= len(self._rows):
            return
        self._move_to(self.scroll_offset.y + line)
        if event.chain == 2:
            self.action_select()

    # Drawing

    def on_resize(self, event: events.Resize) -> None:
        del event
        self._painter.resize(self.size.width)
        self._resize_virtual()
        # Columns are as wide as what is in view needs: the view is where it stays before they are measured.
        self.show_cursor()
        self._refresh_changed(self._clock())
        self._redraw()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self._refresh_changed(self._clock())

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._kinds.clear()
        self._painter.forget()

    def _redraw(self) -> None:
        self._drawn.clear()
        self.refresh()

    def _resize_virtual(self) -> None:
        size = Size(self.size.width, len(self._rows) + _HEADER_LINES)
        if size == self.virtual_size:
            return
        needs_bar = size.height > self.container_size.height
        if self.virtual_size.width != size.width or needs_bar != self.show_vertical_scrollbar:
            self.virtual_size = size
            return
        # The bar stays or stays away: laying the whole screen out again would repaint all of it.
        self.set_reactive(LineTable.virtual_size, size)
        if needs_bar:
            self.vertical_scrollbar.window_virtual_size = size.height
        if self.scroll_y > self.max_scroll_y:
            self.scroll_to(y=self.max_scroll_y, animate=False, force=True)

    def _refresh_row(self, line: int) -> None:
        y = line - self.scroll_offset.y + _HEADER_LINES
        if _HEADER_LINES <= y < self.size.height:
            self.refresh(Region(0, y, self.size.width, 1))

    def render_line(self, y: int) -> Strip:
        if y < _HEADER_LINES:
            return self._painter.header()
        at = y - _HEADER_LINES
        line = self.scroll_offset.y + at
        if line >= len(self._rows):
            self._drawn.pop(at, None)
            return self._painter.text(self._empty_line(at))
        row = self._rows[line]
        at_cursor = row.id == self._cursor_id
        if at_cursor:
            self._drawn_cursor = row
        painted = Painted(self._look(row.payload), at_cursor, self._news_mark(row.id, self._clock()))
        self._drawn[at] = painted
        return self._painter.line(painted)

    def _empty_line(self, at: int) -> str:
        if self._rows:
            return ""
        self._drawn_cursor = None
        lines = self._empty.split("\n")
        return lines[at - 1] if 1 <= at <= len(lines) else ""

    def _style(self, kind: str, at_cursor: bool) -> Style:
        found = self._kinds.get((kind, at_cursor))
        if found is None:
            base = self.get_component_rich_style("line-table--cursor") if at_cursor else self.rich_style
            if kind:
                base += self.get_component_rich_style(f"line-table--{kind}", partial=True)
            found = self._kinds[(kind, at_cursor)] = base
        return found
