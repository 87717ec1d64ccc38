"""What README and docs/ tell people to type works, and every picture and page they name is there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from cli_kit import Cli

from betting_tui.engine.config import load_settings

ROOT = Path(__file__).parents[1]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
ANSWER = """[{"id": "401", "sport_key": "basketball_nba", "sport_title": "NBA", "commence_time": "2026-04-18T18:00:00Z",
"home_team": "Lakers", "away_team": "Celtics", "bookmakers": [{"key": "pinnacle", "title": "Pinnacle", "last_update":
"2026-04-18T12:00:00Z", "markets": [{"key": "h2h", "last_update": "2026-04-18T12:00:00Z", "outcomes":
[{"name": "Lakers", "price": -110}, {"name": "Celtics", "price": -110}]}]}, {"key": "fanduel", "title": "FanDuel",
"last_update": "2026-04-18T12:00:00Z", "markets": [{"key": "h2h", "last_update": "2026-04-18T12:00:00Z", "outcomes":
[{"name": "Lakers", "price": 120}, {"name": "Celtics", "price": -150}]}]}]}]"""
SCORES = """[{"id": "401", "sport_key": "basketball_nba", "sport_title": "NBA", "commence_time": "2026-04-18T18:00:00Z",
"completed": true, "home_team": "Lakers", "away_team": "Celtics", "last_update": "2026-04-18T21:00:00Z",
"scores": [{"name": "Celtics", "score": "99"}, {"name": "Lakers", "score": "104"}]}]"""
SEASON = "Div,Date,Time,HomeTeam,AwayTeam,FTHG,FTAG,FTR\nE0,17/04/2026,20:00,Arsenal,Fulham,2,1,H\n"
SCOREBOARD = """{"events": [{"id": "77", "date": "2026-04-18T18:00Z", "competitions": [{"date": "2026-04-18T18:00Z",
"status": {"period": 4, "type": {"name": "STATUS_FINAL", "state": "post", "completed": true}}, "competitors":
[{"homeAway": "away", "score": "99", "team": {"displayName": "Celtics"}},
{"homeAway": "home", "score": "104", "team": {"displayName": "Lakers"}}]}]}]}"""
BASKET = "event,market,selection,bookmaker,odds,stake\n403,h2h,Celtics,betmgm,+105,20\n"
STATE = """{"bankroll": 10000.0, "starting_bankroll": 10000.0, "bet_counter": 0, "bets": [],
"last_updated": "2026-04-18T12:00:00Z"}"""

FILES = {
    "odds.json": ANSWER,
    "scores.json": SCORES,
    "E0.csv": SEASON,
    "scoreboard.json": SCOREBOARD,
    "basket.csv": BASKET,
    "state.json": STATE,
}


def commands() -> list[str]:
    """Every `betting-tui …` line in a code block that ends by itself."""
    found: list[str] = []
    for page in PAGES:
        for block in re.findall(r"```\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
            lines = (line.partition("  #")[0].strip() for line in block.splitlines())
            found += [line for line in lines if line.startswith("betting-tui ") and "--demo" not in line]
    return found


def test_there_are_commands_to_try() -> None:
    assert len(commands()) > 12


def test_every_command_shown_works(cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    for name, text in FILES.items():
        Path(name).write_text(text, encoding="utf-8")
    for command in commands():
        ran = cli(*shlex.split(command.replace(" ID ", " 401 "))[1:])
        assert ran.code == 0, f"{command}: {ran.err}"


def test_the_sample_settings_load(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    (sample,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    path = tmp_path / "config.yaml"
    path.write_text(sample, encoding="utf-8")
    loaded = load_settings(path, environment={})
    assert loaded.settings.api_keys.the_odds_api is None, "a placeholder is no key"
    assert loaded.settings.notifications.high_value_threshold == 0.10


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_named_is_there(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target
