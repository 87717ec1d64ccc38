"""The line that says how far long work has come."""

from __future__ import annotations

import io
import sys

import pytest

from betting_tui.cli.progress import ProgressLine


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_terminal_it_is_written_over_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = _Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    line = ProgressLine()
    line.show("20 entries")
    line.show("40 entries\x1b[31m")
    line.clear()
    line.clear()
    assert terminal.getvalue().count("\n") == 0
    assert terminal.getvalue().split("\r\x1b[2K")[:2] == ["", "20 entries"]
    assert "\x1b[31m" not in terminal.getvalue()
    assert terminal.getvalue().endswith("\r\x1b[2K")


def test_in_a_file_or_a_pipe_it_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    piped = io.StringIO()
    monkeypatch.setattr(sys, "stderr", piped)
    line = ProgressLine()
    line.show("20 entries")
    line.clear()
    assert piped.getvalue() == ""
