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


def fit_tail(text: str, tail: str, width: int) -> str:
    """Like `fit`, but `tail` stays whole and the text before it is cut: `Ironbridge… -1.5`."""
    end = visible(tail)
    head = visible(text)
    room = width - width_of(end)
    if width_of(head) <= room:
        return fit(head + end, width)
    return fit(head + end, width) if room < 2 else fit(head, room) + end


def fit_pair(text: str, joint: str, width: int) -> str:
    """Like `fit`, but both sides of `joint` are cut before either is lost: `Saltmarsh Fl… @ Ironbridge…`."""
    shown = visible(text)
    first, found, second = shown.partition(joint)
    room = width - width_of(joint)
    if not found or width_of(shown) <= width or room < 8:
        return fit(shown, width)
    half = room // 2
    spare = max(0, half - width_of(first)), max(0, room - half - width_of(second))
    left, right = half - spare[0] + spare[1], room - half - spare[1] + spare[0]
    return fit(first, left) + joint + fit(second, right)
