"""Matching a feed's score to our event: right or not at all. And what several feeds say together."""

from __future__ import annotations

import csv
import json
import re
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from betting_tui.engine.core.agreement import Agreed, Disagreed, NoResultYet, NotPlayed, agree
from betting_tui.engine.core.matching import (
    Aliases,
    EventAlias,
    Matched,
    MatchedBy,
    Unsure,
    in_words_of,
    match,
    match_all,
)
from betting_tui.engine.core.model import Event
from betting_tui.engine.core.name_likeness import Likeness, TeamNames, read_name
from betting_tui.engine.core.scores import Score, ScoreStatus
from betting_tui.engine.core.team_names import TEAMS

DATA = Path(__file__).parents[3] / "../shared/data"
recorded = pytest.mark.skipif(not DATA.exists(), reason="no recorded data beside the repository")

START = datetime(2026, 4, 18, 19, tzinfo=UTC)
EPL = "soccer_epl"
ALIASES = Aliases()


def event(home: str, away: str, sport: str = EPL, *, hours: float = 0, key: str = "") -> Event:
    return Event(key or f"{home}-{away}-{hours}", sport, "", START + timedelta(hours=hours), home, away)


def score(home: str, away: str, sport: str = EPL, *, hours: float = 0, **more: Any) -> Score:
    plain: dict[str, Any] = {
        "event_id": f"f{home}{away}{hours}",
        "source": "feed",
        "completed": True,
        "home_score": 2,
        "away_score": 1,
        "includes_overtime": False,
    }
    start = START + timedelta(hours=hours)
    return Score(sport_key=sport, commence_time=start, home_team=home, away_team=away, **(plain | more))


def found(told: Score, *events: Event, aliases: Aliases = ALIASES) -> str:
    """The id of the event, `unsure`, or `none`."""
    outcome = match(told, events, aliases)
    if isinstance(outcome, Matched):
        return outcome.event.id
    return "unsure" if isinstance(outcome, Unsure) else "none"


CITY = event("Manchester City", "Arsenal", key="city")
UNITED = event("Manchester United", "Arsenal", key="united")


@pytest.mark.parametrize(
    ("one", "other", "sport"),
    [
        ("Man City", "Manchester City", EPL),
        ("Wolves", "Wolverhampton Wanderers", EPL),
        ("Brighton & Hove Albion", "Brighton and Hove Albion", EPL),
        ("AFC Bournemouth", "Bournemouth", EPL),
        ("Internazionale", "Inter Milan", "soccer_italy_serie_a"),
        ("1. FC Köln", "FC Koln", "soccer_germany_bundesliga"),
        ("LA Clippers", "Los Angeles Clippers", "basketball_nba"),
        ("Phoenix", "Phoenix Mercury", "basketball_wnba"),
        ("Montréal Canadiens", "Montreal Canadiens", "icehockey_nhl"),
        ("St. Louis Blues", "St Louis Blues", "icehockey_nhl"),
        ("Oakland Athletics", "Athletics", "baseball_mlb"),
        ("Korea Republic", "South Korea", "soccer_fifa_world_cup"),
        ("Chelsea Women", "Chelsea", "soccer_uefa_champs_league_women"),
    ],
)
def test_names_of_one_team(one: str, other: str, sport: str) -> None:
    assert TeamNames().compare(one, other, sport).likeness is Likeness.SAME
    assert TeamNames().compare(other, one, sport).likeness is Likeness.SAME


