"""The board as it is shown: its lines in order, and every bookmaker's price on one of them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct

from betting_tui.engine.core.model import Event, LineKey, Selection
from betting_tui.engine.core.odds import Price

MarketSort = Literal["start", "league", "hold", "books"]


class MarketWish(Struct, frozen=True):
    """Which lines are wanted. `market` as in MarketCount; where nobody quotes it, the one most events have.

    Every word of `words` occurs in an event, its league, a pick or its points. Of each event the line most bookmakers
    quote, or with `every_point` all of them.
    """

    market: str = ""
    words: str = ""
    every_point: bool = False
    sort: MarketSort = "start"


class MarketCount(Struct, frozen=True):
    """A market somebody quotes: `key` names it, `example` is one of its lines, `events` how many have it."""

    key: str
    example: LineKey
    events: int


# These come by the thousand and can form no cycle.
class MarketLine(Struct, frozen=True, gc=False):
    """One line with its selections in the order of the event's name; `started` when it was looked at."""

    event: Event
    line: LineKey
    selections: tuple[Selection, ...]
    started: bool


class MarketPage(Struct, frozen=True):
    """Lines in the order wished for, what has started last. `books` quote any of them, the user's own first.

    `market` is the one in force, `total` how many events have it, before words choose among them.
    """

    lines: tuple[MarketLine, ...] = ()
    books: tuple[str, ...] = ()
    markets: tuple[MarketCount, ...] = ()
    market: str = ""
    events: int = 0
    total: int = 0


class BookPrice(Struct, frozen=True, gc=False):
    """What one bookmaker pays for a selection. `dated` is since when its age counts; `fresh` while it may be bet on.

    `best`: nobody pays more, after commission. `moved` is 1 or -1 where the price was seen to change at `moved_at`.
    """

    bookmaker: str
    price: Price
    dated: datetime
    fresh: bool
    best: bool
    moved: int = 0
    moved_at: datetime | None = None


class SelectionPrices(Struct, frozen=True, gc=False):
    """All prices of a selection by bookmaker; `best` is the one to take, None where there is none."""

    selection: Selection
    prices: tuple[BookPrice, ...]
    best: BookPrice | None

    def at(self, bookmaker: str) -> BookPrice | None:
        return next((price for price in self.prices if price.bookmaker == bookmaker), None)


class BookHold(Struct, frozen=True, gc=False):
    """The share of turnover a bookmaker keeps at its own prices of a whole line (0.045 = 4.5 %)."""

    bookmaker: str
    hold: float


class LinePrices(Struct, frozen=True, gc=False):
    """Everything quoted on one line. `hold` is of the best prices, None when a side has none."""

    line: LineKey
    selections: tuple[SelectionPrices, ...] = ()
    holds: tuple[BookHold, ...] = ()
    hold: float | None = None
    newest: datetime | None = None

    def of(self, name: str) -> SelectionPrices | None:
        return next((each for each in self.selections if each.selection.name == name), None)

    def hold_at(self, bookmaker: str) -> float | None:
        return next((each.hold for each in self.holds if each.bookmaker == bookmaker), None)
