"""Help: what a screen is for and every key that works on it."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content
from textual.screen import Screen

from betting_tui.screens.dialogs.dialog import TextDialog
from betting_tui.widgets.text import fit, plain

_KEY_WIDTH = 12


def help_dialog(screen: Screen[None], title: str, about: str) -> TextDialog:
    """Help for `screen` as it is now: keys of the screen, of the focused widget, and of everywhere."""
    groups: dict[str, dict[str, tuple[list[str], str]]] = {"On this screen": {}, "In the list": {}, "Everywhere": {}}
    app = screen.app
    for node, binding, enabled, _tip in screen.active_bindings.values():
        if not enabled or not binding.id:
            continue
        where = "Everywhere" if node is app else "On this screen" if node is screen else "In the list"
        keys, _ = groups[where].setdefault(binding.id or binding.action, ([], binding.tooltip or binding.description))
        # The key line says `1-6` once for all of them; here each has its own line.
        shown = binding.key if binding.id == "app.opportunities" else binding.key_display
        keys.append(shown or app.get_key_display(binding))
    parts = [plain(about), Content("")] if about else []
    for name, group in groups.items():
        if group:
            parts += [plain(name, "bold $primary"), *_lines(group.values()), Content("")]
    return TextDialog(f"Help · {title}", Content("\n").join(parts[:-1]))


def _lines(group: Iterable[tuple[list[str], str]]) -> list[Content]:
    return [
        Content.assemble(plain(fit(" ".join(dict.fromkeys(keys)), _KEY_WIDTH), "bold $accent"), "  ", plain(text))
        for keys, text in group
    ]
