"""`analyze --explain`: every price of one event, and why it is or is not an opportunity."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from betting_tui.cli.output import Column, Kind, Sheet, emit, emit_sheet
from betting_tui.cli.session import Setup
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.times import iso
from betting_tui.engine.explain import ExplainedPrice
from betting_tui.screens import names

_COLUMNS = (
    Column("event_id", "Event id", wide=True),
    Column("event", "Event", limit=36, spare=4),
    Column("market", "Market key", wide=True),
    Column("market_name", "Market", limit=24, spare=3),
    Column("period", "Period", wide=True),
    Column("selection", "Selection", wide=True),
    Column("point", "Point", Kind.SIGNED, wide=True),
    Column("participant", "Participant", wide=True),
    Column("pick", "Pick", limit=36),
    Column("bookmaker", "Best at"),
    Column("price", "Price", Kind.PRICE),
    Column("age_seconds", "Age s", Kind.NUMBER, places=0, spare=5),
    Column("books", "Books", Kind.NUMBER, spare=2),
    Column("fair_probability", "Fair", Kind.SHARE, spare=1),
    Column("edge", "Edge", Kind.GAIN),
    Column("method", "Method", limit=48, spare=6),
    Column("reason", "Why not", limit=120, whole=True),
)


def print_explained(prices: Sequence[ExplainedPrice], now: datetime, wanted: str, format_: str, setup: Setup) -> None:
    """Raises UsageError when there is no such event."""
    if not prices:
        raise UsageError(f"no event named {wanted!r} in these answers: give its id or part of its name")
    rows = tuple(
        (
            each.event.id, each.event.name, each.selection.line.market, names.market(each.selection.line),
            each.selection.line.period, each.selection.name, each.selection.point, each.selection.line.participant,
            names.pick(each.selection), each.bookmaker, each.price, each.age_seconds, each.books,
            each.fair_probability, each.edge, each.method, each.reason,
        )
        for each in prices
    )  # fmt: skip
    emit_sheet(Sheet(_COLUMNS, rows, setup.settings.paper_trading.currency), format_, setup.style)
    if format_ == "table":
        emit(f"As of {iso(now)}.")
