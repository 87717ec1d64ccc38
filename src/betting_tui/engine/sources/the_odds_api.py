"""The Odds API v4 as a source of odds, fixtures, scores and history. Knows its addresses and its credit headers."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlsplit

from msgspec import json

from betting_tui.engine.config import TheOddsApi
from betting_tui.engine.core.decoded import DecodedOdds, DecodedScores
from betting_tui.engine.core.errors import BadAnswer, ConfigError, RequestRejected
from betting_tui.engine.core.model import Event, Sport
from betting_tui.engine.core.odds import OddsFormat
from betting_tui.engine.core.ports import Answer, AnswerKind, Clock, CreditReading, OddsRequest
from betting_tui.engine.sources import the_odds_api_costs as costs
from betting_tui.engine.sources import the_odds_api_decode as decode
from betting_tui.engine.sources.http import HttpAnswer, HttpClient, Secret
from betting_tui.engine.sources.resilience import Guard
from betting_tui.engine.sources.the_odds_api_errors import event_refusal, missing_key, refusal
from betting_tui.engine.sources.the_odds_api_payload import split

NAME = "the_odds_api"
MAX_DAYS_FROM = 3
_LARGE_BYTES = 128 * 1024
_WORD = re.compile(r"[a-z0-9_]{1,64}")
_CREDITS = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class TheOddsApiSource:
    """Implements `ports.Source`. Without a key it refuses every question with KeyRejected and touches no network.

    With a `guard`, questions wait for their turn, are asked again where that helps, and rest after repeated failures;
    without one each is one request. All questions raise SourceError.
    """

    def __init__(
        self, key: str | None, settings: TheOddsApi, http: HttpClient, clock: Clock, *, guard: Guard | None = None
    ) -> None:
        self._key = Secret((key or "").strip())
        self._base = _checked_base(settings.base_url)
        self._format = OddsFormat(settings.odds_format)
        self._http = http
        self._clock = clock
        self._guard = guard
        self._credits: CreditReading | None = None

    def __repr__(self) -> str:
        return f"TheOddsApiSource({self._base!r}, key {'hidden' if self._key else 'missing'})"

    @property
    def name(self) -> str:
        return NAME

    @property
    def credits(self) -> CreditReading | None:
        """The last reading any answer gave, refusals included; None before the first."""
        return self._credits

    @property
    def unsure_credits(self) -> int:
        """Credits that answers lost since the last reading may have taken: the next reading tells."""
        return 0 if self._guard is None else self._guard.asked.unsure_credits

    @staticmethod
    def cost(request: OddsRequest) -> int:
        """Credits an odds request takes when anything comes back: markets x regions; ten named books are a region."""
        return costs.odds_cost(request)

    @staticmethod
    def scores_cost(days_from: int) -> int:
        """Credits a scores request takes: 1 for live and upcoming, 2 with finished games of the last days."""
        return costs.scores_cost(days_from)

    async def sports(self, *, out_of_season: bool = False) -> tuple[Sport, ...]:
        """Sports in season, or all; free of credits, and the cheapest way to try a key."""
        return decode.decode_sports((await self._get("/v4/sports", {"all": "true"} if out_of_season else {})).body)

    async def events(self, sport_key: str) -> tuple[Event, ...]:
        """Coming and running fixtures without prices; free of credits."""
        return decode.decode_events(await self.fetch_events(sport_key))

    async def fetch_events(
        self, sport_key: str, *, starts_from: datetime | None = None, starts_to: datetime | None = None
    ) -> Answer:
        """The fixtures as an answer for `decode_events`: start times are refreshed by it without a credit."""
        sport = _word(sport_key, "sport")
        query = {"dateFormat": "iso"} | _window(starts_from, starts_to)
        return self._answer(await self._get(f"/v4/sports/{sport}/events", query), AnswerKind.EVENTS, sport)

    async def fetch_odds(self, request: OddsRequest) -> Answer:
        """The featured markets of a sport's games. Costs `cost(request)`, nothing when no game comes back."""
        sport = _word(request.sport_key, "sport")
        answer = await self._get(f"/v4/sports/{sport}/odds", self._odds_query(request), cost=costs.odds_cost(request))
        return self._answer(answer, AnswerKind.ODDS, sport, markets=request.markets, odds_format=self._format)

    async def fetch_event_odds(self, event_id: str, request: OddsRequest) -> Answer:
        """Any markets of one event, also alternates, periods and props.

        Costs `cost(request)`, less what is not on offer. Raises EventGone for an event that is over.
        """
        path = _event_path(request.sport_key, event_id, "odds")
        answer = await self._get(path, self._odds_query(request), cost=costs.odds_cost(request), of_event=True)
        return self._answer(
            answer, AnswerKind.ODDS, request.sport_key, markets=request.markets, odds_format=self._format
        )

    def nothing_of(self, event_id: str, event: Event) -> Answer:
        """The event under the feed's own id without any price, of whatever market: what EventGone says of it."""
        body = json.encode(
            [
                {
                    "id": _event_id(event_id),
                    "sport_key": event.sport_key,
                    "sport_title": event.sport_title,
                    "commence_time": _moment(event.commence_time),
                    "home_team": event.home_team,
                    "away_team": event.away_team,
                    "bookmakers": [],
                }
            ]
        )
        return Answer(NAME, AnswerKind.ODDS, event.sport_key, body, self._clock.now(), odds_format=self._format)

    async def event_markets(self, event_id: str, request: OddsRequest) -> tuple[decode.OfferedMarkets, ...]:
        """Which markets the request's bookmakers have for one event. Costs 1 credit. Raises EventGone."""
        path = _event_path(request.sport_key, event_id, "markets")
        answer = await self._get(
            path, {"dateFormat": "iso"} | _books(request), cost=costs.EVENT_MARKETS_COST, of_event=True
        )
        return decode.decode_offers(answer.body)

    async def fetch_scores(self, sport_key: str, days_from: int) -> Answer:
        """Costs `scores_cost(days_from)`. Finished games are kept for three days."""
        if not 0 <= days_from <= MAX_DAYS_FROM:
            raise RequestRejected(f"scores go back 1 to {MAX_DAYS_FROM} days, not {days_from}: set results.days_from")
        query = {"dateFormat": "iso"} | ({"daysFrom": str(days_from)} if days_from else {})
        sport = _word(sport_key, "sport")
        answer = await self._get(f"/v4/sports/{sport}/scores", query, cost=costs.scores_cost(days_from))
        return self._answer(answer, AnswerKind.SCORES, sport)

    async def participants(self, sport_key: str) -> tuple[decode.Participant, ...]:
        """Teams or players of a sport, whether they play soon or not. Costs 1 credit."""
        path = f"/v4/sports/{_word(sport_key, 'sport')}/participants"
        return decode.decode_participants((await self._get(path, {}, cost=costs.PARTICIPANTS_COST)).body)

    async def historical_odds(self, request: OddsRequest, at: datetime) -> decode.Snapshot:
        """The featured markets as they were at the last snapshot until `at`. Costs ten times a current one."""
        sport = _word(request.sport_key, "sport")
        query = self._odds_query(request) | {"date": _moment(at)}
        answer = await self._get(f"/v4/historical/sports/{sport}/odds", query, cost=costs.historical_cost(request))
        return decode.decode_snapshot(
            self._answer(answer, AnswerKind.ODDS, sport, markets=request.markets, odds_format=self._format)
        )

    async def historical_event_odds(self, event_id: str, request: OddsRequest, at: datetime) -> decode.Snapshot:
        """Any markets of one event as they were. Costs ten times a current question. Raises EventGone."""
        path = _event_path(request.sport_key, event_id, "odds").replace("/v4/", "/v4/historical/", 1)
        query = self._odds_query(request) | {"date": _moment(at)}
        answer = await self._get(path, query, cost=costs.historical_cost(request), of_event=True)
        return decode.decode_snapshot(
            self._answer(answer, AnswerKind.ODDS, request.sport_key, markets=request.markets, odds_format=self._format)
        )

    async def historical_events(self, sport_key: str, at: datetime) -> decode.Snapshot:
        """The fixtures as they were announced at the last snapshot until `at`. Costs 1 credit."""
        sport = _word(sport_key, "sport")
        query = {"dateFormat": "iso", "date": _moment(at)}
        answer = await self._get(f"/v4/historical/sports/{sport}/events", query, cost=costs.HISTORICAL_EVENTS_COST)
        return decode.decode_snapshot(self._answer(answer, AnswerKind.EVENTS, sport))

    def decode_odds(self, answer: Answer) -> DecodedOdds:
        return decode.decode_odds(answer)

    def decode_scores(self, answer: Answer) -> DecodedScores:
        return decode.decode_scores(answer)

    def decode_events(self, answer: Answer) -> tuple[Event, ...]:
        return decode.decode_events(answer)

    async def aclose(self) -> None:
        await self._http.aclose()

    def _odds_query(self, request: OddsRequest) -> dict[str, str]:
        query = {"markets": _words(request.markets, "market"), "oddsFormat": self._format.value, "dateFormat": "iso"}
        query |= _books(request) | _window(request.starts_from, request.starts_to)
        if request.event_ids:
            query["eventIds"] = ",".join(_event_id(event_id) for event_id in dict.fromkeys(request.event_ids))
        wished = (
            ("includeBetLimits", request.bet_limits),
            ("includeLinks", request.links),
            ("includeSids", request.sids),
        )
        return query | {name: "true" for name, wanted in wished if wanted}

    async def _get(self, path: str, query: Mapping[str, str], *, cost: int = 0, of_event: bool = False) -> HttpAnswer:
        """A 200 whose body is the feed's JSON. Raises SourceError for everything else."""
        if not self._key:
            raise missing_key()
        if self._guard is None:
            return await self._once(path, query, of_event, None)
        return await self._guard.run(lambda left: self._once(path, query, of_event, left), cost=cost)

    async def _once(self, path: str, query: Mapping[str, str], of_event: bool, left: float | None) -> HttpAnswer:
        answer = await self._http.get(self._base + path, {**query, "apiKey": self._key}, deadline_seconds=left)
        reading = read_credits(answer)
        if reading is not None:
            self._credits = reading
            if reading.used is not None and self._guard is not None:
                self._guard.charges_told()
        if answer.status != 200 or not await _looked_at(answer.body):
            refuse = event_refusal if of_event else refusal
            raise refuse(answer, (self._key.reveal(),), self._clock.now())
        return answer

    def _answer(
        self,
        answer: HttpAnswer,
        kind: AnswerKind,
        sport_key: str,
        *,
        markets: tuple[str, ...] = (),
        odds_format: OddsFormat | None = None,
    ) -> Answer:
        return Answer(
            source=NAME,
            kind=kind,
            sport_key=sport_key,
            body=answer.body,
            received_at=self._clock.now(),
            server_time=answer.server_time,
            credits=read_credits(answer),
            markets=markets,
            odds_format=odds_format,
        )


