"""TheSportsDB's days: final by its word, postponed marks, soccer's extra time; the key in its address stays hidden."""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from odds_api_server import Weather
from results_server import ResultsServer

from betting_tui.engine.clocks import VirtualClock
from betting_tui.engine.core.decoded import DecodedScores
from betting_tui.engine.core.errors import BadAnswer, ConfigError, RateLimited, RequestRejected, SourceError
from betting_tui.engine.core.ports import Answer, AnswerKind, ResultsSource
from betting_tui.engine.core.scores import Score, ScoreStatus
from betting_tui.engine.sources.http import HttpClient
from betting_tui.engine.sources.sports_db import FREE_KEY, SportsDbSource
from betting_tui.engine.sources.sports_db_decode import decode_scores
from betting_tui.engine.sources.sports_db_leagues import covered, number_of
from hostile import HOSTILE

CANARY = "c4naryK3Y"
NOW = datetime(2026, 4, 18, 10, tzinfo=UTC)
EPL, NBA, CUP = "soccer_epl", "basketball_nba", "soccer_fa_cup"
Json = dict[str, Any]


def game(home: object = "3", away: object = "1", word: object = "FT", **more: object) -> Json:
    told: Json = {
        "idEvent": "2594454",
        "strTimestamp": "2026-04-17T19:00:00",
        "strHomeTeam": "Liverpool",
        "strAwayTeam": "Tottenham Hotspur",
        "intHomeScore": home,
        "intAwayScore": away,
        "strStatus": word,
        "strPostponed": "no",
        "strVenue": "Anfield",
    }
    return told | more


def decoded(*games: object, sport: str = EPL, body: bytes | None = None) -> DecodedScores:
    told = json.dumps({"events": list(games)}).encode() if body is None else body
    return decode_scores(Answer("thesportsdb", AnswerKind.SCORES, sport, told, NOW))


def one(*args: object, sport: str = EPL, **more: object) -> Score:
    (told,) = decoded(game(*args, **more), sport=sport).scores
    return told


def reasons(told: DecodedScores) -> dict[str, int]:
    return {each.reason: each.count for each in told.rejected}


def test_a_final_score() -> None:
    assert one() == Score(
        event_id="2594454",
        source="thesportsdb",
        sport_key=EPL,
        commence_time=datetime(2026, 4, 17, 19, tzinfo=UTC),
        completed=True,
        home_team="Liverpool",
        away_team="Tottenham Hotspur",
        home_score=3,
        away_score=1,
        includes_overtime=False,
        status=ScoreStatus.FINAL,
        home_regulation=3,
        away_regulation=1,
    )


@pytest.mark.parametrize(
    ("sport", "word", "counts_overtime", "regulation"),
    [
        (CUP, "FT", False, 3),
        (CUP, "Match Finished", False, 3),
        (CUP, "AET", None, None),
        (CUP, "PEN", None, None),
        (NBA, "FT", True, None),
        (NBA, "AOT", True, None),
        ("icehockey_nhl", "AP", True, None),
    ],
)
def test_what_the_numbers_count(sport: str, word: str, counts_overtime: bool | None, regulation: int | None) -> None:
    told = one("3", "1", word, sport=sport)
    assert told.completed
    assert told.includes_overtime is counts_overtime
    assert told.home_regulation == regulation


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("NS", ScoreStatus.SCHEDULED),
        ("Match Postponed", ScoreStatus.POSTPONED),
        ("PST", ScoreStatus.POSTPONED),
        ("CANC", ScoreStatus.CANCELLED),
        ("2H", ScoreStatus.IN_PLAY),
        ("IN7", ScoreStatus.IN_PLAY),
        ("ABD", ScoreStatus.ABANDONED),
        ("AWD", ScoreStatus.ABANDONED),
        ("SUSP", ScoreStatus.SUSPENDED),
        ("", None),
        (None, None),
        ("Whatever", None),
    ],
)
def test_scores_without_a_word_for_the_end_are_not_final(word: object, expected: ScoreStatus | None) -> None:
    told = one("0", "0", word)
    assert (told.status, told.completed, told.home_regulation) == (expected, False, None)
    scoreless = {ScoreStatus.SCHEDULED, ScoreStatus.POSTPONED, ScoreStatus.CANCELLED}
    assert (told.home_score is None) is (expected in scoreless)


def test_a_word_nobody_knows_is_counted() -> None:
    assert reasons(decoded(game(word="Whatever"))) == {"unknown_status": 1}


def test_a_postponed_mark_holds_and_makes_a_final_score_doubtful() -> None:
    assert one("0", "0", "NS", strPostponed="yes").status is ScoreStatus.POSTPONED
    told = decoded(game("3", "1", "FT", strPostponed="Yes"))
    assert (told.scores[0].completed, told.scores[0].status) == (False, None)
    assert reasons(told) == {"postponed_final": 1}


@pytest.mark.parametrize("points", [None, "", "x", "-1", "1.5", 1.5, 99_999])
def test_a_final_word_without_two_scores_is_not_final(points: object) -> None:
    told = decoded(game(points))
    assert not told.scores[0].completed
    assert reasons(told) == {"bad_score": 1}


