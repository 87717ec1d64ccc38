"""Copies by command: made, listed, put back; told in three formats; refused with exit code 4."""

from __future__ import annotations

import csv
import io
import shlex
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cli_kit import Cli

from betting_tui.engine.rooms import LEDGER_FILE
from betting_tui.engine.store.lock import EngineLock

MODES = pytest.mark.parametrize("mode", [(), ("--demo",)], ids=["live", "demo"])


def deposit(cli: Cli, *mode: str) -> None:
    ran = cli("account", "deposit", "55", *mode)
    assert ran.code == 0, ran.err


def bankroll(cli: Cli, *mode: str) -> int:
    minor: int = cli("account", "list", "--format", "json", *mode).json()[0]["bankroll_minor"]
    return minor


@MODES
def test_a_copy_is_made_listed_and_put_back(cli: Cli, home: Path, mode: tuple[str, ...]) -> None:
    deposit(cli, *mode)
    made = cli("ledger", "backup", "--format", "json", *mode).json()[0]
    assert made["good"] is True
    assert stat.S_IMODE(Path(made["path"]).stat().st_mode) == 0o600
    deposit(cli, *mode)
    assert bankroll(cli, *mode) == 1_011_000
    assert cli("ledger", "backups", "--format", "json", *mode).json() == [made]
    restored = cli("ledger", "restore", made["path"], *mode)
    assert restored.code == 0, restored.err
    assert "is now in the place of" in restored.out
    assert bankroll(cli, *mode) == 1_005_500
    kept = list(home.rglob("ledger.replaced-*.db"))
    assert len(kept) == 1
    assert cli("ledger", "restore", str(kept[0]), *mode).code == 0
    assert bankroll(cli, *mode) == 1_011_000


def test_a_copy_goes_where_it_is_told_and_over_nothing(cli: Cli, home: Path) -> None:
    deposit(cli)
    target = home / "copies" / "mine.db"
    told = cli("ledger", "backup", str(target))
    assert told.out.startswith(f"Copied to {target}, ")
    again = cli("ledger", "backup", str(target))
    assert (again.code, again.out) == (4, "")
    assert "exists already" in again.err
    done = cli("ledger", "restore", str(target), "--format", "json").json()[0]
    assert (done["restored_from"], Path(done["ledger"]).name) == (str(target), LEDGER_FILE)
    rows = list(csv.DictReader(io.StringIO(cli("ledger", "restore", str(target), "--format", "csv").out)))
    assert len(rows) == 1


def test_without_a_ledger_there_is_nothing_to_copy_and_none_is_made(cli: Cli, home: Path) -> None:
    ran = cli("ledger", "backup")
    assert (ran.code, ran.out) == (4, "")
    assert "no ledger" in ran.err
    assert "No backups yet" in cli("ledger", "backups").out
    assert cli("ledger", "backups", "--format", "json").json() == []
    assert cli("ledger", "backups", "--format", "csv").out == "made_at,size_bytes,good,path\n"
    assert not list(home.rglob(LEDGER_FILE))


def test_a_damaged_ledger_names_the_command_that_brings_it_back(cli: Cli, home: Path) -> None:
    data = home / "my data"
    here = ("--data-dir", str(data))
    deposit(cli, *here)
    cli("ledger", "backup", *here)
    path = data / LEDGER_FILE
    path.write_bytes(path.read_bytes()[:4096] + b"\0" * (path.stat().st_size - 4096))
    broken = path.read_bytes()
    ran = cli("bets", "list", *here)
    assert (ran.code, ran.out) == (4, "")
    command = ran.err.strip().partition("betting-tui ")[2]
    assert command.startswith(f"--data-dir '{data}' ledger restore ")
    assert path.read_bytes() == broken
    assert cli(*shlex.split(command)).code == 0
    assert bankroll(cli, *here) == 1_005_500


def test_what_is_no_copy_of_this_ledger_is_refused_with_four_and_changes_nothing(cli: Cli, home: Path) -> None:
    deposit(cli)
    (home / "odd.db").write_bytes(b"nonsense" * 1000)
    for path in (home / "odd.db", home / "none.db"):
        ran = cli("ledger", "restore", str(path))
        assert (ran.code, ran.out) == (4, "")
    live = Path(cli("ledger", "backup", "--format", "json").json()[0]["path"])
    copied = home / "elsewhere.db"
    copied.write_bytes(live.read_bytes())
    ran = cli("ledger", "restore", str(copied), "--demo")
    assert ran.code == 4
    assert "live ledger" in ran.err
    ran = cli("ledger", "restore", str(live), "--demo")
    assert ran.code == 2
    assert "name its --data-dir" in ran.err
    assert bankroll(cli) == 1_005_500


def test_a_running_engine_keeps_its_ledger(cli: Cli, home: Path) -> None:
    here = ("--data-dir", str(home / "data"))
    deposit(cli, *here)
    made = cli("ledger", "backup", "--format", "json", *here).json()[0]["path"]
    lock = EngineLock(home / "data")
    assert lock.acquire("app", datetime(2026, 1, 1, tzinfo=UTC))
    ran = cli("ledger", "restore", made, *here)
    assert cli("ledger", "backup", *here).code == 0, "copying disturbs nobody"
    lock.release()
    assert ran.code == 4
    assert "stop it first" in ran.err


@MODES
def test_a_ledger_cut_to_nothing_does_not_pass_for_a_new_one(cli: Cli, home: Path, mode: tuple[str, ...]) -> None:
    deposit(cli, *mode)
    made = Path(cli("ledger", "backup", "--format", "json", *mode).json()[0]["path"])
    ledger = made.parents[1] / LEDGER_FILE
    ledger.write_bytes(b"")
    for command in (
        ("bets", "list"),
        ("bets", "list", "--account", "main"),
        ("ledger", "verify"),
        ("ledger", "backup"),
    ):
        ran = cli(*command, *mode)
        assert (ran.code, ran.out, ledger.read_bytes()) == (4, "", b"")
        assert f"ledger restore {made}" in ran.err
    assert cli("ledger", "restore", str(made), *mode).code == 0
    assert bankroll(cli, *mode) == 1_005_500


def test_a_ledger_that_is_gone_is_missed_aloud(cli: Cli) -> None:
    deposit(cli)
    made = Path(cli("ledger", "backup", "--format", "json").json()[0]["path"])
    (made.parents[1] / LEDGER_FILE).unlink()
    ran = cli("account", "list", "--format", "json")
    assert "there is no ledger" in ran.err
    assert f"ledger restore {made}" in ran.err
    assert (ran.code, ran.json()[0]["bankroll_minor"]) == (0, 1_000_000)
    assert cli("account", "list").err == ""
