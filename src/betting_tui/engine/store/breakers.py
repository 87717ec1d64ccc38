"""Breakers: what stopped an account's placing, until when, and who let it go on."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from betting_tui.engine.core.accounts import Breaker, BreakerName
from betting_tui.engine.core.commands import ReleaseBreakers
from betting_tui.engine.core.times import from_micros, to_micros
from betting_tui.engine.store.identities import moment


def trip(
    conn: sqlite3.Connection, account: str, name: BreakerName, reason: str, until: datetime | None, now: datetime
) -> Breaker | None:
    """None when this one already stops the account."""
    raise NotImplementedError


def release(conn: sqlite3.Connection, command: ReleaseBreakers, now: datetime) -> int:
    """How many were in force and no longer are."""
    raise NotImplementedError


def in_force(conn: sqlite3.Connection, account_id: int, now: datetime) -> tuple[Breaker, ...]:
    rows = conn.execute(
        "SELECT b.*, a.name AS account FROM breakers b JOIN accounts a ON a.id = b.account_id"
        " WHERE b.account_id = ? AND b.ended_at IS NULL AND (b.until_at IS NULL OR b.until_at > ?) ORDER BY b.id",
        (account_id, to_micros(now)),
    )
    return tuple(
        Breaker(
            row["id"],
            row["account"],
            BreakerName(row["name"]),
            row["reason"],
            from_micros(row["tripped_at"]),
            moment(row["until_at"]),
        )
        for row in rows
    )
