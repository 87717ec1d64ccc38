"""Text from outside, made safe to draw: literal, one line, without characters a terminal would act upon."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Literal

from rich.cells import cell_len, set_cell_size
from textual.content import Content

Justify = Literal["left", "right"]
ELLIPSIS = "…"
_LONGEST = 2_000


def visible(text: str) -> str:
    """The same text without control, direction or zero-width characters; line breaks and tabs become spaces."""
    if text.isascii() and text.isprintable():
        return text[:_LONGEST]
    return _cleaned(text[:_LONGEST])


@lru_cache(maxsize=4_096)
def _cleaned(text: str) -> str:
    spaced = "".join(" " if character in "\n\r\t\u2028\u2029" else character for character in text)
    return "".join(character for character in spaced if unicodedata.category(character) not in ("Cc", "Cf", "Cs"))


def plain(text: str, style: str = "") -> Content:
    """Content drawn exactly as written: brackets are brackets, never markup."""
    return Content.styled(visible(text), style)


def width_of(text: str) -> int:
    return len(text) if text.isascii() else cell_len(text)


def fit(text: str, width: int, justify: Justify = "left") -> str:
    """Exactly `width` terminal cells: cut with an ellipsis, or padded at the side `justify` leaves free."""
    if width <= 0:
        return ""
    shown = visible(text)
    length = width_of(shown)
    if length > width:
        return set_cell_size(shown, width - 1) + ELLIPSIS
    padding = " " * (width - length)
    return padding + shown if justify == "right" else shown + padding
