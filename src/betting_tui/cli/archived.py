"""Archived odds as a flat table: every price of every answer kept, oldest first."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import msgspec

from betting_tui.cli.output import Cell, Column, Kind, Sheet, csv_text, json_rows
from betting_tui.engine.core.errors import BettingError
from betting_tui.engine.core.model import Event, Quote
from betting_tui.engine.core.ports import Answer, AnswerKind
from betting_tui.engine.rooms import ARCHIVE_FILE
from betting_tui.engine.sources.recorded import RecordedFiles
from betting_tui.engine.store.archive import Archive

Format = Literal["json", "csv"]
_LOG = logging.getLogger(__name__)
_COLUMNS = (
    Column("received_at", "Received", Kind.TIME),
    Column("source", "Source"),
    Column("event_id", "Event id"),
    Column("sport_key", "Sport"),
    Column("home_team", "Home"),
    Column("away_team", "Away"),
    Column("commence_time", "Starts", Kind.TIME),
    Column("market", "Market"),
    Column("period", "Period"),
    Column("participant", "Participant"),
    Column("selection", "Selection"),
    Column("point", "Point", Kind.NUMBER),
    Column("bookmaker", "Book"),
    Column("side", "Side"),
    Column("price", "Price", Kind.PRICE),
    Column("quoted_at", "Quoted", Kind.TIME),
)


async def write_archived_odds(
    data_dir: Path, format_: Literal["json", "csv"], write: Callable[[bytes], object]
) -> None:
    """Answer by answer, so that memory stays at one of them. Answers of the simulated market are kept as their seed
    and are not among them. Raises LedgerError."""
    path = data_dir / ARCHIVE_FILE
    started = False
    if path.exists():
        archive = await Archive.open(path, read_only=True)
        try:
            for record in archive.read():
                if isinstance(record.entry, Answer) and record.entry.kind is AnswerKind.ODDS and record.entry.body:
                    rows = tuple(_rows(record.entry))
                    if rows:
                        write(_piece(rows, format_, first=not started))
                        started = True
        finally:
            await archive.close()
    if format_ == "json":
        write(b"\n]\n" if started else b"[]\n")
    elif not started:
        write(csv_text(Sheet(_COLUMNS, (), "")).encode())


def _piece(rows: tuple[tuple[Cell, ...], ...], format_: Format, *, first: bool) -> bytes:
    sheet = Sheet(_COLUMNS, rows, "")
    if format_ == "csv":
        text = csv_text(sheet)
        return (text if first else text.partition("\n")[2]).encode()
    objects = b",\n".join(msgspec.json.encode(row) for row in json_rows(sheet))
    return (b"[\n" if first else b",\n") + objects


def _rows(answer: Answer) -> list[tuple[Cell, ...]]:
    try:
        decoded = RecordedFiles().decode_odds(answer)
    except BettingError as error:
        _LOG.warning("an archived answer cannot be read: %s", error.message)
        return []
    return [_row(answer, item.event, quote) for item in decoded.events for quote in item.quotes]


def _row(answer: Answer, event: Event, quote: Quote) -> tuple[Cell, ...]:
    line = quote.selection.line
    return (
        answer.received_at, answer.source, event.id, event.sport_key, event.home_team, event.away_team,
        event.commence_time, line.market, line.period, line.participant, quote.selection.name, quote.selection.point,
        quote.bookmaker, quote.side.value, quote.price, quote.quoted_at,
    )  # fmt: skip
