"""What stands between a question and a feed: how often it is asked, what is asked again, when it is left alone.

A `Guard` belongs to one source. Every wait is on the injected clock: stamina counts the tries and asks whether to go
on, and itself only ever sleeps zero seconds. The rate limit alone runs on the event loop's clock: its library has no
other.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from betting_tui.engine.core.errors import (
    CreditsSpent,
    KeyRejected,
    RateLimited,
    RequestRejected,
    SourceError,
    SourceUnreachable,
)
from betting_tui.engine.core.ports import Clock
from betting_tui.engine.core.times import span_text
from betting_tui.engine.sources.http import DEADLINE_SECONDS, Misdirected, NotConnected

if TYPE_CHECKING:
    # Both load when they are first needed: with the first question, and with the first that fails.
    from aiolimiter import AsyncLimiter
    from stamina import Attempt

_T = TypeVar("_T")
# What a feed does not charge for: it was never asked, or it said no.
_FREE = (NotConnected, Misdirected, RateLimited, KeyRejected, CreditsSpent, RequestRejected)
_SHORTEST_REST_SECONDS, _LONGEST_WISH_SECONDS = 1.0, 86_400.0


class Policy(Struct, frozen=True):
    """How one source is treated. Times in seconds; `requests` of them may start within `per_seconds`."""

    requests: float = 10
    per_seconds: float = 1.0
    tries: int = 3
    deadline_seconds: float = DEADLINE_SECONDS
    first_wait: float = 0.5
    longest_wait: float = 5.0
    failures_to_open: int = 3
    first_rest: float = 60.0
    longest_rest: float = 1800.0
    refused_rest: float = 3600.0


class Asked(Struct, frozen=True):
    """What a source was asked since the start. `unsure_credits` are those of requests that failed after they were sent,
    since the source last told what it has charged."""

    requests: int = 0
    retries: int = 0
    retries_that_may_cost: int = 0
    unsure_credits: int = 0


class Resting(SourceUnreachable):
    """The source was not asked, because it failed too often just now. `retry_after`: until one question may pass."""

    title = "Feed rests"


def wait_before_retry(policy: Policy, error: BaseException, tries: int, left: float, chance: float) -> float | None:
    """Seconds until the next try after `tries` have failed; None when there is none.

    Only what may pass by itself is asked again: the network, a feed's own fault, too many requests. The wait doubles
    from try to try and is spread by `chance` (0 to 1) from half to one and a half of it; a feed's own wish is kept
    to, with the spread on top. A wait that does not fit into the seconds `left` is not begun.
    """
    if not isinstance(error, SourceUnreachable | RateLimited) or isinstance(error, Misdirected | Resting):
        return None
    if tries >= policy.tries:
        return None
    base = min(policy.longest_wait, policy.first_wait * 2 ** (tries - 1))
    wait = base * (0.5 + chance) if error.retry_after is None else error.retry_after + policy.first_wait * chance
    return wait if wait < left else None


class BreakerState(StrEnum):
    """`closed`: asked as usual. `open`: left alone. `probing`: one question is under way to see whether it is back."""

    CLOSED = "closed"
    OPEN = "open"
    PROBING = "probing"


class Breaker:
    """Opens after repeated failures, lets one question through after a rest, and closes when that is answered."""

    def __init__(self, clock: Clock, policy: Policy | None = None) -> None:
        self._clock = clock
        self._policy = policy or Policy()
        self._failures = 0
        self._openings = 0
        self._useless = 0
        self._until: float | None = None
        self._probing = False
        self._error: SourceError | None = None

    @property
    def state(self) -> BreakerState:
        if self._probing:
            return BreakerState.PROBING
        return BreakerState.CLOSED if self._until is None else BreakerState.OPEN

    @property
    def error(self) -> SourceError | None:
        """What failed last; None after a success."""
        return self._error

    @property
    def rest_seconds(self) -> float:
        """Until the next question is let through; 0 when it would be now."""
        return 0.0 if self._until is None else max(0.0, self._until - self._clock.monotonic())

    @property
    def asked_again_at(self) -> datetime | None:
        """When an open breaker lets a question through, on the wall clock; None when it is closed."""
        return None if self._until is None else self._clock.now() + timedelta(seconds=self.rest_seconds)

    @property
    def lets_through(self) -> bool:
        """Whether `enter` would say yes."""
        return not self._probing and self.rest_seconds == 0

    def enter(self) -> bool:
        """Ask for a question to be let through; True obliges to `succeed`, `fail` or `leave`."""
        if not self.lets_through:
            return False
        self._probing = self._until is not None
        return True

    def succeed(self) -> None:
        self._failures = self._openings = 0
        self._until = self._error = None
        self._probing = False

    def fail(self, error: SourceError) -> None:
        """Count it and open where due. A question that the feed refused for itself shows that the feed works."""
        if isinstance(error, RequestRejected):
            self.succeed()
            return
        probed, self._probing = self._probing, False
        self._error = error
        self._failures += 1
        wish = None
        if isinstance(error, KeyRejected | CreditsSpent):
            wish = self._policy.refused_rest
        elif error.retry_after is not None:
            wish = min(max(error.retry_after, _SHORTEST_REST_SECONDS), _LONGEST_WISH_SECONDS)
        if wish is None and not probed and self._failures < self._policy.failures_to_open:
            return
        self._openings += 1
        growing = min(self._policy.longest_rest, self._policy.first_rest * 2.0 ** min(self._openings - 1, 32))
        self._until = self._clock.monotonic() + (growing if wish is None else wish)

    def disappoint(self, error: SourceError) -> None:
        """An answer came and was of no use: as bad as none, also when many of them come in a row."""
        self._useless += 1
        self._failures = self._useless - 1
        self._openings = max(0, self._useless - self._policy.failures_to_open)
        self.fail(error)

    def satisfy(self) -> None:
        """An answer was of use."""
        self._useless = 0

    def leave(self) -> None:
        """The question was given up before anything was known."""
        self._probing = False

    def skip(self, seconds: float) -> None:
        """Time has passed that the clock did not count, as when the machine slept."""
        if self._until is not None:
            self._until -= max(0.0, seconds)


class Guard:
    """Runs the questions to one source: in turn, again where that helps, within one deadline, or not at all."""

    def __init__(
        self, name: str, clock: Clock, policy: Policy | None = None, *, chance: random.Random | None = None
    ) -> None:
        self.name = name
        self.policy = policy or Policy()
        self.breaker = Breaker(clock, self.policy)
        self._clock = clock
        self._chance = chance or random.Random()
        self._limiter: AsyncLimiter | None = None
        self._asked = Asked()
        self._told = False

    @property
    def asked(self) -> Asked:
        return self._asked

    def charges_told(self) -> None:
        """For `ask` to call when an answer, even a refusal, says what was charged in all: nothing is unsure then."""
        self._asked = replace(self._asked, unsure_credits=0)
        self._told = True

    async def run(self, ask: Callable[[float], Awaitable[_T]], *, cost: int = 0) -> _T:
        """The answer of `ask`, which gets the seconds that are left for it and must be free to be repeated.

        `cost`: credits one answer takes. Raises SourceError; Resting when the source was not asked at all.
        """
        if not self.breaker.enter():
            raise self._resting()
        try:
            answer = await self._ask_in_time(ask, cost)
        except SourceError as error:
            self.breaker.fail(error)
            raise
        except BaseException:
            self.breaker.leave()
            raise
        self.breaker.succeed()
        return answer

    async def _ask_in_time(self, ask: Callable[[float], Awaitable[_T]], cost: int) -> _T:
        """The deadline holds on the injected clock for the waits, and on the wall's for the network."""
        tries = _Tries(self.policy, self._clock, self._chance)
        try:
            async with asyncio.timeout(self.policy.deadline_seconds):
                try:
                    return await self._try(ask, tries, cost)
                except Exception as error:
                    if tries.goes_on(error) is False:
                        raise
                async for attempt in _retries(tries, self.policy.tries - 1):
                    with attempt:
                        return await self._try(ask, tries, cost)
        except TimeoutError:
            pass
        raise SourceUnreachable(f"the feed gave no answer within {self.policy.deadline_seconds:g} s")

    async def _try(self, ask: Callable[[float], Awaitable[_T]], tries: _Tries, cost: int) -> _T:
        await self._clock.sleep(tries.wait)
        await self._turn()
        again, asked = tries.failed > 0, self._asked
        self._asked = replace(
            asked,
            requests=asked.requests + 1,
            retries=asked.retries + again,
            retries_that_may_cost=asked.retries_that_may_cost + (again and cost > 0),
        )
        self._told = False
        try:
            return await ask(tries.left)
        except BaseException as failure:
            if cost and not self._told and not isinstance(failure, _FREE):
                self._asked = replace(self._asked, unsure_credits=self._asked.unsure_credits + cost)
            raise

    async def _turn(self) -> None:
        # Made where a loop runs: the library ties it to the first one it sees.
        if self._limiter is None:
            from aiolimiter import AsyncLimiter

            self._limiter = AsyncLimiter(self.policy.requests, self.policy.per_seconds)
        await self._limiter.acquire()

    def _resting(self) -> Resting:
        error, rest = self.breaker.error, self.breaker.rest_seconds
        why = f": {error.message}" if error else ""
        when = f"for {span_text(rest)}" if rest else "until the question under way is answered"
        return Resting(f"{self.name} is left alone {when}{why}", retry_after=max(rest, _SHORTEST_REST_SECONDS))


def _retries(tries: _Tries, most: int) -> AsyncIterator[Attempt]:
    import stamina
    import stamina.instrumentation

    # Without this each retry is a warning in the log: a feed's trouble is told once, by its status.
    stamina.instrumentation.set_on_retry_hooks(())
    return aiter(stamina.retry_context(tries.goes_on, attempts=most, timeout=None))


class _Tries:
    """The tries of one question: what stamina asks after each failure."""

    def __init__(self, policy: Policy, clock: Clock, chance: random.Random) -> None:
        self._policy = policy
        self._clock = clock
        self._chance = chance
        self._ends = clock.monotonic() + policy.deadline_seconds
        self.failed = 0
        self.wait = 0.0

    @property
    def left(self) -> float:
        return max(0.0, self._ends - self._clock.monotonic())

    def goes_on(self, error: Exception) -> bool | float:
        """Zero seconds for stamina to sleep, or False: the wait itself is the next try's, on our clock."""
        self.failed += 1
        wait = wait_before_retry(self._policy, error, self.failed, self.left, self._chance.random())
        if wait is None:
            return False
        self.wait = wait
        return 0.0
