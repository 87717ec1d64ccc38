"""Weather for a whole engine: servers on 127.0.0.1 that speak as The Odds API, football-data.co.uk and ESPN, and a
live engine that knows no others.

    async with Station(tmp_path) as station:
        station.odds.sky = SKIES["500"]
        await station.ask(EPL)
"""

from __future__ import annotations

import gzip
import json
import socket
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import hostile_feeds as feeds
import pytest
from football_data_files import FootballDataServer
from odds_api_server import OddsApiServer, Weather, bad_weather
from odds_payloads import Json, book, event, market, outcome
from results_server import ResultsServer

from betting_tui.engine.clocks import VirtualClock
from betting_tui.engine.config import (
    ApiKeys,
    Cache,
    DataSources,
    Log,
    Notifications,
    PaperTrading,
    Settings,
    TheOddsApi,
    Ui,
)
from betting_tui.engine.config.tree import Espn, FootballData, TheSportsDb
from betting_tui.engine.core.feed_views import FeedStatus
from betting_tui.engine.core.ports import Clock
from betting_tui.engine.engine import Engine
from betting_tui.engine.launch import live_engine

KEY = "a-key-for-tests"
EPL, NBA = "soccer_epl", feeds.NBA
DEADLINE_SECONDS = 1.0
MEGABYTES_50 = 50 * 1024 * 1024

# Each lasts until another is set. A redirect needs to know where to: `Station.elsewhere`.
SKIES: Mapping[str, Weather] = {
    "401 key": bad_weather("INVALID_KEY"),
    "401 credits": bad_weather("OUT_OF_USAGE_CREDITS"),
    "422": bad_weather("INVALID_MARKET"),
    "429": bad_weather("EXCEEDED_FREQ_LIMIT"),
    "429 with Retry-After": bad_weather("EXCEEDED_FREQ_LIMIT", retry_after="90"),
    "500": Weather(status=500),
    "503 with Retry-After": Weather(status=503, headers={"retry-after": "90"}),
    "reset": Weather(reset=True),
    "cut in the middle": Weather(cut_after=60),
    "silence": Weather(silent=True),
    "slow drip": Weather(drip_seconds=0.05),
    "gzip bomb": Weather(body=gzip.compress(b"[" + b" " * MEGABYTES_50), headers={"content-encoding": "gzip"}),
    "damaged gzip": Weather(body=b"\x1f\x8bno", headers={"content-encoding": "gzip"}),
    "HTML": Weather(body=b"<!DOCTYPE html><html><body>Please sign in to this Wi-Fi</body></html>"),
    "wrong types": Weather(body=b'[{"id": 5, "commence_time": [], "bookmakers": "many"}]'),
    "an empty body": Weather(body=b""),
}


def odds_of(sport_key: str, id_: str, teams: tuple[str, str], start: str, quoted: str, *names: str) -> Json:
    """A game that five books price alike."""
    sides = [outcome(name, 150) for name in (*teams, *names)]
    books = [
        book(key, market("h2h", *sides, last_update=quoted), last_update=quoted)
        for key in ("pinnacle", "betmgm", "draftkings", "betrivers", "lowvig")
    ]
    return event(*books, id=id_, sport_key=sport_key, home_team=teams[0], away_team=teams[1], commence_time=start)


class Station:
    """`clock` a virtual one unless given, at four hours before the games."""

    def __init__(
        self, folder: Path, *, clock: Clock | None = None, key: str = KEY, deadline: float = DEADLINE_SECONDS
    ) -> None:
        self.folder = folder
        self.clock: Clock = clock or VirtualClock(feeds.NOW)
        self.key = key
        self.deadline = deadline
        epl = odds_of(EPL, "epl", ("Everton", "Chelsea"), feeds.START, feeds.QUOTED, "Draw")
        self.odds = OddsApiServer(
            key=key,
            sports=[{"key": each, "group": "g", "title": each, "active": True} for each in (EPL, NBA)],
            odds={EPL: [epl], NBA: [feeds.GOOD_GAME]},
            events={EPL: [without_books(epl)], NBA: [without_books(feeds.GOOD_GAME)]},
            scores={EPL: [], NBA: []},
        )
        self.football = FootballDataServer({"fixtures.csv": feeds.good_file()})
        self.espn = ResultsServer()
        self.sports_db = ResultsServer()
        self.elsewhere = OddsApiServer()
        # A name, so that there is one to look up.
        self.odds.host = "localhost"
        self.engine: Engine = None  # type: ignore[assignment]
        self._open = AsyncExitStack()

    @property
    def servers(self) -> tuple[OddsApiServer, ...]:
        return self.odds, self.football, self.espn, self.sports_db, self.elsewhere

    def settings(self) -> Settings:
        return Settings(
            api_keys=ApiKeys(the_odds_api=self.key),
            paper_trading=PaperTrading(),
            data_sources=DataSources(
                priority_order=("the_odds_api", "football_data"),
                cache=Cache(enabled=False, ttl_minutes=0),
                the_odds_api=TheOddsApi(
                    base_url=self.odds.base_url, sports=(EPL, NBA), markets=("h2h",), timeout_seconds=self.deadline
                ),
                football_data=FootballData(base_url=self.football.base_url, sports=(EPL,)),
                espn=Espn(base_url=self.espn.base_url),
                thesportsdb=TheSportsDb(base_url=self.sports_db.base_url),
            ),
            notifications=Notifications(enabled=False, desktop=False),
            ui=Ui(time_zone="UTC"),
            log=Log(level="debug"),
        )

    async def __aenter__(self) -> Self:
        self.tell_time()
        for server in self.servers:
            await self._open.enter_async_context(server)
        self.engine = live_engine(self.settings(), self.folder, clock=self.clock)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.engine.stop()
        await self._open.aclose()

    def tell_time(self, ahead: float = 0.0) -> None:
        """All servers' clocks as ours, or seconds ahead of it."""
        stamp = format_datetime(datetime.fromtimestamp(self.clock.now().timestamp() + ahead, feeds.NOW.tzinfo), True)
        for server in self.servers:
            server.date = stamp

    def status(self, name: str = "the_odds_api") -> FeedStatus:
        return next(status for status in self.engine.overview().feeds if status.name == name)

    def set_sky(self, name: str) -> None:
        sky = SKIES.get(name)
        if name == "redirect":
            sky = Weather(status=302, body=b"", headers={"location": f"{self.elsewhere.base_url}/v4/sports"})
        assert sky is not None
        self.odds.sky = sky

    def booked(self) -> int:
        """Credits the ledger knows of."""
        return self.engine.ledger.credits_spent("the_odds_api", datetime(2000, 1, 1, tzinfo=feeds.NOW.tzinfo))


def without_books(row: Mapping[str, object]) -> Json:
    return {name: value for name, value in row.items() if name != "bookmakers"}


def no_names(patch: pytest.MonkeyPatch) -> None:
    """No host has an address: what a machine without a network says."""

    def nobody(*_: object, **__: object) -> Sequence[object]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    patch.setattr(socket, "getaddrinfo", nobody)


def dumped(rows: object) -> bytes:
    return json.dumps(rows).encode()
