"""Screen 2: what is at stake now, and what became of the latest bets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from betting_tui.engine.core.bet_views import BetRow, OpenBetRow, OrderRow, SettledBet
from betting_tui.engine.core.clv_words import close_age
from betting_tui.engine.core.commands import CancelBet, CancelOrder, SettleBet
from betting_tui.engine.core.model import BetResult, BetState, Funding
from betting_tui.engine.core.refusals import Refusal
from betting_tui.engine.core.status_views import Overview
from betting_tui.engine.store.shapes import BetFilter
from betting_tui.screens.base import EngineScreen, Topic
from betting_tui.screens.bet_rows import (
    OPEN_COLUMNS,
    ORDER_COLUMNS,
    RESULT_WORDS,
    REVIEW_COLUMNS,
    SETTLED_COLUMNS,
    bet_pick,
    bet_text,
    open_look,
    order_look,
    order_text,
    review_look,
    settled_look,
)
from betting_tui.screens.dialogs.dialog import FinalDialog, TextDialog
from betting_tui.screens.face import EngineFace
from betting_tui.screens.names import pick_of
from betting_tui.screens.review_actions import ReviewActions
from betting_tui.screens.session import ME, Session
from betting_tui.screens.show import counted, percent, total_return
from betting_tui.widgets.line_table import LineTable
from betting_tui.widgets.panel import Panel
from betting_tui.widgets.row import Row

_DONE = (BetState.SETTLED, BetState.CANCELLED)
_LATEST = 50

_NOTHING_SETTLED = (
    "Nothing settled yet. Results arrive by themselves; {bets.win} {bets.loss} {bets.void} {bets.push} settle by hand"
)
_NO_BET = "No bet is open. {app.opportunities} shows opportunities, {opportunities.place} places one there"


class BetsScreen(EngineScreen):
    CSS_PATH = "bets.tcss"
    watches: ClassVar[frozenset[Topic]] = frozenset({Topic.BOARD, Topic.LEDGER, Topic.STATUS, Topic.TICK})
    writing_keys = EngineScreen.writing_keys | {
        "bets.cancel",
        "bets.win",
        "bets.loss",
        "bets.void",
        "bets.push",
        "bets.decide",
    }
    title_text = "Open bets"
    help_text = (
        "Bets that wait for their result: the price taken, the price now (▲ you beat it, ▼ you could have had better), "
        "the score instead once they are in play and a feed has told it, the time to the start, what a win returns and "
        "the closing line value so far. Below, orders that wait for their price and the latest settled "
        "bets: tab goes from list to list. Bets that no feed could settle wait for you above: {bets.decide} shows why, "
        "what every feed says and what each result pays, and one key settles. {bets.decide} on a settled bet "
        "corrects it."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "detail", "detail", key_display="enter", id="bets.detail", tooltip="everything about the bet"),
        Binding("d", "decide", "decide", id="bets.decide", tooltip="decide what no feed could, or correct a result"),
        Binding("c", "cancel", "cancel", id="bets.cancel", tooltip="take back a bet before its event, or an order"),
        Binding("w", "settle('win')", "won", id="bets.win", tooltip="settle by hand: won"),
        Binding("l", "settle('loss')", "lost", id="bets.loss", tooltip="settle by hand: lost"),
        Binding("v", "settle('void')", "void", id="bets.void", tooltip="settle by hand: void"),
        Binding("u", "settle('push')", "push", id="bets.push", tooltip="settle by hand: push"),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.open_table: LineTable[OpenBetRow] = LineTable(
            OPEN_COLUMNS, lambda row: open_look(row, session.show), clock=session.clock, id="open-table"
        )
        self.order_table: LineTable[OrderRow] = LineTable(
            ORDER_COLUMNS,
            lambda order: order_look(order, session.show, self.now),
            clock=session.clock,
            id="order-table",
        )
        self.settled_table: LineTable[BetRow] = LineTable(
            SETTLED_COLUMNS,
            lambda bet: settled_look(bet, session.show, self.now),
            clock=session.clock,
            id="settled-table",
        )

        self.review_table: LineTable[OpenBetRow] = LineTable(
            REVIEW_COLUMNS, lambda row: review_look(row, session.show, self.now), clock=session.clock, id="review-table"
        )
        self.reviewing = ReviewActions(self)

    def compose_body(self) -> ComposeResult:
        with Panel("For you to decide", id="review"):
            yield self.review_table
        with Panel("Open bets", id="open"):
            yield self.open_table
        with Panel("Waiting orders", id="orders"):
            yield self.order_table
        with Panel("Settled lately", id="settled"):
            yield self.settled_table

    def focus_first(self) -> None:
        # Whoever comes for what the header counts stands on it; later the cursor stays where it was put.
        (self.review_table if self.query_one("#review", Panel).display else self.open_table).focus()

    def show_waiting(self, problem: str) -> None:
        for table in (self.review_table, self.open_table, self.order_table, self.settled_table):
            table.set_rows(())
        self.open_table.set_empty(problem or "Starting…")

    def refresh_content(self, engine: EngineFace, seen: Overview) -> None:
        show = self.session.show
        held = engine.open_bets()
        waiting = tuple(row for row in held if row.bet.state is not BetState.REVIEW)
        self._draw_review([row for row in held if row.bet.state is BetState.REVIEW])
        latest = engine.ledger.bets(BetFilter(account=seen.account, states=_DONE, limit=_LATEST))
        done = sorted(latest, key=lambda bet: bet.settled_at or bet.placed_at, reverse=True)
        self.open_table.set_empty(self.session.show.say(_NO_BET))
        self.open_table.set_rows([Row(row.bet.id, row, row.price_now.text if row.price_now else "") for row in waiting])
        self.query_one("#open", Panel).set_title_first("Open bets", self._open_notes(waiting))
        self.settled_table.set_empty(show.say(_NOTHING_SETTLED))
        self.settled_table.set_rows([Row(bet.id, bet) for bet in done])
        self._draw_orders(engine.working_orders())
        self.query_one("#settled", Panel).set_title_first("Settled lately", self._settled_notes(engine, done))

    def _open_notes(self, waiting: Sequence[OpenBetRow]) -> tuple[str, ...]:
        """What is at stake, and the CLV so far with how many bets have one, where there is room."""
        if not waiting:
            return ("",)
        show = self.session.show
        bets, staked = counted(len(waiting), "bet"), show.money(sum(row.bet.staked_minor for row in waiting))
        returns = show.money(sum(row.potential_return_minor for row in waiting))
        values = [row.clv_ev if row.clv_ev is not None else row.clv_price for row in waiting]
        known = [value for value in values if value is not None]
        mean = f"{percent(sum(known) / len(known))} on {len(known)} of {len(waiting)}" if known else "not known yet"
        brief = f"{bets} · {staked} at stake"
        return (
            f"{brief} · returns up to {returns} · CLV so far {mean}",
            f"{brief} · CLV so far {mean}",
            f"{brief} · returns up to {returns}" if not known else f"{brief} · CLV {mean}",
            brief,
        )

    def _settled_notes(self, engine: EngineFace, done: Sequence[BetRow]) -> tuple[str, ...]:
        """Of the bets in the list; how many of them have a CLV, and how old its close may be, where there is room."""
        if not done:
            return ("",)
        profit = sum(bet.profit_minor or 0 for bet in done)
        brief = f"{counted(len(done), 'bet')} · {self.session.show.money(profit, sign=True)}"
        share = sum(bet.clv_ev is not None or bet.clv_price is not None for bet in done) / len(done)
        covered = f"{brief} · CLV on {percent(share, sign=False, places=0)}"
        return f"{covered} of them, {close_age(engine.settings.reports.close_max_age)}", covered, brief

    def _draw_review(self, rows: list[OpenBetRow]) -> None:
        """Their list is there only while something waits for a person; those left for later come last."""
        panel = self.query_one("#review", Panel)
        if not rows and self.review_table.has_focus:
            self.open_table.focus()
        panel.display = bool(rows)
        panel.styles.height = min(len(rows) + 3, 6 if self.has_class("-short") else max(9, self.size.height // 3))
        self.review_table.set_rows([Row(row.bet.id, row, row.bet.review_reason) for row in rows])
        staked = self.session.show.money(sum(row.bet.staked_minor for row in rows))
        decides = f"{self.session.show.key('bets.decide')} decides"
        panel.set_title("For you to decide", f"{counted(len(rows), 'bet')} · {staked} at stake · {decides}")

    def _draw_orders(self, orders: tuple[OrderRow, ...]) -> None:
        """Their list is there only while something waits."""
        panel = self.query_one("#orders", Panel)
        if not orders and self.order_table.has_focus:
            self.open_table.focus()
        panel.display = bool(orders)
        panel.styles.height = min(len(orders) + 3, 6 if self.has_class("-short") else 9)
        self.order_table.set_rows(
            [Row(order.id, order, order.price_now.text if order.price_now else "") for order in orders]
        )
        reserved = self.session.show.money(sum(order.reserved_minor for order in orders))
        panel.set_title("Waiting orders", f"{counted(len(orders), 'order')} · {reserved} reserved")

    def on_line_table_row_highlighted(self, event: LineTable.RowHighlighted) -> None:
        event.stop()
        self.refresh_bindings()

    @property
    def _table(self) -> LineTable[OpenBetRow] | LineTable[OrderRow] | LineTable[BetRow]:
        """The list that keys act on: the one with the focus, else the open bets."""
        tables = (self.settled_table, self.order_table, self.review_table)
        return next((table for table in tables if table.has_focus), self.open_table)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only the keys that do something now are offered."""
        if action == "detail":
            return self._table.cursor_row is not None
        if action == "decide":
            return self._to_decide() is not None
        if action == "cancel" and self._table is self.review_table:
            return False
        if action == "cancel":
            return self._table is not self.settled_table and self._table.cursor_row is not None
        if action == "settle":
            return self._table is self.open_table and self.open_table.cursor_row is not None
        return True

    def on_line_table_row_selected(self, event: LineTable.RowSelected) -> None:
        event.stop()
        self.action_detail()

    def action_detail(self) -> None:
        show = self.session.show
        if self.review_table.has_focus:
            self.action_decide()
            return
        if self.settled_table.has_focus:
            done = self.settled_table.cursor_row
            if done is not None:
                self.app.push_screen(TextDialog(done.id, bet_text(done.payload, show)))
            return
        if self.order_table.has_focus:
            order = self.order_table.cursor_row
            if order is not None:
                self.app.push_screen(TextDialog(order.id, order_text(order.payload, show)))
            return
        row = self.open_table.cursor_row
        if row is not None:
            self.app.push_screen(TextDialog(row.id, bet_text(row.payload.bet, show, row.payload)))

    def _to_decide(self) -> str | None:
        """The bet under the cursor; on other lists than those of bets, the first that waits for a person."""
        if self.settled_table.has_focus:
            done = self.settled_table.cursor_row
            return done.id if done is not None and done.payload.state is BetState.SETTLED else None
        waiting = self.review_table.cursor_row
        row = self.open_table.cursor_row if self.open_table.has_focus or waiting is None else waiting
        return None if row is None else row.id

    def action_decide(self) -> None:
        """Show all there is to know of the bet under the cursor, and settle it, or correct how it was settled."""
        bet_id = self._to_decide()
        if bet_id is not None and not self.busy and self.writable() is not None:
            self.reviewing.decide(bet_id)

    def action_cancel(self) -> None:
        if self.order_table.has_focus:
            self._cancel_order()
            return
        row = self._drawn()
        if row is None:
            return
        bet = row.bet
        show = self.session.show
        question = f"Take back {show.money(bet.staked_minor)} on {bet_pick(bet)} {show.price(bet.price)}?"
        note = "Only before the start: the stake is free again, the bet stays in the books as cancelled."
        dialog = FinalDialog(f"Cancel {bet.id}", question, yes="cancel it", no="keep it", note=note)

        def answered(yes: bool | None) -> None:
            engine = self.writable() if yes else None
            if engine is not None:
                self.run_worker(self._cancel(engine, bet.id), group="commands", exit_on_error=False)

        self.app.push_screen(dialog, answered)

    def _cancel_order(self) -> None:
        drawn = self.order_table.drawn_row
        if drawn is None or self.busy or self.writable() is None:
            return
        order, show = drawn.payload, self.session.show
        leg = order.leg
        name = pick_of(leg.selection.line, leg.selection.name, leg.selection.point)
        question = f"Take back the order for {show.money(order.stake_minor)} on {name} {show.price(leg.price)}?"
        held = order.reserved_minor
        freed = f"{show.money(held)} is free again." if held else "It holds no money: a free bet."
        note = f"{freed} What was filled already stays a bet."
        dialog = FinalDialog(f"Cancel {order.id}", question, yes="cancel it", no="keep it", note=note)

        def answered(yes: bool | None) -> None:
            engine = self.writable() if yes else None
            if engine is not None:
                self.run_worker(self._send_cancel_order(engine, order.id), group="commands", exit_on_error=False)

        self.app.push_screen(dialog, answered)

    async def _send_cancel_order(self, engine: EngineFace, order_id: str) -> None:
        answer = await self.ask(engine.cancel_order(CancelOrder(order_id=order_id, created_by=ME)))
        if answer is not None:
            freed = ", its money is free again" if answer.funding is Funding.CASH else ""
            self.tell(f"{order_id} {answer.state.value.replace('_', ' ')}{freed}")
        self.redraw()

    def action_settle(self, result: str) -> None:
        row = self._drawn()
        if row is None:
            return
        bet = row.bet
        outcome = BetResult(result)
        show = self.session.show
        back = {BetResult.WIN: total_return(bet.stake_minor, bet.price), BetResult.LOSS: 0}.get(
            outcome, bet.stake_minor
        )
        question = f"{bet_pick(bet)} {show.price(bet.price)} · {bet.event.name}: {RESULT_WORDS[outcome]}?"
        paid = f"About {show.money(back)} is paid back on a stake of {show.money(bet.stake_minor)}."
        note = f"{paid} A wrong result is corrected with {show.key('bets.decide')}: the books keep both."
        title, yes = f"Settle {bet.id} by hand", f"it is {RESULT_WORDS[outcome]}"
        dialog = FinalDialog(title, question, yes=yes, no="leave it open", note=note)

        def answered(yes: bool | None) -> None:
            engine = self.writable() if yes else None
            if engine is not None:
                self.run_worker(self._settle(engine, bet, outcome), group="commands", exit_on_error=False)

        self.app.push_screen(dialog, answered)

    def _drawn(self) -> OpenBetRow | None:
        """The open bet under the cursor as it was drawn; the user is told when there is none to act on."""
        if self.busy or self.writable() is None:
            return None
        row = self.open_table.drawn_row if self._table is self.open_table else None
        if row is None:
            self.tell("Put the cursor on an open bet first", bad=True)
            return None
        return row.payload

    async def _cancel(self, engine: EngineFace, bet_id: str) -> None:
        answer = await self.ask(engine.cancel_bet(CancelBet(bet_id=bet_id, created_by=ME)))
        self._tell_answer(answer, f"{bet_id} cancelled, its stake is free again")

    async def _settle(self, engine: EngineFace, bet: BetRow, result: BetResult) -> None:
        command = SettleBet(bet.id, result, ME, "by hand", seen=bet.state)
        answer = await self.ask(engine.settle_bet(command))
        profit = answer.bet.profit_minor if isinstance(answer, SettledBet) else None
        self._tell_answer(answer, f"{bet.id} {RESULT_WORDS[result]} · {self.session.show.money(profit, sign=True)}")

    def _tell_answer(self, answer: SettledBet | Refusal | None, done: str) -> None:
        if isinstance(answer, Refusal):
            self.tell(f"Not done · {answer.message}", bad=True)
        elif answer is not None:
            self.tell(done)
        self.redraw()
