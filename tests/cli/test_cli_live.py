"""`live` as a process: it runs, tells, holds the ledger, and stops cleanly however it is told to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli_kit import Cli

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals are a POSIX matter")
Process = subprocess.Popen[str]


@pytest.fixture
def running(home: Path) -> Iterator[Process]:
    """A demo engine that has said that it runs."""
    process = subprocess.Popen(
        [sys.executable, "-m", "betting_tui", "--demo", "--data-dir", str(home / "data"), "live", "--format", "json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        # Tests started in the background ignore Ctrl-C, and what they start would as well.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    assert process.stderr is not None
    assert "Running on simulated" in process.stderr.readline()
    yield process
    process.kill()
    process.communicate()


def test_a_second_engine_is_refused_and_commands_go_on(running: Process, cli: Cli, home: Path) -> None:
    data = ("--demo", "--data-dir", str(home / "data"))
    second = cli(*data, "live")
    assert (second.code, second.out) == (4, "")
    assert f"process {running.pid}" in second.err
    assert cli(*data, "account", "deposit", "5").code == 0
    running.send_signal(signal.SIGTERM)
    _, said = running.communicate(timeout=20)
    assert (running.returncode, said) == (0, "Stopped.\n")
    assert cli(*data, "ledger", "verify").code == 0


@pytest.mark.parametrize("away", ["moved", "deleted", "replaced"])
def test_a_ledger_that_is_no_longer_there_ends_it_in_words(running: Process, home: Path, away: str) -> None:
    ledger = home / "data" / "demo" / "ledger.db"
    match away:
        case "moved":
            ledger.rename(home / "elsewhere.db")
        case "deleted":
            ledger.unlink()
        case _:
            (home / "other.db").write_bytes(ledger.read_bytes())
            (home / "other.db").replace(ledger)
    _, said = running.communicate(timeout=20)
    assert running.returncode == 4
    assert "replaced or deleted under this program" in said
    assert "Traceback" not in said
    assert len(said.splitlines()) == 2, "the line of the log, and the last word"


def test_interrupting_it_is_130_and_silent(running: Process) -> None:
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=20)
    assert (running.returncode, said) == (130, "")


def test_a_strategy_that_does_not_exist_is_wrong_usage(cli: Cli) -> None:
    assert cli("--demo", "live", "--auto", "hunch").code == 2


def test_without_a_feed_there_is_nothing_to_run(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BETTING_TUI__DATA_SOURCES__PRIORITY_ORDER", "the_odds_api")
    ran = cli("live")
    assert (ran.code, ran.out) == (3, "")
