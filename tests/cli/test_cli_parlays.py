"""`bets place --leg …`, and bets that wait for a person, as a script uses them."""

from __future__ import annotations

import csv
import io
from fractions import Fraction
from pathlib import Path

import pytest
from cli_kit import Cli, Ran

LAKERS, LEEDS = "nba-1,h2h,Lakers,+150", "epl-1,totals,Over,2.5,1.91"
KNICKS = "nba-2,h2h,Knicks,-110"
LATER = "2199-01-01T00:00:00Z"


def parlay(cli: Cli, *legs: str, more: tuple[str, ...] = (), stake: str = "100") -> Ran:
    told = [part for leg in legs for part in ("--leg", leg)]
    return cli("bets", "place", *told, "--bookmaker", "fanduel", "--stake", stake, *more, "--format", "json")


def known_game(
    cli: Cli, event: str = "nba-1", home: str = "Lakers", away: str = "Celtics", start: str = "2026-01-01T00:00:00Z"
) -> None:
    """A single bet tells the ledger who plays."""
    cli(
        "bets", "place", "--event", event, "--home", home, "--away", away, "--sport", "basketball_nba", "--market",
        "h2h", "--selection", home, "--bookmaker", "fanduel", "--odds", "2", "--stake", "1", "--commence",
        start, "--at", "2025-12-31T00:00:00Z",
    )  # fmt: skip


def test_several_legs_are_one_bet_of_one_stake(cli: Cli) -> None:
    bet = parlay(cli, LAKERS, KNICKS, LEEDS).json()
    assert (bet["id"], bet["kind"], bet["stake_minor"], bet["pick"]) == ("BET-000001", "parlay", 10_000, "3 legs")
    assert (bet["origin"], bet["evidence"]) == ("manual", "none")
    exact = Fraction(5, 2) * Fraction(21, 11) * Fraction("1.91")
    assert 1 + Fraction(bet["price"]) == exact
    assert bet["price_decimal"] == pytest.approx(float(exact))
    assert [(leg["selection"], leg["point"], leg["price"]) for leg in bet["legs"]] == [
        ("Lakers", None, "+150"), ("Knicks", None, "-110"), ("Over", 2.5, "1.91"),
    ]  # fmt: skip
    account = cli("account", "list", "--format", "json").json()[0]
    assert account["available_minor"] == 990_000


def test_the_list_has_one_line_for_it_and_show_tells_every_leg(cli: Cli) -> None:
    parlay(cli, LAKERS, LEEDS)
    listed = cli("bets", "list").out
    assert listed.count("BET-") == 1
    assert "2 legs" in listed
    shown = cli("bets", "show", "1").out
    assert "Lakers +150 & Over 2.5 1.91" in shown
    assert "Leg 1" in shown
    assert "Leg 2" in shown
    assert "no feed has said anything of it" in shown
    assert "win 477.50" in shown


def test_exports_tell_the_legs(cli: Cli, tmp_path: Path) -> None:
    parlay(cli, LAKERS, LEEDS)
    (whole,) = cli("export", "bets", "--format", "json").json()
    assert [leg["selection"] for leg in whole["legs"]] == ["Lakers", "Over"]
    (row,) = csv.DictReader(io.StringIO(cli("export", "bets", "--format", "csv").out))
    assert row["legs"] == "Lakers +150 & Over 2.5 1.91"
    state = cli("export", "state").out
    file = tmp_path / "state.json"
    file.write_text(state, encoding="utf-8")
    assert cli("import", str(file)).code == 0
    assert len(cli("bets", "list", "--format", "json").json()) == 1, "twice changes nothing"


def test_the_same_key_records_once_and_another_parlay_under_it_is_refused(cli: Cli) -> None:
    key = ("--key", "mine")
    assert parlay(cli, LAKERS, LEEDS, more=key).code == 0
    again = parlay(cli, LAKERS, LEEDS, more=key)
    assert again.json()["id"] == "BET-000001"
    assert "already recorded" in again.err
    other = parlay(cli, LAKERS, KNICKS, more=key)
    assert other.code == 1
    assert other.json()["refused"] == "duplicate"
    assert len(cli("bets", "list", "--format", "json").json()) == 1


