"""What a table draws: rows by id, and the cells each of them looks like."""

from __future__ import annotations

from typing import Generic, TypeVar

from msgspec import Struct

from betting_tui.widgets.text import Justify, fit, fit_pair, fit_tail, visible, width_of

PayloadT = TypeVar("PayloadT")
PART_GAP = 2


class Cell(Struct, frozen=True):
    """Text of one cell; `kind` names how it is drawn: gain, loss, muted, strong, warn or nothing.

    `joint` parts a text of two names that share the room when it is short. `tail` follows the text and is never cut:
    what would be misread without it, like the points of a handicap. `parts` are drawn side by side in equal shares of
    the room, instead of the text.
    """

    text: str
    kind: str = ""
    joint: str = ""
    tail: str = ""
    parts: tuple[Cell, ...] = ()

    @property
    def natural_width(self) -> int:
        """The cells it takes to draw all of it."""
        if self.parts:
            return max(part.natural_width for part in self.parts) * len(self.parts) + PART_GAP * (len(self.parts) - 1)
        return width_of(visible(self.text)) + width_of(visible(self.tail))

    def drawn(self, width: int, justify: Justify = "left") -> str:
        """Its text, exactly `width` terminal cells wide."""
        if self.joint:
            return fit_pair(self.text, self.joint, width)
        if self.tail:
            return fit_tail(self.text, self.tail, width)
        return fit(self.text, width, justify)


class Look(Struct, frozen=True):
    """How one row looks: a cell for each column, a mark in front, and whether all of it steps back.

    `star` stands beside the mark while no news of the row does.
    """

    cells: tuple[Cell, ...]
    mark: str = ""
    muted: bool = False
    star: str = ""


class Row(Struct, Generic[PayloadT], frozen=True, gc=False):
    """One line. `payload` is what the row stands for; a change of `stamp` is news and is marked for a moment.

    Rows come by the ten thousand, and the garbage collector does not walk them: what a payload leads to must not lead
    back to the row.
    """

    id: str
    payload: PayloadT
    stamp: str = ""
