"""From a final score to a result, and from the result to money; what a score leaves open stays open."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from betting_tui.engine.core.grades import Graded, Ungraded
from betting_tui.engine.core.market_grading import grade_by_rules
from betting_tui.engine.core.model import FULL_GAME, BetResult, Funding, LineKey, OutcomeSet, Selection
from betting_tui.engine.core.payout import exact_return, lay_return_minor, return_minor
from betting_tui.engine.core.scores import Score
from golden import golden_cases
from hostile import HOSTILE

TWO, THREE = OutcomeSet.TWO_WAY, OutcomeSet.THREE_WAY
WIN, LOSS, PUSH = Graded(BetResult.WIN), Graded(BetResult.LOSS), Graded(BetResult.PUSH)
HALF_WIN, HALF_LOSS = Graded(BetResult.HALF_WIN), Graded(BetResult.HALF_LOSS)


def final(home: int | None, away: int | None, sport: str = "basketball_nba", **changes: Any) -> Score:
    overtime = {"basketball_nba": True, "icehockey_nhl": True, "soccer_epl": False}.get(sport)
    score = Score(
        event_id="e1",
        source="test",
        sport_key=sport,
        commence_time=datetime(2026, 4, 18, tzinfo=UTC),
        completed=True,
        home_team="Lakers",
        away_team="Celtics",
        home_score=home,
        away_score=away,
        includes_overtime=overtime,
    )
    return msgspec.structs.replace(score, **changes)


def grade(
    market: str, name: str, point: float | None, outcome_set: OutcomeSet, score: Score, *, period: str = FULL_GAME
) -> Graded | Ungraded:
    return grade_by_rules(Selection(LineKey(score.event_id, market, outcome_set, period), name, point), score)


def assert_ungraded(graded: Graded | Ungraded, word: str) -> None:
    assert isinstance(graded, Ungraded)
    assert word in graded.reason


def golden_score(case: dict[str, Any]) -> Score:
    """A score with this lead, or this many points in all."""
    result = case["result"]
    return final(max(result, 0), max(-result, 0), "soccer_epl")


def test_golden_lines(shared_data: Path) -> None:
    for case in golden_cases(shared_data, "settlement_lines"):
        market, name = {
            "handicap": ("spreads", "Lakers"),
            "over": ("totals", "Over"),
            "under": ("totals", "Under"),
        }[case["kind"]]
        graded = grade(market, name, float(case["line"]), TWO, golden_score(case))
        assert graded == Graded(BetResult(case["outcome"])), case
        price = Fraction(case["decimal"])
        if "return_exact" in case:
            assert exact_return(case["stake_minor"], price, graded.result) == Fraction(*case["return_exact"]), case
        expected = case.get("return_minor_half_even", case.get("return_minor"))
        assert return_minor(case["stake_minor"], price, graded.result) == expected, case


# Winners


@pytest.mark.parametrize(
    ("home", "away", "on_home", "on_away"), [(100, 90, WIN, LOSS), (90, 100, LOSS, WIN), (90, 90, PUSH, PUSH)]
)
def test_two_way_winner(home: int, away: int, on_home: Graded, on_away: Graded) -> None:
    assert grade("h2h", "Lakers", None, TWO, final(home, away)) == on_home
    assert grade("h2h", "Celtics", None, TWO, final(home, away)) == on_away


@pytest.mark.parametrize(
    ("home", "away", "results"),
    [(2, 1, (WIN, LOSS, LOSS)), (1, 1, (LOSS, WIN, LOSS)), (0, 3, (LOSS, LOSS, WIN))],
)
def test_three_way_winner(home: int, away: int, results: tuple[Graded, Graded, Graded]) -> None:
    score = final(home, away, "soccer_epl")
    assert tuple(grade("h2h", name, None, THREE, score) for name in ("Lakers", "Draw", "Celtics")) == results


def test_teams_are_matched_by_name_not_by_position() -> None:
    score = final(90, 100)
    turned = final(100, 90, home_team="Celtics", away_team="Lakers")
    assert grade("h2h", "Lakers", None, TWO, score) == grade("h2h", "Lakers", None, TWO, turned) == LOSS
    assert grade("h2h", " lakers ", None, TWO, score) == LOSS


@pytest.mark.parametrize("name", ["Lakers II", "Home", "", "Draw", "1"])
def test_an_unknown_team_is_not_graded(name: str) -> None:
    assert_ungraded(grade("h2h", name, None, TWO, final(100, 90)), "not in this result")
    assert_ungraded(grade("spreads", name, 1.5, TWO, final(100, 90)), "not in this result")
    assert_ungraded(grade("totals", name, 200.5, TWO, final(100, 90)), "neither Over nor Under")


# Spreads and totals


@pytest.mark.parametrize(
    ("name", "point", "result"),
    [
        ("Lakers", -9.5, WIN),
        ("Lakers", -10.0, PUSH),
        ("Lakers", -10.5, LOSS),
        ("Celtics", 10.5, WIN),
        ("Celtics", 10.0, PUSH),
        ("Celtics", 9.5, LOSS),
        ("Lakers", -9.75, HALF_WIN),
        ("Lakers", -10.25, HALF_LOSS),
        ("Celtics", 10.25, HALF_WIN),
        ("Celtics", 9.75, HALF_LOSS),
    ],
)
def test_spread_at_the_selections_own_point(name: str, point: float, result: Graded) -> None:
    assert grade("spreads", name, point, TWO, final(100, 90)) == result


@pytest.mark.parametrize(
    ("point", "over", "under"),
    [
        (189.5, WIN, LOSS),
        (190.0, PUSH, PUSH),
        (190.5, LOSS, WIN),
        (189.75, HALF_WIN, HALF_LOSS),
        (190.25, HALF_LOSS, HALF_WIN),
    ],
)
def test_total(point: float, over: Graded, under: Graded) -> None:
    assert grade("totals", "Over", point, TWO, final(100, 90)) == over
    assert grade("totals", "Under", point, TWO, final(100, 90)) == under


@pytest.mark.parametrize("point", [None, 2.1, -3.33, math.nan, math.inf, -math.inf, 1e300])
@pytest.mark.parametrize(("market", "name"), [("spreads", "Lakers"), ("totals", "Over")])
def test_a_line_is_in_quarters(market: str, name: str, point: float | None) -> None:
    assert_ungraded(grade(market, name, point, TWO, final(100, 90)), "quarter")


quarter_points = st.integers(-40, 40).map(lambda quarters: quarters / 4)
scores = st.integers(0, 12)
odd_quarters = st.integers(-20, 20).map(lambda n: (2 * n + 1) / 4)
prices = st.fractions(Fraction(101, 100), Fraction(1000), max_denominator=100)
results = st.sampled_from(BetResult)


@given(odd_quarters, scores, scores, st.sampled_from(["Lakers", "Celtics"]), prices, st.integers(1, 10**6))
def test_a_quarter_line_is_two_half_stakes(
    point: float, home: int, away: int, name: str, price: Fraction, half: int
) -> None:
    score = final(home, away)

    def returned(at: float, stake: int) -> Fraction:
        graded = grade("spreads", name, at, TWO, score)
        assert isinstance(graded, Graded)
        return exact_return(stake, price, graded.result)

    assert returned(point, 2 * half) == returned(point - 0.25, half) + returned(point + 0.25, half)


MIRROR = {
    BetResult.WIN: BetResult.LOSS,
    BetResult.HALF_WIN: BetResult.HALF_LOSS,
    BetResult.PUSH: BetResult.PUSH,
    BetResult.HALF_LOSS: BetResult.HALF_WIN,
    BetResult.LOSS: BetResult.WIN,
}


@given(quarter_points, scores, scores)
def test_the_two_sides_of_a_line_mirror_each_other(point: float, home: int, away: int) -> None:
    score = final(home, away)
    one = grade("spreads", "Lakers", point, TWO, score)
    other = grade("spreads", "Celtics", -point, TWO, score)
    assert isinstance(one, Graded)
    assert other == Graded(MIRROR[one.result])
    over = grade("totals", "Over", abs(point), TWO, score)
    assert isinstance(over, Graded)
    assert grade("totals", "Under", abs(point), TWO, score) == Graded(MIRROR[over.result])


# What a score does not settle


@pytest.mark.parametrize(
    ("score", "word"),
    [
        (final(100, 90, completed=False), "not over"),
        (final(None, 90), "no score"),
        (final(100, None), "no score"),
        (final(100, 90, home_team=None), "both teams"),
        (final(100, 90, away_team=""), "both teams"),
        (final(100, 90, away_team="LAKERS"), "twice"),
    ],
)
def test_an_unfinished_result_settles_nothing(score: Score, word: str) -> None:
    assert_ungraded(grade("h2h", "Lakers", None, TWO, score), word)


@pytest.mark.parametrize("market", ["player_points", "outrights", "h2h_lay", "h2h_q1", "team_totals", "btts", ""])
def test_other_markets_are_settled_by_hand(market: str) -> None:
    assert_ungraded(grade(market, "Lakers", None, TWO, final(100, 90)), "by hand")


def test_periods_outrights_and_participants_are_settled_by_hand() -> None:
    score = final(100, 90)
    assert_ungraded(grade("h2h", "Lakers", None, TWO, score, period="q1"), "q1")
    assert_ungraded(grade("h2h", "Lakers", None, OutcomeSet.FIELD, score), "outright")
    assert_ungraded(grade("totals", "Over", 2.5, THREE, final(1, 2, "soccer_epl")), "three-way")
    line = LineKey("e1", "totals", TWO, point=20.5, participant="LeBron James")
    assert_ungraded(grade_by_rules(Selection(line, "Over", 20.5), score), "LeBron James")


def test_a_selection_is_graded_by_its_line_and_own_point() -> None:
    line = LineKey("e1", "spreads", TWO, point=-9.5)
    assert grade_by_rules(Selection(line, "Celtics", 9.5), final(100, 90)) == LOSS
    assert grade_by_rules(Selection(line, "Lakers", -9.5), final(100, 90)) == WIN
    quarter = LineKey("e1", "h2h", TWO, period="q1")
    assert_ungraded(grade_by_rules(Selection(quarter, "Lakers"), final(100, 90)), "q1")


@pytest.mark.parametrize("includes_overtime", [True, None])
@pytest.mark.parametrize("score_line", [(3, 2), (2, 2)])
def test_regulation_bets_need_a_regulation_score(includes_overtime: bool | None, score_line: tuple[int, int]) -> None:
    score = final(*score_line, "icehockey_nhl", includes_overtime=includes_overtime)
    for name in ("Lakers", "Draw", "Celtics"):
        assert_ungraded(grade("h2h", name, None, THREE, score), "regulation")
        assert_ungraded(grade("h2h_3_way", name, None, THREE, score), "regulation")
    assert grade("h2h", "Lakers", None, TWO, final(3, 2, "icehockey_nhl")) == WIN


def test_a_regulation_score_settles_regulation_bets() -> None:
    score = final(2, 2, "icehockey_nhl", includes_overtime=False)
    assert grade("h2h", "Draw", None, THREE, score) == WIN
    assert_ungraded(grade("h2h", "Lakers", None, TWO, score), "level")
    assert grade("h2h", "Lakers", None, TWO, final(3, 2, "icehockey_nhl", includes_overtime=False)) == WIN


@pytest.mark.parametrize(
    ("sport", "final_score", "regulation", "on_three_way", "on_over"),
    [
        ("soccer_fa_cup", (3, 2), (1, 1), (LOSS, WIN, LOSS), LOSS),
        ("soccer_usa_mls", (2, 1), (2, 1), (WIN, LOSS, LOSS), WIN),
        ("soccer_efl_champ", (2, 1), (1, 1), (LOSS, WIN, LOSS), LOSS),
        ("icehockey_nhl", (3, 2), (2, 2), (LOSS, WIN, LOSS), WIN),
        ("icehockey_nhl", (1, 0), (1, 0), (WIN, LOSS, LOSS), LOSS),
    ],
)
def test_regulation_numbers_settle_what_counts_regulation_time(
    sport: str,
    final_score: tuple[int, int],
    regulation: tuple[int, int],
    on_three_way: tuple[Graded, Graded, Graded],
    on_over: Graded,
) -> None:
    """In soccer every market counts 90 minutes; in hockey a total counts what came after, too."""
    score = final(
        *final_score, sport, includes_overtime=True, home_regulation=regulation[0], away_regulation=regulation[1]
    )
    assert tuple(grade("h2h", name, None, THREE, score) for name in ("Lakers", "Draw", "Celtics")) == on_three_way
    assert grade("totals", "Over", 2.5, TWO, score) == on_over


@pytest.mark.parametrize("regulation", [(4, 1), (-1, 0), (2, 2)])
def test_a_result_that_contradicts_itself_is_settled_by_hand(regulation: tuple[int, int]) -> None:
    home, away = regulation
    played_on = regulation != (2, 2)
    score = final(3, 1 if home != 2 else 2, "icehockey_nhl", includes_overtime=played_on)
    score = msgspec.structs.replace(score, home_regulation=home, away_regulation=away)
    assert_ungraded(grade("h2h", "Draw", None, THREE, score), "contradicts itself")


def test_a_league_score_that_counts_extra_time_after_all_is_settled_by_hand() -> None:
    assert_ungraded(grade("h2h", "Lakers", None, THREE, final(2, 1, "soccer_epl", includes_overtime=True)), "includes")


@pytest.mark.parametrize("market", ["h2h", "spreads", "totals"])
def test_a_cup_tie_that_may_count_extra_time_is_settled_by_hand(market: str) -> None:
    score = final(2, 1, "soccer_fa_cup")
    name = "Over" if market == "totals" else "Lakers"
    outcome_set = THREE if market == "h2h" else TWO
    assert_ungraded(grade(market, name, 2.5, outcome_set, score), "may include overtime")


def test_a_level_score_that_may_leave_out_overtime_is_settled_by_hand() -> None:
    assert_ungraded(grade("h2h", "Lakers", None, TWO, final(80, 80, "basketball_nbl")), "level")
    assert grade("h2h", "Lakers", None, TWO, final(81, 80, "basketball_nbl")) == WIN


def test_a_sport_without_overtime_needs_no_word_on_it() -> None:
    assert grade("h2h", "Draw", None, THREE, final(1, 1, "soccer_epl", includes_overtime=None)) == WIN
    assert grade("h2h", "Lakers", None, TWO, final(2, 1, "tennis_atp_munich")) == WIN


def test_a_level_score_settles_no_two_way_bet_where_draws_are_quoted() -> None:
    """A bet recorded without its sport may have been three-way: the draw is a loss then, and no push."""
    level, decided = final(1, 1, "soccer_epl"), final(2, 1, "soccer_epl")
    assert_ungraded(grade("h2h", "Lakers", None, TWO, level), "draw")
    assert grade("h2h", "Lakers", None, THREE, level) == LOSS
    assert grade("h2h", "Lakers", None, TWO, decided) == WIN


def test_scores_in_another_unit_than_the_line_settle_no_line() -> None:
    assert_ungraded(grade("totals", "Over", 22.5, TWO, final(2, 1, "tennis_atp_munich")), "something else")
    assert_ungraded(grade("spreads", "Lakers", -2.5, TWO, final(2, 1, "mma_mixed_martial_arts")), "something else")
    assert_ungraded(grade("h2h", "Lakers", None, THREE, final(400, 300, "cricket_test_match")), "who won")


@given(
    st.sampled_from(["h2h", "spreads", "totals", "outrights", "player_points"]),
    st.sampled_from([*HOSTILE, "Lakers", "Celtics", "Draw", "Over", "Under"]),
    st.none() | st.floats(),
    st.sampled_from(OutcomeSet),
    st.none() | st.integers(),
    st.none() | st.integers(),
    st.sampled_from(["basketball_nba", "soccer_epl", "soccer_fa_cup", "tennis_x", "", "golf_x"]),
    st.sampled_from([True, False, None]),
)
def test_grading_always_answers(
    market: str,
    name: str,
    point: float | None,
    outcome_set: OutcomeSet,
    home: int | None,
    away: int | None,
    sport: str,
    includes_overtime: bool | None,
) -> None:
    graded = grade(market, name, point, outcome_set, final(home, away, sport, includes_overtime=includes_overtime))
    assert isinstance(graded, Graded) or graded.reason


# Money


@pytest.mark.parametrize(
    ("result", "cash", "free"),
    [
        (BetResult.WIN, 2500, 1500),
        (BetResult.HALF_WIN, 1750, 750),
        (BetResult.PUSH, 1000, 0),
        (BetResult.VOID, 1000, 0),
        (BetResult.HALF_LOSS, 500, 0),
        (BetResult.LOSS, 0, 0),
    ],
)
def test_returns_of_ten_at_plus_150(result: BetResult, cash: int, free: int) -> None:
    assert return_minor(1000, Fraction(5, 2), result) == cash
    assert return_minor(1000, Fraction(5, 2), result, Funding.FREE) == free


@given(st.integers(0, 10**12), prices, results, st.sampled_from(Funding))
def test_a_return_is_never_negative_nor_more_than_a_win(
    stake: int, price: Fraction, result: BetResult, funding: Funding
) -> None:
    exact = exact_return(stake, price, result, funding)
    assert 0 <= exact <= exact_return(stake, price, BetResult.WIN, funding) <= stake * price
    assert abs(return_minor(stake, price, result, funding) - exact) <= Fraction(1, 2)


def test_a_bet_is_rounded_once_half_to_even() -> None:
    assert return_minor(1, Fraction(3, 2), BetResult.WIN) == 2
    assert return_minor(1, Fraction(5, 2), BetResult.WIN) == 2
    assert return_minor(1, Fraction(2), BetResult.HALF_LOSS) == 0
    assert return_minor(11_000, Fraction(21, 11), BetResult.WIN) == 21_000


@given(st.integers(1, 10**9), st.integers(0, 10**9), st.sampled_from(BetResult))
def test_a_lay_bet_is_rounded_once_on_its_whole_return(stake: int, liability: int, result: BetResult) -> None:
    won = {BetResult.WIN: Fraction(1), BetResult.HALF_WIN: Fraction(1, 2)}.get(result, Fraction(0))
    lost = {BetResult.LOSS: Fraction(1), BetResult.HALF_LOSS: Fraction(1, 2)}.get(result, Fraction(0))
    assert lay_return_minor(stake, liability, result) == round(liability + won * stake - lost * liability)


@pytest.mark.parametrize(
    ("stake", "liability", "result", "returned"),
    [(10, 5, BetResult.HALF_LOSS, 2), (5, 1, BetResult.HALF_WIN, 4), (5, 2, BetResult.HALF_WIN, 4)],
)
def test_half_a_cent_of_a_lay_bet_goes_to_the_even_total(
    stake: int, liability: int, result: BetResult, returned: int
) -> None:
    assert lay_return_minor(stake, liability, result) == returned