@pytest.mark.parametrize(
    ("one", "other", "sport"),
    [
        ("Man City", "Manchester United", EPL),
        ("Dundee", "Dundee United", "soccer_spl"),
        ("AC Milan", "Inter Milan", "soccer_italy_serie_a"),
        ("Athletic Club", "Atlético Madrid", "soccer_spain_la_liga"),
        ("Sheffield United", "Sheffield Wednesday", "soccer_efl_champ"),
        ("Los Angeles Lakers", "LA Clippers", "basketball_nba"),
        ("New York Mets", "New York Yankees", "baseball_mlb"),
        ("New York Giants", "New York Jets", "americanfootball_nfl"),
        ("Chicago White Sox", "Boston Red Sox", "baseball_mlb"),
        ("Michigan", "Michigan State Spartans", "basketball_ncaab"),
        ("North Carolina Tar Heels", "NC State Wolfpack", "basketball_ncaab"),
        ("Austria", "Australia", "soccer_fifa_world_cup"),
        ("Nacional", "Atletico Nacional", "soccer_conmebol_copa_libertadores"),
        ("Internacional", "Internazionale", "soccer_fifa_club_world_cup"),
        ("Barcelona SC", "Barcelona", "soccer_fifa_club_world_cup"),
        ("Niger", "Nigeria", "soccer_africa_cup_of_nations"),
        ("Chelsea", "Chelsea Women", EPL),
        ("Chelsea", "Chelsea W", EPL),
        ("Arsenal", "Arsenal U21", EPL),
        ("Arsenal", "Arsenal Under-21s", EPL),
        ("Real Sociedad", "Real Sociedad B", "soccer_spain_segunda_division"),
        ("Ajax", "Jong Ajax", "soccer_netherlands_eredivisie"),
        ("Venus Williams", "Williams S.", "tennis_wta_us_open"),
        ("", "Arsenal", EPL),
    ],
)
def test_names_of_two_teams(one: str, other: str, sport: str) -> None:
    assert TeamNames().compare(one, other, sport).likeness is Likeness.OTHER
    assert TeamNames().compare(other, one, sport).likeness is Likeness.OTHER


@pytest.mark.parametrize(
    ("short", "team", "sport"),
    [
        ("Manchester", "Manchester City", EPL),
        ("Los Angeles", "Los Angeles Lakers", "basketball_nba"),
        ("New York", "New York Rangers", "icehockey_nhl"),
        ("New York", "New York Yankees", "baseball_mlb"),
        ("Paris", "Paris FC", "soccer_france_ligue_one"),
        ("Sheffield", "Sheffield United", "soccer_efl_champ"),
    ],
)
def test_a_name_that_several_teams_share_is_no_team(short: str, team: str, sport: str) -> None:
    assert TeamNames().compare(short, team, sport).likeness is Likeness.UNCLEAR
    assert found(score(short, "Nobody", sport), event(team, "Nobody", sport)) == "unsure"


def test_no_name_stands_for_two_teams_of_a_section() -> None:
    for section, rows in TEAMS.items():
        owner: dict[object, str] = {}
        for row in filter(str.strip, re.split(r"[;\n]", rows)):
            for name in row.split("|"):
                assert owner.setdefault(read_name(name, section), row) == row, f"{name} in {section}"


def test_a_name_of_ones_own_can_be_added() -> None:
    aliases = Aliases(teams=TeamNames([(EPL, "Arsenal", "The Gunners"), ("chess_masters", "Magnus", "Champion")]))
    assert found(score("Gunners", "Chelsea"), event("Arsenal", "Chelsea", key="e"), aliases=aliases) == "e"
    told = score("Champion", "Hikaru", "chess_masters")
    assert found(told, event("Magnus", "Hikaru", "chess_masters", key="e"), aliases=aliases) == "e"


def test_the_feeds_id_and_learned_aliases_come_first() -> None:
    learned = Aliases([EventAlias("feed", "401", "city")])
    by_alias = match(score("Man City", "Arsenal", event_id="401"), [CITY, UNITED], learned)
    assert by_alias == Matched(CITY, MatchedBy.ALIAS)
    moved = score("Man City", "Arsenal", event_id="city", hours=300)
    assert match(moved, [CITY, UNITED], ALIASES) == Matched(CITY, MatchedBy.ID)
    assert match(score("Man City", "Arsenal"), [CITY], ALIASES) == Matched(CITY, MatchedBy.NAMES)


