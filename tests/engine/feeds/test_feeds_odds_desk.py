"""When feeds are asked for odds: as planned where they cost credits, in rounds where they are free, of the next one
when one fails, slower when it goes on failing, not at all while paused."""

from __future__ import annotations

import asyncio
import itertools
from datetime import datetime, timedelta

import msgspec
import pytest

from betting_tui.engine.clocks import VirtualClock
from betting_tui.engine.core.decoded import DecodedOdds, DecodedScores
from betting_tui.engine.core.errors import (
    BadAnswer,
    CreditsSpent,
    KeyRejected,
    LedgerGone,
    RateLimited,
    RequestRejected,
    SourceError,
    SourceUnreachable,
)
from betting_tui.engine.core.feed_views import FeedStatus
from betting_tui.engine.core.model import Event, Sport
from betting_tui.engine.core.ports import Answer, AnswerKind, CreditReading, OddsRequest
from betting_tui.engine.feeds.budget import Budget
from betting_tui.engine.feeds.fixtures import Fixtures
from betting_tui.engine.feeds.odds_desk import OddsDesk
from betting_tui.engine.feeds.office import rearm
from betting_tui.engine.feeds.wiring import Feed, FeedHooks, PollPlan, guarded
from betting_tui.engine.sources.resilience import Guard, Policy
from market_samples import NOW

PLAN = PollPlan(sports=("a", "b"), markets=("h2h",), bookmakers=("fanduel",), seconds=120, results_seconds=3600)
PAID = msgspec.structs.replace(PLAN, daily_credits=25, odds_cost=3, scores_cost=2)
SLOW = msgspec.structs.replace(PLAN, sports=("a",), seconds=3600, at_once=True)
DOWN = SourceUnreachable("down")


class Day(VirtualClock):
    """A virtual clock that ends the test's loop at a set time."""

    def __init__(self, hours: float = 24) -> None:
        super().__init__(NOW)
        self.end = NOW + timedelta(hours=hours)

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds)
        if self.now() >= self.end:
            raise asyncio.CancelledError


class Script:
    """A feed that answers, or fails, as its script says; answers for ever when the script is over."""

    def __init__(self, clock: VirtualClock, *outcomes: Exception | None, name: str = "script") -> None:
        self.name = name
        self.clock = clock
        self.outcomes = list(outcomes)
        self.asked: list[tuple[str, float]] = []
        self.requests: list[OddsRequest] = []

    async def sports(self) -> tuple[Sport, ...]:
        return ()

    async def fetch_odds(self, request: OddsRequest) -> Answer:
        self.requests.append(request)
        self._ask(request.sport_key)
        return Answer(self.name, AnswerKind.ODDS, request.sport_key, b"[]", self.clock.now())

    async def fetch_scores(self, sport_key: str, days_from: int) -> Answer:
        return Answer(self.name, AnswerKind.SCORES, sport_key, b"[]", self.clock.now())

    def _ask(self, what: str) -> None:
        self.asked.append((what, self.clock.monotonic()))
        outcome = self.outcomes.pop(0) if self.outcomes else None
        if outcome is not None:
            raise outcome

    def decode_odds(self, answer: Answer) -> DecodedOdds:
        return DecodedOdds(())

    def decode_scores(self, answer: Answer) -> DecodedScores:
        return DecodedScores(())

    async def aclose(self) -> None:
        """Nothing stays open."""

    @property
    def times(self) -> list[float]:
        return [at for _, at in self.asked]


