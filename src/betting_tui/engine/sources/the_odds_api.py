"""The Odds API v4 as a source of odds, fixtures and scores. Knows its addresses, its costs and its credit headers."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from betting_tui.engine.config import TheOddsApi
from betting_tui.engine.core.errors import BadAnswer, ConfigError, RequestRejected
from betting_tui.engine.core.model import DecodedOdds, DecodedScores, Event, Sport
from betting_tui.engine.core.odds import OddsFormat
from betting_tui.engine.core.ports import Answer, AnswerKind, Clock, CreditReading, OddsRequest
from betting_tui.engine.sources import the_odds_api_decode as decode
from betting_tui.engine.sources.http import HttpAnswer, HttpClient, Secret
from betting_tui.engine.sources.the_odds_api_errors import missing_key, refusal
from betting_tui.engine.sources.the_odds_api_payload import split

NAME = "the_odds_api"
BOOKS_PER_REGION = 10
MAX_DAYS_FROM = 3
_WORD = re.compile(r"[a-z0-9_]{1,64}")
_CREDITS = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class TheOddsApiSource:
    """Implements `ports.Source`. Without a key it refuses every question with KeyRejected and touches no network."""

    def __init__(self, key: str | None, settings: TheOddsApi, http: HttpClient, clock: Clock) -> None:
        self._key = Secret((key or "").strip())
        self._base = _checked_base(settings.base_url)
        self._format = OddsFormat(settings.odds_format)
        self._http = http
        self._clock = clock
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

    @staticmethod
    def cost(request: OddsRequest) -> int:
        """Credits an odds request takes when anything comes back: markets x regions; ten named books are a region."""
        books = len(dict.fromkeys(request.bookmakers))
        regions = math.ceil(books / BOOKS_PER_REGION) if books else len(dict.fromkeys(request.regions))
        return len(dict.fromkeys(request.markets)) * regions

    @staticmethod
    def scores_cost(days_from: int) -> int:
        """Credits a scores request takes: 1 for live and upcoming, 2 with finished games of the last days."""
        return 2 if days_from else 1

    async def sports(self) -> tuple[Sport, ...]:
        """Sports in season; free of credits, and the cheapest way to try a key."""
        return decode.decode_sports((await self._get("/v4/sports", {})).body)

    async def events(self, sport_key: str) -> tuple[Event, ...]:
        """Coming and running fixtures without prices; free of credits."""
        answer = await self._get(f"/v4/sports/{_word(sport_key, 'sport')}/events", {"dateFormat": "iso"})
        return decode.decode_events(self._answer(answer, AnswerKind.EVENTS, sport_key))

    async def fetch_odds(self, request: OddsRequest) -> Answer:
        """Costs `cost(request)`. Raises SourceError."""
        sport = _word(request.sport_key, "sport")
        query = {"markets": _words(request.markets, "market"), "oddsFormat": self._format.value, "dateFormat": "iso"}
        if request.bookmakers:
            query["bookmakers"] = _words(request.bookmakers, "bookmaker")
        else:
            query["regions"] = _words(request.regions, "region")
        answer = await self._get(f"/v4/sports/{sport}/odds", query)
        return self._answer(answer, AnswerKind.ODDS, sport, markets=request.markets, odds_format=self._format)

    async def fetch_scores(self, sport_key: str, days_from: int) -> Answer:
        """Costs `scores_cost(days_from)`. Finished games are kept for three days. Raises SourceError."""
        if not 0 <= days_from <= MAX_DAYS_FROM:
            raise RequestRejected(f"scores go back 1 to {MAX_DAYS_FROM} days, not {days_from}: set results.days_from")
        query = {"dateFormat": "iso"} | ({"daysFrom": str(days_from)} if days_from else {})
        sport = _word(sport_key, "sport")
        answer = await self._get(f"/v4/sports/{sport}/scores", query)
        return self._answer(answer, AnswerKind.SCORES, sport)

    def decode_odds(self, answer: Answer) -> DecodedOdds:
        return decode.decode_odds(answer)

    def decode_scores(self, answer: Answer) -> DecodedScores:
        return decode.decode_scores(answer)

    async def aclose(self) -> None:
        await self._http.aclose()

    async def _get(self, path: str, query: Mapping[str, str]) -> HttpAnswer:
        """A 200 whose body is the feed's JSON. Raises SourceError for everything else."""
        if not self._key:
            raise missing_key()
        answer = await self._http.get(self._base + path, {**query, "apiKey": self._key})
        self._credits = read_credits(answer) or self._credits
        if answer.status != 200 or not _is_data(answer.body):
            raise refusal(answer, (self._key.reveal(),), self._clock.now())
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
