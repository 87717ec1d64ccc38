"""football-data.co.uk as a feed: no key, real prices of 22 leagues, results of 38; its files change twice a week.

A file is asked for at most once in its time to live, and then only whether it has changed. Prices are those of the
site's last gathering, hours or days old, and dated so: they feed the board and backtests, not a race for a price.
"""

from __future__ import annotations

import asyncio
import re
from datetime import datetime
from urllib.parse import urlsplit

from msgspec import structs

from betting_tui.engine.core.decoded import DecodedOdds, DecodedScores
from betting_tui.engine.core.errors import (
    BadAnswer,
    ConfigError,
    RateLimited,
    RequestRejected,
    SourceError,
    SourceUnreachable,
)
from betting_tui.engine.core.model import Sport
from betting_tui.engine.core.ports import Answer, AnswerKind, Clock, OddsRequest
from betting_tui.engine.core.text import clean
from betting_tui.engine.sources import football_data_decode as decode
from betting_tui.engine.sources.cache import Cache, Cached, MemoryCache
from betting_tui.engine.sources.football_data_leagues import (
    BY_CODE,
    BY_SPORT,
    FIXTURES_PATH,
    LEAGUES,
    League,
    result_paths,
    season_code,
)
from betting_tui.engine.sources.football_data_rows import Sheet, cell, cut, league_of, read_day, read_sheet, split_line
from betting_tui.engine.sources.http import HttpAnswer, HttpClient, Misdirected, http_time

NAME = decode.NAME
BASE_URL = "https://www.football-data.co.uk"
TTL_SECONDS = 3600.0
RESULTS_BACK_DAYS = 120
# What the server says when there is no such file; 300 is its offer of files with similar names.
_NO_FILE = frozenset({300, 404, 410})
_NOT_THERE = "not_there"
_ACCEPT = "text/csv, text/plain;q=0.9, */*;q=0.5"
_MAX_RETRY_AFTER = 86_400.0
_MAX_VALIDATOR = 200


class FootballDataSource:
    """Implements `ports.Source` and `ports.ResultsSource`. Needs nothing.

    With a `FolderCache` a restart within `ttl_seconds` asks nobody.
    """

    def __init__(
        self,
        http: HttpClient,
        clock: Clock,
        cache: Cache | None = None,
        *,
        base_url: str = BASE_URL,
        ttl_seconds: float = TTL_SECONDS,
    ) -> None:
        self._http = http
        self._clock = clock
        self._cache: Cache = cache if cache is not None else MemoryCache()
        self._base = _checked_base(base_url)
        self._ttl = ttl_seconds
        self._asking = asyncio.Lock()
        self._not_there: dict[str, datetime] = {}

    @property
    def name(self) -> str:
        return NAME

    async def sports(self) -> tuple[Sport, ...]:
        """The competitions with prices, known without asking; results cover those of `LEAGUES`."""
        return tuple(
            Sport(league.sport_key, "Soccer", league.title, active=True, has_outrights=False)
            for league in LEAGUES
            if not league.country_file
        )

    def covers(self, sport_key: str) -> bool:
        """Whether there are results of this competition."""
        return sport_key in BY_SPORT

    async def fetch_odds(self, request: OddsRequest) -> Answer:
        """The coming games of one competition, all books of the file. Raises SourceError."""
        league = _league(request.sport_key)
        if league.country_file:
            raise RequestRejected(f"football-data.co.uk has results of {league.title}, but no prices of coming games")
        kept, server_time = await self._file(FIXTURES_PATH)
        body = await asyncio.to_thread(_rows_of, kept, league)
        markets = tuple(dict.fromkeys(request.markets))
        return self._answer(AnswerKind.ODDS, league, body, kept, server_time, markets)

    async def fetch_scores(self, sport_key: str, days_from: int) -> Answer:
        """The results of at least the last `RESULTS_BACK_DAYS` days: the site is days late, so `days_from` only
        lengthens that. Raises SourceError."""
        league = _league(sport_key)
        back = max(days_from, RESULTS_BACK_DAYS)
        for path in result_paths(league, self._clock.now()):
            try:
                kept, server_time = await self._file(path)
            except RequestRejected as missing:
                if missing.code != _NOT_THERE:
                    raise
                continue
            body = await asyncio.to_thread(_latest_rows, kept, league, self._clock.now(), back)
            if body is not None:
                return self._answer(AnswerKind.SCORES, league, body, kept, server_time)
        raise RequestRejected(f"football-data.co.uk has no results of {league.title} yet", code=_NOT_THERE)

    async def fetch_season(self, sport_key: str, first_year: int) -> Answer:
        """A whole season's file (2024 for 2024/25), or the country's file of all seasons, for `decode_history`.

        Raises SourceError.
        """
        league = _league(sport_key)
        path = f"mmz4281/{season_code(first_year)}/{league.code}.csv"
        kept, server_time = await self._file(f"new/{league.code}.csv" if league.country_file else path)
        return self._answer(AnswerKind.SCORES, league, kept.body, kept, server_time)

    def decode_odds(self, answer: Answer) -> DecodedOdds:
        return decode.decode_odds(answer)

    def decode_scores(self, answer: Answer) -> DecodedScores:
        return decode.decode_scores(answer)

    async def aclose(self) -> None:
        await self._http.aclose()

    def _answer(
        self,
        kind: AnswerKind,
        league: League,
        body: bytes,
        kept: Cached,
        server_time: datetime | None,
        markets: tuple[str, ...] = (),
    ) -> Answer:
        return Answer(
            source=NAME,
            kind=kind,
            sport_key=league.sport_key,
            body=body,
            received_at=kept.checked_at,
            server_time=server_time,
            markets=markets,
        )

    async def _file(self, path: str) -> tuple[Cached, datetime | None]:
        """A file no older than its time to live, and the server's clock if it was asked. One question at a time, so
        that twenty leagues of one file are one download."""
        async with self._asking:
            now = self._clock.now()
            kept = await asyncio.to_thread(self._cache.load, path)
            if kept is not None and kept.fresh(now, self._ttl):
                return kept, None
            missed = self._not_there.get(path)
            if missed is not None and 0 <= (now - missed).total_seconds() <= self._ttl:
                raise _not_there(path)
            answer = await self._get(path, _conditions(kept))
            now = self._clock.now()
            if answer.status in _NO_FILE:
                self._not_there[path] = now
                raise _not_there(path)
            if answer.status == 304 and kept is not None:
                kept = kept.confirmed(now)
            elif answer.status == 200:
                await asyncio.to_thread(read_sheet, answer.body)
                kept = Cached(answer.body, now, now, _validator(answer, "etag"), _validator(answer, "last-modified"))
            else:
                raise _refusal(answer, now)
            await asyncio.to_thread(self._cache.store, path, kept)
            return kept, answer.server_time

    async def _get(self, path: str, headers: dict[str, str]) -> HttpAnswer:
        try:
            return await self._http.get(f"{self._base}/{path}", {}, headers)
        except Misdirected:
            raise Misdirected(
                f"{self._base} sends on to another address: not followed, the site may have moved"
            ) from None