class Metered(Script):
    """A feed that costs 3 credits a price and tells the start times of `games` for nothing."""

    def __init__(self, clock: VirtualClock, *outcomes: Exception | None, left: int = 500) -> None:
        super().__init__(clock, *outcomes, name="metered")
        self.left = left
        self.games: dict[str, list[Event]] = {}
        self.guard = Guard("metered", clock, Policy(requests=10_000, tries=1))

    @property
    def credits(self) -> CreditReading | None:
        return CreditReading(500 - self.left, self.left, None) if self.asked else None

    async def fetch_odds(self, request: OddsRequest) -> Answer:
        return await self.guard.run(lambda _: self._odds(request), cost=3)

    async def fetch_event_odds(self, event_id: str, request: OddsRequest) -> Answer:
        return await self.guard.run(lambda _: self._odds(request), cost=3)

    def nothing_of(self, event_id: str, event: Event) -> Answer:
        return Answer(self.name, AnswerKind.ODDS, event.sport_key, b"[]", self.clock.now())

    async def fetch_events(
        self, sport_key: str, *, starts_from: datetime | None = None, starts_to: datetime | None = None
    ) -> Answer:
        return await self.guard.run(lambda _: self._events(sport_key))

    def decode_events(self, answer: Answer) -> tuple[Event, ...]:
        return tuple(self.games.get(answer.sport_key, ()))

    async def _odds(self, request: OddsRequest) -> Answer:
        self._ask(request.sport_key)
        self.left -= 3
        answer = Answer(self.name, AnswerKind.ODDS, request.sport_key, b"[]", self.clock.now())
        return msgspec.structs.replace(answer, credits=CreditReading(500 - self.left, self.left, 3))

    async def _events(self, sport_key: str) -> Answer:
        self._ask(f"events {sport_key}")
        answer = Answer(self.name, AnswerKind.EVENTS, sport_key, b"[]", self.clock.now())
        return msgspec.structs.replace(answer, credits=CreditReading(500 - self.left, self.left, 0))

    @property
    def prices(self) -> list[tuple[str, float]]:
        return [(what, at) for what, at in self.asked if not what.startswith("events")]


class Book:
    """The part of a ledger that a budget reads."""

    def __init__(self) -> None:
        self.spent: list[tuple[datetime, int]] = []
        self.watched: list[Event] = []
        self.placed: dict[str, datetime] = {}
        self.left: int | None = None

    def credits_spent(self, source: str, since: datetime) -> int:
        return sum(cost for at, cost in self.spent if at >= since)

    def last_credits(self, source: str, since: datetime | None = None) -> CreditReading | None:
        """Of some month before, unless it is set."""
        if self.left is not None:
            return CreditReading(500 - self.left, self.left, 0)
        return None if since is not None else CreditReading(0, 500, 0)

    def watched_events(self) -> tuple[Event, ...]:
        return tuple(self.watched)

    def newest_bets(self) -> dict[str, datetime]:
        return self.placed


class Stage:
    """A desk with its feeds, and what it is hung up in: deliveries, changes, a pause."""

    def __init__(self, *outcomes: Exception | None, plan: PollPlan = PLAN, hours: float = 24) -> None:
        self.clock: VirtualClock = Day(hours)
        self.source = Script(self.clock, *outcomes)
        self.delivered: list[Answer] = []
        self.changes = 0
        self.unanswered: list[str] = []
        self.pause_until: datetime | None = None
        self.delivery_error: Exception | None = None
        self.fixtures = Fixtures()
        self.book = Book()
        self.metered: Metered | None = None
        self.desk = OddsDesk((guarded(self.source, plan, self.clock),), self.clock, self.hooks)

    def with_metered(self, metered: Metered, *stand_ins: Feed, plan: PollPlan = PAID) -> Stage:
        self.metered = metered
        self.budget = Budget(
            "metered", plan, self.clock, self.book, self.fixtures,
            day_start=lambda: self.clock.now().replace(hour=0, minute=0, second=0, microsecond=0),
            unsure=lambda: metered.guard.asked.unsure_credits,
        )  # fmt: skip
        feeds = (Feed(metered, plan, metered.guard, metered=metered), *stand_ins)
        self.desk = OddsDesk(feeds, self.clock, self.hooks, budget=self.budget)
        return self

    @property
    def hooks(self) -> FeedHooks:
        return FeedHooks(
            deliver=self.deliver,
            paused=lambda: self.pause_until is not None and self.clock.now() < self.pause_until,
            changed=self.changed,
            unanswered=self.note_unanswered,
        )

    async def deliver(self, answer: Answer) -> object:
        if self.delivery_error is not None:
            raise self.delivery_error
        self.delivered.append(answer)
        if answer.kind is AnswerKind.EVENTS and self.metered is not None:
            self.fixtures.replace("metered", answer.sport_key, self.metered.decode_events(answer))
        if answer.credits is not None and answer.credits.last_cost:
            self.book.spent.append((answer.received_at, answer.credits.last_cost))
        return answer.sport_key

    def changed(self) -> None:
        self.changes += 1

    async def note_unanswered(self, sport_key: str) -> None:
        self.unanswered.append(sport_key)

    async def live(self) -> None:
        """To the end of the day."""
        with pytest.raises(asyncio.CancelledError):
            await self.desk.loop()

    async def times(self) -> list[float]:
        await self.live()
        return self.source.times

    @property
    def status(self) -> FeedStatus:
        return self.desk.statuses()[0]


