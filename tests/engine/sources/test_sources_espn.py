"""ESPN's scoreboards: which day is asked for, what is final and what only looks so, and regulation beside the end."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from odds_api_server import Weather
from results_server import ResultsServer

from betting_tui.engine.clocks import VirtualClock
from betting_tui.engine.core.decoded import DecodedScores
from betting_tui.engine.core.errors import (
    BadAnswer,
    RateLimited,
    RequestRejected,
    SourceError,
    SourceUnreachable,
)
from betting_tui.engine.core.ports import Answer, AnswerKind, ResultsSource
from betting_tui.engine.core.scores import Score, ScoreStatus
from betting_tui.engine.sources.espn import EspnSource, eastern_day
from betting_tui.engine.sources.espn_decode import decode_scores
from betting_tui.engine.sources.espn_leagues import covered, league_of
from betting_tui.engine.sources.http import HttpClient
from hostile import HOSTILE

DATA = Path(__file__).parents[3] / "../shared/data/espn"
NOW = datetime(2026, 4, 18, 10, tzinfo=UTC)
NBA, NHL, MLB, NFL, WNBA = "basketball_nba", "icehockey_nhl", "baseball_mlb", "americanfootball_nfl", "basketball_wnba"
CUP = "soccer_fa_cup"
Json = dict[str, Any]


def side(place: str, name: str, points: object, lines: str = "", **more: object) -> Json:
    told: Json = {"homeAway": place, "score": points, "team": {"id": "7", "displayName": name}} | more
    return told | ({"linescores": [{"value": float(each)} for each in lines.split()]} if lines else {})


def status(name: str, state: str = "post", completed: bool = True, period: object = 4) -> Json:
    return {"period": period, "type": {"name": f"STATUS_{name}", "state": state, "completed": completed}}


FINAL = status("FINAL")


def game(home: object = "101", away: object = "99", standing: Json = FINAL, *, lines: str = "/", **more: Any) -> Json:
    """A game of the Hawks at home; `lines` are the home side's periods, a slash, the away side's."""
    ours, _, theirs = lines.partition("/")
    sides = [side("away", "Boston Celtics", away, theirs), side("home", "Atlanta Hawks", home, ours)]
    told: Json = {
        "id": "401",
        "date": "2026-04-17T23:30Z",
        "season": {"type": 2, "slug": "regular-season"},
        "status": standing,
        "competitions": [{"id": "401", "competitors": sides, "status": standing}],
    }
    told["competitions"][0] |= more.pop("competition", {})
    return told | more


def decoded(*games: object, sport: str = NBA, body: bytes | None = None) -> DecodedScores:
    told = json.dumps({"leagues": [], "events": list(games)}).encode() if body is None else body
    return decode_scores(Answer("espn", AnswerKind.SCORES, sport, told, NOW))


def one(*args: Any, sport: str = NBA, **more: Any) -> Score:
    (told,) = decoded(game(*args, **more), sport=sport).scores
    return told


def regulation(told: Score) -> tuple[int | None, int | None]:
    return told.home_regulation, told.away_regulation


def reasons(told: DecodedScores) -> dict[str, int]:
    return {each.reason: each.count for each in told.rejected}


def test_a_final_score_is_told_by_side_never_by_place() -> None:
    assert one() == Score(
        event_id="401",
        source="espn",
        sport_key=NBA,
        commence_time=datetime(2026, 4, 17, 23, 30, tzinfo=UTC),
        completed=True,
        home_team="Atlanta Hawks",
        away_team="Boston Celtics",
        home_score=101,
        away_score=99,
        includes_overtime=True,
        status=ScoreStatus.FINAL,
        home_regulation=101,
        away_regulation=99,
    )


@pytest.mark.parametrize(
    ("standing", "expected"),
    [
        (status("POSTPONED", completed=False), ScoreStatus.POSTPONED),
        (status("CANCELED", completed=False), ScoreStatus.CANCELLED),
        (status("CANCELED"), ScoreStatus.CANCELLED),
        (status("SCHEDULED", "pre", False, 0), ScoreStatus.SCHEDULED),
        (status("DELAYED", "pre", False, 0), ScoreStatus.SCHEDULED),
    ],
)
def test_what_was_not_played_is_no_nil_nil(standing: Json, expected: ScoreStatus) -> None:
    told = one("0", "0", standing, sport=MLB)
    assert (told.status, told.completed, told.home_score, told.away_score) == (expected, False, None, None)
    assert regulation(told) == (None, None)


@pytest.mark.parametrize(
    ("standing", "expected"),
    [
        (status("IN_PROGRESS", "in", False, 2), ScoreStatus.IN_PLAY),
        (status("HALFTIME", "in", False, 2), ScoreStatus.IN_PLAY),
        (status("RAIN_DELAY", "in", False, 2), ScoreStatus.IN_PLAY),
        (status("SUSPENDED", completed=False), ScoreStatus.SUSPENDED),
        (status("ABANDONED"), ScoreStatus.ABANDONED),
        (status("FORFEIT"), ScoreStatus.ABANDONED),
        (status("FINAL", completed=False), None),
        (status("SOMETHING_NEW", completed=True), None),
        (status("SOMETHING_NEW", completed=False), None),
        ({"type": {}}, None),
    ],
)
def test_only_completed_and_a_final_name_together_are_final(standing: Json, expected: ScoreStatus | None) -> None:
    told = one("5", "3", standing)
    assert (told.status, told.completed, regulation(told)) == (expected, False, (None, None))


def test_a_status_told_twice_and_differently_is_not_final() -> None:
    told = one("5", "3", FINAL, competition={"status": status("IN_PROGRESS", "in", False)})
    assert (told.status, told.completed) == (None, False)


@pytest.mark.parametrize(
    ("sport", "standing", "home", "away", "lines", "expected"),
    [
        (NBA, status("FINAL", period=5), "120", "118", "25 25 25 35 10/30 30 30 20 8", (110, 110)),
        (NBA, status("FINAL", period=4), "101", "99", "", (101, 99)),
        (NFL, status("FINAL_OT", period=5), "26", "20", "7 7 3 3 6/10 0 7 3 0", (20, 20)),
        (NHL, status("FINAL", period=5), "3", "2", "1 0 1 0 1/0 2 0 0 0", (2, 2)),
        (NHL, status("FINAL", period=3), "3", "2", "1 1 1/0 2 0", (3, 2)),
        (MLB, status("FINAL", period=11), "5", "4", "0 0 1 0 0 2 0 0 0 1 1/1 0 0 0 2 0 0 0 0 1 0", (3, 3)),
        (MLB, status("FINAL", period=9), "5", "4", "0 0 1 0 0 2 0 2/1 0 0 0 2 0 0 0 1", (5, 4)),
        (NBA, status("FINAL", period=5), "120", "118", "", (None, None)),
        (NBA, status("FINAL", period=5), "120", "118", "25 25 25/30 30 30 20 8", (None, None)),
        (NBA, status("FINAL", period=5), "120", "118", "25 25 25 36 9/30 30 30 20 8", (None, None)),
        (NBA, status("FINAL", period=0), "120", "118", "", (None, None)),
    ],
)
def test_regulation_is_kept_apart_from_overtime(
    sport: str, standing: Json, home: str, away: str, lines: str, expected: tuple[int | None, int | None]
) -> None:
    told = one(home, away, standing, lines=lines or "/", sport=sport)
    assert told.completed
    assert told.includes_overtime is True
    assert (told.home_score, told.away_score) == (int(home), int(away))
    assert regulation(told) == expected


@pytest.mark.parametrize(
    ("standing", "home", "away", "lines", "counts_extra", "expected"),
    [
        (status("FULL_TIME", period=2), "1", "1", "", False, (1, 1)),
        (status("FINAL_AET", period=4), "3", "2", "1 1 1 0/2 0 0 0", True, (2, 2)),
        (status("FINAL_PEN", period=5), "2", "2", "0 1 1 0/1 0 0 1", True, (1, 1)),
        (status("FINAL_PEN", period=5), "1", "1", "0 1/1 0", True, (1, 1)),
        (status("FINAL_AET", period=4), "3", "2", "", True, (None, None)),
        (status("FULL_TIME", period=4), "3", "2", "", True, (None, None)),
        (status("FULL_TIME", period=None), "3", "2", "", None, (None, None)),
    ],
)
def test_soccers_extra_time_and_shoot_outs(
    standing: Json, home: str, away: str, lines: str, counts_extra: bool | None, expected: tuple[int | None, int | None]
) -> None:
    told = one(home, away, standing, lines=lines or "/", sport=CUP)
    assert told.completed
    assert told.includes_overtime is counts_extra
    assert regulation(told) == expected


def test_a_shoot_out_is_not_added_to_the_score() -> None:
    told = game("1", "1", status("FINAL_PEN", period=5))
    for each, kicks in zip(told["competitions"][0]["competitors"], (4, 2), strict=True):
        each |= {"shootoutScore": kicks, "winner": kicks == 4}
    (score,) = decoded(told, sport=CUP).scores
    assert (score.home_score, score.away_score, score.status) == (1, 1, ScoreStatus.FINAL)


def test_a_shorter_regulation_is_the_feeds_to_say() -> None:
    seven = {"format": {"regulation": {"periods": 7}}}
    lines = "0 0 0 0 0 0 1 1/0 0 0 0 0 0 1 0"
    assert regulation(one("2", "1", status("FINAL", period=8), lines=lines, sport=MLB, competition=seven)) == (1, 1)


@pytest.mark.parametrize(
    ("home", "away", "sport", "reason"),
    [
        ("0", "0", MLB, "level_final"),
        ("0", "0", NBA, "level_final"),
        ("2", "2", NHL, "level_final"),
        (None, "3", NBA, "bad_score"),
        ("", "3", NBA, "bad_score"),
        ("-1", "3", NBA, "bad_score"),
        ("1.5", "3", NBA, "bad_score"),
        ("99999999999", "3", NBA, "bad_score"),
    ],
)
def test_a_final_score_that_cannot_be_one_is_not_final(home: object, away: object, sport: str, reason: str) -> None:
    told = decoded(game(home, away), sport=sport)
    assert [each.completed for each in told.scores] == [False]
    assert reasons(told) == {reason: 1}


def test_a_winner_with_fewer_points_makes_a_score_doubtful() -> None:
    told = game("90", "99")
    told["competitions"][0]["competitors"][1]["winner"] = True
    answer = decoded(told)
    assert not answer.scores[0].completed
    assert reasons(answer) == {"winner_behind": 1}


def test_a_level_final_is_a_result_where_there_are_draws() -> None:
    assert one("20", "20", status("FINAL", period=5), sport=NFL).completed
    assert one("0", "0", status("FULL_TIME", period=2), sport="soccer_epl").completed


def test_all_star_games_are_left_out_and_preseason_is_its_own_sport() -> None:
    stars = game(competition={"type": {"id": "4", "abbreviation": "ALLSTAR"}})
    assert reasons(decoded(stars, sport=WNBA)) == {"exhibition": 1}
    assert decoded(stars, sport=WNBA).scores == ()
    assert [each.sport_key for each in decoded(stars, sport=NBA).scores] == ["basketball_nba_all_stars"]
    early = game(season={"type": 1, "slug": "preseason"})
    assert [each.sport_key for each in decoded(early, sport=NBA).scores] == ["basketball_nba_preseason"]
    assert [each.sport_key for each in decoded(game(), sport="basketball_nba_preseason").scores] == [NBA]


def test_good_games_beside_broken_ones_are_kept_and_the_broken_ones_counted() -> None:
    same = game()
    same["competitions"][0]["competitors"][0]["team"]["displayName"] = "Atlanta Hawks"
    homeless = game()
    homeless["competitions"][0]["competitors"][1]["homeAway"] = "away"
    late = game(date="tomorrow")
    told = decoded(None, 7, {}, [], same, homeless, late, game(id="../../etc"), game(id="good"), game(id="good"))
    assert [each.event_id for each in told.scores] == ["good"]
    assert reasons(told) == {"bad_event": 6, "bad_teams": 1, "bad_sides": 1, "duplicate_event": 1}


@pytest.mark.parametrize("part", ["linescores", "season", "type", "format"])
@pytest.mark.parametrize("rubbish", [None, 7, "x", [], {"type": []}, [{"value": "x"}], [None], {"periods": -1}])
def test_a_broken_ornament_costs_no_score(part: str, rubbish: object) -> None:
    told = game()
    if part == "season":
        told["season"] = rubbish
    elif part == "linescores":
        told["competitions"][0]["competitors"][0]["linescores"] = rubbish
    else:
        told["competitions"][0][part] = rubbish
    assert [(each.completed, each.home_score) for each in decoded(told).scores] == [(True, 101)]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_are_one_clean_line_or_no_game(text: str) -> None:
    told = game()
    told["competitions"][0]["competitors"][0]["team"]["displayName"] = text
    body = json.dumps({"events": [told, game(id="good")]}).encode("utf-8", "replace")
    scores = decoded(body=body).scores
    assert scores[-1].event_id == "good"
    for each in scores:
        assert (each.away_team or "").isprintable()
        assert 0 < len(each.away_team or "") <= 120


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>blocked</html>",
        b"null",
        b"[]x",
        b"{}",
        b'{"events": 7}',
        b'{"events": [',
        b'{"code": 404, "message": "no"}',
        b'{"events":' + b"[" * 100_000,
        b'{"events": [1, 2, 3]}',
        b'{"events": [' + b"1," * 6_000 + b"1]}",
        b"\xff\xfe\x00",
    ],
)
def test_what_is_no_scoreboard_is_refused(body: bytes) -> None:
    with pytest.raises(BadAnswer):
        decoded(body=body)


def test_nearly_json_is_read() -> None:
    body = json.dumps({"events": [game()], "odd": 1}).replace('"odd": 1', '"odd": NaN').encode()
    assert len(decoded(body=b"\xef\xbb\xbf" + body).scores) == 1
    assert decoded(body=b'{"events": null}').scores == ()


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "date", "competitions", "status", "type"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(ANYTHING, st.sampled_from(["status", "season", "competitions", "id", "date"]))
def test_whatever_stands_in_a_field_only_that_game_is_lost(value: object, field: str) -> None:
    told = decoded(game() | {field: value}, game(id="good"))
    assert "good" in {each.event_id for each in told.scores}
    assert all(each.status is not ScoreStatus.FINAL or each.home_score is not None for each in told.scores)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-04-18T03:59:00+00:00", date(2026, 4, 17)),
        ("2026-04-18T04:00:00+00:00", date(2026, 4, 18)),
        ("2026-01-18T04:59:00+00:00", date(2026, 1, 17)),
        ("2026-01-18T05:00:00+00:00", date(2026, 1, 18)),
    ],
)
def test_days_are_us_eastern(moment: str, day: date) -> None:
    assert eastern_day(datetime.fromisoformat(moment)) == day


def test_every_sport_has_an_address_of_its_own() -> None:
    assert len(covered()) > 60
    paths = [league_of(key).path for key in covered() if not key.endswith(("_preseason", "_all_stars"))]  # type: ignore[union-attr]
    assert len(set(paths)) == len(paths)
    assert league_of("basketball_wnba_preseason") is None
    assert league_of("politics_x") is None


def source(server: ResultsServer) -> tuple[EspnSource, VirtualClock]:
    clock = VirtualClock(NOW)
    return EspnSource(HttpClient(deadline_seconds=2.0), clock, server.base_url + "/"), clock


async def test_days_are_asked_for_in_one_question() -> None:
    async with ResultsServer({"basketball/nba": {"events": [game()]}}) as server:
        espn, _ = source(server)
        as_source: ResultsSource = espn
        answer = await as_source.fetch_scores(NBA, 3)
        assert [it.path for it in server.asked] == ["/apis/site/v2/sports/basketball/nba/scoreboard"]
        assert server.asked[0].query == {"limit": "1000", "dates": "20260415-20260418"}
        assert (answer.source, answer.kind, answer.sport_key, answer.received_at) == (
            "espn",
            AnswerKind.SCORES,
            NBA,
            NOW,
        )
        assert answer.server_time == datetime(2026, 4, 18, 10, tzinfo=UTC)
        assert [each.home_score for each in espn.decode_scores(answer).scores] == [101]
        await espn.fetch_day(NBA, datetime(2026, 4, 18, 2, tzinfo=UTC))
        assert server.asked[-1].query["dates"] == "20260417"
        await espn.aclose()


async def test_college_days_are_asked_for_one_by_one_and_read_as_one_answer() -> None:
    pages = {"dates=20260417": {"events": [game(id="a")]}, "dates=20260418": {"events": [game(id="b")]}}
    async with ResultsServer(pages) as server:
        espn, _ = source(server)
        answer = await espn.fetch_scores("basketball_ncaab", 2)
        assert sorted(it.query["dates"] for it in server.asked) == ["20260416", "20260417", "20260418"]
        assert {it.query["groups"] for it in server.asked} == {"50"}
        assert sorted(each.event_id for each in espn.decode_scores(answer).scores) == ["a", "b"]
        await espn.aclose()


@pytest.mark.parametrize(
    ("weather", "error"),
    [
        (Weather(status=404), RequestRejected),
        (Weather(status=403, body=b"<html>"), SourceUnreachable),
        (Weather(status=429, headers={"retry-after": "30"}), RateLimited),
        (Weather(status=503), SourceUnreachable),
        (Weather(status=418), BadAnswer),
        (Weather(body=b"<html>hello</html>"), BadAnswer),
        (Weather(body=b'{"events": ['), BadAnswer),
        (Weather(cut_after=10), SourceUnreachable),
        (Weather(status=302, headers={"location": "http://example.com/"}), SourceUnreachable),
        (Weather(silent=True), SourceUnreachable),
    ],
)
async def test_each_refusal_is_typed_and_ends_in_time(weather: Weather, error: type[SourceError]) -> None:
    async with ResultsServer() as server:
        espn = EspnSource(HttpClient(deadline_seconds=1.0), VirtualClock(NOW), server.base_url)
        server.weather.append(weather)
        with pytest.raises(error) as raised:
            await espn.fetch_scores(NBA, 1)
        assert raised.value.retry_after == (30.0 if error is RateLimited else None)
        assert (await espn.fetch_scores(NBA, 1)).body == b'{"events": []}'
        await espn.aclose()


async def test_too_large_an_answer_is_refused() -> None:
    async with ResultsServer() as server:
        espn = EspnSource(HttpClient(max_body_bytes=1000), VirtualClock(NOW), server.base_url)
        server.weather.append(Weather(body=b'{"events": [' + b" " * 2000 + b"]}", gzipped=True))
        with pytest.raises(BadAnswer):
            await espn.fetch_scores(NBA, 0)
        await espn.aclose()


@pytest.mark.parametrize(("sport", "days"), [("politics_x", 1), (NBA, -1), (NBA, 8), ("../secret", 1)])
async def test_what_cannot_be_asked_for_touches_no_network(sport: str, days: int) -> None:
    async with ResultsServer() as server:
        espn, _ = source(server)
        with pytest.raises(RequestRejected):
            await espn.fetch_scores(sport, days)
        assert not server.asked
        await espn.aclose()


@pytest.mark.skipif(not DATA.exists(), reason="no recorded data beside the repository")
class TestRecorded:
    def of(self, name: str, sport: str) -> DecodedScores:
        return decoded(body=(DATA / name).read_bytes(), sport=sport)

    def test_finished_games(self) -> None:
        told = self.of("espn_scoreboard.json", WNBA)
        assert told.rejected == ()
        assert [(it.home_team, it.home_score, it.away_score, regulation(it)) for it in told.scores] == [
            ("New York Liberty", 70, 79, (70, 79)),
            ("Connecticut Sun", 68, 86, (68, 86)),
        ]

    def test_the_all_star_game_is_left_out(self) -> None:
        told = self.of("espn_scoreboard_allstar.json", WNBA)
        assert (told.scores, reasons(told)) == ((), {"exhibition": 1})

    @pytest.mark.parametrize(("name", "sport"), [("espn_scoreboard_nba", NBA), ("espn_scoreboard_wnba_min_lynx", WNBA)])
    def test_games_to_come_have_no_score(self, name: str, sport: str) -> None:
        (told,) = self.of(f"{name}.json", sport).scores
        assert (told.status, told.completed, told.home_score) == (ScoreStatus.SCHEDULED, False, None)

    def test_world_cup_games_ended_after_90_minutes(self) -> None:
        told = self.of("fifa_world_cup_scoreboard.json", "soccer_fifa_world_cup")
        assert told.rejected == ()
        assert [(it.home_team, regulation(it), it.includes_overtime) for it in told.scores] == [
            ("Mexico", (2, 0), False),
            ("South Korea", (2, 1), False),
        ]
