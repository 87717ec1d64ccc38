"""Screen 3: the money. Balance, limits, the ledger behind it, and every account beside the others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content

from betting_tui.engine.core.accounts import AccountStatus
from betting_tui.engine.core.money_views import AccountView, BankrollView, LimitUse, VerifyReport
from betting_tui.engine.core.status_views import Overview
from betting_tui.screens.account_rows import (
    ACCOUNT_COLUMNS,
    account_look,
    book_meters,
    limit_meters,
    nearest_limit,
)
from betting_tui.screens.balance_chart import Stretch, balance_chart
from betting_tui.screens.base import EngineScreen, Topic
from betting_tui.screens.face import EngineFace
from betting_tui.screens.ledger_table import LedgerTable, ledger_look
from betting_tui.screens.session import Session
from betting_tui.screens.show import Show, counted
from betting_tui.screens.status import stop_reasons
from betting_tui.widgets.chart import NOTHING, Chart
from betting_tui.widgets.line_table import LineTable
from betting_tui.widgets.meter import Meters
from betting_tui.widgets.panel import Panel
from betting_tui.widgets.prose import Prose
from betting_tui.widgets.row import Row
from betting_tui.widgets.text import plain

_KEYS = ("deposit", "withdraw", "transfer", "new", "use", "limits", "stakes", "status", "reset")
_VIEWS = ("ledger", "accounts", "limits")
# From so many columns on, accounts have room beside the ledger.
_TWO_LISTS = 120
_EMPTY = "The ledger is empty. {app.opportunities} shows opportunities, {opportunities.place} places a bet there"
_NO_CURVE = "No bet has been settled yet. {app.opportunities} shows what could be placed"
_STRETCH_KEYS = "{bankroll.day} {bankroll.week} {bankroll.month} {bankroll.year} {bankroll.ever}"
_OF_AN_ACCOUNT = frozenset({"deposit", "withdraw", "transfer", "use", "limits", "stakes", "status", "reset"})


class BankrollScreen(EngineScreen):
    """Keys act on the account under the cursor while the list of accounts has the focus, else on the current one."""

    CSS_PATH = "bankroll.tcss"
    watches: ClassVar[frozenset[Topic]] = frozenset({Topic.LEDGER, Topic.STATUS})
    writing_keys = EngineScreen.writing_keys | {f"bankroll.{name}" for name in _KEYS}
    title_text = "Bankroll"
    help_text = (
        "The balance counts settled money; free is the balance without the stakes of open bets. The grey line is "
        "where you started; the mark is the low of the deepest fall. The ledger lists every change of free money, "
        "newest first, a page at a time. Limits hold for the account in use; accounts stand beside each other, and "
        "keys act on the one under the cursor there."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "view", "view", id="bankroll.view", tooltip="ledger, accounts side by side, limits"),
        Binding("c", "stretch", "curve", id="bankroll.stretch", tooltip="curve of a day, a week, a month, a year, all"),
        Binding("D", "stretch('day')", "Day", show=False, id="bankroll.day", tooltip="the curve of the last day"),
        Binding("W", "stretch('week')", "Week", show=False, id="bankroll.week", tooltip="the curve of the last week"),
        Binding("M", "stretch('month')", "Month", show=False, id="bankroll.month", tooltip="of the last month"),
        Binding("Y", "stretch('year')", "Year", show=False, id="bankroll.year", tooltip="of the last year"),
        Binding("E", "stretch('all')", "All", show=False, id="bankroll.ever", tooltip="of the whole period"),
        Binding("d,f4", "deposit", "deposit", id="bankroll.deposit", tooltip="put money in"),
        Binding("w,f5", "withdraw", "withdraw", id="bankroll.withdraw", tooltip="take money out"),
        Binding("t,f6", "transfer", "transfer", id="bankroll.transfer", tooltip="between wallet and bookmakers"),
        Binding("l,f7", "limits", "limits", id="bankroll.limits", tooltip="change the account's limits"),
        Binding("z", "stakes", "stakes", id="bankroll.stakes", tooltip="how it stakes, which strategies bet for it"),
        Binding("n,f8", "new", "new account", id="bankroll.new", tooltip="open another account"),
        Binding("u,enter", "use", "use", key_display="u", id="bankroll.use", tooltip="make it the account in use"),
        Binding("s", "status", "suspend", id="bankroll.status", tooltip="suspend the account, or resume it"),
        Binding("x", "reset", "reset", id="bankroll.reset", tooltip="close the books and start a new period"),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.table = LedgerTable(
            lambda entry: ledger_look(entry, session.show, self.now), clock=session.clock, id="ledger-table"
        )
        self.accounts_table: LineTable[AccountView] = LineTable(
            ACCOUNT_COLUMNS,
            lambda view: account_look(view, session.show.currency),
            clock=session.clock,
            id="accounts-table",
        )
        self._ledger = self._checked = ""
        self._place = 0
        self._stretch = Stretch.ALL
        self._accounts: tuple[AccountView, ...] = ()

    def compose_body(self) -> ComposeResult:
        with Horizontal(id="top"):
            with Panel("Bankroll", id="balance"):
                yield Prose(id="sums")
                yield Chart(id="curve")
            with Panel("Today's limits", id="limits"):
                yield Meters(id="limit-meters")
                yield Prose(id="no-limits")
        with Horizontal(id="bottom"):
            with Panel("Ledger", id="ledger"):
                yield self.table
            with Vertical(id="side"):
                with Panel("Accounts", id="accounts"):
                    yield self.accounts_table
                with Panel("Money by bookmaker", id="books"):
                    yield Meters(id="book-meters")

    @property
    def tables(self) -> Sequence[LineTable[Any]]:
        return (self.table, self.accounts_table)

    def on_resize(self, event: events.Resize) -> None:
        del event
        # Pages and bars are as long as there is room, which is known after the layout.
        self.call_after_refresh(self.redraw)

    # Drawing

    def show_waiting(self, problem: str) -> None:
        super().show_waiting(problem)
        self.query_one("#curve", Chart).show(NOTHING)

    def refresh_content(self, engine: EngineFace, seen: Overview) -> None:
        view = engine.bankroll()
        show = self.session.show
        self.set_class(self.size.width < _TWO_LISTS, "-one-list")
        self.query_one("#sums", Prose).show(_sums(view, show), layout=True)
        self._draw_curve(engine, view, seen.now)
        self._draw_accounts(engine.accounts())
        self._draw_limits(engine.limits())
        self._draw_books(view)
        self._ledger = f"{view.account} {view.period}"
        self._checked = _checked(engine.ledger.verify_quick(view.account), seen.now, show)
        self._draw_page()

    def _draw_curve(self, engine: EngineFace, view: BankrollView, now: datetime) -> None:
        show, chart = self.session.show, self.query_one("#curve", Chart)
        since = self._stretch.since(now)
        points = view.curve if since is None else engine.ledger.balance_curve(view.account, since)
        chart.set_empty(show.say(_NO_CURVE))
        chart.show(balance_chart(view, points, since, now, show), lambda minor: show.money(round(minor)), show.zone)
        period = f"period {view.period}" if view.period > 1 else ""
        whose = f"{view.account} · {view.currency}"
        told = f"{self._stretch.words} · {show.say(_STRETCH_KEYS)}"
        self.query_one("#balance", Panel).set_title_first(
            "Bankroll", (_joined(whose, period, told), _joined(whose, told), told, self._stretch.words)
        )

    def _draw_page(self) -> None:
        engine = self.engine
        if engine is not None:
            self.table.set_empty(self.session.show.say(_EMPTY))
            self.table.show_page(self._ledger, engine.ledger_page)
            page, total = self.table.page_note, self.table.total_note
            self.query_one("#ledger", Panel).set_title_first(
                "Ledger", (_joined(page, total, self._checked), _joined(page, self._checked), page)
            )

    def _draw_accounts(self, views: tuple[AccountView, ...]) -> None:
        self._accounts = views
        self.accounts_table.set_empty(self.session.show.say("No account yet: {bankroll.new} opens one"))
        self.accounts_table.set_rows([Row(view.name, view) for view in views])
        self.query_one("#accounts", Panel).set_title("Accounts", f"{len(views)} · ● in use" if len(views) > 1 else "")
        self.refresh_bindings()

    def _draw_limits(self, uses: tuple[LimitUse, ...]) -> None:
        panel = self.query_one("#limits", Panel)
        meters = limit_meters(uses, self.session.show, max(1, panel.size.height))
        left_out = len(uses) - len(meters)
        note = nearest_limit(uses) + (f" · {left_out} less used not shown" if left_out else "")
        panel.set_title("Today's limits", note)
        self.query_one("#limit-meters", Meters).show(meters)
        nothing = self.query_one("#no-limits", Prose)
        nothing.display = not uses
        nothing.show(plain("No limit is set. l sets the account's own" if not uses else "", "$text-muted"))

    def _draw_books(self, view: BankrollView) -> None:
        panel = self.query_one("#books", Panel)
        panel.display = len(view.books) > 1
        panel.set_title("Money by bookmaker", f"in {view.account}")
        self.query_one("#book-meters", Meters).show(book_meters(view.books, self.session.show, 12))

    def on_ledger_table_turned(self, event: LedgerTable.Turned) -> None:
        event.stop()
        self._draw_page()

    def on_line_table_row_highlighted(self, event: LineTable.RowHighlighted) -> None:
        event.stop()
        self.refresh_bindings()

    def on_line_table_row_selected(self, event: LineTable.RowSelected) -> None:
        event.stop()
        if event.table is self.accounts_table:
            self.action_use()

    # Views

    def describe_key(self, binding_id: str) -> str | None:
        chosen = self.chosen
        match binding_id:
            case "bankroll.view":
                view = _VIEWS[self._next_view()]
                # Another key is called limits as well: the one that changes them.
                return "see limits" if view == "limits" else view
            case "bankroll.stretch":
                return f"curve: {self._stretch.following}"
            case "bankroll.status" if chosen is not None and chosen.status is AccountStatus.SUSPENDED:
                return "resume"
            case "bankroll.transfer" if chosen is not None and not chosen.settings.book_balances:
                # Without a balance at each bookmaker there is nowhere to transfer to: the key says so when pressed.
                return "" if self.size.width < _TWO_LISTS else None
            case _:
                return None

    def _next_view(self) -> int:
        # Limits have their own place where the window is wide.
        return (self._place + 1) % (len(_VIEWS) if self.has_class("-narrow") else 2)

    def action_view(self) -> None:
        self._place = self._next_view()
        for at, name in enumerate(_VIEWS):
            self.set_class(at == self._place, f"-see-{name}")
        table = self.accounts_table if _VIEWS[self._place] == "accounts" else self.table
        table.focus()
        self.call_after_refresh(self.redraw)

    def action_stretch(self, name: str = "") -> None:
        self._stretch = Stretch(name) if name else self._stretch.following
        self.redraw()

    # Acts

    @property
    def chosen(self) -> AccountView | None:
        """The account that keys act on."""
        row = self.accounts_table.cursor_row
        if self.accounts_table.has_focus and row is not None:
            return row.payload
        return next((view for view in self._accounts if view.current), None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "use":
            return len(self._accounts) > 1 and not (self.accounts_table.has_focus and self._is_current())
        return True

    def _is_current(self) -> bool:
        chosen = self.chosen
        return chosen is not None and chosen.current

    def _known(self) -> AccountView | None:
        """The account to act on; the user is told when there is none."""
        chosen = self.chosen
        if chosen is None:
            self.tell("No account is known here yet: try again in a moment", bad=True)
        return chosen

    def action_deposit(self) -> None:
        if (view := self._known()) is not None:
            self.acts.deposit(view)

    def action_withdraw(self) -> None:
        if (view := self._known()) is not None:
            self.acts.withdraw(view)

    def action_transfer(self) -> None:
        if (view := self._known()) is not None:
            self.acts.transfer(view)

    def action_limits(self) -> None:
        if (view := self._known()) is not None:
            self.acts.change_limits(view)

    def action_stakes(self) -> None:
        if (view := self._known()) is not None:
            self.acts.change_stakes(view)

    def action_reset(self) -> None:
        if (view := self._known()) is not None:
            self.acts.reset(view)

    def action_status(self) -> None:
        if (view := self._known()) is not None:
            self.acts.change_status(view.name, suspend=view.status is AccountStatus.ACTIVE)

    def action_new(self) -> None:
        self.acts.open_new()

    def action_use(self) -> None:
        view = self.chosen
        if view is None or not self.accounts_table.has_focus:
            self.acts.pick()
        else:
            self.acts.use(view.name)

    def action_release(self) -> None:
        """The account under the cursor first: the others keep their stops."""
        view = self.chosen
        if view is None or view.current:
            super().action_release()
        elif view.breakers:
            self.acts.release(view.name, stop_reasons(view.breakers, self.now, self.session.show))
        elif view.status is AccountStatus.SUSPENDED:
            self.acts.change_status(view.name, suspend=False)
        else:
            self.tell(f"Nothing stops {view.name}")


def _sums(view: BankrollView, show: Show) -> Content:
    profit = view.profit_minor
    style = "" if not profit else ("$text-success" if profit > 0 else "$text-error")
    return Content.assemble(
        plain(show.money(view.bankroll_minor), "bold"),
        plain("  profit "),
        plain(show.money(profit, sign=True) if profit else show.money(0), style),
        plain(f"  free {show.money(view.available_minor)}"),
        plain(f"  at risk {show.money(view.exposure_minor)} in {counted(view.open_bets, 'bet')}"),
    )


def _joined(*notes: str) -> str:
    return " · ".join(note for note in notes if note)


def _checked(report: VerifyReport, now: datetime, show: Show) -> str:
    """`verified 14:03 · sums to 0.00`: every posting has its counterpart, and what is held is what bets may lose."""
    if not report.ok:
        return "does not add up: ledger verify says where"
    return f"verified {show.clock(now)} · sums to {show.money(0)}"