@pytest.mark.parametrize(
    ("legs", "told"),
    [
        ((LAKERS,), "2 to 12 legs"),
        ((LAKERS, "nba-1,totals,Over,220.5,-110"), "two legs are on"),
        (tuple(f"e{number},h2h,A,1.5" for number in range(13)), "13 legs"),
    ],
    ids=["one leg", "one event twice", "thirteen"],
)
def test_what_is_no_parlay_is_refused_in_words(cli: Cli, legs: tuple[str, ...], told: str) -> None:
    ran = parlay(cli, *legs)
    assert ran.code == 1
    assert ran.json()["refused"] == "unsupported"
    assert told in ran.err


@pytest.mark.parametrize(
    ("leg", "told"),
    [
        ("nba-1,h2h", "is not EVENT,MARKET,SELECTION[,LINE],ODDS"),
        ("nba-1,h2h,Lakers,", "is not EVENT"),
        ("nba-1,totals,Over,many,-110", "the line 'many' is not a number"),
        ("nba-1,h2h,Lakers,0.5", "--leg 2"),
        ("nba-1,nonsense,Lakers,+150", "--leg 2"),
        ("nba-1,spreads,Lakers,-3.5,-110", "--leg 2"),
        ("nba-1,totals,Over,220.3,-110", "--leg 2"),
    ],
)
def test_a_leg_that_cannot_be_read_is_named(cli: Cli, leg: str, told: str) -> None:
    ran = parlay(cli, LEEDS, leg)
    assert ran.code == 2
    assert told in ran.err
    assert "Traceback" not in ran.err


def test_legs_and_the_flags_of_a_single_bet_do_not_go_together(cli: Cli) -> None:
    ran = parlay(cli, LAKERS, LEEDS, more=("--event", "x", "--odds", "2"))
    assert ran.code == 2
    assert "leave --event, --odds out" in ran.err
    bare = cli("bets", "place", "--leg", LAKERS, "--leg", LEEDS, "--stake", "5")
    assert bare.code == 2
    assert "--bookmaker" in bare.err


def test_a_leg_is_settled_by_hand_and_void_legs_drop_out(cli: Cli) -> None:
    parlay(cli, LAKERS, KNICKS)
    first = cli("bets", "settle", "1", "--leg", "1", "--result", "void", "--format", "json")
    assert first.code == 0, first.err
    assert first.json()["state"] != "settled"
    done = cli("bets", "settle", "1", "--leg", "2", "--result", "win", "--format", "json").json()
    assert (done["result"], done["return_minor"]) == ("win", round(10_000 * Fraction(21, 11)))
    assert [leg["result"] for leg in done["legs"]] == ["void", "win"]
    assert cli("ledger", "verify").code == 0


def test_bets_that_wait_for_a_person_are_listed_with_their_reason_and_shown_with_all_that_is_known(
    cli: Cli, tmp_path: Path
) -> None:
    assert "No bet waits for you." in cli("bets", "list", "--state", "review").out
    known_game(cli)
    results = tmp_path / "results.json"
    results.write_text(
        '{"results": [{"game_id": "nba-1", "home_team": "Heat", "away_team": "Suns", "sport_key": "basketball_nba",'
        ' "home_score": 110, "away_score": 100, "completed": true, "commence_time": "2026-01-01T00:00:00Z"}]}',
        encoding="utf-8",
    )
    cli("import", str(results))
    listed = cli("bets", "list", "--state", "review").out
    assert "BET-000001" in listed
    assert "the result is of Heat against Suns" in " ".join(listed.split())
    (bet,) = cli("bets", "list", "--state", "review", "--format", "json").json()
    assert "the result is of Heat against Suns" in bet["review_reason"]
    review = cli("bets", "show", "1", "--format", "json").json()["review"]
    assert review["reason"] == bet["review_reason"]
    (leg,) = review["legs"]
    assert "overtime counts in two-way bets" in leg["rules_in_words"]
    assert {each["result"]: each["return_minor"] for each in leg["outcomes"]} == {
        "win": 200, "loss": 0, "push": 100, "void": 100, "half_win": 150, "half_loss": 50,
    }  # fmt: skip
    assert cli("bets", "settle", "1", "--result", "win", "--format", "json").json()["return_minor"] == 200
    assert "No bet waits for you." in cli("bets", "list", "--state", "review").out


def test_every_event_of_a_parlay_is_known_by_its_own_teams(cli: Cli) -> None:
    known_game(cli, start=LATER)
    known_game(cli, "nba-2", "Knicks", "Heat", LATER)
    assert parlay(cli, LAKERS, KNICKS).code == 0
    bet = cli(
        "bets", "place", "--event", "nba-2", "--market", "spreads", "--selection", "Heat", "--point", "3.5",
        "--bookmaker", "fanduel", "--odds", "1.9", "--stake", "10", "--format", "json",
    ).json()  # fmt: skip
    assert (bet["event"], bet["pick"]) == ("Heat @ Knicks", "Heat +3.5")
    assert parlay(cli, "nba-2,spreads,Heat,3.5,1.9", "nba-1,spreads,Lakers,-3.5,1.9").code == 0