def test_an_id_under_which_other_teams_play_is_doubted() -> None:
    assert found(score("Leeds", "Fulham", event_id="city"), CITY) == "unsure"
    assert found(score("Renamed Team", "Arsenal", event_id="city"), CITY) == "city"


def test_an_event_the_feed_knows_by_another_id_is_another_game() -> None:
    learned = Aliases([EventAlias("feed", "game-1", "city")])
    assert found(score("Man City", "Arsenal", event_id="game-2"), CITY, aliases=learned) == "none"
    assert found(score("Man City", "Arsenal", event_id="game-2", source="other"), CITY, aliases=learned) == "city"


@pytest.mark.parametrize("hours", [-300, -24, -13, 13, 24, 300])
def test_the_same_pairing_on_another_day_is_another_game(hours: float) -> None:
    assert found(score("Man City", "Arsenal", hours=hours), CITY) == "none"


def test_another_sport_is_another_game() -> None:
    assert found(score("Man City", "Arsenal", "soccer_fa_cup"), CITY) == "none"
    assert found(score("Man City", "Arsenal"), event("Manchester City", "Arsenal", "", key="by hand")) == "by hand"


def test_swapped_sides_are_told_and_the_numbers_stay_with_their_teams() -> None:
    told = score("Arsenal", "Man City", home_score=3, away_score=1, home_regulation=2, away_regulation=0)
    outcome = match(told, [CITY], ALIASES)
    assert outcome == Matched(CITY, MatchedBy.NAMES, swapped=True)
    assert isinstance(outcome, Matched)
    ours = in_words_of(told, outcome)
    assert (ours.home_team, ours.home_score, ours.home_regulation) == ("Manchester City", 1, 0)
    assert (ours.away_team, ours.away_score, ours.away_regulation) == ("Arsenal", 3, 2)
    assert ours.event_id == told.event_id


def test_similar_names_the_wrong_way_round_are_not_swapped() -> None:
    ours = event("Ferencvaros", "Arsenal", key="e")
    assert found(score("Ferencvarosi", "Arsenal"), ours) == "e"
    assert found(score("Arsenal", "Ferencvarosi"), ours) == "unsure"


def test_names_only_similar_on_both_sides_are_not_enough() -> None:
    assert found(score("Michigan", "Duke", "basketball_ncaab"), _college("Michigan Wolverines", "Duke")) == "e"
    both = _college("Michigan Wolverines", "Duke Blue Devils")
    assert found(score("Michigan", "Duke", "basketball_ncaab"), both) == "unsure"
    ohio = _college("Michigan State Spartans", "Ohio State Buckeyes")
    assert found(score("Michigan", "Ohio", "basketball_ncaab"), ohio) == "none"


def _college(home: str, away: str) -> Event:
    return event(home, away, "basketball_ncaab", key="e")


def test_a_similar_name_needs_a_margin_to_the_next() -> None:
    ours = event("Hapoel Haifa", "Arsenal", key="e")
    rival = event("Hapoel Hadera", "Chelsea", key="r")
    assert found(score("Hapoel", "Arsenal"), ours) == "e"
    assert found(score("Hapoel", "Arsenal"), ours, rival) == "unsure"


def test_an_unknown_name_beside_a_team_that_plays_then_is_asked_about() -> None:
    assert found(score("Citizens", "Arsenal"), CITY) == "unsure"
    assert found(score("Citizens", "Arsenal", hours=5), CITY) == "none"
    assert found(score("Manchester City Women", "Arsenal Women"), CITY) == "none"


