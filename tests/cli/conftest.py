"""Running the command line in this process, in a home of its own."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from cli_kit import Cli, Ran

from betting_tui.__main__ import main

# Payload helpers, recorded rows and the server that speaks The Odds API are kept with the tests of the engine.
for _folder in ("engine", "engine/sources"):
    sys.path.append(str(Path(__file__).parents[1] / _folder))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home: no settings, no ledger, no key, nothing of the person who runs the tests."""
    for name in list(os.environ):
        if name.startswith("BETTING_TUI__") or name in ("THE_ODDS_API_KEY", "TRADING_MODE"):
            monkeypatch.delenv(name)
    for name in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    return tmp_path


@pytest.fixture
def cli(home: Path, capsys: pytest.CaptureFixture[str]) -> Cli:
    """`cli("bets", "list")` runs that command and gives back exit code, stdout and stderr."""
    del home

    def run(*arguments: str) -> Ran:
        capsys.readouterr()
        code = main(arguments)
        said = capsys.readouterr()
        return Ran(code, said.out, said.err)

    return run