async def _looked_at(body: bytes) -> bool:
    """Whether it is data. A large body is looked at beside the event loop: a broken one takes long to be sure of."""
    return _is_data(body) if len(body) <= _LARGE_BYTES else await asyncio.to_thread(_is_data, body)


def _is_data(body: bytes) -> bool:
    try:
        split(body)
    except BadAnswer:
        return False
    return True


def read_credits(answer: HttpAnswer) -> CreditReading | None:
    """The credit headers; None when none of them is there. Unreadable ones count as missing."""
    used, remaining, last = (_count(answer.header(f"x-requests-{name}")) for name in ("used", "remaining", "last"))
    return None if used is remaining is last is None else CreditReading(used, remaining, last)


def _count(text: str | None) -> int | None:
    cleaned = (text or "").strip()
    return int(float(cleaned)) if _CREDITS.fullmatch(cleaned) else None


def _word(text: str, what: str) -> str:
    """A key that may stand in an address: a name with a slash or a question mark would ask something else."""
    if _WORD.fullmatch(text) is None:
        raise RequestRejected(f"{text[:80]!r} is no {what} key: it has small letters, digits and _ only")
    return text


def _words(texts: tuple[str, ...], what: str) -> str:
    if not texts:
        raise RequestRejected(f"name at least one {what} to ask for")
    return ",".join(_word(text, what) for text in dict.fromkeys(texts))