def game(sport: str, hours: float, number: int = 0) -> Event:
    return Event(f"{sport}-{number}", sport, sport.upper(), NOW + timedelta(hours=hours), "Home", "Away")


# Rounds of a free feed


async def test_one_sport_after_the_other_in_even_steps_for_ever() -> None:
    stage = Stage(hours=0.1)
    assert await stage.times() == [0, 60, 120, 180, 240, 300]
    assert [sport for sport, _ in stage.source.asked] == ["a", "b"] * 3
    assert stage.source.requests[0] == OddsRequest("a", ("h2h",), ("fanduel",))
    assert (stage.status.state, stage.status.detail) == ("ok", "")
    assert stage.status.last_success == NOW + timedelta(seconds=300)
    assert stage.status.next_poll == NOW + timedelta(seconds=360)
    assert stage.desk.next_call == (NOW + timedelta(seconds=360), "a")


async def test_what_is_well_changes_once() -> None:
    stage = Stage(hours=1)
    await stage.live()
    assert stage.changes == 1


async def test_a_feed_that_fails_is_asked_ever_more_slowly_and_at_its_pace_once_it_answers() -> None:
    stage = Stage(*[DOWN] * 8, hours=3)
    waits = [later - earlier for earlier, later in itertools.pairwise(await stage.times())]
    assert waits[:8] == sorted(waits[:8])
    assert waits[:3] == [60, 60, 120]
    assert 1800 >= waits[7] > 900
    assert set(waits[8:]) == {60}
    assert stage.status.state == "ok"


async def test_what_no_feed_answered_is_told_for_the_closes_that_miss_it() -> None:
    stage = Stage(DOWN, DOWN, hours=0.1)
    await stage.live()
    assert stage.unanswered == [sport for sport, _ in stage.source.asked[:2]]


async def test_a_failing_feed_is_one_change_and_one_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    stage = Stage(*[DOWN] * 100, hours=6)
    await stage.live()
    assert stage.changes == 1
    assert [record.getMessage() for record in caplog.records] == ["script: down"]


@pytest.mark.parametrize(("wish", "wait"), [(90, 90), (7_200, 7_200), (1e12, 86_400), (0.001, 60), (0, 60)])
async def test_a_feed_that_says_how_long_to_wait_is_obeyed_within_reason(wish: float, wait: float) -> None:
    times = await Stage(RateLimited("slow down", retry_after=wish), hours=25).times()
    assert times[1] == wait


@pytest.mark.parametrize("error", [KeyRejected("wrong key"), CreditsSpent("none left")])
async def test_a_rejected_key_is_not_hammered(error: SourceError) -> None:
    stage = Stage(*[error] * 100, hours=10)
    assert len(await stage.times()) == 10
    assert (stage.status.state, stage.status.detail) == ("failed", error.message)


async def test_a_question_that_is_wrong_does_not_slow_down_the_other_sports() -> None:
    stage = Stage(RequestRejected("unknown sport a"), hours=0.1)
    assert await stage.times() == [0, 60, 120, 180, 240, 300]
    assert [sport for sport, _ in stage.source.asked] == ["a", "b", "b", "b", "b", "b"]


