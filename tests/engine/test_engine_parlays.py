"""Parlays at the desk: each leg's price is checked like a single's, each of its events counts against the limits."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
import pytest
from test_engine_house import EVENTS, LINES, Shop, shop

from betting_tui.engine.core.bet_views import NotPlaced, Placed
from betting_tui.engine.core.commands import Command, PlaceParlay, RecordParlay
from betting_tui.engine.core.model import BetKind, Leg, Origin, Selection, Side
from betting_tui.engine.core.odds import parse_any
from betting_tui.engine.core.refusals import RefusalCode
from betting_tui.engine.store.shapes import BetFilter
from market_samples import NOW, START, decoded, prices


def legs(*numbers: int, price: str = "2.10", book: str = "fanduel", side: Side = Side.BACK) -> tuple[Leg, ...]:
    return tuple(
        Leg(Selection(LINES[number], "Home"), book, parse_any(price), side, seen_at=NOW, source="feed")
        for number in numbers
    )


def parlay(*numbers: int, stake: int = 10_000, key: str = "p", **more: Any) -> PlaceParlay:
    return PlaceParlay("main", more.pop("legs", legs(*numbers)), stake, key, Origin.APP, "test", **more)


async def refused(open_shop: Shop, command: PlaceParlay, code: RefusalCode) -> NotPlaced:
    outcome = await open_shop.desk.place_parlay(command, NOW)
    open_shop.house.forget()
    assert isinstance(outcome, NotPlaced)
    assert outcome.refusal.code is code, outcome.refusal.message
    return outcome


async def accepted(open_shop: Shop, command: PlaceParlay) -> Placed:
    outcome = await open_shop.desk.place_parlay(command, NOW)
    open_shop.house.forget()
    assert isinstance(outcome, Placed), outcome
    return outcome


async def test_prices_on_the_board_become_one_bet(tmp_path: Path) -> None:
    async with shop(tmp_path) as open_shop:
        (bet,) = (await accepted(open_shop, parlay(0, 1, 2))).bets
        assert (bet.kind, bet.stake_minor, bet.price.exact) == (BetKind.PARLAY, 10_000, Fraction(21, 10) ** 3)
        assert (await accepted(open_shop, parlay(0, 1, 2))).repeated


async def test_one_leg_whose_price_has_moved_refuses_all_of_them_with_its_price_now(tmp_path: Path) -> None:
    async with shop(tmp_path) as open_shop:
        moved = (*legs(0, 1), *legs(2, price="2.20"))
        outcome = await refused(open_shop, parlay(legs=moved), RefusalCode.PRICE_MOVED)
        assert outcome.leg is not None
        assert outcome.leg.selection.line == LINES[2]
        assert outcome.price_now == parse_any("2.10")
        assert open_shop.ledger.bets(BetFilter()) == ()
        taken = await accepted(open_shop, parlay(legs=moved, take_worse=True))
        assert taken.bets[0].price.exact == Fraction(21, 10) ** 3


async def test_a_leg_that_nobody_offers_or_that_is_too_old_refuses_all_of_them(tmp_path: Path) -> None:
    async with shop(tmp_path) as open_shop:
        await refused(open_shop, parlay(legs=legs(0, 1, book="betmgm")), RefusalCode.LINE_GONE)
        old = await open_shop.desk.place_parlay(parlay(0, 1), NOW + timedelta(hours=2))
        assert isinstance(old, NotPlaced)
        assert old.refusal.code is RefusalCode.STALE_QUOTE


async def test_an_event_that_has_started_refuses_all_of_them(tmp_path: Path) -> None:
    async with shop(tmp_path) as open_shop:
        outcome = await open_shop.desk.place_parlay(parlay(0, 1), START)
        assert isinstance(outcome, NotPlaced)
        assert outcome.refusal.code is RefusalCode.EVENT_STARTED


async def test_what_is_no_parlay_is_refused_before_any_price_is_looked_at(tmp_path: Path) -> None:
    async with shop(tmp_path) as open_shop:
        for wanted, told in (
            (legs(0), "2 to 12 legs"),
            (legs(0, 0), "two legs are on Away @ Home"),
            ((*legs(0), *legs(1, book="betmgm")), "one bet at one bookmaker"),
            ((*legs(0), *legs(1, side=Side.LAY)), "backs all its legs"),
        ):
            outcome = await refused(open_shop, parlay(legs=wanted), RefusalCode.UNSUPPORTED)
            assert told in outcome.refusal.message
        assert (await open_shop.ledger.verify()).ok


async def test_the_stake_counts_once_against_the_limits_of_an_account(tmp_path: Path) -> None:
    """Three legs of 100.00 are 100.00 of a day's 150.00, and one open bet of two."""
    async with shop(tmp_path, daily_bet_limit=Decimal(150), max_open_bets=2) as open_shop:
        await accepted(open_shop, parlay(0, 1, 2))
        await refused(open_shop, parlay(3, 4, key="q"), RefusalCode.DAILY_STAKE)
        await accepted(open_shop, parlay(3, 4, stake=5_000, key="q"))


