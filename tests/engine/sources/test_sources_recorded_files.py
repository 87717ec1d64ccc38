"""Recorded files as a source: what is read, what is refused, and that the refusal names the file."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from odds_payloads import AWAY, HOME, SEEN, Json, book, event, market, outcome

from betting_tui.engine.core.errors import BadAnswer, RequestRejected, SourceError, UsageError
from betting_tui.engine.core.odds import OddsFormat
from betting_tui.engine.core.ports import AnswerKind, OddsRequest, Source
from betting_tui.engine.core.times import EPOCH
from betting_tui.engine.sources import recorded
from betting_tui.engine.sources.recorded import RecordedFiles, newest_quote_time, read_answer

NEWEST = datetime(2026, 4, 18, 9, 59, 30, tzinfo=UTC)
PRICED = event(book("pinnacle", market("h2h", outcome(HOME, 150), outcome(AWAY, -170))))
TIMELESS = event(book("pinnacle", market("h2h", outcome(HOME, 150), last_update=""), last_update=""))
SCORE: Json = {
    "id": "e1",
    "sport_key": "basketball_nba",
    "commence_time": "2026-04-17T23:00:00Z",
    "completed": False,
    "home_team": HOME,
    "away_team": AWAY,
    "scores": None,
    "last_update": None,
}
SPORT = {"key": "golf", "group": "Golf", "title": "Golf", "active": True, "has_outrights": True}


def saved(folder: Path, body: object, name: str = "odds.json") -> Path:
    path = folder / name
    path.write_bytes(body if isinstance(body, bytes) else json.dumps(body).encode())
    return path


def test_without_a_time_an_answer_is_as_new_as_its_newest_quote(tmp_path: Path) -> None:
    answer = read_answer(saved(tmp_path, [PRICED]), AnswerKind.ODDS)
    assert (answer.received_at, answer.source, answer.sport_key) == (NEWEST, "recorded", "basketball_nba")
    assert newest_quote_time(answer.body) == NEWEST
    assert read_answer(saved(tmp_path, [PRICED]), AnswerKind.ODDS, now=SEEN).received_at == SEEN


def test_gzip_is_unpacked(tmp_path: Path) -> None:
    plain = json.dumps([PRICED]).encode()
    assert read_answer(saved(tmp_path, gzip.compress(plain), "odds.json.gz"), AnswerKind.ODDS).body == plain


def test_an_empty_list_is_an_answer(tmp_path: Path) -> None:
    for kind in (AnswerKind.ODDS, AnswerKind.SCORES):
        answer = read_answer(saved(tmp_path, []), kind)
        assert (answer.received_at, answer.body) == (EPOCH, b"[]")
    assert newest_quote_time(b"[]") is None


def test_quotes_without_any_time_need_one(tmp_path: Path) -> None:
    path = saved(tmp_path, [TIMELESS])
    with pytest.raises(UsageError, match=r"odds\.json.*--now"):
        read_answer(path, AnswerKind.ODDS)
    assert read_answer(path, AnswerKind.ODDS, now=SEEN).received_at == SEEN


def test_an_envelope_has_a_time_of_its_own(tmp_path: Path) -> None:
    path = saved(tmp_path, {"timestamp": "2026-04-18T09:59:30Z", "data": [TIMELESS]})
    assert read_answer(path, AnswerKind.ODDS).received_at == NEWEST


def test_scores_are_as_new_as_their_last_update(tmp_path: Path) -> None:
    rows = [SCORE, SCORE | {"id": "e2", "last_update": "2026-04-18T09:59:30Z"}]
    assert read_answer(saved(tmp_path, rows), AnswerKind.SCORES).received_at == NEWEST


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        ([SCORE], AnswerKind.ODDS, "a scores answer .* not an odds answer"),
        ([PRICED], AnswerKind.SCORES, "an odds answer .* not a scores answer"),
        ([SPORT], AnswerKind.ODDS, "a list of sports"),
        ([{"id": "e1", "commence_time": "2026-04-17T23:00:00Z"}], AnswerKind.ODDS, "fixtures without prices"),
        ([{"a": 1}, 5], AnswerKind.ODDS, "is not an odds answer"),
        ({"status": 401, "body": {}}, AnswerKind.SCORES, "is not a scores answer"),
    ],
)
def test_another_kind_of_answer_is_named(tmp_path: Path, body: object, kind: AnswerKind, words: str) -> None:
    with pytest.raises(UsageError, match=rf"given\.json is .*{words}|given\.json {words}"):
        read_answer(saved(tmp_path, body, "given.json"), kind)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"<html>", "is not JSON"),
        (b"null", "is not JSON"),
        (b"id,price\n1,2\n", "is not JSON"),
        (b"[{", "ends in the middle"),
        (b'[{"id": 1},,]', "cannot be read: .*byte 11"),
        (b"[" * 100_000, "nested deeper"),
        (b"\x1f\x8bnot gzip", "damaged gzip"),
        (gzip.compress(b"[]" * 999, mtime=0)[:-9], "ends in the middle"),
        ({"message": "API key is not valid", "error_code": "INVALID_KEY"}, "error message.*API key is not valid"),
    ],
)
def test_what_cannot_be_read_is_said_with_the_files_name(tmp_path: Path, body: object, words: str) -> None:
    with pytest.raises(BadAnswer, match=rf"given\.json.*{words}"):
        read_answer(saved(tmp_path, body, "given.json"), AnswerKind.ODDS)


def test_a_missing_file_and_a_directory_are_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nowhere\.json cannot be read: No such file"):
        read_answer(tmp_path / "nowhere.json", AnswerKind.ODDS)
    with pytest.raises(UsageError, match="is a directory"):
        read_answer(tmp_path, AnswerKind.ODDS)


def test_a_file_larger_than_any_answer_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorded, "MAX_FILE_BYTES", 1024 * 1024)
    for body in (b" " * 1_100_000, gzip.compress(b" " * 50_000_000)):
        with pytest.raises(UsageError, match="larger than 1 MB"):
            read_answer(saved(tmp_path, body), AnswerKind.ODDS)


async def test_a_question_is_answered_with_the_newest_file_of_its_sport(tmp_path: Path) -> None:
    later = book("fanduel", market("totals", outcome("Over", 150, 1), last_update="2026-04-18T09:59:45Z"))
    nhl = PRICED | {"sport_key": "icehockey_nhl", "id": "e9"}
    files = [
        saved(tmp_path, [PRICED], "first.json"),
        saved(tmp_path, [event(later)], "second.json"),
        saved(tmp_path, [nhl], "nhl.json"),
    ]
    source: Source = RecordedFiles(odds=files, scores=[saved(tmp_path, [SCORE], "scores.json")])
    assert source.name == "recorded"
    assert [sport.key for sport in await source.sports()] == ["basketball_nba", "icehockey_nhl"]
    answer = await source.fetch_odds(OddsRequest("basketball_nba"))
    assert {quote.bookmaker for quote in source.decode_odds(answer).events[0].quotes} == {"fanduel"}
    assert [
        score.event_id for score in source.decode_scores(await source.fetch_scores("basketball_nba", 3)).scores
    ] == ["e1"]
    with pytest.raises(RequestRejected, match="soccer_epl"):
        await source.fetch_odds(OddsRequest("soccer_epl"))
    await source.aclose()


async def test_a_mixed_file_answers_for_any_sport_and_the_format_can_be_forced(tmp_path: Path) -> None:
    longshot = event(book("b", market("h2h", outcome(HOME, 150), outcome(AWAY, 200))))
    mixed = saved(tmp_path, [longshot, PRICED | {"sport_key": "icehockey_nhl", "id": "e9"}])
    source = RecordedFiles(odds=[mixed], now=SEEN, odds_format=OddsFormat.DECIMAL)
    answer = await source.fetch_odds(OddsRequest("icehockey_nhl"))
    assert (answer.sport_key, answer.odds_format) == ("upcoming", OddsFormat.DECIMAL)
    assert [quote.price.decimal for quote in source.decode_odds(answer).events[0].quotes] == [150, 200]


async def test_a_bad_file_fails_the_question_with_its_name(tmp_path: Path) -> None:
    source = RecordedFiles(odds=[saved(tmp_path, b"<html>", "bad.json")])
    with pytest.raises(SourceError, match=r"bad\.json"):
        await source.odds_answers()


def test_importing_the_sources_does_not_import_the_http_library() -> None:
    code = (
        "import sys, betting_tui.engine.sources.the_odds_api, betting_tui.engine.sources.recorded;"
        "sys.exit('httpx' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
