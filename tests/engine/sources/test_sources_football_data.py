"""How a football-data.co.uk file is read: what a cell means, what is left out; a bad row costs itself alone."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from football_data_files import BASE, PRICES, RESULT, game, row, sheet
from hypothesis import given
from hypothesis import strategies as st

from betting_tui.engine.core.decoded import Coverage, EventQuotes, Rejection
from betting_tui.engine.core.errors import BadAnswer
from betting_tui.engine.core.model import DRAW, Event, Phase, Quote
from betting_tui.engine.core.ports import Answer, AnswerKind
from betting_tui.engine.core.scores import Score, ScoreStatus
from betting_tui.engine.sources.football_data_decode import (
    HistoryGame,
    decode_history,
    decode_odds,
    decode_scores,
)
from betting_tui.engine.sources.football_data_leagues import (
    BOOKMAKERS,
    BY_CODE,
    BY_SPORT,
    LEAGUES,
    gathered_before,
    result_paths,
)
from betting_tui.engine.sources.football_data_rows import Fate, cut, event_id, read_day, read_sheet

BEFORE = datetime(2024, 8, 15, 12, tzinfo=UTC)
EPL = "soccer_epl"


def answer(
    body: bytes, sport: str = EPL, *, at: datetime = BEFORE, kind: AnswerKind = AnswerKind.ODDS, markets: str = ""
) -> Answer:
    return Answer("football_data", kind, sport, body, at, markets=tuple(markets.split()))


def coming(*rows: dict[str, str], **how: Any) -> tuple[EventQuotes, ...]:
    return decode_odds(answer(sheet(*rows), **how)).events


def scores(*rows: dict[str, str], sport: str = EPL) -> tuple[Score, ...]:
    return decode_scores(answer(sheet(*rows), sport, kind=AnswerKind.SCORES)).scores


def past(*rows: dict[str, str], sport: str = "") -> tuple[HistoryGame, ...]:
    return decode_history(sheet(*rows), sport).games


def prices(quotes: tuple[Quote, ...]) -> set[tuple[str, str, str, float | None, str]]:
    return {
        (each.bookmaker, each.selection.line.market, each.selection.name, each.selection.point, each.price.text)
        for each in quotes
    }


def counted(rejected: tuple[Rejection, ...]) -> dict[str, int]:
    return {each.reason: each.count for each in rejected}


# What a game is


def test_a_row_is_an_event_with_teams_and_start_in_utc() -> None:
    (found,) = coming(row(**PRICES))
    assert found.event == Event(
        "fd-E0-20240816-" + found.event.id[-12:],
        EPL,
        "Premier League - England",
        datetime(2024, 8, 16, 19, tzinfo=UTC),
        "Man United",
        "Fulham",
    )


@pytest.mark.parametrize(
    ("day", "clock", "start"),
    [
        ("16/08/2024", "20:00", "2024-08-16 19:00"),
        ("26/12/2024", "15:00", "2024-12-26 15:00"),
        ("30/03/2024", "15:00", "2024-03-30 15:00"),
        ("31/03/2024", "15:00", "2024-03-31 14:00"),
        ("26/10/2024", "15:00", "2024-10-26 14:00"),
        ("27/10/2024", "15:00", "2024-10-27 15:00"),
        ("27/10/2024", "01:30", "2024-10-27 00:30"),
        ("10/03/24", "0:15", "2024-03-10 00:15"),
        ("14/08/93", "15:00", "1993-08-14 14:00"),
        ("01/08/92", "15:00", "2092-08-01 14:00"),
    ],
)
def test_british_local_time_becomes_utc(day: str, clock: str, start: str) -> None:
    (found,) = past(row(Date=day, Time=clock, **PRICES))
    assert found.event.commence_time == datetime.fromisoformat(start).replace(tzinfo=UTC)
    assert found.start_known


def test_without_a_time_a_game_starts_no_later_than_its_day_and_its_result_is_found_by_any_time_of_that_day() -> None:
    (found,) = past(row(Time="", **PRICES, **RESULT))
    assert not found.start_known
    assert found.event.commence_time == datetime(2024, 8, 15, 23, tzinfo=UTC)
    assert found.score is not None
    assert found.score.commence_time == datetime(2024, 8, 16, 11, tzinfo=UTC)


def test_a_file_without_times_gives_no_price_on_the_day_of_the_game() -> None:
    timeless = {name: text for name, text in row(**PRICES).items() if name != "Time"}
    assert coming(timeless, at=datetime(2024, 8, 15, 22, tzinfo=UTC))
    assert not coming(timeless, at=datetime(2024, 8, 16, 8, tzinfo=UTC))


@pytest.mark.parametrize("text", ["", "2024-08-16", "31/02/2024", "16/08/1899", "16/08/202", "0/1/2024", "١٦/٠٨/٢٠٢٤"])
def test_what_is_no_date_is_none(text: str) -> None:
    assert read_day(text) is None


@given(st.dates(date(1993, 1, 1), date(2092, 12, 31)))
def test_a_date_reads_the_same_with_two_digits_and_with_four(day: date) -> None:
    assert read_day(f"{day:%d/%m/%y}") == read_day(f"{day:%d/%m/%Y}") == day


def test_the_id_of_a_game_is_the_same_in_fixtures_and_season_file_whatever_the_time_and_case() -> None:
    (before,) = coming(row(**PRICES))
    (after,) = scores(row(Time="20:30", HomeTeam="MAN UNITED ", **PRICES, **RESULT))
    assert before.event.id == after.event_id


def test_the_id_tells_teams_sides_days_and_divisions_apart() -> None:
    epl, liga = BY_CODE["E0"], BY_CODE["SP1"]
    day = date(2024, 8, 16)
    ids = {
        event_id(epl, day, "A", "B"),
        event_id(epl, day, "B", "A"),
        event_id(epl, day, "A", "C"),
        event_id(liga, day, "A", "B"),
        event_id(epl, date(2024, 8, 17), "A", "B"),
    }
    assert len(ids) == 5


# Prices


def test_the_three_markets_with_their_points() -> None:
    cells = {"AHh": "-0.75", "B365AHH": "1.9", "B365AHA": "2", "B365>2.5": "1.53", "B365<2.5": "2.5", **PRICES}
    (found,) = coming(game(cells))
    assert prices(found.quotes) == {
        ("bet365", "h2h", "Man United", None, "1.6"),
        ("bet365", "h2h", DRAW, None, "4.2"),
        ("bet365", "h2h", "Fulham", None, "5.25"),
        ("bet365", "totals", "Over", 2.5, "1.53"),
        ("bet365", "totals", "Under", 2.5, "2.5"),
        ("bet365", "spreads", "Man United", -0.75, "1.9"),
        ("bet365", "spreads", "Fulham", 0.75, "2"),
    }
    assert {each.selection.line.point for each in found.quotes if each.selection.line.market == "spreads"} == {-0.75}


def test_closing_columns_are_no_prices_of_coming_games() -> None:
    (found,) = coming(game({"B365CH": "1.5", "B365C>2.5": "1.5", "AHCh": "0", "B365CAHH": "1.9", **PRICES}))
    assert len(found.quotes) == 3


def test_a_moved_handicap_has_opening_and_closing_prices_on_different_lines() -> None:
    cells = {"AHh": "-1", "PAHH": "2.07", "PAHA": "1.86", "AHCh": "-0.75", "PCAHH": "1.83", "PCAHA": "2.11"}
    (found,) = past(game(cells))
    assert (found.handicap, found.closing_handicap) == (-1.0, -0.75)
    assert {each.selection.line.point for each in found.opening} == {-1.0}
    assert {each.selection.line.point for each in found.closing} == {-0.75}


def test_a_closing_handicap_price_without_a_closing_line_is_not_put_on_the_opening_one() -> None:
    (found,) = past(game({"AHh": "-1", "PAHH": "2.07", "PCAHH": "1.83"}))
    assert [each.selection.point for each in found.opening] == [-1.0]
    assert found.closing == ()


def test_pinnacle_is_one_book_under_both_of_its_codes_and_betvictor_under_both_of_its_names() -> None:
    (found,) = past(
        game({"PSH": "1.63", "P>2.5": "1.56", "AHh": "-1", "PAHH": "2.07", "PSCH": "1.65", "PC>2.5": "1.6"})
    )
    assert {each.bookmaker for each in (*found.opening, *found.closing)} == {"pinnacle"}
    assert BOOKMAKERS["VC"] == BOOKMAKERS["BV"] == "betvictor"


def test_a_book_whose_code_begins_as_anothers_is_not_taken_for_it() -> None:
    """`BFD` is Betfair's draw, `BFDH` Betfred's home win, `BFEH` and `BFCH` Betfair's exchange and close."""
    cells = {"BFH": "1.1", "BFD": "1.2", "BFA": "1.3", "BFDH": "2.1", "BFDD": "2.2", "BFDA": "2.3", "BFEH": "3.1"}
    (found,) = past(game({**cells, "BFCD": "4.2", "BFDCD": "5.2", "BFECD": "6.2"}))
    assert prices(found.opening) == {
        ("betfair_sb_uk", "h2h", "Man United", None, "1.1"),
        ("betfair_sb_uk", "h2h", DRAW, None, "1.2"),
        ("betfair_sb_uk", "h2h", "Fulham", None, "1.3"),
        ("betfred_uk", "h2h", "Man United", None, "2.1"),
        ("betfred_uk", "h2h", DRAW, None, "2.2"),
        ("betfred_uk", "h2h", "Fulham", None, "2.3"),
        ("betfair_ex_uk", "h2h", "Man United", None, "3.1"),
    }
    closing = {(book, text) for book, _, _, _, text in prices(found.closing)}
    assert closing == {("betfair_sb_uk", "4.2"), ("betfred_uk", "5.2"), ("betfair_ex_uk", "6.2")}


