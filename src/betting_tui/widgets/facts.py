"""Facts, one under the other: a short name, and its text indented beside it however often it wraps."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from betting_tui.widgets.text import fit, plain

_NAME_WIDTH = 9
_NARROWEST = 10


class Fact(Struct, frozen=True):
    """`name` may be empty: the text then stands under the one before."""

    name: str
    text: str
    style: str = ""


class Facts(Widget):
    """As high as its facts are at its width."""

    DEFAULT_CSS = "Facts { height: auto; }"

    def __init__(
        self,
        facts: Sequence[Fact] = (),
        *,
        name_width: int = _NAME_WIDTH,
        id: str | None = None,  # noqa: A002 - Textual's name
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._facts = tuple(facts)
        self._name_width = name_width

    def show(self, facts: Sequence[Fact]) -> None:
        if tuple(facts) != self._facts:
            self._facts = tuple(facts)
            self.refresh(layout=True)

    def line_of(self, place: int) -> int:
        """The first line of this fact, from 0."""
        return len(self._lines_of(self._facts[:place], self.content_size.width))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return max(1, len(self._lines(width)))

    def render(self) -> Content:
        return Content("\n").join(self._lines(self.content_size.width))

    def _lines(self, width: int) -> list[Content]:
        return self._lines_of(self._facts, width)

    def _lines_of(self, facts: Sequence[Fact], width: int) -> list[Content]:
        room = max(_NARROWEST, width - self._name_width)
        lines = []
        for fact in facts:
            name = fact.name
            for part in plain(fact.text, fact.style).wrap(room):
                lines.append(Content.assemble(plain(fit(name, self._name_width), "$text-muted"), part))
                name = ""
        return lines