async def test_an_answer_that_breaks_the_engine_shows_and_is_survived() -> None:
    stage = Stage(hours=0.1)
    stage.delivery_error = ZeroDivisionError("bug")
    assert len(await stage.times()) >= 3
    assert stage.status.state == "degraded"
    assert "ZeroDivisionError" in stage.status.detail
    assert "bug" not in stage.status.detail


async def test_an_answer_the_ledger_does_not_keep_shows_why_and_leaves_no_traceback(
    caplog: pytest.LogCaptureFixture,
) -> None:
    stage = Stage(hours=0.1)
    stage.delivery_error = LedgerGone("the ledger was moved")
    assert (await stage.times())[:3] == [0, 60, 120], "the feed is not to blame"
    assert (stage.status.state, stage.status.detail) == ("degraded", "the ledger was moved")
    assert not caplog.records


async def test_an_unreadable_answer_shows_its_own_words() -> None:
    stage = Stage(BadAnswer("not JSON"), hours=0.008)
    await stage.live()
    assert (stage.status.state, stage.status.detail) == ("degraded", "not JSON")


async def test_a_pause_asks_nothing_and_its_end_asks_at_once() -> None:
    stage = Stage(plan=msgspec.structs.replace(PLAN, seconds=20_000), hours=1)
    stage.pause_until = NOW + timedelta(seconds=600)
    assert await stage.times() == [600]


async def test_no_sports_no_questions() -> None:
    assert await Stage(plan=msgspec.structs.replace(PLAN, sports=())).times() == []


async def test_a_feed_of_one_file_is_asked_for_all_of_it_at_once_and_then_when_the_file_may_be_another() -> None:
    stage = Stage(plan=msgspec.structs.replace(PLAN, seconds=3600, at_once=True), hours=2.5)
    assert await stage.times() == [0, 0, 3600, 3600, 7200, 7200]


# The plan of a feed that costs credits


async def test_start_times_come_first_and_free_then_prices_before_the_starts() -> None:
    stage = Stage(hours=6)
    stage.with_metered(metered := Metered(stage.clock))
    metered.games = {"a": [game("a", 4)], "b": []}
    await stage.live()
    assert metered.asked[0] == ("events a", 0)
    start = 4 * 3600
    assert any(start - 15 * 60 <= at < start for _, at in metered.prices)
    assert metered.left == 500 - 3 * len(metered.prices)
    assert all(what == "a" for what, _ in metered.prices), "a sport without games is not asked for prices"


async def test_the_close_of_an_open_bet_is_asked_for_whatever_the_day_has_cost() -> None:
    stage = Stage(hours=6)
    stage.with_metered(metered := Metered(stage.clock))
    metered.games = {"a": [game("a", 4)]}
    stage.book.watched = [game("a", 4)]
    stage.book.spent = [(NOW, 25)]
    await stage.live()
    start = 4 * 3600
    assert len(metered.prices) == 1
    assert start - 15 * 60 <= metered.prices[0][1] < start


async def test_a_start_that_moves_moves_the_question() -> None:
    stage = Stage(hours=9)
    stage.with_metered(metered := Metered(stage.clock))
    stage.book.watched = [game("a", 4)]
    stage.book.spent = [(NOW, 25)]
    metered.games = {"a": [game("a", 7)]}
    await stage.live()
    assert [at > 6.5 * 3600 for _, at in metered.prices] == [True]


async def test_a_feed_that_fails_is_asked_again_by_a_free_question() -> None:
    stage = Stage(hours=8)
    stage.with_metered(metered := Metered(stage.clock, None, None, *[DOWN] * 6))
    metered.games = {"a": [game("a", 3)], "b": [game("b", 3)]}
    await stage.live()
    failed = metered.asked[2:8]
    assert [what.startswith("events") for what, _ in failed[3:]] == [True] * 3
    assert stage.status.state == "ok"


async def test_what_the_first_feed_does_not_answer_the_next_one_does_in_the_same_poll() -> None:
    stage = Stage(hours=0.4)
    stand_in = Script(stage.clock, name="stand-in")
    metered = Metered(stage.clock, None, None, DOWN)
    metered.games = {"a": [game("a", 3)], "b": []}
    stage.with_metered(metered, guarded(stand_in, SLOW, stage.clock, frozenset("a").__contains__))
    await stage.live()
    failed_at = metered.prices[0][1]
    assert stand_in.times[0] == failed_at
    assert next(answer.source for answer in stage.delivered if answer.kind is AnswerKind.ODDS) == "stand-in"


