"""What becomes of a bet when its game ends, is put off, stops or is never played."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from test_core_market_grading import any_scores, any_selections

from betting_tui.engine.core.after_whistle import (
    Circumstances,
    Decision,
    Review,
    Settle,
    Void,
    Wait,
    already_decided,
    decide,
)
from betting_tui.engine.core.grades import Graded
from betting_tui.engine.core.model import START_UNKNOWN, BetResult, LineKey, OutcomeSet, Selection
from betting_tui.engine.core.rule_sets import Retirement, in_force
from betting_tui.engine.core.scores import PeriodScore, Score, ScoreStatus

HOME, AWAY = "Cubs", "Mets"
START = datetime(2026, 4, 18, 23, 5, tzinfo=UTC)
WIN, LOSS, PUSH = Graded(BetResult.WIN), Graded(BetResult.LOSS), Graded(BetResult.PUSH)
TWO, THREE = OutcomeSet.TWO_WAY, OutcomeSet.THREE_WAY


def told(status: ScoreStatus | None, home: int | None = None, away: int | None = None, **changes: Any) -> Score:
    sport = changes.pop("sport_key", "basketball_nba")
    over = sport != "soccer_epl"
    score = Score("e1", "test", sport, START, status is ScoreStatus.FINAL, HOME, AWAY, home, away, over, status=status)
    return replace(score, **changes)


def bet(
    market: str, name: str, point: float | None = None, outcomes: OutcomeSet = OutcomeSet.TWO_WAY, **line: Any
) -> Selection:
    return Selection(LineKey("e1", market, outcomes, **line), name, point)


def after(hours: float, new_start: float | None = None, **more: Any) -> Circumstances:
    later = None if new_start is None else START + timedelta(hours=new_start)
    return Circumstances(START, START + timedelta(hours=hours), later, **more)


def on(selection: Selection, score: Score | None, when: Circumstances, book: str = "") -> Decision:
    sport = "basketball_nba" if score is None else score.sport_key
    return decide(selection, score, in_force(book, sport, selection.line.market), when)


H2H, OVER, UNDER = bet("h2h", HOME), bet("totals", "Over", 7.5), bet("totals", "Under", 7.5)


def periods(*scores: tuple[int | None, int | None]) -> tuple[PeriodScore, ...]:
    return tuple(PeriodScore(home, away) for home, away in scores)


# Finals and what is not over


def test_a_final_score_settles() -> None:
    assert on(H2H, told(ScoreStatus.FINAL, 100, 90), after(3)) == Settle(WIN)
    assert on(H2H, told(None, 90, 100, completed=True), after(3)) == Settle(LOSS)


@pytest.mark.parametrize(("market", "team"), [("totals", None), ("alternate_totals", None), ("team_totals", HOME)])
def test_a_total_below_zero_is_a_mistake_and_nothing_is_settled_by_it(market: str, team: str | None) -> None:
    wanted = bet(market, "Over", -2.5, participant=team)
    assert isinstance(on(wanted, told(ScoreStatus.FINAL, 100, 90), after(3)), Review)


def test_a_final_score_that_does_not_tell_is_reviewed() -> None:
    missing = on(H2H, told(ScoreStatus.FINAL), after(3))
    assert isinstance(missing, Review)
    stranger = on(bet("h2h", "Reds"), told(ScoreStatus.FINAL, 100, 90), after(3))
    assert isinstance(stranger, Review)
    assert "not in this result" in stranger.reason


@pytest.mark.parametrize("status", [None, ScoreStatus.SCHEDULED, ScoreStatus.IN_PLAY])
def test_without_a_result_it_waits_a_day_and_then_raises_its_hand(status: ScoreStatus | None) -> None:
    score = told(status, completed=False)
    assert on(H2H, score, after(3)) == Wait(START + timedelta(hours=24), "no final result yet")
    assert isinstance(on(H2H, score, after(24)), Review)
    assert isinstance(on(H2H, None, after(30)), Review)
    assert isinstance(on(H2H, None, after(30, new_start=20)), Wait)


def test_a_start_nobody_has_named_is_waited_for() -> None:
    unknown = Circumstances(START_UNKNOWN, START)
    assert on(H2H, None, unknown) == Wait(START_UNKNOWN, "no final result yet")
    assert isinstance(on(H2H, told(ScoreStatus.POSTPONED, sport_key="baseball_mlb"), unknown), Wait)
    assert isinstance(on(H2H, None, Circumstances(START_UNKNOWN, START + timedelta(days=3), START)), Review)
    assert isinstance(on(H2H, told(ScoreStatus.SCHEDULED), replace(after(2), new_start=START_UNKNOWN)), Wait)


# Postponed, cancelled, moved


def test_a_postponed_game_waits_inside_its_window_and_then_is_void() -> None:
    off = told(ScoreStatus.POSTPONED)
    inside = on(H2H, off, after(2))
    assert isinstance(inside, Wait)
    assert inside.until == START + timedelta(hours=24)
    assert isinstance(on(H2H, off, after(24)), Void)
    assert isinstance(on(H2H, off, after(2, new_start=20)), Wait)
    assert isinstance(on(H2H, off, after(2, new_start=25)), Void)


def test_books_wait_differently_long() -> None:
    off = told(ScoreStatus.POSTPONED, sport_key="soccer_epl")
    home = bet("h2h", HOME, outcomes=THREE)
    assert isinstance(on(home, off, after(30), "anyone"), Void)
    assert isinstance(on(home, off, after(30), "williamhill"), Wait)
    assert isinstance(on(home, off, after(13), "sportsbet"), Void)
    nfl = told(ScoreStatus.POSTPONED, sport_key="americanfootball_nfl")
    assert isinstance(on(H2H, nfl, after(100), "fanduel"), Wait)
    assert isinstance(on(H2H, nfl, after(100), "pinnacle"), Void)


def test_baseball_waits_for_the_same_day_only() -> None:
    off = told(ScoreStatus.POSTPONED, sport_key="baseball_mlb")
    assert isinstance(on(H2H, off, after(2)), Wait)
    assert isinstance(on(H2H, off, after(13)), Void)


def test_a_cancelled_game_is_void() -> None:
    assert on(OVER, told(ScoreStatus.CANCELLED), after(-3)) == Void("the game was cancelled")


def test_a_start_that_moved_far_without_a_word_is_for_a_person() -> None:
    for score in (told(ScoreStatus.SCHEDULED), told(ScoreStatus.FINAL, 100, 90)):
        moved = on(H2H, score, after(80, new_start=72))
        assert isinstance(moved, Review)
        assert "2026-04-21T23:05:00Z" in moved.reason
        assert not isinstance(on(H2H, score, after(6, new_start=5)), Review)


# Stopped


@pytest.mark.parametrize(
    ("sport", "played", "settled"),
    [
        ("basketball_nba", 42, False),
        ("basketball_nba", 43, True),
        ("basketball_ncaab", 35, True),
        ("americanfootball_nfl", 54.9, False),
        ("americanfootball_nfl", 55, True),
        ("icehockey_nhl", 55, True),
        ("soccer_epl", 89, False),
        ("soccer_epl", 90, True),
    ],
)
def test_an_abandoned_game_counts_from_its_threshold_on(sport: str, played: float, settled: bool) -> None:
    stopped = told(ScoreStatus.ABANDONED, 5, 3, sport_key=sport, played=played)
    assert on(bet("spreads", HOME, -1.5), stopped, after(5)) == (
        Settle(WIN) if settled else Void(on_reason(stopped, played))
    )


def on_reason(score: Score, played: float) -> str:
    official = in_force("", score.sport_key, "spreads").official
    assert official is not None
    return f"it ended after {played:g} minutes, and counts from {official.enough:g} on"


def test_how_much_was_played_must_be_known() -> None:
    assert isinstance(on(H2H, told(ScoreStatus.ABANDONED, 50, 40), after(5)), Review)
    # Where a match must be finished, it need not be.
    assert isinstance(on(H2H, told(ScoreStatus.ABANDONED, sport_key="tennis_atp"), after(5)), Void)


FIVE = periods((2, 0), (0, 1), (0, 0), (0, 0), (3, 2))


def test_five_innings_make_a_winner_and_nine_make_lines() -> None:
    called = told(ScoreStatus.ABANDONED, 5, 3, sport_key="baseball_mlb", periods=FIVE)
    assert on(H2H, called, after(5)) == Settle(WIN)
    assert on(OVER, called, after(5)) == Void("it ended after 5 innings, and counts from 9 on")
    # Four and a half are enough with the home side ahead.
    ahead = told(ScoreStatus.ABANDONED, 2, 1, sport_key="baseball_mlb", periods=(*FIVE[:4], PeriodScore(None, 0)))
    assert on(H2H, ahead, after(5)) == Settle(WIN)
    behind = replace(ahead, home_score=2, away_score=4, periods=(*FIVE[:4], PeriodScore(None, 3)))
    assert on(H2H, behind, after(5)) == Void("it ended after 4.5 innings, and counts from 5 on")


def test_an_inning_that_turned_the_game_is_for_the_league_to_say() -> None:
    turned = told(ScoreStatus.ABANDONED, 5, 6, sport_key="baseball_mlb", periods=(*FIVE, PeriodScore(None, 3)))
    assert isinstance(on(H2H, turned, after(5)), Review)


def test_a_final_that_came_early_is_judged_alike() -> None:
    rain = told(ScoreStatus.FINAL, 5, 3, sport_key="baseball_mlb", periods=FIVE)
    assert on(H2H, rain, after(5)) == Settle(WIN)
    assert isinstance(on(OVER, rain, after(5)), Void)
    seven = replace(rain, played=7)
    assert isinstance(on(OVER, seven, after(5)), Review)
    # DraftKings settles what is decided: eight runs have been scored.
    assert on(OVER, rain, after(5), "draftkings") == Settle(WIN)
    assert on(UNDER, rain, after(5), "draftkings") == Settle(LOSS)
    assert isinstance(on(bet("totals", "Over", 8.5), rain, after(5), "draftkings"), Void)


def test_what_is_decided_stands_only_where_the_rules_say_so() -> None:
    stopped = told(ScoreStatus.ABANDONED, 2, 1, sport_key="soccer_epl", played=60, periods=periods((1, 0), (1, 1)))
    cases = {
        bet("totals", "Over", 2.5): Settle(WIN),
        bet("totals", "Under", 2.5): Settle(LOSS),
        bet("btts", "No"): Settle(LOSS),
        bet("team_totals", "Over", 1.5, participant=HOME): Settle(WIN),
        bet("totals", "Over", 0.5, period="h1"): Settle(WIN),
        bet("h2h", HOME, outcomes=THREE, period="h1"): Settle(WIN),
        # Half of it could still be lost, or nothing is decided.
        bet("totals", "Over", 2.75): None,
        bet("totals", "Over", 3.0): None,
        bet("h2h", HOME, outcomes=THREE): None,
        bet("totals", "Under", 1.5, period="h2"): None,
    }
    for selection, decided in cases.items():
        ruled = on(selection, stopped, after(5), "sportsbet")
        assert ruled == decided if decided else isinstance(ruled, Void), selection
        assert isinstance(on(selection, stopped, after(5)), Void)


def test_goals_of_extra_time_decide_nothing() -> None:
    cup = told(ScoreStatus.ABANDONED, 2, 1, sport_key="soccer_fa_cup", played=100, includes_overtime=None)
    over = bet("totals", "Over", 2.5)
    rules = in_force("sportsbet", "soccer_fa_cup", "totals")
    assert already_decided(over, replace(cup, periods=periods((1, 0), (0, 1), (1, 0))), rules) is None
    assert already_decided(over, replace(cup, periods=periods((2, 0), (0, 1), (0, 0))), rules) == WIN
    assert already_decided(over, replace(cup, periods=periods((2, 0), (0, 1))), rules) == WIN
    assert already_decided(over, cup, rules) is None


def test_a_suspended_game_may_go_on_for_a_while() -> None:
    stopped = told(ScoreStatus.SUSPENDED, 50, 40, played=30)
    assert isinstance(on(H2H, stopped, after(3)), Wait)
    assert isinstance(on(H2H, stopped, after(25)), Void)
    rain = told(ScoreStatus.SUSPENDED, 5, 3, sport_key="baseball_mlb", periods=FIVE)
    assert isinstance(on(H2H, rain, after(35)), Wait)
    assert on(H2H, rain, after(37)) == Settle(WIN)


# Players


def test_tennis_retirement_by_what_was_played() -> None:
    def gave_up(*sets: tuple[int, int]) -> Score:
        return told(ScoreStatus.RETIRED, sport_key="tennis_atp", periods=periods(*sets), winner=HOME)

    assert on(H2H, gave_up((0, 6), (2, 0)), after(2)) == Settle(WIN)
    assert on(H2H, gave_up((6, 7), (0, 1)), after(2)) == Settle(WIN)
    assert isinstance(on(H2H, gave_up((5, 4)), after(2)), Void)
    assert isinstance(on(H2H, gave_up(), after(2)), Review)
    assert isinstance(on(bet("spreads", HOME, -1.5), gave_up((6, 0), (2, 0)), after(2)), Void)
    assert isinstance(on(OVER, gave_up((6, 0), (2, 0)), after(2), "betfair_ex_eu"), Review)
    assert isinstance(on(H2H, replace(gave_up((6, 0)), winner=None), after(2)), Review)
    rules = in_force("", "tennis_atp", "h2h")
    strict = replace(rules, retirement=Retirement.WHOLE_MATCH)
    assert isinstance(decide(H2H, gave_up((6, 0), (5, 0)), strict, after(2)), Void)
    lenient = replace(rules, retirement=Retirement.STARTED)
    assert decide(H2H, gave_up((1, 0)), lenient, after(2)) == Settle(WIN)


def test_a_walkover_is_void_unless_the_rules_pay_it() -> None:
    walked = told(ScoreStatus.WALKOVER, sport_key="tennis_atp", winner=HOME)
    assert isinstance(on(H2H, walked, after(2)), Void)
    rules = replace(in_force("", "tennis_atp", "h2h"), walkover_stands=True)
    assert decide(H2H, walked, rules, after(2)) == Settle(WIN)
    assert isinstance(decide(OVER, walked, rules, after(2)), Void)


def test_another_pitcher_voids_where_pitchers_are_listed() -> None:
    score = told(ScoreStatus.FINAL, 5, 3, sport_key="baseball_mlb")
    assert on(H2H, score, after(5, other_pitcher=True)) == Settle(WIN)
    rules = replace(in_force("", "baseball_mlb", "h2h"), listed_pitchers=True)
    assert isinstance(decide(H2H, score, rules, after(5, other_pitcher=True)), Void)
    assert decide(H2H, score, rules, after(5)) == Settle(WIN)


# Totality


hours = st.floats(-1000, 1000)


@given(any_selections, any_scores, st.sampled_from(["", "draftkings", "sportsbet", "betfair_ex_uk"]), hours, hours)
def test_a_decision_is_total(selection: Selection, score: Score, book: str, now: float, moved: float) -> None:
    decision = on(selection, score, after(now, new_start=moved), book)
    if isinstance(decision, Wait):
        assert decision.until > START + timedelta(hours=now)
    elif not isinstance(decision, Settle):
        assert decision.reason


goals = st.integers(0, 6)


@given(goals, goals, goals, goals, st.integers(0, 20).map(lambda n: n / 4), st.sampled_from(["Over", "Under"]))
def test_what_is_decided_early_stays_so(
    home: int, away: int, more_home: int, more_away: int, point: float, name: str
) -> None:
    """Whatever is scored afterwards, the final result is the one that was decided."""
    rules = in_force("sportsbet", "soccer_epl", "totals")
    selection = bet("totals", name, point)
    early = already_decided(selection, told(ScoreStatus.ABANDONED, home, away, sport_key="soccer_epl"), rules)
    if early is not None:
        final = told(ScoreStatus.FINAL, home + more_home, away + more_away, sport_key="soccer_epl")
        assert decide(selection, final, rules, after(3)) == Settle(early)
