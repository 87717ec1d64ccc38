"""What results feeds tell besides the final score: periods, the winner, how far a game came."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from betting_tui.engine.core.ports import Answer, AnswerKind
from betting_tui.engine.core.scores import PeriodScore, Score, ScoreStatus
from betting_tui.engine.sources.espn_decode import decode_scores as espn
from betting_tui.engine.sources.football_data_decode import decode_scores as football_data

NOW = datetime(2026, 4, 19, tzinfo=UTC)


def game(
    home: list[int | None],
    away: list[int | None],
    *,
    sport: str = "basketball_nba",
    name: str = "FINAL",
    scores: tuple[int, int] | None = None,
    winner: str = "",
    clock: float = 0.0,
) -> Score:
    points = scores or (sum(each or 0 for each in home), sum(each or 0 for each in away))
    sides = [
        {
            "homeAway": side,
            "team": {"displayName": side.title()},
            "score": str(score),
            "winner": winner == side,
            "linescores": [{"value": value} for value in lines],
        }
        for side, lines, score in (("home", home, points[0]), ("away", away, points[1]))
    ]
    kind = {"name": f"STATUS_{name}", "state": "post", "completed": name == "FINAL"}
    status = {"type": kind, "period": len(home), "clock": clock}
    body = {
        "events": [{"id": "1", "date": "2026-04-18T18:00Z", "competitions": [{"competitors": sides, "status": status}]}]
    }
    (score,) = espn(Answer("espn", AnswerKind.SCORES, sport, json.dumps(body).encode(), NOW)).scores
    return score


def test_periods_come_in_the_order_of_play_with_overtime_last() -> None:
    told = game([30, 20, 25, 20, 9], [25, 25, 25, 20, 7])
    assert told.periods == tuple(PeriodScore(*each) for each in ((30, 25), (20, 25), (25, 25), (20, 20), (9, 7)))


def test_the_half_inning_nobody_needed_was_not_played() -> None:
    told = game([1, 0, 0, 0, 0, 0, 0, 2], [0] * 9, sport="baseball_mlb")
    assert told.periods[-1] == PeriodScore(None, 0)


@pytest.mark.parametrize(("home", "away"), [([30, 20], [25]), ([30, None], [25, 25]), ([], [])])
def test_periods_of_one_side_alone_are_none(home: list[int | None], away: list[int | None]) -> None:
    assert game(home, away, scores=(50, 40)).periods == ()


def test_a_shoot_out_is_no_period() -> None:
    told = game([1, 0, 0, 0, 5], [0, 1, 0, 0, 4], sport="soccer_fa_cup", scores=(1, 1), winner="home")
    assert told.periods == tuple(PeriodScore(*each) for each in ((1, 0), (0, 1), (0, 0), (0, 0)))
    assert told.winner == "Home"


def test_minutes_of_a_soccer_game_that_broke_off() -> None:
    told = game([1], [0], sport="soccer_epl", name="ABANDONED", clock=4020.0)
    assert (told.status, told.played) == (ScoreStatus.ABANDONED, 67.0)


def test_no_winner_is_told_of_a_game_that_is_not_over() -> None:
    assert game([1], [0], name="SUSPENDED", winner="home").winner is None


def table(half: str, full: str = "2,1,H") -> Score:
    body = f"Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,FTR,HTHG,HTAG,HS\nE0,18/04/2026,Leeds,Wolves,{full},{half},9\n"
    answer = Answer("football_data", AnswerKind.SCORES, "soccer_epl", body.encode(), NOW)
    (score,) = football_data(answer).scores
    return score


def test_the_score_at_half_time_gives_both_halves() -> None:
    assert table("1,0").periods == (PeriodScore(1, 0), PeriodScore(1, 1))


@pytest.mark.parametrize("half", [",", "3,0", "x,0", "1,"])
def test_a_half_that_cannot_be_is_none(half: str) -> None:
    told = table(half)
    assert (told.periods, told.home_score) == ((), 2)