async def test_an_answer_that_is_of_no_use_counts_as_none() -> None:
    stage = Stage(hours=0.02)
    stand_in = Script(stage.clock, name="stand-in")
    metered = Metered(stage.clock)
    metered.games = {"a": [game("a", 3)]}
    stage.with_metered(metered, guarded(stand_in, SLOW, stage.clock, frozenset("a").__contains__))
    deliver = stage.deliver

    async def of_the_stand_in_alone(answer: Answer) -> object:
        if answer.source == "metered" and answer.kind is AnswerKind.ODDS:
            raise BadAnswer("none of it can be read")
        return await deliver(answer)

    stage.deliver = of_the_stand_in_alone  # type: ignore[method-assign]
    stage.with_metered(metered, guarded(stand_in, SLOW, stage.clock, frozenset("a").__contains__))
    await stage.live()
    assert stand_in.times[0] == metered.prices[0][1]
    assert stage.status.state == "degraded"


async def test_a_stand_in_is_asked_at_its_own_pace_while_the_better_feed_rests_and_no_longer_when_it_is_back() -> None:
    stage = Stage(hours=12)
    stand_in = Script(stage.clock, name="stand-in")
    metered = Metered(stage.clock, *[KeyRejected("wrong key")] * 5)
    metered.games = {"a": [game("a", 11)]}
    stage.with_metered(metered, guarded(stand_in, SLOW, stage.clock, frozenset("a").__contains__))
    await stage.live()
    assert stand_in.times == [0, 3600, 7200, 10800, 14400]
    assert metered.times[:6] == [0, 3600, 7200, 10800, 14400, 18000]
    assert [status.state for status in stage.desk.statuses()] == ["ok", "ok"]


async def test_a_stand_in_that_is_not_needed_says_for_whom_it_stands_by_also_after_it_has_failed() -> None:
    stage = Stage(hours=12)
    stand_in = Script(stage.clock, *[DOWN] * 50, name="stand-in")
    metered = Metered(stage.clock, KeyRejected("wrong key"))
    metered.games = {"a": [game("a", 11)]}
    stage.with_metered(metered, guarded(stand_in, SLOW, stage.clock, frozenset("a").__contains__))
    assert [status.detail for status in stage.desk.statuses()] == ["not asked yet"] * 2
    await stage.live()
    assert stand_in.asked
    stand_by = stage.desk.statuses()[1]
    assert (stand_by.state, stand_by.detail) == ("waiting", "stands by: metered answers")


async def test_a_sport_that_is_refused_is_that_sports_trouble_and_the_rest_goes_on() -> None:
    stage = Stage(hours=3)
    metered = Metered(stage.clock, RequestRejected("unknown sport"), *[None] * 2, *[DOWN] * 3)
    metered.games = {"b": [game("b", 2.5)]}
    stage.with_metered(metered)
    await stage.live()
    assert [what for what, _ in metered.asked[:2]] == ["events a", "events b"]
    assert ("b", 2.5 * 3600 - 300) in metered.prices
    again = [at for what, at in metered.asked if what == "events a"]
    assert [later - earlier >= 3600 for earlier, later in itertools.pairwise(again)] == [True] * (len(again) - 1)
    assert stage.status.state == "ok"


async def test_the_next_call_is_not_before_the_end_of_a_feeds_rest() -> None:
    stage = Stage(hours=2)
    metered = Metered(stage.clock, *[None] * 3, *[KeyRejected("wrong key")] * 50)
    metered.games = {"a": [game("a", 1.5)]}
    stage.with_metered(metered)
    await stage.live()
    told = stage.budget.view(stage.clock.now(), stage.desk.wait_for).next_call
    assert told is not None
    assert told.at >= stage.clock.now() + timedelta(seconds=metered.guard.breaker.rest_seconds)
    assert metered.guard.breaker.rest_seconds > 0


