"""Packing the ledger's file: smaller, with the same rows, and never in anybody's way."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from store_samples import NOW, bet_of, record

from betting_tui.engine.store import Ledger
from betting_tui.engine.store.compaction import compact

FILLER = b"x" * 900


def loosen(path: Path, rows: int = 4_000) -> None:
    """Leave free pages in the file, as what was taken out of it does."""
    conn = sqlite3.connect(path)
    with conn:
        conn.execute("CREATE TABLE filler (content BLOB)")
        conn.executemany("INSERT INTO filler VALUES (?)", [(FILLER,)] * rows)
    with conn:
        conn.execute("DROP TABLE filler")
    conn.close()


async def test_a_loose_file_is_packed_with_every_row_in_place(ledger: Ledger) -> None:
    bet = bet_of(await ledger.record_bet(record(), NOW))
    loosen(ledger.path)
    before = ledger.path.stat().st_ino
    loose = ledger._database.size_bytes
    assert await ledger.compact()
    await ledger.record_bet(record(key="later"), NOW)
    assert ledger.bet(bet.id) == bet
    assert (await ledger.verify()).problems == ()
    assert not ledger.replaced()
    path = ledger.path
    await ledger.close()
    assert path.stat().st_size < loose / 2
    assert path.stat().st_ino == before


async def test_a_packed_or_small_file_is_left_alone(ledger: Ledger) -> None:
    assert not await ledger.compact()
    loosen(ledger.path)
    assert await ledger.compact()
    assert not await ledger.compact()


@pytest.mark.parametrize("lock", ["IMMEDIATE", "EXCLUSIVE"])
async def test_another_program_at_work_is_not_waited_for(ledger: Ledger, lock: str) -> None:
    loosen(ledger.path)
    other = sqlite3.connect(ledger.path, isolation_level=None)
    before = ledger.export_ledger("json")
    other.execute("PRAGMA busy_timeout = 1000")
    other.execute(f"BEGIN {lock}")
    try:
        assert not await ledger.compact()
    finally:
        other.execute("ROLLBACK")
        other.close()
    assert ledger.export_ledger("json") == before
    patience = await ledger._database.submit(
        lambda conn: conn.execute("PRAGMA busy_timeout").fetchone()[0], transaction=False
    )
    assert patience > 0
    assert await ledger.compact()


def test_without_page_statistics_free_pages_still_count(tmp_path: Path) -> None:
    conn = sqlite3.connect(tmp_path / "file.db", isolation_level=None)
    conn.execute("CREATE TABLE kept (content BLOB)")
    conn.execute("BEGIN")
    conn.executemany("INSERT INTO kept VALUES (?)", [(FILLER,)] * 2_000)
    conn.execute("COMMIT")
    conn.set_authorizer(lambda _, table, *__: sqlite3.SQLITE_IGNORE if table == "dbstat" else sqlite3.SQLITE_OK)
    assert not compact(conn)
    conn.execute("DELETE FROM kept WHERE rowid > 500")
    assert compact(conn)
    conn.close()
