"""Prices asked for again before a placement: the engine on a local server of The Odds API, and its replay."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace
from odds_api_server import Weather, bad_weather
from odds_payloads import Json
from verify_kit import BETTER, DRAWN, GAME, NOW, WORSE, game, running

from betting_tui.engine.core.bet_views import NotPlaced, Placed, Working
from betting_tui.engine.core.commands import Place
from betting_tui.engine.core.model import Evidence, Origin
from betting_tui.engine.core.odds import parse_any
from betting_tui.engine.core.refusals import RefusalCode
from betting_tui.engine.replay import replay
from betting_tui.engine.rooms import ARCHIVE_FILE, LEDGER_FILE
from betting_tui.engine.store import Ledger
from betting_tui.engine.store.shapes import BetFilter


def evidence(outcome: Placed | Working | NotPlaced) -> tuple[str, Evidence]:
    assert isinstance(outcome, Placed), outcome
    [bet] = outcome.bets
    return bet.price.text, bet.evidence


def refused(outcome: Placed | Working | NotPlaced) -> NotPlaced:
    assert isinstance(outcome, NotPlaced), outcome
    return outcome


@pytest.mark.parametrize("price", [DRAWN, BETTER])
async def test_a_price_that_is_still_there_is_placed_with_fresh_evidence(tmp_path: Path, price: float) -> None:
    async with running(tmp_path, there=game(price)) as run:
        assert run.engine.verify_cost(run.row.opportunity.id) == 1
        text, proof = evidence(await run.place())
        assert (float(text), proof) == (price, Evidence.FRESH)
        assert run.checks == 1
        assert run.server.asked[-1].query["markets"] == "h2h"


async def test_a_price_that_moved_meanwhile_is_refused_with_the_one_that_is_there(tmp_path: Path) -> None:
    async with running(tmp_path, there=game(WORSE)) as run:
        outcome = refused(await run.place())
        assert outcome.refusal.code is RefusalCode.PRICE_MOVED
        assert outcome.price_now is not None
        assert outcome.price_now.decimal == WORSE


@pytest.mark.parametrize("there", [game(None), None], ids=["book gone", "event gone"])
async def test_a_price_that_is_no_longer_offered_is_refused(tmp_path: Path, there: Json | None) -> None:
    async with running(tmp_path, there=there) as run:
        assert refused(await run.place()).refusal.code is RefusalCode.LINE_GONE
        assert run.engine.open_bets() == ()
        assert run.engine.overview().feeds[0].state == "ok", "the feed has answered, and is asked on"


async def test_what_the_feed_knows_no_more_leaves_the_board_and_is_asked_for_once(tmp_path: Path) -> None:
    async with running(tmp_path, there=None) as run:
        wanted = run.bet()
        shown = [line for line in run.engine.board.lines(GAME) if run.engine.board.quotes(line)]
        assert shown
        assert refused(await run.place(wanted)).refusal.code is RefusalCode.LINE_GONE
        assert run.checks == 1
        assert run.engine.opportunities().rows == ()
        assert run.engine.board.lines(GAME) == ()
        status = run.engine.overview().feeds[0]
        assert (status.state, status.detail) == ("ok", "")
        assert refused(await run.place(replace(wanted, key="two"))).refusal.code is RefusalCode.LINE_GONE
        assert run.checks == 1
        settings = run.settings
    await replay(settings, tmp_path / "live" / ARCHIVE_FILE, tmp_path / "again")
    first, again = seen_opportunities(tmp_path / "live"), seen_opportunities(tmp_path / "again")
    assert first
    assert first == again, "what left the board live leaves it in a replay, at the same moment"


def seen_opportunities(data_dir: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(data_dir / LEDGER_FILE)) as conn:
        return conn.execute("SELECT * FROM opportunities ORDER BY id").fetchall()


async def test_a_feed_that_fails_leaves_the_snapshot_and_says_so(tmp_path: Path) -> None:
    async with running(tmp_path, there=game()) as run:
        run.server.weather.append(bad_weather("INVALID_MARKET"))
        outcome = await run.place()
        assert evidence(outcome)[1] is Evidence.SAME_SNAPSHOT
        assert isinstance(outcome, Placed)
        assert outcome.note == "price not asked for again: request rejected"


async def test_a_feed_that_fails_on_a_wish_places_nothing(tmp_path: Path) -> None:
    async with running(tmp_path, there=game(), verify="ask") as run:
        run.server.weather.append(Weather(status=422, body=b"{}"))
        outcome = refused(await run.place(verify=True))
        assert outcome.refusal.code is RefusalCode.NOT_VERIFIED
        assert outcome.refusal.message.startswith("the price could not be asked for again: ")
        assert evidence(await run.place(run.bet(), verify=True))[1] is Evidence.FRESH, "the same request once more"


async def test_with_credits_short_the_snapshot_is_taken_and_a_wish_is_declined(tmp_path: Path) -> None:
    async with running(tmp_path, there=game(), remaining=2) as run:
        outcome = refused(await run.place(verify=True))
        assert outcome.refusal.message == (
            "asking for the price again takes 1 credit, more than is free today: "
            "credits are kept for the days until 1 May"
        )
        placed = await run.place()
        assert evidence(placed)[1] is Evidence.SAME_SNAPSHOT
        assert isinstance(placed, Placed)
        assert placed.note.startswith("price not asked for again: 1 credit, more than is free today: ")
        assert run.checks == 0


async def test_a_wish_beyond_the_days_credits_names_the_setting_to_raise(tmp_path: Path) -> None:
    async with running(tmp_path, there=game(), daily_credits=1) as run:
        outcome = refused(await run.place(verify=True))
        assert outcome.refusal.message == (
            "asking for the price again takes 1 credit, more than is free today: "
            "raise data_sources.the_odds_api.daily_credits, now 1"
        )


async def test_a_wish_while_nobody_knows_the_credits_says_that(tmp_path: Path) -> None:
    async with running(tmp_path, there=game()) as run:
        wanted = run.bet()
        run.clock.advance(14 * 86_400)
        outcome = refused(await run.place(wanted, verify=True))
        assert outcome.refusal.message == (
            "asking for the price again takes 1 credit, "
            "and how many credits are left is not known yet: the next free call tells"
        )


async def test_all_legs_are_asked_for_in_one_go(tmp_path: Path) -> None:
    async with running(tmp_path, there=game()) as run:
        found = next(row for row in run.engine.opportunities().rows if row.opportunity.strategy == "arbitrage")
        outcome = await run.place(Place("main", found.opportunity.legs, "both", Origin.APP, "test", found.opportunity))
        assert isinstance(outcome, Placed), outcome
        assert [bet.evidence for bet in outcome.bets] == [Evidence.FRESH, Evidence.FRESH]
        assert run.checks == 1


@pytest.mark.parametrize("setting", ["ask", "never"])
async def test_unless_it_is_set_to_nothing_is_asked_for_by_itself(tmp_path: Path, setting: str) -> None:
    async with running(tmp_path, there=game(), verify=setting) as run:
        assert evidence(await run.place())[1] is Evidence.SAME_SNAPSHOT
        assert run.checks == 0


async def test_the_same_request_costs_one_credit_and_gives_one_bet(tmp_path: Path) -> None:
    async with running(tmp_path, there=game()) as run:
        command = run.bet()
        first, again = await run.place(command), await run.place(command)
        assert isinstance(first, Placed)
        assert isinstance(again, Placed)
        assert again.repeated
        assert again.bets == first.bets
        assert run.checks == 1


async def test_a_bet_that_is_refused_whatever_the_price_costs_no_credit(tmp_path: Path) -> None:
    async with running(tmp_path, there=game()) as run:
        await run.place()
        twice = refused(await run.place(run.bet("two")))
        assert twice.refusal.code is RefusalCode.DUPLICATE
        assert run.checks == 1


async def test_an_order_that_could_be_filled_now_is_asked_for_and_one_that_waits_is_not(tmp_path: Path) -> None:
    async with running(tmp_path, there=game()) as run:
        bet = run.bet()
        start = run.row.opportunity.event.commence_time
        dear = (replace(bet.legs[0], price=parse_any("9.00")),)
        waits = await run.place(replace(bet, legs=dear, key="waits", work_until=start, again=True))
        assert isinstance(waits, Working)
        assert run.checks == 0
        at_once = await run.place(replace(bet, work_until=start, again=True))
        assert evidence(at_once)[1] is Evidence.FRESH


async def test_an_old_price_is_asked_for_and_taken_when_it_is_new_again(tmp_path: Path) -> None:
    """On the board it is too old to be taken; what the feed says now decides."""
    async with running(tmp_path, there=game()) as run:
        bet = run.bet()
        fresh = replace_updates(game(), "2026-04-18T10:09:50Z")
        run.server.event_odds[GAME] = fresh
        run.server.weather.append(Weather(headers={"date": "Sat, 18 Apr 2026 10:10:00 GMT"}))
        run.clock.advance(600)
        outcome = await run.engine.place(bet)
        assert evidence(outcome)[1] is Evidence.FRESH


def replace_updates(payload: Json, moment: str) -> Json:
    """The same game quoted at another moment."""
    books = payload["bookmakers"]
    assert isinstance(books, list)
    for each in books:
        each["last_update"] = moment
        for offered in each["markets"]:
            offered["last_update"] = moment
    return payload


async def test_a_replay_gives_the_same_ledger(tmp_path: Path) -> None:
    async with running(tmp_path, there=game(BETTER)) as run:
        assert evidence(await run.place())[1] is Evidence.FRESH
        settings = run.settings
    await replay(settings, tmp_path / "live" / ARCHIVE_FILE, tmp_path / "again")
    first, again = await exported(tmp_path / "live", "live"), await exported(tmp_path / "again", "replay")
    assert b"fresh" in first
    assert first == again


async def exported(data_dir: Path, mode: str) -> bytes:
    ledger = await Ledger.open(data_dir / LEDGER_FILE, now=NOW, mode=mode)  # type: ignore[arg-type]
    try:
        return ledger.export_ledger("json") + ledger.export_bets("csv", BetFilter())
    finally:
        await ledger.close()
