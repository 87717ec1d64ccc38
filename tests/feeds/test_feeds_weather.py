"""A live engine in every weather: its words are right, the next feed takes over in the same poll, requests end in
time, recovery is noticed, and the book of credits is exact."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from weather_kit import DEADLINE_SECONDS, EPL, NBA, SKIES, Station, no_names

from betting_tui.engine.core.errors import SourceError

# State and words of The Odds API's cell, after it has worked, and whether the next poll may ask it again at once.
EXPECTED = {
    "401 key": ("failed", "does not accept the key: k in the app takes one"),
    "401 credits": ("failed", "credits are spent: wait for next month or change the plan"),
    "429": ("degraded", "too many requests: wait a little"),
    "429 with Retry-After": ("degraded", "too many requests: wait 90 s"),
    "500": ("degraded", "a fault of its own (500): it will be asked again"),
    "503 with Retry-After": ("degraded", "a fault of its own (503): it will be asked again"),
    "reset": ("degraded", "broke off the connection: it will be asked again"),
    "cut in the middle": ("degraded", "broke off its answer or does not speak HTTP: it will be asked again"),
    "silence": ("degraded", "gave no answer within 1 s"),
    "slow drip": ("degraded", "gave no answer within 1 s"),
    "gzip bomb": ("degraded", "the answer is larger than 8 MB: nothing was read"),
    "damaged gzip": ("degraded", "the packed answer is damaged: nothing was read"),
    "HTML": ("degraded", "not with its own data: is a proxy in between?"),
    "wrong types": ("degraded", "not one event of the answer can be read"),
    "an empty body": ("degraded", "not with its own data: is a proxy in between?"),
    "redirect": ("degraded", "sends requests on to another host: not followed, because the key would go with it"),
    "no names": ("degraded", "cannot be reached: check the network and the name of the host"),
    "no server": ("degraded", "cannot be reached: check the network and the name of the host"),
}


@pytest.fixture
async def station(tmp_path: Path) -> AsyncIterator[Station]:
    async with Station(tmp_path) as built:
        await built.engine.start(polling=False)
        yield built


async def live_until(station: Station, there: Callable[[], bool], *, hours: float = 48) -> timedelta:
    """Let the desk's loop run through that much of the clock's time, at most, and give what it took."""
    began = station.clock.now()
    loop = asyncio.create_task(station.engine._feeds.odds.loop())
    async with asyncio.timeout(20):
        while not there() and station.clock.now() - began < timedelta(hours=hours) and not loop.done():  # noqa: ASYNC110
            await asyncio.sleep(0)
    loop.cancel()
    await asyncio.gather(loop, return_exceptions=True)
    station.tell_time()
    assert there(), station.status()
    return station.clock.now() - began


def on_the_board(station: Station) -> set[str]:
    return {event.id.partition("-")[0] for event in station.engine.board.events()}


def telling(station: Station, sport_key: str) -> set[str]:
    """The feeds with prices of this sport on the board."""
    board = station.engine.board
    events = [event for event in board.events() if event.sport_key == sport_key]
    return {quote.source for event in events for line in board.lines(event.id) for quote in board.quotes(line)}


@pytest.mark.parametrize("weather", EXPECTED)
async def test_weather_comes_and_goes(
    station: Station, weather: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    await live_until(station, lambda: station.status().last_success is not None)
    with monkeypatch.context() as patch:
        match weather:
            case "no names":
                await station.odds.hang_up()
                no_names(patch)
            case "no server":
                await station.odds.close()
            case _:
                station.set_sky(weather)
        began = time.monotonic()
        await station.engine.fetch_odds([EPL])
        took = time.monotonic() - began
    state, words = EXPECTED[weather]
    assert took < DEADLINE_SECONDS + 1.5
    assert station.status().state == state
    assert words in station.status().detail
    assert station.status("football_data").state == "ok"
    assert on_the_board(station) == {"fd"}
    assert not station.elsewhere.asked

    station.odds.sky = None
    if weather == "no server":
        await station.odds.open()
    waited = await live_until(station, lambda: station.status().state == "ok")
    assert waited <= timedelta(hours=1)
    await station.engine.fetch_odds([EPL, NBA])
    assert on_the_board(station) == {"fd", "good"}, "one game is one event, as it was known first"
    assert "the_odds_api" in telling(station, EPL)
    assert station.booked() == station.odds.used > 0
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_a_refused_question_leaves_a_working_feed_as_it_was(station: Station) -> None:
    await live_until(station, lambda: station.status().last_success is not None)
    station.set_sky("422")
    await station.engine.fetch_odds([EPL])
    assert station.status().state == "ok"
    assert on_the_board(station) == {"fd"}
    with pytest.raises(SourceError, match=r"refuses the question \(422\) - it says: Invalid markets"):
        await station.engine.fetch_odds([NBA])
    station.odds.sky = None
    await station.engine.fetch_odds([NBA])
    assert on_the_board(station) == {"fd", "good"}
    assert station.booked() == station.odds.used == 1


async def test_a_sport_that_no_other_feed_has_is_told_by_its_own_trouble(station: Station) -> None:
    await live_until(station, lambda: station.status().last_success is not None)
    station.set_sky("500")
    for _ in range(3):
        with pytest.raises(SourceError, match="The Odds API has a fault of its own"):
            await station.engine.fetch_odds([NBA])
    with pytest.raises(SourceError, match=r"no feed answers for basketball_nba now - .*a fault of its own"):
        await station.engine.fetch_odds([NBA])
    assert station.booked() < station.odds.used, "the server charged for what was lost"
    station.odds.sky = None
    await live_until(station, lambda: station.status().state == "ok")
    assert station.booked() == station.odds.used


async def test_a_wrong_clock_is_told_and_forgotten_when_it_is_right_again(station: Station) -> None:
    station.tell_time(ahead=3600)
    await station.engine.fetch_odds([EPL])
    assert station.status().state == "ok"
    assert station.engine.overview().warning == "this machine's clock is 1 h slow: set it"
    station.tell_time()
    await station.engine.fetch_odds([EPL])
    assert station.engine.overview().warning == ""


async def test_one_feed_with_a_wrong_clock_is_its_own_problem(station: Station) -> None:
    station.odds.date = "Sat, 18 Apr 2026 10:00:00 GMT"
    station.set_sky("500")
    await station.engine.fetch_odds([EPL])
    station.odds.sky = None
    await station.engine.fetch_odds([EPL])
    assert on_the_board(station) == {"fd"}
    assert "the_odds_api" in telling(station, EPL)
    assert station.engine.overview().warning == ""


async def test_every_feed_in_trouble_keeps_the_loops_alive(station: Station) -> None:
    for server in (station.odds, station.football):
        await server.close()
    with pytest.raises(SourceError, match="no feed answers for soccer_epl now"):
        await station.engine.fetch_odds([EPL])
    began = station.clock.now()
    await live_until(station, lambda: station.clock.now() - began > timedelta(hours=2))
    assert not station.odds.asked
    for server in (station.odds, station.football):
        await server.open()
    waited = await live_until(station, lambda: station.status().state == "ok")
    assert waited <= timedelta(hours=1)
    assert station.booked() == station.odds.used


@pytest.mark.long
@pytest.mark.parametrize("seed", range(6))
async def test_changing_weather_leaves_the_book_of_credits_exact(
    station: Station, seed: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Lost answers were charged for: the next one that comes through tells by how much."""
    chance = random.Random(seed)
    await live_until(station, lambda: station.status().last_success is not None)
    skies = [*SKIES, "redirect", "fair", "fair", "fair"]
    for _ in range(25):
        station.odds.sky = None
        sky = chance.choice(skies)
        if sky != "fair":
            station.set_sky(sky)
        until = station.clock.now() + timedelta(minutes=chance.choice([1, 10, 45]))
        await live_until(station, lambda until=until: station.clock.now() >= until)  # type: ignore[misc]
        try:
            await station.engine.fetch_odds([chance.choice([EPL, NBA])])
        except SourceError:
            continue
    station.odds.sky = None
    await live_until(station, lambda: station.status().state == "ok")
    asked = len(station.odds.asked)
    await live_until(station, lambda: len(station.odds.asked) > asked)
    assert station.odds.used > 3
    assert station.booked() == station.odds.used
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert station.engine.ledger.verify_quick().ok
