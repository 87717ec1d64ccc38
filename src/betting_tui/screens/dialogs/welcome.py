"""First minutes, and setting up again: a key, football without one, the simulated market, or a look around."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from enum import Enum
from typing import ClassVar

from msgspec import Struct
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, Static

from betting_tui.engine.config.keys import Keys
from betting_tui.engine.core.errors import BettingError, KeyRejected, SourceError
from betting_tui.engine.core.model import Sport
from betting_tui.screens.dialogs.dialog import Dialog
from betting_tui.screens.setup_draft import SetupDesk
from betting_tui.widgets.text import plain
from betting_tui.widgets.text_field import TextField

_LONGEST_WAIT = 5.0
_log = logging.getLogger(__name__)


class Begin(Enum):
    """What was chosen."""

    DEMO = "demo"
    KEY = "key"
    FOOTBALL = "football"
    AGAIN = "again"


class Welcome(Struct, frozen=True):
    """The choice; with a key also the provider's sports, and a word about it for the first step."""

    begin: Begin
    sports: tuple[Sport, ...] = ()
    said: str = ""


class WelcomeDialog(Dialog[Welcome]):
    """Answers with what to begin with, a key checked and saved by then; None for a look around.

    `again`: a feed is set up already, and its choices can be gone through once more.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("k", "key", "enter a key", id="welcome.key"),
        Binding("f", "football", "football", id="welcome.football"),
        Binding("d", "demo", "demo", id="welcome.demo"),
        Binding("s", "again", "settings", id="welcome.again"),
        Binding("enter", "check", "check it", key_display="enter", priority=True, id="welcome.check"),
        Binding("ctrl+s", "save", "save it anyway", priority=True, id="welcome.save"),
    ]

    def __init__(self, *, demo: bool, desk: SetupDesk | None, again: bool = False, with_key: bool = False) -> None:
        super().__init__("Set up betting-tui" if again else "Welcome to betting-tui")
        self._demo = demo
        self._desk = desk
        self._again = again and desk is not None
        self._with_key = with_key
        self._at_work = False
        self._asked = self._unchecked = ""

    def compose_content(self) -> ComposeResult:
        yield Static(_about(self.keys, self._demo, self._desk is not None, self._again))
        field = TextField(password=True, placeholder="paste the key, then enter", id="key", classes="hidden")
        field.cursor_blink = False
        yield field
        yield Static("", id="answer", classes="dialog-note hidden")

    def describe_key(self, binding_id: str) -> str | None:
        match binding_id:
            case "dialog.leave":
                return "back" if self._typing() else "leave it" if self._again else "look around"
            case "welcome.check":
                return "try again" if self._can_save() else None
            case _:
                return None

    def _typing(self) -> bool:
        return self.is_mounted and self.query_one("#key", Input).has_focus

    def _can_save(self) -> bool:
        return self._typing() and self._unchecked != "" and not self._at_work

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        match action:
            case "demo":
                return self._demo and not self._typing()
            case "key" | "football":
                return self._desk is not None and not self._typing()
            case "again":
                return self._again and not self._typing()
            case "check":
                return self._typing()
            case "save":
                return self._can_save()
            case _:
                return True

    def action_demo(self) -> None:
        self.dismiss(Welcome(Begin.DEMO))

    def action_football(self) -> None:
        self.dismiss(Welcome(Begin.FOOTBALL))

    def action_key(self) -> None:
        field = self.query_one("#key", Input)
        field.remove_class("hidden")
        field.focus()

    def action_leave(self) -> None:
        field = self.query_one("#key", Input)
        if field.has_focus:
            self.workers.cancel_group(self, "key")
            self._at_work = False
            field.value = ""
            field.add_class("hidden")
            self.set_focus(None)
            self._say("")
        else:
            self.dismiss(None)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        if not self._at_work and event.value.strip() != self._asked:
            self._asked = self._unchecked = ""
            self._say("")
            self.refresh_bindings()

    def action_check(self) -> None:
        self.when_typed(self._check)

    def _check(self) -> None:
        key = self.query_one("#key", Input).value.strip()
        if key and not self._at_work:
            self._begin_work(self._try(key))

    def action_save(self) -> None:
        self._begin_work(self._save_unchecked(self._unchecked))

    def action_again(self) -> None:
        if not self._at_work:
            self._begin_work(self._ask_sports())

    def _begin_work(self, work: Awaitable[None]) -> None:
        self._at_work = True
        self.refresh_bindings()
        self.run_worker(self._worked(work), group="key", exclusive=True, exit_on_error=False)

    async def _worked(self, work: Awaitable[None]) -> None:
        try:
            await work
        finally:
            self._at_work = False
            if self.is_mounted:
                self.refresh_bindings()

    async def _try(self, key: str) -> None:
        desk = self._desk
        if desk is None:
            return
        self._asked, self._unchecked = key, ""
        self._say("asking The Odds API…")
        try:
            answer = await desk.check_key(key)
            said = "\n".join(filter(None, (answer.message, desk.save_key(key))))
        except BettingError as error:
            text = f"{error.title}: {error.message}".replace(key, "•••")
            if isinstance(error, SourceError) and not isinstance(error, KeyRejected):
                self._unchecked = key
                text += f"\nThe key was not checked; {self.keys.key('welcome.save')} saves it anyway."
            self._say(text, bad=True)
            return
        except Exception:
            # The traceback could carry the key: only the fact is kept.
            _log.error("checking or saving the key failed")
            self._say("That did not work: check the network and that the settings file can be written", bad=True)
            return
        self.dismiss(Welcome(Begin.KEY, answer.sports, said.replace(key, "•••")))

    async def _save_unchecked(self, key: str) -> None:
        said = "The key is saved, but not checked: these are the usual sports"
        try:
            if self._desk is not None:
                said = "\n".join(filter(None, (said, self._desk.save_key(key))))
        except BettingError as error:
            self._say(f"{error.title}: {error.message}".replace(key, "•••"), bad=True)
            return
        self.dismiss(Welcome(Begin.KEY, said=said))

    async def _ask_sports(self) -> None:
        """Those in season, when a key is there and the provider answers soon."""
        desk, said = self._desk, ""
        sports: tuple[Sport, ...] = ()
        if desk is not None and self._with_key:
            self._say("asking The Odds API which sports are in season…")
            try:
                sports = await asyncio.wait_for(desk.sports(), _LONGEST_WAIT)
            except (BettingError, TimeoutError):
                said = "No answer about what is in season: these are the usual sports"
        self.dismiss(Welcome(Begin.AGAIN, sports, said))

    def _say(self, text: str, *, bad: bool = False) -> None:
        answer = self.query_one("#answer", Static)
        answer.set_class(not text, "hidden")
        answer.update(Content("\n").join(plain(line, "$text-error" if bad else "") for line in text.split("\n")))


def _about(keys: Keys, demo: bool, desk: bool, again: bool) -> Content:
    lines = [
        plain("Find out whether you have an edge, without risking money."),
        Content(""),
    ]
    if desk:
        lines.append(_choice(keys.key("welcome.key"), "real odds: a key of the-odds-api.com, a free one will do"))
        lines.append(_choice(keys.key("welcome.football"), "football without a key: real prices, new twice a week"))
    if demo:
        lines.append(_choice(keys.key("welcome.demo"), "the demo: a simulated market; needs no key and no network"))
    if again:
        lines.append(_choice(keys.key("welcome.again"), "go through sports, bookmakers, bankroll and bet size again"))
    back = f"look around first; {keys.key('app.welcome')} brings this back"
    lines.append(_choice(keys.key("dialog.leave"), "leave everything as it is" if again else back))
    lines.append(Content(""))
    return Content("\n").join(lines)


def _choice(key: str, text: str) -> Content:
    return Content.assemble("  ", plain(f"{key:<5}", "bold $accent"), plain(text))