class TestDoubleHeader:
    MLB = "baseball_mlb"
    FIRST = event("New York Yankees", "Boston Red Sox", MLB, key="first")
    SECOND = event("New York Yankees", "Boston Red Sox", MLB, hours=4, key="second")

    def told(self, hours: float, **more: Any) -> Score:
        return score("New York Yankees", "Boston Red Sox", self.MLB, hours=hours, **more)

    @pytest.mark.parametrize(("hours", "which"), [(0, "first"), (0.5, "first"), (4, "second"), (4.9, "second")])
    def test_the_start_tells_which_game_it_was(self, hours: float, which: str) -> None:
        assert found(self.told(hours), self.FIRST, self.SECOND) == which
        assert found(self.told(hours), self.SECOND, self.FIRST) == which

    @pytest.mark.parametrize("hours", [2, -3, 7])
    def test_a_start_in_between_is_unsure(self, hours: float) -> None:
        assert found(self.told(hours), self.FIRST, self.SECOND) == "unsure"

    def test_a_result_of_the_game_we_do_not_have_settles_nothing(self) -> None:
        assert found(self.told(4), self.FIRST) == "unsure"

    def test_two_games_announced_for_one_time_are_unsure(self) -> None:
        placeholder = event("New York Yankees", "Boston Red Sox", self.MLB, hours=0.1, key="second")
        assert found(self.told(0), self.FIRST, placeholder) == "unsure"

    def test_two_results_never_meet_in_one_event(self) -> None:
        outcomes = match_all([self.told(0, event_id="g1"), self.told(0.1, event_id="g2")], [self.FIRST], ALIASES)
        assert all(isinstance(each.outcome, Unsure) for each in outcomes)
        alone = match_all(
            [self.told(0, event_id="g1"), self.told(4, event_id="g2")], [self.FIRST, self.SECOND], ALIASES
        )
        assert [each.outcome.event.id for each in alone if isinstance(each.outcome, Matched)] == ["first", "second"]


def test_two_events_of_one_pairing_are_unsure_elsewhere() -> None:
    again = event("Manchester City", "Arsenal", hours=2, key="again")
    assert found(score("Man City", "Arsenal"), CITY, again) == "unsure"


FIXTURES = (
    event("Manchester City", "Arsenal"),
    event("Manchester United", "Chelsea"),
    event("Tottenham Hotspur", "Wolverhampton Wanderers", hours=1),
    event("Los Angeles Lakers", "Boston Celtics", "basketball_nba"),
    event("Los Angeles Clippers", "New York Knicks", "basketball_nba", hours=1),
    event("New York Yankees", "Chicago White Sox", "baseball_mlb"),
    event("New York Mets", "Chicago Cubs", "baseball_mlb", hours=2),
    event("Michigan Wolverines", "Duke Blue Devils", "basketball_ncaab"),
    event("Hapoel Haifa", "Sydney FC", "soccer_uefa_champs_league"),
)
NAMES = sorted(
    {name for it in FIXTURES for name in (it.home_team or "", it.away_team or "")}
    | {"Man City", "Man United", "Wolves", "Spurs", "Manchester", "LA Lakers", "New York", "Chicago", "Michigan"}
    | {"Duke", "Hapoel", "Sydney", "Western Sydney Wanderers", "Michigan State Spartans", "Chelsea U21", "Yankees"}
)
SPORTS = sorted({it.sport_key for it in FIXTURES})


@st.composite
def scores(draw: st.DrawFn) -> Score:
    if draw(st.booleans()):
        base = draw(st.sampled_from(FIXTURES))
        hours = (base.commence_time - START) / timedelta(hours=1)
        return score(base.home_team or "", base.away_team or "", base.sport_key, hours=hours)
    home, away = draw(st.sampled_from(NAMES)), draw(st.sampled_from(NAMES))
    return score(home, away, draw(st.sampled_from(SPORTS)), hours=draw(st.sampled_from([0, 1, 2, 4, 24])))


@settings(max_examples=150, deadline=None)
@given(scores(), st.permutations(FIXTURES))
def test_the_order_of_the_candidates_is_of_no_account(told: Score, shuffled: list[Event]) -> None:
    assert match(told, shuffled, ALIASES) == match(told, FIXTURES, ALIASES)


