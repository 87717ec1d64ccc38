"""Screen 3: the money. Balance, what is free, what is at risk, how it went, and the ledger behind it."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content

from betting_tui.engine.core.views import BankrollView, LedgerRow, Overview
from betting_tui.screens.base import EngineScreen, Topic
from betting_tui.screens.face import EngineFace
from betting_tui.screens.session import Session
from betting_tui.screens.show import Show, counted, percent
from betting_tui.widgets.columns import Column
from betting_tui.widgets.curve import NOTHING, Curve, Series
from betting_tui.widgets.line_table import LineTable
from betting_tui.widgets.meter import Meter, Meters
from betting_tui.widgets.panel import Panel
from betting_tui.widgets.prose import Prose
from betting_tui.widgets.row import Cell, Look, Row
from betting_tui.widgets.text import plain

_COLUMNS = (
    Column("at", "When", 12),
    Column("bet", "Bet", 10, priority=2),
    Column("kind", "Entry", 12),
    Column("text", "What", 16, flexible=True),
    Column("amount", "Change", 12, "right"),
    Column("available", "Free", 12, "right"),
)


class BankrollScreen(EngineScreen):
    CSS_PATH = "bankroll.tcss"
    watches: ClassVar[frozenset[Topic]] = frozenset({Topic.LEDGER, Topic.STATUS})
    title_text = "Bankroll"
    help_text = (
        "The balance counts settled money; free is the balance without the stakes of open bets. The dotted line is "
        "where you started. The ledger lists every change of free money, newest first."
    )

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.table: LineTable[LedgerRow] = LineTable(
            _COLUMNS, lambda entry: _look(entry, session.show, self.now), clock=session.clock, id="ledger-table"
        )

    def compose_body(self) -> ComposeResult:
        with Horizontal(id="top"):
            with Panel("Bankroll", id="balance"):
                yield Prose(id="sums")
                yield Curve(empty="no bet has been settled yet", id="curve")
            with Panel("In use", id="risk"):
                yield Meters(id="meters")
        with Panel("Ledger", id="ledger"):
            yield self.table

    def on_mount(self) -> None:
        self.table.focus()
        super().on_mount()

    def show_waiting(self, problem: str) -> None:
        self.table.set_rows(())
        self.table.set_empty(problem or "Starting…")
        self.query_one("#curve", Curve).show(NOTHING)

    def refresh_content(self, engine: EngineFace, seen: Overview) -> None:
        view = engine.bankroll()
        show = self.session.show
        now = seen.now
        self.query_one("#balance", Panel).set_title("Bankroll", f"{view.account} · {view.currency}")
        self.query_one("#sums", Prose).show(_sums(view, show))
        self.query_one("#curve", Curve).show(_curve(view, now, show), lambda minor: show.money(round(minor)))
        self.query_one("#meters", Meters).show(_meters(view, show))
        note = "" if not view.entries else counted(len(view.entries), "latest entry", "latest entries")
        self.query_one("#ledger", Panel).set_title("Ledger", note)
        self.table.set_empty("The ledger is empty. 1 shows opportunities, b places a bet there")
        self.table.set_rows([Row(str(entry.entry_id), entry) for entry in view.entries])


def _sums(view: BankrollView, show: Show) -> Content:
    profit = view.profit_minor
    style = "" if not profit else ("$text-success" if profit > 0 else "$text-error")
    return Content.assemble(
        plain(show.money(view.bankroll_minor), "bold"),
        plain("   profit "),
        plain(show.money(profit, sign=True) if profit else show.money(0), style),
        plain(f"   free {show.money(view.available_minor)}"),
        plain(f"   at risk {show.money(view.exposure_minor)} in {counted(view.open_bets, 'bet')}"),
    )


def _curve(view: BankrollView, now: datetime, show: Show) -> Series:
    if not view.curve:
        return NOTHING
    points = tuple((point.at.timestamp(), float(point.bankroll_minor)) for point in view.curve)
    last = (max(now.timestamp(), points[-1][0]), points[-1][1])
    fall = _share(view.max_drawdown_minor, max(point.bankroll_minor for point in view.curve))
    caption = f"deepest fall {show.money(-view.max_drawdown_minor)} ({percent(fall, sign=False)})"
    return Series(
        (*points, last),
        level=float(view.starting_minor),
        first_label=show.near(view.curve[0].at, now),
        last_label="now",
        caption=caption if view.max_drawdown_minor else "",
    )


def _meters(view: BankrollView, show: Show) -> tuple[Meter, ...]:
    peak = max([view.starting_minor, *(point.bankroll_minor for point in view.curve)])
    at_risk = _share(view.exposure_minor, view.bankroll_minor)
    free = _share(view.available_minor, view.bankroll_minor)
    fallen = _share(peak - view.bankroll_minor, peak)
    return (
        Meter("at risk", percent(at_risk, sign=False), at_risk),
        Meter("free", percent(free, sign=False), free, warns=False),
        Meter("below peak", percent(fallen, sign=False), fallen),
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole > 0 else 0.0


def _look(entry: LedgerRow, show: Show, now: datetime) -> Look:
    amount = entry.amount_minor
    cells = (
        Cell(show.near(entry.at, now), "muted"),
        Cell(entry.bet_id or "", "muted"),
        Cell(entry.kind.value.replace("_", " ")),
        Cell(entry.text),
        Cell(show.money(amount, sign=True), "gain" if amount > 0 else "loss" if amount < 0 else "muted"),
        Cell(show.money(entry.available_minor)),
    )
    return Look(cells)
