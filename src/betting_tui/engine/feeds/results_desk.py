"""Results: of events with open bets that should be over, from one feed after the other until nothing is left open."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from betting_tui.engine.clocks import Alarm
from betting_tui.engine.core.bet_views import SettlementReport
from betting_tui.engine.core.errors import LedgerError, SourceError
from betting_tui.engine.core.feed_views import FeedStatus
from betting_tui.engine.core.model import Event
from betting_tui.engine.core.ports import Answer, Clock
from betting_tui.engine.feeds.results_questions import ask, questions
from betting_tui.engine.feeds.wiring import FeedHooks, ResultsFeed
from betting_tui.engine.planning import duration
from betting_tui.engine.sources.failover import after_answer, after_failure
from betting_tui.engine.sources.resilience import Resting

_LOG = logging.getLogger(__name__)
# What was open when the program was closed is looked for soon after it is back.
_FIRST_ROUND_SECONDS = 20.0
# An event nobody has had a result of for a while is asked for ever less often: (over for, then every).
_RETRIES = (
    (timedelta(days=1), timedelta(0)),
    (timedelta(days=7), timedelta(hours=6)),
    (timedelta.max, timedelta(hours=24)),
)


def _can_pay(_: int) -> bool:
    return True


async def _nothing_first(_feed: ResultsFeed, _sport: str) -> None:
    """Where no feed costs credits."""


def _tell_nobody(_feed: ResultsFeed, _error: SourceError) -> None:
    """Where no feed costs credits."""


class ResultsDesk:
    """Asks `feeds` in their order, sport by sport, for what the ones before have left open.

    `waiting` are the events with open bets; `due` says whether a feed that costs credits is to be asked now for a
    sport, `can_pay` whether so many credits are there at all; `refused` hears of a feed that did not answer, and
    `first` is done before one is asked. Nothing here settles: answers go through the inbox.
    """

    def __init__(
        self,
        feeds: Sequence[ResultsFeed],
        clock: Clock,
        hooks: FeedHooks,
        *,
        waiting: Callable[[], Sequence[Event]],
        due: Callable[[str], bool],
        every_seconds: float,
        days_from: int,
        can_pay: Callable[[int], bool] = _can_pay,
        refused: Callable[[ResultsFeed, SourceError], None] = _tell_nobody,
        first: Callable[[ResultsFeed, str], Awaitable[None]] = _nothing_first,
        game_length: float = 1.0,
    ) -> None:
        self._feeds = tuple(feeds)
        self._clock = clock
        self._hooks = hooks
        self._waiting = waiting
        self._due = due
        self._can_pay = can_pay
        self._refused = refused
        self._first = first
        self._every = every_seconds
        self._days_from = days_from
        self._game_length = game_length
        self._alarm = Alarm(clock)
        self._next_round: datetime | None = None
        # When events were last asked for with an answer, on the clock that never goes back.
        self._asked: dict[str, float] = {}
        names = [feed.source.name for feed in self._feeds]
        self._statuses = {name: FeedStatus(name, "waiting", "not asked yet") for name in names}

    def statuses(self) -> tuple[FeedStatus, ...]:
        """Of each feed, in order; `next_poll` is the next round, or when a feed that rests is asked again."""
        return tuple(
            replace(self._statuses[feed.source.name], next_poll=feed.guard.breaker.asked_again_at or self._next_round)
            for feed in self._feeds
        )

    async def loop(self) -> None:
        """A round whenever one is due, for ever."""
        wait = min(self._every, _FIRST_ROUND_SECONDS)
        while True:
            self._next_round = self._clock.now() + timedelta(seconds=wait)
            await self._alarm.wait(wait)
            wait = self._every
            if not self._hooks.paused():
                await self._survive()

    async def round(self, *, everything: bool = False) -> tuple[SettlementReport, ...]:
        """Ask for the sports whose events should be over; `everything`: for all that have started.

        A feed or sport that fails does not keep the others from being asked. SourceError when nobody answered, with
        `everything`; LedgerError when an answer could not be kept.
        """
        turn = _Round()
        for sport, events in self._sports(everything).items():
            turn.open.append(sport)
            for feed in self._feeds:
                left = self._left(events)
                if not left:
                    break
                if (why := self._why_not(feed, sport, everything)) is None:
                    await self._ask(feed, sport, left, turn)
                else:
                    turn.passed[feed.source.name] = why
        if everything and turn.open and not turn.answered:
            raise self._nobody(turn)
        return tuple(turn.reports)

    def skip(self, seconds: float) -> None:
        """Time has passed that the clock did not count, as when the machine slept."""
        self._asked = {event: at - max(0.0, seconds) for event, at in self._asked.items()}
        self._alarm.skip(seconds)
        if self._next_round is not None:
            self._next_round = self._clock.now() + timedelta(seconds=self._alarm.left_seconds)

    # What is asked for

    def _sports(self, everything: bool) -> dict[str, list[Event]]:
        """The events to ask for now, those asked for longest ago first."""
        now = self._clock.now()
        found: dict[str, list[Event]] = {}
        waiting = sorted(self._waiting(), key=lambda event: (self._asked.get(event.id, -1.0), event.commence_time))
        self._asked = {event.id: self._asked[event.id] for event in waiting if event.id in self._asked}
        for event in waiting:
            if not event.sport_key:
                # Brought in from a file that did not tell its sport: nobody can be asked.
                continue
            over_for = now - event.commence_time - (timedelta(0) if everything else self._length(event))
            if over_for >= timedelta(0) and (everything or self._again(event, over_for)):
                found.setdefault(event.sport_key, []).append(event)
        return dict(sorted(found.items()))

    def _length(self, event: Event) -> timedelta:
        return self._game_length * duration(event.sport_key)

    def _again(self, event: Event, over_for: timedelta) -> bool:
        asked = self._asked.get(event.id)
        wait = next(every for until, every in _RETRIES if over_for < until)
        return asked is None or self._clock.monotonic() - asked >= wait.total_seconds()

    def _left(self, events: Sequence[Event]) -> list[Event]:
        still = {event.id for event in self._waiting()}
        return [event for event in events if event.id in still]

    def _why_not(self, feed: ResultsFeed, sport: str, everything: bool) -> str | None:
        """Why this feed is not asked for that sport now; None when it is."""
        if not feed.covers(sport):
            return f"does not have {sport[:80]}"
        if feed.guard.breaker.rest_seconds > 0:
            return feed.guard.breaker.error.message if feed.guard.breaker.error else "is left alone for now"
        if feed.scores_cost == 0 or (not everything and self._due(sport)):
            return None
        if not everything:
            return "is not due for it by the plan of its credits"
        return None if self._can_pay(feed.scores_cost) else f"has not the {feed.scores_cost} credits it costs"

    # Asking

    async def _ask(self, feed: ResultsFeed, sport: str, events: Sequence[Event], turn: _Round) -> None:
        name = feed.source.name
        for question in questions(feed, events, self._clock.now(), self._days_from):
            try:
                await self._first(feed, sport)
                answer = await ask(feed, sport, question)
                outcome = await self._delivered(feed, answer)
            except SourceError as error:
                turn.failed(name, error)
                self._refused(feed, error)
                self._failed(name, error)
                return
            except LedgerError as error:
                self._set(replace(self._statuses[name], state="degraded", detail=error.message))
                raise
            except Exception:
                _LOG.exception("results of %s failed", name)
                wrong = SourceError("an answer with scores could not be read; see the log")
                turn.failed(name, wrong)
                self._set(after_failure(self._statuses[name], wrong))
                return
            turn.answered = True
            if isinstance(outcome, SettlementReport):
                turn.reports.append(outcome)
            self._asked.update(dict.fromkeys((event.id for event in question.events), self._clock.monotonic()))
            self._set(after_answer(self._statuses[name], answer))

    async def _delivered(self, feed: ResultsFeed, answer: Answer) -> object:
        """An answer that came but cannot be read counts against its feed like none at all."""
        try:
            outcome = await self._hooks.deliver(answer)
        except SourceError as error:
            feed.guard.breaker.disappoint(error)
            raise
        feed.guard.breaker.satisfy()
        return outcome

    async def _survive(self) -> None:
        """Whatever a round comes to, the next one is made: what is wrong shows in the statuses or in the log."""
        try:
            await self.round()
        except LedgerError:
            # What came could not be kept, which the engine tells: it is asked for again in the next round.
            return
        except Exception:
            _LOG.exception("a round of results broke off")

    def _nobody(self, turn: _Round) -> SourceError:
        """The one failure itself where there is one, else a summary of why nobody answered."""
        if turn.errors and len(turn.passed) == 1:
            return turn.errors[0]
        reasons = "; ".join(f"{name}: {why}" for name, why in turn.passed.items())
        sports = ", ".join(sport[:80] for sport in turn.open[:5])
        return SourceError(f"no feed gave results of {sports} ({reasons or 'none is set'})")

    # Statuses

    def _failed(self, name: str, error: SourceError) -> None:
        after = after_failure(self._statuses[name], error)
        if after.detail != self._statuses[name].detail:
            _LOG.warning("results of %s: %s", name, error.message)
        self._set(after)

    def _set(self, status: FeedStatus) -> None:
        before, self._statuses[status.name] = self._statuses[status.name], status
        if (before.state, before.detail) != (status.state, status.detail):
            self._hooks.changed()


class _Round:
    """One round so far. `passed`: why a feed did not answer, by its name."""

    def __init__(self) -> None:
        self.open: list[str] = []
        self.answered = False
        self.reports: list[SettlementReport] = []
        self.errors: list[SourceError] = []
        self.passed: dict[str, str] = {}

    def failed(self, name: str, error: SourceError) -> None:
        if not isinstance(error, Resting):
            self.errors.append(error)
        self.passed[name] = error.message
