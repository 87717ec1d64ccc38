"""A table with a cursor on one cell: a few columns that stay, and any number that scroll past beside them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.scroll_view import ScrollView

from betting_tui.widgets.columns import Column
from betting_tui.widgets.line_table import LineTable
from betting_tui.widgets.row import Cell, Look, PayloadT
from betting_tui.widgets.text import fit, width_of

_CELL = "cell"
_GUTTER = 5


class GridTable(LineTable[PayloadT]):
    """`fixed` columns, the last of them the first the cursor can be on, then as many of `books` as there is room for.

    `look` gives the fixed cells, then one for each column of `shown`. Left and right move the cursor over the columns;
    those out of sight scroll in. `skips` says which rows the cursor passes over on its way to the next.
    """

    DEFAULT_CSS = """
    GridTable > .line-table--cell { text-style: reverse bold; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"line-table--cell"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "across(-1)", "Left", show=False, id="grid.left"),
        Binding("right", "across(1)", "Right", show=False, id="grid.right"),
    ]

    class CellMoved(Message):
        """The cursor went to another column, or others are in sight."""

        def __init__(self, table: ScrollView) -> None:
            super().__init__()
            self.table = table

        @property
        def control(self) -> ScrollView:
            return self.table

    def __init__(
        self,
        fixed: Callable[[int], Sequence[Column]],
        look: Callable[[PayloadT], Look],
        *,
        clock: Callable[[], float],
        skips: Callable[[PayloadT], bool] = lambda _: False,
        cell_width: int = 8,
        id: str | None = None,  # noqa: A002 - the name Textual gives it
    ) -> None:
        """`fixed` gives the columns that stay, for a table of so many cells in width."""
        super().__init__((), self._look_of, clock=clock, id=id)
        self._fixed = fixed
        self._cells_of = look
        self._skips = skips
        self._cell_width = cell_width
        self._titles: tuple[str, ...] = ()
        self._keys: tuple[str, ...] = ()
        self._first = self._count = 0
        self._across = 0
        self._staying = tuple(fixed(0))
        self._painter.set_columns(self._staying)

    # Columns

    @property
    def shown(self) -> tuple[str, ...]:
        """The keys of the scrolling columns that are in sight."""
        return self._keys[self._first : self._first + self._count]

    @property
    def stays(self) -> int:
        """How many columns stay at this width."""
        return len(self._staying)

    @property
    def hidden(self) -> tuple[int, int]:
        """How many scrolling columns are out of sight at the left and at the right."""
        return self._first, max(0, len(self._keys) - self._first - self._count)

    @property
    def column_key(self) -> str:
        """The key of the column under the cursor; '' on the one that stays."""
        return self._keys[self._across - 1] if self._across else ""

    def set_scrolling(self, keys: Sequence[str], titles: Sequence[str]) -> None:
        """The columns that scroll, with what stands above them. The cursor stays on its column's key."""
        if (tuple(keys), tuple(titles)) == (self._keys, self._titles):
            return
        under = self.column_key
        self._keys, self._titles = tuple(keys), tuple(titles)
        self._across = self._keys.index(under) + 1 if under in self._keys else 0
        self._arrange()

    def _arrange(self) -> None:
        """Lay the columns out for this width, the one under the cursor in sight."""
        self._staying = tuple(self._fixed(self.size.width))
        taken = sum(max(column.width, len(column.title)) + 1 for column in self._staying) + _GUTTER
        room = self.size.width - taken
        self._count = max(1, min(len(self._keys), room // (self._cell_width + 1)))
        last = max(0, len(self._keys) - self._count)
        at = self._across - 1
        first = min(self._first, last)
        if at >= 0:
            first = max(min(first, at), at - self._count + 1)
        self._first = first
        titles = self._titles[first : first + self._count]
        # What is left over goes to titles that would be cut.
        longest = max((width_of(title) for title in titles), default=0)
        width = max(self._cell_width, min(longest, room // self._count - 1))
        scrolling = tuple(
            Column(key, fit(title, width, "right"), width, "right", max_width=width)
            for key, title in zip(self.shown, titles, strict=True)
        )
        self.set_columns((*self._staying, *scrolling))
        self._look_again()

    def _look_again(self) -> None:
        if self.is_mounted:
            self._refresh_changed(self._clock())

    def look_again(self) -> None:
        """Draw the rows in sight that look different by now."""
        self._look_again()

    def on_resize(self, event: events.Resize) -> None:
        self._arrange()
        super().on_resize(event)
        self.post_message(self.CellMoved(self))

    def action_across(self, step: int) -> None:
        across = max(0, min(len(self._keys), self._across + step))
        if across == self._across:
            return
        self._across = across
        self.cursor_since = self._clock()
        self._arrange()
        self._redraw()
        self.post_message(self.CellMoved(self))

    # Rows

    def _standable(self, line: int, step: int) -> int:
        """Beyond the rows that are passed over; before them where no other follows."""
        for way in (step, -step):
            at = line
            while 0 <= at < len(self.rows) and self._skips(self.rows[at].payload):
                at += way
            if 0 <= at < len(self.rows):
                return at
        return line

    def _show_line(self, line: int) -> None:
        """With what stands above it and is passed over: that says what the row belongs to."""
        above = line
        while above > 0 and self._skips(self.rows[above - 1].payload):
            above -= 1
        if above < line:
            super()._show_line(above)
        super()._show_line(line)

    def on_click(self, event: events.Click) -> None:
        across = self._column_at(event.x)
        if across is not None and across != self._across:
            self._across = across
            self.cursor_since = self._clock()
            self._redraw()
            self.post_message(self.CellMoved(self))
        super().on_click(event)

    def _column_at(self, x: int) -> int | None:
        """Which column the cursor goes to for a click there; None where it stays."""
        placed = self._painter.places()
        stays = len(self._staying)
        for index, start, width in placed:
            if index >= stays - 1 and start <= x < start + width:
                return 0 if index == stays - 1 else self._first + index - stays + 1
        return None

    # Drawing

    def _look_of(self, payload: PayloadT) -> Look:
        """With the cell under the cursor's column marked, for the row of the cursor."""
        look = self._cells_of(payload)
        at = len(self._staying) - 1 + (0 if not self._across else self._across - self._first)
        if not 0 <= at < len(look.cells) or self._skips(payload):
            return look
        cell = look.cells[at]
        marked = Cell(cell.text, f"{_CELL} {cell.kind}".rstrip(), cell.joint, cell.tail, cell.parts)
        return Look((*look.cells[:at], marked, *look.cells[at + 1 :]), look.mark, look.muted)

    def _style(self, kind: str, at_cursor: bool) -> Style:
        first, _, rest = kind.partition(" ")
        if first != _CELL:
            return super()._style(kind, at_cursor)
        style = super()._style("" if at_cursor else rest, at_cursor)
        return style + self.get_component_rich_style("line-table--cell", partial=True) if at_cursor else style
