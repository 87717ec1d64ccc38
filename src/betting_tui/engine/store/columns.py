"""A row of a query by the names of its columns.

SQLite's own row compares the name asked for with each column's in turn: of a wide row that is read many times, a dict
is made once.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any, Protocol


class Columns(Protocol):
    """A row of SQLite's, or a dict made of one."""

    def __getitem__(self, name: str, /) -> Any: ...


def named(conn: sqlite3.Connection, statement: str, values: Sequence[object]) -> list[dict[str, Any]]:
    """The rows of a query by the names of its columns, without making SQLite's own first. Of one name is one value."""
    cursor = conn.cursor()
    cursor.row_factory = None
    rows = cursor.execute(statement, values).fetchall()
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in rows]


def by_name(rows: Sequence[sqlite3.Row]) -> list[dict[str, Any]]:
    """Of one query; of columns with one name, the first."""
    if not rows:
        return []
    names = rows[0].keys()[::-1]
    return [dict(zip(names, row[::-1], strict=True)) for row in rows]