TWINS = {
    "Manchester City": ("Manchester United", "Manchester City Women", "Manchester City U21", "Manchester City B"),
    "Los Angeles Lakers": ("Los Angeles Clippers", "Los Angeles Lakers Women"),
    "New York Yankees": ("New York Mets", "New York Yankees II"),
    "Tottenham Hotspur": ("Tottenham Hotspur Ladies", "Tottenham Hotspur Under 18", "Tottenham United"),
    "Michigan Wolverines": ("Michigan State Spartans", "Western Michigan Broncos"),
    "Hapoel Haifa": ("Maccabi Haifa", "Hapoel Hadera", "Hapoel Haifa Women"),
}


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([it for it in FIXTURES if it.home_team in TWINS]),
    st.integers(0, 3),
    st.booleans(),
    st.sampled_from([0.0, 0.25, 1.0, 20.0]),
)
def test_a_near_twin_never_takes_a_result(real: Event, which: int, swap: bool, hours: float) -> None:
    names = TWINS[real.home_team or ""]
    twin_name, away = names[which % len(names)], real.away_team or ""
    sides = (away, twin_name) if swap else (twin_name, away)
    twin = Event("twin", real.sport_key, "", real.commence_time + timedelta(hours=hours), *sides)
    told = score(real.home_team or "", away, real.sport_key, hours=(real.commence_time - START) / timedelta(hours=1))
    assert found(told, real) == real.id
    assert found(told, real, twin) in (real.id, "unsure")
    assert found(told, twin) in ("unsure", "none")


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40), st.text(max_size=40), st.sampled_from([*SPORTS, "tennis_atp_x", ""]))
def test_any_text_is_a_name_and_comparing_is_symmetric(one: str, other: str, sport: str) -> None:
    assert TEAM_TABLE.compare(one, other, sport) == TEAM_TABLE.compare(other, one, sport)
    expected = Likeness.SAME if read_name(one, sport).words else Likeness.OTHER
    assert TEAM_TABLE.compare(one, one, sport).likeness is expected


TEAM_TABLE = TeamNames()


class TestAgreement:
    def of(self, source: str, home: int | None = 2, away: int | None = 1, **more: Any) -> Score:
        plain = {"event_id": "e", "source": source, "home_score": home, "away_score": away}
        return score("Manchester City", "Arsenal", **(plain | more))

    def hockey(self, source: str, **more: Any) -> Score:
        return msgspec.structs.replace(self.of(source, includes_overtime=True, **more), sport_key="icehockey_nhl")

    def off(self, source: str, status: ScoreStatus) -> Score:
        return self.of(source, None, None, completed=False, status=status)

    def test_feeds_that_say_the_same_are_all_named_and_the_first_in_order_counts(self) -> None:
        verdict = agree([self.of("b"), self.of("c"), self.of("a")], ("c", "a"))
        assert isinstance(verdict, Agreed)
        assert verdict.score.source == "c"
        assert verdict.sources == ("c", "a", "b")

    def test_a_disagreement_names_both(self) -> None:
        verdict = agree([self.of("espn"), self.of("other", 1, 1)], ("espn",))
        assert isinstance(verdict, Disagreed)
        assert verdict.reason == "espn says 2-1, but other says 1-1: settle it by hand"

    def test_the_last_word_of_a_feed_counts(self) -> None:
        assert isinstance(agree([self.of("a", 0, 0), self.of("b"), self.of("a")]), Agreed)

    def test_a_feed_that_is_behind_contradicts_nobody(self) -> None:
        playing = self.of("b", 1, 1, completed=False, status=ScoreStatus.IN_PLAY)
        assert isinstance(agree([playing, self.of("a")]), Agreed)
        assert isinstance(agree([self.off("b", ScoreStatus.SUSPENDED), self.of("a")]), Agreed)

    @pytest.mark.parametrize("status", [ScoreStatus.POSTPONED, ScoreStatus.CANCELLED, ScoreStatus.ABANDONED])
    def test_a_called_off_game_contradicts_a_final_score(self, status: ScoreStatus) -> None:
        assert isinstance(agree([self.of("a"), self.off("b", status)]), Disagreed)
        alone = agree([self.off("b", status)])
        assert isinstance(alone, NotPlayed)
        assert alone.status is status

    def test_extra_time_counted_by_one_feed_only_is_no_disagreement(self) -> None:
        ninety = self.of("a", 1, 1, includes_overtime=False)
        with_extra = self.of("b", 2, 1, includes_overtime=True, home_regulation=1, away_regulation=1)
        assert isinstance(agree([ninety, with_extra]), Agreed)
        unknown = self.of("b", 2, 1, includes_overtime=None)
        assert isinstance(agree([ninety, unknown]), Disagreed)
        assert isinstance(agree([self.of("a", 1, 0), with_extra]), Disagreed)

    def test_the_regulation_score_is_taken_from_who_has_it(self) -> None:
        told = self.hockey("b", home_regulation=1, away_regulation=1)
        verdict = agree([self.hockey("a"), told], ("a", "b"))
        assert isinstance(verdict, Agreed)
        assert (verdict.score.source, verdict.score.home_regulation, verdict.score.away_regulation) == ("a", 1, 1)

    def test_nothing_final_is_no_result_yet(self) -> None:
        assert isinstance(agree([]), NoResultYet)
        assert isinstance(agree([self.of("a", None, None)]), NoResultYet)


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / "football_data_co_uk" / name).open(encoding="utf-8-sig", errors="replace") as lines:
        return list(csv.DictReader(lines))


