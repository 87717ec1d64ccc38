"""Stretches of time cut so that each holds few bets: what is asked of many bets is asked of some at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from betting_tui.engine.store.database import Asker
from betting_tui.engine.store.stretches import Stretch

_BETS = 4_000
_INDEXES = {"settled_at": "settled_of_period", "placed_at": "bets_of_period"}


class Piece(Struct, frozen=True):
    """Of one period (row), since `since` and before `until` (microseconds)."""

    period: int
    since: int
    until: int


def pieces(ask: Asker, stretch: Stretch, by: Literal["settled_at", "placed_at"]) -> Iterator[Piece]:
    """One after the other, in order of time; bets of one moment stay together."""
    for period in stretch.periods:
        since = stretch.since
        while since < stretch.until:
            piece = Piece(period, since, stretch.until)
            until = ask(lambda conn, piece=piece: _next(conn, piece, by))  # type: ignore[misc]
            yield Piece(period, since, until)
            since = until


def _next(conn: sqlite3.Connection, rest: Piece, by: Literal["settled_at", "placed_at"]) -> int:
    """Where a piece that begins like this one ends."""
    settled = "b.state = 'settled' AND " if by == "settled_at" else ""
    row = conn.execute(
        f"SELECT b.{by} FROM bets b INDEXED BY {_INDEXES[by]} WHERE {settled}b.period_id = ? AND b.{by} >= ?"
        f" AND b.{by} < ? ORDER BY b.{by} LIMIT 1 OFFSET {_BETS}",
        (rest.period, rest.since, rest.until),
    ).fetchone()
    if row is None:
        return rest.until
    return int(row[0]) if row[0] > rest.since else int(row[0]) + 1
