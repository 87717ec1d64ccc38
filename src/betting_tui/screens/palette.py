"""The command palette: every key that works here, by its name."""

from __future__ import annotations

from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.keys import format_key

from betting_tui.screens.base import EngineScreen
from betting_tui.widgets.text import plain, visible


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
        for text, use in self._accounts():
            yield DiscoveryHit(plain(text), use, text=text)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for text, key in self._commands():
            score = matcher.match(text)
            if score > 0:
                yield Hit(score, self._with_key(matcher.highlight(text), key), self._press(key), text=text)
        for text, use in self._accounts():
            score = matcher.match(text)
            if score > 0:
                yield Hit(score, matcher.highlight(text), use, text=text)

    def _accounts(self) -> list[tuple[str, partial[None]]]:
        """A command for each account that is not in use."""
        screen = self.screen
        engine = screen.engine if isinstance(screen, EngineScreen) else None
        if not isinstance(screen, EngineScreen) or engine is None:
            return []
        return [
            (visible(f"Use account {view.name}"), partial(screen.acts.use, view.name))
            for view in engine.accounts()
            if not view.current
        ]

    def _with_key(self, text: Content, key: str) -> Content:
        return Content.assemble(text, "  ", plain(format_key(key), "bold $accent"))

    def _press(self, key: str) -> partial[None]:
        return partial(self.app.simulate_key, key)


def _needless(name: str) -> bool:
    """Moving about and the palette itself are no commands."""
    return name.startswith("table.") or name == "app.commands"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