def _books(request: OddsRequest) -> dict[str, str]:
    if request.bookmakers:
        return {"bookmakers": _words(request.bookmakers, "bookmaker")}
    return {"regions": _words(request.regions, "region")}


def _window(starts_from: datetime | None, starts_to: datetime | None) -> dict[str, str]:
    bounds = (("commenceTimeFrom", starts_from), ("commenceTimeTo", starts_to))
    return {name: _moment(moment) for name, moment in bounds if moment is not None}


def _moment(moment: datetime) -> str:
    """To the second: the provider refuses fractions."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _event_id(event_id: str) -> str:
    if decode.EVENT_ID.fullmatch(event_id) is None:
        raise RequestRejected(f"{event_id[:80]!r} is no event id of The Odds API")
    return event_id


def _event_path(sport_key: str, event_id: str, what: str) -> str:
    return f"/v4/sports/{_word(sport_key, 'sport')}/events/{_event_id(event_id)}/{what}"


def _checked_base(url: str) -> str:
    """The address without a trailing slash. Raises ConfigError for plain http to the outside: URLs hold the key."""
    try:
        parts = urlsplit(url.strip())
        host, local = parts.hostname or "", (parts.hostname or "") in _LOOPBACK
        _ = parts.port
    except ValueError:
        parts, host, local = urlsplit(""), "", False
    allowed = ("https", "http") if local else ("https",)
    if parts.scheme not in allowed or not host or parts.query or parts.fragment or parts.username is not None:
        raise ConfigError(
            "data_sources.the_odds_api.base_url is no address to send a key to: expected https://host, "
            "such as https://api.the-odds-api.com"
        )
    return url.strip().rstrip("/")
