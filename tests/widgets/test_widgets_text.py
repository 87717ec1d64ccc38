from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from betting_tui.widgets.text import fit, fit_pair, plain, visible
from hostile import HOSTILE

TEXTS = st.text(max_size=60)


@given(text=TEXTS, width=st.integers(0, 40), right=st.booleans())
def test_a_fitted_text_is_exactly_as_wide_as_asked(text: str, width: int, right: bool) -> None:
    assert cell_len(fit(text, width, "right" if right else "left")) == width


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_a_terminal_acts_upon_survives(text: str) -> None:
    shown = visible(text)
    assert not any(ord(character) < 32 or 0x7F <= ord(character) < 0xA0 for character in shown)
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u2028\u2029")


@pytest.mark.parametrize("text", ["[b]x[/b]", "[/x]", "[@click=app.quit]x[/]", "Team [A]", "["])
def test_brackets_are_brackets(text: str) -> None:
    content = plain(text)
    assert content.plain == text
    assert not content.spans


def test_long_text_ends_with_an_ellipsis_and_short_text_is_padded() -> None:
    assert fit("Los Angeles Lakers", 8) == "Los Ang…"
    assert fit("25.00", 8, "right") == "   25.00"
    assert fit("日本代表", 5) == "日本…"


def test_two_names_share_what_room_there_is() -> None:
    assert fit_pair("Saltmarsh Flamingos @ Ironbridge Falls", " @ ", 27) == "Saltmarsh F… @ Ironbridge …"
    assert fit_pair("Heat @ Ironbridge Falls Cascade", " @ ", 20) == "Heat @ Ironbridge F…"
    assert fit_pair("Ironbridge Falls Cascade @ Heat", " @ ", 20) == "Ironbridge F… @ Heat"
    assert fit_pair("Heat @ Bulls", " @ ", 14) == "Heat @ Bulls  "


@given(left=TEXTS, right=TEXTS, width=st.integers(0, 60))
def test_a_fitted_pair_is_exactly_as_wide_as_asked(left: str, right: str, width: int) -> None:
    assert cell_len(fit_pair(f"{left} @ {right}", " @ ", width)) == width
