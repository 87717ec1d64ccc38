"""What the archive lets go of: what is too old, and beyond its size the oldest; a little at a time.

Entries of a recording have no age. Beyond the size the oldest go that no recording has, then the oldest at all.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from betting_tui.engine.core.times import to_micros

# Each step is one transaction beside the day's writing, and must be over in some milliseconds.
_ENTRIES = 500
_BYTES = 4_000_000
_PAGES = 500
_RECORDED = "EXISTS (SELECT 1 FROM recordings r WHERE i.seq BETWEEN r.first_seq AND coalesce(r.last_seq, i.seq))"


class Limits(Struct, frozen=True):
    """What the archive may keep; None: without end."""

    max_bytes: int | None = None
    max_age: timedelta | None = None

    @property
    def none(self) -> bool:
        return self.max_bytes is None and self.max_age is None


class Trimmed(Struct, frozen=True):
    """What one step did: how many entries went, how many of them recordings had, and whether there is more to do."""

    entries: int
    recorded: int
    more: bool


class _Dropped(Struct, frozen=True):
    seqs: tuple[int, ...]
    bodies: frozenset[int]


def trim_step(conn: sqlite3.Connection, limits: Limits, now: datetime, own_run: int | None) -> Trimmed:
    """Drop a little of what is beyond the limits, and give its space back to the disk."""
    dropped, recorded = _oldest_beyond(conn, limits, now)
    if dropped.seqs:
        _delete(conn, dropped)
        return Trimmed(len(dropped.seqs), recorded, more=True)
    if limits.max_age is not None:
        _forget_empty_runs(conn, to_micros(now - limits.max_age), own_run)
    return Trimmed(0, 0, more=_give_back(conn))


def _oldest_beyond(conn: sqlite3.Connection, limits: Limits, now: datetime) -> tuple[_Dropped, int]:
    if limits.max_age is not None:
        border = to_micros(now - limits.max_age)
        old = _some(conn, f"i.at < ? AND NOT {_RECORDED} ORDER BY i.at", (border,), _BYTES)
        if old.seqs:
            return old, 0
    excess = 0 if limits.max_bytes is None else _used_bytes(conn) - limits.max_bytes
    if excess <= 0:
        return _Dropped((), frozenset()), 0
    # The newest entry stays, whatever its size: a number is never used twice.
    newest = conn.execute("SELECT max(seq) FROM inbox").fetchone()[0]
    free = _some(conn, f"i.seq < ? AND NOT {_RECORDED} ORDER BY i.seq", (newest,), excess)
    if free.seqs:
        return free, 0
    recorded = _some(conn, "i.seq < ? ORDER BY i.seq", (newest,), excess)
    conn.executemany(
        "UPDATE recordings SET lost = lost + 1 WHERE ?1 BETWEEN first_seq AND coalesce(last_seq, ?1)",
        [(seq,) for seq in recorded.seqs],
    )
    return recorded, len(recorded.seqs)


def _some(conn: sqlite3.Connection, condition: str, values: Sequence[object], wanted: int) -> _Dropped:
    """The first of them, until they make up the bytes wanted or what one step may drop; at least one if there is."""
    seqs: list[int] = []
    bodies: set[int] = set()
    size = 0
    for row in conn.execute(
        "SELECT i.seq, i.body_id, length(b.compressed) AS size FROM inbox i JOIN bodies b ON b.id = i.body_id"
        f" WHERE {condition} LIMIT {_ENTRIES}",
        values,
    ):
        seqs.append(row["seq"])
        bodies.add(row["body_id"])
        size += row["size"]
        if size >= min(wanted, _BYTES):
            break
    return _Dropped(tuple(seqs), frozenset(bodies))


def _delete(conn: sqlite3.Connection, dropped: _Dropped) -> None:
    conn.executemany("DELETE FROM inbox WHERE seq = ?", [(seq,) for seq in dropped.seqs])
    conn.executemany(
        "DELETE FROM bodies WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM inbox WHERE body_id = ?1)",
        [(body,) for body in sorted(dropped.bodies)],
    )


def _forget_empty_runs(conn: sqlite3.Connection, border: int, own_run: int | None) -> None:
    """Every command that looks at the ledger is a run; most leave nothing behind. The newest keeps the numbering."""
    conn.execute(
        "DELETE FROM runs WHERE id IN (SELECT id FROM runs WHERE started_at < ?1 AND id IS NOT ?2"
        " AND id < (SELECT max(id) FROM runs) AND NOT EXISTS (SELECT 1 FROM inbox WHERE run_id = runs.id)"
        f" LIMIT {_ENTRIES})",
        (border, own_run),
    )


def _give_back(conn: sqlite3.Connection) -> bool:
    """Whether free pages are left for another step."""
    free = int(conn.execute("PRAGMA freelist_count").fetchone()[0])
    # The statement gives back a page a step, and Python's driver takes one step of it only.
    for _ in range(min(free, _PAGES)):
        conn.execute("PRAGMA incremental_vacuum")
    left = int(conn.execute("PRAGMA freelist_count").fetchone()[0])
    # A file that was made without the means to shrink keeps its pages for what comes.
    return 0 < left < free


def _used_bytes(conn: sqlite3.Connection) -> int:
    size, pages, free = (
        int(conn.execute(f"PRAGMA {name}").fetchone()[0]) for name in ("page_size", "page_count", "freelist_count")
    )
    return (pages - free) * size