def test_the_best_and_the_mean_of_the_market_are_figures_not_bookmakers() -> None:
    (found,) = past(game({"MaxH": "1.7", "AvgH": "1.6", "AvgC>2.5": "1.8", "AHh": "0", "MaxAHA": "2", **PRICES}))
    assert {each.bookmaker for each in (*found.opening, *found.closing)} == {"bet365"}
    assert {(each.name, each.selection.name, each.price.text, each.closing) for each in found.figures} == {
        ("Max", "Man United", "1.7", False),
        ("Avg", "Man United", "1.6", False),
        ("Avg", "Over", "1.8", True),
        ("Max", "Fulham", "2", False),
    }


def test_the_misspelt_header_of_the_country_files_is_understood() -> None:
    cells = {"Country": "USA", "League": "MLS", "Season": "2024", "Date": "10/03/2024", "Time": "23:00"}
    cells |= {"Home": "Colorado Rapids", "Away": "Columbus Crew", "HG": "2", "AG": "0", "Res": "H"}
    (found,) = past({**cells, "B365CH": "2.1", "B365CD": "3.4", "B36CA": "4.1"})
    assert found.event.sport_key == "soccer_usa_mls"
    assert {each.selection.name for each in found.closing} == {"Colorado Rapids", DRAW, "Columbus Crew"}


