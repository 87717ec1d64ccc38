"""The frame around all commands: help, version, flags, exit codes, and where errors end."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest
from cli_kit import Cli

from betting_tui import __version__
from betting_tui.__main__ import _failed, main
from betting_tui.cli.root import COMMANDS, root
from betting_tui.engine.core.errors import ConfigError, LedgerError, SourceError

HEAVY = ("textual", "httpx", "sqlite3", "asyncio", "yaml", "betting_tui.engine.engine")


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["calc", "convert", "-110"]])
def test_what_needs_nothing_imports_nothing(arguments: list[str]) -> None:
    script = (
        "import sys; from betting_tui.__main__ import main; code = main(sys.argv[1:]);"
        f"print(code, [name for name in {HEAVY!r} if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] == "0 []"


def test_the_version_is_shown_anywhere(cli: Cli) -> None:
    for arguments in (["--version"], ["calc", "--version"], ["calc", "convert", "--version"]):
        ran = cli(*arguments)
        assert (ran.code, ran.out) == (0, f"betting-tui {__version__}\n")


def test_help_names_every_command(cli: Cli) -> None:
    ran = cli("--help")
    assert ran.code == 0
    for name, (_, text) in COMMANDS.items():
        assert f"  {name}" in ran.out
        assert text.split()[0] in ran.out


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_there_and_says_the_same_of_itself(name: str) -> None:
    context = click.Context(root)
    command = root.get_command(context, name)
    assert command is not None
    assert command.name == name
    assert command.get_short_help_str(200) == COMMANDS[name][1]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_and_takes_the_common_flags(cli: Cli, name: str) -> None:
    ran = cli(name, "--help")
    assert ran.code == 0
    for flag in ("--data-dir", "--config", "--log-level", "--demo", "--version"):
        assert flag in ran.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["betz"], "did you mean bets?"),
        (["qqq"], "no command 'qqq'"),
        (["calc", "convert"], "ODDS"),
        (["bets", "list", "--state", "lost"], "'lost' is not one of"),
        (["bets", "list", "--limit", "0"], "0"),
        (["--log-level", "loud", "bets", "list"], "loud"),
        (["--nope"], "--nope"),
        ([], "needs a terminal"),
        (["dashboard"], "needs a terminal"),
    ],
)
def test_wrong_usage_is_two_and_says_why_on_stderr(cli: Cli, arguments: list[str], said: str) -> None:
    ran = cli(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert "Traceback" not in ran.err


def test_common_flags_stand_before_or_after_and_the_nearest_wins(cli: Cli, home: Path) -> None:
    for arguments in (
        ("--data-dir", str(home / "one"), "bets", "list"),
        ("bets", "--data-dir", str(home / "two"), "list"),
        ("bets", "list", "--data-dir", str(home / "three")),
        ("--data-dir", str(home / "no"), "bets", "list", "--data-dir", str(home / "four")),
    ):
        assert cli(*arguments).code == 0
    made = {path.name for path in home.iterdir() if (path / "ledger.db").exists()}
    assert made == {"one", "two", "three", "four"}


def test_the_demo_has_a_directory_of_its_own(cli: Cli, home: Path) -> None:
    data = home / "data"
    assert cli("--demo", "--data-dir", str(data), "account", "list").code == 0
    assert (data / "demo" / "ledger.db").exists()
    assert not (data / "ledger.db").exists()


def test_settings_decide_where_data_lies_unless_a_flag_does(
    cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BETTING_TUI__STORAGE__DATA_DIR", str(home / "chosen"))
    assert cli("bets", "list").code == 0
    assert (home / "chosen" / "ledger.db").exists()


def test_a_wrong_setting_stops_every_command_with_data(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRADING_MODE", "live")
    ran = cli("bets", "list")
    assert (ran.code, ran.out) == (2, "")
    assert "only bets on paper" in ran.err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConfigError("x"), 2),
        (SourceError("x"), 3),
        (LedgerError("x"), 4),
        (KeyboardInterrupt(), 130),
        (FileNotFoundError(2, "No such file", "/nowhere"), 1),
        (RuntimeError("x"), 1),
        (ExceptionGroup("several", [ExceptionGroup("inner", [SourceError("x")])]), 3),
    ],
)
def test_each_kind_of_error_has_its_exit_code(
    error: BaseException, code: int, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    del home
    from betting_tui.__main__ import _innermost

    assert _failed(_innermost(error)) == code
    said = capsys.readouterr()
    assert said.out == ""
    assert "Traceback" not in said.err
    assert len(said.err.splitlines()) <= 1


def test_an_unexpected_error_names_the_log_and_shows_no_secret(
    cli: Cli, home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = "5ec2e7aa5ec2e7aa5ec2e7aa5ec2e7aa"
    monkeypatch.setenv("THE_ODDS_API_KEY", secret)
    assert cli("--data-dir", str(home / "data"), "bets", "list").code == 0
    assert _failed(ValueError(f"the key {secret} broke it")) == 1
    said = capsys.readouterr().err
    log = home / "data" / "logs" / "betting-tui.log"
    assert str(log) in said
    assert secret not in said + log.read_text()
    assert "ValueError" in log.read_text()


def test_a_reader_that_left_is_no_error() -> None:
    """`betting-tui … | head -1`: the reader closes the pipe before everything is written."""
    script = "import sys; from betting_tui.__main__ import main; sys.exit(main(['config', 'show', '--format', 'json']))"
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    assert (process.wait(), said) == (0, b"")


def test_a_terminal_without_unicode_still_gets_its_answer() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "betting_tui", "calc", "devig", "-110", "-110"],
        capture_output=True, env={"PYTHONIOENCODING": "ascii", "PATH": ""}, check=True,
    )  # fmt: skip
    assert b"Overround" in ran.stdout


def test_main_takes_its_arguments_from_the_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["betting-tui", "--version"])
    assert main() == 0


@pytest.mark.parametrize("flag", ["--data-dir", "--config"])
def test_an_empty_path_is_a_mistake(cli: Cli, flag: str) -> None:
    ran = cli("bets", "list", flag, "")
    assert ran.code == 2
    assert "the path is empty" in ran.err


def test_a_place_that_cannot_hold_the_ledger_is_said(cli: Cli, home: Path) -> None:
    (home / "file").write_text("")
    for place in (home / "file", home / "file" / "below"):
        ran = cli("account", "list", "--data-dir", str(place))
        assert (ran.code, ran.out) == (4, "")
        assert "choose another place with --data-dir" in ran.err


def test_help_of_a_group_tells_whole_sentences_in_order(cli: Cli) -> None:
    said = " ".join(cli("bets", "--help").out.split())
    assert "the money is free again." in said
    assert said.index("place Record") < said.index("list Bets") < said.index("cancel Take")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is full")
@pytest.mark.parametrize("redirection", [">/dev/full", ">&-"])
def test_output_that_cannot_be_written_is_a_failure_said_in_one_line(home: Path, redirection: str) -> None:
    del home
    command = f"{sys.executable} -m betting_tui calc convert -110 {redirection}"
    ran = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert ran.stderr.startswith("Failed: the output cannot be written")
    assert len(ran.stderr.splitlines()) == 1
