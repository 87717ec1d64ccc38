"""Packing the ledger's pages: rows that were appended or grew leave room that only writing the file anew gives back."""

from __future__ import annotations

import sqlite3

# Writing a bigger file anew would keep placements waiting for more than a second.
_LARGEST_BYTES = 64_000_000
_SMALLEST_BYTES = 1_000_000
_WORTH_SHARE = 0.05
# What a file that was just packed leaves empty: a row is not torn apart to fill a page.
_ALWAYS_EMPTY_SHARE = 0.04


def compact(conn: sqlite3.Connection) -> bool:
    """Write the file anew where that makes it at least a twentieth smaller. Outside any transaction.

    False when it is not worth it, when another program is using the file right now, and when the disk is full: the
    file is then as it was.
    """
    patience = _pragma(conn, "busy_timeout")
    # Whoever is at work now goes first: packing waits for another day.
    conn.execute("PRAGMA busy_timeout = 0")
    try:
        if worth_it := _worth_it(conn):
            conn.execute("VACUUM")
    except sqlite3.OperationalError:
        return False
    finally:
        conn.execute(f"PRAGMA busy_timeout = {patience}")
        # The look at every page has filled the cache, which stays as it is for good.
        conn.execute("PRAGMA shrink_memory")
    return worth_it


def _worth_it(conn: sqlite3.Connection) -> bool:
    size = _pragma(conn, "page_count") * _pragma(conn, "page_size")
    if not _SMALLEST_BYTES <= size <= _LARGEST_BYTES:
        return False
    return _empty_bytes(conn) >= (_WORTH_SHARE + _ALWAYS_EMPTY_SHARE) * size


def _empty_bytes(conn: sqlite3.Connection) -> int:
    """Free pages, and what is free within the others where this SQLite can tell."""
    free = _pragma(conn, "freelist_count") * _pragma(conn, "page_size")
    try:
        unused = conn.execute("SELECT sum(unused) FROM dbstat WHERE aggregate = TRUE").fetchone()[0]
    except sqlite3.OperationalError:
        unused = 0
    return free + int(unused or 0)


def _pragma(conn: sqlite3.Connection, name: str) -> int:
    return int(conn.execute(f"PRAGMA {name}").fetchone()[0])