async def test_a_screen_of_rows_waits_for_no_plan_and_is_told_the_same_a_moment_later() -> None:
    """Each look at the wall's clock takes a millisecond here."""

    class Slow(VirtualClock):
        def monotonic(self) -> float:
            self.advance(0.001)
            return super().monotonic()

    stage = Stage().with_metered(Metered(VirtualClock(NOW)))
    games = [game("a", 1 + number / 10, number) for number in range(40)]
    stage.fixtures.replace("metered", "a", games)
    stage.book.watched = games[:20]
    stage.book.left = 9
    exact = [stage.budget.why_no_close(each) for each in games]
    assert all(exact[20:])
    sliced = Budget(
        "metered", PAID, stage.clock, stage.book, stage.fixtures,
        day_start=lambda: NOW, unsure=lambda: 0, wall=Slow(NOW),
    )  # fmt: skip
    assert 1 <= sum(map(bool, map(sliced.why_no_close, games))) < 10
    assert sliced._working is not None
    await sliced._working
    assert [sliced.why_no_close(each) for each in games] == exact
    sliced.close()


async def test_a_feed_without_credits_is_passed_over_and_says_until_when() -> None:
    stage = Stage(hours=5)
    stand_in = Script(stage.clock, name="stand-in")
    metered = Metered(stage.clock, left=2)
    metered.games = {"a": [game("a", 2)]}
    stage.with_metered(metered, guarded(stand_in, SLOW, stage.clock, frozenset("a").__contains__))
    await stage.live()
    assert metered.prices == []
    assert stand_in.times == [0, 3600, 7200, 10800, 14400]
    assert stage.status.detail == "no credits left until 1 May"


async def test_a_feed_of_its_own_sports_is_asked_for_those_alone_beside_a_better_one() -> None:
    stage = Stage(hours=1.5)
    other = msgspec.structs.replace(SLOW, sports=("a", "c"))
    stand_in = Script(stage.clock, name="stand-in")
    metered = Metered(stage.clock)
    metered.games = {"a": [game("a", 1)]}
    stage.with_metered(metered, guarded(stand_in, other, stage.clock, frozenset("ac").__contains__))
    await stage.live()
    assert stand_in.asked == [("c", 0), ("c", 3600)]


async def test_a_ledger_that_keeps_nothing_costs_no_credit_more_than_once() -> None:
    stage = Stage(hours=3)
    stage.with_metered(metered := Metered(stage.clock))
    metered.games = {"a": [game("a", 20)], "b": []}
    deliver = stage.deliver

    async def no_prices(answer: Answer) -> object:
        if answer.kind is AnswerKind.ODDS:
            raise LedgerGone("the disk is full")
        return await deliver(answer)

    stage.deliver = no_prices  # type: ignore[method-assign]
    stage.with_metered(metered)
    await stage.live()
    assert len(metered.prices) <= 2
    assert stage.status.detail == "the disk is full"


async def test_credits_are_never_more_than_there_are_whatever_is_lost_on_the_way() -> None:
    lost = [None, None] + [None if number % 3 else SourceUnreachable("broke off") for number in range(200)]
    stage = Stage(hours=24 * 10)
    stage.with_metered(metered := Metered(stage.clock, *lost, left=40))
    metered.games = {"a": [game("a", 3 + 8 * number, number) for number in range(28)]}
    stage.book.watched = metered.games["a"]
    await stage.live()
    assert 0 <= metered.left < 40


async def test_a_new_month_is_asked_about_for_nothing_before_anything_is_spent() -> None:
    stage = Stage(hours=24 * 16)
    metered = Metered(stage.clock, left=2)
    metered.games = {"a": [game("a", 24 * 14)], "b": []}
    stage.with_metered(metered)

    async def deliver(answer: Answer) -> object:
        if stage.clock.now().month == 5 and metered.left < 400:
            metered.left = 500
        return await Stage.deliver(stage, answer)

    stage.deliver = deliver  # type: ignore[method-assign]
    stage.with_metered(metered)
    await stage.live()
    first_price = metered.prices[0][1]
    month = (datetime(2026, 5, 1, tzinfo=NOW.tzinfo) - NOW).total_seconds()
    asked_free = [at for what, at in metered.asked if what == "events a" and at >= month]
    assert month <= asked_free[0] <= month + 2
    assert first_price >= asked_free[0]


