"""One bet that waits for a person: everything needed to decide, and one key for each way it can end."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from betting_tui.engine.core.model import BetResult
from betting_tui.engine.core.review_views import ReviewLeg, ReviewRow
from betting_tui.screens.dialogs.dialog import Dialog
from betting_tui.screens.review_text import contradiction, outcome_text, review_text
from betting_tui.screens.show import Show
from betting_tui.widgets.text import plain

# Side by side: whole results left, their halves right.
_ENDS = (
    (BetResult.WIN, BetResult.HALF_WIN),
    (BetResult.LOSS, BetResult.HALF_LOSS),
    (BetResult.PUSH, BetResult.VOID),
)
_COLUMN = 33


class Decided(Struct, frozen=True):
    """How the bet ended by a person's word; `leg` of a parlay, from 1."""

    bet_id: str
    result: BetResult
    leg: int | None = None


class Later(Struct, frozen=True):
    """Leave this one open, and show the next."""

    bet_id: str


class ReviewDialog(Dialog[Decided | Later]):
    """A key settles at once; where a feed says otherwise, it is asked for once more. `position` as `1 of 3`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("w", "decide('win')", "won", id="review.win"),
        Binding("l", "decide('loss')", "lost", id="review.loss"),
        Binding("p", "decide('push')", "push", id="review.push"),
        Binding("v", "decide('void')", "void", id="review.void"),
        Binding("h", "decide('half_win')", "half won", id="review.half_win"),
        Binding("j", "decide('half_loss')", "half lost", id="review.half_loss"),
        Binding("tab", "next_leg(1)", "next leg", id="review.next_leg"),
        Binding("shift+tab", "next_leg(-1)", "Previous leg", show=False, id="review.previous_leg"),
        Binding("n", "later", "leave open, next", id="review.later"),
        Binding("up", "scroll(-1)", "Up", show=False, id="review.up"),
        Binding("down", "scroll(1)", "Down", show=False, id="review.down"),
        Binding("pageup", "scroll(-10)", "Page up", show=False, id="review.page_up"),
        Binding("pagedown,space", "scroll(10)", "Page down", show=False, id="review.page_down"),
    ]

    def __init__(self, row: ReviewRow, show: Show, *, position: str = "", more: bool = False) -> None:
        super().__init__(f"{row.bet.id}{' · ' if position else ''}{position}")
        self._row = row
        self._show = show
        self._more = more
        self._place = row.open_legs[0] if row.open_legs else 0
        self._asked: BetResult | None = None

    def compose_content(self) -> ComposeResult:
        with VerticalScroll(id="scroll", can_focus=False):
            yield Static(id="review-facts")
        yield Static(id="review-ends", classes="dialog-note")
        yield Static(id="review-doubt", classes="dialog-bad")

    def on_mount(self) -> None:
        self._draw()

    def describe_key(self, binding_id: str) -> str | None:
        # What the ends pay stands above, each with its key.
        if binding_id in _ENDS_BY_ID:
            return ""
        return "leave it open" if binding_id == "dialog.leave" else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "next_leg":
            return len(self._row.legs) > 1
        return self._more if action == "later" else True

    def action_scroll(self, lines: int) -> None:
        self.query_one("#scroll").scroll_relative(y=lines, animate=False)

    def action_next_leg(self, step: int) -> None:
        self._place = (self._place + step) % len(self._row.legs)
        self._asked = None
        self._draw()

    def action_later(self) -> None:
        self.dismiss(Later(self._row.bet.id))

    def action_decide(self, result: str) -> None:
        end = BetResult(result)
        if self._asked is not end and contradiction(self._leg, end, ""):
            self._asked = end
            self._draw()
            return
        number = self._place + 1 if len(self._row.legs) > 1 else None
        self.dismiss(Decided(self._row.bet.id, end, number))

    @property
    def _leg(self) -> ReviewLeg:
        return self._row.legs[self._place]

    def _draw(self) -> None:
        keys = self._keys()
        leg = self._leg
        self.query_one("#review-facts", Static).update(review_text(self._row, self._place, self._show))
        lines = ["   ".join(outcome_text(leg, end, keys[end], self._show, _COLUMN) for end in ends) for ends in _ENDS]
        if len(self._row.legs) > 1:
            lines.append("for this leg, as the whole would pay with every other open leg won")
        self.query_one("#review-ends", Static).update(Content("\n").join(plain(line) for line in lines))
        doubt = self.query_one("#review-doubt", Static)
        doubt.update(plain(contradiction(leg, self._asked, keys[self._asked]) if self._asked is not None else ""))
        doubt.display = self._asked is not None

    def _keys(self) -> dict[BetResult, str]:
        """As they are bound now: a person may have changed them."""
        shown = {
            binding.id: binding.key_display or self.app.get_key_display(binding)
            for _, binding, _, _ in self.active_bindings.values()
        }
        return {result: shown.get(f"review.{result.value}", "") for result in BetResult}


_ENDS_BY_ID = frozenset(f"review.{result.value}" for result in BetResult)