def _of_row(row: dict[str, str], sport: str) -> Score:
    """A result of a file that names days only: noon of the day."""
    noon = datetime.strptime(row["Date"] + " 12:00 +0000", "%d/%m/%Y %H:%M %z")
    told = score(row["HomeTeam"], row["AwayTeam"], sport, home_score=int(row["FTHG"]), away_score=int(row["FTAG"]))
    return msgspec.structs.replace(told, commence_time=noon)


def _events(name: str) -> list[Event]:
    folder = DATA / "the_odds_api/snapshot_2026-04-16/json_rebuilt"
    return [_event(row) for row in json.loads((folder / name).read_text())]


def _event(row: dict[str, str]) -> Event:
    start = datetime.fromisoformat(row["commence_time"])
    return Event(row["id"], row["sport_key"], "", start, row["home_team"], row["away_team"])


@recorded
def test_all_20_events_of_the_snapshot_have_their_result_and_no_other() -> None:
    events = _events("soccer_epl.odds.json")
    results = [_of_row(row, EPL) for row in _rows("E0_2526_full_results_B365only.csv")]
    outcomes = match_all(results, events, ALIASES)
    matched = {each.score.event_id: each.outcome for each in outcomes if isinstance(each.outcome, Matched)}
    assert len({it.event.id for it in matched.values()}) == len(matched) == 20
    assert not any(it.swapped for it in matched.values())
    bare = match_all(results, events, Aliases(teams=TeamNames(teams={})))
    similar = {each.score.event_id: each.outcome for each in bare if isinstance(each.outcome, Matched)}
    assert similar, "similar names are enough for some"
    assert all(matched[key].event == it.event for key, it in similar.items())


@recorded
def test_nine_fixtures_of_one_file_are_results_in_the_other() -> None:
    named = []
    for number, row in enumerate(_rows("fixtures_2025-09-23.csv")):
        told = _of_row(row | {"FTHG": "0", "FTAG": "0"}, "soccer_" + row["Div"])
        named.append(Event(f"{number}", told.sport_key, "", told.commence_time, told.home_team, told.away_team))
    results = [_of_row(row, "soccer_SP1") for row in _rows("SP1_2526_to-2025-12-21.csv")]
    matched = [each for each in match_all(results, named, ALIASES) if isinstance(each.outcome, Matched)]
    assert len(matched) == 9