def test_a_misspelt_column_beside_the_right_one_is_not_read_twice() -> None:
    (found,) = past(game({"B365CA": "4.1", "B36CA": "9.9"}))
    assert [each.price.text for each in found.closing] == ["4.1"]


def test_an_old_file_gives_each_book_its_own_handicap() -> None:
    (found,) = past(game({"GBAHH": "1.9", "GBAHA": "2", "GBAH": "0.25", "LBAHH": "1.8", "LBAHA": "2", "LBAH": "0.5"}))
    assert {(book, point) for book, _, name, point, _ in prices(found.opening) if name == "Man United"} == {
        ("gamebookers", 0.25),
        ("ladbrokes_uk", 0.5),
    }


@pytest.mark.parametrize("point", ["", "x", "0.3", "nan", "inf", "1e400", "9999"])
def test_a_handicap_without_a_line_on_the_quarters_is_left_out(point: str) -> None:
    decoded = decode_odds(answer(sheet(game({"AHh": point, "PAHH": "2.07", **PRICES}))))
    assert len(decoded.events[0].quotes) == 3
    assert counted(decoded.rejected) == {"bad_point": 1}


def test_an_empty_cell_is_no_price_and_no_fault_and_a_broken_one_costs_itself_alone() -> None:
    cells = {"B365H": "", "B365D": "0", "B365A": "5.25", "PSH": "abc", "PSD": "-3", "PSA": "1e9", "WHH": "1.65"}
    decoded = decode_odds(answer(sheet(game(cells))))
    assert {(each.bookmaker, each.price.text) for each in decoded.events[0].quotes} == {
        ("bet365", "5.25"),
        ("williamhill", "1.65"),
    }
    assert counted(decoded.rejected) == {"no_price": 1, "bad_price": 3}


