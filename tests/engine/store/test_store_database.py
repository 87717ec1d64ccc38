"""The file itself: who may read it, which file is accepted, how writes queue, what is said when the disk refuses."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from store_samples import AFTER, GAME, NOW, fill, leg, opened, place, placed, record, score

from betting_tui.engine.core.bet_views import NotPlaced, Placed
from betting_tui.engine.core.errors import LedgerError, LedgerReadOnly
from betting_tui.engine.store import BetFilter, EngineLock, Ledger
from betting_tui.engine.store.database import Database
from betting_tui.engine.store.schema import LEDGER, migrations, wal_is_safe


@pytest.fixture(params=[0o000, 0o022, 0o077])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


class TestFile:
    @pytest.mark.skipif(sys.platform == "win32", reason="rights are kept otherwise there")
    async def test_only_the_owner_may_read_it_whatever_the_umask(self, tmp_path: Path, umask: int) -> None:
        folder = tmp_path / "deep" / "data"
        async with opened(folder) as ledger:
            await ledger.backup(folder / "backups" / "copy.db")
            await ledger.record_bet(record(), NOW)
            lock = EngineLock(folder)
            assert lock.acquire("app", NOW)
            lock.release()
            assert [mode_of(path) for path in folder.rglob("*.db*")] == [0o600] * len(list(folder.rglob("*.db*")))
            assert mode_of(folder / "engine.lock") == 0o600
            assert {mode_of(path) for path in (folder, folder.parent, folder / "backups")} == {0o700}

    async def test_a_newer_file_is_refused_and_left_alone(self, tmp_path: Path) -> None:
        async with opened(tmp_path):
            pass
        path = tmp_path / "ledger.db"
        with sqlite3.connect(path) as direct:
            direct.execute("PRAGMA user_version = 99")
        direct.close()
        before = path.read_bytes()
        for read_only in (False, True):
            with pytest.raises(LedgerError, match="newer betting-tui"):
                await Ledger.open(path, now=NOW, read_only=read_only)
        assert path.read_bytes() == before

    async def test_a_file_of_another_program_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "ledger.db"
        with sqlite3.connect(path) as direct:
            direct.execute("CREATE TABLE songs (title)")
        direct.close()
        with pytest.raises(LedgerError, match="not a ledger of this program"):
            await Ledger.open(path, now=NOW)

    @pytest.mark.parametrize("harm", ["text", "truncated", "zeroed page", "header"])
    async def test_a_damaged_file_is_found_before_the_first_write(self, tmp_path: Path, harm: str) -> None:
        async with opened(tmp_path) as ledger:
            for number in range(50):
                await ledger.record_bet(record(key=str(number), stake=100), NOW)
        path = tmp_path / "ledger.db"
        data = bytearray(path.read_bytes())
        match harm:
            case "text":
                data = bytearray(b"this is no ledger, it is a shopping list" * 100)
            case "truncated":
                del data[len(data) // 2 :]
            case "zeroed page":
                data[4096 * 5 : 4096 * 6] = bytes(4096)
            case _:
                data[:100] = bytes(100)
        path.write_bytes(data)
        with pytest.raises(LedgerError, match=r"is damaged"):
            await Ledger.open(path, now=NOW)
        assert path.read_bytes() == data

    async def test_the_mode_is_kept_inside_the_file(self, tmp_path: Path) -> None:
        async with opened(tmp_path):
            pass
        with pytest.raises(LedgerError, match="is a live ledger, not a demo one"):
            await Ledger.open(tmp_path / "ledger.db", now=NOW, mode="demo")

    async def test_an_older_file_is_copied_before_it_is_brought_up_to_date(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with opened(tmp_path) as ledger:
            await ledger.record_bet(record(), NOW)
        number = migrations(LEDGER)[-1][0]
        newer = [*migrations(LEDGER), (number + 1, "CREATE TABLE later (id INTEGER PRIMARY KEY) STRICT;\n")]
        monkeypatch.setattr("betting_tui.engine.store.schema.migrations", lambda schema: newer)
        async with opened(tmp_path) as ledger:
            assert ledger.count_bets(BetFilter()) == 1
        with sqlite3.connect(tmp_path / f"ledger.before-{number + 1:03d}.db") as copy:
            assert copy.execute("PRAGMA user_version").fetchone()[0] == number
            assert copy.execute("SELECT count(*) FROM bets").fetchone()[0] == 1
        copy.close()

    async def test_half_a_copy_does_not_pass_for_one(self, ledger: Ledger, tmp_path: Path) -> None:
        target = tmp_path / "copy.db"
        (tmp_path / ".copy.db.part").write_bytes(b"half")
        await ledger.backup(target)
        assert sorted(each for each in os.listdir(tmp_path) if "copy" in each) == ["copy.db"]
        copy = await Ledger.open(target, now=NOW)
        assert (await copy.verify()).problems == ()
        await copy.close()
        with pytest.raises(LedgerError, match="exists already"):
            await ledger.backup(target)

    async def test_a_migration_that_fails_leaves_the_file_as_it_was(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with opened(tmp_path):
            pass
        broken = [*migrations(LEDGER), (migrations(LEDGER)[-1][0] + 1, "CREATE TABLE later (id) STRICT;\n")]
        monkeypatch.setattr("betting_tui.engine.store.schema.migrations", lambda schema: broken)
        with pytest.raises(LedgerError):
            await Ledger.open(tmp_path / "ledger.db", now=NOW)
        monkeypatch.undo()
        async with opened(tmp_path) as ledger:
            assert (await ledger.verify()).ok

    @pytest.mark.parametrize(
        ("version", "safe"),
        [
            ((3, 40, 1), False),
            ((3, 44, 5), False),
            ((3, 44, 6), True),
            ((3, 45, 1), False),
            ((3, 50, 6), False),
            ((3, 50, 7), True),
            ((3, 51, 2), False),
            ((3, 51, 3), True),
            ((3, 52, 0), True),
        ],
    )
    def test_wal_only_where_its_reset_race_is_fixed(self, version: tuple[int, ...], safe: bool) -> None:
        assert wal_is_safe(version) is safe

    async def test_the_journal_mode_follows_the_version(self, ledger: Ledger) -> None:
        assert ledger.journal_mode == ("wal" if wal_is_safe(sqlite3.sqlite_version_info) else "rollback")
        viewer = await Ledger.open(ledger.path, now=NOW, read_only=True)
        assert viewer.journal_mode == ledger.journal_mode
        await viewer.close()

    async def test_every_commit_is_durable_and_keys_are_checked(self, ledger: Ledger) -> None:
        def settings(conn: sqlite3.Connection) -> list[object]:
            names = ("synchronous", "foreign_keys", "journal_mode")
            return [conn.execute(f"PRAGMA {name}").fetchone()[0] for name in names]

        # With synchronous FULL a journal that is deleted at COMMIT could come back after a power cut.
        journal = "wal" if wal_is_safe(sqlite3.sqlite_version_info) else "truncate"
        assert await ledger._database.write(settings) == [2, 1, journal]


class TestWriting:
    async def test_writes_happen_in_the_order_they_were_asked_for(self, ledger: Ledger) -> None:
        outcomes = await asyncio.gather(*(ledger.record_bet(record(key=str(n), stake=100), NOW) for n in range(50)))
        ids = [outcome.bets[0].id for outcome in outcomes if isinstance(outcome, Placed)]
        assert ids == [f"BET-{number:06d}" for number in range(1, 51)]

    async def test_an_error_rolls_back_and_the_next_write_works(self, ledger: Ledger) -> None:
        def half(conn: sqlite3.Connection) -> None:
            conn.execute("INSERT INTO notices_sent VALUES ('k', 'x', 0)")
            raise ValueError("half way")

        with pytest.raises(ValueError, match="half way"):
            await ledger._database.write(half)
        assert await ledger.mark_notice("k", "x", NOW)

    async def test_a_waiter_that_gave_up_does_not_undo_the_work(self, ledger: Ledger) -> None:
        task = asyncio.ensure_future(ledger.mark_notice("k", "x", NOW))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert not await ledger.mark_notice("k", "x", NOW)

    async def test_a_full_disk_is_said_in_words_and_nothing_is_kept(self, ledger: Ledger) -> None:
        await ledger._database.write(_limit_pages)
        accepted: list[Placed] = []

        async def fill_the_disk() -> None:
            while True:
                wanted = record(key=str(len(accepted)), stake=1)
                accepted.append(placed_of(await ledger.record_bet(wanted, NOW)))

        with pytest.raises(LedgerError, match="is full: nothing was written") as caught:
            await fill_the_disk()
        assert "SQLITE" not in caught.value.message
        assert ledger.count_bets(BetFilter()) == len(accepted) > 0
        assert (await ledger.verify()).problems == ()

    async def test_a_ledger_held_by_another_program_is_said_in_words(self, tmp_path: Path) -> None:
        async with opened(tmp_path) as ledger:
            await ledger._database.write(lambda conn: conn.execute("SELECT 1").fetchone())
            await ledger._database.submit(_no_patience, transaction=False)
            other = sqlite3.connect(ledger.path, isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(LedgerError, match="busy for more than 5 s"):
                await ledger.record_bet(record(), NOW)
            other.execute("ROLLBACK")
            other.close()
            assert isinstance(await ledger.record_bet(record(), NOW), Placed)

    async def test_a_file_that_was_moved_away_is_noticed_before_writing(self, ledger: Ledger) -> None:
        assert not ledger.replaced()
        moved = ledger.path.with_name("moved.db")
        ledger.path.rename(moved)
        assert ledger.replaced()
        # Looking goes on, so that whoever looks can say what is wrong.
        assert not await ledger.changed_elsewhere()
        with pytest.raises(LedgerError, match="moved, deleted or replaced"):
            await ledger.record_bet(record(), NOW)
        moved.rename(ledger.path)
        assert isinstance(await ledger.record_bet(record(), NOW), Placed)

    async def test_closing_finishes_what_was_asked_and_twice_is_fine(self, tmp_path: Path) -> None:
        ledger = await Ledger.open(tmp_path / "ledger.db", now=NOW)
        waiting = [asyncio.ensure_future(ledger.mark_notice(str(n), "x", NOW)) for n in range(20)]
        await asyncio.sleep(0)
        await ledger.close()
        await ledger.close()
        assert all(await asyncio.gather(*waiting))
        with pytest.raises(LedgerError, match="is closed"):
            await ledger.mark_notice("later", "x", NOW)
        with pytest.raises(LedgerError, match="is closed"):
            ledger.accounts()

    def test_a_program_that_forgets_to_close_still_ends(self, tmp_path: Path) -> None:
        script = (
            "import asyncio, pathlib, sys, datetime\n"
            "from betting_tui.engine.store import Ledger\n"
            "async def main():\n"
            "    now = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)\n"
            "    ledger = await Ledger.open(pathlib.Path(sys.argv[1]), now=now)\n"
            "    print(await ledger.mark_notice('k', 'x', now))\n"
            "asyncio.run(main())\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", script, str(tmp_path / "ledger.db")], capture_output=True, text=True, timeout=30
        )
        assert (done.stdout, done.returncode) == ("True\n", 0)


class TestTwoAtOnce:
    async def test_a_viewer_sees_what_is_committed_and_writes_nothing(self, ledger: Ledger) -> None:
        viewer = await Ledger.open(ledger.path, now=NOW, read_only=True)
        try:
            assert not await viewer.changed_elsewhere()
            await ledger.record_bet(record(), NOW)
            assert await viewer.changed_elsewhere()
            assert not await viewer.changed_elsewhere()
            assert viewer.bets(BetFilter()) == ledger.bets(BetFilter())
            with pytest.raises(LedgerReadOnly, match="another program writes it"):
                await viewer.record_bet(record(key="x"), NOW)
            assert (await viewer.verify()).ok
        finally:
            await viewer.close()

    async def test_own_writes_are_no_change_elsewhere(self, ledger: Ledger) -> None:
        other = await Ledger.open(ledger.path, now=NOW)
        try:
            await ledger.record_bet(record(), NOW)
            assert not await ledger.changed_elsewhere()
            assert await other.changed_elsewhere()
            await other.record_bet(record(key="other"), NOW)
            assert await ledger.changed_elsewhere()
            assert ledger.count_bets(BetFilter()) == 2
        finally:
            await other.close()

    async def test_two_writers_placing_the_same_give_one_bet(self, ledger: Ledger) -> None:
        other = await Ledger.open(ledger.path, now=NOW)
        try:
            command = place()
            outcomes = await asyncio.gather(
                *(each.place(command, [fill(leg())], [GAME], NOW) for each in (ledger, other) for _ in range(5))
            )
            repeated = sorted(each.repeated for each in outcomes if isinstance(each, Placed))
            assert repeated == [False] + [True] * 9
            assert ledger.count_bets(BetFilter()) == 1
        finally:
            await other.close()

    async def test_a_viewer_needs_a_file(self, tmp_path: Path) -> None:
        with pytest.raises(LedgerError, match="there is no ledger at"):
            await Ledger.open(tmp_path / "ledger.db", now=NOW, read_only=True)

    async def test_several_open_a_new_file_at_once(self, tmp_path: Path) -> None:
        opened_at_once = await asyncio.gather(
            *(Database.open(tmp_path / "ledger.db", LEDGER) for _ in range(4)), return_exceptions=True
        )
        for each in opened_at_once:
            assert isinstance(each, Database)
            await each.close()


class TestLock:
    HOLD = (
        "import datetime, pathlib, sys\n"
        "from betting_tui.engine.store import EngineLock\n"
        "lock = EngineLock(pathlib.Path(sys.argv[1]))\n"
        "print(lock.acquire('live', datetime.datetime(2026, 4, 18, 12, tzinfo=datetime.UTC)), flush=True)\n"
        "sys.stdin.read()\n"
    )

    def test_it_is_held_by_one_process_and_dies_with_it(self, tmp_path: Path) -> None:
        holder = subprocess.Popen(
            [sys.executable, "-c", self.HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"True\n"
        lock = EngineLock(tmp_path)
        assert not lock.acquire("app", NOW)
        assert lock.holder().startswith(f"live, process {holder.pid} on ")
        assert lock.holder().endswith("since 2026-04-18T12:00:00Z")
        holder.kill()
        holder.communicate()
        assert lock.holder() == ""
        assert lock.acquire("app", NOW)
        assert lock.acquire("app", NOW)
        assert lock.holder().startswith(f"app, process {os.getpid()}")
        lock.release()
        lock.release()
        assert lock.holder() == ""


class TestVerify:
    @pytest.mark.parametrize(
        ("harm", "named"),
        [
            ("UPDATE bets SET return_minor = 30000, profit_minor = 20000 WHERE id = 1", "BET-000001: "),
            ("UPDATE bets SET stake_minor = 1 WHERE id = 2", "BET-000002: "),
            ("UPDATE bets SET state = 'cancelled' WHERE id = 2", "BET-000002: money held for it"),
            ("DROP TRIGGER postings_keep; UPDATE postings SET amount_minor = 7 WHERE rowid = 1", "the sum of entry"),
            ("DELETE FROM settlements", "BET-000001: settlements that stand is 0, should be 1"),
            ("DELETE FROM fills", "what was filled is 0"),
            ("UPDATE ledger_accounts SET balance_minor = balance_minor + 1", "the balance kept of wallet of main is"),
            ("DROP TRIGGER postings_stay; DELETE FROM postings", "what entry 1 moves is nothing"),
            ("UPDATE prices SET text = '+151' WHERE text = '+150'", "BET-000001: its return"),
            ("UPDATE settlements SET entry_id = 1", "BET-000001: the entry of its settlement"),
            ("UPDATE placements SET state = 'working'", "placement 1 (working)"),
        ],
    )
    async def test_the_first_differences_are_named(self, tmp_path: Path, harm: str, named: str) -> None:
        async with opened(tmp_path) as ledger:
            await placed(ledger, place())
            await ledger.settle_scores([score()], AFTER)
            await ledger.record_bet(record(), NOW)
            assert (await ledger.verify()).problems == ()
            direct = sqlite3.connect(ledger.path)
            direct.executescript(harm.replace("rowid = 1", "entry_id = 1 AND amount_minor > 0"))
            direct.close()
            report = await ledger.verify()
        assert not report.ok
        assert any(named in problem for problem in report.problems), report.problems


def placed_of(outcome: Placed | NotPlaced) -> Placed:
    assert isinstance(outcome, Placed)
    return outcome


def _limit_pages(conn: sqlite3.Connection) -> None:
    pages = conn.execute("PRAGMA page_count").fetchone()[0]
    conn.execute(f"PRAGMA max_page_count = {pages + 4}")


def _no_patience(conn: sqlite3.Connection) -> None:
    conn.execute("PRAGMA busy_timeout = 0")
