"""The credits of one feed: what the planner is told, the plan it makes of it, and what may be spent now."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol

from betting_tui.engine.core.errors import CreditsSpent, SourceError
from betting_tui.engine.core.feed_views import CreditsView, NotPolledRow, PlannedRow
from betting_tui.engine.core.model import Event
from betting_tui.engine.core.ports import Answer, AnswerKind, Clock, CreditReading
from betting_tui.engine.feeds.fixtures import Fixtures
from betting_tui.engine.feeds.patience import Patience
from betting_tui.engine.feeds.taken import OddsTaken
from betting_tui.engine.feeds.wiring import PollPlan
from betting_tui.engine.planning import (
    Endpoint,
    NotPolled,
    Plan,
    PlanFacts,
    PlannedCall,
    Prospects,
    Purpose,
    Reason,
    SportFacts,
    Start,
    plan,
    reason_text,
)

# A plan is made anew at least this often: what is left of the day changes by itself.
_PLAN_KEPT = timedelta(minutes=15)
_LATELY = timedelta(days=7)
# Plans count in whole seconds, rounded up.
_PLAN_GRAIN = timedelta(seconds=1)
_CALLS_REMEMBERED = 40
_EVENTS_REMEMBERED = 5_000
_WORKED_OUT_AT_ONCE = 50
_BET_PURPOSES = (Purpose.CLOSE, Purpose.RESULT)


class CreditBook(Protocol):
    """What the budget reads of the ledger."""

    def credits_spent(self, source: str, since: datetime) -> int: ...

    def last_credits(self, source: str, since: datetime | None = None) -> CreditReading | None: ...

    def watched_events(self) -> tuple[Event, ...]: ...

    def newest_bets(self) -> Mapping[str, datetime]: ...


class Budget:
    """Keeps the plan of a feed that costs credits, and makes it anew when something it depends on has changed.

    `day_start` is when the current betting day began; `unsure` are credits that lost answers may have taken. With
    `wall`, many questions in a row are answered in slices of real time.
    """

    def __init__(
        self,
        feed: str,
        asked_for: PollPlan,
        clock: Clock,
        book: CreditBook,
        fixtures: Fixtures,
        *,
        day_start: Callable[[], datetime],
        unsure: Callable[[], int],
        wall: Clock | None = None,
    ) -> None:
        self.feed = feed
        self._asked_for = asked_for
        self._clock = clock
        self._book = book
        self._fixtures = fixtures
        self._day_start = day_start
        self._unsure = unsure
        self._month = _month_start(clock.now())
        self._reading: CreditReading | None = None
        self._refused_cost: int | None = None
        self._last: dict[tuple[Endpoint, str], datetime] = {}
        self._found: dict[str, deque[int]] = {}
        self._facts: PlanFacts | None = None
        self._plan: Plan | None = None
        self._made_at = self._made_until = clock.now()
        self._unsure_before = 0
        self._generation = 0
        self._no_close: dict[str, str] = {}
        self._no_close_before: dict[str, str] = {}
        self._patience = None if wall is None else Patience(wall)
        self._prospects: Prospects | None = None
        self._owed: dict[str, Event] = {}
        self._working: asyncio.Future[None] | None = None

    @property
    def generation(self) -> int:
        """Rises with each new plan: what was derived from an older one is out of date."""
        return self._generation

    # What happened

    def invalidate(self) -> None:
        """Something a plan depends on has changed."""
        self._plan = None

    def read(self, answer: Answer) -> None:
        """Before an answer goes into the inbox: what it says of the credits holds, whatever becomes of it there."""
        if answer.source != self.feed:
            return
        self.told(answer.credits)
        if self._reading and self._refused_cost and (self._reading.remaining or 0) >= self._refused_cost:
            self._refused_cost = None
        self.invalidate()

    def took(self, answer: Answer, outcome: object) -> None:
        """An answer was taken over; `outcome` is what the inbox said."""
        self.invalidate()
        if answer.source != self.feed:
            return
        endpoint = _ENDPOINTS.get(answer.kind)
        if endpoint is not None:
            self._last[endpoint, answer.sport_key] = answer.received_at
        if isinstance(outcome, OddsTaken):
            self._found.setdefault(answer.sport_key, deque(maxlen=_CALLS_REMEMBERED)).append(len(outcome.new))

    def recall(self, answers: Sequence[Answer], sport_key: str, events: Sequence[Event]) -> None:
        """What was heard a while ago: nothing is known by it of the credits."""
        for answer in answers:
            if answer.kind is AnswerKind.EVENTS:
                self._fixtures.replace(self.feed, sport_key, events)
            self.took(answer, None)

    def told(self, reading: CreditReading | None) -> None:
        """A refusal told what is left, too."""
        if reading is not None and reading.remaining is not None and reading != self._reading:
            self._turn_month(self._clock.now())
            self._reading = reading
            self.invalidate()

    def refused(self, error: SourceError, cost: int) -> None:
        """A question that costs so many credits was refused; only a refusal for lack of credits counts."""
        if isinstance(error, CreditsSpent) and cost > 0:
            self._refused_cost = cost if self._refused_cost is None else min(self._refused_cost, cost)
            self.invalidate()

    # What follows

    @property
    def reading(self) -> CreditReading | None:
        """What was told last of this month's credits."""
        return self._reading or self._book.last_credits(self.feed, self._month)

    @property
    def credits(self) -> tuple[int | None, int | None]:
        """Those used this month, as told, and those that may be spent: less than was told when answers were lost or a
        question was refused since. None of what nobody has told."""
        facts, reading = self.facts(), self.reading
        return reading.used if reading else None, None if facts.credits_left is None else facts.budget

    @property
    def untold(self) -> bool:
        """Whether no total was ever booked: what is lost before the first one could not be, later."""
        return self._book.last_credits(self.feed) is None

    def exhausted(self) -> str:
        """Why no odds can be paid for before the credits are renewed; empty when some can, or nobody has told yet."""
        facts = self.facts()
        cheapest = min((sport.odds_cost for sport in facts.sports), default=0)
        if facts.credits_left is None or facts.budget >= cheapest:
            return ""
        return f"no credits left until {_day_text(facts.resets_at)}"

    def facts(self) -> PlanFacts:
        """As of the plan in force."""
        self.plan()
        assert self._facts is not None
        return self._facts

    def plan(self) -> Plan:
        """The plan as of now."""
        now = self._clock.now()
        unsure = self._unsure()
        if self._plan is None or unsure != self._unsure_before or not self._made_at <= now < self._made_until:
            self._unsure_before = unsure
            self._turn_month(now)
            self._facts = facts = self._gather(now)
            self._plan = plan(facts)
            self._made_at = now
            self._made_until = min(now + _PLAN_KEPT, facts.resets_at, max(now, facts.day_start + timedelta(days=1)))
            self._generation += 1
            self._no_close_before |= self._no_close
            if len(self._no_close_before) > _EVENTS_REMEMBERED:
                self._no_close_before = self._no_close
            self._no_close = {}
            self._prospects = None
        return self._plan

    def why_no_close(self, event: Event) -> str:
        """Why the close or the result of a bet on this event would not be asked for; empty when they would.

        Of a screen full of rows after a new plan the first are answered at once; until the others are worked out they
        are as before.
        """
        facts = self.facts()
        if self._fixtures.foreign(self.feed, event.id):
            return ""
        if event.id not in self._no_close:
            if self._patience is not None and not self._patience.left:
                self._work_out_later(event)
                return self._no_close_before.get(event.id, "")
            if self._prospects is None:
                self._prospects = Prospects(facts)
            self._no_close[event.id] = self._prospects.why_not(
                Start(event.id, event.sport_key, event.commence_time, facts.now)
            )
            if self._patience is not None:
                self._patience.spend()
        return self._no_close[event.id]

    def close(self) -> None:
        """What is still being worked out is of no use any more."""
        if self._working is not None:
            self._working.cancel()

    def why_not_verify(self, cost: int) -> str:
        """Why today's share beside what is reserved does not pay for asking a price again, as goes after `takes 2
        credits,`; empty when it does."""
        made, facts = self.plan(), self.facts()
        if cost == 0 or made.worth_verifying(cost):
            return ""
        if made.today_ends is Reason.UNKNOWN_CREDITS:
            return f"and {reason_text(made.today_ends, facts)}"
        if made.today_ends is Reason.DAY_CAP:
            return f"more than is free today: raise data_sources.{self.feed}.daily_credits, now {facts.day_cap}"
        return f"more than is free today: {reason_text(made.today_ends, facts)}"

    def can_pay(self, cost: int) -> bool:
        """Whether so many credits are there at all; while nobody has told, it is tried."""
        facts = self.facts()
        return facts.credits_left is None or cost <= facts.budget

    def scores_due(self, sport_key: str) -> bool:
        """Whether the plan has scores of this sport asked for by now."""
        due = self.plan().until(self._clock.now() + _PLAN_GRAIN)
        return any(call.endpoint is Endpoint.SCORES and call.sport_key == sport_key for call in due)

    def view(self, now: datetime, wait_for: Callable[[PlannedCall], float] = lambda _: 0.0) -> CreditsView:
        """`wait_for`: seconds for which a call cannot be made whatever the plan says, as while the feed rests."""
        made, facts = self.plan(), self.facts()
        used, left = self.credits

        def row(call: PlannedCall) -> PlannedRow:
            wait = wait_for(call)
            at = max(call.at, now + timedelta(seconds=wait)) if wait > 0 else call.at
            return PlannedRow(at, self.feed, call.sport_key, call.endpoint.value, call.cost, call.text)

        tomorrow = facts.day_start + timedelta(days=1)
        return CreditsView(
            feed=self.feed,
            used=used,
            left=left,
            reserved=made.reserved,
            planned=made.planned,
            spent_today=facts.spent_today,
            day_cap=facts.day_cap,
            free_today=made.free_today,
            unsure=self._unsure(),
            resets_at=facts.resets_at,
            today=tuple(sorted((row(call) for call in made.until(max(tomorrow, now))), key=lambda each: each.at)),
            next_call=min(map(row, made.calls), key=lambda each: each.at, default=None),
            not_polled=tuple(_left_out(each) for each in made.not_polled),
            runs_out=made.runs_out,
        )

    # Inside

    def _work_out_later(self, event: Event) -> None:
        self._owed[event.id] = event
        if self._working is None or self._working.done():
            self._working = asyncio.ensure_future(self._work_out())

    async def _work_out(self) -> None:
        """Beside the event loop, some at a time: of what a newer plan made out of date the rest is asked for again."""
        await asyncio.sleep(0)
        while self._owed:
            facts, generation = self.facts(), self._generation
            prospects = self._prospects = self._prospects or Prospects(facts)
            events = [self._owed.pop(key) for key in list(self._owed)[:_WORKED_OUT_AT_ONCE]]
            starts = [Start(each.id, each.sport_key, each.commence_time, facts.now) for each in events]
            texts = await asyncio.to_thread(_whys, prospects, starts)
            if generation == self._generation:
                self._no_close.update((each.event_id, text) for each, text in zip(starts, texts, strict=True))

    def _gather(self, now: datetime) -> PlanFacts:
        reading, unsure = self.reading, self._unsure()
        watched = [event for event in self._book.watched_events() if not self._fixtures.foreign(self.feed, event.id)]
        placed = self._book.newest_bets()
        held = tuple(
            Start(event.id, event.sport_key, event.commence_time, placed.get(event.id))
            for event in watched
            if event.start_known
        )
        left = None if reading is None or reading.remaining is None else max(0, reading.remaining - unsure)
        day_start = self._day_start()
        return PlanFacts(
            now=now,
            resets_at=_month_start(self._month + timedelta(days=32)),
            day_start=day_start,
            credits_left=left,
            sports=self._sports(held, now),
            events=self._fixtures.starts(self.feed),
            open_bets=held,
            spent_today=self._book.credits_spent(self.feed, day_start) + unsure,
            day_cap=self._asked_for.daily_credits,
            refused_cost=self._refused_cost,
            spent_lately=self._book.credits_spent(self.feed, now - _LATELY) + unsure,
            lately=_LATELY,
        )

    def _sports(self, held: Sequence[Start], now: datetime) -> tuple[SportFacts, ...]:
        """The subscribed ones, and those that somebody has bets in."""
        keys = dict.fromkeys((*self._asked_for.sports, *(each.sport_key for each in held)))
        return tuple(
            SportFacts(
                key=key,
                odds_cost=self._asked_for.odds_cost,
                scores_cost=self._asked_for.scores_cost,
                last_odds=self._when(Endpoint.ODDS, key, now),
                last_scores=self._when(Endpoint.SCORES, key, now),
                last_events=self._when(Endpoint.EVENTS, key, now),
                asked=len(self._found.get(key, ())),
                found=sum(self._found.get(key, ())),
            )
            for key in keys
        )

    def _when(self, endpoint: Endpoint, sport_key: str, now: datetime) -> datetime | None:
        """Never later than now: a clock may have been set back since."""
        last = self._last.get((endpoint, sport_key))
        return None if last is None else min(last, now)

    def _turn_month(self, now: datetime) -> None:
        """A new month's credits are not known until a free question has told: start times are asked for at once."""
        month = _month_start(now)
        if month == self._month:
            return
        self._month = month
        self._reading = self._refused_cost = None
        for key in [key for key in self._last if key[0] is Endpoint.EVENTS]:
            del self._last[key]
        self.invalidate()


def _whys(prospects: Prospects, starts: Sequence[Start]) -> list[str]:
    return [prospects.why_not(each) for each in starts]


_ENDPOINTS = {
    AnswerKind.EVENTS: Endpoint.EVENTS,
    AnswerKind.ODDS: Endpoint.ODDS,
    AnswerKind.SCORES: Endpoint.SCORES,
}


def _left_out(each: NotPolled) -> NotPolledRow:
    return NotPolledRow(
        each.sport_key, each.purpose.value, len(each.event_ids), each.text, each.purpose in _BET_PURPOSES
    )


def _month_start(moment: datetime) -> datetime:
    """Credits are renewed with the calendar month in UTC."""
    return moment.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _day_text(moment: datetime) -> str:
    return moment.strftime("%d %b").lstrip("0")
