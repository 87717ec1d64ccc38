"""`config`: the four commands, on files a person would have."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_kit import Cli

from betting_tui.engine.config import all_keys

SECRET = "c0ffee00c0ffee00c0ffee00c0ffee00"


def test_path_names_the_file_that_is_read(cli: Cli, home: Path) -> None:
    assert "config.yaml" in cli("config", "path").out
    assert cli("config", "path", "--config", str(home / "other.yaml")).out.strip() == str(home / "other.yaml")


def test_init_then_check_then_init_again(cli: Cli, home: Path) -> None:
    path = str(home / "mine" / "config.yaml")
    assert cli("--config", path, "config", "init").code == 0
    assert "is fine" in cli("--config", path, "config", "check").out
    again = cli("--config", path, "config", "init")
    assert (again.code, again.out) == (2, "")
    assert "exists already" in again.err


def test_init_writes_where_the_program_looks(cli: Cli) -> None:
    assert cli("config", "init").code == 0
    assert "is fine" in cli("config", "check").out


def test_check_tells_every_mistake_on_stderr(cli: Cli, home: Path) -> None:
    path = home / "config.yaml"
    path.write_text("log:\n  level: loud\nui: {day_starts_at: 12:30}\n")
    ran = cli("config", "check", "--config", str(path))
    assert (ran.code, ran.out) == (2, "")
    assert "2 problems" in ran.err
    assert "line 2: log.level" in ran.err
    assert "line 3: ui.day_starts_at" in ran.err


def test_check_names_a_league_that_the_football_feed_does_not_have(cli: Cli, home: Path) -> None:
    path = home / "config.yaml"
    path.write_text("data_sources:\n  football_data: {sports: [soccer_epl, nba]}\n")
    ran = cli("config", "check", "--config", str(path))
    assert (ran.code, ran.out) == (2, "")
    assert "line 2: data_sources.football_data.sports names 'nba'" in ran.err


def test_without_a_file_the_defaults_are_in_force(cli: Cli) -> None:
    ran = cli("config", "check")
    assert ran.code == 0
    assert "the defaults are in force" in ran.out


@pytest.mark.parametrize("format_", ["table", "json", "csv"])
def test_show_hides_the_key_and_names_the_origin(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, format_: str, home: Path
) -> None:
    monkeypatch.setenv("THE_ODDS_API_KEY", SECRET)
    monkeypatch.setenv("BETTING_TUI__UI__ODDS_FORMAT", "decimal")
    ran = cli("config", "show", "--format", format_, "--log-level", "debug")
    assert ran.code == 0
    assert SECRET not in ran.out + ran.err
    assert "set (hidden)" in ran.out
    assert "THE_ODDS_API_KEY" in ran.out
    assert "BETTING_TUI__UI__ODDS_FORMAT" in ran.out
    assert "--log-level" in ran.out


def test_show_lists_every_key(cli: Cli) -> None:
    shown = cli("config", "show", "--format", "json").json()
    assert tuple(entry["key"] for entry in shown) == all_keys()


def test_a_named_file_that_is_missing_is_said(cli: Cli, home: Path) -> None:
    ran = cli("config", "show", "--config", str(home / "no.yaml"))
    assert ran.code == 2
    assert "does not exist" in ran.err


def test_a_dotenv_in_the_current_directory_is_listed_and_its_key_stays_hidden(
    cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(home)
    dotenv = home / ".env"
    dotenv.write_text(f"THE_ODDS_API_KEY={SECRET}\nBETTING_TUI__API_KEYS__THESPORTSDB=5f3a9c1d77\n")
    dotenv.chmod(0o600)
    assert cli("config", "path").out.splitlines()[1:] == [str(dotenv)]
    ran = cli("config", "show", "--format", "csv")
    assert f'api_keys.the_odds_api,set (hidden),"{dotenv}, line 1"' in ran.out
    assert SECRET not in ran.out + ran.err
    assert "5f3a9c1d77" not in ran.out + ran.err
    dotenv.write_text(f"BETTING_TUI__UI__ODDS_FORMAT={SECRET}\nTHE_ODDS_API_KEY={SECRET}\n")
    ran = cli("config", "check")
    assert ran.code == 2
    assert f"{dotenv}, line 1" in ran.err
    assert SECRET not in ran.err


def test_a_dotenv_of_something_else_is_not_listed(cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    (home / ".env").write_text("DATABASE_URL=x\n")
    assert len(cli("config", "path").out.splitlines()) == 1
    assert cli("config", "check").err == ""