def test_only_the_markets_asked_for_are_read_and_spoken_for() -> None:
    decoded = decode_odds(answer(sheet(game({"B365>2.5": "1.5", **PRICES})), markets="totals outrights"))
    assert decoded.markets == {"totals"}
    assert decoded.covers == {Coverage("totals")}
    assert [each.selection.name for each in decoded.events[0].quotes] == ["Over"]


def test_a_coming_game_stated_twice_is_one_event_with_its_first_prices() -> None:
    decoded = decode_odds(answer(sheet(row(**PRICES), row(**{**PRICES, "B365H": "9"}))))
    assert [each.price.text for each in decoded.events[0].quotes] == list(PRICES.values())
    assert (len(decoded.events), counted(decoded.rejected)) == (1, {"duplicate_event": 1})


# How old a price is


@pytest.mark.parametrize(
    ("moment", "gathered"),
    [
        ("2026-10-02 16:30", "2026-10-02 16:00"),
        ("2026-10-02 16:00", "2026-09-29 12:00"),
        ("2026-10-05 09:00", "2026-10-02 16:00"),
        ("2026-10-06 12:01", "2026-10-06 12:00"),
        ("2026-12-04 17:01", "2026-12-04 17:00"),
    ],
)
def test_prices_are_gathered_on_tuesdays_and_fridays(moment: str, gathered: str) -> None:
    at, expected = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (moment, gathered))
    assert gathered_before(at) == expected


def test_a_price_is_as_old_as_the_file_and_never_younger_than_its_gathering() -> None:
    body = sheet(row(**PRICES))
    dated = b"#modified 2024-08-13T10:00:00Z\n" + body
    later = b"#modified 2024-08-20T10:00:00Z\n" + body
    ages = [{quote.quoted_at for quote in decode_odds(answer(each)).events[0].quotes} for each in (body, dated, later)]
    assert ages == [{datetime(2024, 8, 13, 12, tzinfo=UTC)}, {datetime(2024, 8, 13, 10, tzinfo=UTC)}, {BEFORE}]


def test_opening_prices_are_seen_before_closing_ones_and_both_before_the_game() -> None:
    (found,) = past(row(B365CH="1.5", **PRICES))
    opened, closed = {each.seen_at for each in found.opening}, {each.seen_at for each in found.closing}
    assert opened == {datetime(2024, 8, 16, 16, tzinfo=UTC)}
    assert closed == {datetime(2024, 8, 16, 18, 59, tzinfo=UTC)}
    assert {each.phase for each in (*found.opening, *found.closing)} == {Phase.PREMATCH}


def test_a_game_that_has_begun_or_ended_has_no_prices_to_bet_at() -> None:
    ended = row(HomeTeam="Ipswich", AwayTeam="Liverpool", **PRICES, **RESULT)
    body = sheet(row(**PRICES), ended)
    assert len(decode_odds(answer(body)).events) == 1
    begun = decode_odds(answer(body, at=datetime(2024, 8, 16, 19, tzinfo=UTC)))
    assert begun.events == ()
    assert counted(begun.rejected) == {"already_started": 2}


