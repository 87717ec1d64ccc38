"""Hostile answers all the way into an engine that bets by itself: no bet comes of them, none is settled by them, and
the good game beside them stays on the board."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import hostile_feeds as feeds
import pytest
from hostile_payloads import text
from odds_api_server import Weather
from weather_kit import EPL, NBA, Station

from betting_tui.engine.clocks import VirtualClock
from betting_tui.engine.core.commands import Arm
from betting_tui.engine.core.errors import SourceError
from betting_tui.engine.core.model import BetState
from betting_tui.engine.core.ports import Answer, AnswerKind
from betting_tui.engine.store.shapes import BetFilter

STRATEGIES = ("value_betting", "line_shopping", "arbitrage")


RESULTS = {"the_odds_api": feeds.scores, "espn": feeds.espn, "thesportsdb": feeds.sports_db}
# What is left of these still says by its id, or by a second field, which game it is: a result like any other.
STILL_TOLD = frozenset(
    f"{field}: half a character" for field in ("team", "strHomeTeam", "strTimestamp", "strPostponed")
)


@pytest.fixture
async def station(tmp_path: Path) -> AsyncIterator[Station]:
    async with Station(tmp_path) as built:
        await built.engine.start(polling=False)
        for strategy in STRATEGIES:
            await built.engine.arm(Arm(strategy, True, created_by="tests"))
        yield built


def odds(body: bytes, station: Station) -> Answer:
    return Answer(
        "the_odds_api", AnswerKind.ODDS, NBA, body, station.clock.now(), station.clock.now(), markets=("h2h",)
    )


def scores(source: str, body: bytes, station: Station) -> Answer:
    return Answer(source, AnswerKind.SCORES, NBA, body, station.clock.now(), station.clock.now())


async def test_unbroken_the_bait_is_bet_on(station: Station) -> None:
    both = feeds.joined([text(feeds.GOOD_GAME), text(feeds.BAIT_GAME)])
    await station.engine.take_odds(odds(both, station))
    assert [bet.bet.event.id for bet in station.engine.open_bets()] == ["bait"]


async def test_no_bet_comes_of_a_hostile_answer(station: Station, caplog: pytest.LogCaptureFixture) -> None:
    wrong: list[str] = []
    for payload in (*feeds.odds(), *feeds.doubtful_odds()):
        taken = None
        try:
            taken = await station.engine.take_odds(odds(payload.body, station))
        except SourceError:
            if not payload.whole:
                wrong.append(f"{payload.name}: the good game was lost")
        if taken is not None and not payload.whole and station.engine.board.event("good") is None:
            wrong.append(f"{payload.name}: the good game is not on the board")
        if station.engine.open_bets():
            wrong.append(f"{payload.name}: a bet came of it")
            break
    assert wrong == []
    assert station.engine.ledger.verify_quick().ok
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
    await test_unbroken_the_bait_is_bet_on(station)


@pytest.mark.parametrize("source", RESULTS)
async def test_no_hostile_result_settles_a_bet(station: Station, source: str, caplog: pytest.LogCaptureFixture) -> None:
    await test_unbroken_the_bait_is_bet_on(station)
    assert isinstance(station.clock, VirtualClock)
    await station.clock.sleep((feeds.OVER - station.clock.now()).total_seconds())
    wrong: list[str] = []
    for payload in RESULTS[source]():
        if payload.name in STILL_TOLD:
            continue
        try:
            await station.engine.take_scores(scores(source, payload.body, station))
        except SourceError:
            if not payload.whole:
                wrong.append(f"{payload.name}: the good result was lost")
        [bet] = station.engine.ledger.bets(BetFilter())
        if bet.state is not BetState.PENDING:
            wrong.append(f"{payload.name}: the bet is {bet.state}")
            break
    assert wrong == []
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert station.engine.ledger.verify_quick().ok
    if source == "the_odds_api":
        final = feeds.joined([text(feeds.final("bait", feeds.BAIT))])
        await station.engine.take_scores(scores(source, final, station))
        [bet] = station.engine.ledger.bets(BetFilter())
        assert bet.state is BetState.SETTLED


async def test_hostile_files_move_the_board_and_nothing_else(station: Station) -> None:
    for payload in feeds.football_odds():
        now = station.clock.now()
        answer = Answer("football_data", AnswerKind.ODDS, EPL, payload.body, now, now, markets=("h2h",))
        try:
            await station.engine.take_odds(answer)
        except SourceError:
            assert payload.whole, payload.name
    assert station.engine.open_bets() == ()
    assert any(event.home_team == "Everton" for event in station.engine.board.events())


@pytest.mark.long
async def test_through_the_feeds_own_door_a_hostile_answer_is_the_next_feeds_turn(station: Station) -> None:
    for payload in [*feeds.odds()][::4]:
        if payload.whole:
            station.odds.sky = Weather(body=payload.body)
            await station.engine.fetch_odds([EPL])
            assert station.engine.board.events(), payload.name
            await station.clock.sleep(timedelta(hours=1).total_seconds())
    assert station.engine.open_bets() == ()
    assert station.status().state in ("degraded", "failed")