async def test_each_of_its_events_and_leagues_is_exposed_to_all_of_it(tmp_path: Path) -> None:
    async with shop(tmp_path, max_event_exposure=0.015) as open_shop:
        await accepted(open_shop, parlay(0, 1))
        for number in (0, 1):
            assert await open_shop.place(number, 6_000) == "exposure"
        assert await open_shop.place(2, 6_000) == "placed"
        await refused(open_shop, parlay(3, 1, key="q"), RefusalCode.EXPOSURE)
        await accepted(open_shop, parlay(3, 4, key="q"))


async def test_a_league_counts_it_once_however_many_legs_are_in_it(tmp_path: Path) -> None:
    async with shop(tmp_path, max_league_exposure=0.025) as open_shop:
        await accepted(open_shop, parlay(0, 1, 2))
        await accepted(open_shop, parlay(3, 4, 5, key="q"))
        await refused(open_shop, parlay(6, 7, key="r"), RefusalCode.EXPOSURE)


async def test_the_range_of_odds_is_that_of_the_product(tmp_path: Path) -> None:
    async with shop(tmp_path, max_odds=5.0) as open_shop:
        await accepted(open_shop, parlay(0, 1))
        await refused(open_shop, parlay(0, 1, 2, key="q"), RefusalCode.ODDS_RANGE)


async def test_a_parlay_does_not_make_its_legs_held_or_taken(tmp_path: Path) -> None:
    async with shop(tmp_path) as open_shop:
        await accepted(open_shop, parlay(0, 1))
        assert open_shop.ledger.taken("main") == frozenset()
        assert await open_shop.place(0) == "placed"


async def test_one_made_by_hand_is_checked_against_limits_somebody_set_and_not_against_the_board(
    tmp_path: Path,
) -> None:
    async with shop(tmp_path, max_event_exposure=0.015) as open_shop:
        wanted = RecordParlay(
            "main", legs(0, 1, price="9.00", book="corner_shop"), EVENTS[:2], 10_000, "h", Origin.MANUAL, "me"
        )
        assert isinstance(await open_shop.desk.record_parlay(wanted, NOW), Placed)
        open_shop.house.forget()
        again = await open_shop.desk.record_parlay(msgspec.structs.replace(wanted, key="h2"), NOW)
        assert isinstance(again, NotPlaced)
        assert again.refusal.code is RefusalCode.EXPOSURE


async def test_what_a_book_takes_of_a_leg_is_the_most_it_takes_of_the_whole(tmp_path: Path) -> None:
    async with shop(tmp_path) as open_shop:
        quotes = tuple(
            msgspec.structs.replace(each, bet_limit=50.0) for each in prices({"fanduel": ("2.10", "2.10")}, LINES[1])
        )
        open_shop.board.apply(decoded(*quotes, event=EVENTS[1]), "feed")
        await refused(open_shop, parlay(0, 1), RefusalCode.BET_SIZE)
        await accepted(open_shop, parlay(0, 1, stake=5_000))


@pytest.mark.parametrize(
    "command",
    [
        parlay(0, 1, note="why not"),
        RecordParlay("main", legs(0, 1), EVENTS[:2], 10_000, "h", Origin.MANUAL, "me", placed_at=NOW),
    ],
    ids=["placed", "recorded"],
)
def test_the_inbox_keeps_a_parlay_as_it_was_asked_for(command: PlaceParlay | RecordParlay) -> None:
    kept: Command = msgspec.json.decode(msgspec.json.encode(command), type=Command)
    assert kept == command
