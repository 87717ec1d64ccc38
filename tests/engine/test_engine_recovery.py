"""After a kill: the next engine says what was left, goes on with it or beside it, and a command does so by itself."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from betting_tui.engine.clocks import VirtualClock
from betting_tui.engine.config import Settings
from betting_tui.engine.core.accounts import AccountSettings, Limits
from betting_tui.engine.core.commands import Arm, ChangeAccount
from betting_tui.engine.core.errors import LedgerReadOnly
from betting_tui.engine.engine import Engine, next_name
from betting_tui.engine.launch import demo_engine
from betting_tui.engine.rooms import ARCHIVE_FILE, LEDGER_FILE, Equipment
from betting_tui.engine.store import Ledger
from betting_tui.engine.store.archive import Archive
from betting_tui.engine.store.lock import EngineLock
from betting_tui.engine.store.shapes import BetFilter

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
EVENING = NOON + timedelta(hours=9)
CHILD = Path(__file__).with_name("recovery_child.py")


def run_and_kill(data_dir: Path, now: datetime = NOON, *, mode: str = "live", bets: int = 2) -> None:
    """An engine in a process of its own, killed while it runs."""
    process = subprocess.Popen(
        [sys.executable, str(CHILD), str(data_dir), now.isoformat(), mode, str(bets)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    said = process.stdout.readline()
    process.kill()
    _, errors = process.communicate(timeout=30)
    assert said == b"running\n", errors.decode()


@asynccontextmanager
async def running(data_dir: Path, now: datetime = EVENING, *, polling: bool = True) -> AsyncIterator[Engine]:
    engine = Engine(Settings(), "live", data_dir, Equipment(VirtualClock(now)))
    await engine.start(polling=polling)
    try:
        yield engine
    finally:
        await engine.stop()


async def test_the_next_engine_says_what_was_left_and_goes_on_with_it(tmp_path: Path) -> None:
    run_and_kill(tmp_path)
    async with running(tmp_path) as engine:
        found = engine.recovery
        assert found is not None
        assert (found.stopped_at, found.found_at) == (NOON, EVENING)
        assert (found.account, found.open_bets, found.exposure_minor) == ("main", 2, 2_000)
        assert found.missed_closes == ("Celtics @ Lakers", "Celtics @ Lakers")
        assert found.awaited_results == 2
        assert engine.overview().armed == ()
        await engine.resume()
        assert engine.recovery is None
        assert [row.name for row in engine.ledger.accounts()] == ["main"]
    async with running(tmp_path, EVENING + timedelta(hours=1)) as engine:
        assert engine.recovery is None, "this one ended in order"


async def test_killed_again_before_anybody_answered_it_is_found_again(tmp_path: Path) -> None:
    run_and_kill(tmp_path)
    run_and_kill(tmp_path, NOON + timedelta(minutes=30))
    async with running(tmp_path) as engine:
        assert engine.recovery is not None
        assert engine.recovery.stopped_at == NOON + timedelta(minutes=30)
        assert engine.recovery.open_bets == 4


async def test_a_fresh_start_is_a_new_account_like_the_old_one_which_keeps_its_bets(tmp_path: Path) -> None:
    run_and_kill(tmp_path)
    own = AccountSettings(limits=Limits(max_open_bets=7))
    async with running(tmp_path) as engine:
        await engine.change_account(ChangeAccount("main", own, "me"))
        opened = await engine.start_fresh()
        old = engine.ledger.account("main")
        assert (opened.name, opened.currency, opened.time_zone) == ("main 2", old.currency, old.time_zone)
        assert (opened.starting_minor, opened.settings) == (old.starting_minor, own)
        assert engine.overview().account == "main 2"
        assert (engine.overview().bankroll_minor, engine.overview().open_bets) == (old.starting_minor, 0)
        assert engine.ledger.balances("main").open_bets == 2
        assert engine.recovery is None
    async with running(tmp_path) as engine:
        assert engine.overview().account == "main 2", "it is the current one at the next start as well"
        assert (await engine.ledger.verify()).ok


@pytest.mark.parametrize(("chosen", "account"), [("resume", "main"), ("fresh", "main 2")])
async def test_who_has_chosen_beforehand_is_not_asked(tmp_path: Path, chosen: str, account: str) -> None:
    run_and_kill(tmp_path)
    engine = Engine(Settings(), "live", tmp_path, Equipment(VirtualClock(EVENING)))
    engine.after_crash = "fresh" if chosen == "fresh" else "resume"
    await engine.start()
    assert (engine.recovery, engine.overview().account) == (None, account)
    await engine.stop()
    await engine.start()
    assert engine.overview().account == account, "nothing is begun anew after a run that ended in order"
    await engine.stop()


async def test_a_command_recovers_by_itself_and_once(tmp_path: Path) -> None:
    run_and_kill(tmp_path)
    async with running(tmp_path, polling=False) as command:
        found = await command.recover()
        assert found is not None
        assert found.open_bets == 2
        assert await command.recover() is None
    async with running(tmp_path) as engine:
        assert engine.recovery is None, "it was taken care of"


async def test_a_command_leaves_a_running_engine_its_run(tmp_path: Path) -> None:
    async with running(tmp_path, NOON) as engine:
        async with running(tmp_path, polling=False) as command:
            assert await command.recover() is None
        last = engine.ledger.last_run()
        assert last is not None
        assert (last.ended_at, last.recovered_at) == (None, None)


async def test_a_viewer_neither_recovers_nor_leaves_a_run(tmp_path: Path) -> None:
    run_and_kill(tmp_path)
    lock = EngineLock(tmp_path)
    assert lock.acquire("test", NOON)
    async with running(tmp_path) as viewer:
        assert viewer.read_only
        assert viewer.recovery is None
        assert await viewer.recover() is None
        await viewer.keep_house()
        with pytest.raises(LedgerReadOnly):
            await viewer.start_fresh()
        runs = viewer.ledger.last_run()
        assert runs is not None
        assert (runs.started_at, runs.ended_at, runs.recovered_at) == (NOON, None, None)
    lock.release()


async def test_an_engine_that_only_waits_for_a_command_to_let_go_is_no_viewer(tmp_path: Path) -> None:
    lock = EngineLock(tmp_path)
    assert lock.acquire("command", NOON)
    engine = Engine(Settings(), "live", tmp_path, Equipment(VirtualClock(NOON)))

    async def let_go(seconds: float) -> None:
        del seconds
        lock.release()

    engine._wall.sleep = let_go  # type: ignore[method-assign]
    await engine.start(polling=True)
    assert not engine.read_only
    await engine.stop()


@pytest.mark.parametrize(
    ("name", "taken", "wanted"),
    [
        ("main", ["main"], "main 2"),
        ("main", ["main", "MAIN 2"], "main 3"),
        ("main 2", ["main", "main 2"], "main 3"),
        ("half kelly", ["half kelly"], "half kelly 2"),
        ("7", ["7"], "7 2"),
        ("x" * 64, ["x" * 64], "x" * 62 + " 2"),
    ],
)
def test_the_next_account_is_named_after_the_last(name: str, taken: list[str], wanted: str) -> None:
    assert next_name(name, taken) == wanted


async def test_a_demo_that_was_cut_off_goes_on_after_everything_in_it(tmp_path: Path) -> None:
    ahead = datetime.now(UTC) + timedelta(days=3)
    run_and_kill(tmp_path, ahead.replace(hour=12), mode="demo", bets=1)
    ledger = await Ledger.open(tmp_path / LEDGER_FILE, now=NOON, mode="demo")
    newest, opened = ledger.newest_moment(), ledger.accounts()[0].created_at
    await ledger.close()
    engine = await demo_engine(Settings(), tmp_path)
    assert newest is not None
    assert engine.clock.now() > newest
    assert engine.clock.now() < opened + timedelta(hours=1)


async def test_the_demos_market_is_the_same_at_each_start_however_many_accounts(tmp_path: Path) -> None:
    made = set()
    for _ in range(2):
        engine = await demo_engine(Settings(), tmp_path)
        made.add(engine._equipment.parameters)
        await engine.start()
        await engine.start_fresh()
        await engine.arm(Arm("value_betting", on=False, created_by="me"))
        await engine.stop()
    assert len(made) == 1
    archive = await Archive.open(tmp_path / ARCHIVE_FILE, read_only=True)
    assert {run.parameters for run in archive.runs()} == made
    await archive.close()


async def test_bets_of_a_dead_run_are_still_there_to_be_counted(tmp_path: Path) -> None:
    run_and_kill(tmp_path, bets=3)
    async with running(tmp_path) as engine:
        assert engine.ledger.count_bets(BetFilter()) == 3
        assert (await engine.ledger.verify()).ok
