"""The command palette: everything a key does, here and on the other screens, accounts, colours and settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from msgspec import Struct
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.dom import DOMNode
from textual.keys import format_key
from textual.types import IgnoreReturnCallbackType

from betting_tui.engine.config import all_keys
from betting_tui.engine.config.key_table import KEY_TABLE, SCREENS
from betting_tui.engine.config.keys import key_entries
from betting_tui.screens.base import EngineScreen
from betting_tui.widgets.text import plain, visible

_MOVES = frozenset({"table", "ledger", "jump", "dialog"})
_TITLES = {"bets": "Open bets"}


class Command(Struct, frozen=True):
    """One line: what it does, with its key where it has one. `also` is another name it is found by."""

    text: str
    key: str
    run: IgnoreReturnCallbackType
    also: str = ""


class KeyCommands(Provider):
    """Offers what can be done from the screen that was current when the palette was opened."""

    async def discover(self) -> Hits:
        for command in self._here():
            yield DiscoveryHit(_drawn(plain(command.text), command.key), command.run, text=command.text)
        for command in self._elsewhere():
            yield DiscoveryHit(_drawn(plain(command.text), command.key), command.run, text=command.text)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for command in (*self._here(), *self._elsewhere(), *self._settings()):
            score = max(matcher.match(command.text), matcher.match(command.also) if command.also else 0.0)
            if score > 0:
                yield Hit(score, _drawn(matcher.highlight(command.text), command.key), command.run, text=command.text)

    def _here(self) -> list[Command]:
        """Keys of this screen, the accounts that are not in use."""
        found: dict[str, Command] = {}
        for node, binding, enabled, _tip in self.screen.active_bindings.values():
            name = binding.id or ""
            if enabled and name and name not in found and not _needless(name):
                text = _sentence(binding.tooltip or binding.description)
                found[name] = Command(text, self._key(name, binding.key), self._run(node, binding.action), _words(name))
        return [*(command for _, command in sorted(found.items())), *self._accounts()]

    def _key(self, name: str, pressed: str) -> str:
        """The first of its keys, as the key line shows it."""
        screen = self.screen
        if isinstance(screen, EngineScreen) and name in key_entries():
            return screen.session.show.keys.key(name)
        return format_key(pressed)

    def _run(self, node: DOMNode, action: str) -> Callable[[], object]:
        """What the key does, whatever has the focus by then: a letter would be typed into a field."""
        return partial(self.app.run_action, action, node)

    def _accounts(self) -> Iterator[Command]:
        screen = self.screen
        engine = screen.engine if isinstance(screen, EngineScreen) else None
        if not isinstance(screen, EngineScreen) or engine is None:
            return
        for view in engine.accounts():
            if not view.current:
                yield Command(visible(f"Use account {view.name}"), "", partial(screen.acts.use, view.name))

    def _elsewhere(self) -> Iterator[Command]:
        """What keys do on the other screens, and every theme."""
        screen = self.screen
        if not isinstance(screen, EngineScreen):
            return
        for entry in KEY_TABLE:
            place, group = entry.places[0], entry.id.partition(".")[0]
            alone = len(entry.places) == 1 and place in SCREENS and place != self.app.current_mode
            if alone and not _needless(entry.id) and group == place:
                text = f"{_TITLES.get(place, place.capitalize())}: {entry.text}"
                key = screen.session.show.keys.key(entry.id)
                yield Command(text, key, partial(self._go, place, entry.id), _words(entry.id))
        for theme in sorted(self.app.available_themes):
            if theme != self.app.theme:
                yield Command(f"Colours: {theme}", "", partial(setattr, self.app, "theme", theme))

    async def _go(self, mode: str, binding_id: str) -> None:
        """To that screen, and there what the key does."""
        await self.app.run_action(f"mode({mode!r})")

        def then() -> None:
            for node, binding, enabled, _tip in self.app.screen.active_bindings.values():
                if binding.id == binding_id and enabled:
                    self.app.run_worker(self.app.run_action(binding.action, node), exit_on_error=False)
                    return
            self.app.notify("That is not possible there just now", severity="warning", markup=False)

        self.app.call_after_refresh(then)

    def _settings(self) -> Iterator[Command]:
        """Each setting by its name."""
        for key in all_keys():
            yield Command(f"Setting: {key}", "", partial(self._open_setting, key))

    async def _open_setting(self, key: str) -> None:
        from betting_tui.screens.settings import SettingsScreen

        await self.app.run_action("settings")

        def then() -> None:
            if isinstance(self.app.screen, SettingsScreen):
                self.app.screen.show_setting(key)

        self.app.call_after_refresh(then)


def _drawn(text: Content, key: str) -> Content:
    return Content.assemble(text, "  ", plain(key, "bold $accent")) if key else text


def _needless(name: str) -> bool:
    """Moving about and the palette itself are no commands."""
    return name.partition(".")[0] in _MOVES or name == "app.commands"


def _words(name: str) -> str:
    """An id as it may be typed: `bankroll.deposit` is "bankroll deposit"."""
    return name.replace(".", " ").replace("_", " ")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
