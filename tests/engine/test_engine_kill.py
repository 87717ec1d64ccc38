"""A process killed at any moment loses nothing it said was accepted, and doubles nothing."""

from __future__ import annotations

import random
import selectors
import subprocess
import sys
import time
from pathlib import Path

import pytest
from placing_child import START

from betting_tui.engine.clocks import VirtualClock
from betting_tui.engine.config import Settings
from betting_tui.engine.engine import Engine
from betting_tui.engine.rooms import Equipment
from betting_tui.engine.store.shapes import BetFilter

CHILD = Path(__file__).with_name("placing_child.py")


def run_until_killed(data_dir: Path, number: int, chance: random.Random) -> list[tuple[str, str]]:
    """Start, read acknowledgements, kill after a random number of them and a random moment more."""
    process = subprocess.Popen(
        [sys.executable, str(CHILD), str(data_dir), str(number)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    said: list[bytes] = []
    for _ in range(chance.randint(0, 12)):
        line = process.stdout.readline()
        if not line:
            break
        said.append(line)
    wait_for_bytes(process, chance.random() * 0.03)
    process.kill()
    rest, errors = process.communicate(timeout=30)
    assert process.returncode == -9, errors.decode()
    lines = (b"".join(said) + rest).split(b"\n")[:-1]
    return [(key.decode(), bet.decode()) for key, bet in (line.split() for line in lines)]


def wait_for_bytes(process: subprocess.Popen[bytes], seconds: float) -> None:
    """Let the child run on for that long; what it says meanwhile stays in the pipe."""
    until = time.monotonic() + seconds
    with selectors.DefaultSelector() as selector:
        while (left := until - time.monotonic()) > 0:
            selector.select(left)


async def check(data_dir: Path, acknowledged: dict[str, str]) -> int:
    engine = Engine(Settings(), "demo", data_dir, Equipment(VirtualClock(START)))
    await engine.start(polling=False)
    try:
        report = await engine.ledger.verify()
        assert report.problems == ()
        stored = [bet.id for bet in engine.ledger.bets(BetFilter())]
        assert len(stored) == len(set(stored))
        missing = set(acknowledged.values()) - set(stored)
        assert not missing
        return len(stored)
    finally:
        await engine.stop()


async def kill_times(tmp_path: Path, times: int) -> tuple[int, int]:
    chance = random.Random(times)
    acknowledged: dict[str, str] = {}
    stored = 0
    for number in range(times):
        for key, bet in run_until_killed(tmp_path / "data", number, chance):
            assert key not in acknowledged
            acknowledged[key] = bet
    assert len(set(acknowledged.values())) == len(acknowledged)
    stored = await check(tmp_path / "data", acknowledged)
    return len(acknowledged), stored


async def test_ten_kills_lose_no_accepted_bet(tmp_path: Path) -> None:
    acknowledged, stored = await kill_times(tmp_path, 10)
    assert acknowledged > 20
    assert acknowledged <= stored <= acknowledged + 10


@pytest.mark.long
async def test_fifty_kills_lose_no_accepted_bet(tmp_path: Path) -> None:
    acknowledged, stored = await kill_times(tmp_path, 50)
    assert acknowledged <= stored <= acknowledged + 50
