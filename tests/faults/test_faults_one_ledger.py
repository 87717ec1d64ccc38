"""An app and three scripts find the same opportunities: one bet each, and nobody is turned away."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from fault_table import Amount, Figures
from shared_child import START, STARTING_BANKROLL

from betting_tui.engine.core.refusals import RefusalCode
from betting_tui.engine.store import BetFilter, Ledger

pytestmark = pytest.mark.faults
CHILD = Path(__file__).with_name("shared_child.py")


def started(data_dir: Path, name: str, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(CHILD), str(data_dir), name, str(count)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


async def test_four_programs_place_the_same_opportunities(tmp_path: Path, amount: Amount, figure: Figures) -> None:
    count = amount(60, 2_000)
    programs = [started(tmp_path, name, count) for name in ("app", "script 1", "script 2", "script 3")]
    for program in programs:
        assert program.stdout is not None
        first = program.stdout.readline()
        assert first == "ready\n", program.communicate()[1]
    for program in programs:
        assert program.stdin is not None
        program.stdin.write("go\n")
        program.stdin.flush()
    said = [program.communicate(timeout=900) for program in programs]
    assert [errors for _, errors in said] == [""] * 4, "a program was turned away"
    outcomes = [dict(word.split("=") for word in out.split()) for out, _ in said]
    placed = [int(each.get("placed", 0)) for each in outcomes]
    refused = [int(each.get(RefusalCode.DUPLICATE.value, 0)) for each in outcomes]
    ledger = await Ledger.open(tmp_path / "ledger.db", now=START, mode="demo")
    try:
        bets = ledger.bets(BetFilter())
        problems = (await ledger.verify()).problems
        balances = ledger.balances("main")
    finally:
        await ledger.close()
    figure(
        "an app and 3 scripts on one ledger place the same opportunities",
        "1 bet each, nobody sees a locked ledger",
        f"{count} opportunities, {len(bets)} bets ({', '.join(map(str, placed))}), {sum(refused)} duplicates refused",
    )
    assert len(bets) == len({bet.opportunity_id for bet in bets}) == sum(placed) == count
    assert sum(refused) == 3 * count
    assert problems == ()
    assert balances.bankroll_minor == STARTING_BANKROLL * 100
    assert balances.reserved_minor == count * 100
