"""Writes down everything a key can do: the table the settings are checked with, and the page about keys.

Run from the project's directory: `python docs/make_keys.py`. With `--check` it only says whether both are up to date.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import ModalScreen

import betting_tui.screens
import betting_tui.screens.dialogs
import betting_tui.widgets
from betting_tui.app import BettingApp
from betting_tui.engine.config.key_names import name_of, shown
from betting_tui.screens.base import EngineScreen
from betting_tui.screens.dialogs.dialog import Dialog
from betting_tui.widgets.line_table import LineTable

ROOT = Path(__file__).parent.parent
TABLE = ROOT / "src/betting_tui/engine/config/key_table.py"
PAGE = ROOT / "docs/keys.md"
_INDENT, _WIDTH = 13, 119
_TABLE_HEAD = '''"""Everything a key can do. Written by docs/make_keys.py from the bindings themselves."""

from __future__ import annotations

from msgspec import Struct


class KeyEntry(Struct, frozen=True):
    """`keys` are the default ones, by name, with commas between them. `places` are the screens and dialogs it works in.

    A key with `priority` comes before what is typed into a field.
    """

    id: str
    keys: str
    text: str
    places: tuple[str, ...]
    priority: bool = False


'''
_PAGE_HEAD = """# Keys

Every key can be changed under `ui.keys` in `config.yaml`, by the id of what it does; several keys have commas between
them:

```yaml
ui:
  keys:
    opportunities.place: "b, f5"
    app.help: "f1"
```

What is named there replaces the default keys. An id nobody has, a key no terminal sends and a key that would do two
things in one place are errors that name file and line: `betting-tui config check` lists them. The key line, help, the
command list and every sentence show the keys in force. The settings screen changes them too.

