"""The app as people have it: in a terminal, with the demo's market, from the first key to the last."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.cells import cell_len
from terminal_kit import Terminal

import betting_tui

SMALL, LARGE = (80, 24), (120, 40)
# What stands on each screen and on no other one.
SCREENS = {"2": "Open bets", "3": "Ledger", "4": "Reports", "5": "Markets", "6": "Feeds", "1": "Opportunities"}
_MOST_TRIES = 12
_ANSWER = re.compile(r"BET-0000|Not placed|Place this\?|esc leave it")

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed"),
]


@pytest.fixture(params=[SMALL, LARGE], ids=["80x24", "120x40"])
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    size: tuple[int, int] = request.param
    return size


@pytest.fixture
def terminal(home: Path, size: tuple[int, int]) -> Iterator[Terminal]:
    package = str(Path(betting_tui.__file__).parents[1])
    made = Terminal(home, size, [sys.executable, "-m", "betting_tui", "--demo"], PYTHONPATH=package)
    yield made
    made.close()


def checked(terminal: Terminal, size: tuple[int, int]) -> str:
    """What stands on it, every line of it in its place: header above, keys below, boxes between them."""
    width, height = size
    lines = terminal.lines()
    assert len(lines) == height
    assert all(cell_len(line) <= width for line in lines)
    assert "demo · main · USD" in lines[0]
    assert re.search(r"\? help", lines[-1])
    boxes = "\n".join(lines[1:-1])
    assert "╭" in boxes
    assert "╯" in boxes
    assert "Traceback" not in boxes
    return "\n".join(lines)


def place_one(terminal: Terminal) -> None:
    """Place what the rows offer, one after the other, until a bookmaker takes it."""
    for _ in range(_MOST_TRIES):
        terminal.press("Home")
        terminal.until(lambda text: re.search(r"^ b place \d", text.split("\n")[-1]), "row with a stake")
        terminal.press("b")
        answer = terminal.until(_ANSWER.search, "answer")
        if "Place this?" in answer:
            # The row has only just come under the cursor.
            terminal.press("Enter")
            answer = terminal.until(lambda text: "Place this?" not in text and _ANSWER.search(text), "answer")
        if "BET-0000" in answer:
            return
        terminal.press("Escape")
        terminal.until(lambda text: not _ANSWER.search(text), "end of the refusal")
    pytest.fail(f"no bet was accepted:\n{terminal.text()}")


def test_a_whole_visit(terminal: Terminal, size: tuple[int, int]) -> None:
    terminal.shows("demo · main · USD")
    place_one(terminal)

    for key, title in SCREENS.items():
        terminal.press(key)
        terminal.shows(f"─ {title} ")
        text = checked(terminal, size)
        if key == "2":
            assert "1 open" in text or re.search(r"BET-000001|Open bets ─+ 1", text)

    terminal.press("?")
    terminal.shows("esc close")
    terminal.press("Escape")
    terminal.until(lambda text: "esc close" not in text, "screen without help")
    terminal.press("C-p")
    terminal.shows("Search")
    terminal.type("system")
    terminal.shows("System")
    terminal.press("Escape")
    terminal.until(lambda text: "Search" not in text and "? help" in text, "screen without a palette")

    other = SMALL if size == LARGE else LARGE
    terminal.resize(*other)
    terminal.until(lambda text: text.count("\n") == other[1] - 1 and "? help" in text.split("\n")[-1], "new size")
    checked(terminal, other)

    terminal.press("q")
    terminal.shows("ended with 0")


def test_quitting_gives_the_terminal_back_as_it_was(terminal: Terminal) -> None:
    terminal.shows("demo · main · USD")
    terminal.press("q")
    terminal.shows("ended with 0")
    assert terminal.text().split() == ["ended", "with", "0"]