def test_the_start_is_utc_and_a_day_alone_is_no_start() -> None:
    by_parts = one(strTimestamp=None, dateEvent="2026-04-17", strTime="19:00:00")
    assert by_parts.commence_time == datetime(2026, 4, 17, 19, tzinfo=UTC)
    assert reasons(decoded(game(idEvent="1"), game(strTimestamp="", dateEvent="2026-04-17"))) == {"bad_event": 1}


def test_good_games_beside_broken_ones_are_kept() -> None:
    told = decoded(
        None,
        7,
        {},
        game(idEvent="../x"),
        game(strHomeTeam=None),
        game(strAwayTeam="liverpool"),
        game(idEvent="other", idLeague="9999"),
        game(idEvent=5, idLeague="4328"),
        game(idEvent=5),
    )
    assert [each.event_id for each in told.scores] == ["5"]
    assert reasons(told) == {"bad_event": 4, "bad_teams": 2, "other_league": 1, "duplicate_event": 1}


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_clean_or_left_out(text: str) -> None:
    odd = game(strHomeTeam=text, strStatus=text, strTimestamp="2026-04-17T19:00:00")
    told = decoded(body=json.dumps({"events": [odd, game(idEvent="good")]}).encode("utf-8", "replace"))
    assert told.scores[-1].event_id == "good"
    for shown in [each.home_team or "" for each in told.scores] + [each.example for each in told.rejected]:
        assert shown.isprintable()
        assert len(shown) <= 120


@pytest.mark.parametrize("body", [b"", b"<html>", b"null", b"{}", b'{"events": "no"}', b'{"event": []}', b"[[]]"])
def test_what_is_no_answer_is_refused(body: bytes) -> None:
    with pytest.raises(BadAnswer):
        decoded(body=body)


def test_a_day_without_games_is_empty() -> None:
    assert decoded(body=b'{"events": null}') == DecodedScores(())


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(sorted(game())),
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.lists(st.none(), max_size=2),
)
def test_whatever_stands_in_a_field_only_that_game_is_lost(field: str, value: object) -> None:
    told = decoded(game() | {field: value}, game(idEvent="good"))
    assert told.scores[-1].event_id == "good"
    assert all(not each.completed or each.home_score is not None for each in told.scores)


def test_every_league_has_a_number_of_its_own() -> None:
    numbers = [number_of(key) for key in covered()]
    assert len(set(numbers)) == len(numbers) > 20
    assert number_of("politics_x") is None


async def test_each_day_is_asked_for_and_all_are_one_answer() -> None:
    pages = {"d=2026-04-17": {"events": [game(idEvent="a")]}, "d=2026-04-18": {"events": [game(idEvent="b")]}}
    async with ResultsServer(pages, empty={"events": None}) as server:
        feed: ResultsSource = SportsDbSource(CANARY, HttpClient(), VirtualClock(NOW), server.base_url)
        assert feed.covers(EPL)
        assert not feed.covers("tennis_atp_x")
        answer = await feed.fetch_scores(EPL, 2)
        assert {it.path for it in server.asked} == {f"/api/v1/json/{CANARY}/eventsday.php"}
        assert {it.query["l"] for it in server.asked} == {"4328"}
        assert sorted(it.query["d"] for it in server.asked) == ["2026-04-16", "2026-04-17", "2026-04-18"]
        assert sorted(each.event_id for each in feed.decode_scores(answer).scores) == ["a", "b"]
        assert (answer.source, answer.kind, answer.received_at) == ("thesportsdb", AnswerKind.SCORES, NOW)
        await feed.aclose()


async def test_without_a_key_the_free_one_is_used() -> None:
    async with ResultsServer() as server:
        feed = SportsDbSource(None, HttpClient(), VirtualClock(NOW), server.base_url)
        await feed.fetch_day(EPL, datetime(2026, 4, 17, 23, 30, tzinfo=UTC))
        assert [(it.path.split("/")[4], it.query["d"]) for it in server.asked] == [(FREE_KEY, "2026-04-17")]
        await feed.aclose()


@pytest.mark.parametrize(
    "weather", [Weather(status=429), Weather(status=500), Weather(body=b"<html>"), Weather(cut_after=3)]
)
async def test_no_failure_shows_the_key(weather: Weather, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with ResultsServer() as server:
        feed = SportsDbSource(CANARY, HttpClient(), VirtualClock(NOW), server.base_url)
        server.weather.append(weather)
        with pytest.raises(SourceError) as raised:
            await feed.fetch_scores(EPL, 0)
        assert isinstance(raised.value, RateLimited) is (weather.status == 429)
        told = "".join(traceback.format_exception(raised.value)) + repr(feed) + raised.value.message
        assert CANARY not in told + caplog.text
        await feed.aclose()


@pytest.mark.parametrize("key", ["with space", "../../x", "a?b", "k" * 65])
def test_a_key_that_would_change_the_address_is_refused_and_not_shown(key: str) -> None:
    with pytest.raises(ConfigError) as raised:
        SportsDbSource(key, HttpClient(), VirtualClock(NOW))
    assert key not in raised.value.message


async def test_what_cannot_be_asked_for_touches_no_network() -> None:
    async with ResultsServer() as server:
        feed = SportsDbSource(None, HttpClient(), VirtualClock(NOW), server.base_url)
        for sport, days in (("tennis_atp_x", 1), (EPL, 8), (EPL, -1)):
            with pytest.raises(RequestRejected):
                await feed.fetch_scores(sport, days)
        assert not server.asked
        await feed.aclose()
