"""Setting up from the first key on: asks step by step, writes what was agreed on, and starts the engine with it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from itertools import count
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct
from textual.app import App

from betting_tui.engine.core.commands import OpenAccount, ResetAccount, UseAccount
from betting_tui.engine.core.errors import BettingError
from betting_tui.engine.core.money import format_minor, to_minor
from betting_tui.engine.core.money_views import AccountView
from betting_tui.engine.core.refusals import Refusal
from betting_tui.screens.face import EngineFace, OpenEngine
from betting_tui.screens.session import ME, Session
from betting_tui.screens.setup_draft import (
    FOOTBALL,
    ODDS_API,
    Draft,
    Feed,
    SetupDesk,
    changes_of,
    draft_of,
    needs_set_up,
)
from betting_tui.widgets.text import visible

if TYPE_CHECKING:
    from betting_tui.engine.config import Settings
    from betting_tui.screens.dialogs.dialog import Dialog
    from betting_tui.screens.dialogs.welcome import Welcome

AnswerT = TypeVar("AnswerT")
AfterStart = Callable[[EngineFace], Awaitable[None]]
LATER = "{app.welcome} changes it later"


class Openers(Struct, frozen=True):
    """How engines are made: on the real feeds as set up, and on the simulated market where there is a choice."""

    live: OpenEngine
    demo: OpenEngine | None = None


class FirstRun:
    """`start` stops the engine there is and starts another one, then calls what it is given, if anything."""

    def __init__(
        self,
        app: App[None],
        session: Session,
        openers: Openers,
        desk: SetupDesk | None,
        start: Callable[[OpenEngine, AfterStart | None], None],
    ) -> None:
        self._app = app
        self._session = session
        self._openers = openers
        self._desk = desk
        self._start = start

    def begin(self) -> None:
        self._app.run_worker(self._run(), group="setup", exclusive=True, exit_on_error=False)

    async def _run(self) -> None:
        from betting_tui.screens.dialogs.welcome import Begin, WelcomeDialog

        settings = self._settings()
        if settings is None and self._desk is not None:
            return
        dialog = WelcomeDialog(
            demo=self._openers.demo is not None,
            desk=self._desk,
            again=settings is not None and not needs_set_up(settings),
            with_key=settings is not None and settings.api_keys.the_odds_api is not None,
        )
        answer = await self._ask(dialog)
        if answer is None:
            return
        match answer.begin:
            case Begin.DEMO:
                if self._openers.demo is not None:
                    self._start(self._openers.demo, None)
            case Begin.KEY | Begin.FOOTBALL | Begin.AGAIN:
                await self._set_up(answer)

    async def _ask(self, dialog: Dialog[AnswerT]) -> AnswerT | None:
        """None when it was left."""
        return await self._app.push_screen_wait(dialog)

    def _settings(self) -> Settings | None:
        """As they are now; what makes them unreadable is told."""
        if self._desk is None:
            return None
        try:
            return self._desk.settings()
        except BettingError as error:
            self._tell(f"{error.title}: {error.message.splitlines()[0]}", bad=True)
            return None

    async def _set_up(self, answer: Welcome) -> None:
        from betting_tui.screens.dialogs.welcome import Begin

        settings = self._settings()
        if settings is None or self._desk is None:
            return
        first = settings.data_sources.priority_order[:1]
        football = answer.begin is Begin.FOOTBALL or (answer.begin is Begin.AGAIN and first == (FOOTBALL,))
        feed: Feed = FOOTBALL if football else ODDS_API
        before = draft_of(settings, feed)
        draft = await self._walk(before, settings, answer)
        try:
            warning = self._desk.save(changes_of(settings, draft))
        except BettingError as error:
            self._tell(f"Not saved. {error.title}: {error.message.splitlines()[0]}", bad=True)
            if answer.begin is Begin.KEY:
                self._start(self._openers.live, None)
            return
        changed = draft != before or answer.begin is not Begin.AGAIN
        if not changed:
            self._tell("Nothing was changed")
            return
        later = self._session.show.say(LATER)
        self._tell(f"{warning} · {later}" if warning else f"Saved · {later}", bad=bool(warning))
        self._start(self._openers.live, lambda engine: self._fund(engine, draft))

    async def _walk(self, draft: Draft, settings: Settings, answer: Welcome) -> Draft:
        """Step by step, forwards and back."""
        from betting_tui.screens.dialogs.setup_step import Back, Place
        from betting_tui.screens.dialogs.setup_steps import STEPS, Around

        chosen = settings.data_sources.the_odds_api
        at = 0
        while at < len(STEPS):
            place = Place.FIRST if at == 0 else Place.LAST if at == len(STEPS) - 1 else Place.BETWEEN
            around = Around(answer.sports, len(chosen.markets), chosen.daily_credits, answer.said)
            title = f"Set up {at + 1} of {len(STEPS)} · "
            answered = await self._ask(STEPS[at](draft, around, title, place))
            match answered:
                case Back():
                    at -= 1
                case Draft():
                    draft = answered
                    at += 1
                case None:
                    at += 1
        return draft

    async def _fund(self, engine: EngineFace, draft: Draft) -> None:
        """Give a fresh account the bankroll that was agreed on; one with bets keeps its money, and that is told."""
        seen = engine.overview()
        if not draft.agreed_money or seen.read_only or engine.recovery is not None:
            return
        view = next((view for view in engine.accounts() if view.current), None)
        wanted = to_minor(draft.bankroll, draft.currency)
        if view is None or (view.currency, view.starting_minor) == (draft.currency, wanted):
            return
        if not _fresh(engine, view):
            ways = "{bankroll.reset} on screen {app.bankroll} begins anew, {bankroll.new} opens another"
            told = f"{visible(view.name)} has bets and keeps its money: {self._session.show.say(ways)}"
            self._tell(told)
            return
        money = f"{format_minor(wanted, draft.currency)} {draft.currency}"
        try:
            if view.currency == draft.currency:
                command = ResetAccount(view.name, self._session.new_key(), ME, starting_minor=wanted, reason="set up")
                done = await engine.reset_account(command)
                told = done.message if isinstance(done, Refusal) else f"{view.name} begins with {money}"
            else:
                told = f"{await _open_other(engine, view, draft, wanted)} begins with {money}"
        except BettingError as error:
            told = f"The bankroll stays: {error.message}"
        self._tell(told)

    def _tell(self, text: str, *, bad: bool = False) -> None:
        self._app.notify(visible(text), severity="warning" if bad else "information", markup=False)


def _fresh(engine: EngineFace, view: AccountView) -> bool:
    """Nothing has happened in it but its opening."""
    untouched = view.open_bets == 0 and view.settled_bets == 0 and view.bankroll_minor == view.starting_minor
    return untouched and not engine.ledger.working_orders(view.name) and engine.ledger_page(2).total <= 1


async def _open_other(engine: EngineFace, view: AccountView, draft: Draft, wanted: int) -> str:
    """An account never changes its currency: another one becomes the current one, a fresh one if there is one."""
    accounts = engine.accounts()
    meant = (draft.currency, wanted, wanted, 0, 0)
    name = next((each.name for each in accounts if _state(each) == meant), "")
    if not name:
        taken = {each.name.casefold() for each in accounts}
        names = (f"{view.name}-{draft.currency.lower()}{f'-{at}' if at > 1 else ''}" for at in count(1))
        name = next(each for each in names if each.casefold() not in taken)
        await engine.open_account(OpenAccount(name, draft.currency, wanted, view.time_zone, ME))
    await engine.use_account(UseAccount(name, ME))
    return name


def _state(view: AccountView) -> tuple[str, int, int, int, int]:
    return view.currency, view.starting_minor, view.bankroll_minor, view.open_bets, view.settled_bets
