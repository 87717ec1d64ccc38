"""All recorded files of football-data.co.uk, by what is known of them and by a plain walk. Skipped where absent."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from betting_tui.engine.core.grades import Graded
from betting_tui.engine.core.market_grading import grade_by_rules
from betting_tui.engine.core.model import BetResult
from betting_tui.engine.core.ports import Answer, AnswerKind
from betting_tui.engine.core.scores import ScoreStatus
from betting_tui.engine.sources.football_data_decode import History, decode_history, decode_odds, decode_scores
from betting_tui.engine.sources.football_data_leagues import BOOKMAKERS, BY_CODE
from betting_tui.engine.sources.football_data_rows import Fate

DATA = Path(__file__).parents[3] / "../shared/data/football_data_co_uk"
FILES = sorted(DATA.glob("*.csv"))
FIXTURES = "fixtures_2025-09-23.csv"
NO_DIVISION = "E0_2526_full_results_B365only.csv"
# A season of each league, and each file that has a form of its own.
SHORTLY = {"D1_2324", "E0_2425", "F1_2122", "I1_2223", "SP1_2526_to-2025-12-21", "T1_2223", "USA_new-league-format",
           Path(FIXTURES).stem, Path(NO_DIVISION).stem}  # fmt: skip
CASES = [pytest.param(path, id=path.stem, marks=[] if path.stem in SHORTLY else [pytest.mark.long]) for path in FILES]
GATHERED = datetime(2025, 9, 23, 12, tzinfo=UTC)

pytestmark = pytest.mark.skipif(not FILES, reason="no recorded data beside the repository")


def body(name: str) -> bytes:
    return (DATA / name).read_bytes()


@cache
def history(name: str) -> History:
    return decode_history(body(name), "soccer_epl" if name == NO_DIVISION else "")


def walk(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def valid(text: str | None) -> bool:
    try:
        return float(text or "0") > 1
    except ValueError:
        return False


def priced(row: dict[str, str], *, closing: bool) -> int:
    """How many bookmaker prices a row has, by trying every name there could be; a book under two codes is one."""
    mark, line = ("C", "AHCh") if closing else ("", "AHh")
    found = set()
    for code, book in BOOKMAKERS.items():
        names = [f"{code}{mark}{side}" for side in ("H", "D", "A", ">2.5", "<2.5")]
        names += [f"{code}{mark}AH{side}" for side in "HA"] if row.get(line) else []
        names += ["B36CA"] if closing and code == "B365" and "B365CA" not in row else []
        found |= {(book, name.removeprefix(f"{code}{mark}")) for name in names if valid(row.get(name))}
    return len(found)


def test_there_are_as_many_files_as_were_counted() -> None:
    assert len(FILES) == 28


@pytest.mark.parametrize("path", CASES)
def test_every_row_is_a_game_and_every_price_of_a_bookmaker_a_quote(path: Path) -> None:
    rows, decoded = walk(path.name), history(path.name)
    assert len(decoded.games) == len(rows)
    for row, game in zip(rows, decoded.games, strict=True):
        assert len(game.opening) == priced(row, closing=False)
        assert len(game.closing) == priced(row, closing=True)
    lost = {each.reason: each.count for each in decoded.rejected}
    assert set(lost) <= {"no_price", "bad_price"}
    assert sum(lost.values()) <= 7


@pytest.mark.parametrize("path", CASES)
def test_every_result_is_the_one_in_the_file(path: Path) -> None:
    sport = "soccer_epl" if path.name == NO_DIVISION else "upcoming"
    scores = decode_scores(Answer("football_data", AnswerKind.SCORES, sport, path.read_bytes(), GATHERED))
    stated = [
        (row.get("HomeTeam") or row["Home"], row.get("FTHG") or row["HG"], row.get("FTAG") or row["AG"])
        for row in walk(path.name)
        if (row.get("FTHG") or row.get("HG")) and (row.get("AvgH") or row.get("AvgCH") or row.get("B365H"))
    ]
    found = [(each.home_team, each.home_score, each.away_score) for each in scores.scores if each.completed]
    assert found == [(home, int(float(own)), int(float(others))) for home, own, others in stated]


def test_one_unit_on_every_opening_side_of_bet365_in_the_premier_league_of_2024() -> None:
    results: Counter[tuple[str, BetResult]] = Counter()
    for game in history("E0_2425.csv").games:
        assert game.score is not None
        for quote in game.opening:
            if quote.bookmaker == "bet365":
                graded = grade_by_rules(quote.selection, game.score)
                assert isinstance(graded, Graded)
                results[quote.selection.line.market, graded.result] += 1
    assert results == {
        ("h2h", BetResult.WIN): 380,
        ("h2h", BetResult.LOSS): 760,
        ("totals", BetResult.WIN): 380,
        ("totals", BetResult.LOSS): 380,
        ("spreads", BetResult.WIN): 309,
        ("spreads", BetResult.HALF_WIN): 45,
        ("spreads", BetResult.PUSH): 52,
        ("spreads", BetResult.HALF_LOSS): 45,
        ("spreads", BetResult.LOSS): 309,
    }


def test_how_often_the_handicap_moves_and_lies_on_a_quarter() -> None:
    games = history("E0_2425.csv").games
    assert sum(each.handicap != each.closing_handicap for each in games) == 161
    assert sum((each.handicap or 0) % 0.5 != 0 for each in games) == 183
    assert sum((each.closing_handicap or 0) % 0.5 != 0 for each in games) == 201
    assert sum((each.handicap or 0) % 0.5 != 0 for each in history("I1_2324.csv").games) == 228


def test_the_29_awarded_games_of_turkey_are_no_results() -> None:
    games = history("T1_2223.csv").games
    awarded = [each for each in games if each.fate is Fate.AWARDED]
    assert len(awarded) == 29
    assert all(each.score is None and not each.opening and not each.closing for each in awarded)
    without_bet365 = [
        each
        for each in games
        if each.fate is Fate.PLAYED
        and not any(q.bookmaker == "bet365" and q.selection.line.market == "h2h" for q in each.opening)
    ]
    assert len(without_bet365) == 4
    answer = Answer("football_data", AnswerKind.SCORES, "soccer_turkey_super_league", body("T1_2223.csv"), GATHERED)
    decoded = decode_scores(answer)
    assert Counter(each.status for each in decoded.scores) == {ScoreStatus.FINAL: 313, ScoreStatus.ABANDONED: 29}
    assert [(each.reason, each.count) for each in decoded.rejected] == [("awarded", 29)]


def test_a_shortened_season_and_country_files_are_read_whole() -> None:
    assert len(history("F1_1920.csv").games) == 279
    games = history("USA_new-league-format.csv").games
    assert len(games) == 5816
    assert {each.event.sport_key for each in games} == {"soccer_usa_mls"}
    assert all(each.opening == () for each in games)
    kicked_off = games[0].event.commence_time
    assert (games[0].event.home_team, kicked_off) == ("Colorado Rapids", datetime(2012, 3, 10, 23, tzinfo=UTC))


def test_the_fixtures_are_prices_of_nine_divisions() -> None:
    decoded = decode_odds(Answer("football_data", AnswerKind.ODDS, "upcoming", body(FIXTURES), GATHERED))
    assert len(decoded.events) == 39
    assert Counter(each.event.sport_key for each in decoded.events) == Counter(
        BY_CODE[row["Div"]].sport_key for row in walk(FIXTURES)
    )
    assert sum(len(each.quotes) for each in decoded.events) == sum(priced(row, closing=False) for row in walk(FIXTURES))
    assert decoded.rejected == ()


def test_nine_fixtures_find_their_result_by_the_same_id() -> None:
    coming = decode_odds(Answer("football_data", AnswerKind.ODDS, "soccer_spain_la_liga", body(FIXTURES), GATHERED))
    season = Answer(
        "football_data", AnswerKind.SCORES, "soccer_spain_la_liga", body("SP1_2526_to-2025-12-21.csv"), GATHERED
    )
    scores = {each.event_id: each for each in decode_scores(season).scores}
    joined = [scores[each.event.id] for each in coming.events if each.event.id in scores]
    assert len(coming.events) == len(joined) == 9
    starts = {each.event.id: each.event.commence_time for each in coming.events}
    assert all(each.commence_time == starts[each.event_id] for each in joined)


def test_no_two_games_of_all_files_share_an_id() -> None:
    seen: dict[str, tuple[str | None, str | None]] = {}
    for path in FILES:
        for game in history(path.name).games:
            teams = (game.event.home_team, game.event.away_team)
            assert seen.setdefault(game.event.id, teams) == teams
    # The two Premier League files of 2025/26 hold 169 games twice, the fixtures 9 of Spain's.
    assert len(seen) == sum(len(history(path.name).games) for path in FILES) - 169 - 9
