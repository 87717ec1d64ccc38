"""Reading YAML with the line of every value, and refusing what people do not mean: double keys, `NO`, `12:30`."""

from __future__ import annotations

import re

import yaml
from msgspec import Struct

from betting_tui.engine.config.problems import Problem

MAX_CHARACTERS = 1_000_000
_MAX_VALUES = 20_000
_MAP_TAG = "tag:yaml.org,2002:map"
_SEQ_TAG = "tag:yaml.org,2002:seq"
_ODD_NUMBER = re.compile(r"[-+]?(0[0-9_]+|0[xXbBoO][0-9a-fA-F_]+|.*:.*)")


class Found(Struct, frozen=True):
    """One value as written. `text` is the scalar's own spelling; `plain` when it stood without quotes.

    `value` is a scalar, a tuple of Found, or a dict of Found by key.
    """

    value: object
    origin: str
    text: str = ""
    plain: bool = False
    from_text: bool = False

    @property
    def section(self) -> dict[str, Found] | None:
        return self.value if isinstance(self.value, dict) else None

    @property
    def trap(self) -> str | None:
        """How YAML misread an unquoted scalar; None when it reads as people do."""
        if not self.plain or self.value is None:
            return None
        if isinstance(self.value, bool):
            reads = "true" if self.value else "false"
            return None if self.text.lower() == reads else f"YAML reads {self.text} as {reads}"
        if isinstance(self.value, int | float) and _ODD_NUMBER.fullmatch(self.text):
            return f"YAML reads {self.text} as the number {self.value:g}"
        if not isinstance(self.value, int | float | str):
            return f"YAML reads {self.text} as a date"
        return None


class _Loader(yaml.SafeLoader):
    """Builds `Found` values; collects problems instead of stopping at the first."""

    def __init__(self, text: str, name: str) -> None:
        super().__init__(text)
        self.name = name
        self.problems: list[Problem] = []
        self._values = 0

    def read(self) -> Found | None:
        node = self.get_single_node()
        return None if node is None else self._found(node, "", ())

    def _origin(self, node: yaml.Node) -> str:
        return f"{self.name}, line {node.start_mark.line + 1}"

    def _found(self, node: yaml.Node, path: str, above: tuple[yaml.Node, ...]) -> Found:
        self._values += 1
        origin = self._origin(node)
        if self._values > _MAX_VALUES or node in above:
            raise yaml.constructor.ConstructorError(None, None, "too many values or a loop", node.start_mark)
        if isinstance(node, yaml.MappingNode) and node.tag == _MAP_TAG:
            return Found(self._mapping(node, path, (*above, node)), origin)
        if isinstance(node, yaml.SequenceNode) and node.tag == _SEQ_TAG:
            return Found(tuple(self._found(item, path, (*above, node)) for item in node.value), origin)
        if not isinstance(node, yaml.ScalarNode):
            raise yaml.constructor.ConstructorError(None, None, "tags are not used here", node.start_mark)
        return Found(self._scalar(node), origin, text=node.value, plain=node.style is None)

    def _scalar(self, node: yaml.ScalarNode) -> object:
        try:
            return self.construct_object(node)
        except (ValueError, OverflowError):
            return node.value

    def _mapping(self, node: yaml.MappingNode, path: str, above: tuple[yaml.Node, ...]) -> dict[str, Found]:
        entries: dict[str, Found] = {}
        for key_node, value_node in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
            where = self._origin(key_node)
            if key is None or key == "<<":
                self.problems.append(Problem(where, path, "a key must be plain text"))
                continue
            full = f"{path}.{key}" if path else key
            if key in entries:
                self.problems.append(
                    Problem(where, full, f"written twice: the first is at {entries[key].origin}; keep one")
                )
                continue
            found = self._found(value_node, full, above)
            entries[key] = Found(found.value, where if found.section is None else found.origin, found.text, found.plain)
        return entries


def parse_yaml(text: str, name: str) -> tuple[Found | None, list[Problem]]:
    """The tree of values, or None when there is none; with everything wrong about the writing itself."""
    if len(text) > MAX_CHARACTERS:
        return None, [Problem(name, "", f"larger than {MAX_CHARACTERS} characters: this is no settings file")]
    try:
        loader = _Loader(text, name)
    except yaml.YAMLError:
        return None, [Problem(name, "", "holds characters that are no text: save it as UTF-8")]
    try:
        return loader.read(), loader.problems
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{name}, line {mark.line + 1}" if mark is not None else name
        return None, [*loader.problems, Problem(where, "", f"not valid YAML: {error.problem or error.context}")]
    except yaml.YAMLError:
        return None, [*loader.problems, Problem(name, "", "not valid YAML")]
    except RecursionError:
        return None, [*loader.problems, Problem(name, "", "nested too deeply")]
    finally:
        loader.dispose()


def parse_scalar(text: str, name: str) -> Found:
    """A value given as text outside a file (environment, flag): kept as text beside what YAML would make of it."""
    found, problems = parse_yaml(text, name)
    if found is None or problems or found.section is not None:
        return Found(text, name, text=text, from_text=True)
    return Found(found.value, name, text=text, plain=found.plain, from_text=True)
