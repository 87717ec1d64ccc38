"""One bet that waits for a person: everything needed to decide, and one key for each way it can end."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from msgspec import Struct
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from betting_tui.engine.core.model import BetResult, BetState
from betting_tui.engine.core.review_views import Outcome, ReviewRow
from betting_tui.screens.bet_rows import RESULT_WORDS
from betting_tui.screens.dialogs.dialog import Dialog
from betting_tui.screens.placing import SETTLE_SECONDS
from betting_tui.screens.review_text import doubt_text, ends_text, possible, review_facts
from betting_tui.screens.show import Show
from betting_tui.widgets.facts import Facts
from betting_tui.widgets.key_bar import key_text
from betting_tui.widgets.text import plain

# Side by side: whole results left, their halves right.
_ENDS = (
    (BetResult.WIN, BetResult.HALF_WIN),
    (BetResult.LOSS, BetResult.HALF_LOSS),
    (BetResult.PUSH, BetResult.VOID),
)
_COLUMN, _GAP = 33, 3


class Decided(Struct, frozen=True):
    """How the bet ended by a person's word; `leg` of a parlay, from 1, None for the whole. `seen`: the state the bet
    was shown in."""

    bet_id: str
    result: BetResult
    seen: BetState
    leg: int | None = None


class Later(Struct, frozen=True):
    """Leave this one open, and show the next."""

    bet_id: str


class ReviewDialog(Dialog[Decided | Later]):
    """A key settles at once; where something speaks against it, it is asked for once more. `look` tells the bet as it
    is now; `position` as `1 of 3`."""

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
        Binding("up", "scroll(-1)", "up", show=False, id="review.up"),
        Binding("down", "scroll(1)", "down", show=False, id="review.down"),
        Binding("pageup", "scroll(-10)", "page up", show=False, id="review.page_up"),
        Binding("pagedown,space", "scroll(10)", "page down", show=False, id="review.page_down"),
    ]

    def __init__(
        self,
        look: Callable[[], ReviewRow],
        show: Show,
        clock: Callable[[], float],
        *,
        position: str = "",
        more: bool = False,
    ) -> None:
        row = look()
        super().__init__(f"{row.bet.id}{' · ' if position else ''}{position}")
        self._look = look
        self._row = row
        self._show = show
        self._clock = clock
        self._drawn_at = clock()
        self._more = more
        self._place = row.open_legs[0] if row.open_legs else 0
        self._asked: BetResult | None = None
        # What became of the bet while it was shown, until it was read: a key pressed just then meant what stood before.
        self._news = ""

    def compose_content(self) -> ComposeResult:
        with VerticalScroll(id="scroll", can_focus=False):
            yield Facts(id="review-facts")
        yield Static(id="review-ends", classes="dialog-note")
        yield Static(id="review-doubt", classes="dialog-bad")

    def on_mount(self) -> None:
        self._draw()

    def on_resize(self) -> None:
        self.call_after_refresh(self._draw)

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
        self._place = (self._place + step) % (len(self._row.legs) + 1)
        self._asked = None
        self._draw()

    def action_later(self) -> None:
        self.dismiss(Later(self._row.bet.id))

    def action_decide(self, result: str) -> None:
        end = BetResult(result)
        if end not in {each.result for each in self._ends}:
            return
        # A key pressed sooner was meant for the bet that stood there before.
        if self._clock() - self._drawn_at < SETTLE_SECONDS:
            self._news = self._news or "it came up only just now"
        if self._asked is not end and (self._news or doubt_text(self._row, self._place, end)):
            self._asked = end
            self._draw()
            return
        number = self._place + 1 if len(self._row.legs) > 1 and not self._on_whole else None
        self.dismiss(Decided(self._row.bet.id, end, self._row.bet.state, number))

    def look_again(self) -> None:
        row = self._look()
        if row == self._row:
            return
        moved = row.bet.state is not self._row.bet.state
        self._row, self._asked = row, None
        self._news = f"{row.bet.state.value} since you looked" if moved else "something was said since you looked"
        self._drawn_at = self._clock()
        self._draw()

    @property
    def _on_whole(self) -> bool:
        return self._place == len(self._row.legs)

    @property
    def _ends(self) -> tuple[Outcome, ...]:
        return self._row.whole if self._on_whole else self._row.legs[self._place].outcomes

    def _draw(self) -> None:
        keys = self._keys()
        self.query_one("#review-facts", Facts).show(review_facts(self._row, self._place, self._show))
        room = self.query_one("#review-ends").content_size.width
        width = min(_COLUMN, (room - _GAP) // 2) if room else _COLUMN
        lines = [ends_text([(end, keys[end.result], self._can_be(end)) for end in ends], self._show, width)
                 for ends in self._side_by_side()]  # fmt: skip
        if self._on_whole:
            lines.append(plain("for the whole, whatever becomes of its legs"))
        elif len(self._row.legs) > 1:
            lines.append(plain("for this leg, as the whole would pay with every other open leg won"))
        self.query_one("#review-ends", Static).update(Content("\n").join(lines))
        doubt = self.query_one("#review-doubt", Static)
        doubt.update(plain(self._doubt(keys)))
        doubt.display = self._asked is not None or bool(self._news)

    def _side_by_side(self) -> list[list[Outcome]]:
        known = {end.result: end for end in self._ends}
        pairs = ([known[result] for result in pair if result in known] for pair in _ENDS)
        return [pair for pair in pairs if pair]

    def _can_be(self, end: Outcome) -> bool:
        return self._on_whole or possible(self._row.legs[self._place], end.result)

    def _doubt(self, keys: dict[BetResult, str]) -> str:
        if self._asked is None:
            return self._news
        told = [self._news, doubt_text(self._row, self._place, self._asked)]
        reasons = " · ".join(each for each in told if each)
        return f"{reasons}. {keys[self._asked]} again settles it as {RESULT_WORDS[self._asked]} all the same"

    def _keys(self) -> dict[BetResult, str]:
        """As they are bound now: a person may have changed them."""
        shown = {binding.id: key_text(self.app, binding) for _, binding, _, _ in self.active_bindings.values()}
        return {result: shown.get(f"review.{result.value}", "") for result in BetResult}


_ENDS_BY_ID = frozenset(f"review.{result.value}" for result in BetResult)