def test_a_leg_on_a_prop_or_a_teams_total_names_whose_it_is(cli: Cli) -> None:
    game = ("--game", "nba-1,Lakers,Celtics,basketball_nba")
    legs = ("nba-1,player_points,LeBron James Over,25.5,-115", "nba-2,player_double_double,Nikola Jokic Yes,+110")
    bet = parlay(cli, *legs, more=game).json()
    assert [leg["participant"] for leg in bet["legs"]] == ["LeBron James", "Nikola Jokic"]
    assert [leg["selection"] for leg in bet["legs"]] == ["Over", "Yes"]
    again = parlay(cli, "nba-1,team_totals,celtics Under,110.5,+120", "nba-2,h2h,Nuggets,1.5", more=game).json()
    assert again["legs"][0]["participant"] == "Celtics"


@pytest.mark.parametrize(
    ("leg", "told"),
    [
        ("nba-1,player_points,Over,25.5,-115", "--leg 3: player_points needs whose it is before Over"),
        (
            "nba-1,team_totals,Celtics,110.5,2",
            "--leg 3: team_totals, a prop or a team's total, is bet on Over or Under",
        ),
        ("nba-1,team_totals,Heat Over,110.5,2", "--leg 3: 'Heat' does not play in Celtics @ Lakers"),
        ("nba-1,spreads,Lakers,2", "--leg 3: spreads need LINE"),
        ("nba-9,spreads,Lakers,-2,2", "--leg 3: spreads need --game EVENT,HOME,AWAY,SPORT[,START]"),
    ],
)
def test_what_a_leg_lacks_is_said_in_the_words_of_legs(cli: Cli, leg: str, told: str) -> None:
    ran = parlay(
        cli,
        LAKERS,
        LEEDS,
        leg,
        more=("--game", "nba-1,Lakers,Celtics,basketball_nba", "--game", "epl-1,A,B,soccer_epl"),
    )
    assert ran.code == 2
    assert told in ran.err
    assert cli("bets", "list", "--format", "json").json() == []


def test_games_the_ledger_does_not_know_are_told_with_the_legs(cli: Cli) -> None:
    games = (
        "--game",
        f"nba-1,Lakers,Celtics,basketball_nba,{LATER}",
        "--game",
        f'epl-1,Leeds,"A, B",soccer_epl,{LATER}',
    )
    bet = parlay(cli, "nba-1,spreads,Celtics,3.5,-110", LEEDS, more=games).json()
    assert [leg["event"] for leg in bet["legs"]] == ["Celtics @ Lakers", "Leeds v A, B"]
    assert parlay(cli, "nba-1,spreads,Lakers,-3.5,-110", "epl-1,spreads,Leeds,-0.25,1.9").code == 0, "known from now on"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--leg", LAKERS, "--leg", LEEDS, "--game", "nba-1,Lakers"), "is not EVENT,HOME,AWAY,SPORT[,START]"),
        (("--leg", LAKERS, "--leg", LEEDS, "--game", "nba-1,Lakers,Celtics,nba,soon"), "'soon' is not a time"),
        (("--leg", LAKERS, "--leg", LEEDS, "--game", "nba-3,Lakers,Celtics,nba"), "no --leg is on it"),
        (("--leg", LAKERS, "--leg", LEEDS, "--game", "nba-1,Heat,Celtics,nba"), "'Lakers' does not play in"),
        (("--leg", LAKERS, "--leg", LEEDS, "--verify"), "--verify asks feeds by sport"),
        (("--leg", LAKERS, "--leg", LEEDS, "--verify", "--at", "2026-01-01T00:00:00Z"), "leave --at or --verify out"),
        (("--event", "nba-1", "--game", "nba-1,Lakers,Celtics,nba"), "--game goes with --leg"),
    ],
)
def test_games_that_make_no_sense_are_refused(cli: Cli, arguments: tuple[str, ...], told: str) -> None:
    ran = cli("bets", "place", *arguments, "--bookmaker", "fanduel", "--stake", "5")
    assert ran.code == 2
    assert told in ran.err
    assert cli("bets", "list", "--format", "json").json() == []
