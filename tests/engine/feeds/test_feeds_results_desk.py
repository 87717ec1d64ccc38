"""Whom results are asked of, for what, and when: one feed after the other until nothing is left open."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from betting_tui.engine.clocks import VirtualClock
from betting_tui.engine.core.bet_views import SettlementReport
from betting_tui.engine.core.decoded import DecodedScores
from betting_tui.engine.core.errors import (
    BadAnswer,
    CreditsSpent,
    LedgerError,
    LedgerGone,
    RateLimited,
    RequestRejected,
    SourceError,
    SourceUnreachable,
)
from betting_tui.engine.core.model import START_UNKNOWN, Event
from betting_tui.engine.core.ports import Answer, AnswerKind
from betting_tui.engine.feeds.results_desk import ResultsDesk
from betting_tui.engine.feeds.wiring import FeedHooks, ResultsFeed
from betting_tui.engine.sources.guarded import GuardedResults
from betting_tui.engine.sources.resilience import Guard, Policy

NOW = datetime(2026, 4, 18, 12, tzinfo=UTC)
NBA, EPL = "basketball_nba", "soccer_epl"
ONCE = Policy(requests=10_000, tries=1)


class Day(VirtualClock):
    """A virtual clock that ends the test's loop at a set time."""

    def __init__(self, hours: float = 24) -> None:
        super().__init__(NOW)
        self.end = NOW + timedelta(hours=hours)

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds)
        if self.now() >= self.end:
            raise asyncio.CancelledError


class Scores:
    """A feed of results that notes its questions, and settles what it knows of."""

    def __init__(self, name: str, clock: VirtualClock, *knows: str, error: Exception | None = None) -> None:
        self.name = name
        self.clock = clock
        self.knows = set(knows)
        self.errors: dict[str, Exception] = {} if error is None else {"": error}
        self.asked: list[tuple[str, object]] = []

    def covers(self, sport_key: str) -> bool:
        return True

    async def fetch_scores(self, sport_key: str, days_from: int) -> Answer:
        return self.answer(sport_key, days_from)

    def answer(self, sport_key: str, asked: object) -> Answer:
        self.asked.append((sport_key, asked))
        error = self.errors.get("") or self.errors.get(sport_key)
        if error is not None:
            raise error
        return Answer(self.name, AnswerKind.SCORES, sport_key, self.name.encode(), self.clock.now())

    def decode_scores(self, answer: Answer) -> DecodedScores:
        return DecodedScores(())

    async def aclose(self) -> None:
        """Nothing stays open."""


class DailyScores(Scores):
    async def fetch_day(self, sport_key: str, start: datetime) -> Answer:
        return self.answer(sport_key, start.date())


class SeasonScores(Scores):
    async def fetch_season(self, sport_key: str, first_year: int) -> Answer:
        return self.answer(sport_key, f"season {first_year}")


class Stage:
    """A desk with feeds, and the events that wait for their results."""

    def __init__(self, *events: Event, hours: float = 24) -> None:
        self.clock = Day(hours)
        self.waiting = list(events)
        self.feeds: list[ResultsFeed] = []
        self.sources: list[Scores] = []
        self.due: set[str] = set()
        self.credits = 500
        self.changes = 0
        self.pause_until = NOW
        self.delivery_error: Exception | None = None
        self.delivered: list[str] = []

    def feed(
        self,
        name: str,
        *knows: str,
        kind: type[Scores] = Scores,
        cost: int = 0,
        sports: str = "",
        error: Exception | None = None,
    ) -> Scores:
        source = kind(name, self.clock, *knows, error=error)
        guard = Guard(name, self.clock, ONCE)
        covers: Callable[[str], bool] = (lambda sport: sport in sports.split()) if sports else (lambda _: True)
        self.feeds.append(ResultsFeed(GuardedResults(source, guard), guard, covers, cost))
        self.sources.append(source)
        return source

    async def deliver(self, answer: Answer) -> object:
        if self.delivery_error is not None:
            raise self.delivery_error
        source = next(each for each in self.sources if each.name == answer.source)
        self.waiting = [event for event in self.waiting if event.id not in source.knows]
        self.delivered.append(f"{answer.source} {answer.sport_key}")
        return SettlementReport((), (), source=answer.source)

    def change(self) -> None:
        self.changes += 1

    def desk(self, every: float = 3600, days_from: int = 3, game_length: float = 1.0) -> ResultsDesk:
        hooks = FeedHooks(self.deliver, lambda: self.clock.now() < self.pause_until, self.change)
        return ResultsDesk(
            self.feeds,
            self.clock,
            hooks,
            waiting=lambda: self.waiting,
            due=lambda sport: sport in self.due,
            every_seconds=every,
            days_from=days_from,
            can_pay=lambda cost: self.credits >= cost,
            game_length=game_length,
        )

    async def day(self, desk: ResultsDesk) -> None:
        with pytest.raises(asyncio.CancelledError):
            await desk.loop()


