"""The board as it is shown: one line of one event, with the best price a side."""

from __future__ import annotations

from msgspec import Struct

from betting_tui.engine.core.model import Event, LineKey
from betting_tui.engine.core.odds import Price


class PriceCell(Struct, frozen=True):
    """The best back price of one selection among the books on the board."""

    selection: str
    point: float | None
    bookmaker: str
    price: Price
    books: int


class MarketRow(Struct, frozen=True):
    """One line of one event with the best price a side; `hold` of the best prices, None when incomplete."""

    event: Event
    line: LineKey
    best: tuple[PriceCell, ...]
    hold: float | None
    newest_age_seconds: float | None
    started: bool
