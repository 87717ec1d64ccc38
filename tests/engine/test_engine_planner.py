"""What the credits are spent on: open bets first, then the starts most is priced by, and never more than there are."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from betting_tui.engine.planning import (
    Endpoint,
    Plan,
    PlanFacts,
    PlannedCall,
    Prospects,
    Purpose,
    Reason,
    SportFacts,
    Start,
    affordable,
    duration,
    plan,
)
from betting_tui.engine.planning.windows import Window, stab

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
RESET = datetime(2026, 4, 1, tzinfo=UTC)
EVENING = datetime(2026, 3, 10, 23, tzinfo=UTC)
NBA, NHL = "basketball_nba", "icehockey_nhl"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
WINDOW = timedelta(minutes=15)


def sport(key: str = NBA, **changes: object) -> SportFacts:
    known = SportFacts(key, odds_cost=3, last_odds=NOW - 2 * HOUR, last_events=NOW - HOUR)
    return msgspec.structs.replace(known, **changes)


def game(name: str, start: datetime = EVENING, key: str = NBA) -> Start:
    return Start(name, key, start)


def facts(**changes: object) -> PlanFacts:
    some = PlanFacts(NOW, RESET, NOW - 6 * HOUR, 300, (sport(),))
    return msgspec.structs.replace(some, **changes)


def made(planned: Plan, purpose: Purpose) -> list[PlannedCall]:
    return [call for call in planned.calls if call.purpose is purpose]


def reasons(planned: Plan, purpose: Purpose) -> dict[str, Reason]:
    return {key: each.reason for each in planned.not_polled if each.purpose is purpose for key in each.event_ids}


class TestOpenBetsFirst:
    def test_a_close_and_a_result_are_planned_and_reserved_for_an_open_bet(self) -> None:
        planned = plan(facts(open_bets=(game("a"),)))
        (close,) = made(planned, Purpose.CLOSE)
        (result,) = made(planned, Purpose.RESULT)
        assert EVENING - WINDOW <= close.at <= EVENING - 5 * MINUTE
        assert (close.endpoint, close.cost, close.event_ids, close.text) == (
            Endpoint.ODDS,
            3,
            ("a",),
            "close of 1 game",
        )
        assert EVENING + duration(NBA) <= result.at < EVENING + 3 * DAY
        assert (result.endpoint, result.cost, result.text) == (Endpoint.SCORES, 2, "result of 1 game")
        assert planned.reserved == 5

    def test_starts_close_together_share_one_call(self) -> None:
        bets = (game("a"), game("b"), game("c", EVENING + 9 * MINUTE))
        (close,) = made(plan(facts(open_bets=bets)), Purpose.CLOSE)
        assert close.at == EVENING - 5 * MINUTE
        assert close.text == "close of 3 games"

    def test_starts_too_far_apart_take_a_call_each(self) -> None:
        bets = (game("a"), game("b", EVENING + 10 * MINUTE))
        assert [call.event_ids for call in made(plan(facts(open_bets=bets)), Purpose.CLOSE)] == [("a",), ("b",)]

    def test_the_moment_of_a_close_is_the_one_at_which_most_other_starts_are_priced_too(self) -> None:
        others = tuple(game(f"o{n}", EVENING - 4 * MINUTE) for n in range(3))
        (close,) = made(plan(facts(events=others, open_bets=(game("a"),), credits_left=5)), Purpose.CLOSE)
        assert close.at == EVENING - 9 * MINUTE

    def test_results_of_several_evenings_share_one_call(self) -> None:
        bets = tuple(game(str(day), EVENING + day * DAY) for day in range(3))
        month = facts(open_bets=bets, sports=(sport(scores_cost=6),))
        (result,) = made(plan(month), Purpose.RESULT)
        assert result.event_ids == ("0", "1", "2")
        assert result.at < EVENING + 3 * DAY

    def test_with_plenty_of_credits_results_are_not_waited_for(self) -> None:
        (result,) = made(plan(facts(open_bets=(game("a"),), credits_left=20_000)), Purpose.RESULT)
        assert result.at <= EVENING + duration(NBA) + 3 * HOUR

    def test_a_close_that_was_had_is_not_asked_for_again(self) -> None:
        start = NOW + 6 * MINUTE
        assert not made(
            plan(facts(sports=(sport(last_odds=NOW - MINUTE),), open_bets=(game("a", start),))), Purpose.CLOSE
        )

    def test_a_bet_after_the_call_for_its_close_has_another_one_late(self) -> None:
        start = NOW + 6 * MINUTE
        bets = tuple(
            msgspec.structs.replace(game(name, start), placed_at=NOW - after * MINUTE)
            for name, after in (("before", 2), ("after", 0.5), ("just now", 0))
        )
        asked = facts(sports=(sport(last_odds=NOW - MINUTE),), open_bets=bets)
        (close,) = made(plan(asked), Purpose.CLOSE)
        assert (close.at, close.event_ids) == (start - 1.5 * MINUTE, ("after", "just now"))

    def test_a_bet_of_a_later_date_is_closed_twice_at_most(self) -> None:
        start = NOW + MINUTE
        bet = msgspec.structs.replace(game("a", start), placed_at=NOW + DAY)
        assert not made(plan(facts(sports=(sport(last_odds=NOW - 0.5 * MINUTE),), open_bets=(bet,))), Purpose.CLOSE)

    def test_a_bet_too_late_for_any_call_is_said_to_have_no_close(self) -> None:
        start = NOW + 0.5 * MINUTE
        bet = msgspec.structs.replace(game("a", start), placed_at=NOW)
        late = facts(sports=(sport(last_odds=NOW - 0.1 * MINUTE),), events=(game("a", start),))
        assert not affordable(late, bet).ok

    def test_a_start_that_moved_back_is_closed_again(self) -> None:
        moved = game("a", NOW + 40 * MINUTE)
        held = facts(sports=(sport(last_odds=NOW - MINUTE),), open_bets=(game("a", NOW + 6 * MINUTE),), events=(moved,))
        (close,) = made(plan(held), Purpose.CLOSE)
        assert close.at == NOW + 35 * MINUTE

    def test_a_close_that_is_late_is_asked_for_at_once(self) -> None:
        (close,) = made(plan(facts(open_bets=(game("a", NOW + 2 * MINUTE),))), Purpose.CLOSE)
        assert close.at == NOW

    def test_no_close_is_asked_for_before_the_provider_has_new_prices(self) -> None:
        slow = sport(last_odds=NOW - MINUTE, refresh_seconds=900)
        bets = (game("soon", NOW + 13.5 * MINUTE), game("later", NOW + 16 * MINUTE))
        planned = plan(facts(sports=(slow,), open_bets=bets))
        (close,) = made(planned, Purpose.CLOSE)
        assert (close.at, close.event_ids) == (NOW + 14 * MINUTE, ("later",))
        assert reasons(planned, Purpose.CLOSE) == {"soon": Reason.TOO_LATE}

    def test_scores_without_the_result_are_asked_for_again_hours_later(self) -> None:
        start = NOW - 5 * HOUR
        tried = sport(last_scores=NOW - HOUR)
        (result,) = made(
            plan(facts(sports=(tried,), open_bets=(game("a", start),), credits_left=20_000)), Purpose.RESULT
        )
        assert result.at >= NOW + 5 * HOUR

    def test_a_result_the_feed_no_longer_keeps_is_said_to_be_too_late(self) -> None:
        planned = plan(facts(open_bets=(game("a", NOW - 4 * DAY),)))
        assert not made(planned, Purpose.RESULT)
        assert reasons(planned, Purpose.RESULT) == {"a": Reason.TOO_LATE}

    def test_when_credits_are_short_the_fullest_closes_stay_and_the_rest_is_named(self) -> None:
        bets = (game("alone", EVENING - 2 * HOUR), game("a"), game("b"))
        planned = plan(facts(open_bets=bets, credits_left=4))
        assert [call.event_ids for call in made(planned, Purpose.CLOSE)] == [("a", "b")]
        assert reasons(planned, Purpose.CLOSE) == {"alone": Reason.NO_CREDITS}
        assert planned.planned <= 4

    def test_a_bet_in_a_sport_nobody_subscribed_is_named(self) -> None:
        planned = plan(facts(open_bets=(game("a", key="golf_masters"),)))
        assert reasons(planned, Purpose.CLOSE) == {"a": Reason.NOT_SUBSCRIBED}


class TestFreeCredits:
    def test_calls_go_to_the_fullest_starts(self) -> None:
        full = tuple(game(f"full{n}") for n in range(5))
        month = facts(events=(*full, game("alone", EVENING + 2 * HOUR)), credits_left=3, resets_at=NOW + DAY)
        (call,) = made(plan(month), Purpose.VALUE)
        assert (call.at, call.text) == (EVENING - 5 * MINUTE, "looking for value before 5 starts")
        assert reasons(plan(month), Purpose.VALUE) == {"alone": Reason.RESERVED}

    def test_a_start_that_has_its_price_is_not_paid_for_twice(self) -> None:
        full = tuple(game(f"{late}{n}", EVENING + late * MINUTE) for late in (0, 5) for n in range(3))
        month = facts(events=(*full, game("alone", EVENING + 2 * HOUR)), credits_left=6, resets_at=NOW + DAY)
        assert sorted(len(call.event_ids) for call in made(plan(month), Purpose.VALUE)) == [1, 6]

    def test_calls_go_where_opportunities_were_found(self) -> None:
        sports = (sport(asked=30, found=1), sport(NHL, asked=30, found=20))
        events = (game("a"), game("b", key=NHL))
        (call,) = made(plan(facts(sports=sports, events=events, credits_left=3, resets_at=NOW + DAY)), Purpose.VALUE)
        assert call.sport_key == NHL

    def test_a_sport_without_any_price_is_asked_for_at_once(self) -> None:
        (call, *_) = made(plan(facts(sports=(sport(last_odds=None),), events=(game("a"),))), Purpose.VALUE)
        assert call.at == NOW

    def test_a_share_is_kept_for_the_days_whose_starts_are_not_known_yet(self) -> None:
        events = tuple(game(str(n), EVENING + n * 20 * MINUTE) for n in range(40))
        planned = plan(facts(events=events, credits_left=63))
        assert planned.planned <= 6
        assert Reason.KEPT_FOR_LATER in reasons(planned, Purpose.VALUE).values()

    def test_on_the_last_day_of_the_month_everything_is_spent(self) -> None:
        events = tuple(game(str(n), EVENING + n * 20 * MINUTE - 6 * HOUR) for n in range(40))
        assert plan(facts(events=events, credits_left=63, resets_at=NOW + DAY)).planned == 63

    def test_the_days_cap_binds_what_is_not_reserved(self) -> None:
        events = tuple(game(str(n), EVENING + n * 20 * MINUTE - 6 * HOUR) for n in range(20))
        month = facts(events=events, open_bets=(events[0],), day_cap=12, spent_today=2, resets_at=NOW + DAY)
        today = sum(call.cost for call in plan(month).until(month.day_start + DAY))
        assert today <= 10
        assert Reason.DAY_CAP in reasons(plan(month), Purpose.VALUE).values()
        assert made(plan(msgspec.structs.replace(month, spent_today=12)), Purpose.CLOSE)

    def test_what_starts_after_the_reset_is_left_to_the_next_month(self) -> None:
        planned = plan(facts(events=(game("a", RESET + DAY),), open_bets=(game("b", RESET + DAY),)))
        assert not [call for call in planned.calls if call.cost]
        assert reasons(planned, Purpose.VALUE) == {"a": Reason.AFTER_RESET}
        assert reasons(planned, Purpose.CLOSE) == {"b": Reason.AFTER_RESET}


class TestWithoutCredits:
    def test_with_none_left_only_free_calls_are_made(self) -> None:
        planned = plan(facts(credits_left=0, events=(game("a"),), open_bets=(game("b"),)))
        assert {call.endpoint for call in planned.calls} == {Endpoint.EVENTS}
        assert reasons(planned, Purpose.VALUE) == {"a": Reason.NO_CREDITS}
        assert planned.runs_out == NOW.date()
        assert planned.free_today == 0

    def test_a_refusal_is_believed_over_an_older_reading(self) -> None:
        planned = plan(facts(credits_left=40, refused_cost=3, open_bets=(game("b"),)))
        assert planned.planned <= 2

    def test_before_the_first_reading_only_free_calls_are_made(self) -> None:
        planned = plan(facts(credits_left=None, events=(game("a"),)))
        assert planned.planned == 0
        assert reasons(planned, Purpose.VALUE) == {"a": Reason.UNKNOWN_CREDITS}

    def test_without_known_events_the_free_schedule_comes_first(self) -> None:
        planned = plan(facts(sports=(SportFacts(NBA, 3), SportFacts(NHL, 3))))
        assert [(call.endpoint, call.sport_key, call.at, call.cost) for call in planned.calls] == [
            (Endpoint.EVENTS, NBA, NOW, 0),
            (Endpoint.EVENTS, NHL, NOW, 0),
        ]

    def test_start_times_are_asked_for_right_before_a_paid_call(self) -> None:
        calls = plan(facts(open_bets=(game("a"),))).calls
        close = next(number for number, call in enumerate(calls) if call.purpose is Purpose.CLOSE)
        assert calls[close - 1].endpoint is Endpoint.EVENTS
        assert calls[close].at - calls[close - 1].at == MINUTE

    def test_the_day_the_credits_end_at_the_rate_of_late(self) -> None:
        assert plan(facts(credits_left=50, spent_lately=70)).runs_out == date(2026, 3, 15)
        assert plan(facts(credits_left=300, spent_lately=70)).runs_out is None
        assert plan(facts(credits_left=300)).runs_out is None


class TestOneMoreBet:
    def test_it_takes_the_credits_of_its_close_and_result(self) -> None:
        answer = affordable(facts(), game("a"))
        assert (answer.ok, answer.extra_credits) == (True, 5)

    def test_beside_another_bet_it_takes_none(self) -> None:
        assert affordable(facts(open_bets=(game("b"),)), game("a")).extra_credits == 0

    def test_it_is_flagged_when_its_close_cannot_be_paid_for(self) -> None:
        answer = affordable(facts(credits_left=2), game("a"))
        assert not answer.ok
        assert answer.text.startswith("its close would not be asked for: 2 credits left until 1 Apr")

    def test_it_is_flagged_when_another_bet_would_lose_its_result(self) -> None:
        month = facts(credits_left=6, open_bets=(game("b"),))
        assert affordable(month, game("b")).ok
        assert not affordable(month, game("a", EVENING + 2 * HOUR)).ok

    def test_an_open_bet_that_has_lost_its_close_is_flagged_too(self) -> None:
        assert not affordable(facts(credits_left=2, open_bets=(game("a"),)), game("a")).ok

    def test_a_bet_for_next_month_is_paid_by_next_months_credits(self) -> None:
        assert affordable(facts(credits_left=0), game("a", RESET + DAY)).ok

    def test_a_price_is_verified_from_todays_share_only(self) -> None:
        planned = plan(facts(credits_left=210))
        assert planned.worth_verifying(planned.free_today)
        assert not planned.worth_verifying(planned.free_today + 1)
        assert 9 <= planned.free_today <= 10
        assert not plan(facts(credits_left=5, open_bets=(game("a"),))).worth_verifying(1)


# Reasons that credits cannot mend.
HONEST = {Reason.AFTER_RESET, Reason.TOO_LATE, Reason.NOT_SUBSCRIBED}

moments = st.integers(-5 * 1440, 25 * 1440).map(lambda minutes: NOW + minutes * MINUTE)
past = st.none() | (st.integers(0, 20) | st.integers(0, 3000)).map(lambda minutes: NOW - minutes * MINUTE)
keys = st.sampled_from((NBA, NHL, "soccer_epl", "golf_masters"))
starts = st.lists(st.builds(Start, st.sampled_from([f"e{n}" for n in range(25)]), keys, moments), max_size=25)


@st.composite
def situations(draw: st.DrawFn) -> PlanFacts:
    costs, refreshes = st.integers(0, 9), st.sampled_from((40, 60, 900))
    sports = tuple(
        SportFacts(key, draw(costs), draw(costs), draw(refreshes), draw(past), draw(past), draw(past))
        for key in draw(st.lists(st.sampled_from((NBA, NHL, "soccer_epl")), unique=True))
    )
    return facts(
        sports=sports,
        credits_left=draw(st.none() | st.integers(0, 120)),
        events=tuple(draw(starts)),
        open_bets=tuple(draw(starts)),
        spent_today=draw(st.integers(0, 30)),
        day_cap=draw(st.none() | st.integers(0, 40)),
        refused_cost=draw(st.none() | st.integers(1, 9)),
        resets_at=draw(st.sampled_from((RESET, NOW + 6 * HOUR, NOW + 2 * DAY))),
    )


class TestAlways:
    @given(situations(), starts)
    def test_the_quick_answer_about_one_more_bet_is_the_thorough_one(self, month: PlanFacts, some: list[Start]) -> None:
        prospects = Prospects(month)
        for each in (*some, *month.events):
            thorough = affordable(month, each)
            assert prospects.why_not(each) == ("" if thorough.ok else thorough.text)

    @given(situations())
    def test_no_plan_costs_more_than_is_left(self, month: PlanFacts) -> None:
        planned = plan(month)
        assert sum(call.cost for call in planned.calls) == planned.planned <= month.budget
        assert planned.reserved <= planned.planned
        assert 0 <= planned.free_today <= month.budget - planned.reserved

    @given(situations(), st.randoms(use_true_random=False))
    def test_the_order_in_which_facts_are_told_is_of_no_matter(self, month: PlanFacts, rng: random.Random) -> None:
        def shuffled(some: Sequence[object]) -> tuple[object, ...]:
            return tuple(rng.sample(list(some), len(some)))

        changes = {name: shuffled(getattr(month, name)) for name in ("sports", "events", "open_bets")}
        assert plan(msgspec.structs.replace(month, **changes)) == plan(month)

    @given(situations())
    def test_no_endpoint_is_asked_before_it_has_something_new(self, month: PlanFacts) -> None:
        planned = plan(month)
        assert all(month.now <= call.at < month.resets_at for call in planned.calls)
        for each in month.sports:
            refresh = timedelta(seconds=each.refresh_seconds)
            for endpoint, last in (
                (Endpoint.ODDS, each.last_odds),
                (Endpoint.SCORES, each.last_scores),
                (Endpoint.EVENTS, each.last_events),
            ):
                times = [call.at for call in planned.calls if (call.endpoint, call.sport_key) == (endpoint, each.key)]
                times = times if last is None else [last, *times]
                assert all(b - a >= refresh for a, b in pairwise(times))

    @given(situations())
    def test_while_it_can_be_paid_each_open_bet_has_its_close_and_its_result(self, month: PlanFacts) -> None:
        told = {each.event_id: each for each in month.open_bets}
        rich = msgspec.structs.replace(
            month, credits_left=10_000, refused_cost=None, events=(), open_bets=tuple(told.values())
        )
        planned = plan(rich)
        last_odds = {each.key: each.last_odds for each in month.sports}
        for each in told.values():
            close, result = (
                each.event_id in {key for call in made(planned, purpose) for key in call.event_ids}
                or reasons(planned, purpose).get(each.event_id) in HONEST
                for purpose in (Purpose.CLOSE, Purpose.RESULT)
            )
            asked = last_odds.get(each.sport_key)
            had = asked is not None and each.start - WINDOW < asked < each.start
            assert close or each.start <= NOW or had
            assert result
        poorer = plan(msgspec.structs.replace(rich, credits_left=planned.reserved))
        assert Reason.NO_CREDITS not in {each.reason for each in poorer.not_polled if each.purpose is not Purpose.VALUE}

    @given(situations())
    def test_closes_are_asked_for_within_their_window(self, month: PlanFacts) -> None:
        # Where one event is told twice the later start holds, and the schedule is believed over the bets.
        told = {each.event_id: each.start for each in sorted(month.open_bets, key=lambda some: some.start)}
        told |= {each.event_id: each.start for each in sorted(month.events, key=lambda some: some.start)}
        for call in made(plan(month), Purpose.CLOSE):
            assert all(call.at < told[key] <= call.at + WINDOW for key in call.event_ids)

    @given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 40)), max_size=9))
    @settings(max_examples=50)
    def test_no_fewer_calls_would_serve_all_windows(self, spans: list[tuple[int, int]]) -> None:
        windows = [Window(str(n), opens, opens + more, 1000) for n, (opens, more) in enumerate(spans)]
        found = stab(windows, floor=0, spacing=1)
        assert sorted(key for each in found.stabs for key in each.keys) == sorted(each.key for each in windows)
        # Windows that have no moment in common cannot share a call: the largest such set is the least possible.
        apart, last = 0, -1
        for opens, shuts in sorted(((w.opens, w.shuts) for w in windows), key=lambda each: each[1]):
            if opens > last:
                apart, last = apart + 1, shuts
        assert len(found.stabs) == apart


def test_calls_keep_their_distance() -> None:
    found = stab([Window("a", 0, 10, 500), Window("b", 15, 40, 500), Window("c", 80, 90, 100)], floor=0, spacing=60)
    assert [(each.latest, each.keys) for each in found.stabs] == [(10, ("a",)), (70, ("b",))]
    assert found.missed == ("c",)


@pytest.mark.parametrize(("sports", "credits_left"), [(1, 500), (30, 500), (30, 100_000), (1, 100_000)])
def test_three_thousand_events_are_planned_within_a_blink(sports: int, credits_left: int) -> None:
    rng = random.Random(1)
    subscribed = tuple(sport(f"soccer_{n}") for n in range(sports))
    events = tuple(
        game(str(n), NOW + rng.randrange(20 * 86_400) * timedelta(seconds=1), f"soccer_{n % sports}")
        for n in range(3000)
    )
    month = facts(sports=subscribed, events=events, open_bets=events[:300], credits_left=credits_left)
    spent = []
    for _ in range(5):
        begin = time.process_time()
        plan(month)
        spent.append(time.process_time() - begin)
    assert min(spent) < 0.1, "a busy machine slows the work itself, too"