A key is a letter (`b`, or `B` with shift), a digit, a sign (`/` or `slash`), `f1` to `f24`, `ctrl+` and a letter,
`enter`, `escape`, `tab`, `space`, `backspace`, `delete`, `insert`, `home`, `end`, `pageup`, `pagedown` or an arrow:
`up`, `down`, `left`, `right`. Terminals cannot send `ctrl+enter` or `alt+enter`; `ctrl+h`, `ctrl+i`, `ctrl+j` and
`ctrl+m` reach programs as other keys, `ctrl+c` and `ctrl+z` are spoken for. `ctrl+a`, `ctrl+b` and `ctrl+s` are allowed
with a warning, as screen, tmux and some terminals keep them.
"""


class Found:
    """One id with all that its bindings say."""

    def __init__(self, binding_id: str) -> None:
        self.id = binding_id
        self.keys: list[str] = []
        self.text = ""
        self.places: list[str] = []
        self.owners: list[str] = []
        self.priority = False

    def add(self, binding: Binding, owner: str, places: list[str]) -> None:
        names = [name_of(part) if len(part) == 1 else part for part in binding.key.split(",")]
        self.keys += [name for name in names if name not in self.keys]
        said = binding.tooltip or binding.description
        self.text = self.text or said[:1].lower() + said[1:]
        self.places += [place for place in places if place not in self.places]
        self.owners += [owner] if owner not in self.owners else []
        self.priority = self.priority or binding.priority


def classes() -> list[type[DOMNode]]:
    """Every class of ours that can have keys, in a fixed order."""
    for package in (betting_tui.screens, betting_tui.screens.dialogs, betting_tui.widgets):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    found = {each for each in _below(DOMNode) if each.__module__.startswith("betting_tui.")}
    return sorted(found, key=lambda each: (_rank(each), each.__module__, each.__name__))


def own_bindings(kind: type[DOMNode]) -> list[Binding]:
    """Those a class itself declares."""
    declared = kind.__dict__.get("BINDINGS", [])
    return [each if isinstance(each, Binding) else Binding(*each) for each in declared]


def found_keys() -> list[Found]:
    """All ids, those of the app first."""
    every = classes()
    screens = [_name(each) for each in every if _is_screen(each)]
    dialogs = [_name(each) for each in every if _is_dialog(each)]
    found: dict[str, Found] = {}
    for kind in every:
        places = _places(kind, every, screens, dialogs)
        for binding in own_bindings(kind):
            if not binding.id:
                raise ValueError(f"{kind.__name__}: the binding for {binding.key} has no id")
            found.setdefault(binding.id, Found(binding.id)).add(binding, _owner(kind), places)
    return list(found.values())


def table_text() -> str:
    named = {
        "SCREENS": [_name(each) for each in classes() if _is_screen(each)],
        "DIALOGS": [_name(each) for each in classes() if _is_dialog(each)],
    }
    lines = [_TABLE_HEAD, "# fmt: off\n"]
    for name, known in named.items():
        inside = "".join(f"    {_quoted(place)},\n" for place in known)
        lines.append(f"{name} = (\n{inside})\n")
    lines.append("KEY_TABLE: tuple[KeyEntry, ...] = (\n")
    for each in found_keys():
        places = next((name for name, all_ in named.items() if all_ == each.places), "") or _tuple(each.places)
        more = ", priority=True" if each.priority else ""
        start = f"    KeyEntry({_quoted(each.id)}, {_quoted(','.join(each.keys))}, {_quoted(each.text)},\n"
        lines += [start, "\n".join(_wrapped(f"{places}{more}),")), "\n"]
    lines.append(")\n# fmt: on\n")
    return "".join(lines)


def page_text() -> str:
    parts = [_PAGE_HEAD]
    owner = ""
    for each in found_keys():
        if each.owners[0] != owner:
            owner = each.owners[0]
            parts.append(f"\n## {owner}\n\n| id | keys | does |\n|---|---|---|\n")
        keys = " ".join(f"`{_escaped(shown(key))}`" for key in each.keys)
        parts.append(f"| `{each.id}` | {keys} | {each.text} |\n")
    return "".join(parts)


def _escaped(key: str) -> str:
    return key.replace("|", "\\|")


def _below(kind: type[DOMNode]) -> Iterator[type[DOMNode]]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)


def _rank(kind: type[DOMNode]) -> int:
    if issubclass(kind, App):
        return 0
    if issubclass(kind, EngineScreen):
        return 1
    return 3 if issubclass(kind, ModalScreen) else 2


def _is_screen(kind: type[DOMNode]) -> bool:
    return issubclass(kind, EngineScreen) and kind is not EngineScreen


def _is_dialog(kind: type[DOMNode]) -> bool:
    return issubclass(kind, ModalScreen) and kind is not Dialog


def _name(kind: type[DOMNode]) -> str:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind.__name__).lower()
    return words.removesuffix(" screen")


def _owner(kind: type[DOMNode]) -> str:
    if issubclass(kind, BettingApp):
        return "Everywhere"
    if kind is Dialog:
        return "Every dialog"
    if issubclass(kind, LineTable):
        return "Lists" if kind is LineTable else f"Lists: {_name(kind)}"
    return _name(kind).capitalize()


def _places(kind: type[DOMNode], every: list[type[DOMNode]], screens: list[str], dialogs: list[str]) -> list[str]:
    """A widget may stand on any screen; a list in the dialogs that have one as well."""
    if issubclass(kind, ModalScreen):
        return [_name(each) for each in every if issubclass(each, kind) and _is_dialog(each)]
    if _is_screen(kind):
        return [_name(each) for each in every if issubclass(each, kind)]
    if issubclass(kind, App | EngineScreen):
        return screens
    if kind.__name__ == "Choice":
        return [name for name in dialogs if "form" in name or "setting" in name]
    if kind is LineTable:
        return [*screens, *(name for name in dialogs if "pick" in name or "tick" in name)]
    if kind.__name__ == "LedgerTable":
        return ["bankroll"]
    return screens


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _wrapped(text: str) -> Iterator[str]:
    line = " " * _INDENT
    for part in re.findall(r'\S.*?"[,)]*(?=\s|$)|\S+', text):
        if len(line) + len(part) > _WIDTH:
            yield line.rstrip()
            line = " " * (_INDENT + 1)
        line += f"{part} "
    yield line.rstrip()


def _tuple(parts: list[str]) -> str:
    inside = "".join(f"{_quoted(part)}, " for part in parts)
    return f"({inside.rstrip() if len(parts) == 1 else inside.removesuffix(', ')})"


def main() -> int:
    wanted = {TABLE: table_text(), PAGE: page_text()}
    stale = [path for path, text in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if "--check" in sys.argv:
        for path in stale:
            sys.stdout.write(f"{path} is out of date: run python docs/make_keys.py\n")
        return 1 if stale else 0
    for path, text in wanted.items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
