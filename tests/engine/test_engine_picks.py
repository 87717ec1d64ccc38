"""A price somebody picks from the board: the opportunity that is there, else the price itself with the usual stake."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from test_engine_queries import Office, odds

from betting_tui.engine.config import Settings
from betting_tui.engine.core.model import Selection
from betting_tui.engine.house import House
from betting_tui.engine.picks import Picks
from betting_tui.engine.store.shapes import NewAccount
from betting_tui.engine.store.store import Ledger
from market_samples import MONEYLINE, NOW

HOME, AWAY = Selection(MONEYLINE, "Home"), Selection(MONEYLINE, "Away")
PRICES = {"pinnacle": (2.0, 1.9), "fanduel": (2.3, 1.8), "betmgm": (2.0, 1.88), "lowvig": (2.0, 1.9)}


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    ledger = await Ledger.open(tmp_path / "ledger.db", now=NOW)
    await ledger.ensure_account(NewAccount("main", "USD", 1_000_000, "test"), NOW)
    office = Office(ledger)
    await office.intake.take_odds(odds(PRICES), NOW)
    yield office
    await ledger.close()


def picks(office: Office) -> Picks:
    return Picks(office.board, office.detector, office.queries, House(office.ledger, Settings()), 0.25)


async def test_what_a_strategy_found_is_that_opportunity(office: Office) -> None:
    found = picks(office).pick(HOME, "fanduel", "main", NOW)
    assert found is not None
    assert not found.row.picked
    assert found.row.opportunity.strategy == "value_betting"


async def test_without_an_edge_it_is_the_price_with_the_usual_stake(office: Office) -> None:
    room = picks(office)
    found = room.pick(AWAY, "pinnacle", "main", NOW)
    assert found is not None
    assert found.row.picked
    assert found.row.stake_minor == 10_000
    assert (found.row.opportunity.ev_per_unit or 0) < 0
    again = room.opportunity(found.row.opportunity.id, "main", NOW)
    assert again is not None
    assert again.opportunity.legs[0].price == found.row.opportunity.legs[0].price


async def test_what_nobody_quotes_is_none(office: Office) -> None:
    assert picks(office).pick(HOME, "bet365", "main", NOW) is None
    assert picks(office).opportunity("OPP-unknown", "main", NOW) is None
