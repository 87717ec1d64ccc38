"""Every setting as somebody who edits it needs it: what it is, may hold, is for, comes from, and when it counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from functools import cache
from operator import attrgetter
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec
import yaml
from msgspec import Struct

from betting_tui.engine.config.check import bare_type, expected
from betting_tui.engine.config.load import Loaded
from betting_tui.engine.config.secrets import is_secret
from betting_tui.engine.config.tree import Settings
from betting_tui.engine.config.words import SETTING_WORDS

HIDDEN, NOT_SET = "set (hidden)", "not set"
_AT_ONCE = frozenset({"ui.theme", "ui.odds_format", "ui.time_zone", "ui.keys"})
_NEXT_START = frozenset({"storage.data_dir", "log.level"})


class Form(StrEnum):
    """How a setting is written: one of a few words, a number, text, one that is hidden, a list or a mapping."""

    WORDS = "words"
    NUMBER = "number"
    TEXT = "text"
    SECRET = "secret"
    LIST = "list"
    MAPPING = "mapping"


class Source(StrEnum):
    """Where the value in force comes from."""

    DEFAULT = "default"
    FILE = "file"
    DOTENV = ".env file"
    ENVIRONMENT = "environment"
    FLAG = "flag"


class Effect(StrEnum):
    """When a change counts."""

    AT_ONCE = "at once"
    ENGINE = "when the engine starts again"
    NEXT_START = "when betting-tui is started again"


class Setting(Struct, frozen=True):
    """One setting. `value` and `default` are as shown, `written` as YAML or text to edit; both hide secrets.

    `words` are all it may hold, where those are few. `origin` names the file with its line, the variable or the flag;
    `lock` says why the file cannot change it.
    """

    key: str
    form: Form
    value: str
    written: str
    default: str
    holds: str
    about: str
    source: Source
    origin: str
    effect: Effect
    words: tuple[str, ...] = ()
    lock: str = ""

    @property
    def section(self) -> str:
        return self.key.rpartition(".")[0] or self.key

    @property
    def name(self) -> str:
        return self.key.rpartition(".")[2]

    @property
    def changed(self) -> bool:
        """Whether it is not the default."""
        return self.source is not Source.DEFAULT


def catalogue(loaded: Loaded) -> tuple[Setting, ...]:
    """All of them in the order of the tree."""
    defaults = Settings()
    return tuple(_setting(key, loaded, attrgetter(key)(defaults)) for key in _hints())


@cache
def _hints() -> Mapping[str, Any]:
    """The type of each setting with all that is said about it."""
    return dict(_leaves(Settings, ""))


def _leaves(kind: type[Struct], prefix: str) -> Iterator[tuple[str, Any]]:
    for name, hint in get_type_hints(kind, include_extras=True).items():
        if isinstance(hint, type) and issubclass(hint, Struct):
            yield from _leaves(hint, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", hint


def _setting(key: str, loaded: Loaded, default: object) -> Setting:
    value, hint = attrgetter(key)(loaded.settings), _hints()[key]
    source, origin = _source(key, loaded)
    form = _form(key, hint)
    secret = form is Form.SECRET
    return Setting(
        key=key,
        form=form,
        value=(HIDDEN if value else NOT_SET) if secret else _shown(value),
        written="" if secret else _written(value),
        default=NOT_SET if secret else _shown(default),
        holds=_holds(hint),
        about=SETTING_WORDS.get(key, ""),
        source=source,
        origin=origin,
        effect=_effect(key),
        words=_words(hint),
        lock=_lock(source, origin),
    )


def _effect(key: str) -> Effect:
    if key in _AT_ONCE:
        return Effect.AT_ONCE
    return Effect.NEXT_START if key in _NEXT_START else Effect.ENGINE


def _source(key: str, loaded: Loaded) -> tuple[Source, str]:
    """The strongest layer that says anything about it: of a mapping, any of its entries."""
    origins = [origin for path, origin in loaded.origins.items() if path == key or path.startswith(f"{key}.")]
    found = [(_layer(origin, loaded), origin) for origin in origins]
    order = tuple(Source)
    return max(found, key=lambda each: order.index(each[0]), default=(Source.DEFAULT, ""))


def _layer(origin: str, loaded: Loaded) -> Source:
    if origin.startswith(f"{loaded.path}, line "):
        return Source.FILE
    if ", line " in origin:
        return Source.DOTENV
    return Source.FLAG if origin.startswith("-") else Source.ENVIRONMENT


def _lock(source: Source, origin: str) -> str:
    match source:
        case Source.DEFAULT | Source.FILE:
            return ""
        case Source.DOTENV:
            return f"{origin} sets it and counts more than this file: change it there"
        case Source.ENVIRONMENT:
            return f"the variable {origin} sets it and counts more than this file: unset it and start again"
        case Source.FLAG:
            return f"{origin} sets it for this run: start again without it"


def _form(key: str, hint: Any) -> Form:
    base = bare_type(hint)
    if is_secret(key):
        return Form.SECRET
    if get_origin(base) is dict:
        return Form.MAPPING
    if get_origin(base) is tuple:
        return Form.LIST
    if base is bool or get_origin(base) is Literal:
        return Form.WORDS
    return Form.TEXT if base is str else Form.NUMBER


def _words(hint: Any) -> tuple[str, ...]:
    base = bare_type(hint)
    if base is bool:
        return "true", "false"
    return tuple(map(str, get_args(base))) if get_origin(base) is Literal else ()


def _holds(hint: Any) -> str:
    base = bare_type(hint)
    if get_origin(base) is dict:
        item = get_args(base)[1]
        if isinstance(item, type) and issubclass(item, Struct):
            inside = (f"{name}: {expected(each)}" for name, each in get_type_hints(item, include_extras=True).items())
            return f"names, each with {', '.join(inside)}"
        return f"names, each with {expected(item)}"
    if get_origin(base) is tuple:
        return f"a list of {expected(get_args(base)[0])}"
    return expected(hint)


def _shown(value: object) -> str:
    match value:
        case None:
            return NOT_SET
        case bool():
            return "true" if value else "false"
        case tuple():
            return ", ".join(map(str, value)) or "none"
        case dict():
            return ", ".join(f"{name}: {_entry(item)}" for name, item in value.items()) or "none"
        case Decimal():
            return f"{value:f}"
        case float():
            return f"{value:.10g}"
        case _:
            return str(value)


def _entry(item: object) -> str:
    if isinstance(item, Struct):
        return ", ".join(f"{name} {_shown(part)}" for name, part in msgspec.structs.asdict(item).items())
    return _shown(item)


def _written(value: object) -> str:
    """Lists and mappings a line for each, as YAML."""
    match value:
        case None:
            return ""
        case tuple():
            return "".join(f"- {_scalar(item)}\n" for item in value)
        case dict():
            return _mapping(value)
        case _:
            return _shown(value)


def _mapping(entries: Mapping[str, object]) -> str:
    plain = {name: msgspec.structs.asdict(item) if isinstance(item, Struct) else item for name, item in entries.items()}
    return yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=4096) if plain else ""


def _scalar(item: object) -> str:
    return yaml.safe_dump([str(item)], default_flow_style=True, allow_unicode=True, width=4096).strip()[1:-1]
