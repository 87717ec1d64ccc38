"""An account's bankroll over time."""

from __future__ import annotations

import sqlite3
from itertools import accumulate

from betting_tui.engine.core.money_views import BalancePoint
from betting_tui.engine.core.times import from_micros

_HOUR_US = 3_600_000_000
_SINCE_EVER = -(2**62)
# Up to so many entries each movement is read; of a longer history the kept hours are.
_FINE = 4_000


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
    stretches = conn.execute(
        "SELECT max(last_at) AS at, sum(change_minor) AS change, sum(entries) AS entries FROM period_hours"
        " WHERE period_id = ?1 AND hour >= ?2 GROUP BY (hour - ?2) / ?3",
        (period, first, max(last - first, 0) // max(points - 1, 1) + 1),
    ).fetchall()
    if sum(row["entries"] for row in stretches) <= _FINE:
        moved = _movements(conn, period, _SINCE_EVER if since is None else since)
    else:
        moved = [
            (row["at"], row["change"])
            for row in stretches
            if row["at"] is not None and (since is None or row["at"] >= since)
        ]
        points = len(moved)
    if since is None:
        return _thinned(moved, points)
    held = _balance(conn, period) - sum(change for _, change in moved)
    return (BalancePoint(from_micros(since), held), *_thinned(moved, points, held))


def _balance(conn: sqlite3.Connection, period: int) -> int:
    return int(
        conn.execute("SELECT ifnull(sum(change_minor), 0) FROM period_hours WHERE period_id = ?", (period,)).fetchone()[
            0
        ]
    )


def _movements(conn: sqlite3.Connection, period: int, since: int) -> list[tuple[int, int]]:
    """When the account's own money changed, and by how much."""
    # The starting bankroll comes first even where imported bets are older than the account.
    # What the account owns changes by what leaves or enters the accounts outside it, so only those are read.
    rows = conn.execute(
        "SELECT j.created_at AS at, -sum(p.amount_minor) AS change FROM journal_entries j"
        " CROSS JOIN postings p ON p.entry_id = j.id WHERE j.period_id = ? AND j.created_at >= ?"
        # These only move money between the account's own places.
        " AND j.kind NOT IN ('bet_placed', 'reserve', 'release', 'transfer') AND p.ledger_account_id IN"
        " (SELECT id FROM ledger_accounts WHERE kind IN ('house', 'external', 'bonus', 'fees'))"
        " GROUP BY j.id ORDER BY ifnull(j.idempotency_key, '') NOT GLOB 'starting-bankroll*', j.created_at, j.id",
        (period, since),
    )
    return [(row["at"], row["change"]) for row in rows]


def _thinned(moves: list[tuple[int, int]], points: int, held: int = 0) -> tuple[BalancePoint, ...]:
    """`held` is what there was before the first of them."""
    totals = tuple(accumulate((change for _, change in moves), initial=held))[1:]
    step = max(1, -(-len(moves) // max(points, 2)))
    shown = [*range(0, len(moves) - 1, step), *range(len(moves) - 1, len(moves))] if moves else []
    return tuple(BalancePoint(from_micros(moves[index][0]), totals[index]) for index in shown)
