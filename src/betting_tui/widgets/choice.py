"""One of a few words, chosen with the arrow keys: where typing would only invite mistakes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from betting_tui.widgets.text import plain


class Choice(Widget, can_focus=True):
    """`words` in a ring; `chosen` is the index of the one that is shown. Raises ValueError for no words."""

    DEFAULT_CSS = """
    Choice { height: 1; padding: 0 1; background: $panel; color: $foreground; &:focus { background: $primary 20%; } }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,space", "step(1)", "change", key_display="← →", id="choice.next"),
        Binding("left", "step(-1)", "Previous", show=False, id="choice.previous"),
    ]

    class Changed(Message):
        """Another word is shown."""

        def __init__(self, choice: Choice) -> None:
            super().__init__()
            self.choice = choice

        @property
        def control(self) -> Choice:
            return self.choice

    def __init__(self, words: Sequence[str], chosen: int = 0, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        if not words:
            raise ValueError("a choice needs something to choose from")
        self._words = tuple(words)
        self._chosen = chosen % len(words)

    @property
    def chosen(self) -> int:
        return self._chosen

    @property
    def word(self) -> str:
        return self._words[self._chosen]

    def render(self) -> Content:
        if len(self._words) == 1:
            return plain(self.word)
        arrow = "$accent" if self.has_focus else "$text-muted"
        return Content.assemble(plain("◂ ", arrow), plain(self.word), plain(" ▸", arrow))

    def action_step(self, step: int) -> None:
        if len(self._words) > 1:
            self._chosen = (self._chosen + step) % len(self._words)
            self.refresh()
            self.post_message(self.Changed(self))

    def on_click(self) -> None:
        self.action_step(1)
