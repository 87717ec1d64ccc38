"""When to ask which feed what: loops that re-arm themselves, keep to the credits, and survive a failing feed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct

from betting_tui.engine.clocks import Alarm
from betting_tui.engine.core.errors import CreditsSpent, KeyRejected, LedgerError, RequestRejected, SourceError
from betting_tui.engine.core.ports import Answer, Clock, OddsRequest, Source
from betting_tui.engine.core.views import FeedStatus

_LOG = logging.getLogger(__name__)
_FIRST_BACKOFF_SECONDS = 30.0
_LONGEST_BACKOFF_SECONDS = 1800.0
# What a feed may ask us to wait: long enough for a day's limit, short enough to be a moment of the calendar.
_SHORTEST_WISH_SECONDS, _LONGEST_WISH_SECONDS = 1.0, 86_400.0
_PAUSE_LOOK_SECONDS = 1.0
_WORTH_ASKING_AFTER = timedelta(minutes=75)


class PollPlan(Struct, frozen=True):
    """How a feed is polled: `seconds` for one round over its sports; `daily_credits` None when it costs nothing."""

    sports: tuple[str, ...]
    markets: tuple[str, ...]
    bookmakers: tuple[str, ...]
    seconds: float
    results_seconds: float
    days_from: int = 3
    daily_credits: int | None = None
    odds_cost: int = 0
    scores_cost: int = 0

    @property
    def step_seconds(self) -> float:
        """Seconds between two questions: within the round, and never faster than the day's credits allow."""
        step = self.seconds / max(1, len(self.sports))
        if self.daily_credits is None or self.odds_cost == 0:
            return step
        return max(step, 86_400 * self.odds_cost / max(1, self.daily_credits))


class PollerHooks(Struct, frozen=True):
    """What a poller needs of the engine."""

    deliver: Callable[[Answer], Awaitable[object]]
    spent_today: Callable[[str], int]
    waiting_events: Callable[[], Sequence[tuple[str, datetime]]]
    paused: Callable[[], bool]
    changed: Callable[[], None]


