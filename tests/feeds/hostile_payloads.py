"""Bodies made to break what reads them: whole ones that are no answer, and good answers with one part gone wrong.

Of a `Spoilt` answer the good row must be kept and the other counted. Its other row is bait: unbroken it would lead to
a bet or settle one, broken it must not.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Container, Iterator, Mapping

from msgspec import Struct

Row = dict[str, object]
Join = Callable[[list[bytes]], bytes]


class Spoilt(Struct, frozen=True):
    """`whole`: no answer at all, where nothing has to be kept. `counted`: whether something is to be left out of it."""

    name: str
    body: bytes
    whole: bool = False
    counted: bool = True


class Literal(str):
    """Text that goes into JSON as it is."""

    __slots__ = ()


NESTED = "[" * 400 + "]" * 400
DEEP = "[" * 100_000 + "]" * 100_000
ENDLESS = "9" * 5_000

# What no field of a game's head can be.
NO_TEXT: Mapping[str, object] = {
    "true": True,
    "a list": [1],
    "an object": {"a": 1},
    "nested": Literal(NESTED),
    "half a character": Literal('"\\ud800"'),
    "not UTF-8": Literal('"RAW"'),
}
NO_ID = {
    **NO_TEXT,
    "nothing": None,
    "empty": "",
    "a space": "a b",
    "a path": "../../etc/passwd",
    "SQL": "'; DROP TABLE bets; --",
    "NUL": "a\0b",
    "markup": "[red]x[/]",
    "ten thousand letters": "x" * 10_000,
}
NO_START = {
    **NO_TEXT,
    "nothing": None,
    "empty": "",
    "a word": "tomorrow",
    "year 0": "0000-01-01T00:00:00Z",
    "year 9999": "9999-12-31T23:59:59Z",
    "month 13": "2026-13-45T00:00:00Z",
    "hour 25": "2026-04-18T25:61:00Z",
    "endless": "2026-04-18T23:00:00Z" * 1_000,
}
NO_TEAM = {
    **NO_TEXT,
    "empty": "",
    "a number": 5,
    "invisible": "\u202e\u2066\u200b\x07",
    "NULs": "\0" * 50,
}
NO_PRICE = {
    **NO_TEXT,
    "nothing": None,
    "a text": "150",
    "empty": "",
    "NaN": Literal("NaN"),
    "Infinity": Literal("Infinity"),
    "-Infinity": Literal("-Infinity"),
    "1e308": Literal("1e308"),
    "-1e308": Literal("-1e308"),
    "1e999": Literal("1e999"),
    "endless digits": Literal(ENDLESS),
    "endless decimals": Literal("1." + ENDLESS),
    "0": 0,
    "-0.0": -0.0,
    "1": 1,
    "1.0": 1.0,
    "-1": -1,
    "50": 50,
    "-99": -99,
    "2 ** 63": 2**63,
    "-(2 ** 64)": -(2**64),
}
NO_SCORE = {
    **NO_TEXT,
    "nothing": None,
    "empty": "",
    "blank": " ",
    "negative": "-1",
    "a negative number": -1,
    "half a point": 2.5,
    "half a point as text": "2.5",
    "a word": "abc",
    "full-width digits": "\uff12",
    "six digits": "123456",
    "1e308": Literal("1e308"),
    "NaN": Literal("NaN"),
    "Infinity": Literal("-Infinity"),
    "endless digits": Literal(ENDLESS),
    "endless text": "1" * 5_000,
    "markup": "[b]2[/b]",
    "a formula": "=1+1",
}


def text(row: Mapping[str, object]) -> bytes:
    """A row as JSON, with `Literal` values as they are."""
    return _dumped(row).replace(b'"RAW"', b'"\xff\xfe\x80"')


def whole(good: bytes) -> Iterator[Spoilt]:
    """What is no answer at all. `good` is one that is."""
    page = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>Wi-Fi</body></html>"
    yield from (
        Spoilt(name, body, whole=True)
        for name, body in {
            "nothing": b"",
            "blanks": b" \r\n\t ",
            "null": b"null",
            "true": b"true",
            "a number": b"42",
            "a text": b'"text"',
            "NaN": b"NaN",
            "a page": page,
            "a page packed twice": gzip.compress(gzip.compress(page)),
            "good, packed and not said so": gzip.compress(good),
            "XML": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
            "YAML": b"- id: 1\n  price: &a [*a]\n",
            "JSON5": b"[{id: 'x', price: +.5, /* no */ },]",
            "JSONP": b"callback(" + good + b");",
            "guarded": b")]}',\n" + good,
            "UTF-16": b"\xff\xfe" + good.decode().encode("utf-16-le"),
            "UTF-32": good.decode().encode("utf-32"),
            "NULs": b"\0" * 10_000,
            "a NUL before it": b"\0" + good,
            "noise": bytes(range(256)) * 40,
            "cut in the middle": good[: len(good) // 2],
            "cut before the end": good.rstrip()[:-1],
            "twice": good + good,
            "something after it": good + b" trailing",
            "a bracket too many": good + b"]",
            "deep lists": DEEP.encode(),
            "deep objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
            "only opened": b"[" * 1_000_000,
            "endless digits": ENDLESS.encode(),
            "a million empty objects": b"[" + b"{}," * 1_000_000 + b"{}]",
            "a million numbers": b"[" + b"1," * 1_000_000 + b"1]",
            "a million members": b"{" + b'"a":1,' * 1_000_000 + b'"b":1}',
            "an error message": b'{"message": "no", "error_code": "INVALID_KEY"}',
            "another object": b'{"status": "ok"}',
            "a list of lists": b"[[[[]]]]",
        }.items()
    )


def wrong(
    field: str,
    values: Mapping[str, object],
    good: bytes,
    join: Join,
    make: Callable[[object], bytes],
    *,
    quietly: Container[str] = (),
) -> Iterator[Spoilt]:
    """The good row beside one whose `field` is each of these values in turn. Those named in `quietly` are taken as they
    are: a game without teams or without a result is nothing wrong."""
    for name, value in values.items():
        yield Spoilt(f"{field}: {name}", join([good, make(value)]), counted=name not in quietly)


def with_field(row: Row, *path: str | int) -> Callable[[object], bytes]:
    """A row with the value at that path replaced."""

    def make(value: object) -> bytes:
        spoilt = json.loads(json.dumps(row))
        at = spoilt
        for step in path[:-1]:
            at = at[step]
        at[path[-1]] = value
        return text(spoilt)

    return make


def _dumped(value: object) -> bytes:
    if isinstance(value, Literal):
        return value.encode()
    if isinstance(value, Mapping):
        inner = b",".join(json.dumps(name).encode() + b":" + _dumped(part) for name, part in value.items())
        return b"{" + inner + b"}"
    if isinstance(value, (list, tuple)):
        return b"[" + b",".join(_dumped(part) for part in value) + b"]"
    return json.dumps(value).encode()
