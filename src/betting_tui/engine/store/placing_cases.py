"""Use cases of placing: each is one transaction, and answers after COMMIT."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from betting_tui.engine.core.bet_views import NotPlaced, OrderRow, Placed, Working
from betting_tui.engine.core.commands import (
    CancelOrder,
    Fill,
    Place,
    PlaceParlay,
    RecordBet,
    RecordParlay,
    ResetAccount,
)
from betting_tui.engine.core.model import Event, EventAlias
from betting_tui.engine.core.money_views import ResetDone
from betting_tui.engine.core.refusals import Refusal
from betting_tui.engine.store import ledger, opportunities, orders, parlays, placing
from betting_tui.engine.store.account_cases import AccountCases
from betting_tui.engine.store.database import Database
from betting_tui.engine.store.shapes import Mode
from betting_tui.engine.store.standing import Guard


class PlacingCases(AccountCases):
    """Placing: bets, parlays and orders that wait, by this program and by hand; and what was placed on already."""

    def __init__(self, database: Database, mode: Mode) -> None:
        super().__init__(database, mode)
        # Asked for with every redraw and grows with the ledger; forgotten when bets may have been added.
        self._taken: dict[str, frozenset[str]] = {}

    async def changed_elsewhere(self) -> bool:
        """Another process committed since the last call. Cheap enough to ask every second."""
        changed = await super().changed_elsewhere()
        if changed:
            self._taken.clear()
        return changed

    async def reset_account(self, command: ResetAccount, now: datetime) -> ResetDone | Refusal:
        """Close the books of the period and open the next; Refusal(OPEN_POSITIONS) while something is open."""
        outcome = await super().reset_account(command, now)
        self._taken.clear()
        return outcome

    async def place(
        self,
        command: Place,
        fills: Sequence[Fill],
        events: Sequence[Event],
        now: datetime,
        guard: Guard | None = None,
        names: Sequence[EventAlias] = (),
    ) -> Placed | NotPlaced:
        """Book what the broker gave: one bet a fill, or nothing at all.

        Checked in the same transaction: key (the same key gives the same bets, `repeated`), account active, money
        available, one placement an opportunity and account unless `again`. `events` are those the fills' lines
        belong to (the opportunity's own is known). `guard` is asked last, in the same transaction, so that no other
        program can use up a limit in between. `names` is what feeds call the events. A NotPlaced of this method is
        already stored as a refusal.
        """
        placed = await self._database.write(
            lambda conn: placing.accept_placement(conn, command, fills, events, now, guard, names)
        )
        self._taken.clear()
        return placed

    def placement(self, account: str, key: str) -> Placed | Working | None:
        """What an earlier request with this key was given (`repeated`); None when there was none or it was refused."""
        return self._database.read(lambda conn: orders.accepted_before(conn, ledger.account(conn, account).id, key))

    async def record_refusal(self, command: Place, refused: NotPlaced, events: Sequence[Event], now: datetime) -> None:
        """Keep what a broker refused, with its orders and reason. Nothing is booked."""
        await self._database.write(lambda conn: placing.record_refusal(conn, command, refused, events, now))

    async def record_bet(self, command: RecordBet, now: datetime, guard: Guard | None = None) -> Placed | NotPlaced:
        """A bet by hand: origin as given, evidence `none`. Same checks of key, account and money as `place`."""
        return await self._database.write(lambda conn: placing.record_bet(conn, command, now, guard))

    async def place_parlay(
        self,
        command: PlaceParlay,
        fills: Sequence[Fill],
        events: Sequence[Event],
        now: datetime,
        guard: Guard | None = None,
        names: Sequence[EventAlias] = (),
    ) -> Placed | NotPlaced:
        """Book one bet on all the fills, one a leg in order, or nothing; checked and kept like `place`."""
        return await self._database.write(
            lambda conn: parlays.accept_parlay(conn, command, fills, events, now, guard, names)
        )

    async def refuse_parlay(
        self, command: PlaceParlay, refused: NotPlaced, events: Sequence[Event], now: datetime
    ) -> None:
        """Keep what a broker refused. Nothing is booked."""
        await self._database.write(lambda conn: parlays.record_refused_parlay(conn, command, refused, events, now))

    async def record_parlay(
        self, command: RecordParlay, now: datetime, guard: Guard | None = None
    ) -> Placed | NotPlaced:
        """A parlay by hand: see `record_bet`."""
        return await self._database.write(lambda conn: parlays.record_parlay(conn, command, now, guard))

    # Working orders

    async def accept_order(
        self, command: Place, events: Sequence[Event], now: datetime, guard: Guard | None = None
    ) -> Working | Placed | NotPlaced:
        """Reserve what the order may lose and let it wait until `work_until`; checked like `place`.

        Placed when this request's order has been filled since it was first made.
        """
        accepted = await self._database.write(lambda conn: orders.accept_order(conn, command, events, now, guard))
        self._taken.clear()
        return accepted

    async def fill_order(
        self, order_id: str, fill: Fill, now: datetime, names: Sequence[EventAlias] = ()
    ) -> Placed | Refusal:
        """The reserved money becomes a bet at the fill's price; what is left of the reserve is released."""
        filled = await self._database.write(lambda conn: orders.fill_order(conn, order_id, fill, now, names))
        self._taken.clear()
        return filled

    async def cancel_order(self, command: CancelOrder, now: datetime) -> OrderRow:
        """Cancelling twice changes nothing. UsageError when there is no such order, or it is filled."""
        cancelled = await self._database.write(lambda conn: orders.cancel_order(conn, command, now))
        self._taken.clear()
        return cancelled

    async def expire_orders(self, now: datetime, events: Sequence[Event] = ()) -> tuple[OrderRow, ...]:
        """Release those whose time is over or whose event has started; `events` is what a feed now says of them."""
        expired = await self._database.write(lambda conn: orders.expire_orders(conn, now, events))
        self._taken.clear()
        return expired

    def working_orders(self, account: str | None = None) -> tuple[OrderRow, ...]:
        """By time of expiry; of all accounts when None."""
        return self._database.read(
            lambda conn: orders.working_orders(conn, None if account is None else ledger.account(conn, account).id)
        )

    def taken(self, account: str) -> frozenset[str]:
        """Ids of the opportunities this account has placed on (accepted placements)."""
        if account not in self._taken:
            self._taken[account] = self._database.read(
                lambda conn: opportunities.taken(conn, ledger.account(conn, account).id)
            )
        return self._taken[account]
