"""The betting desk: a command about money or bets, checked in order, then booked or refused in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from betting_tui.engine.config import Settings
from betting_tui.engine.core.commands import (
    CancelBet,
    CancelOrder,
    Deposit,
    Place,
    RecordBet,
    SettleBet,
    Transfer,
    Withdraw,
)
from betting_tui.engine.core.model import BetState, Event, LineKey, Opportunity, Origin, Refusal
from betting_tui.engine.core.money import to_minor
from betting_tui.engine.core.ports import Broker, MarketView
from betting_tui.engine.core.views import LedgerRow, NotPlaced, OrderRow, Placed, SettledBet, Working
from betting_tui.engine.execution.working import fill_of, is_over
from betting_tui.engine.house import House
from betting_tui.engine.risk import RiskContext, first_refusal
from betting_tui.engine.store.shapes import AccountStatus, BetFilter
from betting_tui.engine.store.store import Ledger

_HOUR = timedelta(hours=1)


class Desk:
    """Places, cancels and settles for one ledger.

    `skew_seconds` tells how far this clock is off the feeds', `started_at` since when prices are seen here; `watch`
    has the board remember a line's prices.
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
    ) -> None:
        self._ledger = ledger
        self._market = market
        self._broker = broker
        self._house = house
        self._settings = settings
        self._skew_seconds = skew_seconds
        self._started_at = started_at
        self._watch = watch

    async def place(self, command: Place, now: datetime) -> Placed | Working | NotPlaced:
        """A request already accepted gives its bets again, whatever has happened to the price since."""
        before = self._ledger.placement(command.account, command.key)
        if before is not None:
            return before
        events = self._events(command)
        refusal = first_refusal(command, self._context(command.account, now))
        outcome = NotPlaced(refusal) if refusal is not None else self._broker.decide(command, now)
        if isinstance(outcome, NotPlaced):
            await self._ledger.record_refusal(command, outcome, events, now)
            return outcome
        return await self._ledger.place(command, outcome, events, now)

    async def place_automatically(
        self, found: Opportunity, account: str, now: datetime
    ) -> Placed | Working | NotPlaced | None:
        """What an armed strategy does with a new opportunity; None when there is nothing to stake or it was taken."""
        if found.id in self._ledger.taken(account) or self._holds(found, account):
            return None
        sized = self._house.member(account).sizer.size(found, self._ledger.balances(account).available_minor)
        if sized.stake_minor == 0:
            return None
        command = Place(
            account=account,
            legs=sized.legs,
            key=f"auto:{account}:{found.id}",
            origin=Origin.AUTO,
            created_by=found.strategy,
            opportunity=found,
        )
        return await self.place(command, now)

    def _holds(self, found: Opportunity, account: str) -> bool:
        """Whether an open bet is on one of these selections already: a second book does not make it a second bet."""
        wanted = BetFilter(account=account, states=(BetState.PENDING, BetState.REVIEW), event_id=found.event.id)
        held = {(bet.line, bet.selection) for bet in self._ledger.bets(wanted)}
        return any((leg.selection.line, leg.selection.name) in held for leg in found.legs)

    async def record_bet(self, command: RecordBet, now: datetime) -> Placed | NotPlaced:
        """A bet by hand. The board's word on the event wins over the caller's: a start it knows is a start."""
        known = self._market.event(command.event.id)
        if known is not None:
            command = msgspec.structs.replace(command, event=known)
        return await self._ledger.record_bet(command, now)

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
            outcome = None if fill is None else await self._ledger.fill_order(order.id, fill, now)
            if isinstance(outcome, Placed) and not outcome.repeated:
                filled.append(outcome)
        return tuple(filled)

    async def withdraw(self, command: Withdraw, now: datetime) -> LedgerRow | Refusal:
        return await self._ledger.withdraw(command, now)

    def _context(self, account: str, now: datetime) -> RiskContext:
        recent = self._ledger.bets(BetFilter(account=account, since=now - _HOUR))
        paper = self._settings.paper_trading
        row = self._ledger.account(account)
        return RiskContext(
            now=now,
            currency=row.currency,
            suspended=row.status is AccountStatus.SUSPENDED,
            available_minor=self._ledger.balances(account).available_minor,
            min_stake_minor=to_minor(paper.min_stake, row.currency),
            skew_seconds=self._skew_seconds(),
            max_skew_seconds=self._settings.execution.max_clock_skew_seconds,
            mine=frozenset(self._settings.bookmakers.mine),
            auto_bets_last_hour=sum(bet.origin is Origin.AUTO for bet in recent),
            max_auto_bets_per_hour=self._settings.risk.max_auto_bets_per_hour,
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
