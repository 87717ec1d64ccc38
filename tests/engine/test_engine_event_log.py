"""The log says what the engine did: a line a bet, a result, an order and a command; a replay adds nothing."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest
from test_engine_replay import Session

from betting_tui.engine.config import Settings
from betting_tui.engine.core.commands import Arm, CancelBet, Deposit, Pause, SettleBet, Withdraw
from betting_tui.engine.core.model import BetResult, BetState
from betting_tui.engine.replay import replay
from betting_tui.engine.rooms import ARCHIVE_FILE
from betting_tui.engine.store.shapes import BetFilter


def said(caplog: pytest.LogCaptureFixture, level: int = logging.INFO) -> list[str]:
    return [each.getMessage() for each in caplog.records if each.levelno >= level and "betting_tui" in each.name]


async def test_an_evening_can_be_read_in_the_log_and_its_replay_adds_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    session = Session(tmp_path / "demo")
    engine = session.engine
    await engine.start(polling=False)
    await engine.arm(Arm("value_betting", on=True, created_by="me"))
    await session.poll()
    await session.place_best("one")
    session.clock.advance(3 * 3_600)
    await session.results()
    await engine.stop()

    lines = said(caplog)
    assert lines[0] == "automatic bets of value_betting are on"
    placed = [
        line for line in lines if re.match(r"BET-[-, BET\d]+ placed by \w+ for main: .+ at .+ for [\d.]+ · ", line)
    ]
    settled = [line for line in lines if re.match(r"BET-\d{6} (won|lost|push|void) [+-]?\d", line)]
    bets = {bet for line in placed for bet in re.findall(r"BET-\d{6}", line)}
    assert {line.split()[0] for line in settled} == bets, "each is told when it is placed and when it is settled"
    assert len(bets) > 1
    assert len(lines) == 1 + len(placed) + len(settled)
    assert not any("simulated" in line for line in lines), "polls of a market that costs nothing"

    caplog.clear()
    await replay(Settings(), tmp_path / "demo" / ARCHIVE_FILE, tmp_path / "again")
    assert said(caplog) == []


async def test_polls_of_the_simulated_market_are_for_those_who_ask_for_everything(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    session = Session(tmp_path / "demo")
    await session.engine.start(polling=False)
    await session.poll()
    polls = [line for line in said(caplog, logging.DEBUG) if line.startswith("simulated, ")]
    assert len(polls) == len(session.sports)
    assert re.fullmatch(
        r"simulated, \w+: \d+ events, \d+ prices, 0 rejected; \d+ lines changed, \d+ opportunities are new", polls[0]
    )
    await session.engine.stop()


async def test_what_a_person_does_and_what_is_refused_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    session = Session(tmp_path / "demo")
    engine = session.engine
    await engine.start(polling=False)
    await session.poll()
    await session.place_best("one")
    caplog.set_level(logging.INFO)
    caplog.clear()
    bet, other, *_ = engine.ledger.bets(BetFilter(account="main", states=(BetState.PENDING,)))
    await engine.cancel_bet(CancelBet(other.id, "me"))
    await engine.settle_bet(SettleBet(bet.id, BetResult.PUSH, "me"))
    await engine.pause(Pause(on=True, created_by="me"))
    await engine.pause(Pause(on=False, created_by="me"))
    await engine.withdraw(Withdraw("main", 99_999_999, "all", "me"))
    await engine.deposit(Deposit("main", 100, "in", "me", kind="bonus"))
    cancelled, first, *rest = said(caplog)
    assert cancelled == f"{other.id} cancelled"
    assert first.startswith(f"{bet.id} push ")
    assert rest[:2] == ["paused", "resumed"]
    refused, bonus = rest[2:]
    assert refused.startswith("no withdrawal for main: ")
    assert bonus == "bonus for main"
    await engine.stop()


async def test_a_run_says_when_it_began_and_ended(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    session = Session(tmp_path / "demo")
    await session.engine.start()
    await session.engine.stop()
    lines = said(caplog)
    assert (lines[0], lines[-1]) == ("demo: account main", "demo: ended in order")
