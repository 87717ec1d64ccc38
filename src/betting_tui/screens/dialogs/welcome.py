"""First minutes: no key yet. Offers the simulated market, takes a key, or lets the user look around."""

from __future__ import annotations

import logging
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, Static

from betting_tui.engine.core.errors import BettingError
from betting_tui.screens.dialogs.dialog import Dialog
from betting_tui.screens.face import CheckKey, SaveKey
from betting_tui.widgets.text import plain

_log = logging.getLogger(__name__)


class WelcomeDialog(Dialog[str]):
    """Answers `demo`, or `key` once a key was checked and saved, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "demo", "demo", id="welcome.demo"),
        Binding("k", "key", "enter a key", id="welcome.key"),
        Binding("enter", "check", "check it", key_display="enter", priority=True, id="welcome.check"),
    ]

    def __init__(self, *, demo: bool, check_key: CheckKey | None, save_key: SaveKey | None) -> None:
        super().__init__("Welcome to betting-tui")
        self._demo = demo
        self._check_key = check_key
        self._save_key = save_key
        self._checking = False

    def compose_content(self) -> ComposeResult:
        yield Static(_about(self._demo, self._check_key is not None))
        field = Input(password=True, placeholder="paste the key, then enter", id="key", classes="hidden")
        field.cursor_blink = False
        yield field
        yield Static("", id="answer", classes="dialog-note hidden")

    def describe_key(self, binding_id: str) -> str | None:
        if binding_id != "dialog.leave":
            return None
        return "back" if self._typing() else "look around"

    def _typing(self) -> bool:
        return self.is_mounted and self.query_one("#key", Input).has_focus

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        match action:
            case "demo":
                return self._demo and not self._typing()
            case "key":
                return self._check_key is not None and not self._typing()
            case "check":
                return self._typing()
            case _:
                return True

    def action_demo(self) -> None:
        self.dismiss("demo")

    def action_key(self) -> None:
        field = self.query_one("#key", Input)
        field.remove_class("hidden")
        field.focus()

    def action_leave(self) -> None:
        field = self.query_one("#key", Input)
        if field.has_focus:
            field.value = ""
            field.add_class("hidden")
            self.set_focus(None)
            self._say("")
        else:
            self.dismiss(None)

    def action_check(self) -> None:
        key = self.query_one("#key", Input).value.strip()
        if key and not self._checking:
            self.run_worker(self._try(key), group="key", exclusive=True, exit_on_error=False)

    async def _try(self, key: str) -> None:
        if self._check_key is None:
            return
        self._checking = True
        self._say("asking The Odds API…")
        try:
            message = await self._check_key(key)
            if self._save_key is not None:
                self._save_key(key)
        except BettingError as error:
            self._say(f"{error.title}: {error.message}".replace(key, "•••"), bad=True)
            return
        except Exception:
            # The traceback could carry the key: only the fact is kept.
            _log.error("checking or saving the key failed")
            self._say("That did not work: check the network and that the settings file can be written", bad=True)
            return
        finally:
            self._checking = False
        self.app.notify(message.replace(key, "•••"), markup=False)
        self.dismiss("key")

    def _say(self, text: str, *, bad: bool = False) -> None:
        answer = self.query_one("#answer", Static)
        answer.set_class(not text, "hidden")
        answer.update(plain(text, "$text-error" if bad else ""))


def _about(demo: bool, key: bool) -> Content:
    lines = [
        plain("Find out whether you have an edge, without risking money."),
        Content(""),
    ]
    if demo:
        lines.append(_choice("d", "the demo: a simulated market; needs no key and no network"))
    if key:
        lines.append(_choice("k", "real odds: a key of the-odds-api.com, a free one will do"))
    lines.append(_choice("esc", "look around first; k brings this back"))
    lines.append(Content(""))
    return Content("\n").join(lines)


def _choice(key: str, text: str) -> Content:
    return Content.assemble("  ", plain(f"{key:<5}", "bold $accent"), plain(text))