# Results


def test_a_played_game_is_a_final_score_of_ninety_minutes() -> None:
    (score,) = scores(row(**PRICES, **RESULT))
    assert (score.completed, score.home_score, score.away_score, score.includes_overtime) == (True, 1, 0, False)
    assert (score.home_team, score.away_team) == ("Man United", "Fulham")


def test_where_games_may_go_to_extra_time_nobody_says_whether_the_score_includes_it() -> None:
    cells = {"Country": "USA", "Date": "05/11/2022", "Home": "Los Angeles FC", "Away": "Philadelphia Union"}
    (score,) = scores({**cells, "HG": "3", "AG": "3", "Res": "D", "PSCH": "1.71"}, sport="soccer_usa_mls")
    assert (score.includes_overtime, score.home_regulation, score.away_regulation) == (None, None, None)


def test_an_awarded_game_is_no_result() -> None:
    played = row(HomeTeam="Ipswich", HS="7", **PRICES, **RESULT)
    awarded = row(FTHG="3", FTAG="0", FTR="H")
    decoded = decode_scores(answer(sheet(played, awarded), kind=AnswerKind.SCORES))
    final, abandoned = decoded.scores
    assert (final.home_team, final.status, final.home_regulation) == ("Ipswich", ScoreStatus.FINAL, 1)
    assert (abandoned.status, abandoned.completed) == (ScoreStatus.ABANDONED, False)
    assert (abandoned.home_score, abandoned.away_score, abandoned.home_regulation) == (None, None, None)
    assert counted(decoded.rejected) == {"awarded": 1}
    by_fate = {each.fate: each for each in past(played, awarded)}
    assert by_fate[Fate.AWARDED].score is None
    assert by_fate[Fate.PLAYED].score == final


def test_a_game_without_prices_whose_shots_were_counted_was_played() -> None:
    assert len(scores(row(**PRICES, **RESULT), row(HomeTeam="Leeds", HS="0", **RESULT))) == 2


def test_a_file_that_has_neither_prices_nor_statistics_proves_no_award() -> None:
    assert len(scores(row(**RESULT))) == 1


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"FTHG": "1", "FTAG": "", "FTR": "H"}, "bad_score"),
        ({"FTHG": "", "FTAG": "", "FTR": "H"}, "bad_score"),
        ({"FTHG": "-1", "FTAG": "0", "FTR": "A"}, "bad_score"),
        ({"FTHG": "1.5", "FTAG": "0", "FTR": "H"}, "bad_score"),
        ({"FTHG": "1", "FTAG": "0", "FTR": "A"}, "contradictory_score"),
        ({"FTHG": "1", "FTAG": "1", "FTR": "P"}, "contradictory_score"),
    ],
)
def test_a_doubtful_score_settles_nothing(cells: dict[str, str], reason: str) -> None:
    good = row(HomeTeam="Leeds", **PRICES, **RESULT)
    decoded = decode_scores(answer(sheet(good, game({**PRICES, **cells})), kind=AnswerKind.SCORES))
    assert [each.home_team for each in decoded.scores] == ["Leeds"]
    assert counted(decoded.rejected) == {reason: 1}


def test_goals_written_as_decimals_are_whole_numbers() -> None:
    (score,) = scores(row(FTHG="10.0", FTAG="2.", FTR="H", **PRICES))
    assert (score.home_score, score.away_score) == (10, 2)


def test_a_game_stated_twice_counts_once_and_with_two_results_not_at_all() -> None:
    first = row(**PRICES, **RESULT)
    assert len(scores(first, {**first, "Time": "20:30"})) == 1
    assert scores(first, row(FTHG="2", FTAG="0", FTR="H", **PRICES)) == ()


# Whose row it is


def test_rows_of_other_divisions_are_passed_over_in_silence() -> None:
    body = sheet(row(**PRICES), row(Div="SP1", HomeTeam="Oviedo", AwayTeam="Barcelona", **PRICES))
    decoded = decode_odds(answer(body, "soccer_spain_la_liga"))
    assert [each.event.home_team for each in decoded.events] == ["Oviedo"]
    assert decoded.rejected == ()
    assert len(decode_odds(answer(body, "upcoming")).events) == 2


