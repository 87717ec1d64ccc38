"""A placement as it is asked for, and why nothing of it is accepted."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from msgspec import Struct

from betting_tui.engine.core.commands import Fill
from betting_tui.engine.core.model import Event, EventAlias, Funding, Opportunity, Origin
from betting_tui.engine.core.refusals import Refusal, RefusalCode
from betting_tui.engine.store.bettable import risk_of, why_no_bet, why_over
from betting_tui.engine.store.ledger import not_enough, purse_minor, purse_name
from betting_tui.engine.store.shapes import AccountRow, AccountStatus


class Request(Struct, frozen=True):
    """A placement as it is booked, whoever asked for it. `fills` are the bets; with `parlay`, the legs of that one.

    `history` books what happened elsewhere: neither start, status nor money can undo it. `names`: what feeds call the
    events, where that is known.
    """

    account: str
    key: str
    origin: Origin
    created_by: str
    fills: tuple[Fill, ...]
    events: tuple[Event, ...]
    placed_at: datetime
    booked_at: datetime
    opportunity: Opportunity | None = None
    strategy: str | None = None
    take_worse: bool = False
    again: bool = False
    note: str = ""
    history: bool = False
    funding: Funding = Funding.CASH
    parlay: Fill | None = None
    names: tuple[EventAlias, ...] = ()
    edge: float | None = None
    fair_probability: float | None = None

    @property
    def bets(self) -> tuple[Fill, ...]:
        """What is staked: one fill a bet."""
        return self.fills if self.parlay is None else (self.parlay,)


def refusal_of(conn: sqlite3.Connection, request: Request, owner: AccountRow) -> Refusal | None:
    """Why nothing of it is accepted, limits aside; None when all of it can be."""
    events = {event.id: event for event in request.events}
    if not request.fills:
        return Refusal(RefusalCode.LINE_GONE, "nothing was filled")
    for fill in request.fills:
        event = events.get(fill.leg.selection.line.event_id)
        if event is None:
            return Refusal(RefusalCode.UNKNOWN_EVENT, f"event {fill.leg.selection.line.event_id} is not known")
        over = None if request.history else why_over(conn, event, request.placed_at)
        if over is not None:
            return Refusal(RefusalCode.EVENT_STARTED, over)
    for fill in request.bets:
        impossible = why_no_bet(fill, request.funding, owner.currency)
        if impossible is not None:
            return impossible
    if request.history:
        return None
    if owner.status is not AccountStatus.ACTIVE:
        return Refusal(RefusalCode.ACCOUNT_SUSPENDED, f"account {owner.name} is suspended")
    if request.opportunity is not None and not request.again and _already_on(conn, owner.id, request.opportunity.id):
        return Refusal(RefusalCode.DUPLICATE, f"{owner.name} already has a placement on this opportunity")
    return _short_of_money(conn, request, owner)


def _short_of_money(conn: sqlite3.Connection, request: Request, owner: AccountRow) -> Refusal | None:
    """Whether each wallet that pays holds enough for all it pays."""
    needed: dict[str, int] = {}
    for fill in request.bets:
        purse = purse_name(owner, fill.leg.bookmaker)
        needed[purse] = needed.get(purse, 0) + risk_of(fill, request.funding)
    for purse, wanted in needed.items():
        there = purse_minor(conn, owner.id, purse)
        if wanted > max(there, 0):
            return not_enough(wanted, there, owner.currency, purse)
    return None


def _already_on(conn: sqlite3.Connection, account_id: int, opportunity_id: str) -> bool:
    """In this period: with a bet, or an order that waits."""
    row = conn.execute(
        "SELECT 1 FROM opportunities o JOIN account_periods now ON now.account_id = ?1 AND now.ended_at IS NULL"
        " WHERE o.opportunity_id = ?2 AND (EXISTS (SELECT 1 FROM placements pl"
        "  CROSS JOIN orders x ON x.placement_id = pl.id CROSS JOIN bets b ON b.order_id = x.id"
        "  WHERE pl.account_id = ?1 AND pl.period_id = now.id AND pl.opportunity_id = o.id AND pl.state <> 'refused')"
        " OR EXISTS (SELECT 1 FROM orders w INDEXED BY orders_at_work CROSS JOIN placements p ON p.id = w.placement_id"
        "  WHERE w.state IN ('working', 'part_filled') AND p.account_id = ?1 AND p.opportunity_id = o.id))",
        (account_id, opportunity_id),
    ).fetchone()
    return row is not None
