"""The lines at the bottom: the keys that work here and now, as many as fit, each of them clickable."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from msgspec import Struct
from textual import events
from textual.app import App
from textual.binding import ActiveBinding, Binding
from textual.content import Content
from textual.dom import DOMNode
from textual.widget import Widget

from betting_tui.widgets.text import plain, width_of

_GAP = "  "
_WORDS = {"enter": "enter"}


class KeyHint(Struct, frozen=True):
    key: str
    shown: str
    text: str


class Spot(Struct, frozen=True):
    """Where a key is drawn: from `start` to before `end` in `line`, in cells."""

    start: int
    end: int
    line: int
    key: str


class KeyBar(Widget):
    """Reads the active bindings of its screen: those with `show`, in the order they were declared.

    Those in `always` keep their place when the line is full. `describe` may name a key better than its binding does;
    an empty name leaves the key out of the line.
    """

    DEFAULT_CSS = """
    KeyBar { height: 1; dock: bottom; background: $panel; padding: 0 1; }
    """

    def __init__(
        self,
        describe: Callable[[str], str | None] = lambda _binding_id: None,
        *,
        always: frozenset[str] = frozenset({"app.opportunities", "app.help", "app.welcome", "app.release"}),
    ) -> None:
        super().__init__()
        self._describe = describe
        self._always = always
        self._drawn: list[Spot] = []

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, lambda _screen: self.refresh())

    def _hints(self) -> tuple[list[KeyHint], list[KeyHint]]:
        found: dict[str, KeyHint] = {}
        for _node, binding, enabled, _tip in _in_order(self.screen.active_bindings.values()):
            name = binding.id or binding.action
            if not binding.show or not enabled:
                continue
            better = self._describe(name)
            if better == "":
                continue
            shown = key_text(self.app, binding)
            # Of several keys for one thing the shortest is shown.
            if name not in found or len(shown) < len(found[name].shown):
                found[name] = KeyHint(binding.key, shown, better or binding.description)
        wanted = [hint for name, hint in found.items() if name not in self._always]
        return wanted, [hint for name, hint in found.items() if name in self._always]

    def render(self) -> Content:
        wanted, always = self._hints()
        lines = _lines(wanted, always, self.size.width, max(1, self.size.height))
        self._drawn = []
        drawn: list[Content] = []
        for y, line in enumerate(lines):
            x = 1
            parts: list[Content] = []
            for hint in line:
                self._drawn.append(Spot(x, x + _width(hint) - len(_GAP), y, hint.key))
                x += _width(hint)
                parts.append(
                    Content.assemble(plain(hint.shown, "bold $accent"), " ", plain(hint.text, "$foreground"), _GAP)
                )
            drawn.append(Content.assemble(*parts))
        return Content("\n").join(drawn)

    async def on_click(self, event: events.Click) -> None:
        """What the key does, whatever has the focus: a letter would be typed into a field."""
        spots = (spot for spot in self._drawn if spot.line == event.y and spot.start <= event.x < spot.end)
        spot = next(spots, None)
        active = None if spot is None else self.screen.active_bindings.get(spot.key)
        if active is not None and active.enabled:
            await self.app.run_action(active.binding.action, active.node)


def key_text(app: App[Any], binding: Binding) -> str:
    """The key as it is written everywhere: Textual has signs of its own for some that sentences name by a word."""
    return binding.key_display or _WORDS.get(binding.key) or app.get_key_display(binding)


def _in_order(active: Iterable[ActiveBinding]) -> list[ActiveBinding]:
    """As they were declared, node by node: keys of the user's own would come last."""
    nodes: dict[DOMNode, dict[str, int]] = {}
    for node, *_ in active:
        if node not in nodes:
            names = dict.fromkeys(binding.id or binding.action for _key, binding in node._bindings)
            nodes[node] = {name: at for at, name in enumerate(names)}
    order = {node: at for at, node in enumerate(nodes)}

    def place(each: ActiveBinding) -> tuple[int, int]:
        return order[each.node], nodes[each.node].get(each.binding.id or each.binding.action, len(nodes[each.node]))

    return sorted(active, key=place)


def _lines(wanted: list[KeyHint], always: list[KeyHint], width: int, height: int) -> list[list[KeyHint]]:
    """As many of the wanted ones as there is room for, in their order; the others end the last line that is used."""
    lines: list[list[KeyHint]] = [[]]
    kept_free = sum(_width(hint) for hint in always)
    room = width - (kept_free if height == 1 else 0)
    for hint in wanted:
        if _width(hint) > room and len(lines) < height:
            lines.append([])
            room = width - (kept_free if len(lines) == height else 0)
        if _width(hint) <= room:
            room -= _width(hint)
            lines[-1].append(hint)
    if len(lines) < height and sum(_width(hint) for hint in lines[-1]) + kept_free > width:
        lines.append([])
    lines[-1] += always
    return lines


def _width(hint: KeyHint) -> int:
    return width_of(hint.shown) + 1 + width_of(hint.text) + len(_GAP)
