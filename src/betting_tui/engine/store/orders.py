"""Working orders: money reserved for a price that has not come yet."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from betting_tui.engine.core.commands import CancelOrder, Fill, Place
from betting_tui.engine.core.model import Event, Refusal
from betting_tui.engine.core.views import NotPlaced, OrderRow, Placed, Working
from betting_tui.engine.store.standing import Guard


def accept_order(
    conn: sqlite3.Connection, command: Place, events: Sequence[Event], now: datetime, guard: Guard | None
) -> Working | NotPlaced:
    """Reserve what the order may lose. The same key gives the same order; a refusal is stored."""
    raise NotImplementedError


def fill_order(conn: sqlite3.Connection, order_id: str, fill: Fill, now: datetime) -> Placed | Refusal:
    """The reserved money becomes a bet at the fill's price; what is left of the reserve is released."""
    raise NotImplementedError


def cancel_order(conn: sqlite3.Connection, command: CancelOrder, now: datetime) -> OrderRow:
    """Cancelling twice changes nothing. UsageError when there is no such working order."""
    raise NotImplementedError


def expire_orders(conn: sqlite3.Connection, now: datetime) -> tuple[OrderRow, ...]:
    """Release those whose time is over or whose event has started."""
    raise NotImplementedError


def working_orders(conn: sqlite3.Connection, account_id: int | None) -> tuple[OrderRow, ...]:
    """By time of expiry; of all accounts when None."""
    return ()
