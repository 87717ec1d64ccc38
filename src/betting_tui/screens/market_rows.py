"""The rows of screen 5: an event's line with each book's hold, and below it one row for each selection."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from betting_tui.engine.core.market_views import BookPrice, LinePrices, MarketLine, MarketPage, MarketSort
from betting_tui.engine.core.model import Selection
from betting_tui.screens.names import book, joint, market, pick_parts
from betting_tui.screens.show import NOTHING, Show, age, countdown, counted, percent
from betting_tui.widgets.columns import Column
from betting_tui.widgets.row import Cell, Look, Row

SORTS: tuple[tuple[MarketSort, str], ...] = (
    ("start", "by start"),
    ("league", "by league"),
    ("hold", "least hold first"),
    ("books", "most books first"),
)
BEST_SIGN, UP_SIGN, DOWN_SIGN = "*", "▲", "▼"
_MOVED_SECONDS = 60.0
_NARROW = 98
_STARTS = Column("starts", "Starts", 6, "right")
_AGE = Column("age", "Age", 4, "right")
_BEST, _NARROW_BEST = 16, 14
_PRICE = 6


class GridRow(Struct, frozen=True, gc=False):
    """A line, or one selection of it."""

    line: MarketLine
    pick: Selection | None = None


def fixed_columns(width: int) -> tuple[Column, ...]:
    """Those that stay in a table of so many cells."""
    if width < _NARROW:
        best = Column("best", "Best", _NARROW_BEST, max_width=_NARROW_BEST)
        return (_STARTS, Column("event", "Event", 18, flexible=True, max_width=30), best)
    best = Column("best", "Best", _BEST, max_width=_BEST)
    league = Column("league", "League", 8, max_width=8)
    return (_STARTS, league, Column("event", "Event", 24, flexible=True, max_width=44), _AGE, best)


def grid_rows(page: MarketPage) -> list[Row[GridRow]]:
    rows: list[Row[GridRow]] = []
    for line in page.lines:
        name = line.line.text
        rows.append(Row(name, GridRow(line)))
        rows += [Row(f"{name}>{pick.name}", GridRow(line, pick)) for pick in line.selections]
    return rows


def grid_look(row: GridRow, prices: LinePrices, books: Sequence[str], show: Show, now: datetime, *, wide: bool) -> Look:
    """`books` are the columns in sight, `wide` as `fixed_columns` has it."""
    if row.pick is None:
        head = _head(row.line, prices, now, wide=wide)
        holds = (prices.hold_at(each) for each in books)
        return Look((*head, *(Cell(_share(hold), "muted") for hold in holds)), muted=row.line.started)
    found = prices.of(row.pick.name)
    name, points = pick_parts(row.line.line, row.pick.name, row.pick.point)
    best = None if found is None else found.best
    cells = [Cell(""), Cell(""), Cell(f"  {name}", tail=points)] if wide else [Cell(""), Cell(f"  {name}", tail=points)]
    if wide:
        cells.append(Cell(age(None if best is None else _age(best, now)), "muted"))
    cells.append(_best_cell(best, show))
    known = {} if found is None else {price.bookmaker: price for price in found.prices}
    cells += [_book_cell(known.get(each), show, now) for each in books]
    return Look(tuple(cells), muted=row.line.started)


def _head(line: MarketLine, prices: LinePrices, now: datetime, *, wide: bool) -> Iterator[Cell]:
    event, who = line.event, line.line.participant
    yield Cell(countdown((event.commence_time - now).total_seconds()) if event.start_known else NOTHING)
    if wide:
        yield Cell(event.sport_title or event.sport_key, "muted")
    yield Cell(f"{event.name} · {who}" if who else event.name, "strong", joint="" if who else joint(event))
    if wide:
        yield Cell(age(None if prices.newest is None else (now - prices.newest).total_seconds()), "muted")
    hold = prices.hold
    # Below zero, backing every side wins.
    yield Cell("" if hold is None else f"{'hold':>{_PRICE}} {_share(hold)}", "gain" if hold and hold < 0 else "muted")


def _best_cell(best: BookPrice | None, show: Show) -> Cell:
    if best is None:
        return Cell(f"{NOTHING:>{_PRICE}}", "muted")
    kind = "strong" if best.fresh else "muted"
    return Cell(f"{show.price(best.price):>{_PRICE}} {book(best.bookmaker)}", kind)


def _book_cell(price: BookPrice | None, show: Show, now: datetime) -> Cell:
    """`▲+150*`: moved up a moment ago, nobody pays more. `(+150)`: too old to be bet on."""
    if price is None:
        return Cell("·", "muted")
    shown = show.price(price.price)
    if not price.fresh:
        return Cell(f"({shown}{BEST_SIGN if price.best else ''})", "muted")
    return Cell(f"{moved_sign(price, now)}{shown}{BEST_SIGN if price.best else ' '}", "gain" if price.best else "")


def moved_sign(price: BookPrice, now: datetime) -> str:
    if price.moved_at is None or now - price.moved_at > timedelta(seconds=_MOVED_SECONDS):
        return ""
    return UP_SIGN if price.moved > 0 else DOWN_SIGN


def _age(price: BookPrice, now: datetime) -> float:
    return max(0.0, (now - price.dated).total_seconds())


def _share(hold: float | None) -> str:
    return "" if hold is None else percent(hold, sign=False)


def market_title(page: MarketPage) -> str:
    """`Moneyline`, as the one in force is called."""
    example = next((count.example for count in page.markets if count.key == page.market), None)
    return "Markets" if example is None else market(example)


def page_notes(page: MarketPage, *, words: str, every_point: bool, sort: str, hidden: tuple[int, int]) -> list[str]:
    """What the border says, from all of it to the least."""
    events = counted(page.total, "event") if page.events == page.total else f"{page.events} of {page.total} events"
    number = next((at for at, count in enumerate(page.markets, 1) if count.key == page.market), 0)
    which = f"market {number} of {len(page.markets)}" if len(page.markets) > 1 else ""
    points = "every point" if every_point else ""
    left, right = hidden
    shown = len(page.books) - left - right
    books = f"books {left + 1}-{left + shown} of {len(page.books)}" if left or right else ""
    filtered = f"/{words}" if words else ""
    ways = (
        (events, filtered, which, points, sort, books),
        (events, filtered, points, sort, books),
        (events, filtered, books),
        (events,),
    )
    return [" · ".join(part for part in parts if part) for parts in ways]
