"""One feed at the odds desk: what it was asked when, how it did, and how long it is left alone after failing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Container

from betting_tui.engine.core.decoded import DecodedOdds, DecodedScores
from betting_tui.engine.core.errors import RequestRejected, SourceError
from betting_tui.engine.core.model import Sport
from betting_tui.engine.core.ports import Answer, Clock, OddsRequest
from betting_tui.engine.feeds.budget import Budget
from betting_tui.engine.feeds.wiring import Feed
from betting_tui.engine.sources.resilience import BreakerState, Resting

_FIRST_BACKOFF_SECONDS, _LONGEST_BACKOFF_SECONDS = 30.0, 1800.0
_WRONG_QUESTION_SECONDS = 3600.0


class Seat:
    """Implements `ports.Source` for the walk over feeds: each feed is asked its own way, and its luck is noted."""

    def __init__(
        self, feed: Feed, clock: Clock, budget: Budget | None, before_paying: Callable[[str], Awaitable[None]]
    ) -> None:
        self.feed = feed
        self.plan = feed.plan
        self.budget = budget
        self._before_paying = before_paying
        self.guard = feed.guard
        self.next_at: float | None = None
        self._source = feed.source
        self._clock = clock
        self._failures = 0
        self._held_until = 0.0
        self._holds: dict[str, float] = {}
        self._refused: dict[str, str] = {}
        self._asked: dict[str, float] = {}
        self._turn = 0
        self._step_at = 0.0

    @property
    def name(self) -> str:
        return self.feed.source.name

    @property
    def probing(self) -> bool:
        """Whether the next question is there to see if the feed is back."""
        return self.guard.breaker.state is not BreakerState.CLOSED

    # As a source of the walk

    async def sports(self) -> tuple[Sport, ...]:
        return await self._source.sports()

    async def fetch_odds(self, request: OddsRequest) -> Answer:
        """What this feed is set to be asked for that sport. Raises SourceError."""
        sport = request.sport_key
        self._note_asked(sport)
        try:
            if self.budget is not None:
                await self._before_paying(sport)
            return await self._source.fetch_odds(self.plan.question(sport))
        except SourceError as error:
            self.failed(sport, error)
            raise

    async def ask_again(self, request: OddsRequest) -> Answer:
        """Out of turn, which changes nothing about the turns. Raises SourceError."""
        return await self._source.fetch_odds(request)

    async def fetch_scores(self, sport_key: str, days_from: int) -> Answer:
        return await self._source.fetch_scores(sport_key, days_from)

    def decode_odds(self, answer: Answer) -> DecodedOdds:
        return self._source.decode_odds(answer)

    def decode_scores(self, answer: Answer) -> DecodedScores:
        return self._source.decode_scores(answer)

    async def aclose(self) -> None:
        await self._source.aclose()

    # How it does

    def succeeded(self, what: str) -> None:
        self._failures = 0
        self._held_until = 0.0
        self._holds.pop(what, None)
        self._refused.pop(what, None)

    def failed(self, what: str, error: Exception) -> None:
        """Leave it alone for a while: as long as it wishes, and ever longer while it goes on failing.

        A question that is wrong by itself is put off alone: the others go on.
        """
        now = self._clock.monotonic()
        self.tell_budget(error)
        if isinstance(error, RequestRejected):
            self._holds[what] = now + _WRONG_QUESTION_SECONDS
            self._refused[what] = error.message
            return
        if isinstance(error, Resting):
            return
        self._failures += 1
        growing = min(_LONGEST_BACKOFF_SECONDS, _FIRST_BACKOFF_SECONDS * 2.0 ** min(self._failures - 1, 16))
        self._held_until = now + growing

    @property
    def refusals(self) -> tuple[tuple[str, str], ...]:
        """Sports whose question the feed refuses for itself, with its words."""
        return tuple({what.split(" ")[-1]: message for what, message in self._refused.items()}.items())

    def put_off(self, what: str, seconds: float) -> None:
        """This question is not asked again before that."""
        self._holds[what] = self._clock.monotonic() + seconds

    def unable(self) -> str:
        """Why it cannot be asked for prices at all now; empty when it can."""
        return "" if self.budget is None else self.budget.exhausted()

    @property
    def rest_seconds(self) -> float:
        """How long it is left alone after failing, whatever the question."""
        return max(self.guard.breaker.rest_seconds, self._held_until - self._clock.monotonic(), 0.0)

    @property
    def can_answer(self) -> bool:
        return not self.rest_seconds and not self.unable()

    @property
    def held_sports(self) -> frozenset[str]:
        """Those that somebody has bets in, where a budget keeps an eye on them."""
        return frozenset() if self.budget is None else frozenset(each.key for each in self.budget.facts().sports)

    def wait_for(self, what: str) -> float:
        """Seconds until this question may be asked, by what happened before."""
        return max(self.rest_seconds, self._holds.get(what, 0.0) - self._clock.monotonic())

    # Rounds

    def wait_for_round(self, sport_key: str) -> float:
        """Until a sport is due whose turn comes by itself: at once, then once a round."""
        asked = self._asked.get(sport_key)
        due = 0.0 if asked is None else asked + self.plan.seconds - self._clock.monotonic()
        return max(due, self.wait_for(sport_key))

    def wait_for_step(self, sport_key: str) -> float:
        """Until the next step of an even round, for the sport whose turn it is."""
        return max(self._step_at - self._clock.monotonic(), self.wait_for(sport_key))

    def turn(self, sports: Container[str]) -> str:
        """The one of these whose turn it is; one that is put off lets the others pass."""
        in_order = self.plan.sports[self._turn :] + self.plan.sports[: self._turn]
        return min((sport for sport in in_order if sport in sports), key=self.wait_for)

    def skip(self, seconds: float) -> None:
        """Time has passed that the clock did not count."""
        self._held_until -= seconds
        self._step_at -= seconds
        for moments in (self._holds, self._asked):
            for what in moments:
                moments[what] -= seconds
        if self.next_at is not None:
            self.next_at -= seconds

    def tell_budget(self, error: Exception) -> None:
        """A refusal tells of the credits, too."""
        if self.budget is not None and self.feed.metered is not None and isinstance(error, SourceError):
            self.budget.told(self.feed.metered.credits)
            self.budget.refused(error, self.plan.odds_cost)

    def _note_asked(self, sport_key: str) -> None:
        now = self._clock.monotonic()
        self._asked[sport_key] = now
        self._step_at = now + self.plan.step_seconds
        if sport_key in self.plan.sports:
            self._turn = (self.plan.sports.index(sport_key) + 1) % len(self.plan.sports)