@recorded
def test_kalshis_two_games_are_the_right_ones_among_all_wnba_games() -> None:
    with (DATA / "the_odds_api/wnba_nhl_snapshots_2026-02-24_to_07-18.csv").open() as lines:
        last = {row["game_id"]: row for row in csv.DictReader(lines) if row["sport"] == "WNBA"}
    events = [
        _event({"id": key, "sport_key": "basketball_wnba", **_only(row, "commence_time", "home_team", "away_team")})
        for key, row in last.items()
    ]
    games = {}
    for market in json.loads((DATA / "kalshi/wnba_kalshi_markets.json").read_text())["markets"]:
        away, home = market["title"].removesuffix(" winner?").split(" vs ")
        # A game ends about three hours after it began: the only time such a market gives.
        end = datetime.fromisoformat(market["expected_expiration_time"])
        hours = (end - timedelta(hours=3) - START) / timedelta(hours=1)
        games[market["event_ticker"]] = score(home, away, "basketball_wnba", hours=hours)
    teams = {}
    for ticker, game in games.items():
        outcome = match(game, events, ALIASES)
        if isinstance(outcome, Matched):
            teams[ticker] = (outcome.event.home_team, outcome.event.away_team, outcome.event.commence_time.day)
    assert sorted(teams.values()) == [("Phoenix Mercury", "Indiana Fever", 10), ("Portland Fire", "Las Vegas Aces", 10)]


def _only(row: dict[str, str], *names: str) -> dict[str, str]:
    return {name: row[name] for name in names}


@recorded
def test_espns_games_are_the_same_pairings_on_other_days() -> None:
    with (DATA / "the_odds_api/wnba_nhl_snapshots_2026-02-24_to_07-18.csv").open() as lines:
        rows = list(csv.DictReader(lines))
    sports = {"WNBA": "basketball_wnba", "NHL": "icehockey_nhl"}
    events = [
        _event(
            {"id": row["game_id"], "sport_key": sports[row["sport"]]}
            | _only(row, "commence_time", "home_team", "away_team")
        )
        for row in {row["game_id"]: row for row in rows}.values()
    ] + _events("basketball_nba.odds.json")
    told = []
    for path in (DATA / "espn").glob("espn_scoreboard*.json"):
        sport = "basketball_nba" if "nba.json" in path.name else "basketball_wnba"
        for game in json.loads(path.read_text())["events"]:
            sides = {it["homeAway"]: it["team"]["displayName"] for it in game["competitions"][0]["competitors"]}
            hours = (datetime.fromisoformat(game["date"]) - START) / timedelta(hours=1)
            told.append(score(sides["home"], sides["away"], sport, hours=hours))
    assert len(told) == 5
    assert [found(it, *events) for it in told] == ["none"] * 5
    pairings = {frozenset((it.home_team, it.away_team)) for it in events}
    assert any(frozenset((it.home_team, it.away_team)) in pairings for it in told)


@recorded
def test_nothing_matches_across_sports_or_days() -> None:
    files = [path.name for path in (DATA / "the_odds_api/snapshot_2026-04-16/json_rebuilt").glob("*.odds.json")]
    events = [it for name in files for it in _events(name) if it.home_team and it.away_team]
    assert len(events) > 100
    for it in events:
        hours = (it.commence_time - START) / timedelta(hours=1)
        own = match(score(it.home_team or "", it.away_team or "", it.sport_key, hours=hours), events, ALIASES)
        assert isinstance(own, Matched)
        assert own.event == it
    for it, (sport, hours) in product(events, [("soccer_x", 0.0), ("basketball_x", 0.0), ("", 24.0 * 40)]):
        away = (it.commence_time - START) / timedelta(hours=1) + hours
        told = score(it.home_team or "", it.away_team or "", sport or it.sport_key, hours=away)
        assert match(told, events, ALIASES) is None
