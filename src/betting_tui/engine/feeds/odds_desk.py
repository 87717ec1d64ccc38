"""Odds: one loop that asks what the plan says, of the first feed that can answer, and keeps going when feeds fail."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial

from betting_tui.engine.clocks import Alarm
from betting_tui.engine.core.errors import BettingError, EventGone, LedgerError, RequestRejected, SourceError
from betting_tui.engine.core.feed_views import FeedRow, FeedStatus
from betting_tui.engine.core.model import Event, Leg
from betting_tui.engine.core.ports import Answer, Clock, MarketView, OddsRequest
from betting_tui.engine.feeds.again import CalledBy, Question, by_our_id, questions
from betting_tui.engine.feeds.budget import Budget
from betting_tui.engine.feeds.due import Ask, Due, what_of
from betting_tui.engine.feeds.kept import KeptAnswers
from betting_tui.engine.feeds.seat import Seat
from betting_tui.engine.feeds.shown import Shown
from betting_tui.engine.feeds.taken import Unanswered
from betting_tui.engine.feeds.wiring import Feed, FeedHooks
from betting_tui.engine.planning import Endpoint, PlannedCall
from betting_tui.engine.sources.failover import Failover, Member, Served

_LOG = logging.getLogger(__name__)
_PAUSE_LOOK_SECONDS = 1.0
# What is due is worked out anew at least this often, and that long after everything was asked that can be.
_LOOK_SECONDS = 900.0
# An answer that the engine could not keep was charged for all the same: not again at once.
_KEEP_AGAIN_SECONDS = 60.0


class OddsDesk:
    """Asks feeds for start times and prices.

    `feeds` are those that can be asked, `order` names all and `needs` what the others lack. `budget` is that of the
    feed which costs credits. Answers are kept and found again in `kept`; `called_by` tells what a feed calls an event.
    """

    def __init__(
        self,
        feeds: Sequence[Feed],
        clock: Clock,
        hooks: FeedHooks,
        *,
        order: Sequence[str] = (),
        needs: Mapping[str, str] | None = None,
        budget: Budget | None = None,
        board: MarketView | None = None,
        kept: KeptAnswers | None = None,
        called_by: CalledBy = by_our_id,
    ) -> None:
        self._clock = clock
        self._hooks = hooks
        self._budget = budget
        self._board = board
        self._kept = kept
        self._called_by = called_by
        self._seats = tuple(
            Seat(
                feed, clock, budget if budget is not None and budget.feed == feed.source.name else None, self.hear_total
            )
            for feed in feeds
        )
        self._paid = next((seat for seat in self._seats if seat.budget is not None), None)
        self._due = Due(self._seats, clock)
        self._by_name = {seat.name: seat for seat in self._seats}
        members = [Member(seat, seat.guard, partial(self._due.has, seat), seat.unable) for seat in self._seats]
        names = order or [seat.name for seat in self._seats]
        self._failover = Failover(names, members, clock, needs=needs, changed=self._changed)
        self._shown = Shown(self._seats, self._due, clock, hooks.changed)
        self._alarm = Alarm(clock)
        self._began = False

    # What is shown

    def statuses(self) -> tuple[FeedStatus, ...]:
        """Of each feed of the order."""
        return self._shown.statuses(self._failover.statuses())

    def rows(self) -> tuple[FeedRow, ...]:
        return self._shown.rows(self._failover.statuses())

    @property
    def next_call(self) -> tuple[datetime, str] | None:
        """When something is asked next, and what for."""
        if self._due.next is None:
            return None
        at, text = self._due.next
        return self._shown.moment(at), text

    def wait_for(self, call: PlannedCall) -> float:
        """Seconds for which the feed whose credits are planned cannot be asked this, by what happened before."""
        return 0.0 if self._paid is None else self._paid.wait_for(what_of(call.endpoint, call.sport_key))

    # What is done

    async def loop(self) -> None:
        """Ask what is due, for ever."""
        if not self._began:
            self._began = True
            await self._use_kept()
        while True:
            while self._hooks.paused():
                await self._clock.sleep(_PAUSE_LOOK_SECONDS)
            ask = self._due.next_ask()
            if ask is None or ask.wait > 0:
                await self._alarm.wait(_LOOK_SECONDS if ask is None else min(ask.wait, _LOOK_SECONDS))
            else:
                await self._survive(ask)

    async def fetch(self, sport_keys: Sequence[str]) -> tuple[Unanswered, ...]:
        """Ask for these sports now, or for those of the first feed that can answer when none are named; those that no
        feed answered for are given back.

        An answer that is kept and fresh is used instead of asking again. Raises SourceError when none was answered.
        """
        able = next((seat for seat in self._seats if seat.can_answer), next(iter(self._seats), None))
        self._due.named.update(sport_keys)
        wanted = tuple(dict.fromkeys(sport_keys or (able.plan.sports if able else ())))
        unanswered: list[Unanswered] = []
        for sport in wanted:
            try:
                await self._fetch_one(sport)
            except SourceError as error:
                # What the other sports cost is paid for: one that fails does not take them along.
                unanswered.append(Unanswered(sport, error))
        if not wanted:
            raise SourceError("no sports are set to ask for: name them in data_sources.the_odds_api.sports")
        if len(unanswered) == len(wanted):
            raise unanswered[0].error
        return tuple(unanswered)

    def verify_cost(self, legs: Sequence[Leg], events: Sequence[Event] = ()) -> int | None:
        """Credits that asking for these prices again would take; None where no feed can be asked for them."""
        found = self._questions(legs, events)
        return None if found is None else sum(each.cost for each in found)

    def why_not_verify(self, cost: int) -> str:
        """Why so many credits may not go into a check before a placement, as `Budget` has it; empty when they may."""
        if self._budget is None:
            return "" if cost == 0 else "and nobody counts its credits"
        return self._budget.why_not_verify(cost)

    async def verify(self, legs: Sequence[Leg], events: Sequence[Event] = ()) -> None:
        """Ask the feeds these prices came from for them again, now, and put the answers into the inbox.

        `events` are what the caller knows of those that are not on the board. Raises SourceError.
        """
        found = self._questions(legs, events)
        if not found:
            raise SourceError("no feed can be asked for this price again")
        for each in found:
            if each.cost:
                await self.hear_total(each.request.sport_key)
            await self._ask_again(self._by_name[each.feed], each)

    async def deliver(self, answer: Answer) -> object:
        """Put an answer about a whole sport into the inbox; the budget hears of it before and after.

        One that the engine cannot keep was charged for: the same question again would be of no more use.
        """
        if self._budget is None:
            return await self._hooks.deliver(answer)
        self._budget.read(answer)
        try:
            outcome = await self._hooks.deliver(answer)
        except SourceError:
            raise
        except Exception:
            self._budget.took(answer, None)
            raise
        self._budget.took(answer, outcome)
        self._alarm.ring()
        return outcome

    async def hear_total(self, sport_key: str) -> None:
        """Before the very first question that costs credits, a free one tells their total: from then on an answer that
        is lost on its way is booked with the next. Raises SourceError."""
        seat = self._paid
        if seat is not None and seat.budget is not None and seat.budget.untold:
            assert seat.feed.metered is not None
            # A sport that the feed refuses is not charged for either.
            with suppress(RequestRejected):
                answer = await seat.feed.metered.fetch_events(sport_key)
                await self.deliver(answer)
                self._failover.heard(seat.name, answer)

    def wake(self) -> None:
        """What is due may be something else than before."""
        self._alarm.ring()

    def replan(self) -> None:
        """Something the plan depends on has changed: bets, starts, settings, the day."""
        if self._budget is not None:
            self._budget.invalidate()
            self._alarm.ring()

    def skip(self, seconds: float) -> None:
        """Time has passed that the clock did not count; with nothing, the clock was set back."""
        self._due.skip(seconds)
        if self._budget is not None:
            self._budget.invalidate()
        self._alarm.ring()

    async def aclose(self) -> None:
        await self._failover.aclose()

    # Asking

    async def _survive(self, ask: Ask) -> None:
        """Whatever comes of it, the loop goes on: a feed's failure is its status, ours is in the log."""
        try:
            await self._perform(ask)
        except SourceError:
            await self._note_unanswered(ask)
        except LedgerError:
            self._put_off(ask)
        except Exception:
            _LOG.exception("asking %s failed", ask.seat.name)
            self._put_off(ask)

    async def _note_unanswered(self, ask: Ask) -> None:
        """A close that is missing for it has that for a reason."""
        if self._hooks.unanswered is None or ask.endpoint is Endpoint.EVENTS:
            return
        try:
            await self._hooks.unanswered(ask.sport_key)
        except LedgerError as error:
            _LOG.warning("that no feed answered was not kept: %s", error.message)

    def _put_off(self, ask: Ask) -> None:
        """The plan knows only of answers that were taken over: the question it still has is not asked at once."""
        if ask.seat.feed.metered is not None and not ask.seat.wait_for(ask.what):
            ask.seat.put_off(ask.what, _KEEP_AGAIN_SECONDS)

    async def _perform(self, ask: Ask) -> None:
        if ask.endpoint is Endpoint.EVENTS:
            await self._ask_events(ask.seat, ask.sport_key)
        else:
            await self._ask_odds(ask.sport_key, ask.seat)

    async def _fetch_one(self, sport_key: str) -> None:
        seat = self._due.first_for(sport_key)
        answer = None if seat is None else await self._kept_odds(seat, sport_key)
        if seat is None or answer is None or not await self._take_kept(seat, answer):
            await self._ask_odds(sport_key)

    async def _ask_events(self, seat: Seat, sport_key: str) -> None:
        assert seat.feed.metered is not None
        what = what_of(Endpoint.EVENTS, sport_key)
        try:
            answer = await seat.feed.metered.fetch_events(sport_key)
            await self._take(seat, what, answer)
        except SourceError as error:
            seat.failed(what, error)
            self._failover.failed(seat.name, error)
            raise
        self._failover.heard(seat.name, answer)
        if self._kept is not None:
            await self._kept.keep_events(answer)

    async def _ask_odds(self, sport_key: str, first: Seat | None = None) -> None:
        """Of the first feed that can answer, from `first` on; one whose answer is of no use counts like one that gave
        none."""

        async def accept(served: Served) -> None:
            seat = self._by_name[served.source.name]
            try:
                await self._take(seat, sport_key, served.answer)
            except SourceError as error:
                seat.failed(sport_key, error)
                raise

        before = () if first is None else self._seats[: self._seats.index(first)]
        served = await self._failover.odds(OddsRequest(sport_key), accept, skip=[seat.name for seat in before])
        seat = self._by_name[served.source.name]
        if self._kept is not None and seat.feed.metered is not None:
            await self._kept.keep_odds(seat.plan.question(sport_key), served.answer)

    async def _ask_again(self, seat: Seat, question: Question) -> None:
        try:
            if question.event_id and seat.feed.metered is not None:
                answer = await seat.feed.metered.fetch_event_odds(question.event_id, question.request)
            else:
                answer = await seat.ask_again(question.request)
            await self._take(seat, question.event_id, answer, whole=not question.event_id)
        except EventGone as gone:
            await self._take_gone(seat, question, gone)
            raise
        except SourceError as error:
            seat.failed(question.event_id, error)
            self._failover.failed(seat.name, error)
            raise
        self._failover.heard(seat.name, answer)

    async def _take_gone(self, seat: Seat, question: Question, gone: EventGone) -> None:
        """An answer like any other: what the board has of the event by this feed is on offer no more."""
        seat.tell_budget(gone)
        if question.about is not None and seat.feed.metered is not None:
            answer = seat.feed.metered.nothing_of(question.event_id, question.about)
            await self._take(seat, question.event_id, answer, whole=False)
            self._failover.heard(seat.name, answer)

    async def _take(self, seat: Seat, what: str, answer: Answer, *, whole: bool = True) -> None:
        """What the engine cannot keep, or stumbles over, shows at the feed it came from. `whole`: about a sport."""
        try:
            if whole:
                await self.deliver(answer)
            else:
                await self._deliver_part(answer)
        except SourceError:
            raise
        except LedgerError as error:
            self._shown.trouble(seat, error.message)
            raise
        except Exception as error:
            seat.failed(what, error)
            self._shown.trouble(seat, f"{type(error).__name__} while reading an answer; see the log")
            raise
        seat.succeeded(what)
        self._shown.trouble(seat, "")

    async def _deliver_part(self, answer: Answer) -> None:
        """About one event: its sport is to be asked for as before."""
        if self._budget is not None:
            self._budget.read(answer)
        await self._hooks.deliver(answer)

    # Kept answers

    async def recall(self) -> None:
        """For who asks nobody: what others heard of start times a while ago, and when they asked for prices."""
        for seat in self._seats:
            if seat.feed.metered is None or seat.budget is None or self._kept is None:
                continue
            for sport in seat.plan.sports:
                priced = await self._kept.last_odds(seat.name, seat.plan.question(sport))
                told = await self._kept.events(seat.name, sport)
                with suppress(SourceError):
                    events = () if told is None else await asyncio.to_thread(seat.feed.metered.decode_events, told)
                    seat.budget.recall([each for each in (priced, told) if each is not None], sport, events)

    async def _use_kept(self) -> None:
        """What the run before asked for a moment ago is not asked for again."""
        for seat in self._seats:
            if seat.feed.metered is None:
                continue
            for sport in seat.plan.sports:
                events = None if self._kept is None else await self._kept.events(seat.name, sport)
                for answer in (events, await self._kept_odds(seat, sport)):
                    if answer is not None:
                        await self._take_kept(seat, answer)

    async def _kept_odds(self, seat: Seat, sport_key: str) -> Answer | None:
        if self._kept is None or seat.feed.metered is None:
            return None
        return await self._kept.odds(seat.name, seat.plan.question(sport_key))

    async def _take_kept(self, seat: Seat, answer: Answer) -> bool:
        """Whether it could be used. One that cannot be is as good as none."""
        try:
            await self.deliver(answer)
        except BettingError as error:
            _LOG.info("a kept answer of %s was not used: %s", seat.name, error.message)
            return False
        self._failover.heard(seat.name, answer)
        return True

    # Inside

    def _questions(self, legs: Sequence[Leg], events: Sequence[Event]) -> tuple[Question, ...] | None:
        if self._board is None:
            return None
        feeds = {seat.name: seat.feed for seat in self._seats}
        return questions(legs, events, self._board, feeds, self._called_by)

    def _changed(self, status: FeedStatus) -> None:
        if status.state in ("failed", "degraded"):
            _LOG.warning("%s: %s", status.name, status.detail)
        self._hooks.changed()
