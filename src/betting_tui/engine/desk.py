"""The betting desk: a command about money or bets, checked in order, then booked or refused in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec

from betting_tui.engine.config import Settings
from betting_tui.engine.core.bet_views import NotPlaced, OrderRow, Placed, SettledBet, Working
from betting_tui.engine.core.commands import (
    CancelBet,
    CancelOrder,
    Deposit,
    Fill,
    Place,
    PlaceParlay,
    RecordBet,
    RecordParlay,
    SettleBet,
    Transfer,
    Withdraw,
)
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.model import BetState, Event, EventAlias, LineKey, Opportunity, Origin
from betting_tui.engine.core.money_views import LedgerRow
from betting_tui.engine.core.parlays import why_no_parlay
from betting_tui.engine.core.ports import Broker, MarketView
from betting_tui.engine.core.refusals import Refusal, RefusalCode
from betting_tui.engine.early_checks import RiskContext, first_refusal
from betting_tui.engine.execution.working import fill_of, is_over
from betting_tui.engine.house import House
from betting_tui.engine.store.shapes import BetFilter
from betting_tui.engine.store.standing import Guard
from betting_tui.engine.store.store import Ledger
from betting_tui.engine.wishes import Wisher, at_limit

# A price that is worse, old or off the board may come; anything else does not by waiting.
_NOT_NOW = (RefusalCode.PRICE_MOVED, RefusalCode.STALE_QUOTE, RefusalCode.LINE_GONE)


def automatic_key(period: int, found: Opportunity) -> str:
    """What counts an automatic placement once in its account. Kept with every bet, so it says no more than it must."""
    return f"{period}:{found.id}"


class Desk:
    """Places, cancels and settles for one ledger.

    `skew_seconds` tells how far this clock is off the feeds', `started_at` since when prices are seen here; `watch`
    has the board remember a line's prices, `names_of` tells what feeds call events.
    """

    def __init__(
        self,
        ledger: Ledger,
        market: MarketView,
        broker: Broker,
        house: House,
        settings: Settings,
        skew_seconds: Callable[[], float],
        started_at: Callable[[], datetime | None],
        watch: Callable[[LineKey], None],
        names_of: Callable[[Sequence[Event]], Sequence[EventAlias]] = lambda _: (),
    ) -> None:
        self._ledger = ledger
        self._market = market
        self._broker = broker
        self._house = house
        self._settings = settings
        self._skew_seconds = skew_seconds
        self._started_at = started_at
        self._watch = watch
        self._names_of = names_of
        self._wisher = Wisher(market, settings.bookmakers.commission)

    async def place(self, command: Place, now: datetime) -> Placed | Working | NotPlaced:
        """A request already accepted gives its bets again, whatever has happened to the price since."""
        before = self._ledger.placement(command.account, command.key)
        if before is not None:
            return before
        events = self._events(command)
        refusal = first_refusal(command, self._context(command.account, now))
        outcome = NotPlaced(refusal) if refusal is not None else self._broker.decide(command, now)
        if isinstance(outcome, NotPlaced):
            if _may_wait(command, outcome):
                guard = self._guard(command, [at_limit(leg) for leg in command.legs], events, now)
                return await self._ledger.accept_order(command, events, now, guard)
            await self._ledger.record_refusal(command, outcome, events, now)
            return outcome
        guard, names = self._guard(command, outcome, events, now), self._names_of(events)
        return await self._ledger.place(command, outcome, events, now, guard, names)

    async def place_parlay(self, command: PlaceParlay, now: datetime) -> Placed | NotPlaced:
        """All legs as single bets are looked at, then one bet. What was accepted before is given again."""
        before = self._ledger.placement(command.account, command.key)
        if before is not None:
            return before if isinstance(before, Placed) else _given_an_order()
        singles = command.as_place()
        events = (*self._events(singles), *command.events)
        known = {event.id: event for event in reversed(events)}
        refusal = why_no_parlay(command.legs, known) or first_refusal(singles, self._context(command.account, now))
        outcome = NotPlaced(refusal) if refusal is not None else self._broker.decide(singles, now)
        if isinstance(outcome, NotPlaced):
            await self._ledger.refuse_parlay(command, outcome, tuple(known.values()), now)
            return outcome
        currency = self._house.member(command.account).row.currency
        wish = self._wisher.parlay(command, outcome, tuple(known.values()), currency, now)
        guard = self._house.guard(wish, command.account, now)
        names = self._names_of(tuple(known.values()))
        return await self._ledger.place_parlay(command, outcome, tuple(known.values()), now, guard, names)

    async def record_parlay(self, command: RecordParlay, now: datetime) -> Placed | NotPlaced:
        """One made by hand. The board's word on an event wins over the caller's."""
        known = tuple(self._market.event(event.id) or event for event in command.events)
        command = msgspec.structs.replace(command, events=known)
        if not command.legs:
            raise UsageError("a parlay without legs is no bet")
        guard = self._house.guard(self._wisher.recorded_parlay(command, now), command.account, now, recorded=True)
        return await self._ledger.record_parlay(command, now, guard)

    async def place_automatically(
        self, found: Opportunity, account: str, now: datetime, *, again: bool = False
    ) -> Placed | Working | NotPlaced | None:
        """What an armed strategy does with a new opportunity; None when there is nothing to stake or it was taken.

        A limit that leaves nothing to stake is a refusal and kept as one. `again`: it was refused before, so that what
        still stands in its way is not worth a second line in the books.
        """
        if found.id in self._ledger.taken(account) or self._holds(found, account):
            return None
        sized = self._house.size(found, account, now)
        if sized.stake_minor == 0 and (sized.refusal is None or again):
            return None
        command = Place(
            account=account,
            legs=sized.legs,
            key=automatic_key(self._house.member(account).row.period, found),
            origin=Origin.AUTO,
            created_by=found.strategy,
            opportunity=found,
        )
        if sized.refusal is not None:
            refused = NotPlaced(sized.refusal)
            await self._ledger.record_refusal(command, refused, self._events(command), now)
            return refused
        return None if again and self._would_refuse(command, now) else await self.place(command, now)

    def worth_asking(self, command: Place, now: datetime) -> bool:
        """Whether a newer price could decide what becomes of it: not when it was accepted before, nor when the price
        on the board has moved already or anything but the price's age stands in its way. Nothing is written."""
        if self._ledger.placement(command.account, command.key) is not None:
            return False
        found = command.opportunity
        if found is not None and not command.again and found.id in self._ledger.taken(command.account):
            return False
        if first_refusal(command, self._context(command.account, now)) is not None:
            return False
        fills = self._broker.decide(command, now)
        if isinstance(fills, NotPlaced):
            code = fills.refusal.code
            return code is RefusalCode.STALE_QUOTE or (code is RefusalCode.UNKNOWN_EVENT and command.event is not None)
        return self._ledger.look(command.account, self._guard(command, fills, self._events(command), now)) is None

    def _would_refuse(self, command: Place, now: datetime) -> bool:
        """Whether placing it now ended in a refusal; nothing is written."""
        if first_refusal(command, self._context(command.account, now)) is not None:
            return True
        fills = self._broker.decide(command, now)
        if isinstance(fills, NotPlaced):
            return True
        return self._ledger.look(command.account, self._guard(command, fills, self._events(command), now)) is not None

    def _guard(self, command: Place, fills: Sequence[Fill], events: Sequence[Event], now: datetime) -> Guard:
        currency = self._house.member(command.account).row.currency
        return self._house.guard(self._wisher.placed(command, fills, events, currency, now), command.account, now)

    def _holds(self, found: Opportunity, account: str) -> bool:
        """Whether an open bet or an order that waits is on one of these selections already.

        A second book does not make it a second bet.
        """
        wanted = BetFilter(account=account, states=(BetState.PENDING, BetState.REVIEW), event_id=found.event.id)
        held = {(bet.line, bet.selection) for bet in self._ledger.bets(wanted) if not bet.legs}
        for order in self._ledger.working_orders(account):
            held.add((order.leg.selection.line, order.leg.selection.name))
        return any((leg.selection.line, leg.selection.name) in held for leg in found.legs)

    async def record_bet(self, command: RecordBet, now: datetime) -> Placed | NotPlaced:
        """A bet by hand. The board's word on the event wins over the caller's: a start it knows is a start."""
        known = self._market.event(command.event.id)
        if known is not None:
            command = msgspec.structs.replace(command, event=known)
        guard = self._house.guard(self._wisher.recorded(command, now), command.account, now, recorded=True)
        return await self._ledger.record_bet(command, now, guard)

    async def cancel_bet(self, command: CancelBet, now: datetime) -> SettledBet | Refusal:
        outcome = await self._ledger.cancel_bet(command, now)
        return outcome if isinstance(outcome, Refusal) else SettledBet(outcome)

    async def settle_bet(self, command: SettleBet, now: datetime) -> SettledBet:
        return await self._ledger.settle_bet(command, now)

    async def deposit(self, command: Deposit, now: datetime) -> LedgerRow:
        return await self._ledger.deposit(command, now)

    async def transfer(self, command: Transfer, now: datetime) -> LedgerRow | Refusal:
        return await self._ledger.transfer(command, now)

    async def cancel_order(self, command: CancelOrder, now: datetime) -> OrderRow:
        return await self._ledger.cancel_order(command, now)

    async def fill_working(self, now: datetime) -> tuple[Placed, ...]:
        """Fill the working orders whose price is on the board since they were made, and release those that are over.

        One that its account may not fill now (suspended, stopped by a breaker) waits on.
        """
        orders = self._ledger.working_orders()
        if not orders:
            return ()
        for order in orders:
            self._watch(order.leg.selection.line)
        over = [order for order in orders if is_over(order, self._market, now)]
        if over:
            known = (self._market.event(order.event.id) for order in over)
            await self._ledger.expire_orders(now, [event for event in known if event is not None])
        since = self._started_at()
        # With a clock that is off nobody knows how old a price is, nor whether the event has started.
        if since is None or abs(self._skew_seconds()) > self._settings.execution.max_clock_skew_seconds:
            return ()
        filled: list[Placed] = []
        for order in orders:
            fill = None if order in over else fill_of(order, self._market, self._broker, since, now)
            names = self._names_of([order.event])
            outcome = None if fill is None else await self._ledger.fill_order(order.id, fill, now, names)
            if isinstance(outcome, Placed) and not outcome.repeated:
                filled.append(outcome)
        return tuple(filled)

    async def withdraw(self, command: Withdraw, now: datetime) -> LedgerRow | Refusal:
        return await self._ledger.withdraw(command, now)

    def _context(self, account: str, now: datetime) -> RiskContext:
        member = self._house.member(account)
        return RiskContext(
            now=now,
            currency=member.row.currency,
            min_stake_minor=member.sizer.rules.min_stake_minor,
            skew_seconds=self._skew_seconds(),
            max_skew_seconds=self._settings.execution.max_clock_skew_seconds,
            mine=frozenset(self._settings.bookmakers.mine),
        )

    def _events(self, command: Place) -> tuple[Event, ...]:
        ids = dict.fromkeys(leg.selection.line.event_id for leg in command.legs)
        known = (self._market.event(event_id) for event_id in ids)
        events = {event.id: event for event in known if event is not None}
        if command.opportunity is not None:
            events.setdefault(command.opportunity.event.id, command.opportunity.event)
        if command.event is not None:
            events.setdefault(command.event.id, command.event)
        return tuple(events.values())


def _may_wait(command: Place, refused: NotPlaced) -> bool:
    """Whether it is only the price that is not to be had now, and the command says that it may be waited for.

    Who brings the event along has no board of its own: the engine that has one looks at the price.
    """
    unseen = refused.refusal.code is RefusalCode.UNKNOWN_EVENT and command.event is not None
    return command.work_until is not None and (unseen or refused.refusal.code in _NOT_NOW)


def _given_an_order() -> NotPlaced:
    return NotPlaced(Refusal(RefusalCode.DUPLICATE, "this request was given an order: ask again anew"))