def _league(sport_key: str) -> League:
    league = BY_SPORT.get(sport_key)
    if league is None:
        raise RequestRejected(
            f"football-data.co.uk does not cover {clean(sport_key, 64)!r}: it has soccer leagues only"
        )
    return league


def _sheet(kept: Cached) -> Sheet:
    modified = http_time(kept.last_modified)
    # A file cannot be newer than the moment it came: a wrong clock at the other end would make its prices young.
    return structs.replace(read_sheet(kept.body), modified_at=min(modified, kept.fetched_at) if modified else None)


def _rows_of(kept: Cached, league: League) -> bytes:
    """The rows of one division, and those of no known one: they are broken, and counted where they are read."""
    sheet = _sheet(kept)

    def wanted(line: str) -> bool:
        division = cell(split_line(line) or (), sheet.columns.division)
        return division == league.code or division not in BY_CODE

    return cut(sheet, wanted)


def _latest_rows(kept: Cached, league: League, now: datetime, back_days: int) -> bytes | None:
    """The rows of the last days, and those without a readable date. None when the file is another competition's:
    before a season begins the site serves one file for another."""
    sheet = _sheet(kept)
    ours = False

    def wanted(line: str) -> bool:
        nonlocal ours
        cells = split_line(line) or ()
        if league_of(sheet.columns, cells, league) is league:
            ours = True
        day = read_day(cell(cells, sheet.columns.date))
        return day is None or (now.date() - day).days <= back_days

    body = cut(sheet, wanted)
    return body if ours else None


def _conditions(kept: Cached | None) -> dict[str, str]:
    """Ask for the file only if it is another than the kept one."""
    headers = {"Accept": _ACCEPT}
    if kept is not None and kept.etag:
        headers["If-None-Match"] = kept.etag
    if kept is not None and kept.last_modified:
        headers["If-Modified-Since"] = kept.last_modified
    return headers


def _validator(answer: HttpAnswer, name: str) -> str:
    """A header to be sent back as it came; empty for one that could not be a header again."""
    text = answer.header(name) or ""
    return text if len(text) <= _MAX_VALIDATOR and text.isascii() and text.isprintable() else ""


def _not_there(path: str) -> RequestRejected:
    return RequestRejected(f"football-data.co.uk has no file {path} now", code=_NOT_THERE)


def _refusal(answer: HttpAnswer, now: datetime) -> SourceError:
    """What an answer that is neither the file nor "unchanged" means."""
    if answer.status == 429:
        retry_after = _retry_after(answer, now)
        return RateLimited("football-data.co.uk gets too many requests: wait a little", retry_after=retry_after)
    if answer.status >= 500:
        return SourceUnreachable(
            f"football-data.co.uk has a fault of its own ({answer.status}): it will be asked again",
            retry_after=_retry_after(answer, now),
        )
    if answer.status in (401, 403):
        return SourceUnreachable(f"football-data.co.uk does not let this computer in ({answer.status}) for now")
    return BadAnswer(f"football-data.co.uk answered {answer.status} instead of a file: is a proxy in between?")


def _retry_after(answer: HttpAnswer, now: datetime) -> float | None:
    """Seconds to wait, at most a day; None without a readable header."""
    text = (answer.header("retry-after") or "").strip()
    if re.fullmatch(r"[0-9]{1,9}", text):
        return min(float(text), _MAX_RETRY_AFTER)
    moment = http_time(text)
    wait = None if moment is None else (moment - (answer.server_time or now)).total_seconds()
    return None if wait is None else min(max(0.0, wait), _MAX_RETRY_AFTER)


def _checked_base(url: str) -> str:
    """The address without a trailing slash. Raises ConfigError for what is none."""
    try:
        parts = urlsplit(url.strip())
        known = parts.scheme in ("https", "http") and bool(parts.hostname) and not (parts.query or parts.fragment)
    except ValueError:
        known = False
    if not known:
        raise ConfigError(f"{clean(url)!r} is no address of football-data.co.uk's files: expected {BASE_URL}")
    return url.strip().rstrip("/")
