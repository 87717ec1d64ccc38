"""Many rows written by few statements: of a table with triggers each statement keeps what it would have to take back.

A piece has a fixed size, because SQLite's plan of a statement is kept by its text; what is left over goes row by row.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

_ROWS = 50


def write_many(conn: sqlite3.Connection, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
    """Run `statement` for rows of equal length. In it `{rows}` stands for their VALUES."""
    if not rows:
        return
    one = f"({', '.join('?' * len(rows[0]))})"
    full = len(rows) - len(rows) % _ROWS
    if full:
        several = statement.format(rows=f"VALUES {', '.join([one] * _ROWS)}")
        for start in range(0, full, _ROWS):
            conn.execute(several, [value for row in rows[start : start + _ROWS] for value in row])
    if full < len(rows):
        conn.executemany(statement.format(rows=f"VALUES {one}"), rows[full:])
