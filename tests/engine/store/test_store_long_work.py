"""Long work tells how far it is, ends when nobody waits for it, and then leaves nothing."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from store_samples import NOW, opened

from betting_tui.engine.core.progress import Progress, Stopped, silent, watched
from betting_tui.engine.store import Ledger
from betting_tui.engine.store.backups import restore
from betting_tui.engine.store.database import Asker
from betting_tui.engine.store.files import new_private_file
from betting_tui.engine.store.long_work import LongWork
from betting_tui.engine.store.schema import back_up

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


def stop(done: int, total: int, what: str) -> None:
    raise Stopped


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


async def given_up(begin: Callable[[Progress], Awaitable[object]]) -> None:
    """Stop waiting as soon as the work says a word."""
    said = asyncio.Event()
    task = asyncio.ensure_future(begin(lambda done, total, what: said.set()))
    await said.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_statement_nobody_waits_for_is_broken_off(ledger: Ledger) -> None:
    def look(conn: sqlite3.Connection, told: Progress) -> None:
        told(0, 0, "Looking")
        conn.execute(ENDLESS).fetchone()

    def steps(ask: Asker, told: Progress) -> None:
        told(0, 0, "Looking")
        ask(lambda conn: conn.execute(ENDLESS).fetchone())

    await given_up(lambda heard: ledger._database.read_long(look, heard))
    await given_up(lambda heard: ledger._database.read_in_steps(steps, heard))


async def test_a_use_case_nobody_waits_for_is_undone_and_the_next_one_done(ledger: Ledger) -> None:
    def add(conn: sqlite3.Connection, told: Progress) -> None:
        conn.execute("INSERT INTO meta (key, value) VALUES ('half', 'done')")
        told(0, 0, "Adding")
        conn.execute(ENDLESS).fetchone()

    await given_up(lambda heard: ledger._database.write_long(add, heard))
    assert ledger._database.read(lambda conn: conn.execute("SELECT * FROM meta WHERE key = 'half'").fetchone()) is None
    assert await ledger._database.write(lambda conn: conn.execute("SELECT 1").fetchone()[0]) == 1
    assert (await ledger.verify()).ok


async def test_what_was_done_before_it_could_be_stopped_is_answered(ledger: Ledger) -> None:
    said, go_on = asyncio.Event(), threading.Event()

    def add(conn: sqlite3.Connection, told: Progress) -> str:
        conn.execute("INSERT INTO meta (key, value) VALUES ('all', 'done')")
        told(1, 1, "Adding")
        go_on.wait()
        return "done"

    task = asyncio.ensure_future(ledger._database.write_long(add, lambda done, total, what: said.set()))
    await said.wait()
    task.cancel()
    asyncio.get_running_loop().call_soon(go_on.set)
    assert await task == "done"
    assert task.cancelling() == 0
    assert ledger._database.read(lambda conn: conn.execute("SELECT 1 FROM meta WHERE key = 'all'").fetchone())


async def test_each_hundredth_is_heard_once_and_nothing_after_the_end(ledger: Ledger) -> None:
    heard: list[tuple[int, str]] = []

    def count(conn: sqlite3.Connection, told: Progress) -> None:
        for done in range(1_001):
            told(done, 1_000, "Counting")

    await ledger._database.read_long(count, lambda done, total, what: heard.append((100 * done // total, what)))
    assert heard == [(share, "Counting") for share in range(101)]


async def test_verify_tells_its_parts(ledger: Ledger) -> None:
    parts: list[str] = []
    assert (await ledger.verify(lambda done, total, what: parts.append(what))).ok
    assert parts[0] == "Checking the file"
    assert {"Checking postings", "Checking bets", "Checking kept sums"} <= set(parts)


async def test_a_copy_that_is_stopped_leaves_no_file(ledger: Ledger, tmp_path: Path) -> None:
    (folder := tmp_path / "copies").mkdir()

    def copy(conn: sqlite3.Connection) -> None:
        back_up(conn, folder / "copy.db", stop)

    with pytest.raises(Stopped):
        await ledger._database.read_in_thread(copy)
    assert names(folder) == set()
    await ledger.backup(folder / "copy.db")
    assert names(folder) == {"copy.db"}


async def test_a_copy_that_is_not_put_in_place_leaves_the_ledger_as_it_was(tmp_path: Path) -> None:
    async with opened(tmp_path) as ledger:
        copy, path = tmp_path / "copy.db", ledger.path
        await ledger.backup(copy)
    before, there = path.read_bytes(), names(tmp_path)
    stopped = LongWork(None)
    stopped.stop()
    with pytest.raises(Stopped):
        restore(path, copy, "live", NOW, stopped)
    assert path.read_bytes() == before
    # The lock is one that stays.
    assert names(tmp_path) - there <= {"engine.lock"}


def test_a_file_that_is_not_written_to_its_end_was_never_there(tmp_path: Path) -> None:
    def half(path: Path) -> None:
        with new_private_file(path) as stream:
            stream.write(b"half")
            assert not path.exists()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        half(tmp_path / "bets.json")
    assert names(tmp_path) == set()


def test_items_pass_through_and_are_counted_at_both_ends() -> None:
    told: list[tuple[int, int]] = []
    items = list(watched("abcde", 5, lambda done, total, what: told.append((done, total)), "Reading", every=2))
    assert items == list("abcde")
    assert told == [(0, 5), (2, 5), (4, 5), (5, 5)]
    assert list(watched("ab", 0, silent, "Reading")) == ["a", "b"]
