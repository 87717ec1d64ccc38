"""Help: what the focused list or field is, what the screen or dialog is for, and every key that works there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from msgspec import Struct
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widget import Widget

from betting_tui.engine.config.keys import Keys
from betting_tui.screens.base import EngineScreen
from betting_tui.screens.dialogs.dialog import Dialog, TextDialog
from betting_tui.screens.explained import about_dialog, explained
from betting_tui.widgets.key_bar import key_text
from betting_tui.widgets.text import fit, plain, width_of

_LEAST, _MOST = 8, 20
# What Textual brings along, in our words.
_OWN = {
    "app.focus_next": "go to the next list or field",
    "app.focus_previous": "go to the list or field before",
    "screen.copy_text": "copy what is selected with the mouse",
}
# Textual's for everything that scrolls, also where nothing is wider than its box.
_SIDEWAYS = frozenset({"scroll_left", "scroll_right", "page_left", "page_right"})


class HelpDialog(TextDialog):
    """The key that opened it closes it as well."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1,question_mark", "leave", "close", show=False, id="dialog.help", tooltip="help for this dialog"),
    ]


class _Line(Struct, frozen=True):
    keys: tuple[str, ...]
    text: str


def help_dialog(screen: Screen[object], keys: Keys) -> HelpDialog:
    """Help for `screen` as it is now."""
    title, about = _about(screen)
    focused = screen.focused
    what = explained(screen, focused)
    parts: list[Content] = []
    if focused is not None and what is not None:
        lines = _lines_of(screen, [node for node in focused.ancestors_with_self if node not in (screen, screen.app)])
        parts += _section(what.title, keys.say(what.text), lines)
    own = "This dialog" if isinstance(screen, Dialog) else f"The screen: {title}"
    parts += _section(own, keys.say(about), _lines_of(screen, [screen]))
    everywhere = _lines_of(screen, [screen.app])
    if everywhere:
        parts += _section("Everywhere", "", everywhere)
    return HelpDialog(f"Help · {title}", Content("\n").join(parts[:-1]))


def _about(screen: Screen[object]) -> tuple[str, str]:
    """The title of a screen or dialog and what it is for."""
    match screen:
        case EngineScreen():
            return screen.title_text, screen.help_text
        case Dialog():
            return screen.title_text, screen.help_text or about_dialog(screen)
        case _:
            return type(screen).__name__, ""


def _lines_of(screen: Screen[object], nodes: list[DOMNode]) -> list[_Line]:
    """The keys these have, several for one thing in one line."""
    found: dict[str, _Line] = {}
    app = screen.app
    for node, binding, enabled, _tip in screen.active_bindings.values():
        said = _OWN.get(binding.action) or binding.tooltip or binding.description
        if not enabled or node not in nodes or not said or binding.system or binding.key.startswith("super+"):
            continue
        if binding.action in _SIDEWAYS and not (isinstance(node, Widget) and node.allow_horizontal_scroll):
            continue
        # The key line says `1-6` once for all of them; here each has its own line.
        shown = binding.key if binding.key_display == "1-6" else key_text(app, binding)
        name = binding.id or binding.action
        before = found.get(name, _Line((), said))
        found[name] = _Line(tuple(dict.fromkeys((*before.keys, shown))), before.text)
    return list(found.values())


def _section(title: str, about: str, lines: list[_Line]) -> list[Content]:
    parts = [plain(title, "bold $primary")]
    parts += [plain(about)] if about else []
    parts += [Content("")] if about and lines else []
    return [*parts, *_drawn(lines), Content("")]


def _drawn(lines: Iterable[_Line]) -> list[Content]:
    rows = [(" ".join(line.keys), line.text) for line in lines]
    width = min(_MOST, max((width_of(keys) for keys, _ in rows), default=_LEAST))
    return [
        Content.assemble("  ", plain(fit(keys, max(_LEAST, width)), "bold $accent"), "  ", plain(text))
        for keys, text in rows
    ]