def test_a_file_of_another_division_than_was_asked_for_gives_nothing_of_it() -> None:
    decoded = decode_scores(answer(sheet(row(Div="EC", **PRICES, **RESULT)), kind=AnswerKind.SCORES))
    assert decoded.scores == ()


def test_a_file_that_names_no_division_is_of_the_one_asked_for() -> None:
    bare = {name: text for name, text in row(**PRICES, **RESULT).items() if name != "Div"}
    (found,) = past(bare, sport=EPL)
    assert found.event.sport_key == EPL
    with pytest.raises(BadAnswer):
        past(bare)


def test_an_unknown_division_is_counted() -> None:
    decoded = decode_odds(answer(sheet(row(**PRICES), row(Div="ZZ9", **PRICES))))
    assert len(decoded.events) == 1
    assert counted(decoded.rejected) == {"unknown_division": 1}


def test_every_league_has_a_key_a_code_and_an_id_of_its_own() -> None:
    assert len(BY_CODE) == len(BY_SPORT) == len(LEAGUES) == 38
    assert sum(not each.country_file for each in LEAGUES) == 22


@pytest.mark.parametrize(
    ("code", "now", "paths"),
    [
        ("E0", "2026-05-10", ("mmz4281/2526/E0.csv",)),
        ("E0", "2026-06-30", ("mmz4281/2526/E0.csv",)),
        ("E0", "2026-07-01", ("mmz4281/2627/E0.csv", "mmz4281/2526/E0.csv")),
        ("SP1", "2026-11-21", ("mmz4281/2627/SP1.csv",)),
        ("D1", "1999-12-01", ("mmz4281/9900/D1.csv",)),
        ("USA", "2026-11-21", ("new/USA.csv",)),
    ],
)
def test_where_the_latest_results_are(code: str, now: str, paths: tuple[str, ...]) -> None:
    assert result_paths(BY_CODE[code], datetime.fromisoformat(now).replace(tzinfo=UTC)) == paths


# Bytes as they come


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_line_ends_marks_and_encodings_make_no_difference(ends: str, encoding: str) -> None:
    body = sheet(row(HomeTeam="Köln", **PRICES), ends=ends, encoding=encoding)
    (found,) = decode_odds(answer(body)).events
    assert found.event.home_team == "Köln"


def test_empty_rows_and_short_rows_are_no_trouble() -> None:
    body = sheet(row(**PRICES)) + b",,,,,,,\r\n\r\nE0,17/08/2024,12:30,Ipswich,Liverpool\r\n"
    decoded = decode_odds(answer(body))
    assert [len(each.quotes) for each in decoded.events] == [3, 0]
    assert decoded.rejected == ()


def test_columns_in_another_order_unknown_ones_and_repeated_ones_are_read_by_name() -> None:
    text = "Weather,AwayTeam,B365A,HomeTeam,B365A,Date,Div\nRain,Fulham,5.25,Man United,9.9,16/08/24,E0\n"
    decoded = decode_odds(answer(text.encode()))
    assert prices(decoded.events[0].quotes) == {("bet365", "h2h", "Fulham", None, "5.25")}
    assert counted(decoded.rejected) == {"repeated_column": 1}


BAD_ROWS = {
    "an open quote": 'E0,16/08/2024,20:00,"Leeds,Fulham,1.6,4.2,5.25',
    "no date": "E0,,20:00,Leeds,Fulham,1.6,4.2,5.25",
    "a date that is none": "E0,99/99/2024,20:00,Leeds,Fulham,1.6,4.2,5.25",
    "no teams": "E0,16/08/2024,20:00,,,1.6,4.2,5.25",
    "one team twice": "E0,16/08/2024,20:00,Leeds,leeds,1.6,4.2,5.25",
    "a draw for a team": "E0,16/08/2024,20:00,Draw,Leeds,1.6,4.2,5.25",
    "invisible teams": "E0,16/08/2024,20:00,\u200b\u202e,\x00\x07,1.6,4.2,5.25",
    "another table": "<tr><td>E0</td></tr>",
    "a flood": "E0," + "x" * 30_000,
    "a quoted flood": 'E0,16/08/2024,20:00,"' + "x" * 200_000 + '",Fulham,1.6',
}


