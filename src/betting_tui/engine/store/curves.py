"""An account's bankroll over time."""

from __future__ import annotations

import sqlite3
from itertools import accumulate

from betting_tui.engine.core.money_views import BalancePoint
from betting_tui.engine.core.times import from_micros

# Up to so many entries each movement is read; of a longer history the kept hours are.
_FINE = 4_000


def curve(conn: sqlite3.Connection, period: int, points: int) -> tuple[BalancePoint, ...]:
    """The bankroll after each movement that changed it, by time; thinned evenly, first and last kept.

    A long history has one point for each of at most `points` equal stretches of whole hours: what there was at its
    last movement.
    """
    (first,) = conn.execute("SELECT min(hour) FROM period_hours WHERE period_id = ?", (period,)).fetchone()
    (last,) = conn.execute("SELECT max(hour) FROM period_hours WHERE period_id = ?", (period,)).fetchone()
    if first is None:
        return ()
    stretches = conn.execute(
        "SELECT max(last_at) AS at, sum(change_minor) AS change, sum(entries) AS entries FROM period_hours"
        " WHERE period_id = ?1 GROUP BY (hour - ?2) / ?3",
        (period, first, (last - first) // max(points - 1, 1) + 1),
    ).fetchall()
    if sum(row["entries"] for row in stretches) <= _FINE:
        return _thinned(_movements(conn, period), points)
    moved = [(row["at"], row["change"]) for row in stretches if row["at"] is not None]
    return _thinned(moved, len(moved))


def _movements(conn: sqlite3.Connection, period: int) -> list[tuple[int, int]]:
    """When the account's own money changed, and by how much."""
    # The starting bankroll comes first even where imported bets are older than the account.
    # What the account owns changes by what leaves or enters the accounts outside it, so only those are read.
    rows = conn.execute(
        "SELECT j.created_at AS at, -sum(p.amount_minor) AS change FROM journal_entries j"
        " CROSS JOIN postings p ON p.entry_id = j.id WHERE j.period_id = ?"
        # These only move money between the account's own places.
        " AND j.kind NOT IN ('bet_placed', 'reserve', 'release', 'transfer') AND p.ledger_account_id IN"
        " (SELECT id FROM ledger_accounts WHERE kind IN ('house', 'external', 'bonus', 'fees'))"
        " GROUP BY j.id ORDER BY ifnull(j.idempotency_key, '') NOT GLOB 'starting-bankroll*', j.created_at, j.id",
        (period,),
    )
    return [(row["at"], row["change"]) for row in rows]


def _thinned(moves: list[tuple[int, int]], points: int) -> tuple[BalancePoint, ...]:
    totals = tuple(accumulate(change for _, change in moves))
    step = max(1, -(-len(moves) // max(points, 2)))
    shown = [*range(0, len(moves) - 1, step), *range(len(moves) - 1, len(moves))]
    return tuple(BalancePoint(from_micros(moves[index][0]), totals[index]) for index in shown)
