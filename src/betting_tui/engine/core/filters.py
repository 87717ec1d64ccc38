"""Filters as people write them: `edge >= 3% and strategy == "value_betting" and not "suspicious" in flags`.

Grammar, loosest first: `or`, `and`, `not`, parentheses, then one comparison: `== != < <= > >=`, `~` (text contains,
letter case aside), `in` (a value in a list field or in a written list). Values: field names, numbers (`3%` is 0.03),
quoted text, `null`. A field without a value satisfies only `== null` and `!=`. Numbers that differ by less than the
tolerance of all thresholds are equal, so that an exact 5 % is `>= 5%`. Nothing is ever evaluated as code.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from enum import StrEnum

from msgspec import Struct

from betting_tui.engine.core.edge import TOLERANCE
from betting_tui.engine.core.errors import UsageError

MAX_LENGTH = 2_000
_MAX_DEPTH = 40

Value = str | float | int | None
Test = Callable[[object], bool]
Read = Callable[[object], object]

_TOKEN = re.compile(
    r"\s*(?:(?P<number>[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d{1,3})?(?:\s*%)?)"
    r"|(?P<text>\"[^\"]*\"|'[^']*')"
    r"|(?P<word>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<sign>==|!=|<=|>=|<|>|=|~|\(|\)|\[|\]|,))"
)
_ORDER: dict[str, Callable[[int], bool]] = {
    "<": lambda order: order < 0,
    "<=": lambda order: order <= 0,
    ">": lambda order: order > 0,
    ">=": lambda order: order >= 0,
}
_SIGNS = ("==", "!=", *_ORDER, "~")
_RESERVED = ("and", "or", "not", "in", "null")


class FilterError(UsageError):
    """The expression is not understood; the message says where and what would be."""

    title = "Filter"


class FieldKind(StrEnum):
    NUMBER = "a number"
    TEXT = "text"
    LIST = "a list"


class Filter(Struct, frozen=True):
    """A compiled expression. Fields are read as attributes of what is tested, by the names given when compiling;
    `fields` are those it names."""

    text: str
    test: Test
    fields: frozenset[str] = frozenset()

    def matches(self, record: object) -> bool:
        return self.test(record)

    def also(self, other: Filter) -> Filter:
        """What fits this one and the other."""
        if not other.text.strip():
            return self
        if not self.text.strip():
            return other
        mine, its = self.test, other.test
        return Filter(
            f"({self.text}) and ({other.text})", lambda record: mine(record) and its(record), self.fields | other.fields
        )


class _Operand(Struct, frozen=True):
    """One side of a comparison. `kind` None is `null`."""

    kind: FieldKind | None
    read: Read
    shown: str


class _Token(Struct, frozen=True):
    kind: str
    text: str
    at: int


def compile_filter(text: str, fields: Mapping[str, FieldKind]) -> Filter:
    """Understand an expression over these fields; empty text matches everything. Raises FilterError."""
    if len(text) > MAX_LENGTH:
        raise FilterError(f"the filter is longer than {MAX_LENGTH} characters")
    tokens = _tokens(text)
    if not tokens:
        return Filter(text, lambda _record: True)
    parser = _Parser(tokens, fields)
    return Filter(text, parser.whole(), frozenset(parser.named))


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    at = 0
    end = len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            rest = text[at:].strip()
            hint = "text needs quotes on both sides" if rest[:1] in ("'", '"') else "a filter has no such sign"
            raise FilterError(f"not understood from {rest[:20]!r}: {hint}")
        kind = match.lastgroup
        found.append(_Token(kind, match.group(kind), match.start(kind)))
        at = match.end()
    return found


class _Parser:
    def __init__(self, tokens: list[_Token], fields: Mapping[str, FieldKind]) -> None:
        self._tokens = tokens
        self._fields = fields
        self.named: set[str] = set()
        self._next = 0
        self._depth = 0

    def whole(self) -> Test:
        test = self._either()
        if self._peek() is not None:
            raise FilterError(f"{self._rest()} is not expected here: join conditions with and, or")
        return test

    def _peek(self) -> str | None:
        if self._next >= len(self._tokens):
            return None
        token = self._tokens[self._next]
        return token.text.lower() if token.kind == "word" else token.text

    def _take(self, *texts: str) -> str | None:
        now = self._peek()
        if now is None or now not in texts:
            return None
        self._next += 1
        return now

    def _rest(self) -> str:
        return repr(self._tokens[self._next].text[:20]) if self._next < len(self._tokens) else "the end"

    def _either(self) -> Test:
        tests = [self._both()]
        while self._take("or"):
            tests.append(self._both())
        return tests[0] if len(tests) == 1 else lambda record: any(test(record) for test in tests)

    def _both(self) -> Test:
        tests = [self._negated()]
        while self._take("and"):
            tests.append(self._negated())
        return tests[0] if len(tests) == 1 else lambda record: all(test(record) for test in tests)

    def _negated(self) -> Test:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise FilterError("the filter is nested too deeply")
        try:
            if self._take("not"):
                inner = self._negated()
                return lambda record: not inner(record)
            if self._take("("):
                grouped = self._either()
                if not self._take(")"):
                    raise FilterError(f"a closing ) is missing before {self._rest()}")
                return grouped
            return self._comparison()
        finally:
            self._depth -= 1

    def _comparison(self) -> Test:
        left = self._operand()
        if self._take("not"):
            if not self._take("in"):
                raise FilterError(f"{self._rest()} is not expected after not: write not in")
            inside = self._membership(left)
            return lambda record: not inside(record)
        if self._take("in"):
            return self._membership(left)
        sign = self._take(*_SIGNS, "=")
        if sign is None:
            raise FilterError(f"after {left.shown} a comparison is expected (one of {' '.join(_SIGNS)} in)")
        sign = "==" if sign == "=" else sign
        return _compared(left, sign, self._compared_with(left, sign))

    def _compared_with(self, left: _Operand, sign: str) -> _Operand:
        """The right side. A bare word beside text is most likely text that lost its quotes, to a shell for instance."""
        word = self._tokens[self._next] if self._next < len(self._tokens) else None
        plain = word is not None and word.kind == "word" and word.text not in self._fields
        if plain and word is not None and word.text.lower() not in _RESERVED and left.kind is not FieldKind.NUMBER:
            raise FilterError(f"text needs quotes: write {left.shown} {sign} '{word.text}'")
        return self._operand()

    def _membership(self, left: _Operand) -> Test:
        if self._take("(", "["):
            items = [self._operand()]
            while self._take(","):
                items.append(self._operand())
            if not self._take(")", "]"):
                raise FilterError(f"a closing ) is missing before {self._rest()}")
            tests = [_compared(left, "==", item) for item in items]
            return lambda record: any(test(record) for test in tests)
        right = self._operand()
        if right.kind is not FieldKind.LIST:
            raise FilterError(f"{right.shown} is no list: write for example strategy in ('arbitrage', 'value_betting')")
        return _compared(right, "==", left)

    def _operand(self) -> _Operand:
        if self._next >= len(self._tokens):
            raise FilterError("the filter ends too early: a field, a number or quoted text is expected")
        token = self._tokens[self._next]
        self._next += 1
        match token.kind:
            case "number":
                number = float(token.text.removesuffix("%").rstrip())
                value = number / 100 if token.text.endswith("%") else number
                return _Operand(FieldKind.NUMBER, lambda _record: value, token.text)
            case "text":
                text = token.text[1:-1]
                return _Operand(FieldKind.TEXT, lambda _record: text, token.text)
            case "word":
                return self._field(token.text)
            case _:
                raise FilterError(f"{token.text!r} is not expected here: a field, a number or quoted text is")

    def _field(self, word: str) -> _Operand:
        if word.lower() == "null":
            return _Operand(None, lambda _record: None, "null")
        if word in self._fields:
            self.named.add(word)
            return _Operand(self._fields[word], operator.attrgetter(word), word)
        if word.lower() in _RESERVED:
            raise FilterError(f"{word!r} is not expected here: a field, a number or quoted text is")
        near = get_close_matches(word, self._fields, n=1)
        hint = f"the nearest is {near[0]}" if near else f"fields are {', '.join(sorted(self._fields))}"
        raise FilterError(f"there is no field {word!r}; {hint} (text needs quotes)")


def _compared(left: _Operand, sign: str, right: _Operand) -> Test:
    if left.kind is FieldKind.LIST or right.kind is FieldKind.LIST:
        return _list_test(left, sign, right)
    if left.kind is None or right.kind is None:
        if sign not in ("==", "!="):
            raise FilterError(f"null can only be compared with == and !=, not {sign}")
    elif left.kind is not right.kind:
        raise FilterError(
            f"{left.shown} is {left.kind.value} and {right.shown} is {right.kind.value}: they cannot be compared"
        )
    elif sign == "~" and left.kind is not FieldKind.TEXT:
        raise FilterError(f"~ searches text, and {left.shown} is {left.kind.value}")
    return _scalar_test(left.read, sign, right.read)


def _scalar_test(left: Read, sign: str, right: Read) -> Test:
    match sign:
        case "==":
            return lambda record: _equal(left(record), right(record))
        case "!=":
            return lambda record: not _equal(left(record), right(record))
        case "~":
            return lambda record: _contains(left(record), right(record))
        case _:
            order = _ORDER[sign]
            return lambda record: _ordered(order, left(record), right(record))


def _list_test(left: _Operand, sign: str, right: _Operand) -> Test:
    """A list equals a value when it holds it."""
    field, other = (left, right) if left.kind is FieldKind.LIST else (right, left)
    if other.kind is not FieldKind.TEXT or sign not in ("==", "!=", "~") or (sign == "~" and field is right):
        raise FilterError(f"{field.shown} is a list: write 'name' in {field.shown}, or {field.shown} ~ 'part'")
    wanted = other.read
    if sign == "~":
        return lambda record: any(_contains(item, wanted(record)) for item in _items(field.read(record)))
    if sign == "==":
        return lambda record: wanted(record) in _items(field.read(record))
    return lambda record: wanted(record) not in _items(field.read(record))


def _items(value: object) -> tuple[object, ...]:
    return tuple(value) if isinstance(value, tuple | list) else ()


def _contains(text: object, part: object) -> bool:
    return isinstance(text, str) and isinstance(part, str) and part.casefold() in text.casefold()


def _equal(left: object, right: object) -> bool:
    if left is None or right is None:
        return left is right
    return _ordered(lambda order: order == 0, left, right)


def _ordered(fits: Callable[[int], bool], left: object, right: object) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return fits((left > right) - (left < right))
    if isinstance(left, int | float) and isinstance(right, int | float):
        if abs(left - right) <= TOLERANCE:
            return fits(0)
        return fits((left > right) - (left < right))
    return False
