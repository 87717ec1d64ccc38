"""A price moved to another point by how the sport's margins and totals scatter."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from betting_tui.engine.core.errors import PricingError
from betting_tui.engine.core.line_conversion import (
    Bet,
    Scatter,
    can_convert,
    converted_price,
    converted_shares,
    poisson_margin,
    poisson_total,
)
from betting_tui.engine.core.score_models import ScoreModel, margin_model, total_model
from golden import golden_cases

NFL, NBA = Bet("americanfootball_nfl", "spreads"), Bet("basketball_nba", "spreads")
MLB, NHL = Bet("baseball_mlb", "spreads"), Bet("icehockey_nhl", "spreads")
EPL = Bet("soccer_epl", "spreads")
OVER, UNDER = Bet("soccer_epl", "totals", "Over"), Bet("soccer_epl", "totals", "Under")
SPREADS = (NFL, NBA, MLB, NHL, EPL, Bet("basketball_ncaab", "alternate_spreads"))
TOTALS = tuple(Bet(each.sport_key, "totals", name) for each in SPREADS for name in ("Over", "Under"))
USUAL = {"americanfootball_nfl": 44.5, "basketball_nba": 225.5, "baseball_mlb": 8.5, "icehockey_nhl": 6.5}


def usual(bet: Bet) -> float:
    if bet.market != "totals":
        return -0.5
    return USUAL.get(bet.sport_key, 140.5 if "ncaab" in bet.sport_key else 2.5)


def test_golden_shares_of_asian_lines(shared_data: Path) -> None:
    for case in golden_cases(shared_data, "asian_probs"):
        home, away, most = case["lambda_home"], case["lambda_away"], case["max_goals"]
        match case["kind"]:
            case "handicap_home":
                shares = poisson_margin(home, away, most).above(round(-4 * case["line"]))
                told = case["penaltyblog"]
                expected = [told["win"], told["push"], told["lose"]]
            case "totals":
                shares = poisson_total(home, away, most).above(round(4 * case["line"]))
                expected = list(reversed(case["penaltyblog"]))
            case kind:
                assert kind == "result"
                shares = poisson_margin(home, away, most).above(0)
                expected = case["penaltyblog_1x2"]
                assert shares.fair == pytest.approx(case["dnb_home"], abs=1e-9), case
        assert [shares.win, shares.push, shares.lose] == pytest.approx(expected, abs=1e-9), case


def test_the_fair_price_of_a_quarter_line_breaks_even() -> None:
    shares = poisson_margin(1.6, 1.1).above(1)
    assert shares.edge(1 / shares.fair) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("bet", SPREADS + TOTALS)
@pytest.mark.parametrize("known", [0.4, 0.5, 0.5238, 0.6])
def test_there_and_back_is_where_it_started(bet: Bet, known: float) -> None:
    point = usual(bet)
    for step in (-1.0, -0.5, 0.0, 0.5, 1.0):
        there = converted_shares(bet, known, point, point + step)
        assert there.win + there.push + there.lose == pytest.approx(1, abs=1e-9)
        back = converted_shares(bet, there.fair, point + step, point)
        assert back.fair == pytest.approx(known, abs=1e-6)
    assert converted_price(bet, 1 / known, point, point) == pytest.approx(1 / known, rel=1e-6)


@pytest.mark.parametrize("bet", SPREADS)
@given(known=st.floats(0.35, 0.65), quarters=st.lists(st.integers(-6, 6), min_size=2, max_size=2, unique=True))
def test_a_better_handicap_has_a_shorter_price(bet: Bet, known: float, quarters: list[int]) -> None:
    worse, better = sorted(quarters)
    prices = [converted_shares(bet, known, 0.5, 0.5 + each / 4).fair for each in (worse, better)]
    # A point from side to side of a margin that cannot be changes nothing.
    assert prices[0] < prices[1] + 1e-9
    assert prices[0] < prices[1] or better - worse <= 4


@given(st.floats(0.35, 0.65), st.integers(-6, 6))
def test_the_two_sides_of_a_line_mirror_each_other(known: float, step: int) -> None:
    """What one side is expected to win, the other is expected to lose."""
    for one, other, sign in ((EPL, EPL, -1), (NFL, NFL, -1), (OVER, UNDER, 1)):
        at = 0.5 if sign < 0 else 2.5
        mine = converted_shares(one, known, at, at + step / 4)
        theirs = converted_shares(other, 1 - known, sign * at, sign * (at + step / 4))
        assert (mine.win, mine.push, mine.lose) == pytest.approx((theirs.lose, theirs.push, theirs.win), abs=1e-6)


def test_three_and_seven_are_the_numbers_of_the_nfl() -> None:
    def worth(of: float) -> float:
        """Of half a point across this number."""
        return converted_shares(NFL, 0.5, -of - 0.5, -of + 0.5).fair - 0.5

    assert worth(3) > worth(7) > worth(6) > worth(5) > worth(9)
    push_at_three = converted_shares(NFL, 0.5, -3.0, -3.0).push
    assert 0.07 < push_at_three < 0.11
    # A point across the three, from even money: near -138, as boards charge for it.
    assert converted_price(NFL, 2.0, -3.5, -2.5) == pytest.approx(1.72, abs=0.04)


def test_half_a_point_is_worth_little_in_the_nba_and_much_in_soccer() -> None:
    nba = converted_shares(NBA, 0.5, -4.5, -4.0).fair - 0.5
    soccer = converted_shares(EPL, 0.5, -0.5, -0.25).fair - 0.5
    assert 0.01 < nba < 0.03
    assert soccer > 3 * nba


def test_known_shares_of_the_low_scoring_sports() -> None:
    even = converted_shares(MLB, 0.5, 0.0, -1.5)
    assert 0.33 < even.win < 0.39
    assert converted_shares(MLB, 0.5, 0.0, 0.0).push == 0
    # Nobody draws a hockey game that goes on until it is won.
    assert converted_shares(NHL, 0.5, 0.0, 0.0).push == 0
    assert 0.24 < converted_shares(EPL, 0.5, 0.0, 0.0).push < 0.30


@pytest.mark.parametrize(
    ("bet", "known", "wanted"),
    [
        (EPL, -0.5, -2.25),
        (NFL, -3.0, -10.5),
        (Bet("tennis_atp", "spreads"), -3.5, -4.5),
        (Bet("americanfootball_ncaaf", "spreads"), -3.5, -4.5),
        (Bet("soccer_epl", "h2h"), 0.0, 0.5),
        (Bet("soccer_epl", "totals", "Home"), 2.5, 3.0),
        (EPL, -0.5, -0.6),
        (EPL, math.nan, -0.5),
    ],
)
def test_without_a_model_or_too_far_nothing_is_converted(bet: Bet, known: float, wanted: float) -> None:
    assert not can_convert(bet, known, wanted)
    with pytest.raises(PricingError):
        converted_shares(bet, 0.5, known, wanted)


@pytest.mark.parametrize("known", [0.0, 1.0, -0.1, 1.1, math.nan, math.inf])
def test_what_is_no_probability_is_refused(known: float) -> None:
    with pytest.raises(PricingError, match="no probability"):
        converted_shares(EPL, known, -0.5, -0.25)


@pytest.mark.parametrize("price", [1.0, 0.0, -2.0, math.nan, math.inf])
def test_what_is_no_price_is_refused(price: float) -> None:
    with pytest.raises(PricingError, match="no decimal price"):
        converted_price(EPL, price, -0.5, -0.25)


@given(st.sampled_from(SPREADS + TOTALS), st.floats(1e-6, 1 - 1e-6), st.integers(-60, 60), st.integers(-8, 8))
def test_conversion_gives_shares_or_says_why_not(bet: Bet, known: float, base: int, step: int) -> None:
    point = usual(bet) + base / 4
    try:
        shares = converted_shares(bet, known, point, point + step / 4)
    except PricingError:
        return
    assert min(shares.win, shares.push, shares.lose) >= 0
    assert shares.win + shares.push + shares.lose == pytest.approx(1, abs=1e-9)


def test_models_are_found_by_league_before_sport() -> None:
    assert margin_model("basketball_nba_preseason") == margin_model("basketball_nba")
    assert margin_model("basketball_wnba") == margin_model("basketball_euroleague")
    assert margin_model("basketball_wnba") != margin_model("basketball_nba")
    assert total_model("tennis_atp") is None
    assert isinstance(total_model("soccer_epl"), ScoreModel)


def test_a_scatter_reads_whole_half_and_quarter_lines() -> None:
    scatter = Scatter(-1, (0.25, 0.25, 0.5))
    assert (scatter.above(0).win, scatter.above(0).push) == (0.5, 0.25)
    assert scatter.above(2).win == 0.5
    quarter = scatter.above(1)
    assert (quarter.win, quarter.push, quarter.lose) == (0.5, 0.125, 0.375)
