"""The bet slip: every leg with its stake, what it would return, and the key that places it."""

from __future__ import annotations

from typing import ClassVar

import msgspec
from msgspec import Struct
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Input, Static

from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.model import Leg, Side
from betting_tui.engine.core.money import to_minor
from betting_tui.screens.dialogs.dialog import Dialog
from betting_tui.screens.placing import leg_text
from betting_tui.screens.show import Show, total_return
from betting_tui.widgets.text import plain


class Slip(Struct, frozen=True):
    """What was agreed to: legs with the stakes typed, at the prices shown."""

    legs: tuple[Leg, ...]


class SlipDialog(Dialog[Slip]):
    """Enter places, tab goes to the next stake, escape leaves everything as it was."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "place", "place", key_display="enter", priority=True, id="slip.place"),
        Binding("tab,down", "next_stake(1)", "next stake", id="slip.next"),
        Binding("shift+tab,up", "next_stake(-1)", "Previous stake", show=False, id="slip.previous"),
    ]

    def __init__(self, title: str, legs: tuple[Leg, ...], show: Show, *, note: str = "") -> None:
        super().__init__(title)
        self._legs = legs
        self._show = show
        self._note = note

    def compose_content(self) -> ComposeResult:
        if self._note:
            yield Static(plain(self._note, "$text-warning"))
            yield Static("")
        for number, leg in enumerate(self._legs):
            with Horizontal(classes="slip-leg"):
                yield Static(plain(leg_text(leg, self._show)))
                stake = "" if not leg.stake_minor else self._show.money(leg.stake_minor).replace(",", "")
                field = Input(stake, placeholder="stake", id=f"stake-{number}", select_on_focus=True)
                field.cursor_blink = False
                yield field
        yield Static("", id="slip-result", classes="dialog-note")

    def describe_key(self, binding_id: str) -> str | None:
        return {"dialog.leave": "leave it"}.get(binding_id)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return not (action == "next_stake" and len(self._legs) == 1)

    def on_mount(self) -> None:
        self.query(Input).first().focus()
        self._explain()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._explain()

    def action_next_stake(self, step: int) -> None:
        if step > 0:
            self.focus_next(Input)
        else:
            self.focus_previous(Input)

    def action_place(self) -> None:
        legs = self._filled()
        if isinstance(legs, str):
            self._say(legs, bad=True)
            return
        self.dismiss(Slip(legs))

    def _explain(self) -> None:
        legs = self._filled()
        if isinstance(legs, str):
            self._say(legs, bad=True)
        else:
            self._say(_outcome(legs, self._show), bad=False)

    def _say(self, text: str, *, bad: bool) -> None:
        self.query_one("#slip-result", Static).update(plain(text, "$text-error" if bad else "$foreground"))

    def _filled(self) -> tuple[Leg, ...] | str:
        """The legs with their stakes, or what is missing."""
        filled: list[Leg] = []
        for number, leg in enumerate(self._legs):
            typed = self.query_one(f"#stake-{number}", Input).value
            if not typed.strip():
                return "type a stake"
            try:
                minor = to_minor(typed, self._show.currency)
            except UsageError as error:
                return error.message
            if minor <= 0:
                return "a stake is more than nothing"
            filled.append(msgspec.structs.replace(leg, stake_minor=minor))
        return tuple(filled)


def _outcome(legs: tuple[Leg, ...], show: Show) -> str:
    total = sum(leg.stake_minor or 0 for leg in legs)
    if len(legs) == 1:
        leg = legs[0]
        back = total_return(total, leg.price)
        if leg.side is Side.LAY:
            return f"stake {show.money(total)} · liability {show.money(back - total)}"
        return f"stake {show.money(total)} · returns {show.money(back)} · to win {show.money(back - total)}"
    returns = [total_return(leg.stake_minor or 0, leg.price) for leg in legs]
    worst = min(returns) - total
    return f"stakes {show.money(total)} · worst outcome {show.money(worst, sign=True)} · returns " + " / ".join(
        show.money(amount) for amount in returns
    )
