"""The app as the command line opens it: in a terminal, with a key that can be tried and kept."""

from __future__ import annotations

import os
import select
import sys
from pathlib import Path

import pytest
from odds_api_server import OddsApiServer

from betting_tui.cli.dashboard import _check_key, _save_key
from betting_tui.cli.session import Setup
from betting_tui.engine.config import load_settings
from betting_tui.engine.core.errors import KeyRejected, SourceUnreachable, UsageError

KEY = "c0ffee00c0ffee00c0ffee00c0ffee00"
NBA = {"key": "basketball_nba", "group": "Basketball", "title": "NBA", "active": True, "has_outrights": False}


def setup_for(address: str, home: Path) -> Setup:
    environment = {"BETTING_TUI__DATA_SOURCES__THE_ODDS_API__BASE_URL": address}
    loaded = load_settings(environment=environment)
    return Setup(loaded, loaded.settings, home / "data", demo=False)


async def test_a_key_is_tried_with_a_call_that_costs_nothing(home: Path) -> None:
    async with OddsApiServer(key=KEY, sports=[NBA], remaining=412) as server:
        said = await _check_key(setup_for(server.base_url, home), f" {KEY} ")
        assert said == "The key works: 1 sport in season, 412 credits left this month"
        assert [asked.path for asked in server.asked] == ["/v4/sports"]


async def test_a_wrong_key_is_refused_in_words_without_the_key(home: Path) -> None:
    async with OddsApiServer(key=KEY) as server:
        with pytest.raises(KeyRejected) as caught:
            await _check_key(setup_for(server.base_url, home), "another-key-altogether")
        assert "another-key" not in caught.value.message
        with pytest.raises(UsageError):
            await _check_key(setup_for(server.base_url, home), "YOUR_KEY_HERE")
    with pytest.raises(SourceUnreachable):
        await _check_key(setup_for("http://127.0.0.1:9", home), KEY)


def test_a_kept_key_is_found_at_the_next_start(home: Path) -> None:
    _save_key(setup_for("http://127.0.0.1:9", home), KEY)
    assert load_settings(environment={}).settings.api_keys.the_odds_api == KEY


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo terminal")
def test_the_demo_opens_and_quits(home: Path) -> None:
    import pty
    import subprocess
    import termios

    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (40, 120))
    process = subprocess.Popen(
        [sys.executable, "-m", "betting_tui", "--demo", "--data-dir", str(home / "data")],
        stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
        env={**os.environ, "TERM": "xterm-256color"},
    )  # fmt: skip
    os.close(theirs)
    try:
        seen = b""
        while b"10,000.00 free" not in seen:
            new = _read(ours)
            assert new, "the app ended, or never showed the bankroll"
            seen += new
        os.write(ours, b"q")
        while _read(ours):
            pass
        assert process.wait(timeout=20) == 0
    finally:
        process.kill()
        process.wait()
        os.close(ours)
    assert (home / "data" / "demo" / "ledger.db").exists()


def _read(descriptor: int) -> bytes:
    """Empty once the terminal is closed, which Linux tells by an error, or silent for long."""
    if not select.select([descriptor], [], [], 20)[0]:
        return b""
    try:
        return os.read(descriptor, 65536)
    except OSError:
        return b""
