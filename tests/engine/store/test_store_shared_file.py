"""One file, several programs: a crash half way, a transaction larger than the cache, a long look while others write."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from store_samples import NOW, opened, record

from betting_tui.engine.core.bet_views import Placed
from betting_tui.engine.store import BetFilter, Ledger, ReportFilter
from betting_tui.engine.store.schema import wal_is_safe

ROLLBACK_JOURNAL = not wal_is_safe(sqlite3.sqlite_version_info)

# Dies in the middle of a transaction whose pages have reached the file: the journal holds what they were.
HALF_WAY = """
import os, signal, sqlite3, sys
conn = sqlite3.connect(sys.argv[1], isolation_level=None)
conn.execute("PRAGMA cache_size = 1")
conn.execute("BEGIN IMMEDIATE")
conn.execute("UPDATE bets SET note = 'half way'")
for number in range(2000):
    conn.execute("INSERT INTO notices_sent VALUES (?, 'x', 0)", (str(number) * 20,))
os.kill(os.getpid(), signal.SIGKILL)
"""


def crash_half_way(path: Path) -> None:
    subprocess.run([sys.executable, "-c", HALF_WAY, str(path)], check=False)


def left_over(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir() if not each.name.startswith("ledger.db")]


async def with_a_journal_left_behind(tmp_path: Path) -> Path:
    async with opened(tmp_path) as ledger:
        await ledger.record_bet(record(), NOW)
        path = ledger.path
    crash_half_way(path)
    if ROLLBACK_JOURNAL:
        assert path.with_name("ledger.db-journal").stat().st_size > 0
    return path


class TestAfterACrash:
    async def test_a_viewer_reads_what_was_committed(self, tmp_path: Path) -> None:
        path = await with_a_journal_left_behind(tmp_path)
        viewer = await Ledger.open(path, now=NOW, read_only=True)
        try:
            assert [bet.note for bet in viewer.bets(BetFilter())] == [""]
            assert (await viewer.verify()).problems == ()
        finally:
            await viewer.close()

    async def test_a_viewer_already_open_goes_on_reading(self, tmp_path: Path) -> None:
        async with opened(tmp_path) as ledger:
            await ledger.record_bet(record(), NOW)
            path = ledger.path
        viewer = await Ledger.open(path, now=NOW, read_only=True)
        try:
            assert len(viewer.bets(BetFilter())) == 1
            crash_half_way(path)
            assert [bet.note for bet in viewer.bets(BetFilter())] == [""]
        finally:
            await viewer.close()

    async def test_the_next_writer_finds_the_same(self, tmp_path: Path) -> None:
        path = await with_a_journal_left_behind(tmp_path)
        ledger = await Ledger.open(path, now=NOW)
        try:
            assert [bet.note for bet in ledger.bets(BetFilter())] == [""]
            assert isinstance(await ledger.record_bet(record(key="next"), NOW), Placed)
        finally:
            await ledger.close()

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
    async def test_a_file_that_may_only_be_read_is_read(self, tmp_path: Path) -> None:
        async with opened(tmp_path) as ledger:
            path = ledger.path
        path.chmod(0o400)
        viewer = await Ledger.open(path, now=NOW, read_only=True)
        try:
            assert len(viewer.accounts()) == 1
        finally:
            await viewer.close()


class TestAtTheSameTime:
    async def test_a_transaction_larger_than_the_cache_keeps_nobody_from_reading(self, tmp_path: Path) -> None:
        """An import of ten thousand bets must not freeze the window beside it."""
        async with opened(tmp_path) as ledger:
            viewer = await Ledger.open(ledger.path, now=NOW, read_only=True)
            written, go_on = threading.Event(), threading.Event()

            def long_work(conn: sqlite3.Connection) -> None:
                for number in range(20_000):
                    conn.execute("INSERT INTO notices_sent VALUES (?, 'x', 0)", (str(number) * 40,))
                written.set()
                go_on.wait(20)

            work = ledger._database.submit(long_work)
            await asyncio.to_thread(written.wait, 20)
            begin = time.monotonic()
            try:
                assert len(viewer.accounts()) == 1
                assert time.monotonic() - begin < 1
            finally:
                go_on.set()
                await work
                await viewer.close()

    async def test_a_long_look_keeps_nobody_from_writing(self, tmp_path: Path) -> None:
        async with opened(tmp_path) as ledger:
            looking, go_on = threading.Event(), threading.Event()

            def long_look(conn: sqlite3.Connection) -> int:
                count = int(conn.execute("SELECT count(*) FROM bets").fetchone()[0])
                looking.set()
                go_on.wait(20)
                return count - int(conn.execute("SELECT count(*) FROM bets").fetchone()[0])

            look = asyncio.ensure_future(ledger._database.read_in_thread(long_look))
            await asyncio.to_thread(looking.wait, 20)
            begin = time.monotonic()
            try:
                assert isinstance(await ledger.record_bet(record(), NOW), Placed)
                assert time.monotonic() - begin < 1
            finally:
                go_on.set()
            assert await look == 0
            assert left_over(tmp_path) == []

    async def test_what_a_viewer_looks_at_is_one_state(self, tmp_path: Path) -> None:
        async with opened(tmp_path) as ledger:
            viewer = await Ledger.open(ledger.path, now=NOW, read_only=True)
            try:
                for number in range(30):
                    await ledger.record_bet(record(key=str(number), stake=100), NOW + timedelta(seconds=number))
                    money = viewer.bankroll("main")
                    assert money.available_minor + money.exposure_minor == money.bankroll_minor == 1_000_000
                    assert money.exposure_minor == 100 * money.open_bets == 100 * (number + 1)
            finally:
                await viewer.close()

    async def test_no_answer_outlives_a_write_of_either(self, tmp_path: Path) -> None:
        async with opened(tmp_path) as ledger:
            other = await Ledger.open(ledger.path, now=NOW)
            try:
                for number, writer in enumerate((ledger, other, ledger), start=1):
                    await writer.record_bet(record(key=str(number), stake=100), NOW)
                    for each in (ledger, other):
                        assert each.bankroll("main").open_bets == number
                        assert each.report(ReportFilter("main")).open_bets == number
            finally:
                await other.close()
