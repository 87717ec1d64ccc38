"""What an answer leaves in the ledger of the opportunities it shows: few writes, the best edge, and why nobody bet."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from test_engine_queries import FAIR, GENEROUS, SETTINGS, odds

from betting_tui.engine.board import Board
from betting_tui.engine.clocks import SystemClock
from betting_tui.engine.core.accounts import AccountStatus
from betting_tui.engine.core.commands import SetAccountStatus
from betting_tui.engine.detection import Detector
from betting_tui.engine.house import House
from betting_tui.engine.intake import Intake
from betting_tui.engine.passing import Passing
from betting_tui.engine.sources.recorded import RecordedFiles
from betting_tui.engine.store.shapes import NewAccount, OpportunityRecord
from betting_tui.engine.store.store import Ledger
from betting_tui.engine.strategies.registry import build_strategies
from market_samples import GAME, NOW


class Office:
    """An intake on a real ledger with one account, whose automatic placing is off unless a strategy is armed."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.armed: set[str] = set()
        board = Board()
        detector = Detector(board, build_strategies(SETTINGS))
        passing = Passing(ledger, House(ledger, SETTINGS), self.armed, detector.strategy_names)
        self.intake = Intake(board, detector, ledger, {"recorded": RecordedFiles()}, SystemClock(), passing.at)

    async def see(self, prices: dict[str, tuple[float, float]], seconds: int) -> None:
        at = NOW + timedelta(seconds=seconds)
        await self.intake.take_odds(odds(prices, at), at)

    @property
    def kept(self) -> OpportunityRecord:
        (record,) = (each for each in self.ledger.opportunities() if each.opportunity.strategy == "value_betting")
        return record


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    ledger = await Ledger.open(tmp_path / "ledger.db", now=NOW)
    await ledger.ensure_account(NewAccount("main", "USD", 1_000_000, "test"), NOW)
    yield Office(ledger)
    await ledger.close()


def fanduel(price: float) -> dict[str, tuple[float, float]]:
    return FAIR | {"fanduel": (price, 1.7)}


async def test_a_later_answer_raises_the_best_edge_and_a_worse_one_leaves_it(office: Office) -> None:
    for seconds, price, best in ((0, 2.1, 0.05), (30, 2.16, 0.08), (60, 2.12, 0.08)):
        await office.see(fanduel(price), seconds)
        assert office.kept.best_ev == pytest.approx(best)
        assert office.kept.opportunity.legs[0].price.decimal == price
    await office.see(FAIR | {"pinnacle": (1.8, 2.0), "fanduel": (2.12, 1.7)}, 90)
    assert office.kept.best_ev is not None
    assert office.kept.best_ev > 0.08, "the same price against a better fair line is a better opportunity"


async def test_the_same_again_is_written_only_when_it_would_soon_count_as_over(office: Office) -> None:
    await office.see(GENEROUS, 0)
    for seconds, written in ((60, 0), (200, 0), (250, 250), (300, 250), (500, 500)):
        await office.see(GENEROUS, seconds)
        assert office.kept.updated_at == NOW + timedelta(seconds=written)
    assert (office.kept.expired_at, office.kept.stretches) == (None, 1)


async def test_a_start_that_moved_is_known_for_what_was_found_before(office: Office) -> None:
    """Nobody has bet on it yet: who does later is held against the start the feed now names."""
    await office.see(GENEROUS, 0)
    for hours in (-1, 5):
        event = msgspec.structs.replace(GAME, commence_time=GAME.commence_time + timedelta(hours=hours))
        await office.intake.take_odds(odds(FAIR, NOW + timedelta(seconds=60), event), NOW + timedelta(seconds=60))
        assert office.kept.opportunity.event.commence_time == event.commence_time


async def test_over_without_a_bet_it_says_that_nobody_placed(office: Office) -> None:
    await office.see(GENEROUS, 0)
    await office.see(FAIR | {"fanduel": (1.9, 1.9)}, 60)
    (decision,) = office.kept.decisions
    assert (decision.decision, decision.reason) == ("passed", "not placed; automatic placing was off")
    assert office.kept.lived_seconds == 60


async def test_an_armed_strategy_that_did_not_place_says_less(office: Office) -> None:
    office.armed.add("value_betting")
    await office.see(GENEROUS, 0)
    await office.intake.expire(NOW + timedelta(seconds=400))
    (decision,) = office.kept.decisions
    assert decision.reason == "not placed"


async def test_a_suspended_account_says_so(office: Office) -> None:
    await office.ledger.set_status(SetAccountStatus("main", AccountStatus.SUSPENDED, "test"), NOW)
    await office.see(GENEROUS, 0)
    await office.intake.expire(NOW + timedelta(seconds=400))
    (decision,) = office.kept.decisions
    assert decision.reason == "the account was suspended"


async def test_what_an_earlier_run_left_is_ended_when_its_time_was_over(office: Office, tmp_path: Path) -> None:
    await office.see(GENEROUS, 0)
    later = Office(office.ledger)
    await later.see(FAIR, 3600)
    assert later.kept.expired_at == NOW + timedelta(seconds=300)
