"""What can be done with an opportunity: place it, edit the slip first, let its strategy place by itself."""

from __future__ import annotations

import msgspec

from betting_tui.engine.core.bet_views import NotPlaced, Placed, Working
from betting_tui.engine.core.commands import Arm, Place
from betting_tui.engine.core.model import Funding, Leg, Side
from betting_tui.engine.core.odds import Price
from betting_tui.engine.core.opportunity_views import OpportunityRow
from betting_tui.screens.acting import ActingScreen
from betting_tui.screens.dialogs.arming import arm_dialog
from betting_tui.screens.dialogs.dialog import ConfirmDialog
from betting_tui.screens.dialogs.slip import Slip, SlipDialog
from betting_tui.screens.face import EngineFace
from betting_tui.screens.placing import (
    AskAgain,
    Asking,
    Decline,
    OpenSlip,
    PlaceNow,
    asking_text,
    decide,
    leg_text,
    legs_as_drawn,
    not_placed_text,
    place_command,
    placed_text,
    slip_reason,
    working_text,
)
from betting_tui.screens.session import ME


class PlaceActions:
    """Acts on behalf of one screen. The price a refusal named is kept: the next slip begins with it."""

    def __init__(self, screen: ActingScreen) -> None:
        self._screen = screen
        self._offers: dict[str, Price] = {}
        self._under_way = False

    @property
    def under_way(self) -> bool:
        """A bet is being placed, which takes as long as asking for its price again does."""
        return self._under_way

    def asking(self, row: OpportunityRow) -> Asking:
        """What can be done about asking for its price again."""
        engine = self._screen.engine
        if engine is None or engine.settings.execution.verify == "never":
            return Asking()
        cost = engine.verify_cost(row.opportunity.id)
        told = [view for view in engine.sources().credits if view.left is not None] if cost else []
        free = max((view.free_today for view in told), default=None) if cost else 0
        return Asking(engine.settings.execution.verify, cost, free)

    def asks_by_key(self, row: OpportunityRow) -> bool:
        """Whether the key that places after asking for the price again does something for this row."""
        engine = self._screen.engine
        if engine is None or engine.settings.execution.verify != "ask":
            return False
        return engine.verify_cost(row.opportunity.id) is not None

    def forget(self, opportunity_id: str) -> None:
        """What a refusal offered for it no longer matters."""
        self._offers.pop(opportunity_id, None)

    def press(
        self,
        row: OpportunityRow,
        *,
        under_cursor: float,
        again: bool = False,
        verify: bool | None = None,
        displaced: bool = False,
    ) -> None:
        """The place key on `row` as it was drawn; `under_cursor` is for how many seconds the cursor has been there,
        `displaced` that the row came there by itself.

        `verify`: ask for the price again first; None leaves it to the settings.
        """
        engine = self._screen.writable()
        if engine is None:
            return
        current = engine.opportunity(row.opportunity.id)
        show = self._screen.session.show
        match decide(row, current, under_cursor=under_cursor, again=again, show=show, displaced=displaced):
            case PlaceNow():
                self._place(row, legs_as_drawn(row), again, verify=verify)
            case Decline(reason):
                self._screen.tell(reason, bad=True)
            case AskAgain(reason):
                if self._may_place(engine):
                    self._ask_again(row, reason, again, verify)
            case OpenSlip(reason):
                if self._may_place(engine):
                    self._open_slip(row, reason, again)

    def edit(self, row: OpportunityRow) -> None:
        """Open the slip with what was drawn."""
        engine = self._screen.writable()
        if engine is not None and self._may_place(engine):
            self._open_slip(row, slip_reason(row) or "", again=False)

    def arm(self, strategy: str) -> None:
        """Let it place by itself after asking; stop it at once when it does."""
        engine = self._screen.writable()
        if engine is None:
            return
        if strategy in engine.overview().armed:
            self._screen.start_command(self._send_arm(engine, strategy, on=False))
            return

        def answered(yes: bool | None) -> None:
            engine = self._screen.writable() if yes else None
            if engine is not None:
                self._screen.start_command(self._send_arm(engine, strategy, on=True))

        self._screen.app.push_screen(arm_dialog(strategy, engine.accounts(), self._screen.session.show.keys), answered)

    def _may_place(self, engine: EngineFace) -> bool:
        """False for an account that places nothing: what stops it is told, and the key that ends it."""
        seen, key = engine.overview(), self._screen.session.show.key("app.release")
        if seen.suspended:
            self._screen.tell(f"Not placed · {seen.account} is suspended · {key} resumes it", bad=True)
            return False
        if seen.breakers:
            self._screen.tell(f"Not placed · placing stopped: {seen.breakers[0].reason} · {key} resumes", bad=True)
            return False
        return True

    def _ask_again(self, row: OpportunityRow, reason: str, again: bool, verify: bool | None) -> None:
        legs = legs_as_drawn(row)
        show = self._screen.session.show
        dialog = ConfirmDialog(
            "Place this?",
            f"{show.money(row.stake_minor)} on {leg_text(legs[0], show)}",
            yes="place it",
            note=f"You are asked because {reason}.",
        )

        def answered(yes: bool | None) -> None:
            if yes:
                self._place(row, legs, again, verify=verify)

        self._screen.app.push_screen(dialog, answered)

    def _open_slip(self, row: OpportunityRow, reason: str, again: bool) -> None:
        legs = self._legs_on_offer(row)
        note = f"Look twice: {reason}." if reason else ""
        if row.taken and not again:
            key = self._screen.session.show.key("opportunities.place_again")
            note = f"You already hold this one: only {key} opens a slip that places it again."

        def answered(slip: Slip | None) -> None:
            if slip is not None:
                self._place(row, slip.legs, again, funding=slip.funding, wait=slip.wait, verify=slip.verify)

        start = row.opportunity.event.commence_time
        now = self._screen.now
        dialog = SlipDialog(
            row.opportunity.event.name,
            legs,
            self._screen.session.show,
            note=note,
            wanted=row.opportunity.legs[0].price,
            waits_until=start if start > now and legs[0].side is Side.BACK else None,
            asking=self.asking(row),
            no_close=row.no_close,
        )
        self._screen.app.push_screen(dialog, answered)

    def _legs_on_offer(self, row: OpportunityRow) -> tuple[Leg, ...]:
        """The legs as drawn, at the price the last refusal named when there was one."""
        legs = legs_as_drawn(row)
        offer = self._offers.get(row.opportunity.id)
        if offer is None or len(legs) != 1:
            return legs
        return (msgspec.structs.replace(legs[0], price=offer),)

    def _place(
        self,
        row: OpportunityRow,
        legs: tuple[Leg, ...],
        again: bool,
        *,
        funding: Funding = Funding.CASH,
        wait: bool = False,
        verify: bool | None = None,
    ) -> None:
        engine = self._screen.writable()
        if engine is None or self._screen.busy or self._under_way:
            return
        command = place_command(
            row,
            legs,
            account=engine.overview().account,
            key=self._screen.session.new_key(),
            again=again,
            funding=funding,
            wait=wait,
        )
        asking = self.asking(row).under_way(wished=verify is True)
        if asking:
            self._screen.tell_meanwhile(asking_text(legs))
        self._under_way = True
        self._screen.start_command(self._send_place(engine, row, command, verify, told=asking))

    async def _send_place(
        self, engine: EngineFace, row: OpportunityRow, command: Place, verify: bool | None, *, told: bool
    ) -> None:
        try:
            answer = await self._screen.ask(engine.place(command, verify=verify))
        finally:
            self._under_way = False
            if told:
                self._screen.meanwhile_over()
        if answer is None:
            return
        show = self._screen.session.show
        match answer:
            case NotPlaced():
                if answer.price_now is not None:
                    self._offers[row.opportunity.id] = answer.price_now
                self._screen.tell(not_placed_text(answer, show), bad=True)
            case Placed():
                self.forget(row.opportunity.id)
                self._screen.tell(placed_text(answer, show))
            case Working():
                self.forget(row.opportunity.id)
                self._screen.tell(working_text(answer, show))
        self._screen.redraw()

    async def _send_arm(self, engine: EngineFace, strategy: str, *, on: bool) -> None:
        if not await self._screen.done(engine.arm(Arm(strategy=strategy, on=on, created_by=ME))):
            return
        self._screen.redraw()
        key = self._screen.session.show.key("opportunities.arm")
        told = f"places by itself now · {key} stops it" if on else "no longer places by itself"
        self._screen.tell(f"{strategy} {told}")
