"""JSON that is nearly JSON, and JSON of too many small pieces: read item by item, so that no one call takes long.

What no strict reader takes (NaN, endless digits, control characters, halves of characters) becomes a text, which no
price, point or score can be: only the part that holds it is lost. No call of a library sees more than one item, as
such a call keeps all other threads waiting for its end.
"""

from __future__ import annotations

import codecs
import json
import re

from betting_tui.engine.core.errors import BadAnswer

MAX_ITEM = 512 * 1024
"""Characters of one item that needs this reader: more than any real one has."""

# Everything that reading one piece of JSON can throw; the library's own errors are ValueErrors.
BROKEN = (ValueError, RecursionError, OverflowError)
_SMALL = 128 * 1024
_BYTES_A_COMMA = 8
_DECODED_AT_ONCE = 256 * 1024
_FIRST_WINDOW = 16 * 1024
_LONGEST_CUT_TOKEN = 8
_MAX_DIGITS = 400
_GAP = re.compile(r"[ \t\n\r]*")


def crowded(body: bytes | memoryview) -> bool:
    """Whether a large text has more commas than real data: the pieces between them would take long to list at once."""
    held = bytes(body) if len(body) > _SMALL else b""
    return held.count(b",") * _BYTES_A_COMMA > len(held)


class NearlyJson:
    """Reads on from where it stands. Raises ValueError or RecursionError for what is not even nearly JSON, and
    BadAnswer for more than `limit` items in one list or object."""

    def __init__(self, body: bytes, limit: int) -> None:
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        parts = [decoder.decode(body[at : at + _DECODED_AT_ONCE]) for at in range(0, len(body), _DECODED_AT_ONCE)]
        self._text = "".join((*parts, decoder.decode(b"", final=True)))
        self._limit = limit
        self._at = 0
        self._skip()

    @property
    def here(self) -> str:
        """The character it stands at; empty at the end."""
        return self._text[self._at : self._at + 1]

    def item(self) -> bytes:
        """The next value as strict JSON."""
        return json.dumps(self._value(), ensure_ascii=False).encode("utf-8", "replace")

    def items(self) -> list[bytes]:
        """The items of the list it stands at."""
        found: list[bytes] = []
        while self._goes_on("[", "]", first=not found):
            found.append(self.item())
            if len(found) > self._limit:
                raise BadAnswer(f"the answer lists over {self._limit} items, more than any real one: nothing was read")
        return found

    def members(self, name: str) -> tuple[dict[str, bytes], list[bytes] | None]:
        """The parts of the object it stands at, and the items of the list called `name`, which is not among them."""
        parts: dict[str, bytes] = {}
        listed: list[bytes] | None = None
        count = 0
        while self._goes_on("{", "}", first=not count):
            count += 1
            key = self._value()
            if not isinstance(key, str) or self.here != ":":
                raise ValueError("an object needs names")
            self._step()
            if key == name and self.here == "[":
                listed = self.items()
            else:
                parts[key] = self.item()
            if count > self._limit:
                raise BadAnswer(f"the answer is an object of over {self._limit} parts: nothing was read")
        return parts, listed

    def objects(self, name: str) -> list[tuple[dict[str, bytes], list[bytes] | None]]:
        """`members` of the object it stands at, or of each object of the list it stands at."""
        if self.here != "[":
            return [self.members(name)]
        found: list[tuple[dict[str, bytes], list[bytes] | None]] = []
        while self._goes_on("[", "]", first=not found):
            found.append(self.members(name))
            if len(found) > self._limit:
                raise ValueError("a list of too many objects")
        return found

    def end(self) -> None:
        if self.here:
            raise ValueError("something follows")

    def _goes_on(self, opening: str, closing: str, *, first: bool) -> bool:
        """Whether another part follows; steps over what is before it, or over the end."""
        if self.here != (opening if first else ",") and not (not first and self.here == closing):
            raise ValueError("a bracket or a comma is missing")
        over = self.here == closing
        self._step()
        if first and self.here == closing:
            over = True
            self._step()
        return not over

    def _value(self) -> object:
        for window in (_FIRST_WINDOW, MAX_ITEM):
            part = self._text[self._at : self._at + window]
            whole = self._at + window >= len(self._text)
            try:
                value, end = _READER.raw_decode(part)
            except ValueError:
                if whole:
                    raise
                continue
            # A number at the edge of what was looked at may go on behind it.
            if whole or end < len(part) - _LONGEST_CUT_TOKEN:
                self._at += end
                self._skip()
                read: object = value
                return read
        raise ValueError("an item that is broken, or too large to be read with care")

    def _step(self) -> None:
        self._at += 1
        self._skip()

    def _skip(self) -> None:
        gap = _GAP.match(self._text, self._at)
        self._at = gap.end() if gap else self._at


def _int(text: str) -> int | str:
    return int(text) if len(text) <= _MAX_DIGITS else "endless digits"


def _float(text: str) -> float | str:
    number = float(text)
    return number if abs(number) != float("inf") else "endless digits"


_READER = json.JSONDecoder(strict=False, parse_constant=str, parse_int=_int, parse_float=_float)
