"""What can be done to an account: each act asks first, says what will happen, and tells what did."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

import msgspec
from textual.screen import ModalScreen

from betting_tui.engine.core.accounts import AccountStatus
from betting_tui.engine.core.commands import (
    ChangeAccount,
    Deposit,
    OpenAccount,
    ReleaseBreakers,
    ResetAccount,
    SetAccountStatus,
    Transfer,
    UseAccount,
    Withdraw,
)
from betting_tui.engine.core.money import format_minor, to_minor
from betting_tui.engine.core.money_views import AccountView, BookBalance, LedgerRow, ResetDone
from betting_tui.engine.core.refusals import Refusal
from betting_tui.screens.acting import ActingScreen
from betting_tui.screens.dialogs.dialog import ConfirmDialog, FinalDialog, QuestionDialog
from betting_tui.screens.face import EngineFace
from betting_tui.screens.session import ME
from betting_tui.screens.show import counted

if TYPE_CHECKING:
    # Named in annotations alone: the first paint waits for no store.
    from betting_tui.engine.store.shapes import AccountRow

AnswerT = TypeVar("AnswerT")
CommandT = TypeVar("CommandT")


class AccountActions:
    """Acts on behalf of one screen: its toasts, its busy state, its redraw."""

    def __init__(self, screen: ActingScreen) -> None:
        self._screen = screen

    def deposit(self, view: AccountView) -> None:
        from betting_tui.screens.dialogs.money_forms import deposit_form

        def send(engine: EngineFace, command: Deposit) -> Awaitable[LedgerRow]:
            return engine.deposit(command)

        form = deposit_form(view, self._places(view), self._screen.session.new_key())
        self._ask(form, send, lambda row: _moved("in", row, view))

    def withdraw(self, view: AccountView) -> None:
        from betting_tui.screens.dialogs.money_forms import withdraw_form

        def send(engine: EngineFace, command: Withdraw) -> Awaitable[LedgerRow | Refusal]:
            return engine.withdraw(command)

        form = withdraw_form(view, self._places(view), self._screen.session.new_key())
        self._ask(form, send, lambda row: _moved("out", row, view))

    def _key(self, binding_id: str) -> str:
        return self._screen.session.show.key(binding_id)

    def transfer(self, view: AccountView) -> None:
        from betting_tui.screens.dialogs.money_forms import transfer_form

        def send(engine: EngineFace, command: Transfer) -> Awaitable[LedgerRow | Refusal]:
            return engine.transfer(command)

        places = self._places(view)
        if len(places) < 2:
            why = "keeps one purse for all bookmakers: only an account with a balance at each has where to transfer"
            self._screen.tell(f"{view.name} {why} · {self._key('bankroll.new')} opens one", bad=True)
            return
        form = transfer_form(view, places, self._screen.session.new_key())
        self._ask(form, send, lambda row: _moved("transferred", row, view))

    def reset(self, view: AccountView) -> None:
        from betting_tui.screens.dialogs.money_forms import reset_form

        def send(engine: EngineFace, command: ResetAccount) -> Awaitable[ResetDone | Refusal]:
            return engine.reset_account(command)

        def told(done: ResetDone) -> str:
            start = format_minor(done.starting_minor, view.currency)
            voided = f" · {done.voided} voided" if done.voided else ""
            return f"{done.account} begins period {done.period} with {start}{voided}"

        engine = self._screen.engine
        working = len(engine.ledger.working_orders(view.name)) if engine is not None else 0
        self._ask(reset_form(view, working, self._screen.session.new_key()), send, told)

    def open_new(self) -> None:
        from betting_tui.screens.dialogs.account_forms import new_account_form

        def send(engine: EngineFace, command: OpenAccount) -> Awaitable[AccountRow]:
            return engine.open_account(command)

        engine = self._screen.engine
        if engine is None:
            self._screen.writable()
            return
        paper, currency = engine.settings.paper_trading, engine.overview().currency
        form = new_account_form(
            [view.name for view in engine.accounts()],
            currency,
            to_minor(paper.starting_bankroll, paper.currency),
            engine.settings.ui.time_zone,
            strategy_names(engine),
        )
        self._ask(form, send, lambda row: f"{row.name} is open · {self._key('app.account')} switches to it")

    def change_limits(self, view: AccountView) -> None:
        from betting_tui.screens.dialogs.account_forms import limits_form

        self._ask(limits_form(view), _change, lambda row: f"Limits of {row.name} are set")

    def change_stakes(self, view: AccountView) -> None:
        from betting_tui.screens.dialogs.account_forms import stakes_form

        engine = self._screen.engine
        names = () if engine is None else strategy_names(engine)
        self._ask(stakes_form(view, names), _change, lambda row: f"Stakes and strategies of {row.name} are set")

    def use(self, name: str) -> None:
        engine = self._screen.writable()
        if engine is not None and name != engine.overview().account:
            command = UseAccount(name, ME)
            self._screen.start_command(
                self._send(lambda: engine.use_account(command), lambda row: f"{row.name} is the account now")
            )

    def pick(self) -> None:
        """Ask which account to use."""
        from betting_tui.screens.dialogs.accounts import PickAccountDialog

        engine = self._screen.writable()
        if engine is None or self._screen.busy:
            return
        views = engine.accounts()
        if len(views) < 2:
            ways = f"{self._key('app.bankroll')} shows it, {self._key('bankroll.new')} opens another there"
            self._screen.tell(f"There is one account only · {ways}")
            return
        dialog = PickAccountDialog(views, engine.overview().currency, self._screen.session.clock)

        def answered(name: str | None) -> None:
            if name is not None:
                self.use(name)

        self._screen.app.push_screen(dialog, answered)

    def change_status(self, name: str, *, suspend: bool) -> None:
        status = AccountStatus.SUSPENDED if suspend else AccountStatus.ACTIVE
        command = SetAccountStatus(name, status, ME, "by hand")
        if suspend:
            question = f"{name} then places nothing, by hand or by itself. Its open bets settle as before."
            dialog = ConfirmDialog(f"Suspend {name}?", question, yes="suspend it", note="The same key resumes it.")
            done = f"{name} is suspended: it places nothing"
        else:
            question = f"{name} may place again, within its limits."
            dialog = ConfirmDialog(f"Resume {name}?", question, yes="resume it")
            done = f"{name} is active again"

        def send(engine: EngineFace) -> Awaitable[AccountRow]:
            return engine.set_account_status(command)

        self._confirm(dialog, send, lambda _row: done)

    def release(self, name: str, reasons: str) -> None:
        """Let an account that a breaker stopped place again; `reasons` say why it stopped."""
        command = ReleaseBreakers(name, ME)
        dialog = FinalDialog(
            f"Let {name} place again?",
            f"Placing stopped: {reasons}.",
            yes="place again",
            no="leave it stopped",
            note="The limits stay as they are: a day's loss above its limit stops placing again after the next loss.",
        )

        def send(engine: EngineFace) -> Awaitable[int]:
            return engine.release_breakers(command)

        self._confirm(dialog, send, lambda number: f"{name} places again · {counted(number, 'stop')} released")

    # Inside

    def _places(self, view: AccountView) -> tuple[BookBalance, ...]:
        from betting_tui.screens.dialogs.money_forms import places

        engine = self._screen.engine
        if engine is None or not view.settings.book_balances:
            return places(view, (), ())
        return places(view, engine.ledger.bankroll(view.name).books, engine.settings.bookmakers.mine)

    def _ask(
        self,
        form: ModalScreen[CommandT],
        send: Callable[[EngineFace, CommandT], Awaitable[AnswerT | Refusal]],
        told: Callable[[AnswerT], str],
    ) -> None:
        if self._screen.busy or self._screen.writable() is None:
            return

        def answered(command: CommandT | None) -> None:
            engine = self._screen.writable() if command is not None else None
            if engine is not None and command is not None:
                self._screen.start_command(self._send(lambda: send(engine, command), told))

        self._screen.app.push_screen(form, answered)

    def _confirm(
        self,
        dialog: QuestionDialog,
        send: Callable[[EngineFace], Awaitable[AnswerT | Refusal]],
        told: Callable[[AnswerT], str],
    ) -> None:
        if self._screen.busy or self._screen.writable() is None:
            return

        def answered(yes: bool | None) -> None:
            engine = self._screen.writable() if yes else None
            if engine is not None:
                self._screen.start_command(self._send(lambda: send(engine), told))

        self._screen.app.push_screen(dialog, answered)

    async def _send(self, command: Callable[[], Awaitable[AnswerT | Refusal]], told: Callable[[AnswerT], str]) -> None:
        answer = await self._screen.ask(command())
        if isinstance(answer, Refusal):
            self._screen.tell(f"Not done · {answer.message}", bad=True)
        elif answer is not None:
            self._screen.tell(told(answer))
        self._screen.redraw()


def strategy_names(engine: EngineFace) -> tuple[str, ...]:
    """The strategies that run here, those that bet for some account included."""
    strategies = engine.settings.strategies
    on = [
        field.name
        for field in msgspec.structs.fields(strategies)
        if getattr(getattr(strategies, field.name), "enabled", False)
    ]
    return tuple(dict.fromkeys((*on, *(name for view in engine.accounts() for name in view.strategies))))


def _change(engine: EngineFace, command: ChangeAccount) -> Awaitable[AccountRow]:
    return engine.change_account(command)


def _moved(word: str, row: LedgerRow, view: AccountView) -> str:
    free = f"{format_minor(row.available_minor, view.currency)} {view.currency} free in {view.name}"
    amount = f"{format_minor(abs(row.amount_minor), view.currency)} {word}"
    return f"{amount} · {free}" if row.amount_minor else f"{word.capitalize()} · {free}"
