"""From values as written to the settings tree: each value against its type, every problem collected."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Struct

from betting_tui.engine.config.problems import Problem
from betting_tui.engine.config.secrets import is_secret
from betting_tui.engine.config.tree import Settings
from betting_tui.engine.config.yaml_file import Found, parse_yaml

LIVE_REFUSED = "this program only bets on paper: live betting does not exist here, remove the setting or write paper"
_MISSING = object()
_PASSWORD = re.compile(r"(://)[^/@\s]+@")
# Digits; amounts and counts have fewer.
_LONGEST_NUMBER = 16
S = TypeVar("S", bound=Struct)


def all_keys(kind: type[Struct] = Settings, prefix: str = "") -> tuple[str, ...]:
    """Every key of the tree as a dotted path, in order."""
    keys: list[str] = []
    for name, hint in get_type_hints(kind).items():
        if isinstance(hint, type) and issubclass(hint, Struct):
            keys.extend(all_keys(hint, f"{prefix}{name}."))
        else:
            keys.append(f"{prefix}{name}")
    return tuple(keys)


class Checker:
    """Walks the tree beside what was found. `problems` grows; a bad value leaves the default in its place."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def settings(self, found: Found | None) -> Settings:
        if found is None or found.value is None:
            return Settings()
        if found.section is None:
            self._add(found, "", "expected sections such as paper_trading:, found something else")
            return Settings()
        return self._struct(Settings, found.section, "")

    def _add(self, found: Found, path: str, text: str) -> None:
        self.problems.append(Problem(found.origin, path, text))

    def _struct(self, kind: type[S], section: dict[str, Found], path: str) -> S:
        hints = get_type_hints(kind, include_extras=True)
        values: dict[str, object] = {}
        for key, found in section.items():
            full = f"{path}.{key}" if path else key
            if key not in hints:
                self._add(found, full, _unknown_key(key, hints, path))
                continue
            value = self._value(hints[key], found, full)
            if value is not _MISSING:
                values[key] = value
        return kind(**values)

    def _value(self, hint: Any, found: Found, path: str) -> object:
        if isinstance(hint, type) and issubclass(hint, Struct):
            return self._section(hint, found, path)
        origin = get_origin(hint)
        if origin is dict:
            return self._table(get_args(hint)[1], found, path)
        if origin is tuple:
            return self._list(get_args(hint)[0], found, path)
        return self._leaf(hint, found, path)

    def _section(self, kind: type[Struct], found: Found, path: str) -> object:
        if found.value is None:
            return _MISSING
        if found.section is None:
            keys = ", ".join(get_type_hints(kind))
            self._add(found, path, f"expected a section with keys such as {keys}; found {_shown(found, path)}")
            return _MISSING
        return self._struct(kind, found.section, path)

    def _table(self, item: Any, found: Found, path: str) -> object:
        if found.value is None:
            return _MISSING
        if found.section is None:
            self._add(found, path, f"expected a section of names with values, found {_shown(found, path)}")
            return _MISSING
        values = {key: self._value(item, entry, f"{path}.{key}") for key, entry in found.section.items()}
        return {key: value for key, value in values.items() if value is not _MISSING}

    def _list(self, item: Any, found: Found, path: str) -> object:
        entries = _list_entries(found)
        if entries is None:
            self._add(found, path, f"expected a list such as [first, second], found {_shown(found, path)}")
            return _MISSING
        values = [self._leaf(item, entry, path) for entry in entries]
        return tuple(value for value in values if value is not _MISSING)

    def _leaf(self, hint: Any, found: Found, path: str) -> object:
        if path == "execution.mode" and found.text.strip().lower() == "live":
            self._add(found, path, LIVE_REFUSED)
            return _MISSING
        value, problem = read_leaf(hint, found)
        if problem is None:
            return value
        hint_text = f": {problem}" if problem else ""
        self._add(found, path, f"expected {expected(hint)}, found {_shown(found, path)}{hint_text}")
        return _MISSING


def read_leaf(hint: Any, found: Found) -> tuple[object, str | None]:
    """The value in its type, or why not: an empty reason means that it is simply no such value."""
    hint, may_be_unset = _without_none(hint)
    if may_be_unset and found.value is None:
        return None, None
    base, meta = _unwrap(hint)
    if found.section is not None or isinstance(found.value, tuple):
        return None, ""
    if _takes_text(base):
        return _read_text(hint, meta, found)
    trap = found.trap
    if trap is not None and not isinstance(found.value, bool):
        return None, f"{trap}: write the plain number"
    if isinstance(found.value, float) and not math.isfinite(found.value):
        return None, "it must be a finite number"
    try:
        value = _exact(found) if base is Decimal else msgspec.convert(found.value, hint)
    except (msgspec.ValidationError, InvalidOperation):
        return None, _number_hint(base, found)
    return value, _extra_check(meta, value)


