"""Long commands as processes: their line on a terminal, and what an interruption leaves."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli_kit import Cli
from msgspec import Struct

from betting_tui.cli.settle import left_settled, read_and_settle
from betting_tui.engine.config import Settings
from betting_tui.engine.core.bet_views import SettlementReport
from betting_tui.engine.core.progress import Stopped
from betting_tui.engine.launch import live_engine

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and pseudo-terminals are a POSIX matter")
# Far more than are brought in before the signal comes.
_BETS = 20_000
_LONGEST_WAIT = 60.0


class Ended(Struct, frozen=True):
    code: int
    out: str
    terminal: str


class Terminal:
    """A command with its stderr on a terminal."""

    def __init__(self, *arguments: str) -> None:
        self._ours, theirs = os.openpty()
        self.said = ""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "betting_tui", *arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=theirs, text=True,
            # Tests started in the background ignore ctrl+c, and what they start would as well.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )  # fmt: skip
        os.close(theirs)

    def wait_for(self, text: str) -> None:
        while text not in self.said:
            assert self._read(), f"it ended before it said {text!r}: {self.said}"

    def end(self) -> Ended:
        while self._read():
            pass
        out, _ = self.process.communicate(timeout=_LONGEST_WAIT)
        return Ended(self.process.returncode, out, self.said)

    def close(self) -> None:
        self.process.kill()
        self.process.communicate()
        os.close(self._ours)

    def _read(self) -> bool:
        """False when nobody is there any more."""
        assert select.select([self._ours], [], [], _LONGEST_WAIT)[0], f"nothing more after {self.said!r}"
        try:
            data = os.read(self._ours, 4096)
        except OSError:
            return False
        self.said += data.decode()
        return bool(data)


@pytest.fixture
def old_file(home: Path) -> Path:
    bets = [
        {
            "id": f"{number}", "game_id": f"g{number // 10}", "sport": "basketball_nba", "team": "Lakers",
            "market": "h2h", "odds": 150, "stake": 1.0 + number / 100, "sportsbook": "fanduel", "status": "won",
            "placed_at": "2025-01-01T12:00:00", "settled_at": "2025-01-02T05:00:00",
        }
        for number in range(_BETS)
    ]  # fmt: skip
    path = home / "old.json"
    path.write_text(json.dumps({"starting_bankroll": 10_000.0, "bets": bets}))
    return path


@pytest.fixture
def importing(home: Path, old_file: Path) -> Iterator[Terminal]:
    """An import that has said how far it is."""
    terminal = Terminal("--data-dir", str(home / "data"), "import", str(old_file))
    try:
        terminal.wait_for("Importing bets")
        yield terminal
    finally:
        terminal.close()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_import_that_is_ended_keeps_nothing_and_says_so(
    importing: Terminal, cli: Cli, home: Path, number: signal.Signals, code: int
) -> None:
    importing.process.send_signal(number)
    ended = importing.end()
    assert (ended.code, ended.out) == (code, "")
    *drawn, left = ended.terminal.split("\r")[:-1]
    assert all(line.endswith("· ctrl+c stops") for line in map(str.rstrip, drawn) if line)
    # Nothing is left of the line, and the sentence stands at the edge.
    assert left == f"Stopped: nothing of {home / 'old.json'} was imported, the ledger is as it was"
    data = ("--data-dir", str(home / "data"))
    assert cli(*data, "bets", "list", "--format", "json").json() == []
    assert cli(*data, "ledger", "verify", "--format", "json").json()["ok"]


def score(path: Path, game: int) -> Path:
    said = {
        "id": f"g{game}", "sport_key": "basketball_nba", "sport_title": "NBA", "commence_time": "2026-04-18T18:00:00Z",
        "completed": True, "home_team": "Lakers", "away_team": "Celtics", "last_update": "2026-04-18T21:00:00Z",
        "scores": [{"name": "Lakers", "score": "110"}, {"name": "Celtics", "score": "100"}],
    }  # fmt: skip
    path.write_text(json.dumps([said]))
    return path


async def test_settling_from_files_is_broken_off_between_two_of_them(home: Path) -> None:
    files = [score(home / f"{game}.json", game) for game in range(3)]
    reports: list[SettlementReport] = []

    def stop(done: int, total: int, what: str) -> None:
        if (done, what) == (1, "Settling"):
            raise Stopped

    engine = live_engine(Settings(), home / "data")
    await engine.start(polling=False)
    try:
        with pytest.raises(Stopped):
            await read_and_settle(engine, files, "", None, stop, reports)
    finally:
        await engine.stop()
    assert [report.results_read for report in reports] == [1]
    assert left_settled(len(reports), len(files)) == "1 of 3 files settled, the others were not looked at"


@pytest.mark.parametrize(
    ("done", "files", "told"),
    [(0, 2, "nothing was settled"), (2, 2, "all that was read is settled"), (0, 0, "the answers that had come")],
)
def test_what_settling_leaves_is_said_as_it_is(done: int, files: int, told: str) -> None:
    assert left_settled(done, files).startswith(told)


def test_where_stderr_is_no_terminal_nothing_is_drawn(cli: Cli) -> None:
    assert cli("account", "list").code == 0
    for arguments in (("export", "bets"), ("report",), ("ledger", "verify"), ("ledger", "backup")):
        done = cli(*arguments)
        assert (done.code, done.err) == (0, "")
