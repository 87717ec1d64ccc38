"""The ledger's book of credits is the server's, to the last one: after answers, refusals, lost and overtaken answers,
restarts, and several processes on one key."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from odds_api_server import Weather, bad_weather
from weather_kit import EPL, NBA, Station, odds_of

from betting_tui.engine.clocks import VirtualClock
from betting_tui.engine.core.bet_views import Placed
from betting_tui.engine.core.commands import RecordBet
from betting_tui.engine.core.errors import SourceError
from betting_tui.engine.core.model import Event, LineKey, Origin, OutcomeSet, Selection
from betting_tui.engine.core.odds import parse_any
from betting_tui.engine.core.times import iso
from betting_tui.engine.engine import Engine
from betting_tui.engine.launch import live_engine

WEATHERS = (
    Weather(),
    Weather(),
    Weather(),
    bad_weather("INVALID_KEY"),
    bad_weather("INVALID_MARKET"),
    bad_weather("EXCEEDED_FREQ_LIMIT"),
    Weather(status=500, body=b"down"),
    Weather(reset=True),
    Weather(cut_after=0),
    Weather(cut_after=40),
)


@pytest.fixture
async def station(tmp_path: Path) -> AsyncIterator[Station]:
    async with Station(tmp_path) as built:
        await built.engine.start(polling=False)
        yield built


def other_process(station: Station) -> Engine:
    return live_engine(station.settings(), station.folder, clock=station.clock)


def header(station: Station) -> int | None:
    """The credits left as every screen shows them."""
    (paid,) = [feed for feed in station.engine.overview().feeds if feed.name == "the_odds_api"]
    (row,) = [each.status for each in station.engine.sources().feeds if each.status.name == "the_odds_api"]
    assert row.credits_remaining == paid.credits_remaining
    return paid.credits_remaining


async def bet_that_is_over(station: Station) -> None:
    assert isinstance(station.clock, VirtualClock)
    begun = station.clock.now() + timedelta(minutes=5)
    event = Event("over", NBA, NBA, begun, "Home", "Away")
    selection = Selection(LineKey("over", "h2h", OutcomeSet.TWO_WAY), "Home")
    placed = await station.engine.record_bet(
        RecordBet("main", event, selection, "fanduel", parse_any("-110"), 1_000, "over", Origin.COMMAND, "me")
    )
    assert isinstance(placed, Placed)
    station.clock.advance(6 * 3600)
    station.odds.scores[NBA] = [{**odds_of(NBA, "other", ("A", "B"), iso(begun), iso(begun)), "completed": False}]


async def ask(engine: Engine, chance: random.Random) -> None:
    """One question that costs something, or a free one."""
    desk = engine._feeds
    what = chance.choice(("odds", "odds", "events", "scores"))
    with suppress(SourceError):
        if what == "odds":
            await engine.fetch_odds([chance.choice((EPL, NBA))])
        elif what == "scores":
            await engine.fetch_results()
        else:
            metered = desk.odds._seats[0].feed.metered
            assert metered is not None
            await desk.odds.deliver(await metered.fetch_events(NBA))


async def told_at_last(station: Station, engine: Engine) -> None:
    """The next answer, a free one, that comes through."""
    station.odds.sky = None
    station.odds.weather.clear()
    assert isinstance(station.clock, VirtualClock)
    station.clock.advance(4 * 3600)
    metered = engine._feeds.odds._seats[0].feed.metered
    assert metered is not None
    await engine._feeds.odds.deliver(await metered.fetch_events(NBA))


@pytest.mark.parametrize("seed", [*range(4), *(pytest.param(seed, marks=pytest.mark.long) for seed in range(4, 40))])
async def test_the_book_is_the_servers_whatever_happens(station: Station, seed: int) -> None:
    chance = random.Random(seed)
    assert isinstance(station.clock, VirtualClock)
    await bet_that_is_over(station)
    beside = other_process(station)
    await beside.start(polling=False)
    for _ in range(15):
        station.odds.weather.append(msgspec.structs.replace(chance.choice(WEATHERS)))
        match chance.choice(("app", "app", "beside", "both", "restart", "wait")):
            case "app":
                await ask(station.engine, chance)
            case "beside":
                await ask(beside, chance)
            case "both":
                await asyncio.gather(ask(station.engine, chance), ask(beside, chance), ask(station.engine, chance))
            case "restart":
                await station.engine.stop()
                await station.engine.start(polling=False)
            case _:
                station.clock.advance(chance.choice((60, 3600, 3 * 3600)))
    await told_at_last(station, beside)
    assert station.booked() == station.odds.used
    await beside.stop()


async def test_the_first_question_of_all_is_a_free_one_so_that_a_lost_answer_is_booked(station: Station) -> None:
    station.odds.weather.extend([Weather(), Weather(cut_after=0)])
    with suppress(SourceError):
        await station.engine.fetch_odds([NBA])
    assert [each.path.split("/")[-1] for each in station.odds.asked][:2] == ["events", "odds"]
    await told_at_last(station, station.engine)
    assert station.booked() == station.odds.used > 0


async def test_spent_credits_met_by_a_question_for_results_reach_the_plan_at_once(station: Station) -> None:
    await bet_that_is_over(station)
    await told_at_last(station, station.engine)
    assert station.engine.sources().credits[0].left == 500
    station.odds.weather.append(bad_weather("OUT_OF_USAGE_CREDITS"))
    with suppress(SourceError):
        await station.engine.fetch_results()
    told = station.engine.sources().credits[0]
    assert told.left == 1, "less than the question's two are believed to be left"
    assert not [call for call in told.today if call.cost > 1]
    assert header(station) == told.left, "the header says the same as the plan, not what the refusal's headers say"


async def test_the_header_counts_what_a_lost_answer_may_have_taken_like_the_plan(station: Station) -> None:
    await told_at_last(station, station.engine)
    assert header(station) == 500
    station.odds.weather += [Weather(cut_after=40)] * 3
    with suppress(SourceError):
        await station.engine.fetch_odds([NBA])
    told = station.engine.sources().credits[0]
    assert told.unsure > 0
    assert header(station) == told.left == 500 - told.unsure
