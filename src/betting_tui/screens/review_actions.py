"""The queue of bets that wait for a person: one after the other, each settled by one key or left open."""

from __future__ import annotations

from betting_tui.engine.core.commands import SettleBet
from betting_tui.engine.core.model import BetState
from betting_tui.engine.core.refusals import Refusal
from betting_tui.screens.acting import ActingScreen
from betting_tui.screens.bet_rows import RESULT_WORDS
from betting_tui.screens.dialogs.review import Decided, Later, ReviewDialog
from betting_tui.screens.face import EngineFace
from betting_tui.screens.session import ME


class ReviewActions:
    """Acts on behalf of one screen. What was left open is passed over until the queue is begun anew."""

    def __init__(self, screen: ActingScreen) -> None:
        self._screen = screen
        self._later: set[str] = set()

    def decide(self, bet_id: str) -> None:
        """Show all there is to know of a bet, to settle it or to correct its result; then the next that waits."""
        self._later.clear()
        self._ask_about(bet_id)

    def _ask_about(self, bet_id: str) -> None:
        engine = self._screen.writable()
        if engine is None:
            return
        queue = [row.bet.id for row in engine.review()]
        position = f"{queue.index(bet_id) + 1:,} of {len(queue):,} to decide" if bet_id in queue else ""
        others = [each for each in queue if each != bet_id and each not in self._later]
        dialog = ReviewDialog(
            lambda: engine.inquiry(bet_id),
            self._screen.session.show,
            self._screen.session.clock,
            position=position,
            more=bool(others and position),
        )

        def answered(answer: Decided | Later | None) -> None:
            match answer:
                case Later():
                    self._later.add(answer.bet_id)
                    self._ask_about_next()
                case Decided():
                    writer = self._screen.writable()
                    if writer is not None:
                        self._screen.start_command(self._settle(writer, answer, in_queue=bool(position)))
                case None:
                    pass

        self._screen.app.push_screen(dialog, answered)

    def _ask_about_next(self) -> None:
        engine = self._screen.engine
        waiting = () if engine is None else engine.review()
        found = next((row.bet.id for row in waiting if row.bet.id not in self._later), None)
        if found is not None:
            self._ask_about(found)

    async def _settle(self, engine: EngineFace, decided: Decided, *, in_queue: bool) -> None:
        command = SettleBet(decided.bet_id, decided.result, ME, "by hand", leg=decided.leg, seen=decided.seen)
        answer = await self._screen.ask(engine.settle_bet(command))
        self._screen.redraw()
        if isinstance(answer, Refusal):
            self._screen.tell(f"Not done · {answer.message}", bad=True)
        if answer is None or isinstance(answer, Refusal):
            return
        leg = "" if decided.leg is None else f" leg {decided.leg}"
        told = f"{decided.bet_id}{leg} {RESULT_WORDS[decided.result]}"
        if answer.bet.result is not None:
            profit = self._screen.session.show.money(answer.bet.profit_minor, sign=True)
            told += f" · {profit}" if not leg else f" · {RESULT_WORDS[answer.bet.result]} {profit}"
        self._screen.tell(told)
        if not in_queue:
            return
        if answer.bet.state is BetState.REVIEW:
            self._ask_about(decided.bet_id)
        else:
            self._ask_about_next()
