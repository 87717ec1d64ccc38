"""What the engine notes of itself: credits spent, notices told, runs, and who did what."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from betting_tui.engine.core.ports import CreditReading
from betting_tui.engine.core.times import from_micros, to_micros
from betting_tui.engine.store.identities import inserted, moment
from betting_tui.engine.store.shapes import RunRow

# Credits that questions under way at once may take: a total that is lower by no more than that was told out of turn.
_OVERTAKEN = 20


def note_credits(conn: sqlite3.Connection, source: str, reading: CreditReading, now: datetime) -> None:
    """Book a reading with what was charged since the one before: by the feed's own total where it tells one, so that
    an answer that was lost on its way is booked with the next."""
    booked = _booked(conn, source, reading, now)
    conn.execute(
        "INSERT INTO credits (source, at, used, remaining, cost) VALUES (?, ?, ?, ?, ?)",
        (source, to_micros(now), booked.used, booked.remaining, booked.last_cost),
    )


def _booked(conn: sqlite3.Connection, source: str, reading: CreditReading, now: datetime) -> CreditReading:
    """The reading with its true cost; one that was overtaken by a later one says again what that one said."""
    before = conn.execute(
        "SELECT id, at, used, remaining FROM credits WHERE source = ? AND used IS NOT NULL ORDER BY id DESC LIMIT 1",
        (source,),
    ).fetchone()
    if reading.used is None or before is None:
        return reading
    # What answers without a total were charged is part of the next total.
    told = conn.execute(
        "SELECT ifnull(sum(cost), 0) FROM credits WHERE source = ? AND id > ?", (source, before["id"])
    ).fetchone()[0]
    total = int(before["used"]) + int(told)
    if reading.used >= total:
        return msgspec.structs.replace(reading, last_cost=reading.used - total)
    if total - reading.used <= _OVERTAKEN and _same_month(from_micros(before["at"]), now):
        return CreditReading(before["used"], before["remaining"], 0)
    # A new month's total begins at nothing.
    return msgspec.structs.replace(reading, last_cost=reading.used)


def _same_month(one: datetime, other: datetime) -> bool:
    return (one.astimezone(UTC).year, one.astimezone(UTC).month) == (
        other.astimezone(UTC).year,
        other.astimezone(UTC).month,
    )


def credits_spent(conn: sqlite3.Connection, source: str, since: datetime) -> int:
    row = conn.execute(
        "SELECT ifnull(sum(cost), 0) FROM credits WHERE source = ? AND at >= ?", (source, to_micros(since))
    ).fetchone()
    return int(row[0])


def last_credits(conn: sqlite3.Connection, source: str, since: datetime | None = None) -> CreditReading | None:
    """The newest reading that says what is left."""
    row = conn.execute(
        "SELECT used, remaining, cost FROM credits WHERE source = ? AND remaining IS NOT NULL AND at >= ?"
        " ORDER BY at DESC, id DESC LIMIT 1",
        (source, 0 if since is None else to_micros(since)),
    ).fetchone()
    return None if row is None else CreditReading(row["used"], row["remaining"], row["cost"])


def mark_notice(conn: sqlite3.Connection, key: str, kind: str, now: datetime) -> bool:
    added = conn.execute(
        "INSERT INTO notices_sent (key, kind, sent_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        (key, kind, to_micros(now)),
    ).rowcount
    return added == 1


def told_notices(conn: sqlite3.Connection, keys: Sequence[str]) -> frozenset[str]:
    """Those of them that were told."""
    marks = ", ".join("?" * len(keys))
    return frozenset(row["key"] for row in conn.execute(f"SELECT key FROM notices_sent WHERE key IN ({marks})", keys))


def forget_notices(conn: sqlite3.Connection, kind: str, but: Sequence[str]) -> None:
    told = conn.execute("SELECT key FROM notices_sent WHERE kind = ?", (kind,)).fetchall()
    gone = {row["key"] for row in told}.difference(but)
    conn.executemany("DELETE FROM notices_sent WHERE key = ?", [(key,) for key in sorted(gone)])


def start_run(conn: sqlite3.Connection, mode: str, version: str, now: datetime) -> RunRow:
    """Opportunities that an earlier run left open ended no later than they expired."""
    at = to_micros(now)
    conn.execute(
        "UPDATE opportunities SET expired_at = max(updated_at, min(expires_at, ?)) WHERE expired_at IS NULL", (at,)
    )
    run = inserted(
        conn, "INSERT INTO runs (mode, version, started_at, seen_at) VALUES (?, ?, ?, ?)", (mode, version, at, at)
    )
    return RunRow(run, mode, version, now, now, None)


def touch_run(conn: sqlite3.Connection, run: RunRow, now: datetime) -> RunRow | None:
    """The run as it is now; None when this file does not have it as it was last touched: it is another one, or an
    older copy, put in the place of the one that was opened."""
    seen = max(run.seen_at, now)
    touched = conn.execute(
        "UPDATE runs SET seen_at = ? WHERE id = ? AND started_at = ? AND seen_at = ? AND ended_at IS NULL",
        (to_micros(seen), run.id, to_micros(run.started_at), to_micros(run.seen_at)),
    ).rowcount
    return msgspec.structs.replace(run, seen_at=seen) if touched == 1 else None


def end_run(conn: sqlite3.Connection, run: RunRow, now: datetime) -> None:
    conn.execute(
        "UPDATE runs SET seen_at = max(seen_at, ?1), ended_at = max(seen_at, ?1) WHERE id = ?2 AND started_at = ?3",
        (to_micros(now), run.id, to_micros(run.started_at)),
    )


def last_run(conn: sqlite3.Connection) -> RunRow | None:
    row = conn.execute("SELECT * FROM runs ORDER BY id DESC LIMIT 1").fetchone()
    if row is None:
        return None
    return RunRow(
        id=row["id"],
        mode=row["mode"],
        version=row["version"],
        started_at=from_micros(row["started_at"]),
        seen_at=from_micros(row["seen_at"]),
        ended_at=moment(row["ended_at"]),
        recovered_at=moment(row["recovered_at"]),
    )


def newest_moment(conn: sqlite3.Connection) -> datetime | None:
    """The latest time anything here happened at; None in a file nobody has used."""
    newest = conn.execute(
        "SELECT max(at) FROM (SELECT max(max(seen_at, ifnull(recovered_at, 0))) AS at FROM runs"
        " UNION ALL SELECT max(created_at) FROM journal_entries UNION ALL SELECT max(created_at) FROM placements"
        " UNION ALL SELECT max(updated_at) FROM opportunities UNION ALL SELECT max(received_at) FROM results)"
    ).fetchone()[0]
    return moment(newest)


def audit(conn: sqlite3.Connection, now: datetime, created_by: str, action: str, target: str, detail: str = "") -> None:
    conn.execute(
        "INSERT INTO audit (at, created_by, action, target, detail) VALUES (?, ?, ?, ?, ?)",
        (to_micros(now), created_by, action, target, detail),
    )


def probe_take(conn: sqlite3.Connection) -> None:
    """Write what makes the file grow, as a bet would."""
    conn.execute("INSERT OR REPLACE INTO meta (key, value) VALUES ('probe', hex(zeroblob(16384)))")


def probe_give(conn: sqlite3.Connection) -> None:
    conn.execute("DELETE FROM meta WHERE key = 'probe'")
