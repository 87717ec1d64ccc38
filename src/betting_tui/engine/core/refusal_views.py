"""What was asked for and refused, as people look at it again."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from betting_tui.engine.core.odds import Price


class RefusedOrder(Struct, frozen=True):
    """One order of a refused placement. `price` was asked for, `price_now` could be had instead where that was the
    reason; `edge` is what the opportunity promised. Money in minor units of `currency`."""

    at: datetime
    account: str
    currency: str
    origin: str
    created_by: str
    code: str
    message: str
    event: str
    sport_key: str
    market: str
    selection: str
    point: float | None
    bookmaker: str
    side: str
    price: Price
    price_now: Price | None
    stake_minor: int
    strategy: str | None
    edge: float | None
    opportunity_id: str | None