@pytest.mark.parametrize("bad", BAD_ROWS.values(), ids=BAD_ROWS.keys())
def test_a_bad_row_costs_itself_alone(bad: str) -> None:
    good = sheet(row(**PRICES)).decode("utf-8-sig")
    header, line = good.split("\r\n")[:2]
    decoded = decode_odds(answer("\n".join((header, bad, line)).encode()))
    assert [each.event.home_team for each in decoded.events] == ["Man United"]
    assert sum(counted(decoded.rejected).values()) == 1


def test_hostile_names_are_made_safe_to_show() -> None:
    (found,) = coming(row(HomeTeam="\x1b[2J\u202eLeeds\x00 \u200b United[/]" + "x" * 500, **PRICES))
    assert found.event.home_team is not None
    assert found.event.home_team.startswith("[2JLeeds United[/]x")
    assert len(found.event.home_team) == 120
    assert found.event.home_team.isprintable()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xef\xbb\xbf\r\n",
        b"<!DOCTYPE html><html><body>Not found</body></html>",
        b'{"message": "hello"}',
        b"Div,Date,Time\nE0,16/08/2024,20:00\n",
        b"\x00" * 1000,
        bytes(range(256)) * 10,
        sheet(BASE).decode("utf-8-sig").encode("utf-16"),
        ("a," * 5000 + "Date,HomeTeam,AwayTeam\n").encode(),
        b"Div,Date,HomeTeam,AwayTeam\nE0,never,A,B\nE0,16/08/2024,,\n",
    ],
)
def test_what_is_no_such_file_is_refused_in_words(body: bytes) -> None:
    for decode in (decode_odds, decode_scores):
        with pytest.raises(BadAnswer) as refused:
            decode(answer(body))
        assert refused.value.message.isprintable()
        assert len(refused.value.message) < 400


def test_a_header_alone_is_an_empty_answer() -> None:
    assert decode_odds(answer(b"Div,Date,HomeTeam,AwayTeam\n")).events == ()


def test_a_file_of_endless_rows_is_read_up_to_a_bound() -> None:
    line = "SP1,16/08/2024,A,B\n"
    decoded = decode_odds(answer(("Div,Date,HomeTeam,AwayTeam\n" + line * 50_010).encode()))
    assert counted(decoded.rejected) == {"too_many_rows": 10}


@given(st.binary(max_size=300))
def test_any_bytes_after_the_header_cost_at_most_their_own_rows(junk: bytes) -> None:
    body = sheet(row(**PRICES), encoding="cp1252") + junk
    decoded = decode_odds(answer(body))
    assert "Man United" in {each.event.home_team for each in decoded.events}


_CELL_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@given(st.dictionaries(st.sampled_from([*BASE, *PRICES, *RESULT, "AHh", "B365AHH"]), _CELL_TEXT, max_size=14))
def test_any_text_in_any_cell_leaves_the_other_rows_alone(cells: dict[str, str]) -> None:
    good = row(HomeTeam="Leeds", **PRICES)
    body = sheet(good, game(cells), encoding="utf-8").replace(b"\r\n", b"\n")
    assert "Leeds" in {each.event.home_team for each in decode_odds(answer(body)).events}
    for score in decode_scores(answer(body)).scores:
        assert score.home_team is not None
        assert score.home_team.isprintable()


def test_rows_cut_out_of_a_file_read_as_in_the_file() -> None:
    whole = b"#modified 2024-08-13T10:00:00Z\n" + sheet(row(**PRICES), row(HomeTeam="Köln", **PRICES))
    parts = cut(read_sheet(whole), lambda line: "Köln" in line)
    assert decode_odds(answer(parts)).events == decode_odds(answer(whole)).events[1:]
