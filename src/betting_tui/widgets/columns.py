"""Which columns of a table fit into a width, and how wide each becomes."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from betting_tui.widgets.text import Justify, width_of

_LEAST_GAP, _MOST_GAP = 1, 3
_WIDEST = 60


class Column(Struct, frozen=True):
    """`width` is what its text may be cut down to, in cells; right-aligned columns hold numbers and are never cut.

    Columns with a higher `priority` number leave first; 0 never leaves. No column becomes wider than its content, its
    title or `max_width`; room left over goes between the columns, then to the flexible one.
    """

    key: str
    title: str
    width: int
    justify: Justify = "left"
    priority: int = 0
    flexible: bool = False
    max_width: int = _WIDEST


class Placed(Struct, frozen=True):
    """A column that is drawn: where its cell stands in a row, and its width in cells."""

    index: int
    column: Column
    width: int


class Layout(Struct, frozen=True):
    """The columns that are drawn, in order, with `gap` cells between them."""

    columns: tuple[Placed, ...] = ()
    gap: int = _LEAST_GAP


def lay_out(columns: Sequence[Column], width: int, content: Sequence[int] = ()) -> Layout:
    """The columns drawn in `width` cells, in their own order; `content` is how wide the widest cell of each is,
    0 where that is not known yet.

    The last ones overflow only if nothing may leave.
    """
    full = [_full(column, content[i] if i < len(content) else 0) for i, column in enumerate(columns)]
    least = [_least(column, full[i]) for i, column in enumerate(columns)]
    kept = _kept(columns, least, width)
    between = len(kept) - 1
    spare = width - sum(least[i] for i in kept) - _LEAST_GAP * between
    widths = {i: least[i] for i in kept}
    spare -= _share_out(widths, full, spare)
    wider = min(_MOST_GAP - _LEAST_GAP, max(0, spare) // between) if between else 0
    spare -= wider * between
    flexible = [i for i in kept if columns[i].flexible]
    if flexible:
        widths[flexible[0]] = max(1, widths[flexible[0]] + spare)
    return Layout(tuple(Placed(i, columns[i], widths[i]) for i in kept), _LEAST_GAP + wider)


def _full(column: Column, content: int) -> int:
    """As wide as anything in it, within reason."""
    return max(width_of(column.title), min(content or column.width, max(column.width, column.max_width)))


def _least(column: Column, full: int) -> int:
    return full if column.justify == "right" else max(width_of(column.title), min(column.width, full))


def _kept(columns: Sequence[Column], least: Sequence[int], width: int) -> list[int]:
    kept = list(range(len(columns)))
    while sum(least[i] + _LEAST_GAP for i in kept) - _LEAST_GAP > width:
        leaving = max(kept, key=lambda i: (columns[i].priority, i))
        if columns[leaving].priority == 0:
            break
        kept.remove(leaving)
    return kept


def _share_out(widths: dict[int, int], full: Sequence[int], spare: int) -> int:
    """Widen the columns that lack room, those that lack least first, all by a fair share; returns what was given."""
    given = 0
    wanting = sorted((i for i in widths if full[i] > widths[i]), key=lambda i: full[i] - widths[i])
    for position, i in enumerate(wanting):
        grown = max(0, min(full[i] - widths[i], (spare - given) // (len(wanting) - position)))
        widths[i] += grown
        given += grown
    return given
