"""The keys of requests: each counts once in its account. That of an automatic placement, `period:opportunity`, follows
from the row it would be kept in, and is NULL there."""

from __future__ import annotations

import sqlite3

from msgspec import Struct


class Known(Struct, frozen=True):
    """The placement a request was given, and what became of it."""

    id: int
    state: str


def known(conn: sqlite3.Connection, account_id: int, key: str) -> Known | None:
    """None for a request that is new, or was only refused: that one may be asked again."""
    row = conn.execute(
        "SELECT id, state FROM placements WHERE account_id = ? AND key = ? AND state <> 'refused'", (account_id, key)
    ).fetchone()
    number, _, opportunity = key.partition(":")
    if row is None and opportunity:
        row = conn.execute(
            "SELECT pl.id, pl.state FROM account_periods p CROSS JOIN opportunities o CROSS JOIN placements pl"
            " WHERE p.account_id = ?1 AND CAST(p.number AS TEXT) = ?2 AND o.opportunity_id = ?3"
            " AND pl.account_id = ?1 AND pl.period_id = p.id AND pl.opportunity_id = o.id AND pl.key IS NULL"
            " AND pl.state <> 'refused'",
            (account_id, number, opportunity),
        ).fetchone()
    return None if row is None else Known(row["id"], row["state"])


def kept_key(conn: sqlite3.Connection, account_id: int, key: str, opportunity: int | None) -> str | None:
    """As it is kept with a placement in the account's current period on this opportunity (row)."""
    if opportunity is None or ":" not in key:
        return key
    row = conn.execute(
        "SELECT p.number || ':' || o.opportunity_id FROM account_periods p CROSS JOIN opportunities o"
        " WHERE p.account_id = ? AND p.ended_at IS NULL AND o.id = ?",
        (account_id, opportunity),
    ).fetchone()
    return None if row is not None and row[0] == key else key
