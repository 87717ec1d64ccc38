"""Killed in the middle of a batch of settlements: all of it is there or none, and settling again pays each bet once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from fault_table import Amount, Figures, seeded
from settle_slate import AFTER, BETS, NOW, fill_slate, scores

from betting_tui.engine.core.model import BetState
from betting_tui.engine.store import BetFilter, Ledger

pytestmark = pytest.mark.faults
CHILD = Path(__file__).with_name("settle_child.py")


def settled_until(path: Path, seconds: float | None) -> float:
    """How long it worked; killed after so long, or let to end."""
    process = subprocess.Popen(
        [sys.executable, str(CHILD), str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"began\n"
    began = time.monotonic()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
    took = time.monotonic() - began
    process.communicate(timeout=60)
    return took


async def books(path: Path) -> tuple[int, str]:
    """How many bets are settled, and the books once all of them are."""
    ledger = await Ledger.open(path, now=NOW)
    try:
        assert (await ledger.verify()).problems == ()
        settled = sum(each.state is BetState.SETTLED for each in ledger.bets(BetFilter()))
        await ledger.settle_scores(scores(), AFTER)
        assert (await ledger.verify()).problems == ()
        return settled, ledger.export_ledger("csv").decode()
    finally:
        await ledger.close()


async def test_a_batch_is_settled_whole_or_not_at_all_and_each_bet_once(
    tmp_path: Path, amount: Amount, figure: Figures
) -> None:
    kills, chance = amount(3, 40, 400), seeded("settling", 1)
    slate = tmp_path / "slate.db"
    await fill_slate(slate)
    whole = tmp_path / "whole.db"
    shutil.copy(slate, whole)
    took = settled_until(whole, None)
    before, right = await books(whole)
    assert before == BETS
    done = 0
    for number in range(kills):
        path = tmp_path / f"{number}.db"
        shutil.copy(slate, path)
        settled_until(path, chance.random() * took * 1.1)
        settled, said = await books(path)
        assert settled in (0, BETS)
        done += settled == BETS
        assert said == right
        path.unlink()
    figure(
        "kill -9 in the middle of a batch of settlements",
        "all or none, the same books after settling again",
        f"{kills} kills in a batch of {BETS}, {done} after its end",
    )
