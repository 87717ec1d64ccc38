"""Why there is or is not an opportunity: each price of one event against its fair line, or what keeps it from one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from betting_tui.engine.board import Board
from betting_tui.engine.config import Settings
from betting_tui.engine.core.books import commission
from betting_tui.engine.core.edge import edge, effective_decimal
from betting_tui.engine.core.fair import FairLine, LinePricer
from betting_tui.engine.core.model import Event, Quote, Selection, Side
from betting_tui.engine.core.odds import Price
from betting_tui.engine.core.ports import Answer, LineBook, MarketView, Source
from betting_tui.engine.strategies.registry import fair_policy


class ExplainedPrice(Struct, frozen=True):
    """The best back price of one selection. `edge` is after commission; `reason` says why it is none."""

    event: Event
    selection: Selection
    bookmaker: str
    price: Price
    age_seconds: float
    books: int
    fair_probability: float | None
    edge: float | None
    method: str | None
    reason: str


def explain(
    settings: Settings, source: Source, answers: Sequence[Answer], now: datetime, wanted: str
) -> tuple[ExplainedPrice, ...]:
    """The prices of recorded answers. Raises BadAnswer when one cannot be read at all."""
    board = Board()
    for answer in answers:
        board.apply(source.decode_odds(answer), source.name)
    return explain_board(settings, board, now, wanted)


def explain_board(settings: Settings, board: MarketView, now: datetime, wanted: str) -> tuple[ExplainedPrice, ...]:
    """The event is named by id, or by part of its name. Empty when the board holds no such event."""
    policy = fair_policy(settings)
    found: list[ExplainedPrice] = []
    for event in sorted(board.events(), key=lambda event: (event.commence_time, event.id)):
        if event.id != wanted and wanted.casefold() not in event.name.casefold():
            continue
        for line in board.lines(event.id):
            book = LineBook(event, line, tuple(board.quotes(line)))
            pricer = LinePricer(book, now, policy)
            found.extend(_explained(settings, pricer, quote, book, now) for quote in _best(book))
    return tuple(found)


def _best(book: LineBook) -> list[Quote]:
    best: dict[str, Quote] = {}
    for quote in book.quotes:
        known = best.get(quote.selection.name)
        if quote.side is Side.BACK and (known is None or quote.price.exact > known.price.exact):
            best[quote.selection.name] = quote
    return list(best.values())


def _explained(settings: Settings, pricer: LinePricer, quote: Quote, book: LineBook, now: datetime) -> ExplainedPrice:
    age = quote.age_seconds(now)
    fair = pricer.fair_for(quote.bookmaker)
    known = fair if isinstance(fair, FairLine) else None
    probability = known.probability(quote.selection.name) if known else None
    rate = commission(quote.bookmaker, settings.bookmakers.commission)
    gained = edge(probability, effective_decimal(quote.price.decimal, rate)) if probability is not None else None
    return ExplainedPrice(
        event=book.event,
        selection=quote.selection,
        bookmaker=quote.bookmaker,
        price=quote.price,
        age_seconds=age,
        books=len({each.bookmaker for each in book.quotes}),
        fair_probability=probability,
        edge=gained,
        method=known.method if known else None,
        reason=_reason(settings, book.event, age, gained, "" if isinstance(fair, FairLine) else fair.reason, now),
    )


def _reason(
    settings: Settings, event: Event, age: float, gained: float | None, no_fair_line: str, now: datetime
) -> str:
    limit = settings.strategies.max_quote_age_seconds
    if event.started(now):
        return "the event has started"
    if age > limit:
        return f"the price is {age:.0f} s old, older than {limit:g} s"
    if gained is None:
        return f"no fair line: {no_fair_line}"
    least = settings.strategies.value_betting.min_edge
    return "" if gained >= least else f"edge {gained * 100:+.2f} % is below {least * 100:g} %"
