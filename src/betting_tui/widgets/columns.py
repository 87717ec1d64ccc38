"""Which columns of a table fit into a width, and how wide each becomes."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from betting_tui.widgets.text import Justify

_LEAST_GAP, _MOST_GAP = 1, 3


class Column(Struct, frozen=True):
    """`width` is the least it needs, in cells. Columns with a higher `priority` number leave first; 0 never leaves.

    Spare room goes to the flexible column up to its `max_width`, then to the others up to theirs, then between the
    columns, and what is still left to the flexible one.
    """

    key: str
    title: str
    width: int
    justify: Justify = "left"
    priority: int = 0
    flexible: bool = False
    max_width: int = 0


class Placed(Struct, frozen=True):
    """A column that is drawn: where its cell stands in a row, and its width in cells."""

    index: int
    column: Column
    width: int


class Layout(Struct, frozen=True):
    """The columns that are drawn, in order, with `gap` cells between them."""

    columns: tuple[Placed, ...] = ()
    gap: int = _LEAST_GAP


def lay_out(columns: Sequence[Column], width: int) -> Layout:
    """The columns drawn in `width` cells, in their own order. The last ones overflow only if nothing may leave."""
    kept = list(range(len(columns)))
    while sum(columns[i].width + _LEAST_GAP for i in kept) - _LEAST_GAP > width:
        leaving = max(kept, key=lambda i: (columns[i].priority, i))
        if columns[leaving].priority == 0:
            break
        kept.remove(leaving)
    widths = {i: columns[i].width for i in kept}
    between = len(kept) - 1
    spare = width - (sum(widths.values()) + _LEAST_GAP * between)
    flexible = [i for i in kept if columns[i].flexible]
    for i in flexible + [i for i in kept if i not in flexible]:
        grown = min(max(0, spare), max(0, columns[i].max_width - widths[i]))
        widths[i] += grown
        spare -= grown
    wider = min(_MOST_GAP - _LEAST_GAP, max(0, spare) // between) if between else 0
    spare -= wider * between
    if flexible and spare > 0:
        widths[flexible[0]] += spare
    elif flexible and spare < 0:
        widths[flexible[0]] = max(1, widths[flexible[0]] + spare)
    return Layout(tuple(Placed(i, columns[i], widths[i]) for i in kept), _LEAST_GAP + wider)