class Poller:
    """Polls one feed for odds and results until cancelled. A failure shows in `status` and is tried again later."""

    def __init__(self, source: Source, plan: PollPlan, clock: Clock, hooks: PollerHooks) -> None:
        self._source = source
        self._plan = plan
        self._clock = clock
        self._hooks = hooks
        self._turn = 0
        self._status = FeedStatus(source.name, "waiting", "first poll under way")
        self._stopped = False
        self._odds_alarm, self._results_alarm = Alarm(clock), Alarm(clock)
        self.next_for = ""

    @property
    def status(self) -> FeedStatus:
        return self._status

    @property
    def sports(self) -> tuple[str, ...]:
        return self._plan.sports

    async def odds_loop(self) -> None:
        """Ask for one sport after the other, for ever."""
        backoff = _FIRST_BACKOFF_SECONDS
        while not self._stopped:
            delay = self._plan.step_seconds
            try:
                while self._hooks.paused():
                    await self._clock.sleep(_PAUSE_LOOK_SECONDS)
                if self._plan.sports and self._affordable(self._plan.odds_cost):
                    await self._poll_odds()
                    backoff = _FIRST_BACKOFF_SECONDS
            except (KeyRejected, CreditsSpent) as error:
                self._fail("failed", error.message)
                delay = _LONGEST_BACKOFF_SECONDS * 2
            except RequestRejected as error:
                self._fail("degraded", error.message)
            except SourceError as error:
                self._fail("degraded", error.message)
                wish = error.retry_after or backoff
                delay = min(max(wish, _SHORTEST_WISH_SECONDS), _LONGEST_WISH_SECONDS)
                backoff = min(backoff * 2, _LONGEST_BACKOFF_SECONDS)
            except LedgerError as error:
                # What came could not be kept, which the engine tells: the feed is asked again when it would have been.
                self._tell("degraded", error.message)
            except Exception as error:
                _LOG.exception("polling %s failed", self._source.name)
                self._fail("degraded", f"{type(error).__name__} while reading an answer; see the log")
                delay, backoff = backoff, min(backoff * 2, _LONGEST_BACKOFF_SECONDS)
            await self._wait(delay)

    async def results_loop(self) -> None:
        """Ask for the scores of sports in which a bet's event should be over."""
        while not self._stopped:
            await self._results_alarm.wait(self._plan.results_seconds)
            if self._hooks.paused():
                continue
            try:
                await self.poll_results()
            except SourceError as error:
                self._fail("degraded", error.message)
            except LedgerError as error:
                self._tell("degraded", error.message)
            except Exception:
                _LOG.exception("results of %s failed", self._source.name)
                self._fail("degraded", "an answer with scores could not be read; see the log")

    async def poll_results(self, *, everything: bool = False) -> list[object]:
        """One round of scores; `everything`: for each sport with an open bet that has started.

        A sport that fails does not keep the others from being asked for; the first failure is raised at the end.
        """
        now = self._clock.now()
        after = timedelta(0) if everything else _WORTH_ASKING_AFTER
        sports = sorted({sport for sport, start in self._hooks.waiting_events() if start + after <= now})
        outcomes: list[object] = []
        failures: list[SourceError] = []
        for sport in sports:
            if not self._affordable(self._plan.scores_cost):
                break
            try:
                answer = await self._source.fetch_scores(sport, self._plan.days_from)
                outcomes.append(await self._hooks.deliver(answer))
            except (KeyRejected, CreditsSpent):
                raise
            except SourceError as error:
                failures.append(error)
        if failures:
            raise failures[0]
        return outcomes

    async def poll_sport(self, sport_key: str) -> object:
        request = OddsRequest(sport_key, self._plan.markets, self._plan.bookmakers)
        answer = await self._source.fetch_odds(request)
        outcome = await self._hooks.deliver(answer)
        reading = answer.credits
        self._status = msgspec.structs.replace(
            self._status,
            state="ok",
            detail="",
            last_success=answer.received_at,
            credits_used=reading.used if reading else self._status.credits_used,
            credits_remaining=reading.remaining if reading else self._status.credits_remaining,
        )
        self._hooks.changed()
        return outcome

    async def _poll_odds(self) -> None:
        sport = self._plan.sports[self._turn % len(self._plan.sports)]
        self._turn += 1
        await self.poll_sport(sport)

    async def _wait(self, seconds: float) -> None:
        self.next_for = self._plan.sports[self._turn % len(self._plan.sports)] if self._plan.sports else ""
        self._plan_next(seconds)
        await self._odds_alarm.wait(seconds)

    def replan(self, skipped_seconds: float) -> None:
        """The wall clock jumped: forward, as after sleep, counts as waited; back changes nothing but what is shown."""
        self._odds_alarm.skip(skipped_seconds)
        self._results_alarm.skip(skipped_seconds)
        if self._status.next_poll is not None:
            self._plan_next(self._odds_alarm.left_seconds)

    def _plan_next(self, seconds: float) -> None:
        until = self._clock.now() + timedelta(seconds=seconds)
        self._status = msgspec.structs.replace(self._status, next_poll=until)

    def _affordable(self, cost: int) -> bool:
        """Whether today's share of the month's credits still covers this call."""
        cap = self._plan.daily_credits
        if cap is None or cost == 0:
            return True
        spent = self._hooks.spent_today(self._source.name)
        if spent + cost <= cap:
            return True
        self._tell("waiting", f"{spent} of {cap} credits used today: the next poll is tomorrow's")
        return False

    def _fail(self, state: str, detail: str) -> None:
        if self._status.detail != detail:
            _LOG.warning("%s: %s", self._source.name, detail)
        self._tell(state, detail)

    def _tell(self, state: str, detail: str) -> None:
        self._status = msgspec.structs.replace(self._status, state=state, detail=detail)
        self._hooks.changed()


async def rearm(name: str, loop: Callable[[], Awaitable[None]], pause: Callable[[], Awaitable[None]]) -> None:
    """Run a loop again whenever it ends or breaks; only cancelling stops it."""
    while True:
        try:
            await loop()
        except asyncio.CancelledError:
            raise
        except Exception:
            _LOG.exception("the loop %s broke and is started again", name)
        await pause()
