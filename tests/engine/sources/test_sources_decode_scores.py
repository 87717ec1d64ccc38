"""Scores, fixtures and sports lists: told by name, strict about numbers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from odds_payloads import AWAY, HOME, Json, answer, book, counts, event, market, outcome

from betting_tui.engine.core.decoded import DecodedScores
from betting_tui.engine.core.errors import BadAnswer
from betting_tui.engine.core.ports import AnswerKind
from betting_tui.engine.core.scores import Score
from betting_tui.engine.sources.the_odds_api_decode import decode_events, decode_scores, decode_sports


def score(*sides: object, **more: object) -> Json:
    return {
        "id": "e1",
        "sport_key": "basketball_nba",
        "commence_time": "2026-04-17T23:00:00Z",
        "completed": True,
        "home_team": HOME,
        "away_team": AWAY,
        "scores": list(sides),
        "last_update": "2026-04-18T02:00:00Z",
    } | more


def side(name: str, points: object) -> Json:
    return {"name": name, "score": points}


def result(*scores: object) -> DecodedScores:
    return decode_scores(answer(list(scores), AnswerKind.SCORES))


def test_a_final_score_is_told_by_name() -> None:
    expected = Score(
        event_id="e1",
        source="test",
        sport_key="basketball_nba",
        commence_time=datetime(2026, 4, 17, 23, tzinfo=UTC),
        completed=True,
        home_team=HOME,
        away_team=AWAY,
        home_score=101,
        away_score=99,
        includes_overtime=True,
        updated_at=datetime(2026, 4, 18, 2, tzinfo=UTC),
    )
    assert result(score(side(HOME, "101"), side(AWAY, "99"))).scores == (expected,)
    assert result(score(side(AWAY, " 99 "), side(HOME, 101))).scores == (expected,)


@pytest.mark.parametrize(("sport", "known"), [("basketball_nba", True), ("soccer_epl", False), ("chess_masters", None)])
def test_what_the_numbers_mean_depends_on_the_sport(sport: str, known: bool | None) -> None:
    assert result(score(side(HOME, "1"), side(AWAY, "0"), sport_key=sport)).scores[0].includes_overtime is known


@pytest.mark.parametrize(
    ("completed", "scores", "updated"),
    [(False, None, None), (False, None, "2026-04-18T02:00:00Z"), (True, None, "2026-04-18T02:00:00Z"), (True, [], "")],
)
def test_a_game_without_scores_has_none(completed: bool, scores: object, updated: object) -> None:
    decoded = result(score(completed=completed, scores=scores, last_update=updated))
    found = decoded.scores[0]
    assert (found.completed, found.home_score, found.away_score) == (completed, None, None)
    assert (found.updated_at is None) == (not updated)
    assert decoded.rejected == ()


@pytest.mark.parametrize("text", ["12.5", "", "-3", "1e3", "٣", "101*", "123456", "0x10", 12.5, "9" * 5000])
def test_a_score_that_is_no_whole_number_is_no_score(text: object) -> None:
    decoded = result(score(side(HOME, text), side(AWAY, "99")))
    assert (decoded.scores[0].home_score, decoded.scores[0].away_score) == (None, 99)
    assert counts(decoded) == {"bad_score": 1}


def test_a_side_stated_twice_differently_is_not_known() -> None:
    decoded = result(score(side(HOME, "1"), side(HOME, "2"), side(AWAY, "0"), side(AWAY, "0")))
    assert (decoded.scores[0].home_score, decoded.scores[0].away_score) == (None, 0)
    assert counts(decoded) == {"two_scores": 1}


def test_a_strangers_score_is_left_out() -> None:
    decoded = result(score(side("Someone", "1"), side(AWAY, "0")))
    assert (decoded.scores[0].home_score, decoded.scores[0].away_score) == (None, 0)
    assert counts(decoded) == {"unknown_side": 1}


@pytest.mark.parametrize(
    "bad",
    [
        score(completed="yes"),
        score(completed=None),
        score(completed=1),
        {key: value for key, value in score().items() if key != "completed"},
        score(scores="1-0"),
        score(scores=[{"name": HOME}, {"score": "1"}]),
        score(id=7),
        score(commence_time="later"),
        score(home_team=AWAY),
        None,
        [],
        "text",
    ],
)
def test_a_broken_row_does_not_take_the_others_along(bad: object) -> None:
    decoded = result(score(id="before"), bad, score(id="after"))
    assert [found.event_id for found in decoded.scores] == ["before", "after"]
    assert sum(counts(decoded).values()) == 1


def test_the_later_of_two_rows_for_one_game_wins() -> None:
    decoded = result(score(side(HOME, "1")), score(side(HOME, "2")))
    assert [found.home_score for found in decoded.scores] == [2]
    assert counts(decoded) == {"duplicate_event": 1}


def test_nothing_readable_is_an_error() -> None:
    with pytest.raises(BadAnswer):
        result({}, [], 3)
    assert result().scores == ()


def test_fixtures_are_events_without_prices() -> None:
    priced = event(book("b", market("h2h", outcome(HOME, 150))), id="e2")
    found = decode_events(answer([event(bookmakers=None), priced], AnswerKind.EVENTS))
    assert [(each.id, each.name) for each in found] == [("e1", "Celtics @ Lakers"), ("e2", "Celtics @ Lakers")]


def test_sports_that_cannot_be_asked_for_are_left_out() -> None:
    row = {"key": "golf_masters", "group": "Golf", "title": "Mas\x1bters", "active": False, "has_outrights": True}
    rows = b"[" + b",".join((b'{"key": 1}', b"null", b'{"key": "../x", "title": "X"}')) + b"]"
    with pytest.raises(BadAnswer):
        decode_sports(rows)
    found = decode_sports(rows[:-1] + b"," + answer(row).body + b"]")
    assert [(each.key, each.title, each.active, each.has_outrights) for each in found] == [
        ("golf_masters", "Masters", False, True)
    ]
    assert decode_sports(b"[]") == ()
