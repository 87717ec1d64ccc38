"""Text that is drawn again only when it says something else."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static


class Prose(Static):
    """`layout` of `show` is for text whose height decides the height of its box."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self._shown = Content("")

    def show(self, content: Content, *, layout: bool = False) -> None:
        if not content.is_same(self._shown):
            self._shown = content
            self.update(content, layout=layout)