def _read_text(hint: Any, meta: msgspec.Meta | None, found: Found) -> tuple[object, str | None]:
    value = found.text if found.from_text else found.value
    if value is None:
        return None, ""
    if found.trap is not None and not found.from_text:
        return None, f"{found.trap}: put it in quotes"
    if isinstance(value, int | float):
        return None, "put it in quotes"
    try:
        value = msgspec.convert(value, hint)
    except msgspec.ValidationError:
        return None, _near_literal(hint, value)
    return value, _extra_check(meta, value)


def _unwrap(hint: Any) -> tuple[Any, msgspec.Meta | None]:
    if get_origin(hint) is Annotated:
        base, *metas = get_args(hint)
        return base, metas[0]
    return hint, None


def _without_none(hint: Any) -> tuple[Any, bool]:
    """`X | None` as X, and whether the key may be left unset."""
    if get_origin(hint) not in (UnionType, Union):
        return hint, False
    (kind,) = (each for each in get_args(hint) if each is not type(None))
    return kind, True


def _takes_text(base: Any) -> bool:
    return base is str or get_origin(base) is Literal


def _exact(found: Found) -> Decimal:
    """Amounts are read from their spelling: 0.1 must not pass through a float."""
    if isinstance(found.value, bool) or not isinstance(found.value, int | float):
        raise InvalidOperation
    return Decimal(found.text.replace("_", ""))


def _extra_check(meta: msgspec.Meta | None, value: object) -> str | None:
    if meta is None or not meta.extra:
        return None
    check: Callable[[object], str | None] = meta.extra["check"]
    return check(value)


def _number_hint(base: Any, found: Found) -> str:
    if isinstance(found.value, str) and base in (int, float, Decimal):
        try:
            number = Decimal(found.value)
        except InvalidOperation:
            return ""
        if number.is_finite() and abs(number.adjusted()) < _LONGEST_NUMBER:
            return f"YAML reads {found.value} as text: write {number:f}" + ("" if found.plain else " without quotes")
    return ""


def _near_literal(hint: Any, value: object) -> str:
    if get_origin(hint) is not Literal or not isinstance(value, str):
        return ""
    near = get_close_matches(value, get_args(hint), n=1)
    return f"did you mean {near[0]}?" if near else ""


def bare_type(hint: Any) -> Any:
    """The type itself, without what is said about it and whether it may be left unset."""
    return _unwrap(_without_none(hint)[0])[0]


def expected(hint: Any) -> str:
    """In words, what a key may hold."""
    base, meta = _unwrap(_without_none(hint)[0])
    if meta is not None and meta.description:
        return meta.description
    if get_origin(base) is Literal:
        return "one of " + ", ".join(get_args(base)) if len(get_args(base)) > 1 else str(get_args(base)[0])
    if base is bool:
        return "true or false"
    return "text" if _takes_text(base) else "a number"


def _shown(found: Found, path: str) -> str:
    if is_secret(path):
        return "something else (not shown: it may be a secret)"
    if found.value is None:
        return "nothing"
    if found.section is not None:
        return "a section"
    if isinstance(found.value, tuple):
        return "a list"
    text = _PASSWORD.sub(r"\1***@", found.text)
    text = "".join(character if character.isprintable() else "?" for character in text[:60])
    return f"{text!r}" if isinstance(found.value, str) else text


def _list_entries(found: Found) -> tuple[Found, ...] | None:
    if found.from_text:
        if found.text.strip().startswith("["):
            parsed, problems = parse_yaml(found.text, found.origin)
            return _list_entries(parsed) if parsed is not None and not problems else None
        parts = (part.strip() for part in found.text.split(","))
        return tuple(Found(part, found.origin, text=part, from_text=True) for part in parts if part)
    return found.value if isinstance(found.value, tuple) else None


def _unknown_key(key: str, known: Iterable[str], path: str) -> str:
    siblings = list(known)
    near = get_close_matches(key, siblings, n=1, cutoff=0.6)
    if near:
        return f"unknown key; the nearest is {f'{path}.{near[0]}' if path else near[0]}"
    elsewhere = all_keys()
    leaf = get_close_matches(key, [name.rpartition(".")[2] for name in elsewhere], n=1, cutoff=0.85)
    if leaf:
        return "unknown key; the nearest is " + next(name for name in elsewhere if name.rpartition(".")[2] == leaf[0])
    return f"unknown key; valid here: {', '.join(siblings)}"
