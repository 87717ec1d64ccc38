"""The app as the command line opens it: in a terminal."""

from __future__ import annotations

import os
import select
import sys
from pathlib import Path

import pytest


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo terminal")
@pytest.mark.parametrize(("hang_up", "code"), [(False, 0), (True, 129)])
def test_the_demo_opens_and_ends_with_a_key_or_with_its_terminal(home: Path, hang_up: bool, code: int) -> None:
    """No signal tells of this terminal's end: it is not the one that controls the program."""
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
        if hang_up:
            os.close(ours)
        else:
            os.write(ours, b"q")
            while _read(ours):
                pass
        assert process.wait(timeout=20) == code
    finally:
        process.kill()
        process.wait()
        if not hang_up:
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
