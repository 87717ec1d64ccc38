"""What is peculiar to a sport, and what nobody knows."""

from __future__ import annotations

import pytest

from betting_tui.engine.core import sports


@pytest.mark.parametrize("key", ["tennis_atp_munich", "tennis_wta_us_open", "mma_mixed_martial_arts", "boxing_boxing"])
def test_matches_that_begin_when_the_one_before_is_over(key: str) -> None:
    assert sports.floating_start(key)
    assert not sports.can_have_overtime(key)
    assert not sports.lines_count_score(key)


@pytest.mark.parametrize("key", ["basketball_nba", "soccer_epl", "icehockey_nhl", "", "tennisish_league"])
def test_fixed_starts(key: str) -> None:
    assert not sports.floating_start(key)


@pytest.mark.parametrize(
    "key",
    "americanfootball_nfl americanfootball_ncaaf basketball_nba basketball_wnba basketball_ncaab baseball_mlb "
    "icehockey_nhl basketball_euroleague".split(),
)
def test_scores_that_include_overtime(key: str) -> None:
    assert sports.score_includes_overtime(key) is True
    assert sports.can_have_overtime(key)
    assert not sports.regulation_only(key)


@pytest.mark.parametrize("key", ["soccer_epl", "soccer_spain_la_liga", "soccer_germany_bundesliga", "soccer_efl_champ"])
def test_soccer_leagues_end_after_ninety_minutes(key: str) -> None:
    assert sports.score_includes_overtime(key) is False
    assert sports.regulation_only(key)
    assert not sports.can_have_overtime(key)


@pytest.mark.parametrize(
    "key",
    "soccer_uefa_champs_league soccer_fa_cup soccer_fifa_world_cup soccer_uefa_europa_league soccer_germany_dfb_pokal "
    "soccer_conmebol_copa_libertadores soccer_usa_mls soccer_mexico_ligamx soccer_a_new_competition "
    "handball_germany_bundesliga unknown".split(),
)
def test_nobody_knows_whether_these_scores_count_extra_time(key: str) -> None:
    assert sports.score_includes_overtime(key) is None
    assert sports.can_have_overtime(key)


def test_scores_that_do_not_name_the_winner() -> None:
    assert not sports.higher_score_wins("cricket_test_match")
    assert not sports.higher_score_wins("golf_masters_tournament_winner")
    assert sports.higher_score_wins("cricket_ipl")
    assert sports.higher_score_wins("basketball_nba")
    assert not sports.lines_count_score("cricket_ipl")
    assert sports.lines_count_score("aussierules_afl")
