"""ESPN's public scoreboards as a source of results: free, without a key, undocumented. Knows addresses and days."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from betting_tui.engine.core.decoded import DecodedScores
from betting_tui.engine.core.errors import RequestRejected, UsageError
from betting_tui.engine.core.ports import Answer, AnswerKind, Clock
from betting_tui.engine.core.text import clean
from betting_tui.engine.core.times import zone_of
from betting_tui.engine.sources import espn_decode
from betting_tui.engine.sources.espn_leagues import League, league_of
from betting_tui.engine.sources.http import HttpClient
from betting_tui.engine.sources.results_feed import Page, ask, days_checked

NAME = "espn"
BASE_URL = "https://site.api.espn.com"
# Without a limit only the first games of a busy day come.
_LIMIT = "1000"
_WINTER_TIME_BEHIND_UTC = timedelta(hours=5)


class EspnSource:
    """Implements `ports.ResultsSource`. Costs nothing; asks politely: one page, or one a day for college sports."""

    def __init__(self, http: HttpClient, clock: Clock, base_url: str = BASE_URL) -> None:
        self._http = http
        self._clock = clock
        self._base = base_url.rstrip("/")

    @property
    def name(self) -> str:
        return NAME

    def covers(self, sport_key: str) -> bool:
        return league_of(sport_key) is not None

    async def fetch_scores(self, sport_key: str, days_from: int) -> Answer:
        """Games of today and the `days_from` (0 to 7) days before, by US Eastern date. Raises SourceError."""
        today = eastern_day(self._clock.now())
        return await self._fetch(sport_key, today - timedelta(days=days_checked(days_from)), today)

    async def fetch_day(self, sport_key: str, start: datetime) -> Answer:
        """Games of the day, by US Eastern date, on which a game with this start is listed. Raises SourceError."""
        day = eastern_day(start)
        return await self._fetch(sport_key, day, day)

    def decode_scores(self, answer: Answer) -> DecodedScores:
        return espn_decode.decode_scores(answer)

    async def aclose(self) -> None:
        await self._http.aclose()

    async def _fetch(self, sport_key: str, first: date, last: date) -> Answer:
        league = league_of(sport_key)
        if league is None:
            raise RequestRejected(f"ESPN has no scoreboard of {clean(sport_key, 64)!r} that is known here")
        now = self._clock.now()
        body, server_time = await ask(self._http, self._pages(league, first, last), "events", "ESPN", now)
        return Answer(NAME, AnswerKind.SCORES, sport_key, body, self._clock.now(), server_time)

    def _pages(self, league: League, first: date, last: date) -> list[Page]:
        url = f"{self._base}/apis/site/v2/sports/{league.path}/scoreboard"
        query = {"limit": _LIMIT} | ({"groups": league.group} if league.group else {})
        if not league.daily or first == last:
            span = f"{first:%Y%m%d}" if first == last else f"{first:%Y%m%d}-{last:%Y%m%d}"
            return [Page(url, query | {"dates": span})]
        days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        return [Page(url, query | {"dates": f"{day:%Y%m%d}"}) for day in days]


def eastern_day(moment: datetime) -> date:
    """The US Eastern date, by which ESPN sorts its games."""
    try:
        return moment.astimezone(zone_of("America/New_York")).date()
    except UsageError:
        # A machine without time zones: wrong for one hour of a summer night, and the day before is asked for as well.
        return (moment - _WINTER_TIME_BEHIND_UTC).date()
