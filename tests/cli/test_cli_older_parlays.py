"""Parlays of older files: settled by their legs, else by the money they paid; a guess is left out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_kit import Cli, Ran

Row = dict[str, object]
LEGS: list[Row] = [
    {"game_id": "g1", "home_team": "Lakers", "away_team": "Heat", "sport": "basketball_nba", "market": "h2h",
     "selection": "Lakers", "odds": 150},
    {"game_id": "g2", "home_team": "Knicks", "away_team": "Nets", "sport": "basketball_nba", "market": "totals",
     "selection": "Over", "point": 220.5, "odds": -110},
]  # fmt: skip
FULL = 377.27  # 100 at 5/2 x 21/11 wins this much.


def legs(*results: str | None) -> list[Row]:
    return [{**leg, "result": result} for leg, result in zip(LEGS, results, strict=True)]


def bring(cli: Cli, folder: Path, **told: object) -> Ran:
    row = {"id": "P1", "type": "parlay", "stake": 100, "sportsbook": "fanduel", "placed_at": "2026-01-01T10:00:00Z",
           "settled_at": "2026-01-02T10:00:00Z", "legs": LEGS, **told}  # fmt: skip
    file = folder / "older.json"
    file.write_text(json.dumps({"bets": [row]}), encoding="utf-8")
    return cli("import", str(file), "--format", "json")


def bet(cli: Cli) -> Row:
    (found,) = cli("bets", "list", "--format", "json").json()
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize(
    ("told", "result", "profit", "of_legs"),
    [
        ({"status": "won", "profit": FULL}, "win", 37727, ["win", "win"]),
        ({"status": "won", "profit": FULL + 0.01}, "win", 37727, ["win", "win"]),
        ({"status": "won", "profit": 150}, "win", 15000, [None, None]),
        ({"status": "won", "profit": 91.37}, "win", 9137, [None, None]),
        ({"status": "won", "profit": 150, "funding": "free"}, "win", 15000, [None, None]),
        ({"status": "half_lost", "profit": -12.5}, "half_loss", -1250, [None, None]),
        ({"status": "lost"}, "loss", -10000, [None, None]),
        ({"status": "lost", "legs": legs("lost", None)}, "loss", -10000, ["loss", None]),
        ({"status": "void"}, "void", 0, [None, None]),
        ({"status": "push", "profit": 0}, "push", 0, [None, None]),
        ({"status": "won", "legs": legs("won", "void")}, "win", 15000, ["win", "void"]),
        ({"status": "won", "legs": legs("half_won", "won")}, "win", 23409, ["half_win", "win"]),
        ({"status": "won", "profit": 150, "legs": legs("won", None)}, "win", 15000, ["win", None]),
        ({"status": "void", "legs": legs("won", "won")}, "void", 0, ["win", "win"]),
    ],
)
def test_it_is_settled_to_the_cent(
    cli: Cli, tmp_path: Path, told: Row, result: str, profit: int, of_legs: list[str | None]
) -> None:
    ran = bring(cli, tmp_path, **told)
    assert (ran.code, ran.json()["problems"]) == (0, [])
    found = bet(cli)
    assert (found["state"], found["result"], found["profit_minor"]) == ("settled", result, profit)
    assert [leg["result"] for leg in cli("bets", "show", "1", "--format", "json").json()["legs"]] == of_legs
    assert cli("ledger", "verify").code == 0
    again = bring(cli, tmp_path, **told).json()
    assert (again["added"], again["unchanged"], again["problems"]) == (0, 1, [])


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"status": "won"}, "neither its profit nor the result of every leg"),
        ({"status": "won", "legs": legs("won", None)}, "neither its profit nor the result of every leg"),
        ({"status": "won", "profit": -5}, "won with a profit of -5.00: one of them is wrong"),
        ({"status": "half_lost", "profit": 5}, "one of them is wrong"),
        ({"status": "half_lost", "profit": -150}, "one of them is wrong"),
        ({"status": "won", "legs": legs("won", "lost")}, "one of its legs is lost"),
        ({"status": "won", "legs": legs("won", "perhaps")}, "leg 2: its status 'perhaps' is not known"),
    ],
)
def test_what_could_only_be_guessed_is_left_out_with_the_reason(cli: Cli, tmp_path: Path, told: Row, why: str) -> None:
    ran = bring(cli, tmp_path, **told)
    assert ran.code == 1
    (problem,) = ran.json()["problems"]
    assert problem.startswith("P1: ")
    assert why in problem.replace("told as win", "won")
    assert cli("bets", "list", "--format", "json").json() == []


def test_legs_that_are_over_stay_so_in_one_that_is_open(cli: Cli, tmp_path: Path) -> None:
    assert bring(cli, tmp_path, status="pending", legs=legs("won", None)).code == 0
    assert bet(cli)["state"] == "pending"
    done = cli("bets", "settle", "1", "--leg", "2", "--result", "win", "--format", "json").json()
    assert done["profit_minor"] == 37727


def test_what_is_exported_comes_back_the_same(cli: Cli, tmp_path: Path) -> None:
    bring(cli, tmp_path, status="won", legs=legs("half_won", "won"))
    file = tmp_path / "state.json"
    file.write_text(cli("export", "state").out, encoding="utf-8")
    cli("account", "create", "copy")
    ran = cli("import", str(file), "--account", "copy", "--format", "json")
    assert (ran.code, ran.json()["problems"]) == (0, [])
    (copied,) = cli("bets", "list", "--account", "copy", "--format", "json").json()
    assert (copied["result"], copied["profit_minor"]) == ("win", 23409)
