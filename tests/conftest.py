"""Fixtures for all tests: recorded data, a home of one's own, the command line in this process, an empty ledger."""

from __future__ import annotations

import os
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from cli_kit import Cli, Ran
from fault_table import Amount, Figures, add_option, print_table
from store_samples import opened

from betting_tui.__main__ import main
from betting_tui.engine.store import Ledger, database, schema
from made_fast import EmptyFiles, collect_rarely, keep_what_is_there, use_memory

# Half of what hypothesis tries by itself; make test-long tries it all.
hypothesis.settings.register_profile("short", max_examples=50)
hypothesis.settings.load_profile("short")

use_memory()
collect_rarely()

# Tests of how a file comes to be.
_MADE_ANEW = {"test_store_archive", "test_store_migrations", "test_store_shared_file", "TestFile", "TestTwoAtOnce"}

SHARED_DATA = Path(__file__).parents[1] / "../shared/data"


NOWHERE = "http://127.0.0.1:9"
_OWN_HOSTS = (None, "", "localhost", b"localhost", "127.0.0.1", "::1")


@pytest.fixture(autouse=True)
def off_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test finds a host but this one, whatever address a feed is set to."""
    find = socket.getaddrinfo

    def find_here(host: str | None, *rest: Any, **more: Any) -> Any:
        if host not in _OWN_HOSTS:
            raise socket.gaierror(socket.EAI_NONAME, "tests find no other host")
        return find(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", find_here)


@pytest.fixture(scope="session")
def empty_files(tmp_path_factory: pytest.TempPathFactory) -> EmptyFiles:
    return EmptyFiles(tmp_path_factory.mktemp("empty"), schema.create)


@pytest.fixture(autouse=True)
def quick_to_make(request: pytest.FixtureRequest, empty_files: EmptyFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new ledger is a copy of an empty one, but where its making is what is tested."""
    names = {request.path.stem, getattr(request.cls, "__name__", "")}
    if request.path.parent.name != "faults" and not names & _MADE_ANEW:
        monkeypatch.setattr(database, "create", empty_files.create)


def pytest_addoption(parser: pytest.Parser) -> None:
    add_option(parser)


def pytest_collection_finish() -> None:
    keep_what_is_there()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    print_table(terminalreporter)


@pytest.fixture
def amount(request: pytest.FixtureRequest) -> Amount:
    """How much of a test of a fault to run."""
    return Amount(request.config.getoption("--faults"))


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Figures:
    """`figure("kills", "0 lost", "0 of 2,345 lost")` puts a line into the table at the end of the run."""
    return Figures(request)


@pytest.fixture
def shared_data() -> Path:
    """Recorded data and golden tables, which do not belong to this project; skips where they are absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip("recorded data is not here")
    return SHARED_DATA.resolve()


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
    # A `.env` where the tests are started would count.
    monkeypatch.chdir(tmp_path)
    for feed in ("THE_ODDS_API", "FOOTBALL_DATA", "ESPN", "THESPORTSDB"):
        monkeypatch.setenv(f"BETTING_TUI__DATA_SOURCES__{feed}__BASE_URL", NOWHERE)
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


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[Ledger]:
    """An empty ledger with the account `main` of 10,000.00 USD."""
    async with opened(tmp_path) as kept:
        yield kept
