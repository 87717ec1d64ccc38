"""How exports are written: JSON with minor units, CSV with decimals. The same ledger gives the same bytes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec
from msgspec import Struct

from betting_tui.engine.core.money import format_minor
from betting_tui.engine.core.text import defused

Format = Literal["json", "csv"]
Cell = str | int | float | None


def csv_bytes(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """UTF-8 CSV. Text that a spreadsheet would run as a formula gets an apostrophe; numbers stay numbers."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_defused(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8")


class Number(str):
    """A decimal amount ready to be written: a minus in front of it is no formula."""

    __slots__ = ()


def json_bytes(records: Sequence[Struct]) -> bytes:
    return msgspec.json.format(msgspec.json.encode(records), indent=2) + b"\n"


def _defused(cell: Cell) -> Cell:
    return defused(cell) if isinstance(cell, str) and not isinstance(cell, Number) else cell


def amount_cell(minor: int, currency: str) -> Number:
    return Number(format_minor(minor, currency, grouping=False))
