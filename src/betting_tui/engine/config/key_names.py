"""The names of keys a terminal can send, and why it cannot send the others."""

from __future__ import annotations

import unicodedata

# The names terminals' libraries give characters differ from Unicode's in these.
_RENAMED = {
    "solidus": "slash",
    "reverse_solidus": "backslash",
    "commercial_at": "at",
    "hyphen_minus": "minus",
    "plus_sign": "plus",
    "low_line": "underscore",
}
_PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
_MOVING = frozenset({"up", "down", "left", "right", "home", "end", "pageup", "pagedown"})
_NAMED = _MOVING | {"enter", "escape", "tab", "space", "backspace", "delete", "insert"}
_FUNCTION = frozenset(f"f{number}" for number in range(1, 25))
_ALSO = {
    "ctrl+c": "it copies what is selected",
    "ctrl+h": "terminals send it for backspace",
    "ctrl+i": "terminals send it for tab",
    "ctrl+j": "terminals send it for a new line",
    "ctrl+m": "terminals send it for enter",
    "ctrl+z": "the shell stops the program with it",
}
_MULTIPLEXERS = {"ctrl+a": "screen", "ctrl+b": "tmux", "ctrl+s": "some terminals, which stop drawing"}
_NOT_SENT = "few terminals can send it"
KEY_WORDS = "keys with a comma between them, as b or b, f5 or ctrl+g"


def name_of(character: str) -> str:
    """`?` as `question_mark`; letters and digits are their own names."""
    if character.isascii() and character.isalnum():
        return character
    name = unicodedata.name(character, "").lower().replace("-", "_").replace(" ", "_")
    return _RENAMED.get(name, name)


PUNCTUATION = {name_of(character): character for character in _PUNCTUATION}


def split_keys(text: str) -> tuple[str, ...]:
    """The keys of a comma list by their names; a lone comma is the key itself."""
    if text.strip() == ",":
        return ("comma",)
    return tuple(_named(part.strip()) for part in text.split(","))


def why_not(key: str) -> str | None:
    """Why nobody could press it here; None for a key that works."""
    if not key:
        return "a key is missing"
    if key in _ALSO:
        return f"{key} cannot be used: {_ALSO[key]}"
    if len(key) == 1:
        return None if key.isascii() and key.isalnum() else _unknown(key)
    if key in _NAMED or key in _FUNCTION or key in PUNCTUATION:
        return None
    *modifiers, base = key.split("+")
    if not modifiers:
        return _unknown(key)
    return _modified(key, modifiers, base)


def taken_outside(key: str) -> str | None:
    """Who may keep the key for itself before it gets here; None for nobody."""
    return _MULTIPLEXERS.get(key)


def typed(key: str) -> bool:
    """Whether it writes a character where text is typed."""
    return len(key) == 1 or key in PUNCTUATION or key == "space"


def shown(key: str) -> str:
    """As it stands in a sentence: `?`, `ctrl+p`, `enter`."""
    return PUNCTUATION.get(key) or {"escape": "esc"}.get(key, key)


def _named(part: str) -> str:
    if len(part) == 1:
        return name_of(part)
    lowered = part.lower()
    return {"esc": "escape", "return": "enter", "pgup": "pageup", "pgdn": "pagedown", "del": "delete"}.get(
        lowered, lowered
    )


def _modified(key: str, modifiers: list[str], base: str) -> str | None:
    match modifiers:
        case ["ctrl"] if len(base) == 1 and base.isascii() and base.isalpha():
            return None
        case ["ctrl"] | ["shift"] if base in _MOVING:
            return None
        case ["shift"] if base == "tab":
            return None
        case ["shift"] if len(base) == 1 and base.isalpha():
            return f"{key} cannot be used: write {base.upper()}"
        case _ if set(modifiers) <= {"ctrl", "alt", "shift", "super", "meta", "hyper"}:
            return f"{key} cannot be used: {_NOT_SENT}"
        case _:
            return _unknown(key)


def _unknown(key: str) -> str:
    shown_key = "".join(character if character.isprintable() else "?" for character in key[:30])
    return f"{shown_key!r} is no key"
