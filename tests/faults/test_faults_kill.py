"""Killed at any moment while placing and settling: what was acknowledged is there once, and the books balance."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from fault_table import Amount, Figures, seeded
from kill_child import START, state_of

from betting_tui.engine.store import BetFilter, Ledger

pytestmark = pytest.mark.faults
CHILD = Path(__file__).with_name("kill_child.py")
KILLS_A_LEDGER = 50
NEXT_DAY = START + timedelta(days=30)


class Witness:
    """What the killed processes said, and what they were about to do when they died."""

    def __init__(self) -> None:
        self.bets: dict[str, str] = {}
        self.states: dict[str, str] = {}
        self.under_way: list[str] = []

    def hear(self, lines: list[str]) -> None:
        self.under_way = []
        for line in lines:
            match line.split():
                case ["will", *rest]:
                    self.under_way = rest
                case ["place", key, bet]:
                    assert key not in self.bets, f"{key} was accepted twice"
                    self.bets[key] = bet
                    self.states[bet] = "pending"
                    self.under_way = []
                case ["state", bet, state]:
                    self.states[bet] = state
                    if self.under_way[0] == "state":
                        self.under_way = []
                case ["scores", *_]:
                    self.under_way = []
                case _:
                    raise AssertionError(f"unreadable: {line!r}")

    def allows(self, bet: str, state: str) -> bool:
        """What was acknowledged last, or what was being written at the moment of the kill."""
        if self.states[bet] == state:
            return True
        match self.under_way:
            case ["state", which, wanted]:
                return (which, wanted) == (bet, state)
            case ["scores", *_]:
                return self.states[bet] == "pending"
            case _:
                return False


def said_until_killed(data_dir: Path, number: int, chance: random.Random) -> list[str]:
    """Start, read a random number of lines, kill a random moment later; what was in the pipe counts as said."""
    process = subprocess.Popen(
        [sys.executable, str(CHILD), str(data_dir), str(number)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # Unbuffered: what a buffer had read ahead would be lost to communicate().
        bufsize=0,
    )
    assert process.stdout is not None
    # One in ten dies while it opens the ledger, brings it up to date or opens its account.
    early = chance.random() < 0.1
    said = [] if early else [process.stdout.readline() for _ in range(chance.randint(1, 60))]
    with suppress(subprocess.TimeoutExpired):
        process.wait(chance.random() * (0.6 if early else 0.02))
    process.kill()
    rest, errors = process.communicate(timeout=60)
    assert process.returncode == -9, errors.decode()
    return (b"".join(said) + rest).decode().split("\n")[:-1]


async def look(path: Path, witness: Witness, kills: int) -> None:
    """Open after the kill as the next start does: recover, recover again, compare with what was said."""
    ledger = await Ledger.open(path, now=NEXT_DAY, mode="demo")
    try:
        await ledger.recover(NEXT_DAY)
        rows_changed = await ledger._database.write(_total_changes)
        assert not await ledger.recover(NEXT_DAY)
        assert await ledger._database.write(_total_changes) == rows_changed, "a second recovery changed rows"
        assert (await ledger.verify()).problems == ()
        assert ledger._database.read(_unbalanced) == 0
        stored = {bet.id: bet for bet in ledger.bets(BetFilter())}
    finally:
        await ledger.close()
    assert set(witness.bets.values()) <= set(stored), "an acknowledged bet is lost"
    assert len(set(witness.bets.values())) == len(witness.bets), "two requests were given one bet"
    # A kill can fall between COMMIT and the word of it, once a run.
    assert len(stored) <= len(witness.bets) + kills
    for bet in stored.keys() - witness.states.keys():
        witness.states[bet] = "pending"
    for bet, row in stored.items():
        assert witness.allows(bet, state_of(row)), f"{bet} is {state_of(row)}, was {witness.states[bet]}"
        witness.states[bet] = state_of(row)


@pytest.mark.parametrize("half", [1, 2])
async def test_nothing_acknowledged_is_lost_or_doubled(
    tmp_path: Path, amount: Amount, figure: Figures, half: int
) -> None:
    kills = amount(4, 50, 1_000)
    chance = seeded("kills", half)
    bets = settled = unsaid = 0
    witness, data_dir = Witness(), tmp_path
    for number in range(kills):
        if number % KILLS_A_LEDGER == 0:
            witness, data_dir = Witness(), tmp_path / str(number)
        before = len(witness.states)
        lines = said_until_killed(data_dir, number % KILLS_A_LEDGER, chance)
        witness.hear(lines)
        placed = sum(line.startswith("place ") for line in lines)
        if (data_dir / "ledger.db").exists():
            await look(data_dir / "ledger.db", witness, number % KILLS_A_LEDGER + 1)
        bets += placed
        settled += sum(line.startswith("state ") for line in lines)
        unsaid += len(witness.states) - before - placed
    figure(
        f"kill -9 while placing and settling, {half} of 2",
        "0 acknowledged bets lost or doubled, recovering twice changes 0 rows",
        f"{kills} kills, {bets} bets and {settled} settlements acknowledged, 0 lost, 0 doubled, {unsaid} kept unsaid",
    )
    assert bets > kills
    assert settled > kills


def _total_changes(conn: sqlite3.Connection) -> int:
    return conn.total_changes


def _unbalanced(conn: sqlite3.Connection) -> int:
    query = "SELECT count(*) FROM (SELECT 1 FROM postings GROUP BY entry_id HAVING sum(amount_minor) <> 0)"
    return int(conn.execute(query).fetchone()[0])
