"""Killed while batches of settlements are written: each is there whole or not at all, and settling again pays each bet
once, to the cent of what an undisturbed run pays.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from fault_table import Amount, Figures, seeded
from settle_slate import AFTER, BATCHES, BETS, NOW, batches, fill_slate

from betting_tui.engine.core.model import BetState
from betting_tui.engine.store import BetFilter, Ledger

pytestmark = pytest.mark.faults
CHILD = Path(__file__).with_name("settle_child.py")
Settler = subprocess.Popen[bytes]
Wait = Callable[[Settler, Path], object]


def settled_until(path: Path, moment: Wait) -> list[int]:
    """How many bets it said were settled, batch by batch, until it ended or was killed at that moment."""
    process = subprocess.Popen(
        [sys.executable, str(CHILD), str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"began\n"
    heard = moment(process, path)
    process.kill()
    said, _ = process.communicate(timeout=60)
    lines = (heard if isinstance(heard, bytes) else b"") + said
    return [int(line.split()[1]) for line in lines.splitlines()]


def at_its_end(process: Settler, path: Path) -> None:
    process.wait()


def after(seconds: float) -> Wait:
    def moment(process: Settler, path: Path) -> None:
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            return

    return moment


def told_of(batch: int) -> Wait:
    """Right after a COMMIT, when the next batch may have begun."""

    def moment(process: Settler, path: Path) -> bytes:
        assert process.stdout is not None
        return b"".join(process.stdout.readline() for _ in range(batch))

    return moment


def written(times: int) -> Wait:
    """While a COMMIT is at work: it has begun to write its pages to the file beside the ledger."""

    def moment(process: Settler, path: Path) -> None:
        beside = path.with_name(f"{path.name}-wal")
        size, grown = _size(beside), 0
        while grown < times and process.poll() is None:
            now = _size(beside)
            grown += now > size
            size = now

    return moment


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


async def books(path: Path) -> tuple[int, str]:
    """How many bets are settled, and the books once all of them are."""
    ledger = await Ledger.open(path, now=NOW)
    try:
        assert (await ledger.verify()).problems == ()
        settled = sum(each.state is BetState.SETTLED for each in ledger.bets(BetFilter()))
        again = [len((await ledger.settle_scores(scores, AFTER)).settled) for scores in batches()]
        assert settled + sum(again) == BETS
        assert (await ledger.verify()).problems == ()
        return settled, ledger.export_ledger("csv").decode()
    finally:
        await ledger.close()


async def test_batches_are_settled_whole_or_not_at_all_and_each_bet_once(
    tmp_path: Path, amount: Amount, figure: Figures
) -> None:
    kills, chance = amount(2, 40, 400), seeded("settling", 1)
    slate = tmp_path / "slate.db"
    await fill_slate(slate)
    whole = tmp_path / "whole.db"
    shutil.copy(slate, whole)
    began = time.monotonic()
    sizes = settled_until(whole, at_its_end)
    took = time.monotonic() - began
    before, right = await books(whole)
    assert (before, sum(sizes)) == (BETS, BETS)
    possible = [sum(sizes[:batch]) for batch in range(BATCHES + 1)]
    between = 0
    for number in range(kills):
        path = tmp_path / f"{number}.db"
        shutil.copy(slate, path)
        moments = (
            told_of(chance.randint(1, BATCHES - 1)),
            written(chance.randint(1, 3 * BATCHES)),
            after(chance.random() * took / 2),
        )
        told = settled_until(path, moments[number % len(moments)])
        settled, said = await books(path)
        assert settled in possible, "a batch is there in part"
        assert settled >= sum(told), "what was said to be settled is"
        between += 0 < settled < BETS
        assert said == right
        path.unlink()
    assert between or kills < 40, "no kill fell between the first COMMIT and the last"
    figure(
        "kill -9 in and between batches of settlements",
        "each batch all or none, the same books after settling again",
        f"{kills} kills over {BATCHES} batches of {BETS} bets, {between} between the first COMMIT and the last",
    )
