"""Archived odds as a flat table: every price of every answer kept, oldest first, answer by answer."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol

import msgspec
from msgspec import Struct

from betting_tui.cli.output import Cell, Column, Kind, Sheet, csv_text, json_rows
from betting_tui.engine.clocks import SystemClock
from betting_tui.engine.core.decoded import DecodedOdds
from betting_tui.engine.core.errors import BettingError
from betting_tui.engine.core.model import Event, Quote
from betting_tui.engine.core.ports import Answer, AnswerKind
from betting_tui.engine.core.progress import Progress, silent
from betting_tui.engine.decoders import Reader
from betting_tui.engine.rooms import ARCHIVE_FILE
from betting_tui.engine.store.archive import Archive
from betting_tui.engine.store.archive_entries import Part
from betting_tui.engine.store.shapes import InboxRecord

Format = Literal["json", "csv", "parquet"]
Row = tuple[Cell, ...]
_LOG = logging.getLogger(__name__)
COLUMNS = (
    Column("seen_at", "Seen", Kind.TIME),
    Column("quoted_at", "Quoted", Kind.TIME),
    Column("source", "Source"),
    Column("event_id", "Event id"),
    Column("sport_key", "Sport"),
    Column("commence_time", "Starts", Kind.TIME),
    Column("home_team", "Home"),
    Column("away_team", "Away"),
    Column("market", "Market"),
    Column("period", "Period"),
    Column("participant", "Participant"),
    Column("line_point", "Line", Kind.NUMBER),
    Column("outcome_set", "Outcomes"),
    Column("selection", "Selection"),
    Column("point", "Point", Kind.NUMBER),
    Column("bookmaker", "Book"),
    Column("side", "Side"),
    Column("price", "Price", Kind.PRICE),
    Column("price_decimal", "Decimal", Kind.NUMBER),
    Column("phase", "Phase"),
    Column("size", "Size", Kind.NUMBER),
    Column("bet_limit", "Limit", Kind.NUMBER),
    Column("link", "Link"),
)


class WantedOdds(Struct, frozen=True):
    """Which archived prices: of one recording, of some sports (empty: all), received in a span of time."""

    recording: str | None = None
    sports: tuple[str, ...] = ()
    received_from: datetime | None = None
    received_to: datetime | None = None


class RowWriter(Protocol):
    def rows(self, rows: tuple[Row, ...]) -> None:
        """Some more rows, at least one."""

    def end(self) -> None:
        """That was all."""


async def write_archived_odds(
    data_dir: Path, wanted: WantedOdds, writer: RowWriter, tell: Callable[[str], object], progress: Progress = silent
) -> None:
    """Memory stays at one answer. What cannot be decoded is left out and told.

    What `progress` raises ends it. Raises LedgerError, and UsageError where there is no such recording.
    """
    path = data_dir / ARCHIVE_FILE
    if path.exists():
        archive = await Archive.for_reading(path)
        try:
            _write(archive, wanted, writer, tell, progress)
        finally:
            await archive.close()
    writer.end()


def _write(
    archive: Archive, wanted: WantedOdds, writer: RowWriter, tell: Callable[[str], object], progress: Progress
) -> None:
    reader = Reader(archive.runs(), SystemClock())
    written = unreadable = 0
    for record in archive.read_part(_part(archive, wanted)):
        progress(written, 0, "Writing prices")
        decoded = _decoded(reader, record)
        if decoded is None:
            unreadable += 1
            continue
        rows = tuple(_rows(decoded, wanted.sports))
        if rows:
            writer.rows(rows)
            written += len(rows)
    if unreadable:
        answers = "1 answer" if unreadable == 1 else f"{unreadable:,} answers"
        tell(f"Note: {answers} could not be read and were left out; the log says why")


def _part(archive: Archive, wanted: WantedOdds) -> Part:
    part = Part(
        kind=AnswerKind.ODDS,
        sport_key=wanted.sports[0] if len(wanted.sports) == 1 else None,
        received_from=wanted.received_from,
        received_to=wanted.received_to,
    )
    if wanted.recording is None:
        return part
    recording = archive.recording(wanted.recording)
    return msgspec.structs.replace(part, first_seq=recording.first_seq, last_seq=recording.last_seq)


def _decoded(reader: Reader, record: InboxRecord) -> DecodedOdds | None:
    assert isinstance(record.entry, Answer)
    try:
        return reader.odds(record.run_id, record.entry)
    except BettingError as error:
        _LOG.warning("archived answer %d cannot be read: %s", record.seq, error.message)
        return None


def _rows(decoded: DecodedOdds, sports: tuple[str, ...]) -> Iterator[Row]:
    for item in decoded.events:
        if not sports or item.event.sport_key in sports:
            for quote in item.quotes:
                yield _row(item.event, quote)


def _row(event: Event, quote: Quote) -> Row:
    line = quote.selection.line
    return (
        quote.seen_at, quote.quoted_at, quote.source, event.id, event.sport_key,
        event.commence_time if event.start_known else None, event.home_team, event.away_team,
        line.market, line.period, line.participant, line.point, line.outcome_set.value,
        quote.selection.name, quote.selection.point, quote.bookmaker, quote.side.value, quote.price,
        quote.price.decimal, quote.phase.value, quote.size, quote.bet_limit, quote.link,
    )  # fmt: skip


def row_writer(format_: Format, write: Callable[[bytes], object]) -> RowWriter:
    """Raises UsageError where Parquet cannot be written here."""
    match format_:
        case "json":
            return _Json(write)
        case "csv":
            return _Csv(write)
        case "parquet":
            from betting_tui.cli.parquet import ParquetRows

            return ParquetRows(COLUMNS, write)


class _Csv:
    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._write = write
        self._started = False

    def rows(self, rows: tuple[Row, ...]) -> None:
        text = csv_text(Sheet(COLUMNS, rows, ""))
        self._write((text.partition("\n")[2] if self._started else text).encode())
        self._started = True

    def end(self) -> None:
        if not self._started:
            self._write(csv_text(Sheet(COLUMNS, (), "")).encode())


class _Json:
    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._write = write
        self._started = False

    def rows(self, rows: tuple[Row, ...]) -> None:
        objects = b",\n".join(msgspec.json.encode(row) for row in json_rows(Sheet(COLUMNS, rows, "")))
        self._write((b",\n" if self._started else b"[\n") + objects)
        self._started = True

    def end(self) -> None:
        self._write(b"\n]\n" if self._started else b"[]\n")
