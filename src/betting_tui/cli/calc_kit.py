"""What the calculators share: amounts in a currency, and how one result is printed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from betting_tui.cli.output import (
    Cell,
    Column,
    Sheet,
    Style,
    csv_text,
    emit,
    emit_json,
    json_rows,
    shown_cell,
    table_text,
)
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.money import to_minor

F = TypeVar("F", bound=Callable[..., Any])


def currency_option(function: F) -> F:
    return click.option("--currency", default="USD", show_default=True, help="Decides how many decimals amounts have.")(
        function
    )


def print_pairs(pairs: Sequence[tuple[Column, Cell]], format_: str, currency: str = "USD") -> None:
    """One result: an object in JSON, one line of CSV, a line a value for people."""
    sheet = Sheet(tuple(column for column, _ in pairs), (tuple(cell for _, cell in pairs),), currency)
    if format_ == "json":
        emit_json(json_rows(sheet)[0])
    elif format_ == "csv":
        emit(csv_text(sheet))
    else:
        width = max(len(column.title) for column, _ in pairs)
        lines = [f"{column.title:<{width}}  {shown_cell(column, cell, currency, Style())}" for column, cell in pairs]
        emit("\n".join(lines))


def print_rows(sheet: Sheet, rest: Sequence[tuple[Column, Cell]], format_: str, extra: dict[str, object]) -> None:
    """One result with a row for each price: the rows are arrays in JSON."""
    if format_ == "json":
        emit_json(extra)
    elif format_ == "csv":
        emit(csv_text(sheet))
    else:
        emit(table_text(sheet, Style()))
        emit("")
        print_pairs(rest, "table", sheet.currency)


def amount(text: str, currency: str, flag: str) -> int:
    minor = to_minor(text, currency)
    if minor <= 0:
        raise UsageError(f"{flag} must be above 0")
    return minor
