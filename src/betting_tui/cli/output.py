"""Results on stdout: plain aligned tables for people, CSV for spreadsheets, JSON for scripts."""

from __future__ import annotations

import csv
import io
import shutil
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from unicodedata import combining, east_asian_width

import msgspec
from msgspec import Struct

from betting_tui.engine.core.errors import BettingError
from betting_tui.engine.core.money import format_minor
from betting_tui.engine.core.odds import OddsFormat, Price, format_price
from betting_tui.engine.core.reader import for_reader
from betting_tui.engine.core.text import clean, defused
from betting_tui.engine.core.times import iso

EMPTY = "–"
GAP = 2
_NARROWEST = 14
_MAX_CSV_TEXT = 4000

# Several texts are a list in JSON, and stand behind each other elsewhere.
Cell = str | int | float | bool | datetime | Price | tuple[str, ...] | None


class OutputFailed(BettingError):
    """Stdout takes nothing: a full disk, a closed descriptor."""

    @classmethod
    def because(cls, error: OSError) -> OutputFailed:
        return cls(f"the output cannot be written: {error.strerror or error}")


class ReaderGone(Exception):
    """Whoever read our output has closed it: there is nobody left to tell."""


class Kind(StrEnum):
    """How a column is written. `MONEY` is minor units; `SHARE` and `GAIN` are fractions, a gain with its sign;
    `SIGNED` is a number with its sign, as American odds and handicaps have."""

    TEXT = "text"
    NUMBER = "number"
    SIGNED = "signed"
    MONEY = "money"
    SHARE = "share"
    GAIN = "gain"
    PRICE = "price"
    TIME = "time"


class Column(Struct, frozen=True):
    """`key` names it in CSV and JSON. Tables leave `wide` ones out, cut text at `limit` and round to `places`. Where a
    terminal is too narrow, columns with the highest `spare` go first, those with 0 stay, `firm` ones are never cut, and
    neither is a last column that is `whole`: it may run on into the next line."""

    key: str
    title: str
    kind: Kind = Kind.TEXT
    wide: bool = False
    limit: int = 40
    places: int | None = None
    spare: int = 0
    whole: bool = False
    firm: bool = False


