"""The line that says how far long work has come."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable

import pytest

from betting_tui.cli.progress import ProgressLine, long_work


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def on_terminal(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """In the test itself: before each, pytest puts its own stderr in place."""
    made = _Terminal()
    monkeypatch.setattr(sys, "stderr", made)
    return made


def at(*moments: float) -> Callable[[], float]:
    """A clock that is looked at at these seconds."""
    left = iter(moments)
    return lambda: next(left)


def test_it_appears_after_half_a_second_is_written_over_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_terminal(monkeypatch)
    line = ProgressLine(clock=at(0.0, 0.4, 0.6, 0.65, 0.8))
    for share in (1, 40, 60, 65, 80):
        line(share, 100, "Reading bets\x1b")
    drawn = terminal.getvalue()
    assert [part.rstrip() for part in drawn.split("\r")] == [
        "",
        "Reading bets 60 % · ctrl+c stops",
        "Reading bets 80 % · ctrl+c stops",
    ]
    line.clear()
    line.clear()
    assert terminal.getvalue() == drawn + "\r" + " " * 32 + "\r"


def test_what_takes_less_is_never_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_terminal(monkeypatch)
    with long_work("nothing") as line:
        for share in range(100):
            line(share, 100, "Reading")
    assert terminal.getvalue() == ""


@pytest.mark.parametrize(
    ("done", "total", "told"),
    [(0, 0, "Reading · "), (1_234, 0, "Reading 1,234 · "), (1, 3, "Reading 33 % · "), (4, 3, "Reading 100 % · ")],
)
def test_how_far_it_is_in_hundredths_in_numbers_or_not_at_all(
    monkeypatch: pytest.MonkeyPatch, done: int, total: int, told: str
) -> None:
    terminal = on_terminal(monkeypatch)
    line = ProgressLine(clock=at(0.0, 1.0))
    line(0, 0, "Reading")
    line(done, total, "Reading")
    line.clear()
    assert told in terminal.getvalue()


def test_what_is_said_beside_it_stands_in_a_line_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_terminal(monkeypatch)
    line = ProgressLine(clock=at(0.0, 1.0))
    line(0, 0, "Reading")
    line(0, 0, "Reading")
    line.aside("Note: odd")
    line.clear()
    assert terminal.getvalue().endswith(" \rNote: odd\n")


def test_in_a_file_or_a_pipe_it_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    piped = io.StringIO()
    monkeypatch.setattr(sys, "stderr", piped)
    line = ProgressLine(clock=at(0.0, 1.0))
    line(1, 2, "Reading")
    line(2, 2, "Reading")
    line.clear()
    assert piped.getvalue() == ""


def test_interrupted_it_says_what_that_leaves(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(KeyboardInterrupt), long_work("nothing was written"):
        raise KeyboardInterrupt
    assert capsys.readouterr().err == "Stopped: nothing was written\n"
