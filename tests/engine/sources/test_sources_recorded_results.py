"""Recorded results name their feed by what is in them, and their sport where they tell it."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from betting_tui.engine.core.errors import BadAnswer, BettingError, UsageError
from betting_tui.engine.sources.recorded_results import read_scores

GAME = {
    "id": "401",
    "date": "2026-04-18T19:00Z",
    "competitions": [
        {
            "competitors": [
                {"homeAway": "home", "team": {"displayName": "Fulham"}, "score": "2"},
                {"homeAway": "away", "team": {"displayName": "Everton"}, "score": "1"},
            ],
            "status": {"type": {"name": "STATUS_FULL_TIME", "state": "post", "completed": True}, "period": 2},
        }
    ],
}
ESPN = {"leagues": [{"slug": "eng.1"}], "events": [GAME]}
DB_GAME = {
    "idEvent": "7", "idLeague": "4328", "strHomeTeam": "Fulham", "strAwayTeam": "Everton", "intHomeScore": "2",
    "intAwayScore": "1", "strTimestamp": "2026-04-18T19:00:00", "strStatus": "Match Finished",
}  # fmt: skip
SCORE = {
    "id": "a", "sport_key": "soccer_epl", "sport_title": "EPL", "commence_time": "2026-04-18T19:00:00Z",
    "completed": True, "home_team": "Fulham", "away_team": "Everton", "last_update": "2026-04-18T21:00:00Z",
    "scores": [{"name": "Fulham", "score": "2"}, {"name": "Everton", "score": "1"}],
}  # fmt: skip
SEASON = "Div,Date,Time,HomeTeam,AwayTeam,FTHG,FTAG,FTR,HS\nE0,18/04/2026,20:00,Fulham,Everton,2,1,H,9\n"
NAMELESS = SEASON.replace("Div,", "Season,").replace("E0,", "2025/26,")


def written(folder: Path, content: object, name: str = "answer") -> Path:
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("content", "given", "source", "sport"),
    [
        (ESPN, "", "espn", "soccer_epl"),
        ([ESPN, ESPN], "", "espn", "soccer_epl"),
        ({"events": [GAME]}, "soccer_epl", "espn", "soccer_epl"),
        ({"leagues": [{"slug": "eng.1"}], "events": []}, "", "espn", "soccer_epl"),
        ({"events": [DB_GAME]}, "", "thesportsdb", "soccer_epl"),
        (SEASON, "", "football_data", ""),
        ("\ufeff" + SEASON, "soccer_epl", "football_data", "soccer_epl"),
        (NAMELESS, "soccer_epl", "football_data", "soccer_epl"),
        ([SCORE], "", "recorded", "soccer_epl"),
    ],
)
def test_the_feed_and_its_sport(tmp_path: Path, content: object, given: str, source: str, sport: str) -> None:
    answer = read_scores(written(tmp_path, content), sport_key=given)
    assert (answer.source, answer.sport_key) == (source, sport)


def test_a_packed_file_is_read_and_dated_by_its_newest_game(tmp_path: Path) -> None:
    path = tmp_path / "board.json.gz"
    path.write_bytes(gzip.compress(json.dumps(ESPN).encode()))
    assert read_scores(path).received_at == datetime(2026, 4, 18, 19, tzinfo=UTC)
    told = datetime(2026, 5, 1, tzinfo=UTC)
    assert read_scores(path, now=told).received_at == told


@pytest.mark.parametrize(
    ("content", "given", "word"),
    [
        ({"events": [GAME]}, "", "--sport"),
        ({"events": [GAME]}, "chess", "ESPN has no"),
        ({"leagues": [{"slug": "eng.1"}, {"slug": "esp.1"}], "events": [GAME]}, "", "several sports"),
        ({"events": [DB_GAME | {"idLeague": "1"}]}, "", "--sport"),
        ({"events": [{"what": 1}]}, "", "known here"),
        (NAMELESS, "", "--sport"),
        (NAMELESS, "basketball_nba", "has no"),
    ],
)
def test_what_does_not_tell_enough_is_wrong_usage(tmp_path: Path, content: object, given: str, word: str) -> None:
    path = written(tmp_path, content)
    with pytest.raises(UsageError, match=word) as refused:
        read_scores(path, sport_key=given)
    assert str(path) in refused.value.message


@pytest.mark.parametrize(
    "content",
    ["", "hello", "a,b,c\n1,2,3\n", "{", "[1,2]", '{"events": 5}', '{"header": {}}', "<html>,</html>", "[[]]"],
)
def test_an_unknown_shape_is_refused_by_name(tmp_path: Path, content: str) -> None:
    path = written(tmp_path, content)
    with pytest.raises(BettingError) as refused:
        read_scores(path)
    assert isinstance(refused.value, UsageError | BadAnswer)
    assert str(path) in refused.value.message
