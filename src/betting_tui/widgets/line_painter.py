"""Rows as lines of styled text, each drawn once for as long as it looks the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from betting_tui.widgets.columns import Column, Layout, lay_out
from betting_tui.widgets.row import PART_GAP, Cell, Look
from betting_tui.widgets.text import fit

CURSOR_MARK = "▌"
_GUTTER = 4
# Two screens full: with all that Textual keeps beside it each weighs 40 KB, and ages change with every second.
_CACHE_LIMIT = 96
StyleOf = Callable[[str, bool], Style]


class Painted(Struct, frozen=True):
    """What one line was drawn from."""

    look: Look
    at_cursor: bool
    news: str


class LinePainter:
    """Lays columns out by the widest content seen so far, so that they widen now and then but never jitter.

    `style_of` gives the style of a kind, under the cursor or not.
    """

    def __init__(self, columns: Sequence[Column], style_of: StyleOf) -> None:
        self._style_of = style_of
        self._columns = tuple(columns)
        self._content = [0] * len(self._columns)
        self._layout = Layout()
        self._width = 0
        self._strips: dict[Painted, Strip] = {}

    def set_columns(self, columns: Sequence[Column]) -> None:
        self._columns = tuple(columns)
        self.resize(self._width)

    def resize(self, width: int) -> None:
        """Draw lines of `width` cells from now on, and forget what was seen before."""
        self._width = width
        self._content = [0] * len(self._columns)
        self._lay_out()

    def forget(self) -> None:
        """Draw everything anew: the styles changed."""
        self._strips.clear()

    def measure(self, looks: Sequence[Look]) -> bool:
        """Make room for what these rows say; True when columns moved, so that every line is to be drawn again."""
        before = list(self._content)
        for look in looks:
            for i, cell in enumerate(look.cells):
                natural = cell.natural_width
                if natural > self._content[i]:
                    self._content[i] = natural
        return self._content != before and self._lay_out()

    def line(self, painted: Painted) -> Strip:
        strip = self._strips.get(painted)
        if strip is None:
            if len(self._strips) >= _CACHE_LIMIT:
                self._strips.clear()
            strip = self._strips[painted] = self._draw(painted)
        return strip

    def header(self) -> Strip:
        style = self._style_of("header", False)
        titles = (" " * self._layout.gap).join(
            fit(placed.column.title, placed.width, placed.column.justify) for placed in self._layout.columns
        )
        return Strip([Segment(" " * _GUTTER + titles, style)]).adjust_cell_length(self._width, style)

    def places(self) -> list[tuple[int, int, int]]:
        """Of each column that is drawn its index, where it starts and how wide it is, in cells."""
        found, x = [], _GUTTER
        for placed in self._layout.columns:
            found.append((placed.index, x, placed.width))
            x += placed.width + self._layout.gap
        return found

    def text(self, text: str) -> Strip:
        """A line that is no row."""
        return Strip([Segment(fit(" " * _GUTTER + text, self._width), self._style_of("empty", False))])

    def _lay_out(self) -> bool:
        layout = lay_out(self._columns, max(1, self._width - _GUTTER - 1), self._content)
        moved = layout != self._layout
        self._layout = layout
        self._strips.clear()
        return moved

    def _draw(self, painted: Painted) -> Strip:
        look, at_cursor = painted.look, painted.at_cursor
        # Muted text could hardly be read on the cursor's background.
        base = self._style_of("muted" if look.muted and not at_cursor else "", at_cursor)
        segments = [
            Segment(CURSOR_MARK if at_cursor else " ", self._style_of("cursor-mark", at_cursor)),
            Segment(fit(look.mark, 1) + fit(painted.news or look.star, 1) + " ", self._style_of("mark", at_cursor)),
        ]
        for position, placed in enumerate(self._layout.columns):
            if position:
                segments.append(Segment(" " * self._layout.gap, base))
            cell = look.cells[placed.index]
            plain = look.muted or (at_cursor and cell.kind == "muted")
            style = base if plain or not cell.kind else self._style_of(cell.kind, at_cursor)
            segments.append(Segment(_text(cell, placed.width, placed.column), style))
        return Strip(segments).adjust_cell_length(self._width, base)


def _text(cell: Cell, width: int, column: Column) -> str:
    if not cell.parts:
        return cell.drawn(width, column.justify)
    each, rest = divmod(max(0, width - PART_GAP * (len(cell.parts) - 1)), len(cell.parts))
    return (" " * PART_GAP).join(part.drawn(each) for part in cell.parts) + " " * rest
