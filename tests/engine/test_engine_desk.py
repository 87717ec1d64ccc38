"""The desk: what an armed strategy leaves alone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import msgspec
from test_engine_house import LINES, find, shop

from betting_tui.engine.core.bet_views import Placed, Working
from betting_tui.engine.core.commands import CancelOrder, Place
from betting_tui.engine.core.model import Leg, Origin, Selection
from betting_tui.engine.core.odds import parse_any
from market_samples import NOW


def waiting(number: int) -> Place:
    leg = Leg(Selection(LINES[number], "Home"), "betmgm", parse_any("2.30"), source="feed", stake_minor=1_000)
    until = NOW + timedelta(hours=1)
    return Place("main", (leg,), f"waits {number}", Origin.APP, "me", event=find(number).event, work_until=until)


async def test_a_strategy_places_nothing_where_an_order_of_the_account_waits(tmp_path: Path) -> None:
    async with shop(tmp_path) as open_shop:
        assert isinstance(await open_shop.desk.place(waiting(0), NOW), Working)
        assert await open_shop.desk.place_automatically(find(0), "main", NOW) is None
        assert isinstance(await open_shop.desk.place_automatically(find(1), "main", NOW), Placed)
        await open_shop.desk.cancel_order(CancelOrder("ORD-1", "me"), NOW)
        again = msgspec.structs.replace(find(0), id="OPP-0-again")
        assert isinstance(await open_shop.desk.place_automatically(again, "main", NOW), Placed)
