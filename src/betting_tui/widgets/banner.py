"""A line under the header for what stops the program from doing its work. Not there while nothing does."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

from betting_tui.widgets.text import plain, visible


class Banner(Widget):
    """Wraps to two lines where one is too short; what is said is drawn literally."""

    DEFAULT_CSS = """
    Banner {
        height: auto;
        max-height: 2;
        padding: 0 1;
        background: $error 25%;
        color: $foreground;
        text-style: bold;
        display: none;
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - the name Textual gives it
        super().__init__(id=id)
        self._text = ""

    @property
    def text(self) -> str:
        return self._text

    def say(self, text: str) -> None:
        """Nothing to say hides the line."""
        shown = visible(text)
        if shown != self._text:
            self._text = shown
            self.display = bool(shown)
            self.refresh(layout=True)

    def render(self) -> Content:
        return plain(self._text)
