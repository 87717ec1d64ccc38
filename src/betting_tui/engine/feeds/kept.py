"""Answers kept for a while, on disk: a restart within their time to live, or a second look, asks nobody."""

from __future__ import annotations

import asyncio

from betting_tui.engine.core.ports import Answer, Clock, OddsRequest
from betting_tui.engine.sources.cache import Cache, events_name, keep_answer, kept_answer, odds_name

# Start times are asked for again that often (`planning.Rules.events_refresh`).
_STARTS_SECONDS = 6 * 3600.0
_MONTH_SECONDS = 31 * 86_400.0


class KeptAnswers:
    """Finds and keeps answers beside the event loop. `ttl_seconds`: how long one may be used instead of asking; lists
    of fixtures, which cost nothing and seldom change, are used for some hours."""

    def __init__(self, cache: Cache, clock: Clock, ttl_seconds: float) -> None:
        self._cache = cache
        self._clock = clock
        self._ttl = ttl_seconds

    async def odds(self, source: str, request: OddsRequest) -> Answer | None:
        return await self._find(odds_name(source, request), self._ttl)

    async def last_odds(self, source: str, request: OddsRequest) -> Answer | None:
        """However old: for when it was asked for."""
        return await self._find(odds_name(source, request), _MONTH_SECONDS)

    async def events(self, source: str, sport_key: str) -> Answer | None:
        return await self._find(events_name(source, sport_key), max(self._ttl, _STARTS_SECONDS))

    async def keep_odds(self, request: OddsRequest, answer: Answer) -> None:
        await asyncio.to_thread(keep_answer, self._cache, odds_name(answer.source, request), answer)

    async def keep_events(self, answer: Answer) -> None:
        await asyncio.to_thread(keep_answer, self._cache, events_name(answer.source, answer.sport_key), answer)

    async def _find(self, name: str, ttl_seconds: float) -> Answer | None:
        return await asyncio.to_thread(kept_answer, self._cache, name, self._clock.now(), ttl_seconds)
