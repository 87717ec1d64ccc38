"""The bet slip: every leg with its stake, what it would return, and the key that places it."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

import msgspec
from msgspec import Struct
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.model import Funding, Leg, Side
from betting_tui.engine.core.money import to_minor
from betting_tui.engine.core.odds import Price
from betting_tui.screens.dialogs.dialog import Dialog
from betting_tui.screens.placing import Asking, leg_text, no_close_text
from betting_tui.screens.show import Show, to_win, total_return
from betting_tui.widgets.text import plain
from betting_tui.widgets.text_field import TextField


class Slip(Struct, frozen=True):
    """What was agreed to: legs with the stakes typed, at the prices shown. `wait`: until the start for that price;
    `verify`: after asking for the price again, None as the settings have it."""

    legs: tuple[Leg, ...]
    funding: Funding = Funding.CASH
    wait: bool = False
    verify: bool | None = None


class StakeInput(TextField):
    """Leaves letters to the keys of the slip: no stake has any."""

    def check_consume_key(self, key: str, character: str | None) -> bool:
        return super().check_consume_key(key, character) and not (character or "").isalpha()


class SlipDialog(Dialog[Slip]):
    """Enter places, tab goes to the next stake, escape leaves everything as it was.

    `waits_until` is when an order of one leg would be taken back, None where none can wait; it waits for the price of
    `wanted`, which the legs no longer have when the price has moved. `asking` is what can be done about asking for the
    price again, `no_close` why its closing price or result will not be asked for.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "place", "place", key_display="enter", priority=True, id="slip.place"),
        Binding("tab,down", "next_stake(1)", "next stake", id="slip.next"),
        Binding("shift+tab,up", "next_stake(-1)", "Previous stake", show=False, id="slip.previous"),
        Binding("f,f4", "free", "free bet", priority=True, id="slip.free", tooltip="stake a bookmaker's free bet"),
        Binding(
            "v,f6",
            "place_verified",
            "verify",
            priority=True,
            id="slip.verify",
            tooltip="ask for the price again, then place",
        ),
        Binding("w,f5", "wait", "let it wait", priority=True, id="slip.wait", tooltip="wait for the price until then"),
    ]

    def __init__(
        self,
        title: str,
        legs: tuple[Leg, ...],
        show: Show,
        *,
        note: str = "",
        wanted: Price | None = None,
        waits_until: datetime | None = None,
        asking: Asking | None = None,
        no_close: str = "",
    ) -> None:
        super().__init__(title)
        self._offered = self._legs = legs
        self._wanted = wanted
        self._waits_until = waits_until if len(legs) == 1 else None
        self._free = self._wait = False
        self._show = show
        self._note = note
        self._asking = asking or Asking()
        self._no_close = no_close

    def compose_content(self) -> ComposeResult:
        if self._note:
            yield Static(plain(self._note, "$text-warning"))
            yield Static("")
        for number, leg in enumerate(self._legs):
            with Horizontal(classes="slip-leg"):
                yield Static(plain(leg_text(leg, self._show)), id=f"leg-{number}")
                stake = "" if not leg.stake_minor else self._show.money(leg.stake_minor).replace(",", "")
                field = StakeInput(stake, placeholder="stake", id=f"stake-{number}", select_on_focus=True)
                field.cursor_blink = False
                yield field
        yield Static("", id="slip-result", classes="dialog-note")
        for line in (self.keys.say(self._asking.text), no_close_text(self._no_close)):
            if line:
                yield Static(plain(line, "$text-muted"))

    def describe_key(self, binding_id: str) -> str | None:
        match binding_id:
            case "dialog.leave":
                return "leave it"
            case "slip.free" if self._free:
                return "cash bet"
            case "slip.wait" if self._wait:
                return "place now"
            case "slip.wait" if self._waits_until is not None:
                return f"wait until {self._show.clock(self._waits_until)}"
            case _:
                return None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "wait":
            return self._waits_until is not None
        if action == "place_verified":
            return self._asking.by_key
        return not (action == "next_stake" and len(self._legs) == 1)

    def action_free(self) -> None:
        self._free = not self._free
        self._turned()

    def action_wait(self) -> None:
        """Wait for the price that was wanted, or take the one on offer."""
        self._wait = not self._wait
        price = self._wanted if self._wait and self._wanted is not None else self._offered[0].price
        self._legs = (msgspec.structs.replace(self._offered[0], price=price),)
        self.query_one("#leg-0", Static).update(plain(leg_text(self._legs[0], self._show)))
        self._turned()

    def _turned(self) -> None:
        self.refresh_bindings()
        self._explain()

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
        self.when_typed(lambda: self._leave_with(verify=None))

    def action_place_verified(self) -> None:
        self.when_typed(lambda: self._leave_with(verify=True))

    def _leave_with(self, *, verify: bool | None) -> None:
        legs = self._filled()
        if isinstance(legs, str):
            self._say(legs, bad=True)
            return
        self.dismiss(Slip(legs, Funding.FREE if self._free else Funding.CASH, self._wait, verify))

    def _explain(self) -> None:
        legs = self._filled()
        if isinstance(legs, str):
            self._say(legs, bad=True)
        else:
            outcome = _free_outcome(legs, self._show) if self._free else _outcome(legs, self._show)
            self._say(outcome + self._waiting(), bad=False)

    def _waiting(self) -> str:
        if not self._wait or self._waits_until is None:
            return ""
        price, until = self._show.price(self._legs[0].price), self._show.clock(self._waits_until)
        money = "" if self._free else "; its stake is reserved meanwhile"
        return f"\nwaits for {price} or better until {until}{money}"

    def _say(self, text: str, *, bad: bool) -> None:
        style = "$text-error" if bad else "$foreground"
        shown = Content("\n").join(plain(line, style) for line in text.split("\n"))
        self.query_one("#slip-result", Static).update(shown)

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


def _free_outcome(legs: tuple[Leg, ...], show: Show) -> str:
    total = sum(leg.stake_minor or 0 for leg in legs)
    wins = [to_win(leg.stake_minor or 0, leg.price) for leg in legs]
    named = " / ".join(show.money(amount) for amount in wins)
    return f"free bet {show.money(total)} · a win pays {named}, the stake not returned"
