"""Killed while an older ledger is brought up to date: it is the old one or the new one, never between."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio
from fault_table import Amount, Figures, seeded
from filled import as_of_version, dump, fill_ledger
from msgspec import Struct
from store_samples import NOW

from betting_tui.engine.store import BetFilter, Ledger, ReportFilter
from betting_tui.engine.store.schema import LEDGER, migrations

pytestmark = pytest.mark.faults
CHILD = Path(__file__).with_name("migrate_child.py")
PATHS = os.pathsep.join((*sys.path, str(CHILD.parent)))
NEWEST = migrations(LEDGER)[-1][0]
FIRST, *BETWEEN, LAST = (number for number, _ in migrations(LEDGER)[:-1])
EARLIER = [FIRST, *(pytest.param(number, marks=pytest.mark.long) for number in BETWEEN), LAST]
STRACE = shutil.which("strace")
# The calls that change the file, its journal or its folder.
CALLS = "pwrite64,fdatasync,fsync,ftruncate,unlink,rename"
BETS = 40
# Later than the last of them.
NO_POINT = 1 << 30


class Sums(Struct, frozen=True):
    """What must be the same before and after, whatever the schema."""

    bets: bytes
    journal: bytes
    bankroll_minor: int
    open_bets: int
    settled: int
    profit_minor: int


def bets_without(exported: bytes, *fields: str) -> bytes:
    """Without what earlier versions had no place for."""
    bets = msgspec.json.decode(exported)
    return msgspec.json.encode([{name: value for name, value in bet.items() if name not in fields} for bet in bets])


async def sums(path: Path) -> Sums:
    ledger = await Ledger.open(path, now=NOW)
    try:
        assert (await ledger.verify()).problems == ()
        report = ledger.report(ReportFilter("main"))
        return Sums(
            bets_without(ledger.export_bets("json", BetFilter()), "fair_missing"),
            ledger.export_ledger("json"),
            ledger.balances("main").bankroll_minor,
            report.open_bets,
            report.total.bets,
            report.total.profit_minor,
        )
    finally:
        await ledger.close()


class Old(Struct, frozen=True):
    """A ledger of an earlier schema, what it holds, and what it should be afterwards."""

    path: Path
    before: list[str]
    after: list[str]
    sums: Sums


@pytest_asyncio.fixture(params=EARLIER, scope="module", loop_scope="module")
async def old(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Old:
    tmp_path = tmp_path_factory.mktemp("old")
    newest, path, done = tmp_path / "newest.db", tmp_path / "old.db", tmp_path / "done" / "ledger.db"
    await fill_ledger(newest, BETS)
    as_of_version(newest, request.param, path)
    done.parent.mkdir()
    shutil.copy(path, done)
    expected = await sums(done)
    assert expected == await sums(newest), "what an earlier version kept is not what it becomes"
    return Old(path, dump(path), dump(done), expected)


async def look(path: Path, old: Old) -> bool:
    """After a death: whether the file is the new one. It is whole either way, and opens as if nothing had been."""
    held = dump(path)
    assert held in (old.before, old.after), "a ledger between two versions"
    for copy in path.parent.glob("ledger.before-*.db"):
        assert dump(copy) == old.before, "half a copy passes for a whole one"
    assert await sums(path) == old.sums
    return held == old.after


async def test_dying_at_a_statement_or_in_the_middle_of_one(
    tmp_path: Path, old: Old, amount: Amount, figure: Figures
) -> None:
    chance = seeded("migration", 1)
    with started_driver() as driver:
        last = {kind: points(driver, tmp_path, old, kind) for kind in ("statements", "work")}
        outcomes = []
        for number in range(amount(4, 50)):
            kind = ("statements", "work")[number % 2]
            path = copy_of(old, tmp_path / f"dead-{number}")
            assert ask(driver, path, kind, chance.randint(0, last[kind] - 1)) == "died"
            outcomes.append(await look(path, old))
    figure(
        "an older ledger brought up to date, killed at SQL statements and inside them",
        "old or new, never between; sums equal",
        f"{len(outcomes)} kills (of {last['statements']} statements, {last['work']} points in them),"
        f" {outcomes.count(False)} old, {outcomes.count(True)} new",
    )


@pytest.mark.skipif(STRACE is None, reason="strace is not on the PATH: nobody kills at a write of the disk")
async def test_dying_at_a_write_of_the_disk(tmp_path: Path, old: Old, amount: Amount, figure: Figures) -> None:
    traced = copy_of(old, tmp_path / "traced")
    trace = tmp_path / "trace"
    ran = strace(["-o", str(trace), "-e", f"trace={CALLS}"], traced)
    if "ptrace" in ran.stderr.lower():
        pytest.skip(f"strace may not trace here: {ran.stderr.splitlines()[0]}")
    assert ran.returncode == 0, ran.stderr
    calls = calls_of_the_writer(trace.read_text("utf-8"))
    chance = seeded("migration", 2)
    outcomes = []
    for number, (call, ordinal) in enumerate(chance.sample(calls, amount(1, 50))):
        path = copy_of(old, tmp_path / f"dead-{number}")
        ran = strace(["-o", "/dev/null", "-e", f"inject={call}:signal=SIGKILL:when={ordinal}"], path)
        assert ran.returncode in (-9, 137), (call, ordinal, ran.stderr)
        outcomes.append(await look(path, old))
    figure(
        "an older ledger brought up to date, killed at writes and syncs of the disk",
        "old or new, never between; sums equal",
        f"{len(outcomes)} kills (of {len(calls)} calls), {outcomes.count(False)} old, {outcomes.count(True)} new",
    )
    assert any(outcomes) or amount.level == "short"


async def test_programs_that_start_together_on_an_older_ledger(old: Old, tmp_path: Path, figure: Figures) -> None:
    path = copy_of(old, tmp_path / "shared")
    await start_together(path, 8)
    figure("8 programs start together on an older ledger", "all open it, one copy is made", "8 opened")
    assert await sums(path) == old.sums
    assert [dump(copy) for copy in path.parent.glob("ledger.before-*.db")] == [old.before]


async def test_programs_that_start_together_on_none(tmp_path: Path, amount: Amount, figure: Figures) -> None:
    rounds = amount(2, 50)
    for number in range(rounds):
        await start_together(tmp_path / str(number) / "ledger.db", 4)
        assert sorted(each.name for each in (tmp_path / str(number)).glob("*.new")) == []
    figure("4 programs start together without a ledger", "all open the same one", f"{rounds} times 4 opened")


async def start_together(path: Path, count: int) -> None:
    opened = await asyncio.gather(*(Ledger.open(path, now=NOW) for _ in range(count)))
    for number, each in enumerate(opened):
        assert await each.mark_notice(str(number), "x", NOW)
    for each in opened:
        await each.close()


def calls_of_the_writer(trace: str) -> list[tuple[str, int]]:
    """Name and ordinal among its like, as strace counts: for each thread apart, the one that makes most calls."""
    begun = [line.split(maxsplit=1) for line in trace.splitlines() if "(" in line]
    writer, _ = Counter(thread for thread, _ in begun).most_common(1)[0]
    names = [call.partition("(")[0] for thread, call in begun if thread == writer]
    return [(name, names[: index + 1].count(name)) for index, name in enumerate(names)]


def copy_of(old: Old, folder: Path) -> Path:
    folder.mkdir()
    return Path(shutil.copy(old.path, folder / "ledger.db"))


def started_driver() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(CHILD), "die"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": PATHS},
    )


def ask(driver: subprocess.Popen[str], path: Path, kind: str, point: int) -> str:
    assert driver.stdin is not None
    assert driver.stdout is not None
    driver.stdin.write(f"{path} {kind} {point}\n")
    driver.stdin.flush()
    return driver.stdout.readline().strip()


def points(driver: subprocess.Popen[str], folder: Path, old: Old, kind: str) -> int:
    """How many points of this kind there are, counted by one that gets through."""
    answer, count = ask(driver, copy_of(old, folder / f"counted-{kind}"), kind, NO_POINT).split()
    assert answer == "done"
    return int(count)


def strace(options: list[str], path: Path) -> subprocess.CompletedProcess[str]:
    command = [str(STRACE), "-f", "-qq", *options, sys.executable, str(CHILD), "open", str(path)]
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": PATHS})
