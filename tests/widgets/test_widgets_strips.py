"""What was drawn is freed when nothing shows it, without a collection of garbage."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from rich.segment import Segment
from textual.strip import Strip

from betting_tui.widgets.strips import free_when_unused


class Drawn(Segment):
    """A piece of text whose end is noticed."""

    ended = 0

    def __del__(self) -> None:
        Drawn.ended += 1


@pytest.fixture(autouse=True)
def _without_collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(Strip, "divide", Strip.divide)
    gc.disable()
    yield
    gc.enable()


def ended(cuts: list[int]) -> int:
    """How many of three lines were freed by the time nothing knew them any more."""
    before = Drawn.ended
    for _ in range(3):
        parts = Strip([Drawn("a line")]).divide(cuts)
        assert "".join(part.text for part in parts) == "a line"
        del parts
    return Drawn.ended - before


def test_a_line_that_was_cut_nowhere_is_freed_at_once() -> None:
    assert ended([6]) == 0, "otherwise Textual does so itself, and nothing needs doing"
    free_when_unused()
    assert ended([6]) == 3
    assert ended([2, 6]) == 3


def test_parts_are_still_kept_with_the_line_they_are_cut_from() -> None:
    free_when_unused()
    line = Strip([Segment("a line")])
    assert line.divide([6])[0] is line
    assert line.divide([2, 6]) is line.divide([2, 6])
