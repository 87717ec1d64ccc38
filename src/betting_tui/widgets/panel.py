"""A bordered box with its title in the border and a count at the right end of the same border line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from textual import events
from textual.containers import Container
from textual.content import Content
from textual.geometry import Region

from betting_tui.widgets.text import fit, visible, width_of

# The border draws corner, dash and a space on either side of its title.
_FRAME = 6


class Panel(Container):
    """`set_title` may be called at any time with text from anywhere: it is drawn literally and cut to fit."""

    DEFAULT_CSS = """
    Panel {
        border: round $border-blurred;
        border-title-color: $foreground;
        border-title-style: bold;
        background: $surface;
        height: 1fr;
        &:focus-within { border: round $border; border-title-color: $primary; }
    }
    """

    def __init__(
        self,
        title: str = "",
        note: str = "",
        *,
        id: str | None = None,  # noqa: A002 - the name Textual gives it
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._title = title
        self._notes: tuple[str, ...] = (note,)
        self._drawn = Content("")
        self._titling = False

    def set_title(self, title: str, note: str = "") -> None:
        self.set_title_first(title, (note,))

    def set_title_first(self, title: str, notes: Sequence[str]) -> None:
        """With the first of the notes that the border has room for, else the last."""
        if (title, tuple(notes)) != (self._title, self._notes):
            self._title, self._notes = title, tuple(notes)
            self._draw_title()

    @property
    def title(self) -> str:
        return self._title

    @property
    def title_line(self) -> str:
        """The text in the border as it is drawn."""
        return self._drawn.plain

    @property
    def note(self) -> str:
        room = self.outer_size.width - _FRAME - width_of(visible(self._title)) - 3
        return next((note for note in self._notes if width_of(visible(note)) <= room), self._notes[-1])

    def on_mount(self) -> None:
        self._draw_title()

    def on_resize(self, event: events.Resize) -> None:
        del event
        self._draw_title()

    def on_descendant_focus(self) -> None:
        self.call_after_refresh(self._draw_title)

    def on_descendant_blur(self) -> None:
        self.call_after_refresh(self._draw_title)

    def notify_style_update(self) -> None:
        super().notify_style_update()
        if self.is_mounted:
            self.call_after_refresh(self._draw_title)

    def _draw_title(self) -> None:
        room = self.outer_size.width - _FRAME
        if room < 4:
            return
        title, note = visible(self._title), visible(self.note)
        if width_of(title) > room:
            title = fit(title, room)
        dashes = room - width_of(title) - width_of(note) - 2
        if not note or dashes < 1:
            shown = Content(title)
        else:
            line = self.styles.border_top[1].hex
            shown = Content.assemble(title, (f" {'─' * dashes} ", f"not bold {line}"), (note, "not bold $text-muted"))
        if not shown.is_same(self._drawn):
            self._drawn = shown
            self._titling = True
            self.border_title = shown
            self._titling = False

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Of another title Textual would draw the whole box anew, with all that is in it."""
        if self._titling and not regions:
            regions = (Region(-1, -1, self.outer_size.width, 1),)
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)
