"""Asking every feed one free question: does it answer, and whose clock does it show."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from msgspec import Struct

from betting_tui.engine.config import Settings
from betting_tui.engine.core.errors import BettingError
from betting_tui.engine.core.ports import Clock, OddsRequest
from betting_tui.engine.sources.espn import EspnSource
from betting_tui.engine.sources.failover import missing_need
from betting_tui.engine.sources.football_data import FootballDataSource
from betting_tui.engine.sources.http import HttpAnswer, HttpClient, Secret
from betting_tui.engine.sources.sports_db import SportsDbSource
from betting_tui.engine.sources.the_odds_api import TheOddsApiSource

# Leagues that all of the keyless feeds have.
_FOOTBALL, _BASKETBALL = "soccer_epl", "basketball_nba"


class FeedCheck(Struct, frozen=True):
    """What came of one free question. `state` is `answers`, `fails` or `off` (not asked: `text` says what it needs).

    `clock_seconds`: this machine's clock less the feed's, in seconds; None where the feed told no time. Credits as the
    answer told them.
    """

    name: str
    roles: tuple[str, ...]
    state: str
    text: str
    clock_seconds: float | None = None
    credits_used: int | None = None
    credits_remaining: int | None = None


async def check_feeds(settings: Settings, clock: Clock) -> tuple[FeedCheck, ...]:
    """All feeds of the settings at once, those for odds first. Never raises for a feed that fails."""
    order = dict.fromkeys((*settings.data_sources.priority_order, *settings.results.order))
    return tuple(await asyncio.gather(*(_check(name, settings, clock) for name in order)))


def roles_of(name: str, settings: Settings) -> tuple[str, ...]:
    """What the settings ask this feed for: `odds`, `results`."""
    named = {"odds": settings.data_sources.priority_order, "results": settings.results.order}
    return tuple(role for role, order in named.items() if name in order)


async def _check(name: str, settings: Settings, clock: Clock) -> FeedCheck:
    roles = roles_of(name, settings)
    needs = missing_need(name, settings)
    if needs is None:
        return FeedCheck(name, roles, "off", "is no feed of this program")
    if needs:
        return FeedCheck(name, roles, "off", needs)
    http = _TimedClient(clock, settings.data_sources.the_odds_api.timeout_seconds)
    try:
        text, used, left = await _QUESTIONS[name](settings, http, clock)
    except BettingError as error:
        return FeedCheck(name, roles, "fails", error.message, http.clock_seconds)
    finally:
        await http.aclose()
    return FeedCheck(name, roles, "answers", text, http.clock_seconds, used, left)


class _TimedClient(HttpClient):
    """Notes how far this machine's clock is from the one of whoever answered last."""

    def __init__(self, clock: Clock, deadline_seconds: float) -> None:
        super().__init__(deadline_seconds=deadline_seconds)
        self._clock = clock
        self.clock_seconds: float | None = None

    async def get(
        self,
        url: str,
        query: Mapping[str, str | Secret],
        headers: Mapping[str, str] | None = None,
        *,
        deadline_seconds: float | None = None,
    ) -> HttpAnswer:
        answer = await super().get(url, query, headers, deadline_seconds=deadline_seconds)
        if answer.server_time is not None:
            self.clock_seconds = (self._clock.now() - answer.server_time).total_seconds()
        return answer


_Told = tuple[str, int | None, int | None]


async def _ask_the_odds_api(settings: Settings, http: HttpClient, clock: Clock) -> _Told:
    chosen = settings.data_sources.the_odds_api
    source = TheOddsApiSource(settings.api_keys.the_odds_api, chosen, http, clock)
    sports = await source.sports()
    reading = source.credits
    used, left = (None, None) if reading is None else (reading.used, reading.remaining)
    credits_left = "" if left is None else f", {left:,} credits left"
    return f"{_counted(len(sports), 'sport')} in season{credits_left}", used, left


async def _ask_football_data(settings: Settings, http: HttpClient, clock: Clock) -> _Told:
    source = FootballDataSource(http, clock, base_url=settings.data_sources.football_data.base_url)
    wanted = next(iter(settings.data_sources.football_data.sports), _FOOTBALL)
    decoded = source.decode_odds(await source.fetch_odds(OddsRequest(wanted)))
    return f"{_counted(len(decoded.events), 'coming game')} of {wanted}", None, None


async def _ask_espn(settings: Settings, http: HttpClient, clock: Clock) -> _Told:
    source = EspnSource(http, clock, settings.data_sources.espn.base_url)
    wanted = _covered(settings, source.covers)
    decoded = source.decode_scores(await source.fetch_day(wanted, clock.now()))
    return f"{_counted(len(decoded.scores), 'game')} of {wanted} today", None, None


async def _ask_the_sports_db(settings: Settings, http: HttpClient, clock: Clock) -> _Told:
    key = settings.api_keys.thesportsdb
    source = SportsDbSource(key, http, clock, settings.data_sources.thesportsdb.base_url)
    wanted = _covered(settings, source.covers)
    decoded = source.decode_scores(await source.fetch_day(wanted, clock.now()))
    return f"{_counted(len(decoded.scores), 'game')} of {wanted} today", None, None


_QUESTIONS: Mapping[str, Callable[[Settings, HttpClient, Clock], Awaitable[_Told]]] = {
    "the_odds_api": _ask_the_odds_api,
    "football_data": _ask_football_data,
    "espn": _ask_espn,
    "thesportsdb": _ask_the_sports_db,
}


def _covered(settings: Settings, covers: Callable[[str], bool]) -> str:
    """The first subscribed sport that the feed has."""
    return next(filter(covers, settings.data_sources.the_odds_api.sports), _BASKETBALL)


def _counted(number: int, one: str) -> str:
    return f"{number:,} {one}" if number == 1 else f"{number:,} {one}s"


def simulated_check() -> FeedCheck:
    """The demo's market is made here: nobody is asked."""
    return FeedCheck("simulated", ("odds", "results"), "answers", "made on this machine")
