"""What a run that did not end in order left behind."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from betting_tui.engine.core.status_views import Recovery
from betting_tui.engine.core.times import betting_day, from_micros, to_micros, zone_of
from betting_tui.engine.store.diary import newest_moment
from betting_tui.engine.store.identities import event_of
from betting_tui.engine.store.ledger import balances
from betting_tui.engine.store.shapes import AccountRow

_OPEN_LEGS = (
    "FROM bets b JOIN legs g ON g.order_id = b.order_id JOIN selections s ON s.id = g.selection_id"
    " JOIN lines l ON l.id = s.line_id JOIN events e ON e.id = l.event_id"
    " WHERE b.account_id = ? AND b.state IN ('pending', 'review')"
)


def left_behind(conn: sqlite3.Connection, owner: AccountRow, now: datetime, day_starts_at: str) -> Recovery | None:
    """None when the last run ended in order, was recovered from already, or there was none.

    Only where no engine runs: a run still going looks like one that broke off.
    """
    row = conn.execute("SELECT seen_at, ended_at, recovered_at FROM runs ORDER BY id DESC LIMIT 1").fetchone()
    if row is None or row["ended_at"] is not None or row["recovered_at"] is not None:
        return None
    # The run notes now and then only that it is there: what it kept since tells that it still was.
    stopped, newest = from_micros(row["seen_at"]), newest_moment(conn)
    if newest is not None and newest <= now:
        stopped = max(stopped, newest)
    zone = zone_of(owner.time_zone)
    days = betting_day(now, day_starts_at, zone) - betting_day(stopped, day_starts_at, zone)
    held = balances(conn, owner.id)
    return Recovery(
        stopped_at=stopped,
        found_at=now,
        account=owner.name,
        currency=owner.currency,
        open_bets=held.open_bets,
        exposure_minor=_held_for_bets(conn, owner.id),
        working_orders=_working_orders(conn, owner.id),
        missed_closes=_started_between(conn, owner.id, stopped, now),
        awaited_results=_awaited_results(conn, owner.id, now),
        limit_resets=max(0, days.days),
    )


def recover(conn: sqlite3.Connection, now: datetime) -> bool:
    """End what the dead run left open. False, and not a row changed, when there is nothing to do."""
    dead = conn.execute("SELECT max(seen_at) FROM runs WHERE ended_at IS NULL AND recovered_at IS NULL").fetchone()[0]
    if dead is None:
        return False
    # Nobody saw them after the run had stopped, however long their prices would have been good for.
    conn.execute(
        "UPDATE opportunities SET expired_at = max(updated_at, min(expires_at, ?)) WHERE expired_at IS NULL", (dead,)
    )
    conn.execute(
        "UPDATE runs SET recovered_at = ? WHERE ended_at IS NULL AND recovered_at IS NULL", (max(dead, to_micros(now)),)
    )
    return True


def _held_for_bets(conn: sqlite3.Connection, account_id: int) -> int:
    row = conn.execute(
        "SELECT ifnull(sum(risk_minor), 0) FROM bets WHERE account_id = ? AND state IN ('pending', 'review')",
        (account_id,),
    ).fetchone()
    return int(row[0])


def _working_orders(conn: sqlite3.Connection, account_id: int) -> int:
    row = conn.execute(
        "SELECT count(*) FROM orders o JOIN placements p ON p.id = o.placement_id"
        " WHERE p.account_id = ? AND o.state IN ('working', 'part_filled')",
        (account_id,),
    ).fetchone()
    return int(row[0])


def _started_between(conn: sqlite3.Connection, account_id: int, stopped: datetime, now: datetime) -> tuple[str, ...]:
    rows = conn.execute(
        f"SELECT DISTINCT e.* {_OPEN_LEGS} AND e.commence_at > ? AND e.commence_at <= ? ORDER BY e.commence_at, e.id",
        (account_id, to_micros(stopped), to_micros(now)),
    )
    return tuple(event_of(row).name for row in rows)


def _awaited_results(conn: sqlite3.Connection, account_id: int, now: datetime) -> int:
    row = conn.execute(
        f"SELECT count(DISTINCT b.id) {_OPEN_LEGS} AND e.commence_at <= ?", (account_id, to_micros(now))
    ).fetchone()
    return int(row[0])
