"""Text that is drawn again only when it says something else."""

from __future__ import annotations

import re

from textual import events
from textual.content import Content
from textual.widgets import Static

from betting_tui.widgets.text import width_of

# A number and its unit are one word.
_WORD = re.compile(r"\S+(?: %\S*)*")
_JOINT = "·"


class Prose(Static):
    """`layout` of `show` is for text whose height decides the height of its box. With `whole` it is broken into lines
    where its parts end, as `filled` does."""

    def __init__(
        self,
        *,
        id: str | None = None,  # noqa: A002 - Textual's name
        classes: str | None = None,
        whole: bool = False,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._shown = self._drawn = Content("")
        self._whole = whole

    def show(self, content: Content, *, layout: bool = False) -> None:
        if not content.is_same(self._shown):
            self._shown = content
            self._draw(layout=layout)

    def on_resize(self, event: events.Resize) -> None:
        del event
        if self._whole:
            self._draw(layout=True)

    def _draw(self, *, layout: bool) -> None:
        width = self.content_size.width
        drawn = filled(self._shown, width) if self._whole and width else self._shown
        if not drawn.is_same(self._drawn):
            self._drawn = drawn
            self.update(drawn, layout=layout)


def filled(content: Content, width: int) -> Content:
    """The same in lines of `width` cells: parts between ` · ` stay whole where a line has room for them, and numbers
    stay beside their `%` everywhere."""
    parts, end = [], 0
    for at in _breaks(content.plain, width):
        parts += [content[end:at], Content("\n")]
        end = at + 1
    return Content.assemble(*parts, content[end:])


def _breaks(text: str, width: int) -> list[int]:
    """The spaces that give way to a new line."""
    found: list[int] = []
    start = 0
    for line in text.split("\n"):
        used = 0
        for part in _parts(line):
            room = width - used - bool(used)
            whole = width_of(line[part[0].start() : part[-1].end()])
            if used and room < whole <= width:
                found.append(start + part[0].start() - 1)
                used = 0
            for word in part:
                length = width_of(word[0])
                if used and used + 1 + length > width:
                    found.append(start + word.start() - 1)
                    used = 0
                used += length + bool(used)
        start += len(line) + 1
    return found


def _parts(line: str) -> list[list[re.Match[str]]]:
    """Its words, those up to a joint together with it."""
    parts: list[list[re.Match[str]]] = []
    begins = True
    for word in _WORD.finditer(line):
        if begins:
            parts.append([])
        parts[-1].append(word)
        begins = word[0] == _JOINT
    return parts
