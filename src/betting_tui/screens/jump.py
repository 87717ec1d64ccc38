"""Going to a list or box by the letter that is drawn on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from msgspec import Struct
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.geometry import Offset, Region
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import Input, Static

from betting_tui.widgets.panel import Panel
from betting_tui.widgets.text import fit, plain

LETTERS = "asdfghjklqwertyuiopzxcvbnm"
_LONGEST_NAME = 24


class Target(Struct, frozen=True):
    """Where one letter leads."""

    letter: str
    widget: Widget


class JumpScreen(ModalScreen[Widget]):
    """The screen below with a letter on each list and box; answers with the one that was chosen."""

    CSS_PATH = "jump.tcss"
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "stay here", id="jump.leave"),
    ]

    def __init__(self, below: Screen[object]) -> None:
        super().__init__()
        self._below = below
        self._targets = tuple(targets(below))

    def compose(self) -> ComposeResult:
        for target in self._targets:
            name = fit(_name(target.widget), _LONGEST_NAME).rstrip()
            yield Static(plain(f"{target.letter} {name}".rstrip()), id=f"jump-{target.letter}")

    def on_mount(self) -> None:
        self._place()

    def on_resize(self, event: events.Resize) -> None:
        del event
        # The screen below is laid out anew first.
        self.call_after_refresh(self._place)

    def _place(self) -> None:
        for target, at in zip(self._targets, _spots(self._targets, self.size.height), strict=True):
            self.query_one(f"#jump-{target.letter}", Static).styles.offset = at

    def action_leave(self) -> None:
        self.dismiss(None)

    def on_key(self, event: events.Key) -> None:
        target = next((target for target in self._targets if target.letter == event.key.lower()), None)
        if target is not None:
            event.stop()
            self.dismiss(target.widget)
        elif event.key not in ("escape", "ctrl+q"):
            event.stop()
            self.dismiss(None)

    def on_click(self, event: events.Click) -> None:
        """A letter that is clicked on leads to its list, anything else away."""
        chosen = event.widget.id if event.widget is not None else None
        target = next((target for target in self._targets if f"jump-{target.letter}" == chosen), None)
        self.dismiss(None if target is None else target.widget)


def jump(screen: Screen[object]) -> None:
    """Ask where to go, and go there."""

    def chosen(widget: Widget | None) -> None:
        if widget is not None and widget.is_mounted:
            widget.focus()

    screen.app.push_screen(JumpScreen(screen), chosen)


def targets(screen: Screen[object]) -> Iterator[Target]:
    """Everything that can have the focus, in the order of tab."""
    reachable = [widget for widget in screen.focus_chain if widget.region.area or _panel(widget) is not None]
    for letter, widget in zip(LETTERS, reachable, strict=False):
        yield Target(letter, widget)


def _panel(widget: Widget) -> Panel | None:
    return next((node for node in widget.ancestors_with_self if isinstance(node, Panel)), None)


def _name(widget: Widget) -> str:
    panel = _panel(widget)
    title = panel.title if panel is not None else ""
    return f"{title}: field" if isinstance(widget, Input) else title


def _spots(wanted: Sequence[Target], height: int) -> list[Offset]:
    """On the upper border of its box; what is scrolled out of sight is named at the edge it lies behind."""
    taken: set[tuple[int, int]] = set()
    spots: list[Offset] = []
    for target in wanted:
        panel = _panel(target.widget)
        region: Region = (panel or target.widget).region
        x, y = region.x + 1, max(1, min(region.y, height - 2))
        while (x, y) in taken:
            y = y + 1 if y < height - 2 else 1
        taken.add((x, y))
        spots.append(Offset(x, y))
    return spots