def event(key: str, sport: str = NBA, *, hours_ago: float = 5.0) -> Event:
    return Event(key, sport, "", NOW - timedelta(hours=hours_ago), "Home", "Away")


def asked(*sources: Scores) -> Sequence[list[tuple[str, object]]]:
    return [source.asked for source in sources]


class TestWhomIsAsked:
    async def test_the_next_feed_only_for_what_is_left_open(self) -> None:
        stage = Stage(event("a"), event("b", EPL))
        first, second = stage.feed("espn", "a"), stage.feed("football_data", "b")
        await stage.desk().round()
        assert asked(first, second) == [[(NBA, 1), (EPL, 1)], [(EPL, 1)]]
        assert stage.waiting == []

    async def test_a_feed_that_does_not_cover_a_sport_is_skipped(self) -> None:
        stage = Stage(event("a"), event("b", EPL))
        soccer, any_sport = stage.feed("football_data", sports=EPL), stage.feed("thesportsdb")
        await stage.desk().round()
        assert asked(soccer, any_sport) == [[(EPL, 1)], [(NBA, 1), (EPL, 1)]]

    async def test_nothing_is_asked_before_an_event_should_be_over(self) -> None:
        stage = Stage(event("a", hours_ago=1), event("later", hours_ago=-5), unknown := event("unknown"))
        stage.waiting[-1] = Event(unknown.id, NBA, "", START_UNKNOWN)
        source = stage.feed("espn")
        assert await stage.desk().round() == ()
        assert source.asked == []
        await stage.desk().round(everything=True)
        assert source.asked == [(NBA, 1)]

    async def test_shorter_games_are_asked_about_sooner(self) -> None:
        stage = Stage(event("a", hours_ago=1))
        source = stage.feed("simulated", "a")
        await stage.desk(game_length=0.3).round()
        assert source.asked == [(NBA, 1)]

    async def test_an_event_of_no_sport_is_asked_of_nobody(self) -> None:
        stage = Stage(event("imported", ""))
        source = stage.feed("espn")
        assert await stage.desk().round(everything=True) == ()
        assert source.asked == []

    async def test_a_feed_that_costs_credits_is_asked_when_due(self) -> None:
        stage = Stage(event("a"), event("b", EPL))
        dear = stage.feed("the_odds_api", cost=2)
        stage.due = {EPL}
        await stage.desk().round()
        assert dear.asked == [(EPL, 1)]

    async def test_or_when_everything_is_wanted_and_it_can_be_paid_for(self) -> None:
        stage = Stage(event("a"))
        dear, free = stage.feed("the_odds_api", cost=2), stage.feed("thesportsdb")
        await stage.desk().round(everything=True)
        stage.credits = 1
        await stage.desk().round(everything=True)
        assert asked(dear, free) == [[(NBA, 1)], [(NBA, 1), (NBA, 1)]]


class TestHowFarBack:
    @pytest.mark.parametrize(
        ("name", "kind", "days_ago", "questions"),
        [
            ("the_odds_api", Scores, 0.2, [(NBA, 1)]),
            ("the_odds_api", Scores, 2.5, [(NBA, 3)]),
            ("the_odds_api", Scores, 30, [(NBA, 3)]),
            ("espn", DailyScores, 2.5, [(NBA, 3)]),
            ("espn", DailyScores, 30, [(NBA, (NOW - timedelta(days=30)).date())]),
            ("simulated", Scores, 6, [(NBA, 6)]),
            ("simulated", Scores, 60, [(NBA, 7)]),
            ("football_data", SeasonScores, 60, [(NBA, 60)]),
            ("football_data", SeasonScores, 300, [(NBA, "season 2024")]),
        ],
    )
    async def test_each_feed_within_its_own_bounds(
        self, name: str, kind: type[Scores], days_ago: float, questions: list[tuple[str, object]]
    ) -> None:
        stage = Stage(event("a", hours_ago=days_ago * 24))
        source = stage.feed(name, kind=kind)
        await stage.desk().round(everything=True)
        assert source.asked == questions

    async def test_many_old_days_are_asked_for_a_few_at_a_time_until_all_were(self) -> None:
        stage = Stage(*(event(f"e{day}", hours_ago=24 * day) for day in range(10, 20)))
        source = stage.feed("espn", kind=DailyScores)
        desk = stage.desk()
        for _ in range(3):
            await desk.round()
        assert len(source.asked) == 10
        assert len(set(source.asked)) == 10

    async def test_what_nobody_knows_is_asked_for_ever_less_often(self) -> None:
        stage = Stage(event("a", hours_ago=4), hours=24 * 10)
        source = stage.feed("espn")
        await stage.day(stage.desk())
        assert 24 + 4 * 6 + 2 <= len(source.asked) <= 24 + 4 * 7 + 4


