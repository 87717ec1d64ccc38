"""The last run did not end in order: what it left, what may have been missed, and how to go on."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from betting_tui.engine.core.money import format_minor
from betting_tui.engine.core.status_views import Recovery
from betting_tui.screens.dialogs.dialog import Dialog
from betting_tui.screens.show import Show, counted
from betting_tui.widgets.text import fit, plain

_NAMED = 4


class RecoveryDialog(Dialog[bool]):
    """True: resume; False: start fresh. Escape resumes, which loses nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r,enter", "resume", "resume", key_display="r", id="recovery.resume"),
        Binding("n", "fresh", "start fresh in a new account", id="recovery.fresh"),
    ]

    def __init__(self, found: Recovery, show: Show) -> None:
        super().__init__("The last run did not end in order")
        self._found = found
        self._show = show

    def compose_content(self) -> ComposeResult:
        with VerticalScroll(id="scroll", can_focus=False):
            yield Static(recovery_text(self._found, self._show))

    def describe_key(self, binding_id: str) -> str | None:
        return "resume" if binding_id == "dialog.leave" else None

    def action_resume(self) -> None:
        self.dismiss(True)

    def action_fresh(self) -> None:
        self.dismiss(False)

    def action_leave(self) -> None:
        self.dismiss(True)


def recovery_text(found: Recovery, show: Show) -> Content:
    facts = [("stopped", f"{show.day_clock(found.stopped_at)} · {away(found.away_seconds)} ago")]
    if found.open_bets:
        at_risk = format_minor(found.exposure_minor, found.currency)
        bets = f"{counted(found.open_bets, 'bet')} open in {found.account} · {at_risk} {found.currency} at risk"
        facts.append(("bets", bets))
    else:
        facts.append(("bets", f"none was open in {found.account}"))
    if found.working_orders:
        orders = counted(found.working_orders, "order")
        facts.append(("orders", f"{orders} still waiting, for prices from now on"))
    facts += [("missed", text) for text in _missed(found)]
    if found.limit_resets:
        facts.append(("since", f"{counted(found.limit_resets, 'betting day')} began: daily limits count anew"))
    lines = [Content.assemble(plain(fit(name, 10), "$text-muted"), plain(text)) for name, text in facts]
    lines += [
        Content(""),
        plain("Every accepted bet is in the ledger; nothing has to be entered again."),
        plain(f"Resume goes on with {found.account}; bets that can be settled are settled by the next results."),
        plain(f"Start fresh opens a new account and goes on there; {found.account} keeps its bets and settles them."),
    ]
    return Content("\n").join(lines)


def away(seconds: float) -> str:
    """How long nothing was watched: `40 s`, `12 min`, `8 h 05 min`, `3 days`."""
    whole = int(max(0.0, seconds))
    if whole < 100:
        return f"{whole} s"
    if whole < 3_600:
        return f"{whole // 60} min"
    if whole < 2 * 86_400:
        return f"{whole // 3_600} h {whole % 3_600 // 60:02d} min"
    return f"{whole // 86_400} days"


def _missed(found: Recovery) -> list[str]:
    missed = []
    if found.missed_closes:
        named = ", ".join(found.missed_closes[:_NAMED])
        more = len(found.missed_closes) - _NAMED
        missed.append(f"closing prices of {named}" + (f" and {more} more" if more > 0 else ""))
    if found.awaited_results:
        missed.append(f"results of {counted(found.awaited_results, 'bet')} whose event has started")
    return missed or ["nothing: no event with a bet has started since"]
