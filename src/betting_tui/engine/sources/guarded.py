"""Sources that know of no guard, with their questions run through one."""

from __future__ import annotations

from typing import Generic, TypeVar

from betting_tui.engine.core.decoded import DecodedOdds, DecodedScores
from betting_tui.engine.core.model import Sport
from betting_tui.engine.core.ports import Answer, OddsRequest, ResultsSource, Source
from betting_tui.engine.sources.resilience import Guard

_Inner = TypeVar("_Inner", Source, ResultsSource)


class Guarded(Generic[_Inner]):
    """What sources of odds and of results can both be asked. `inner` is the source itself, for what it can be asked
    besides: through `guard`, too."""

    def __init__(self, inner: _Inner, guard: Guard) -> None:
        self.inner: _Inner = inner
        self.guard = guard

    @property
    def name(self) -> str:
        return self.inner.name

    async def fetch_scores(self, sport_key: str, days_from: int) -> Answer:
        return await self.guard.run(lambda _: self.inner.fetch_scores(sport_key, days_from))

    def decode_scores(self, answer: Answer) -> DecodedScores:
        return self.inner.decode_scores(answer)

    async def aclose(self) -> None:
        await self.inner.aclose()


class GuardedSource(Guarded[Source]):
    """Implements `ports.Source`."""

    async def sports(self) -> tuple[Sport, ...]:
        return await self.guard.run(lambda _: self.inner.sports())

    async def fetch_odds(self, request: OddsRequest) -> Answer:
        return await self.guard.run(lambda _: self.inner.fetch_odds(request))

    def decode_odds(self, answer: Answer) -> DecodedOdds:
        return self.inner.decode_odds(answer)


class GuardedResults(Guarded[ResultsSource]):
    """Implements `ports.ResultsSource`."""

    def covers(self, sport_key: str) -> bool:
        return self.inner.covers(sport_key)
