"""Putting a parlay together from opportunities, leg by leg, and placing it."""

from __future__ import annotations

from betting_tui.engine.core.bet_views import NotPlaced
from betting_tui.engine.core.commands import PlaceParlay
from betting_tui.engine.core.model import Origin
from betting_tui.engine.core.opportunity_views import OpportunityRow
from betting_tui.engine.core.refusals import RefusalCode
from betting_tui.screens.acting import ActingScreen
from betting_tui.screens.dialogs.parlay import ParlayDialog, ParlaySlip
from betting_tui.screens.face import EngineFace
from betting_tui.screens.names import book, pick
from betting_tui.screens.placing import placed_text
from betting_tui.screens.session import ME
from betting_tui.screens.show import counted


class ParlayActions:
    """Acts on behalf of one screen; the slip itself is the session's."""

    def __init__(self, screen: ActingScreen) -> None:
        self._screen = screen

    def add(self, row: OpportunityRow) -> None:
        """Put the row on the slip as it was drawn, or say why it cannot be a leg."""
        draft, show = self._screen.session.parlay, self._screen.session.show
        reason = draft.add(row)
        if reason:
            self._screen.tell(f"Not on the slip · {reason}", bad=True)
            return
        leg = row.opportunity.legs[0]
        together = draft.price
        price = f" · {show.price(together)} together" if together is not None and len(draft.picked) > 1 else ""
        held = f"{counted(len(draft.picked), 'leg')} at {book(leg.bookmaker)}"
        shows = f"{show.key('opportunities.parlay')} shows it"
        self._screen.tell(f"{pick(leg.selection)} {show.price(leg.price)} is on the slip · {held}{price} · {shows}")

    def open_slip(self) -> None:
        """The slip at the prices of now, where they are known."""
        engine, draft = self._screen.writable(), self._screen.session.parlay
        if engine is None:
            return
        for each in draft.picked:
            current = engine.opportunity(each.opportunity_id)
            if current is not None and len(current.opportunity.legs) == 1:
                draft.reprice(each.opportunity_id, current.opportunity.legs[0].price)

        def answered(slip: ParlaySlip | None) -> None:
            writer = self._screen.writable() if slip is not None else None
            if slip is not None and writer is not None and not self._screen.busy:
                self._screen.start_command(self._place(writer, slip))

        # What was told of each leg as it was picked would cover them here.
        self._screen.app.clear_notifications()
        self._screen.app.push_screen(ParlayDialog(draft, self._screen.session.show), answered)

    async def _place(self, engine: EngineFace, slip: ParlaySlip) -> None:
        session = self._screen.session
        picked = session.parlay.picked
        command = PlaceParlay(
            account=engine.overview().account,
            legs=session.parlay.legs,
            stake_minor=slip.stake_minor,
            key=session.new_key(),
            origin=Origin.APP,
            created_by=ME,
            events=tuple(each.event for each in picked),
            funding=slip.funding,
        )
        answer = await self._screen.ask(engine.place_parlay(command))
        if isinstance(answer, NotPlaced):
            self._tell_not_placed(answer)
        elif answer is not None:
            session.parlay.clear()
            self._screen.tell(placed_text(answer, session.show))
        self._screen.redraw()

    def _tell_not_placed(self, answer: NotPlaced) -> None:
        """Which leg it was; its price now is on the slip when it is opened again."""
        session = self._screen.session
        leg, now = answer.leg, answer.price_now
        if answer.refusal.code is not RefusalCode.PRICE_MOVED or leg is None or now is None:
            named = f"{pick(leg.selection)}: " if leg is not None else ""
            self._screen.tell(f"Not placed · {named}{answer.refusal.message}", bad=True)
            return
        for each in session.parlay.picked:
            if each.leg.selection == leg.selection:
                session.parlay.reprice(each.opportunity_id, now)
        moved = f"{pick(leg.selection)} now {session.show.price(now)}, your limit is {session.show.price(leg.price)}"
        shows = f"{session.show.key('opportunities.parlay')} shows the slip at that price"
        self._screen.tell(f"Not placed · odds moved: {moved} · {shows}", bad=True)
