"""The one line at the top of every screen: where you are, whose money, what works, what comes next."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from textual.content import Content
from textual.widget import Widget

from betting_tui.widgets.text import plain, visible, width_of

_GAP = "  "


class StatusCell(Struct, frozen=True):
    """`priority` 0 always stays; the highest number leaves first. `kind` colours: good, warn, bad, muted, strong.

    `fold` takes the place of a cell that would leave, and of every other one that has the same.
    """

    text: str
    kind: str = ""
    priority: int = 0
    right: bool = False
    fold: StatusCell | None = None


_STYLES = {
    "": "$foreground",
    "good": "$text-success",
    "warn": "$text-warning",
    "bad": "bold $text-error",
    "muted": "$text-muted",
    "strong": "bold $primary",
}


class HeaderBar(Widget):
    DEFAULT_CSS = """
    HeaderBar { height: 1; dock: top; background: $panel; padding: 0 1; }
    """

    def __init__(self, cells: Sequence[StatusCell] = (), *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._cells = tuple(cells)

    @property
    def cells(self) -> tuple[StatusCell, ...]:
        return self._cells

    def show(self, cells: Sequence[StatusCell]) -> None:
        if tuple(cells) != self._cells:
            self._cells = tuple(cells)
            self.refresh()

    def render(self) -> Content:
        cells = _kept(self._cells, self.size.width)
        left = _joined([cell for cell in cells if not cell.right])
        right = _joined([cell for cell in cells if cell.right])
        space = max(1, self.size.width - left.cell_length - right.cell_length)
        return Content.assemble(left, " " * space, right)


def _joined(cells: Sequence[StatusCell]) -> Content:
    parts = [plain(cell.text, _STYLES[cell.kind]) for cell in cells]
    return Content(_GAP).join(parts)


def _kept(cells: Sequence[StatusCell], width: int) -> list[StatusCell]:
    kept = [cell for cell in cells if cell.text]
    while sum(width_of(visible(cell.text)) + len(_GAP) for cell in kept) - len(_GAP) > width:
        leaving = max(range(len(kept)), key=lambda at: (kept[at].priority, at))
        cell = kept[leaving]
        if cell.priority == 0:
            break
        kept = [*kept[:leaving], *kept[leaving + 1 :]] if cell.fold is None else _folded(kept, cell.fold)
    return kept


def _folded(cells: Sequence[StatusCell], fold: StatusCell) -> list[StatusCell]:
    first = next(at for at, cell in enumerate(cells) if cell.fold == fold)
    rest = [cell for cell in cells[first:] if cell.fold != fold]
    return [*cells[:first], fold, *rest]
