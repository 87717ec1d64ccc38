"""Every market a score can settle: regulation and overtime, periods, teams, pairs of results; the rest is review."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from betting_tui.engine.core.grades import Graded, Ungraded, mirrored
from betting_tui.engine.core.market_grading import can_end, grade_by_rules
from betting_tui.engine.core.model import BetResult, LineKey, OutcomeSet, Selection
from betting_tui.engine.core.rule_sets import in_force
from betting_tui.engine.core.scores import PeriodScore, Score, ScoreStatus
from hostile import HOSTILE

TWO, THREE = OutcomeSet.TWO_WAY, OutcomeSet.THREE_WAY
WIN, LOSS, PUSH = Graded(BetResult.WIN), Graded(BetResult.LOSS), Graded(BetResult.PUSH)
HALF_WIN, HALF_LOSS = Graded(BetResult.HALF_WIN), Graded(BetResult.HALF_LOSS)
HOME, AWAY = "Brighton", "Spurs"
KICK_OFF = datetime(2026, 4, 18, 14, tzinfo=UTC)


def final(home: int | None, away: int | None, sport: str = "soccer_epl", **changes: Any) -> Score:
    overtime = {"soccer_epl": False, "basketball_nba": True, "icehockey_nhl": True, "baseball_mlb": True}.get(sport)
    return replace(Score("e1", "test", sport, KICK_OFF, True, HOME, AWAY, home, away, overtime), **changes)


def parts(*scores: tuple[int | None, int | None]) -> tuple[PeriodScore, ...]:
    return tuple(PeriodScore(home, away) for home, away in scores)


def bet(market: str, name: str, point: float | None = None, outcomes: OutcomeSet = TWO, **line: Any) -> Selection:
    return Selection(LineKey("e1", market, outcomes, **line), name, point)


def assert_ungraded(graded: Graded | Ungraded, word: str) -> None:
    assert isinstance(graded, Ungraded)
    assert word in graded.reason


# Markets of soccer


@pytest.mark.parametrize(
    ("home", "away", "on_home", "on_away"), [(2, 1, WIN, LOSS), (1, 1, PUSH, PUSH), (0, 1, LOSS, WIN)]
)
def test_draw_no_bet_gives_a_drawn_stake_back(home: int, away: int, on_home: Graded, on_away: Graded) -> None:
    assert grade_by_rules(bet("draw_no_bet", HOME), final(home, away)) == on_home
    assert grade_by_rules(bet("draw_no_bet", AWAY), final(home, away)) == on_away


PAIRS = (f"{HOME} or Draw", f"{HOME} or {AWAY}", f"Draw or {AWAY}")


@pytest.mark.parametrize(
    ("home", "away", "results"), [(2, 1, (WIN, WIN, LOSS)), (1, 1, (WIN, LOSS, WIN)), (0, 1, (LOSS, WIN, WIN))]
)
def test_double_chance_wins_with_either_of_its_results(home: int, away: int, results: tuple[Graded, ...]) -> None:
    score = final(home, away)
    assert tuple(grade_by_rules(bet("double_chance", "Yes", participant=pair), score) for pair in PAIRS) == results
    assert tuple(grade_by_rules(bet("double_chance", pair), score) for pair in PAIRS) == results
    turned = (" or ".join(reversed(pair.split(" or "))) for pair in PAIRS)
    assert tuple(grade_by_rules(bet("double_chance", pair), score) for pair in turned) == results
    against = tuple(grade_by_rules(bet("double_chance", "No", participant=pair), score) for pair in PAIRS)
    assert against == tuple(Graded(mirrored(each.result)) for each in results)


def test_a_pair_that_is_none_is_not_graded() -> None:
    for pair in (f"{HOME} or Arsenal", HOME, "", f"{HOME} or {HOME}"):
        assert_ungraded(grade_by_rules(bet("double_chance", "Yes", participant=pair), final(2, 1)), "no pair")


@pytest.mark.parametrize(("home", "away", "yes"), [(1, 1, WIN), (3, 1, WIN), (2, 0, LOSS), (0, 0, LOSS)])
def test_both_teams_to_score(home: int, away: int, yes: Graded) -> None:
    assert grade_by_rules(bet("btts", "Yes"), final(home, away)) == yes
    assert grade_by_rules(bet("btts", "No"), final(home, away)) == Graded(mirrored(yes.result))
    assert_ungraded(grade_by_rules(bet("btts", HOME), final(home, away)), "neither Yes nor No")


@pytest.mark.parametrize("market", ["team_totals", "alternate_team_totals"])
def test_a_team_total_counts_one_team(market: str) -> None:
    score = final(3, 1)
    for team, point, over in ((HOME, 2.5, WIN), (HOME, 3.0, PUSH), (HOME, 3.25, HALF_LOSS), (AWAY, 1.5, LOSS)):
        assert grade_by_rules(bet(market, "Over", point, participant=team), score) == over
        under = grade_by_rules(bet(market, "Under", point, participant=team), score)
        assert under == Graded(mirrored(over.result))
    assert_ungraded(grade_by_rules(bet(market, "Over", 1.5, participant="Arsenal"), score), "not in this result")
    assert_ungraded(grade_by_rules(bet(market, "Over", 1.5), score), "names no team")


def test_alternates_settle_as_their_base() -> None:
    score = final(3, 1)
    assert grade_by_rules(bet("alternate_spreads", HOME, -1.75), score) == HALF_WIN
    assert grade_by_rules(bet("alternate_totals", "Under", 4.25), score) == HALF_WIN


# Regulation and overtime

AFTER_OVERTIME = final(4, 3, "icehockey_nhl", periods=parts((1, 1), (1, 0), (1, 2), (1, 0)))


def test_three_way_is_settled_at_the_end_of_regulation_and_two_way_at_the_end() -> None:
    three = [grade_by_rules(bet("h2h", name, outcomes=THREE), AFTER_OVERTIME) for name in (HOME, "Draw", AWAY)]
    assert three == [LOSS, WIN, LOSS]
    assert [grade_by_rules(bet("h2h", name), AFTER_OVERTIME) for name in (HOME, AWAY)] == [WIN, LOSS]
    assert grade_by_rules(bet("h2h_3_way", "Draw", outcomes=THREE), AFTER_OVERTIME) == WIN
    assert grade_by_rules(bet("draw_no_bet", HOME), AFTER_OVERTIME) == PUSH
    assert grade_by_rules(bet("totals", "Over", 6.5), AFTER_OVERTIME) == WIN


def test_a_feeds_own_regulation_score_serves_as_well() -> None:
    told = final(4, 3, "icehockey_nhl", home_regulation=3, away_regulation=3)
    assert grade_by_rules(bet("h2h", "Draw", outcomes=THREE), told) == WIN
    broken = final(4, 3, "icehockey_nhl", home_regulation=5, away_regulation=3)
    assert_ungraded(grade_by_rules(bet("h2h", "Draw", outcomes=THREE), broken), "contradicts itself")


def test_without_a_regulation_score_three_way_is_reviewed() -> None:
    assert_ungraded(grade_by_rules(bet("h2h", HOME, outcomes=THREE), final(4, 3, "icehockey_nhl")), "regulation")
    cup = final(2, 1, "soccer_fa_cup")
    for selection in (bet("h2h", HOME, outcomes=THREE), bet("totals", "Over", 2.5), bet("btts", "Yes")):
        assert_ungraded(grade_by_rules(selection, cup), "may include overtime")


def test_a_cup_tie_is_settled_on_ninety_minutes() -> None:
    extra_time = final(2, 1, "soccer_fa_cup", includes_overtime=True, periods=parts((0, 1), (1, 0), (1, 0), (0, 0)))
    assert grade_by_rules(bet("h2h", "Draw", outcomes=THREE), extra_time) == WIN
    assert grade_by_rules(bet("totals", "Under", 2.5), extra_time) == WIN
    assert grade_by_rules(bet("spreads", HOME, -0.25), extra_time) == HALF_LOSS


@given(st.integers(0, 6), st.integers(0, 6), st.integers(0, 2))
def test_three_way_and_two_way_agree_unless_overtime_decided(home: int, away: int, extra: int) -> None:
    """Level regulation: the draw wins three-way, the winner of overtime two-way. Otherwise both name the same side."""
    level = home == away
    goals = (home + extra, away + 2 - extra) if level else (home, away)
    overtime = parts((extra, 2 - extra)) if level else ()
    score = final(*goals, "icehockey_nhl", periods=(*parts((home, away), (0, 0), (0, 0)), *overtime))
    three = [grade_by_rules(bet("h2h", name, outcomes=THREE), score) for name in (HOME, "Draw", AWAY)]
    assert sorted(three, key=lambda each: each == WIN) == [LOSS, LOSS, WIN]
    assert (three[1] == WIN) == level
    two = grade_by_rules(bet("h2h", HOME), score)
    if level:
        assert two == {0: LOSS, 1: PUSH, 2: WIN}[extra]
    else:
        assert two == three[0]


# Periods

NBA = final(110, 104, "basketball_nba", periods=parts((30, 20), (20, 30), (25, 27), (25, 23), (10, 4)))
HALVES = final(2, 2, periods=parts((2, 0), (0, 2)))


@pytest.mark.parametrize(
    ("selection", "result"),
    [
        (bet("totals", "Over", 49.5, period="q1"), WIN),
        (bet("spreads", HOME, -10.0, period="q1"), PUSH),
        (bet("h2h", HOME, period="h1"), PUSH),
        (bet("h2h", "Draw", None, THREE, period="h1"), WIN),
        (bet("totals", "Over", 100.5, period="h1"), LOSS),
        # The second half goes on into overtime, the last quarter does not.
        (bet("totals", "Over", 110.5, period="h2"), WIN),
        (bet("totals", "Over", 48.5, period="q4"), LOSS),
        (bet("h2h", "Draw", None, THREE, period="h2"), WIN),
        (bet("team_totals", "Under", 26.5, period="q3", participant=HOME), WIN),
    ],
)
def test_a_period_counts_what_was_scored_in_it(selection: Selection, result: Graded) -> None:
    assert grade_by_rules(selection, NBA) == result


def test_halves_and_innings_and_hockeys_periods() -> None:
    assert grade_by_rules(bet("h2h", HOME, outcomes=THREE, period="h1"), HALVES) == WIN
    assert grade_by_rules(bet("h2h", AWAY, outcomes=THREE, period="h2"), HALVES) == WIN
    assert grade_by_rules(bet("totals", "Over", 0.5, period="p2"), AFTER_OVERTIME) == WIN
    assert grade_by_rules(bet("totals", "Over", 3.5, period="p3"), AFTER_OVERTIME) == LOSS
    innings = [(0, 1), (2, 0), (0, 0), (0, 0), (0, 0), (0, 0), (0, 3), (0, 0), (None, 0)]
    game = final(2, 4, "baseball_mlb", periods=parts(*innings))
    assert grade_by_rules(bet("h2h", HOME, period="1st_5_innings"), game) == WIN
    assert grade_by_rules(bet("totals", "Over", 0.5, period="1st_1_innings"), game) == WIN
    assert grade_by_rules(bet("spreads", HOME, -0.5, period="1st_3_innings"), game) == WIN
    assert_ungraded(grade_by_rules(bet("h2h", HOME, period="1st_9_innings"), game), "not played to its end")


@pytest.mark.parametrize(
    ("score", "period", "word"),
    [
        (final(2, 1), "h1", "is not known"),
        (HALVES, "q1", "has no period"),
        (NBA, "p1", "has no period"),
        (NBA, "1st_5_innings", "has no period"),
        (NBA, "h3", "has no period"),
        (replace(HALVES, home_score=3), "h1", "do not add up"),
        (replace(HALVES, periods=parts((2, 2))), "h2", "not played to its end"),
        (final(2, 1, "curling", periods=parts((2, 1))), "h1", "has no period"),
    ],
)
def test_a_period_nobody_knows_is_reviewed(score: Score, period: str, word: str) -> None:
    assert_ungraded(grade_by_rules(bet("totals", "Over", 1.5, period=period), score), word)


def test_a_shoot_outs_goal_belongs_to_no_period() -> None:
    shot_out = final(3, 2, "icehockey_nhl", periods=parts((1, 1), (1, 0), (0, 1), (0, 0)))
    assert grade_by_rules(bet("h2h", "Draw", outcomes=THREE), shot_out) == WIN
    assert grade_by_rules(bet("h2h", HOME), shot_out) == WIN
    assert grade_by_rules(bet("totals", "Over", 4.5), shot_out) == WIN


points = st.integers(0, 40)


@given(st.lists(st.tuples(points, points), min_size=4, max_size=4), st.integers(-20, 80).map(lambda n: n / 2))
def test_quarters_make_up_the_halves(quarters: list[tuple[int, int]], point: float) -> None:
    home, away = (sum(column) for column in zip(*quarters, strict=True))
    by_quarter = final(home, away, "basketball_nba", periods=parts(*quarters))
    halves = [tuple(map(sum, zip(*quarters[at : at + 2], strict=True))) for at in (0, 2)]
    by_half = final(home, away, "basketball_ncaab", includes_overtime=True, periods=parts(*halves))  # type: ignore[arg-type]
    for period in ("h1", "h2"):
        selection = bet("totals", "Over", point, period=period)
        assert grade_by_rules(selection, by_quarter) == grade_by_rules(selection, by_half)


# Rules and winners by word


def test_rules_decide_whether_overtime_counts() -> None:
    rules = in_force("", "basketball_nba", "totals")
    over = bet("totals", "Over", 205.5)
    assert grade_by_rules(over, NBA, rules) == WIN
    assert grade_by_rules(over, NBA, replace(rules, overtime=False)) == LOSS
    fourth = bet("totals", "Over", 48.5, period="q4")
    assert grade_by_rules(fourth, NBA, replace(rules, last_period_overtime=True)) == WIN
    half = bet("totals", "Over", 110.5, period="h2")
    assert grade_by_rules(half, NBA, replace(rules, second_half_overtime=False)) == LOSS


def test_a_fight_without_a_score_is_settled_by_its_declared_winner() -> None:
    fight = final(None, None, "mma_mixed_martial_arts", winner=HOME)
    assert grade_by_rules(bet("h2h", HOME), fight) == WIN
    assert grade_by_rules(bet("h2h", AWAY), fight) == LOSS
    assert_ungraded(grade_by_rules(bet("totals", "Over", 2.5), fight), "no score")
    assert_ungraded(grade_by_rules(bet("h2h", HOME), replace(fight, winner="Draw")), "no score")
    assert_ungraded(grade_by_rules(bet("h2h", HOME), replace(fight, completed=False)), "not over")


def test_a_declared_winner_with_the_lower_score_is_reviewed() -> None:
    odd = final(90, 100, "basketball_nba", winner=HOME)
    assert_ungraded(grade_by_rules(bet("h2h", HOME), odd), "whose score is lower")
    assert grade_by_rules(bet("h2h", HOME), replace(odd, winner=AWAY)) == LOSS


# Totality


def test_what_no_score_settles_goes_to_review() -> None:
    for market in ("player_points", "batter_hits_alternate", "outrights", "outrights_lay", "odd_market"):
        assert_ungraded(grade_by_rules(bet(market, "Over", 1.5, participant="A Player"), final(2, 1)), "settle")
    field = bet("h2h", HOME, outcomes=OutcomeSet.FIELD)
    assert_ungraded(grade_by_rules(field, final(2, 1)), "outright")


MARKETS = (
    "h2h", "h2h_3_way", "draw_no_bet", "double_chance", "btts", "spreads", "alternate_spreads", "totals",
    "alternate_totals", "team_totals", "alternate_team_totals", "outrights", "player_points", "",
)  # fmt: skip
PERIODS = ("full", "h1", "h2", "q1", "q4", "p1", "p3", "1st_1_innings", "1st_5_innings", "h9", "")
NAMES = (HOME, AWAY, "Draw", "Over", "Under", "Yes", "No", PAIRS[0], *HOSTILE)
SPORTS = (
    "soccer_epl", "soccer_fa_cup", "icehockey_nhl", "basketball_nba", "basketball_ncaab", "baseball_mlb",
    "americanfootball_nfl", "tennis_atp", "mma_mixed_martial_arts", "cricket_test_match", "golf_masters", "curling", "",
)  # fmt: skip
small = st.none() | st.integers(-1, 9)
period_scores = st.lists(st.builds(PeriodScore, small, small), max_size=11).map(tuple)
any_scores = st.builds(
    Score, st.just("e1"), st.just("test"), st.sampled_from(SPORTS), st.just(KICK_OFF), st.booleans(),
    st.sampled_from([HOME, None, ""]), st.sampled_from([AWAY, HOME, None]), small, small, st.none() | st.booleans(),
    st.none(), st.none() | st.sampled_from(ScoreStatus), small, small, period_scores,
    st.none() | st.floats(0, 130), st.sampled_from([None, HOME, AWAY, "Draw", ""]),
)  # fmt: skip
any_selections = st.builds(
    Selection,
    st.builds(
        LineKey, st.just("e1"), st.sampled_from(MARKETS), st.sampled_from(OutcomeSet), st.sampled_from(PERIODS),
        st.none(), st.none() | st.sampled_from(NAMES),
    ),
    st.sampled_from(NAMES),
    st.none() | st.floats() | st.integers(-20, 20).map(lambda n: n / 4),
)  # fmt: skip


@given(any_selections, any_scores)
def test_grading_is_total(selection: Selection, score: Score) -> None:
    graded = grade_by_rules(selection, score)
    assert isinstance(graded, Graded) or graded.reason


_BETS = (
    bet("h2h", HOME), bet("h2h", HOME, outcomes=THREE), bet("h2h_3_way", "Draw", outcomes=THREE),
    bet("draw_no_bet", AWAY), bet("btts", "Yes"), bet("double_chance", f"{HOME} or Draw", participant=None),
)  # fmt: skip


@given(
    st.one_of(
        st.sampled_from(_BETS),
        st.integers(-12, 12).map(lambda at: bet("spreads", HOME, at / 4)),
        st.integers(0, 24).map(lambda at: bet("alternate_totals", "Over", at / 4)),
    ),
    st.integers(0, 6),
    st.integers(0, 6),
)
def test_whatever_a_score_makes_of_a_bet_it_can_end_so(selection: Selection, home: int, away: int) -> None:
    graded = grade_by_rules(selection, final(home, away))
    assert isinstance(graded, Ungraded) or can_end(selection, graded.result)


@pytest.mark.parametrize(
    ("selection", "push", "half"),
    [
        (bet("h2h", HOME), True, False),
        (bet("h2h", "Draw", outcomes=THREE), False, False),
        (bet("spreads", HOME, -1.0), True, False),
        (bet("spreads", HOME, -1.5), False, False),
        (bet("totals", "Over", 2.25), False, True),
        (bet("player_points", "Over", 27.5, participant="A. Player"), False, False),
        (bet("outrights", "A. Player", outcomes=OutcomeSet.FIELD), False, False),
        (bet("nobody_knows", "This"), True, True),
    ],
)
def test_which_results_a_bet_can_have_at_all(selection: Selection, push: bool, half: bool) -> None:
    assert can_end(selection, BetResult.PUSH) is push
    assert {can_end(selection, result) for result in (BetResult.HALF_WIN, BetResult.HALF_LOSS)} == {half}
    assert all(can_end(selection, result) for result in (BetResult.WIN, BetResult.LOSS, BetResult.VOID))
