"""Whatever the umask, nobody else reads what the program writes: files 0600, directories 0700."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from fault_table import Figures

pytestmark = [pytest.mark.faults, pytest.mark.skipif(os.name != "posix", reason="rights are kept otherwise there")]
BET = (
    "bets place --event e1 --market h2h --selection Home --bookmaker fanduel --odds +150 --stake 10"
    " --home Home --away Away --commence 2030-01-01T00:00:00Z --sport basketball_nba --key k1"
)


class Program:
    """The program as a user runs it, in a home of its own, under one umask."""

    def __init__(self, home: Path, umask: int) -> None:
        self.home = home
        self.umask = umask
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("BETTING_TUI__")},
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home / "config"),
            "XDG_DATA_HOME": str(home / "share"),
            "XDG_STATE_HOME": str(home / "state"),
            "XDG_CACHE_HOME": str(home / "cache"),
        }

    def started(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "betting_tui", *arguments],
            env=self.environment,
            umask=self.umask,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str) -> None:
        process = self.started(*arguments)
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, (arguments, errors)

    def too_open(self) -> list[str]:
        """Files and directories others may look into, with their rights."""
        found = []
        for path in self.home.rglob("*"):
            facts = path.lstat()
            wanted = 0o700 if stat.S_ISDIR(facts.st_mode) else 0o600
            if stat.S_IMODE(facts.st_mode) != wanted:
                found.append(f"{path.relative_to(self.home)} {stat.S_IMODE(facts.st_mode):o}")
        return found

    def written(self) -> set[str]:
        return {path.name for path in self.home.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "umask",
    [
        pytest.param(0o000, id="000"),
        pytest.param(0o022, id="022", marks=pytest.mark.long),
        pytest.param(0o077, id="077", marks=pytest.mark.long),
    ],
)
def test_nobody_else_reads_it(tmp_path: Path, figure: Figures, umask: int) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    home.chmod(0o700)
    program = Program(home, umask)
    program.run("config", "init")
    program.run(*BET.split())
    program.run("ledger", "backup")
    running = program.started("--demo", "live")
    try:
        assert running.stderr is not None
        assert "Running on simulated" in running.stderr.readline()
        while_running = program.too_open()
        seen = program.written()
    finally:
        running.send_signal(signal.SIGTERM)
        running.communicate(timeout=30)
    seen |= program.written()
    too_open = sorted({*while_running, *program.too_open()})
    figure(
        f"umask {umask:03o}", "files 0600, directories 0700", f"{len(seen)} kinds of files, {len(too_open)} too open"
    )
    assert too_open == []
    assert {"ledger.db", "odds.db", "config.yaml", "engine.lock"} <= seen
    assert any(name.endswith(".log") for name in seen)
    assert any(name.startswith("ledger-") for name in seen), "no backup was made"
