"""A command after a run that broke off: it says so on stderr, never asks, and says it once."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cli_kit import Cli
from test_engine_recovery import run_and_kill

from betting_tui.cli.session import recovery_line
from betting_tui.engine.core.status_views import Recovery

NOW = datetime.now(UTC)


def test_the_first_command_after_a_kill_says_what_was_left_and_the_next_is_silent(cli: Cli, home: Path) -> None:
    # Not the time this file was read at: many tests may have run since.
    run_and_kill(home / "data", datetime.now(UTC) - timedelta(hours=2, minutes=10))
    first = cli("bets", "list", "--format", "json", "--data-dir", str(home / "data"))
    assert (first.code, len(first.json())) == (0, 2)
    assert re.search(
        r"The last run stopped at .*\d\d:\d\d without ending, 2 h 1[01] min ago: 2 open bets kept", first.err
    )
    second = cli("bets", "list", "--format", "json", "--data-dir", str(home / "data"))
    assert (second.out, second.err) == (first.out, "")


def left(**more: object) -> Recovery:
    values = {
        "stopped_at": NOW.replace(hour=14, minute=3), "found_at": NOW.replace(hour=16, minute=13), "account": "main",
        "currency": "USD", "open_bets": 3, "exposure_minor": 3_000, "working_orders": 0, "missed_closes": ("A @ B",),
        "awaited_results": 0, "limit_resets": 0,
    }  # fmt: skip
    return Recovery(**values | more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("found", "line"),
    [
        (left(), "stopped at 14:03 without ending, 2 h 10 min ago: 3 open bets kept, 1 close may be missing."),
        (left(open_bets=1, missed_closes=()), "2 h 10 min ago: 1 open bet kept."),
        (left(working_orders=2, missed_closes=(), awaited_results=1),
         "3 open bets kept, 2 orders still waiting, 1 result awaited."),
        (left(stopped_at=datetime(2026, 1, 1, 9, tzinfo=UTC)), "stopped at 2026-01-01 09:00 without ending"),
    ],
)  # fmt: skip
def test_what_was_left_in_one_line(found: Recovery, line: str) -> None:
    assert line in recovery_line(found, UTC)


def run_live(data_dir: Path, *flags: str) -> str:
    """`live` until it runs, then stopped in order; what it said on stderr."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("BETTING_TUI__")}
    process = subprocess.Popen(
        [sys.executable, "-m", "betting_tui", "--demo", "--data-dir", str(data_dir), "live", *flags],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=environment | {"BETTING_TUI__NOTIFICATIONS__DESKTOP": "false"},
    )  # fmt: skip
    assert process.stderr is not None
    said = ""
    for line in process.stderr:
        said += line
        if line.startswith("Running on"):
            break
    process.send_signal(signal.SIGTERM)
    _, rest = process.communicate(timeout=30)
    assert process.returncode == 0, said + rest
    return said


@pytest.mark.skipif(sys.platform == "win32", reason="stopping in order goes by a signal")
def test_live_goes_on_as_the_flags_say_and_asks_nobody(home: Path) -> None:
    data = home / "data"
    run_and_kill(data / "demo", NOW, mode="demo")
    said = run_live(data)
    assert "The last run stopped at" in said
    assert "for account main." in said
    said = run_live(data, "--fresh")
    assert "nothing to start fresh from" in said
    run_and_kill(data / "demo", NOW + timedelta(days=2), mode="demo", bets=1)
    said = run_live(data, "--fresh")
    assert "Going on in the new account main 2." in said
    assert "for account main 2." in said


def test_both_flags_at_once_are_a_mistake(cli: Cli) -> None:
    for arguments in (("--resume", "--fresh"), ("--fresh", "live", "--resume"), ("dashboard", "--fresh", "--resume")):
        ran = cli(*arguments)
        assert (ran.code, ran.out) == (2, "")
        assert "exclude each other" in ran.err
