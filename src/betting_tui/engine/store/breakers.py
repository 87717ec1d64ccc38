"""Breakers: what stopped an account's placing, until when, and who let it go on."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from betting_tui.engine.core.accounts import Breaker, BreakerName
from betting_tui.engine.core.commands import ReleaseBreakers
from betting_tui.engine.core.times import from_micros, to_micros
from betting_tui.engine.store.diary import audit
from betting_tui.engine.store.identities import inserted, moment
from betting_tui.engine.store.ledger import account

_WATCH = "risk"


def trip(
    conn: sqlite3.Connection, account_name: str, name: BreakerName, reason: str, until: datetime | None, now: datetime
) -> Breaker | None:
    """None when this one already stops the account, or its time would be over.

    Nor does it stop the account again for what a person has already let pass: only a bet settled after that counts.
    """
    owner = account(conn, account_name)
    at = to_micros(now)
    if (until is not None and until <= now) or any(each.name is name for each in in_force(conn, owner.id, now)):
        return None
    let_pass = conn.execute(
        "SELECT max(ended_at) FROM breakers WHERE account_id = ? AND name = ? AND ended_by IS NOT NULL",
        (owner.id, name.value),
    ).fetchone()[0]
    if let_pass is not None and not _settled_after(conn, owner.id, let_pass):
        return None
    number = inserted(
        conn,
        "INSERT INTO breakers (account_id, name, reason, tripped_at, until_at) VALUES (?, ?, ?, ?, ?)",
        (owner.id, name.value, reason, at, None if until is None else to_micros(until)),
    )
    audit(conn, now, _WATCH, "breaker tripped", owner.name, f"{name.value}: {reason}")
    return Breaker(number, owner.name, name, reason, now, until)


def release(conn: sqlite3.Connection, command: ReleaseBreakers, now: datetime) -> int:
    """How many were in force and no longer are. A fall is counted from here on after its breaker was let go."""
    owner = account(conn, command.account)
    let_go = [each for each in in_force(conn, owner.id, now) if command.name in (None, each.name)]
    for each in let_go:
        conn.execute(
            "UPDATE breakers SET ended_at = ?, ended_by = ? WHERE id = ?", (to_micros(now), command.created_by, each.id)
        )
        if each.name is BreakerName.DRAWDOWN:
            conn.execute(
                "UPDATE account_periods SET peak_from = ? WHERE account_id = ? AND ended_at IS NULL",
                (to_micros(now), owner.id),
            )
        audit(conn, now, command.created_by, "breaker released", owner.name, f"{each.name.value}: {each.reason}")
    return len(let_go)


def in_force(conn: sqlite3.Connection, account_id: int, now: datetime) -> tuple[Breaker, ...]:
    """Those that stop the account at `now`, oldest first."""
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


def _settled_after(conn: sqlite3.Connection, account_id: int, at: int) -> bool:
    row = conn.execute(
        "SELECT 1 FROM bets WHERE account_id = ? AND state = 'settled' AND settled_at > ? LIMIT 1", (account_id, at)
    ).fetchone()
    return row is not None


def released_at(conn: sqlite3.Connection, account_id: int, name: BreakerName) -> datetime | None:
    """When a person last let placing go on after this breaker, in the current period."""
    return moment(
        conn.execute(
            "SELECT max(b.ended_at) FROM breakers b WHERE b.account_id = ?1 AND b.name = ?2 AND b.ended_by IS NOT NULL"
            " AND b.ended_at >= (SELECT started_at FROM account_periods WHERE account_id = ?1 AND ended_at IS NULL)",
            (account_id, name.value),
        ).fetchone()[0]
    )
