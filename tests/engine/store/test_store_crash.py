"""Killed at any moment while placing and settling: what was acknowledged is there once, and the books balance."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest
from store_samples import NOW

from betting_tui.engine.core.views import Placed
from betting_tui.engine.store import BetFilter, Ledger

CHILD = Path(__file__).with_name("store_crash_child.py")


@pytest.mark.parametrize("kills", [50, pytest.param(500, marks=pytest.mark.long)])
async def test_nothing_acknowledged_is_lost_or_doubled(tmp_path: Path, kills: int) -> None:
    path, chance = tmp_path / "ledger.db", random.Random(kills)
    placed: dict[str, str] = {}
    settled: dict[str, str] = {}
    for number in range(kills):
        for words in said_until_killed(path, number, chance):
            (placed if words[0] == "placed" else settled)[words[1]] = words[2]
        await check(path, placed, settled)
    assert len(placed) > kills
    assert settled


def said_until_killed(path: Path, number: int, chance: random.Random) -> list[list[str]]:
    process = subprocess.Popen(
        [sys.executable, str(CHILD), str(path), str(number)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    # The pipe is the clock: the kill falls somewhere inside the transaction after the last line read.
    lines = [process.stdout.readline() for _ in range(chance.randint(1, 25))]
    for _ in range(chance.randint(0, 20_000)):
        pass
    process.kill()
    rest, errors = process.communicate(timeout=30)
    assert process.returncode == -9, errors.decode()
    return [line.split() for line in (b"".join(lines) + rest).decode().split("\n")[:-1]]


async def check(path: Path, placed: dict[str, str], settled: dict[str, str]) -> None:
    ledger = await Ledger.open(path, now=NOW)
    try:
        assert (await ledger.verify()).problems == ()
        bets = {bet.id: bet for bet in ledger.bets(BetFilter())}
        for key, bet_id in placed.items():
            again = ledger.placement("main", key)
            assert isinstance(again, Placed)
            assert [bet.id for bet in again.bets] == [bet_id]
        assert {bet_id: bets[bet_id].result for bet_id in settled} == settled
        # A kill can fall between COMMIT and the word of it, once a run.
        assert len(placed) <= len(bets) <= len(placed) + 1 + int(list(placed)[-1].partition(":")[0])
        before = ledger.export_ledger("json")
        await ledger.settle_stored(NOW)
        assert ledger.export_ledger("json") == before
    finally:
        await ledger.close()
