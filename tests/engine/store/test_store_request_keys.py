"""A request counts once in its account, whether its key is kept or follows from the row it is kept in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio
from store_samples import opened, opportunity, place, placed

from betting_tui.engine.desk import automatic_key
from betting_tui.engine.store import Ledger
from betting_tui.engine.store.request_keys import known


@pytest_asyncio.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[Ledger]:
    async with opened(tmp_path) as it:
        yield it


@pytest.mark.parametrize("key", ["k1", automatic_key(1, opportunity()), automatic_key(2, opportunity()), "1:else"])
async def test_the_same_request_is_given_the_same_bets(ledger: Ledger, key: str) -> None:
    first = await placed(ledger, place(key=key, opportunity=opportunity()))
    again = await placed(ledger, place(key=key, opportunity=opportunity()))
    assert (again.placement_id, again.repeated, [bet.id for bet in again.bets]) == (
        first.placement_id,
        True,
        [bet.id for bet in first.bets],
    )


async def test_an_automatic_key_takes_no_room_and_is_of_its_period_and_opportunity_alone(ledger: Ledger) -> None:
    bet = await placed(ledger, place(key=automatic_key(1, opportunity()), opportunity=opportunity()))
    kept = ledger._database.read(lambda conn: conn.execute("SELECT key FROM placements").fetchall())
    assert [row["key"] for row in kept] == [None]
    found = {
        key: ledger._database.read(partial(known, account_id=1, key=key))
        for key in ("1:opp-1", "2:opp-1", "01:opp-1", "1:opp-2", "opp-1", "1:", ":opp-1")
    }
    assert {key for key, each in found.items() if each is not None} == {"1:opp-1"}
    assert found["1:opp-1"] is not None
    assert found["1:opp-1"].id == bet.placement_id