class TestWhatFails:
    @pytest.mark.parametrize(
        "error",
        [SourceUnreachable("down"), RequestRejected("no such sport"), CreditsSpent("none"), ZeroDivisionError()],
    )
    async def test_the_next_feed_answers(self, error: Exception) -> None:
        stage = Stage(event("a"))
        stage.feed("espn", error=error)
        second = stage.feed("thesportsdb", "a")
        assert len(await stage.desk().round(everything=True)) == 1
        assert second.asked == [(NBA, 1)]

    async def test_one_sport_does_not_keep_the_others_open(self) -> None:
        stage = Stage(event("a"), event("b", EPL))
        source = stage.feed("espn")
        source.errors = {NBA: SourceUnreachable("down")}
        await stage.desk().round(everything=True)
        assert stage.delivered == [f"espn {EPL}"]

    async def test_when_nobody_answers_everything_says_why(self) -> None:
        stage = Stage(event("a"))
        stage.feed("espn", error=SourceUnreachable("no network"))
        with pytest.raises(SourceUnreachable, match="no network"):
            await stage.desk().round(everything=True)
        stage.feed("football_data", sports=EPL)
        with pytest.raises(SourceError, match=r"espn: no network; football_data: does not have basketball_nba"):
            await stage.desk().round(everything=True)
        assert await stage.desk().round() == ()

    async def test_nothing_open_is_no_failure(self) -> None:
        assert await Stage().desk().round(everything=True) == ()

    async def test_a_feed_that_rests_is_left_alone_and_says_until_when(self) -> None:
        stage = Stage(event("a"))
        source = stage.feed("espn", error=RateLimited("slow down", retry_after=600))
        desk = stage.desk()
        await desk.round()
        await desk.round()
        assert len(source.asked) == 1
        (status,) = desk.statuses()
        assert (status.state, status.detail, status.next_poll) == (
            "degraded",
            "slow down",
            NOW + timedelta(seconds=600),
        )

    async def test_an_answer_of_no_use_counts_against_its_feed(self) -> None:
        stage = Stage(event("a"))
        source = stage.feed("espn")
        stage.delivery_error = BadAnswer("not one game can be read")
        desk = stage.desk()
        for _ in range(5):
            await desk.round()
        assert len(source.asked) == 3, "then it rests"
        assert desk.statuses()[0].detail == "not one game can be read"

    async def test_an_answer_the_ledger_does_not_keep_ends_the_round_and_no_feed_is_to_blame(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        stage = Stage(event("a"), event("b", EPL), hours=3)
        source = stage.feed("espn")
        stage.delivery_error = LedgerGone("the ledger was moved")
        desk = stage.desk()
        with pytest.raises(LedgerError):
            await desk.round()
        await stage.day(desk)
        assert len(source.asked) == 1 + 3
        assert desk.statuses()[0].detail == "the ledger was moved"
        assert not [record for record in caplog.records if record.levelno >= logging.ERROR]

    async def test_a_bug_is_in_the_log_and_the_loop_goes_on(self, caplog: pytest.LogCaptureFixture) -> None:
        stage = Stage(event("a"), hours=3)
        source = stage.feed("espn", error=ZeroDivisionError("bug"))
        desk = stage.desk()
        await stage.day(desk)
        assert len(source.asked) == 3
        assert "bug" not in desk.statuses()[0].detail
        assert "results of espn failed" in caplog.text


class TestTheLoop:
    async def test_what_was_left_open_is_asked_for_soon_and_then_at_the_pace_that_is_set(self) -> None:
        stage = Stage(event("a"), hours=2.5)
        source = stage.feed("espn")
        desk = stage.desk()
        await stage.day(desk)
        assert len(source.asked) == 3
        assert desk.statuses()[0].next_poll == NOW + timedelta(seconds=20 + 3 * 3600)

    async def test_a_pause_asks_nothing(self) -> None:
        stage = Stage(event("a"), hours=6.5)
        source = stage.feed("espn")
        stage.pause_until = NOW + timedelta(hours=3)
        await stage.day(stage.desk())
        assert len(source.asked) == 4

    async def test_a_state_is_told_when_it_changes(self) -> None:
        stage = Stage(event("a"))
        source = stage.feed("espn", error=SourceUnreachable("down"))
        desk = stage.desk()
        assert [(each.state, each.detail) for each in desk.statuses()] == [("waiting", "not asked yet")]
        for _ in range(2):
            await desk.round()
        assert stage.changes == 1
        source.errors = {}
        await desk.round()
        assert (stage.changes, desk.statuses()[0].state) == (2, "ok")

    async def test_a_night_that_no_clock_counted_brings_the_next_round_forward(self) -> None:
        stage = Stage(event("a"))
        source = stage.feed("espn")

        async def sleep(seconds: float) -> None:
            if seconds:
                await asyncio.Event().wait()

        stage.clock.sleep = sleep  # type: ignore[method-assign]
        desk = stage.desk()
        task = asyncio.create_task(desk.loop())
        await asyncio.sleep(0.01)
        desk.skip(8 * 3600)
        await asyncio.sleep(0.01)
        assert len(source.asked) == 1, "the first round waits for the next one"
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
