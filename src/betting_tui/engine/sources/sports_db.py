"""TheSportsDB as a source of results: kept by volunteers, so the last to be asked. Its key is part of the address."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from betting_tui.engine.core.decoded import DecodedScores
from betting_tui.engine.core.errors import ConfigError, RequestRejected
from betting_tui.engine.core.ports import Answer, AnswerKind, Clock
from betting_tui.engine.core.text import clean
from betting_tui.engine.sources import sports_db_decode
from betting_tui.engine.sources.http import HttpClient, Secret
from betting_tui.engine.sources.results_feed import Page, ask, days_checked
from betting_tui.engine.sources.sports_db_leagues import number_of

NAME = "thesportsdb"
BASE_URL = "https://www.thesportsdb.com"
FREE_KEY = "123"
"""The key the provider gives to everybody; it shows a few games a day only."""

_KEY = re.compile(r"[A-Za-z0-9]{1,64}")


class SportsDbSource:
    """Implements `ports.ResultsSource`. A request for each day. Raises ConfigError for a key that cannot be one."""

    def __init__(self, key: str | None, http: HttpClient, clock: Clock, base_url: str = BASE_URL) -> None:
        given = (key or "").strip() or FREE_KEY
        if _KEY.fullmatch(given) is None:
            raise ConfigError("the key of TheSportsDB has letters and digits only: copy it again from your profile")
        self._key = Secret(given)
        self._http = http
        self._clock = clock
        self._base = base_url.rstrip("/")

    def __repr__(self) -> str:
        return f"SportsDbSource({self._base!r}, key hidden)"

    @property
    def name(self) -> str:
        return NAME

    def covers(self, sport_key: str) -> bool:
        return number_of(sport_key) is not None

    async def fetch_scores(self, sport_key: str, days_from: int) -> Answer:
        """Games of today and the `days_from` (0 to 7) days before, by UTC date. Raises SourceError."""
        today = self._clock.now().astimezone(UTC).date()
        return await self._fetch(sport_key, [today - timedelta(days=ago) for ago in range(days_checked(days_from) + 1)])

    async def fetch_day(self, sport_key: str, start: datetime) -> Answer:
        """Games of the UTC day of this start. Raises SourceError."""
        return await self._fetch(sport_key, [start.astimezone(UTC).date()])

    def decode_scores(self, answer: Answer) -> DecodedScores:
        return sports_db_decode.decode_scores(answer)

    async def aclose(self) -> None:
        await self._http.aclose()

    async def _fetch(self, sport_key: str, days: list[date]) -> Answer:
        number = number_of(sport_key)
        if number is None:
            raise RequestRejected(f"TheSportsDB has no league of {clean(sport_key, 64)!r} that is known here")
        url = f"{self._base}/api/v1/json/{self._key.reveal()}/eventsday.php"
        pages = [Page(url, {"d": day.isoformat(), "l": str(number)}) for day in days]
        body, server_time = await ask(self._http, pages, "events", "TheSportsDB", self._clock.now())
        return Answer(NAME, AnswerKind.SCORES, sport_key, body, self._clock.now(), server_time)
