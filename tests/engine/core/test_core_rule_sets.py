"""Rule sets: which one is in force, keys that never change their meaning, and windows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from betting_tui.engine.core import rule_table
from betting_tui.engine.core.model import OutcomeSet
from betting_tui.engine.core.rule_sets import (
    MarketGroup,
    OfficialGame,
    Retirement,
    Unit,
    Window,
    by_key,
    group_of,
    in_force,
)
from betting_tui.engine.core.rule_words import in_words
from hostile import HOSTILE

# What each key has meant ever since: a changed rule gets a new key, because bets are stored with theirs.
MEANINGS = {
    "betfair_ex/tennis/lines/1": "da08b452",
    "betfair_ex/tennis/winner/1": "04937acc",
    "betmgm/americanfootball_nfl/1": "364ce81f",
    "betmgm/baseball/lines/1": "23297ca0",
    "betmgm/baseball/winner/1": "0cedcaf0",
    "draftkings/americanfootball_nfl/1": "acbacb8b",
    "draftkings/baseball/lines/1": "bf137095",
    "draftkings/baseball/winner/1": "9f0554b1",
    "fanduel/americanfootball_nfl/1": "0999d04f",
    "pinnacle/tennis/lines/1": "0796c3d3",
    "pinnacle/tennis/winner/1": "2cc7a601",
    "sportsbet/soccer/1": "3d75d568",
    "standard/americanfootball/1": "8db910e6",
    "standard/any/1": "9bf8ab1e",
    "standard/baseball/lines/1": "1e48f578",
    "standard/baseball/winner/1": "85fd31f4",
    "standard/baseball_kbo/lines/1": "07462aa9",
    "standard/baseball_kbo/winner/1": "defd8349",
    "standard/baseball_npb/lines/1": "69124546",
    "standard/baseball_npb/winner/1": "181e9438",
    "standard/basketball/1": "b313d87e",
    "standard/basketball_nba/1": "78d63574",
    "standard/cricket/1": "8b4bd0cf",
    "standard/fight/1": "baa2ebfc",
    "standard/handball/1": "e36c3b37",
    "standard/icehockey/1": "023005b8",
    "standard/outright/1": "35a19a34",
    "standard/props/1": "c604b778",
    "standard/soccer/1": "98c25234",
    "standard/tennis/lines/1": "4e24469d",
    "standard/tennis/winner/1": "c7f45698",
    "williamhill/soccer/1": "2b502584",
    "williamhill_us/americanfootball_nfl/1": "e0f396f1",
}


def meaning(key: str) -> str:
    return sha256(msgspec.json.encode(rule_table.BY_KEY[key])).hexdigest()[:8]


def test_a_key_keeps_its_meaning() -> None:
    assert {key: meaning(key) for key in MEANINGS} == MEANINGS
    assert set(rule_table.BY_KEY) == set(MEANINGS), "a new row's meaning is to be pinned here"


def test_every_row_is_found_by_its_key() -> None:
    for (book, sport, group), rules in rule_table._ROWS.items():
        assert by_key(rules.key) == rules
        assert rule_table.find(book, sport, group or MarketGroup.LINES) == rules
    assert by_key("standard/any/0") is None


@pytest.mark.parametrize(
    ("book", "sport", "market", "key"),
    [
        ("pinnacle", "basketball_nba", "spreads", "standard/basketball_nba/1"),
        ("pinnacle", "basketball_nba_preseason", "h2h", "standard/basketball_nba/1"),
        ("pinnacle", "basketball_wnba", "h2h", "standard/basketball/1"),
        ("pinnacle", "basketball_nba_summer_league", "h2h", "standard/basketball/1"),
        ("fanduel", "baseball_mlb", "h2h", "standard/baseball/winner/1"),
        ("fanduel", "baseball_mlb", "totals", "standard/baseball/lines/1"),
        ("draftkings", "baseball_mlb", "alternate_totals", "draftkings/baseball/lines/1"),
        ("draftkings", "americanfootball_nfl_preseason", "h2h", "draftkings/americanfootball_nfl/1"),
        ("draftkings", "americanfootball_ncaaf", "h2h", "standard/americanfootball/1"),
        ("williamhill", "soccer_epl", "h2h", "williamhill/soccer/1"),
        ("williamhill_us", "soccer_epl", "h2h", "standard/soccer/1"),
        ("betfair_ex_uk", "tennis_atp_wimbledon", "h2h", "betfair_ex/tennis/winner/1"),
        ("pinnacle", "tennis_wta_us_open", "totals", "pinnacle/tennis/lines/1"),
        ("anyone", "baseball_mlb", "pitcher_strikeouts", "standard/props/1"),
        ("anyone", "golf_masters_tournament_winner", "outrights", "standard/outright/1"),
        ("anyone", "soccer_fifa_world_cup_winner", "outrights", "standard/outright/1"),
        ("", "", "", "standard/props/1"),
        ("", "curling", "h2h", "standard/any/1"),
    ],
)
def test_the_nearest_row_is_in_force(book: str, sport: str, market: str, key: str) -> None:
    assert in_force(book, sport, market).key == key


@pytest.mark.parametrize("text", HOSTILE)
def test_no_name_breaks_the_look_up(text: str) -> None:
    assert by_key(in_force(text, text, text).key) is not None


def test_the_thresholds_that_operators_publish() -> None:
    minutes = {
        sport: in_force("", sport, "spreads").official
        for sport in ("americanfootball_nfl", "basketball_nba", "basketball_ncaab", "icehockey_nhl", "soccer_epl")
    }
    assert [each and (each.unit, each.enough) for each in minutes.values()] == [
        (Unit.MINUTES, enough) for enough in (55, 43, 35, 55, 90)
    ]
    innings = in_force("", "baseball_mlb", "h2h").official
    assert innings == OfficialGame(Unit.INNINGS, 5, 4.5)
    assert innings is not None
    assert innings.reached(4.5, home_lead=1)
    assert not innings.reached(4.5, home_lead=0)
    assert innings.reached(5, home_lead=-1)
    lines = in_force("", "baseball_mlb", "spreads").official
    assert lines is not None
    assert (lines.reached(8.5, 2), lines.reached(8.5, -2)) == (True, False)


def test_what_differs_between_books() -> None:
    assert in_force("pinnacle", "tennis_atp", "h2h").retirement is Retirement.ONE_SET
    assert in_force("pinnacle", "tennis_atp", "spreads").retirement is Retirement.WHOLE_MATCH
    assert in_force("williamhill", "soccer_epl", "h2h").window == Window(48)
    assert in_force("draftkings", "baseball_mlb", "totals").decided_stand
    assert not in_force("betmgm", "baseball_mlb", "totals").decided_stand
    assert not in_force("", "soccer_epl", "spreads").overtime
    assert in_force("", "icehockey_nhl", "spreads").overtime


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        # A day in California ends at five in the morning: 12:00 UTC in summer.
        ("2026-07-04T23:10", "2026-07-05T12:00"),
        ("2026-07-05T02:10", "2026-07-05T12:00"),
        ("2026-07-05T17:05", "2026-07-06T12:00"),
        # The clocks go forward in the night.
        ("2026-03-08T02:00", "2026-03-08T12:00"),
        ("2026-03-07T02:00", "2026-03-07T13:00"),
    ],
)
def test_baseball_waits_for_its_local_day_to_end(start: str, end: str) -> None:
    assert in_force("", "baseball_mlb", "h2h").window.end(at(start)) == at(end)


moments = st.integers(0, 60 * 24 * 365 * 15).map(lambda minutes: at("2020-01-01") + timedelta(minutes=minutes))


@given(moments, st.sampled_from(sorted(MEANINGS)))
def test_a_window_ends_after_the_start(start: datetime, key: str) -> None:
    rules = by_key(key)
    assert rules is not None
    for window in (rules.window, rules.resume):
        assert start < window.end(start) <= start + timedelta(hours=max(window.hours, 25))


@pytest.mark.parametrize(
    ("market", "group"),
    [
        ("h2h", MarketGroup.WINNER),
        ("double_chance", MarketGroup.WINNER),
        ("alternate_team_totals", MarketGroup.LINES),
        ("btts", MarketGroup.LINES),
        ("player_points", MarketGroup.PROPS),
        ("outrights", MarketGroup.OUTRIGHT),
    ],
)
def test_markets_with_one_rule_are_one_group(market: str, group: MarketGroup) -> None:
    assert group_of(market) is group


def test_rules_are_told_in_words() -> None:
    assert in_words(in_force("", "baseball_mlb", "h2h")) == (
        "overtime counts in two-way bets",
        "a game counts after 5 innings, after 4.5 with the home side ahead",
        "put off: waits until the local day ends; stopped: waits 36 hours",
        "what was decided before a stop is void like the rest",
    )
    assert in_words(in_force("", "icehockey_nhl", "h2h_3_way"), OutcomeSet.THREE_WAY)[0] == "regulation time only"
    outright = in_words(in_force("", "golf", "outrights"), OutcomeSet.FIELD)
    assert "tied places divide the stake" in outright
    assert not any("overtime" in each or "finished" in each for each in outright), "of games, and there is none"
    soccer = in_words(in_force("sportsbet", "soccer_epl", "totals"))
    assert soccer[:2] == ("regulation time only", "a game counts after 90 minutes")
    assert "what was decided before a stop stands" in soccer
    assert "put off: waits 7 days; stopped: waits 7 days" in in_words(
        in_force("fanduel", "americanfootball_nfl", "h2h")
    )
    assert any("Tattersalls" in each for each in in_words(in_force("", "golf", "outrights")))
    assert all(all(in_words(rules)) for rules in rule_table.BY_KEY.values())
