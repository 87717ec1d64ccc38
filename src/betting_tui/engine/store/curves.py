"""An account's bankroll over time."""

from __future__ import annotations

import sqlite3
from itertools import accumulate

from msgspec import Struct

from betting_tui.engine.core.money_views import BalancePoint
from betting_tui.engine.core.times import from_micros
from betting_tui.engine.store.accounts import STARTING

_HOUR_US = 3_600_000_000
_SINCE_EVER = -(2**62)
# Up to so many entries each movement is read; of a longer history the kept hours are.
_FINE = 4_000
_OUTSIDE = "('house', 'external', 'bonus', 'fees')"


class _Start(Struct, frozen=True):
    """The deposit that began a period, booked later than the period's oldest entry."""

    entry: int
    at: int
    change: int


def curve(conn: sqlite3.Connection, period: int, points: int, since: int | None = None) -> tuple[BalancePoint, ...]:
    """The bankroll after each movement that changed it, by time; thinned evenly, first and last kept.

    A long history has one point for each of at most `points` equal stretches of whole hours: what there was at its
    last movement. With `since` (microseconds) it begins with what there was then, where the period is older.
    """
    (begun,) = conn.execute("SELECT min(hour) FROM period_hours WHERE period_id = ?", (period,)).fetchone()
    (last,) = conn.execute("SELECT max(hour) FROM period_hours WHERE period_id = ?", (period,)).fetchone()
    if begun is None:
        return ()
    # A stretch that begins with the period has nothing before it.
    since = None if since is None or since // _HOUR_US < begun else since
    first = begun if since is None else since // _HOUR_US
    width = max(last - first, 0) // max(points - 1, 1) + 1
    stretches = conn.execute(
        "SELECT (hour - ?2) / ?3 AS number, max(last_at) AS at, sum(change_minor) AS change, sum(entries) AS entries"
        " FROM period_hours WHERE period_id = ?1 AND hour >= ?2 GROUP BY 1",
        (period, first, width),
    ).fetchall()
    start = _late_start(conn, period, begun)
    if sum(row["entries"] for row in stretches) <= _FINE:
        moved = _movements(conn, period, _SINCE_EVER if since is None else since, start)
    else:
        # The stretch in which the start was booked is left with what else moved in it.
        booked = -1 if start is None else (start.at // _HOUR_US - first) // width
        moved = [
            (row["at"], row["change"] - (start.change if start is not None and row["number"] == booked else 0))
            for row in stretches
            if row["at"] is not None and (since is None or row["at"] >= since)
        ]
        points = len(moved) + 1
    if since is None:
        # The account had it before the first bet, whenever it was booked.
        return _thinned(moved if start is None else [(begun * _HOUR_US, start.change), *moved], points)
    held = _balance(conn, period) - sum(change for _, change in moved)
    return (BalancePoint(from_micros(since), held), *_thinned(moved, points, held))


def _late_start(conn: sqlite3.Connection, period: int, begun: int) -> _Start | None:
    """Imported bets are older than the account they are booked in; None where no entry is."""
    row = conn.execute(
        "SELECT j.id, j.created_at AS at, -sum(p.amount_minor) AS change FROM account_periods r"
        " JOIN journal_entries j ON j.account_id = r.account_id AND j.period_id = r.id"
        "  AND j.idempotency_key BETWEEN ?2 AND ?2 || ':~'"
        " JOIN postings p ON p.entry_id = j.id JOIN ledger_accounts a ON a.id = p.ledger_account_id"
        f" WHERE r.id = ?1 AND a.kind IN {_OUTSIDE} GROUP BY j.id",
        (period, STARTING),
    ).fetchone()
    return None if row is None or row["at"] // _HOUR_US <= begun else _Start(row["id"], row["at"], row["change"])


def _balance(conn: sqlite3.Connection, period: int) -> int:
    return int(
        conn.execute("SELECT ifnull(sum(change_minor), 0) FROM period_hours WHERE period_id = ?", (period,)).fetchone()[
            0
        ]
    )


def _movements(conn: sqlite3.Connection, period: int, since: int, start: _Start | None) -> list[tuple[int, int]]:
    """When the account's own money changed, and by how much; a late `start` is left out."""
    # What the account owns changes by what leaves or enters the accounts outside it, so only those are read.
    rows = conn.execute(
        "SELECT j.created_at AS at, -sum(p.amount_minor) AS change FROM journal_entries j"
        " CROSS JOIN postings p ON p.entry_id = j.id WHERE j.period_id = ? AND j.created_at >= ? AND j.id <> ?"
        # These only move money between the account's own places.
        " AND j.kind NOT IN ('bet_placed', 'reserve', 'release', 'transfer') AND p.ledger_account_id IN"
        f" (SELECT id FROM ledger_accounts WHERE kind IN {_OUTSIDE})"
        " GROUP BY j.id ORDER BY ifnull(j.idempotency_key, '') NOT GLOB ?, j.created_at, j.id",
        (period, since, 0 if start is None else start.entry, f"{STARTING}*"),
    )
    return [(row["at"], row["change"]) for row in rows]


def _thinned(moves: list[tuple[int, int]], points: int, held: int = 0) -> tuple[BalancePoint, ...]:
    """`held` is what there was before the first of them."""
    totals = tuple(accumulate((change for _, change in moves), initial=held))[1:]
    step = max(1, -(-len(moves) // max(points, 2)))
    shown = [*range(0, len(moves) - 1, step), *range(len(moves) - 1, len(moves))] if moves else []
    return tuple(BalancePoint(from_micros(moves[index][0]), totals[index]) for index in shown)
