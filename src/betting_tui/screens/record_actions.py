"""Recording a bet that was made anywhere: a form, and what came of it."""

from __future__ import annotations

from msgspec import Struct

from betting_tui.engine.core.bet_views import NotPlaced, Placed
from betting_tui.engine.core.commands import RecordBet
from betting_tui.engine.core.model import Event, Selection
from betting_tui.engine.core.opportunity_views import OpportunityRow
from betting_tui.screens.acting import ActingScreen
from betting_tui.screens.face import EngineFace
from betting_tui.screens.names import book, pick_of
from betting_tui.screens.show import Show


class Begun(Struct, frozen=True):
    """What the form begins with: what is under the cursor, as far as there is anything."""

    event: Event | None = None
    selection: Selection | None = None
    bookmaker: str = ""
    row: OpportunityRow | None = None


class RecordActions:
    """Acts on behalf of one screen."""

    def __init__(self, screen: ActingScreen) -> None:
        self._screen = screen

    def begin(self, begun: Begun) -> None:
        """Open the form."""
        engine = self._screen.writable()
        if engine is None:
            return
        # Not needed before the first bet is typed in.
        from betting_tui.screens.dialogs.record_form import Known, record_form

        seen = engine.overview()
        leg = None if begun.row is None else begun.row.opportunity.legs[0]
        known = Known(
            account=seen.account,
            currency=seen.currency,
            now=seen.now,
            events=engine.events(),
            event=begun.event,
            selection=begun.selection,
            bookmaker=begun.bookmaker,
            price=None if leg is None else leg.price,
            stake_minor=0 if begun.row is None else begun.row.stake_minor,
        )
        form = record_form(known, self._screen.session.show, self._screen.session.new_key())

        def answered(command: RecordBet | None) -> None:
            engine = self._screen.writable() if command is not None else None
            if engine is not None and command is not None:
                self._screen.start_command(self._send(engine, command))

        self._screen.app.push_screen(form, answered)

    async def _send(self, engine: EngineFace, command: RecordBet) -> None:
        answer = await self._screen.ask(engine.record_bet(command))
        match answer:
            case Placed():
                self._screen.tell(recorded_text(answer, self._screen.session.show))
            case NotPlaced():
                self._screen.tell(f"Not recorded · {answer.refusal.message}", bad=True)
            case None:
                return
        self._screen.redraw()


def recorded_text(answer: Placed, show: Show) -> str:
    """`BET-000042 recorded · Lakers +150 at FanDuel · 25.00 · 2 shows it`."""
    (bet,) = answer.bets
    what = f"{pick_of(bet.line, bet.selection, bet.point)} {show.price(bet.price)} at {book(bet.bookmaker)}"
    return f"{bet.id} recorded · {what} · {show.money(bet.stake_minor)} · {show.key('app.bets')} shows it"