async def test_a_loop_that_ends_or_breaks_is_started_again_until_it_is_cancelled() -> None:
    runs = 0
    pauses = 0

    async def loop() -> None:
        nonlocal runs
        runs += 1
        if runs == 6:
            raise asyncio.CancelledError
        if runs % 2:
            raise ValueError("broken")

    async def pause() -> None:
        nonlocal pauses
        pauses += 1

    with pytest.raises(asyncio.CancelledError):
        await rearm("test", loop, pause)
    assert (runs, pauses) == (6, 5)


# Clocks that jump


class Lid(VirtualClock):
    """A clock whose machine sleeps: the date goes on, and nothing counts it. Each wait is let go by the test."""

    def __init__(self) -> None:
        super().__init__(NOW)
        self.uncounted = 0.0
        self.waits: list[float] = []

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=self.uncounted)

    def monotonic(self) -> float:
        return (super().now() - NOW).total_seconds()

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            return
        self.waits.append(seconds)
        await asyncio.Event().wait()


class Night(Stage):
    """A desk on such a machine, at its first wait."""

    def __init__(self, plan: PollPlan = PLAN) -> None:
        super().__init__(plan=plan)
        self.lid = Lid()
        self.clock = self.source.clock = self.lid
        self.desk = OddsDesk((guarded(self.source, plan, self.clock),), self.clock, self.hooks)

    async def fall(self) -> None:
        self.task = asyncio.create_task(self.desk.loop())
        await self.settle()

    async def settle(self) -> None:
        for _ in range(50):
            await asyncio.sleep(0)

    async def gap(self, seconds: float) -> None:
        """The date jumps by that, and housekeeping says so."""
        self.lid.uncounted += seconds
        self.desk.skip(max(0.0, seconds))
        await self.settle()

    async def end(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)

    @property
    def asked(self) -> list[str]:
        return [name for name, _ in self.source.asked]


async def test_after_eight_hours_asleep_each_thing_is_asked_for_once_and_then_at_its_pace() -> None:
    night = Night()
    await night.fall()
    assert night.asked == ["a"]
    await night.gap(8 * 3600)
    assert night.asked == ["a", "b"]
    assert night.status.next_poll == night.clock.now() + timedelta(seconds=60)
    await night.end()


async def test_a_short_sleep_only_shortens_the_wait() -> None:
    night = Night(msgspec.structs.replace(PLAN, seconds=1_600))
    await night.fall()
    await night.gap(400)
    assert night.asked == ["a"]
    assert night.status.next_poll == NOW + timedelta(seconds=800)
    assert night.lid.waits[-1] == 400
    await night.gap(401)
    assert night.asked == ["a", "b"]
    await night.end()


@pytest.mark.parametrize("back", [3_600, 86_400])
async def test_a_clock_set_back_asks_for_nothing_and_shows_when_it_will(back: float) -> None:
    night = Night()
    await night.fall()
    await night.gap(-back)
    assert night.asked == ["a"]
    assert night.status.next_poll == night.clock.now() + timedelta(seconds=60)
    await night.end()


async def test_a_clock_set_a_day_forward_and_back_again_asks_at_most_once_more() -> None:
    night = Night()
    await night.fall()
    await night.gap(86_400)
    await night.gap(-86_400)
    assert night.asked == ["a", "b"]
    await night.end()


async def test_a_plan_is_kept_to_the_date_also_when_the_date_jumps() -> None:
    night = Night()
    metered = Metered(night.clock)
    metered.games = {"a": [game("a", 9)], "b": []}
    night.with_metered(metered)
    await night.fall()
    asked = len(metered.prices)
    await night.gap(8 * 3600 + 55 * 60)
    assert len(metered.prices) == asked + 1, "five minutes before the start"
    await night.gap(-3600)
    assert len(metered.prices) == asked + 1
    await night.end()
