"""Sixty and more hostile answers a feed, over the wire: nothing but a SourceError comes out, good rows are kept, the
others are counted."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime

import hostile_feeds as feeds
import pytest
from hostile_payloads import Spoilt
from msgspec import Struct
from odds_api_server import OddsApiServer, Weather

from betting_tui.engine.clocks import VirtualClock
from betting_tui.engine.config import TheOddsApi
from betting_tui.engine.core.decoded import DecodedOdds
from betting_tui.engine.core.errors import SourceError
from betting_tui.engine.core.ports import OddsRequest, ResultsSource, Source
from betting_tui.engine.sources.espn import EspnSource
from betting_tui.engine.sources.football_data import FootballDataSource
from betting_tui.engine.sources.http import HttpClient
from betting_tui.engine.sources.sports_db import SportsDbSource
from betting_tui.engine.sources.the_odds_api import TheOddsApiSource

EPL = "soccer_epl"


class Read(Struct, frozen=True):
    """What came of one answer: the games kept, by home team, and how much was left out."""

    games: frozenset[str]
    rejected: int


Ask = Callable[[OddsApiServer, HttpClient, datetime], Awaitable[Read]]


class Feed(Struct, frozen=True):
    payloads: Callable[[], Iterator[Spoilt]]
    good: str
    ask: Ask
    now: datetime


def the_odds_api(server: OddsApiServer, http: HttpClient, now: datetime) -> TheOddsApiSource:
    return TheOddsApiSource(server.key, TheOddsApi(base_url=server.base_url), http, VirtualClock(now))


async def odds(server: OddsApiServer, http: HttpClient, now: datetime) -> Read:
    source = the_odds_api(server, http, now)
    answer = await source.fetch_odds(OddsRequest(feeds.NBA, ("h2h",), regions=("us",)))
    return priced(await asyncio.to_thread(source.decode_odds, answer))


async def fixtures(server: OddsApiServer, http: HttpClient, now: datetime) -> Read:
    source = the_odds_api(server, http, now)
    answer = await source.fetch_events(feeds.NBA)
    events = await asyncio.to_thread(source.decode_events, answer)
    rejected = (await asyncio.to_thread(source.decode_odds, answer)).rejected
    return Read(frozenset(found.home_team or "" for found in events), sum(each.count for each in rejected))


async def football_odds(server: OddsApiServer, http: HttpClient, now: datetime) -> Read:
    source = FootballDataSource(http, VirtualClock(now), base_url=server.base_url)
    return priced(await asyncio.to_thread(source.decode_odds, await source.fetch_odds(OddsRequest(EPL, ("h2h",)))))


def priced(decoded: DecodedOdds) -> Read:
    games = frozenset(found.event.home_team or "" for found in decoded.events if found.quotes)
    return Read(games, sum(each.count for each in decoded.rejected))


async def scored(source: Source | ResultsSource, sport_key: str) -> Read:
    decoded = await asyncio.to_thread(source.decode_scores, await source.fetch_scores(sport_key, 0))
    games = frozenset(score.home_team or "" for score in decoded.scores if score.completed)
    return Read(games, sum(each.count for each in decoded.rejected))


async def scores(server: OddsApiServer, http: HttpClient, now: datetime) -> Read:
    return await scored(the_odds_api(server, http, now), feeds.NBA)


async def espn(server: OddsApiServer, http: HttpClient, now: datetime) -> Read:
    return await scored(EspnSource(http, VirtualClock(now), server.base_url), feeds.NBA)


async def sports_db(server: OddsApiServer, http: HttpClient, now: datetime) -> Read:
    return await scored(SportsDbSource("123", http, VirtualClock(now), server.base_url), feeds.NBA)


async def football_season(server: OddsApiServer, http: HttpClient, now: datetime) -> Read:
    return await scored(FootballDataSource(http, VirtualClock(now), base_url=server.base_url), EPL)


FEEDS = {
    "The Odds API, odds": Feed(feeds.odds, feeds.GOOD[0], odds, feeds.NOW),
    "The Odds API, events": Feed(feeds.fixtures, feeds.GOOD[0], fixtures, feeds.NOW),
    "The Odds API, scores": Feed(feeds.scores, feeds.GOOD[0], scores, feeds.OVER),
    "football-data, odds": Feed(feeds.football_odds, "Everton", football_odds, feeds.NOW),
    "football-data, results": Feed(feeds.football_season, "Everton", football_season, feeds.NOW),
    "ESPN": Feed(feeds.espn, feeds.GOOD[0], espn, feeds.OVER),
    "TheSportsDB": Feed(feeds.sports_db, feeds.GOOD[0], sports_db, feeds.OVER),
}


@pytest.mark.parametrize("name", FEEDS)
def test_each_feed_has_sixty_hostile_answers_and_more(name: str) -> None:
    names = [payload.name for payload in FEEDS[name].payloads()]
    assert len(names) >= 60
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("name", FEEDS)
async def test_hostile_answers_over_the_wire(name: str) -> None:
    feed = FEEDS[name]
    http = HttpClient(deadline_seconds=5)
    wrong: dict[str, object] = {}
    async with OddsApiServer() as server:
        for payload in feed.payloads():
            server.weather.append(Weather(body=payload.body))
            try:
                read = await feed.ask(server, http, feed.now)
            except SourceError as refused:
                if not payload.whole or not 10 < len(refused.message) < 400 or not refused.message.isprintable():
                    wrong[payload.name] = refused.message
            else:
                kept = feed.good in read.games or (payload.whole and not read.games)
                if not kept or bool(read.rejected) < (payload.counted and not payload.whole):
                    wrong[payload.name] = read
            server.weather.clear()
        await http.aclose()
    assert not wrong, "\n".join(f"{name}: {what}" for name, what in wrong.items())


@pytest.mark.parametrize("odd", feeds.tolerated(b""))
async def test_a_file_that_is_only_odd_is_read(odd: str) -> None:
    body = feeds.tolerated(feeds.good_file())[odd]
    http = HttpClient(deadline_seconds=5)
    async with OddsApiServer() as server:
        server.weather.append(Weather(body=body))
        read = await football_odds(server, http, feeds.NOW)
        await http.aclose()
    assert len(read.games) == 1
    assert read.rejected == 0
