"""Orders that wait: which of them can be filled now, and which are over. Decides only; the ledger does it."""

from __future__ import annotations

from datetime import datetime

import msgspec

from betting_tui.engine.core.bet_views import NotPlaced, OrderRow
from betting_tui.engine.core.commands import Fill, Place
from betting_tui.engine.core.model import Evidence, Origin
from betting_tui.engine.core.ports import Broker, MarketView


def fill_of(order: OrderRow, market: MarketView, broker: Broker, since: datetime, now: datetime) -> Fill | None:
    """What the order gets at this moment, at the quoted price where that is better than its limit; else None.

    Only a price seen after the order was made and after `since`, when this engine started: what came and went while
    nobody was here could not have been taken. The rest is what any placement has to pass: the broker's rules.
    """
    leg = order.leg
    quote = market.quote(leg.selection, leg.bookmaker, leg.side)
    if quote is None or quote.selection != leg.selection or quote.seen_at <= max(order.created_at, since):
        return None
    wish = Place(order.account, (leg,), order.id, Origin.APP, "engine", funding=order.funding)
    outcome = broker.decide(wish, now)
    if isinstance(outcome, NotPlaced):
        return None
    (fill,) = outcome
    # An answer that came after the order was made shows the price: that is what the order waited for.
    return msgspec.structs.replace(fill, evidence=Evidence.LATER_SNAPSHOT)


def is_over(order: OrderRow, market: MarketView, now: datetime) -> bool:
    """Whether its time is up or its event has started, by what the ledger or the board knows of the start."""
    event = market.event(order.event.id)
    return order.expires_at <= now or order.event.started(now) or (event is not None and event.started(now))
