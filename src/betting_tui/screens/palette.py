"""The command palette: every key that works here, by its name."""

from __future__ import annotations

from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.keys import format_key

from betting_tui.widgets.text import plain


class KeyCommands(Provider):
    """Offers the named keys of the screen that was current when the palette was opened."""

    def _commands(self) -> list[tuple[str, str]]:
        found: dict[str, tuple[str, str]] = {}
        for _node, binding, enabled, _tip in self.screen.active_bindings.values():
            name = binding.id or binding.action
            if enabled and binding.id and name not in found and not _needless(name):
                found[name] = (_sentence(binding.tooltip or binding.description), binding.key)
        return sorted(found.values())

    async def discover(self) -> Hits:
        for text, key in self._commands():
            yield DiscoveryHit(self._with_key(plain(text), key), self._press(key), text=text)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for text, key in self._commands():
            score = matcher.match(text)
            if score > 0:
                yield Hit(score, self._with_key(matcher.highlight(text), key), self._press(key), text=text)

    def _with_key(self, text: Content, key: str) -> Content:
        return Content.assemble(text, "  ", plain(format_key(key), "bold $accent"))

    def _press(self, key: str) -> partial[None]:
        return partial(self.app.simulate_key, key)


def _needless(name: str) -> bool:
    """Moving about and the palette itself are no commands."""
    return name.startswith("table.") or name == "app.commands"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
