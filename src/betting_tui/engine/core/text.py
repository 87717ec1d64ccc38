"""Text from feeds and users made safe to show, store and compare; secrets taken out of everything that leaves."""

from __future__ import annotations

import re
from collections.abc import Iterable
from unicodedata import category
from urllib.parse import quote

ELLIPSIS = "…"
MASK = "***"

# How many times the limit is looked at before a text is cut: a flood of invisible characters costs no more.
_LOOK_AHEAD = 8
_MAX_MARKS = 4
_SHORTEST_SECRET = 4
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# A spreadsheet takes a text cell that starts with one of these for a formula; some take the wide forms as well.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_KEY = re.compile(r"[A-Za-z0-9_.:-]+")
_KEY_IN_URL = re.compile(r"(api_?key(?:=|%3D))[^&\s\"'#<>]+", re.IGNORECASE)


def clean(text: str, limit: int = 120) -> str:
    """One line of visible text, at most `limit` characters, with an ellipsis where it was cut.

    Control, format, surrogate, private and unassigned characters go, as do more than four combining marks in a row;
    any run of white space becomes one space.
    """
    if len(text) > limit * _LOOK_AHEAD:
        text = text[: limit * _LOOK_AHEAD]
    # Printable text holds nothing that is dropped, and too long a run of marks has one at every fifth place.
    if not text.isprintable() or not (text.isascii() or _markless(text[_MAX_MARKS :: _MAX_MARKS + 1])):
        text = _visible(text)
    text = " ".join(text.split())
    if len(text) > limit:
        return text[: limit - 1].rstrip() + ELLIPSIS
    return text


def clean_key(text: str, limit: int = 64) -> str:
    """A machine key as given when it is one (letters, digits, `_ . : -`, at most `limit`), else an empty string."""
    return text if len(text) <= limit and _KEY.fullmatch(text) else ""


def defused(text: str) -> str:
    """Text that no spreadsheet takes for a formula: with an apostrophe before it where one would."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def redact(text: str, secrets: Iterable[str]) -> str:
    """The text with each secret, also as it is written in a URL, and any `apiKey=` value masked."""
    for secret in sorted((each for each in secrets if len(each) >= _SHORTEST_SECRET), key=len, reverse=True):
        text = text.replace(secret, MASK).replace(quote(secret, safe="", errors="replace"), MASK)
    return _KEY_IN_URL.sub(rf"\g<1>{MASK}", text)


def _markless(text: str) -> bool:
    return all(category(char)[0] != "M" for char in text)


def _visible(text: str) -> str:
    kept = []
    marks = 0
    for char in text:
        kind = category(char)
        if kind[0] == "M":
            marks += 1
            if marks > _MAX_MARKS:
                continue
        elif kind in _DROPPED:
            if char.isspace():
                kept.append(" ")
                marks = 0
            continue
        else:
            marks = 0
        kept.append(char)
    return "".join(kept)