class Sheet(Struct, frozen=True):
    """Rows of cells, one a column; `currency` is that of every money cell, but for rows that have one in
    `currencies`."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    currency: str
    currencies: tuple[str, ...] = ()

    @property
    def priced_rows(self) -> tuple[tuple[tuple[Cell, ...], str], ...]:
        """Each row with the currency of its money."""
        own = self.currencies or ("",) * len(self.rows)
        return tuple((cells, each or self.currency) for cells, each in zip(self.rows, own, strict=True))


class Style(Struct, frozen=True):
    """How people want to read: their odds format, time zone (None: the machine's) and the width of their terminal in
    columns (None: no terminal, nothing is cut)."""

    odds_format: OddsFormat = OddsFormat.AMERICAN
    zone: tzinfo | None = UTC
    width: int | None = None

    def when(self, moment: datetime) -> str:
        return moment.astimezone(self.zone).strftime("%Y-%m-%d %H:%M")

    def told(self, text: str) -> str:
        """A sentence of the engine, by their clock and in their odds."""
        return for_reader(text, self.zone, self.odds_format)


def emit(text: str) -> None:
    """Write to stdout, ending the line. Raises ReaderGone when nobody listens any more."""
    emit_bytes((text if text.endswith("\n") else f"{text}\n").encode("utf-8", "replace"))


def emit_bytes(data: bytes) -> None:
    """Bytes as they are: exports must not change on the way out. Raises OutputFailed when there is nowhere to write."""
    if sys.stdout is None:
        raise OutputFailed("the output cannot be written: stdout is closed")
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise ReaderGone from None
    except OSError as error:
        raise OutputFailed.because(error) from None


def emit_json(value: object) -> None:
    """Two spaces of indent; not a number is written null."""
    emit_bytes(msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n")


def emit_sheet(sheet: Sheet, format_: str, style: Style, *, empty: str = "Nothing to show.") -> None:
    """One sheet in the format asked for; an empty table says `empty` instead."""
    if format_ == "json":
        emit_json(json_rows(sheet))
    elif format_ == "csv":
        emit(csv_text(sheet))
    else:
        emit(table_text(sheet, style) if sheet.rows else empty)


def json_rows(sheet: Sheet) -> list[dict[str, object]]:
    """One object a row: money as `key_minor` with its currency, prices as quoted and in two formats, ISO times."""
    rows: list[dict[str, object]] = []
    money = any(column.kind is Kind.MONEY for column in sheet.columns)
    for cells, currency in sheet.priced_rows:
        row: dict[str, object] = {}
        for column, cell in zip(sheet.columns, cells, strict=True):
            row.update(_json_fields(column, cell))
        if money:
            row.setdefault("currency", currency)
        rows.append(row)
    return rows


def csv_text(sheet: Sheet) -> str:
    """RFC 4180 with line feeds, a line a row: text is cleaned, and what a spreadsheet would run is defused."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([column.key for column in sheet.columns])
    for cells, currency in sheet.priced_rows:
        writer.writerow([_csv_cell(column, cell, currency) for column, cell in zip(sheet.columns, cells, strict=True)])
    return stream.getvalue()


def table_text(sheet: Sheet, style: Style) -> str:
    """Aligned columns, numbers to the right, with a heading; narrowed to the terminal where there is one."""
    shown = [index for index, column in enumerate(sheet.columns) if not column.wide]
    columns = [sheet.columns[index] for index in shown]
    lines = [[column.title for column in columns]]
    lines += [
        [shown_cell(sheet.columns[i], cells[i], currency, style) for i in shown]
        for cells, currency in sheet.priced_rows
    ]
    widths = {index: max(text_width(line[index]) for line in lines) for index in range(len(columns))}
    if style.width is not None and sum(widths.values()) + GAP * (len(widths) - 1) > style.width:
        widths = _fitting(widths, columns, lines, style.width)
    return "\n".join(_aligned(line, widths, columns) for line in lines)


def terminal_width() -> int | None:
    """Columns of the terminal that stdout is; None where it is none."""
    return shutil.get_terminal_size().columns if sys.stdout is not None and sys.stdout.isatty() else None


def _fitting(
    widths: dict[int, int], columns: Sequence[Column], lines: Sequence[Sequence[str]], room: int
) -> dict[int, int]:
    """Narrower: columns that say nothing go, then as many as must by `spare`; long texts give way to the rest."""
    kept = {index: width for index, width in widths.items() if any(line[index] != EMPTY for line in lines[1:])}
    least = {
        index: width if columns[index].firm or columns[index].kind is not Kind.TEXT else min(width, _NARROWEST)
        for index, width in kept.items()
    }
    by_spare = sorted((index for index in kept if columns[index].spare), key=lambda index: columns[index].spare)
    while by_spare and sum(least.values()) + GAP * (len(least) - 1) > room:
        del least[by_spare.pop()]
    narrowed = {index: least[index] if columns[index].whole else kept[index] for index in least}
    excess = sum(narrowed.values()) + GAP * (len(narrowed) - 1) - room
    for _ in range(max(0, excess)):
        widest = max(narrowed, key=lambda index: narrowed[index] - least[index])
        narrowed[widest] = max(least[widest], narrowed[widest] - 1)
    return {index: kept[index] if columns[index].whole else width for index, width in narrowed.items()}


def shown_cell(column: Column, cell: Cell, currency: str, style: Style) -> str:
    """One value for people."""
    if cell is None or cell == "":
        return EMPTY
    match cell:
        case bool():
            return "yes" if cell else "no"
        case int() if column.kind is Kind.MONEY:
            return format_minor(cell, currency)
        case int() | float() if column.kind is Kind.SHARE:
            return f"{cell * 100:.2f} %"
        case int() | float() if column.kind is Kind.GAIN:
            return f"{cell * 100:+.2f} %"
        case int() | float() if column.kind is Kind.SIGNED:
            return f"{cell:+.6g}"
        case int():
            return str(cell)
        case float():
            return f"{cell:.6g}" if column.places is None else f"{cell:.{column.places}f}"
        case Price():
            return format_price(cell, style.odds_format)
        case datetime():
            return style.when(cell)
        case tuple():
            return clean(", ".join(cell), column.limit)
        case str():
            return clean(cell, column.limit)


def _json_fields(column: Column, cell: Cell) -> dict[str, object]:
    if column.kind is Kind.MONEY:
        return {f"{column.key}_minor": cell}
    if column.kind is Kind.PRICE:
        price = cell if isinstance(cell, Price) else None
        return {
            column.key: price.text if price else None,
            f"{column.key}_format": price.format.value if price else None,
            f"{column.key}_american": price.american if price else None,
            f"{column.key}_decimal": price.decimal if price else None,
        }
    return {column.key: iso(cell) if isinstance(cell, datetime) else cell}


def _csv_cell(column: Column, cell: Cell, currency: str) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case int() if column.kind is Kind.MONEY:
            return format_minor(cell, currency, grouping=False)
        case int() | float():
            return repr(cell)
        case Price():
            return cell.text
        case datetime():
            return iso(cell)
        case tuple():
            return defused(clean(", ".join(cell), _MAX_CSV_TEXT))
        case str():
            return defused(clean(cell, _MAX_CSV_TEXT))


def _aligned(line: Sequence[str], widths: Mapping[int, int], columns: Sequence[Column]) -> str:
    cells = []
    for index, width in widths.items():
        text = _cut(line[index], width)
        gap = " " * (width - text_width(text))
        cells.append(text + gap if columns[index].kind in (Kind.TEXT, Kind.TIME) else gap + text)
    return (" " * GAP).join(cells).rstrip()


def _cut(text: str, width: int) -> str:
    """At most `width` columns of it, with … where some is missing."""
    if text_width(text) <= width:
        return text
    kept = text
    while kept and text_width(kept) > width - 1:
        kept = kept[:-1]
    return f"{kept.rstrip()}…"


def text_width(text: str) -> int:
    """How many columns of a terminal it takes."""
    if text.isascii():
        return len(text)
    return sum(0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text)
