"""`analyze --explain`: every price of one event, and why it is or is not an opportunity."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from betting_tui.cli.output import Cell, Column, Kind, Sheet, emit, emit_json, emit_sheet, json_rows
from betting_tui.cli.session import Setup
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.opportunity_views import BookShare, Why
from betting_tui.screens import names

# Of a selection's best price.
_HEAD = (
    Column("event_id", "Event id", wide=True),
    Column("event", "Event", limit=36, spare=4),
    Column("market", "Market key", wide=True),
    Column("market_name", "Market", limit=24, spare=3),
    Column("period", "Period", wide=True),
    Column("selection", "Selection", wide=True),
    Column("point", "Point", Kind.SIGNED, wide=True),
    Column("participant", "Participant", wide=True),
    Column("pick", "Pick", limit=36),
)
# Of every book's.
_BOOK = (
    Column("bookmaker", "Book"),
    Column("price", "Price", Kind.PRICE),
    Column("age_seconds", "Age s", Kind.NUMBER, places=0, spare=5),
    Column("book_probability", "Without margin", Kind.SHARE, spare=2),
    Column("weight", "Weight", Kind.NUMBER, places=2, spare=1),
)
_FAIR = (
    Column("fair_probability", "Fair", Kind.SHARE, spare=3),
    Column("low_probability", "Fair low", Kind.SHARE, wide=True),
    Column("high_probability", "Fair high", Kind.SHARE, wide=True),
    Column("edge", "Edge", Kind.GAIN),
    Column("edge_low", "Edge low", Kind.GAIN, spare=7),
    Column("method", "Method", limit=48, spare=6),
    Column("recommended_stake", "Stake", Kind.MONEY, spare=4),
    Column("stake_reason", "Stake by", limit=80, wide=True),
    Column("found_by", "Found by"),
    Column("reason", "Why not", limit=120, whole=True),
)
_COUNT = Column("books", "Books", Kind.NUMBER)
_SHARE = (*_BOOK, Column("note", "Note"))


def print_explained(whys: Sequence[Why], now: datetime, wanted: str, format_: str, setup: Setup) -> None:
    """A row a book, with what is said of the best price in the first of each selection; JSON has an object a selection
    with all its `prices` and what each strategy says. Raises UsageError when there is no such event."""
    if not whys:
        raise UsageError(f"no event named {wanted!r} in these answers: give its id or part of its name")
    currency = setup.settings.paper_trading.currency
    if format_ == "json":
        emit_json([_as_json(why, currency) for why in whys])
        return
    rows = tuple(row for why in whys for row in _rows(why))
    emit_sheet(Sheet((*_HEAD, *_BOOK, *_FAIR), rows, currency), format_, setup.style)
    if format_ == "table":
        emit(f"As of {setup.style.when(now)}.")


def _rows(why: Why) -> list[tuple[Cell, ...]]:
    """The best price first, then the other books with what differs."""
    head, fair, best = _head(why), _fair(why), why.judged.bookmaker
    shares = sorted(why.judged.books, key=lambda share: share.bookmaker != best)
    rows = [(*head, *_book(shares[0]), *fair)]
    for share in shares[1:]:
        rest: list[Cell] = [None] * len(_FAIR)
        rest[-1] = share.note
        rows.append((*head[:-1], "", *_book(share), *rest))
    return rows


def _head(why: Why) -> tuple[Cell, ...]:
    event, selection = why.judged.event, why.judged.selection
    line = selection.line
    return (
        event.id, event.name, line.market, names.market(line), line.period, selection.name, selection.point,
        line.participant, names.pick(selection),
    )  # fmt: skip


def _book(share: BookShare) -> tuple[Cell, ...]:
    return share.bookmaker, share.price, share.age_seconds, share.fair_probability, share.weight or None


def _fair(why: Why) -> tuple[Cell, ...]:
    judged = why.judged
    return (
        judged.fair_probability, judged.low_probability, judged.high_probability, judged.edge, judged.edge_low,
        judged.method, why.stake_minor or None, why.stake_reason,
        judged.found_by, judged.reason,
    )  # fmt: skip


def _as_json(why: Why, currency: str) -> dict[str, object]:
    judged = why.judged
    quoted = next(share for share in judged.books if share.bookmaker == judged.bookmaker)
    row = (*_head(why), *_book(quoted), len(judged.books), *_fair(why))
    (best,) = json_rows(Sheet((*_HEAD, *_BOOK, _COUNT, *_FAIR), (row,), currency))
    shares = tuple((*_book(share), share.note) for share in judged.books)
    return {
        **best,
        "no_fair_line": judged.no_fair_line or None,
        "stopped_by": {each.strategy: each.stopped for each in judged.verdicts if not each.found},
        "prices": json_rows(Sheet(_SHARE, shares, currency)),
    }
