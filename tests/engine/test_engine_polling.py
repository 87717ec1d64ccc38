"""When a feed is asked: within its credits, slower when it fails, again after a break, not at all while paused."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from betting_tui.engine.clocks import VirtualClock
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
from betting_tui.engine.core.model import DecodedOdds, DecodedScores, Sport
from betting_tui.engine.core.ports import Answer, AnswerKind, CreditReading, OddsRequest
from betting_tui.engine.polling import Poller, PollerHooks, PollPlan, rearm
from market_samples import NOW

PLAN = PollPlan(sports=("a", "b"), markets=("h2h",), bookmakers=("fanduel",), seconds=120, results_seconds=3600)
DEAR = msgspec.structs.replace(PLAN, daily_credits=25, odds_cost=3, scores_cost=2)


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

    name = "script"

    def __init__(self, clock: VirtualClock, *outcomes: SourceError | Exception | None) -> None:
        self.clock = clock
        self.outcomes = list(outcomes)
        self.asked: list[tuple[str, float]] = []
        self.requests: list[OddsRequest] = []
        self.score_errors: dict[str, SourceError] = {}

    async def sports(self) -> tuple[Sport, ...]:
        return ()

    async def fetch_odds(self, request: OddsRequest) -> Answer:
        self.requests.append(request)
        self.asked.append((request.sport_key, self.clock.monotonic()))
        outcome = self.outcomes.pop(0) if self.outcomes else None
        if outcome is not None:
            raise outcome
        reading = CreditReading(used=3, remaining=497, last_cost=3)
        return Answer("script", AnswerKind.ODDS, request.sport_key, b"[]", self.clock.now(), credits=reading)

    async def fetch_scores(self, sport_key: str, days_from: int) -> Answer:
        self.asked.append((f"scores {sport_key}", self.clock.monotonic()))
        if sport_key in self.score_errors:
            raise self.score_errors[sport_key]
        return Answer("script", AnswerKind.SCORES, sport_key, b"[]", self.clock.now())

    def decode_odds(self, answer: Answer) -> DecodedOdds:
        return DecodedOdds(())

    def decode_scores(self, answer: Answer) -> DecodedScores:
        return DecodedScores(())

    async def aclose(self) -> None:
        """Nothing stays open."""


class Engine:
    """What a poller is hung up in: counts credits, notes deliveries and changes."""

    def __init__(self, clock: VirtualClock) -> None:
        self.clock = clock
        self.delivered: list[Answer] = []
        self.changes = 0
        self.pause_until: datetime | None = None
        self.waiting: list[tuple[str, datetime]] = []
        self.delivery_error: Exception | None = None

    @property
    def spent(self) -> int:
        return sum(3 if answer.kind is AnswerKind.ODDS else 2 for answer in self.delivered)

    async def deliver(self, answer: Answer) -> object:
        if self.delivery_error is not None:
            raise self.delivery_error
        self.delivered.append(answer)
        return answer.sport_key

    def changed(self) -> None:
        self.changes += 1

    @property
    def hooks(self) -> PollerHooks:
        return PollerHooks(
            deliver=self.deliver,
            spent_today=lambda name: self.spent,
            waiting_events=lambda: self.waiting,
            paused=lambda: self.pause_until is not None and self.clock.now() < self.pause_until,
            changed=self.changed,
        )


class Stage:
    def __init__(self, *outcomes: Exception | None, plan: PollPlan = PLAN, hours: float = 24) -> None:
        self.clock = Day(hours)
        self.source = Script(self.clock, *outcomes)
        self.engine = Engine(self.clock)
        self.poller = Poller(self.source, plan, self.clock, self.engine.hooks)

    async def odds(self) -> Sequence[float]:
        """Run the loop to the end of the day: when it asked."""
        with pytest.raises(asyncio.CancelledError):
            await self.poller.odds_loop()
        return [at for _, at in self.source.asked]

    async def results(self) -> Sequence[str]:
        with pytest.raises(asyncio.CancelledError):
            await self.poller.results_loop()
        return [name for name, _ in self.source.asked]


async def test_one_sport_after_the_other_in_even_steps_for_ever() -> None:
    stage = Stage(hours=0.1)
    assert await stage.odds() == [0, 60, 120, 180, 240, 300]
    assert [sport for sport, _ in stage.source.asked] == ["a", "b"] * 3
    assert stage.source.requests[0] == OddsRequest("a", ("h2h",), ("fanduel",))
    status = stage.poller.status
    assert (status.state, status.detail, status.credits_remaining) == ("ok", "", 497)
    assert status.last_success == NOW + timedelta(seconds=300)
    assert status.next_poll == NOW + timedelta(seconds=360)
    assert stage.engine.changes == 6


async def test_the_days_credits_are_spread_over_the_day() -> None:
    times = await Stage(plan=DEAR).odds()
    assert len(times) == 8
    assert {round(later - earlier) for earlier, later in itertools.pairwise(times)} == {10_368}


async def test_no_credit_is_spent_beyond_the_cap_and_the_screen_says_so() -> None:
    stage = Stage(plan=DEAR)
    stage.engine.delivered = [Answer("script", AnswerKind.ODDS, "a", b"", NOW)] * 8
    assert await stage.odds() == []
    assert stage.poller.status.state == "waiting"
    assert stage.poller.status.detail.startswith("24 of 25 credits used today")
    assert stage.engine.changes > 0


@given(st.integers(0, 40), st.integers(0, 12), st.integers(1, 8), st.floats(60, 86_400), st.integers(0, 40))
async def test_the_cap_holds_whatever_the_plan(cap: int, cost: int, sports: int, seconds: float, spent: int) -> None:
    plan = msgspec.structs.replace(
        PLAN, sports=tuple("abcdefgh"[:sports]), daily_credits=cap, odds_cost=cost, seconds=seconds
    )
    assert plan.step_seconds >= seconds / sports
    stage = Stage(plan=plan, hours=1)
    hooks = msgspec.structs.replace(
        stage.engine.hooks, spent_today=lambda name: spent + cost * len(stage.engine.delivered)
    )
    stage.poller = Poller(stage.source, plan, stage.clock, hooks)
    asked = len(await stage.odds())
    if cost and spent <= cap:
        assert spent + asked * cost <= cap
    elif cost:
        assert asked == 0
    else:
        assert asked >= 1


async def test_a_feed_that_fails_is_asked_ever_more_slowly_and_at_its_pace_once_it_answers() -> None:
    stage = Stage(*(SourceUnreachable("down") for _ in range(8)), hours=3)
    times = await stage.odds()
    waits = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert waits[:8] == [30, 60, 120, 240, 480, 960, 1800, 1800]
    assert set(waits[8:]) == {60}
    assert stage.poller.status.state == "ok"


async def test_after_a_recovery_the_waits_begin_small_again() -> None:
    down = SourceUnreachable("down")
    times = await Stage(down, down, None, down, hours=0.2).odds()
    assert [later - earlier for earlier, later in itertools.pairwise(times[:5])] == [30, 60, 60, 30]


@pytest.mark.parametrize(("wish", "wait"), [(90, 90), (7_200, 7_200), (1e12, 86_400), (0.001, 1), (0, 30)])
async def test_a_feed_that_says_how_long_to_wait_is_obeyed_within_reason(wish: float, wait: float) -> None:
    times = await Stage(RateLimited("slow down", retry_after=wish), hours=25).odds()
    assert times[1] == wait


@pytest.mark.parametrize("error", [KeyRejected("wrong key"), CreditsSpent("none left")])
async def test_a_rejected_key_is_not_hammered(error: SourceError) -> None:
    stage = Stage(*[error] * 100, hours=10)
    assert len(await stage.odds()) == 10
    assert (stage.poller.status.state, stage.poller.status.detail) == ("failed", error.message)


async def test_a_question_that_is_wrong_does_not_slow_down_the_other_sports() -> None:
    stage = Stage(RequestRejected("unknown sport a"), None, RequestRejected("unknown sport a"), None, hours=0.1)
    assert await stage.odds() == [0, 60, 120, 180, 240, 300]


async def test_an_answer_that_breaks_the_engine_shows_and_is_survived() -> None:
    stage = Stage(hours=0.1)
    stage.engine.delivery_error = ZeroDivisionError("bug")
    times = await stage.odds()
    assert times[:3] == [0, 30, 90]
    assert stage.poller.status.state == "degraded"
    assert "ZeroDivisionError" in stage.poller.status.detail
    assert "bug" not in stage.poller.status.detail


async def test_an_answer_the_ledger_does_not_keep_shows_why_and_leaves_no_traceback(
    caplog: pytest.LogCaptureFixture,
) -> None:
    stage = Stage(hours=0.1)
    stage.engine.delivery_error = LedgerGone("the ledger was moved")
    times = await stage.odds()
    assert times[:3] == [0, 60, 120], "the feed is not to blame"
    assert (stage.poller.status.state, stage.poller.status.detail) == ("degraded", "the ledger was moved")
    assert not caplog.records


async def test_an_unreadable_answer_shows_its_own_words() -> None:
    stage = Stage(BadAnswer("not JSON"), hours=0.008)
    await stage.odds()
    assert (stage.poller.status.state, stage.poller.status.detail) == ("degraded", "not JSON")


async def test_a_pause_asks_nothing_and_its_end_asks_at_once() -> None:
    stage = Stage(plan=msgspec.structs.replace(PLAN, seconds=20_000), hours=1)
    stage.engine.pause_until = NOW + timedelta(seconds=600)
    assert await stage.odds() == [600]


async def test_no_sports_no_questions() -> None:
    assert await Stage(plan=msgspec.structs.replace(PLAN, sports=())).odds() == []


async def test_results_are_asked_for_when_an_event_should_be_over() -> None:
    stage = Stage(hours=3)
    stage.engine.waiting = [("b", NOW), ("a", NOW), ("a", NOW + timedelta(hours=1)), ("later", NOW + timedelta(days=1))]
    assert await stage.results() == ["scores a", "scores b"]
    assert stage.source.asked[0][1] == 7_200


async def test_everything_asks_for_what_has_started() -> None:
    stage = Stage()
    stage.engine.waiting = [("a", NOW), ("b", NOW + timedelta(seconds=1))]
    assert await stage.poller.poll_results(everything=True) == ["a"]


async def test_one_sport_without_scores_does_not_keep_the_others_open() -> None:
    stage = Stage()
    stage.engine.waiting = [("a", NOW), ("b", NOW), ("c", NOW)]
    stage.source.score_errors = {"a": RequestRejected("no scores for a"), "b": SourceUnreachable("down")}
    with pytest.raises(RequestRejected):
        await stage.poller.poll_results(everything=True)
    assert [answer.sport_key for answer in stage.engine.delivered] == ["c"]


async def test_a_rejected_key_ends_the_round_of_results() -> None:
    stage = Stage()
    stage.engine.waiting = [("a", NOW), ("b", NOW)]
    stage.source.score_errors = {"a": KeyRejected("wrong")}
    with pytest.raises(KeyRejected):
        await stage.poller.poll_results(everything=True)
    assert len(stage.source.asked) == 1


async def test_results_survive_failures_and_rest_in_a_pause() -> None:
    stage = Stage(hours=6)
    stage.engine.waiting = [("a", NOW - timedelta(hours=3))]
    stage.source.score_errors = {"a": SourceUnreachable("down")}
    stage.engine.pause_until = NOW + timedelta(hours=3)
    assert await stage.results() == ["scores a"] * 3
    assert (stage.poller.status.state, stage.poller.status.detail) == ("degraded", "down")


async def test_results_keep_to_the_credits_too() -> None:
    stage = Stage(plan=DEAR)
    stage.engine.waiting = [("a", NOW - timedelta(hours=3))]
    assert len(await stage.results()) == 12
    assert stage.engine.spent == 24


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
        self.waits.append(seconds)
        await asyncio.Event().wait()


class Night:
    """Both loops of one poller on such a machine, at their first wait."""

    def __init__(self, plan: PollPlan = PLAN) -> None:
        self.clock = Lid()
        self.source = Script(self.clock)
        self.engine = Engine(self.clock)
        self.poller = Poller(self.source, plan, self.clock, self.engine.hooks)
        self.tasks: list[asyncio.Task[None]] = []

    async def fall(self) -> None:
        self.tasks = [asyncio.create_task(loop()) for loop in (self.poller.odds_loop, self.poller.results_loop)]
        await self.settle()

    async def settle(self) -> None:
        for _ in range(20):
            await asyncio.sleep(0)

    async def gap(self, seconds: float) -> None:
        """The date jumps by that, and housekeeping says so."""
        self.clock.uncounted += seconds
        self.poller.replan(max(0.0, seconds))
        await self.settle()

    async def end(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    @property
    def asked(self) -> list[str]:
        return [name for name, _ in self.source.asked]


async def test_after_eight_hours_asleep_each_thing_is_asked_for_once_and_then_at_its_pace() -> None:
    night = Night()
    night.engine.waiting = [("a", NOW)]
    await night.fall()
    assert night.asked == ["a"]
    await night.gap(8 * 3600)
    assert sorted(night.asked) == ["a", "b", "scores a"]
    assert night.poller.status.next_poll == night.clock.now() + timedelta(seconds=60)
    await night.settle()
    assert len(night.asked) == 3
    await night.end()


async def test_a_short_sleep_only_shortens_the_wait() -> None:
    night = Night(msgspec.structs.replace(PLAN, seconds=2_000))
    await night.fall()
    await night.gap(400)
    assert night.asked == ["a"]
    assert night.poller.status.next_poll == NOW + timedelta(seconds=1_000)
    assert night.clock.waits[-1] in (600, 3_200)
    await night.gap(601)
    assert night.asked == ["a", "b"]
    await night.end()


@pytest.mark.parametrize("back", [3_600, 86_400])
async def test_a_clock_set_back_asks_for_nothing_and_shows_when_it_will(back: float) -> None:
    night = Night()
    await night.fall()
    await night.gap(-back)
    assert night.asked == ["a"]
    assert night.poller.status.next_poll == night.clock.now() + timedelta(seconds=60)
    await night.end()


async def test_a_clock_set_a_day_forward_and_back_again_asks_at_most_once_more() -> None:
    night = Night()
    await night.fall()
    await night.gap(86_400)
    await night.gap(-86_400)
    assert night.asked == ["a", "b"]
    await night.end()
