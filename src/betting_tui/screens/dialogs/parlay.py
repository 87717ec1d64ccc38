"""The slip of a parlay: its legs, the price of them together, one stake, and the key that places it."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Input, Static

from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.model import Funding
from betting_tui.engine.core.money import to_minor
from betting_tui.screens.dialogs.dialog import Dialog
from betting_tui.screens.dialogs.slip import StakeInput
from betting_tui.screens.names import book, market
from betting_tui.screens.parlay_draft import ParlayDraft, PickedLeg, returns_minor
from betting_tui.screens.short_names import short_event, short_pick
from betting_tui.screens.show import Show, counted
from betting_tui.widgets.facts import Fact, Facts
from betting_tui.widgets.text import plain


class ParlaySlip(Struct, frozen=True):
    """What was agreed to: a stake on the legs of the draft as they were shown."""

    stake_minor: int
    funding: Funding


class ParlayDialog(Dialog[ParlaySlip]):
    """Enter places, up and down choose a leg, x takes it off; escape leaves the slip for later."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "place", "place", key_display="enter", priority=True, id="parlay.place"),
        Binding("up", "choose(-1)", "Leg above", show=False, priority=True, id="parlay.up"),
        Binding("down,tab", "choose(1)", "next leg", priority=True, key_display="↓", id="parlay.down"),
        Binding("x,f7", "remove", "take the leg off", priority=True, id="parlay.remove"),
        Binding("c,f8", "clear", "clear all", priority=True, id="parlay.clear"),
        Binding("f,f4", "free", "free bet", priority=True, id="parlay.free", tooltip="stake a bookmaker's free bet"),
    ]

    def __init__(self, draft: ParlayDraft, show: Show) -> None:
        super().__init__("Parlay")
        self._draft = draft
        self._show = show
        self._at = 0
        self._free = False

    def compose_content(self) -> ComposeResult:
        with VerticalScroll(id="scroll", can_focus=False):
            yield Facts(id="parlay-legs")
        with Horizontal(classes="slip-leg"):
            yield Static(id="parlay-price")
            suggested = self._draft.suggested_minor
            text = self._show.money(suggested).replace(",", "") if suggested else ""
            field = StakeInput(text, placeholder="stake", id="parlay-stake", select_on_focus=True)
            field.cursor_blink = False
            yield field
        yield Static("", id="parlay-result", classes="dialog-note")

    def on_mount(self) -> None:
        self.query_one("#parlay-stake", Input).focus()
        self._draw()

    def describe_key(self, binding_id: str) -> str | None:
        if binding_id == "dialog.leave":
            return "keep it for later"
        return "cash bet" if binding_id == "parlay.free" and self._free else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("remove", "clear"):
            return bool(self._draft.picked)
        return not (action == "choose" and len(self._draft.picked) < 2)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._explain()

    def action_choose(self, step: int) -> None:
        self._at = (self._at + step) % max(1, len(self._draft.picked))
        self._draw()

    def action_remove(self) -> None:
        self._draft.remove(self._at)
        self._at = min(self._at, max(0, len(self._draft.picked) - 1))
        self._draw()

    def action_clear(self) -> None:
        self._draft.clear()
        self.dismiss(None)

    def action_free(self) -> None:
        self._free = not self._free
        self.refresh_bindings()
        self._explain()

    def action_place(self) -> None:
        stake = self._stake()
        reason = self.keys.say(self._draft.why_not_yet) or (stake if isinstance(stake, str) else "")
        if reason or isinstance(stake, str):
            self._say(reason, bad=True)
            return
        self.dismiss(ParlaySlip(stake, Funding.FREE if self._free else Funding.CASH))

    def _draw(self) -> None:
        legs = [self._leg_fact(each, place) for place, each in enumerate(self._draft.picked)]
        self.query_one("#parlay-legs", Facts).show(legs or [Fact("", "no leg is on the slip", "$text-muted")])
        self.call_after_refresh(self._scroll_to_leg)
        price = self._draft.price
        count = len(self._draft.picked)
        together = "" if price is None or count < 2 else f" {self._show.price(price)} together"
        where = "" if not count else f"{counted(count, 'leg')}{together} at {book(self._draft.picked[0].leg.bookmaker)}"
        self.query_one("#parlay-price", Static).update(plain(where, "bold"))
        self.refresh_bindings()
        self._explain()

    def _leg_fact(self, picked: PickedLeg, place: int) -> Fact:
        leg, chosen = picked.leg, place == self._at
        moved = "" if picked.was is None else f" (was {self._show.price(picked.was)})"
        what = f"{market(leg.selection.line)} · {short_pick(leg.selection)} {self._show.price(leg.price)}{moved}"
        style = "$text-warning" if moved else ("$text-accent" if chosen else "")
        return Fact(f"{'▌' if chosen else ' '} leg {place + 1}", f"{what} · {short_event(picked.event)}", style)

    def _scroll_to_leg(self) -> None:
        if not self._draft.picked:
            return
        scroll = self.query_one("#scroll")
        line = self.query_one("#parlay-legs", Facts).line_of(self._at)
        if not scroll.scroll_y <= line < scroll.scroll_y + scroll.size.height - 1:
            scroll.scroll_to(y=max(0, line - scroll.size.height // 2), animate=False)

    def _stake(self) -> int | str:
        typed = self.query_one("#parlay-stake", Input).value
        if not typed.strip():
            return "type a stake"
        try:
            minor = to_minor(typed, self._show.currency)
        except UsageError as error:
            return error.message
        return minor if minor > 0 else "a stake is more than nothing"

    def _explain(self) -> None:
        stake, price = self._stake(), self._draft.price
        reason = self.keys.say(self._draft.why_not_yet) or (stake if isinstance(stake, str) else "")
        if reason or isinstance(stake, str) or price is None:
            self._say(reason, bad=True)
            return
        back, show = returns_minor(stake, price), self._show
        won = show.money(back - stake)
        if self._free:
            self._say(f"free bet {show.money(stake)} · a win pays {won}, the stake not returned", bad=False)
        else:
            self._say(f"stake {show.money(stake)} · all legs won return {show.money(back)} · to win {won}", bad=False)

    def _say(self, text: str, *, bad: bool) -> None:
        self.query_one("#parlay-result", Static).update(plain(text, "$text-error" if bad else "$foreground"))
