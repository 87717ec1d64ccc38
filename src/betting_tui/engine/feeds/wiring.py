"""What the desks for odds and results are given: feeds with their guards, and what they need of the engine."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from betting_tui.engine.core.model import Event
from betting_tui.engine.core.ports import Answer, Clock, CreditReading, OddsRequest, ResultsSource, Source
from betting_tui.engine.sources.guarded import GuardedSource
from betting_tui.engine.sources.resilience import Guard, Policy

# For a source of our own making: it is asked once, as often as its plan says.
OWN_POLICY = Policy(requests=10_000, tries=1)


class FeedHooks(Struct, frozen=True):
    """`deliver` puts an answer into the inbox and gives what became of it; `changed` tells that a state is another.
    `unanswered`: no feed gave the odds of this sport when they were asked for."""

    deliver: Callable[[Answer], Awaitable[object]]
    paused: Callable[[], bool]
    changed: Callable[[], None]
    unanswered: Callable[[str], Awaitable[object]] | None = None


class MeteredSource(Source, Protocol):
    """A feed that costs credits, and tells start times for nothing."""

    @property
    def credits(self) -> CreditReading | None:
        """The last reading any answer gave, refusals included."""

    async def fetch_events(
        self, sport_key: str, *, starts_from: datetime | None = None, starts_to: datetime | None = None
    ) -> Answer:
        """Coming and running fixtures, free. Raises SourceError."""

    async def fetch_event_odds(self, event_id: str, request: OddsRequest) -> Answer:
        """Any markets of one event. Raises SourceError, as EventGone for one the feed knows no more."""

    def nothing_of(self, event_id: str, event: Event) -> Answer:
        """What EventGone says, as an answer: this event of ours, by the feed's own id, without a price. Asks nobody."""

    def decode_events(self, answer: Answer) -> tuple[Event, ...]:
        """Raises BadAnswer when nothing in it can be read."""


class PollPlan(Struct, frozen=True):
    """What a feed is asked for. `seconds`: one round over its sports, where it is free; `at_once` asks for all of a
    round at its beginning, for a feed whose one file holds them all. `daily_credits` binds a feed that costs some.
    `game_length`: how long games last there, from the sport's real length.
    """

    sports: tuple[str, ...]
    markets: tuple[str, ...]
    bookmakers: tuple[str, ...]
    seconds: float
    results_seconds: float
    days_from: int = 3
    daily_credits: int | None = None
    odds_cost: int = 0
    scores_cost: int = 0
    at_once: bool = False
    game_length: float = 1.0
    regions: tuple[str, ...] = ()
    bet_limits: bool = False
    links: bool = False

    @property
    def step_seconds(self) -> float:
        """Seconds between two questions of a round."""
        return self.seconds / max(1, len(self.sports))

    def question(self, sport_key: str) -> OddsRequest:
        return OddsRequest(
            sport_key,
            self.markets,
            self.bookmakers,
            self.regions,
            bet_limits=self.bet_limits,
            links=self.links,
        )


def _any_sport(_: str) -> bool:
    return True


class Feed(Struct, frozen=True):
    """A feed of odds with what it is asked for. `source` runs its questions through `guard` by itself, whoever asks.
    `metered` is the same source where it costs credits; `serves` tells by sport key whether it can be asked at all.
    """

    source: Source
    plan: PollPlan
    guard: Guard
    serves: Callable[[str], bool] = _any_sport
    metered: MeteredSource | None = None


def guarded(source: Source, plan: PollPlan, clock: Clock, serves: Callable[[str], bool] = _any_sport) -> Feed:
    """A source that brings no guard, behind one for all who ask it."""
    guard = Guard(source.name, clock, OWN_POLICY)
    return Feed(GuardedSource(source, guard), plan, guard, serves)


class ResultsFeed(Struct, frozen=True):
    """A feed that is asked for results. `source` runs its questions through `guard` by itself, so that nobody else
    does. `scores_cost`: credits a question takes; 0 when it is free.
    """

    source: Source | ResultsSource
    guard: Guard
    covers: Callable[[str], bool]
    scores_cost: int = 0
