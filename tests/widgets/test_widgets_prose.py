"""Where a sentence is broken into lines."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from textual.content import Content

from betting_tui.widgets.prose import filled

WORDS = st.lists(st.sampled_from(["a", "412", "settled", "·", "4.1 %", "(95 %: -6.6", "…", "日本"]), max_size=30)


def lines(text: str, width: int) -> list[str]:
    return filled(Content(text), width).plain.split("\n")


def test_a_part_that_has_room_in_a_line_is_not_broken() -> None:
    told = "412 settled bets · turnover 9,867.40 · yield +3.1 % (95 %: -6.6 … +12.8)"
    assert lines(told, 40) == ["412 settled bets · turnover 9,867.40 ·", "yield +3.1 % (95 %: -6.6 … +12.8)"]


def test_a_number_stays_beside_its_unit() -> None:
    assert lines("one who loses the 4.1 % hold", 21) == ["one who loses the", "4.1 % hold"]
    assert lines("on 91 % (95 %: low)", 11) == ["on 91 %", "(95 %: low)"]


def test_each_paragraph_begins_a_line_and_colours_stay() -> None:
    told = Content.assemble("first one\n", Content.styled("second one", "bold"))
    drawn = filled(told, 6)
    assert drawn.plain == "first\none\nsecond\none"
    assert drawn.spans[0].start == drawn.plain.index("second")


@given(WORDS, st.integers(12, 40))
def test_nothing_is_lost_and_no_line_is_too_long(words: list[str], width: int) -> None:
    text = " ".join(words)
    drawn = filled(Content(text), width)
    assert drawn.plain.replace("\n", " ") == text
    assert all(Content(line).cell_length <= width for line in drawn.plain.split("\n"))
