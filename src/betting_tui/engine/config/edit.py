"""Putting one value into a YAML text: everything else, comments and layout too, stays as the user wrote it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import yaml
from msgspec import Struct

from betting_tui.engine.config.yaml_file import Found, parse_yaml
from betting_tui.engine.core.errors import ConfigError


class YamlText(Struct, frozen=True):
    """A value as YAML writes it, on one line."""

    text: str


SettingValue = str | bool | int | float | Decimal | tuple[str, ...] | YamlText
_WORD = re.compile(r"[a-z][a-z0-9_]*")
_COMMENT = re.compile(r"(?:^|(?<=\s))#[^\r\n]*")


class Change(Struct, frozen=True):
    """One setting by its dotted key, and what it shall be."""

    key: str
    value: SettingValue


def put(text: str, change: Change, name: str) -> str:
    """The text with the value in it. Raises ConfigError, naming the file, where only a person can edit it safely."""
    path = change.key.split(".")
    newline = "\r\n" if "\r\n" in text else "\n"
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        raise ConfigError(f"{name} is not valid YAML: `betting-tui config check` says where") from None
    edited = _edited(text, root, path, change.value, newline)
    _prove(text, edited, change, name)
    return edited


def _edited(text: str, root: yaml.Node | None, path: list[str], value: SettingValue, newline: str) -> str:
    if root is None:
        return _with_line_end(text, newline) + _block(path, value, 0, newline) + newline
    node, above, key = root, root, root
    for depth, part in enumerate(path):
        found = _entry(node, part)
        if found is None:
            rest = path[depth:]
            if node is root:
                return _below_all(text, root, rest, value, newline)
            return _into(text, node, rest, value, above=above, indent=key.start_mark.column + 2, newline=newline)
        above, (key, node) = node, found
    return _replaced(text, node, key, value, newline)


def _below_all(text: str, root: yaml.Node, rest: list[str], value: SettingValue, newline: str) -> str:
    if isinstance(root, yaml.MappingNode) and root.flow_style:
        return _into_flow(text, root, rest, value)
    indent = root.start_mark.column
    end = _end_of_values(text, root)
    addition = f"{' ' * indent}{_block(rest, value, indent, newline)}{newline}"
    return _with_line_end(text[:end], newline) + addition + text[end:]


def _into(
    text: str, section: yaml.Node, rest: list[str], value: SettingValue, *, above: yaml.Node, indent: int, newline: str
) -> str:
    """Into a section that is there, whatever its style; `above` is what holds it, `indent` where its keys would be."""
    start, end = section.start_mark.index, section.end_mark.index
    if isinstance(section, yaml.MappingNode):
        if section.flow_style:
            return _into_flow(text, section, rest, value)
        column = section.start_mark.column
        return f"{text[:start]}{_block(rest, value, column, newline)}{newline}{' ' * column}{text[start:]}"
    if isinstance(above, yaml.MappingNode) and above.flow_style:
        return f"{text[:start]} {{{_flow(rest, value)}}}{text[end:]}"
    return f"{text[:start]}{newline}{' ' * indent}{_block(rest, value, indent, newline)}{text[end:]}"


def _into_flow(text: str, node: yaml.MappingNode, rest: list[str], value: SettingValue) -> str:
    start = node.start_mark.index + 1
    return f"{text[:start]}{_flow(rest, value)}{', ' if node.value else ''}{text[start:]}"


def _replaced(text: str, node: yaml.Node, key: yaml.Node, value: SettingValue, newline: str) -> str:
    block_list = isinstance(node, yaml.SequenceNode) and not node.flow_style
    if block_list and isinstance(node, yaml.SequenceNode) and isinstance(value, tuple) and value:
        return _with_items(text, node, value, newline)
    start, end = node.start_mark.index, node.end_mark.index
    if isinstance(node, yaml.CollectionNode) and not node.flow_style:
        # Its own lines, from behind the colon on.
        start, end = key.end_mark.index + 1, _end_of_line(text, last_end(node, key))
    before = text[:start]
    lost = [] if isinstance(node, yaml.ScalarNode) else comments_in(text[:end], start, node)
    if lost:
        line = text.rfind("\n", 0, key.start_mark.index) + 1
        kept = "".join(f"{' ' * key.start_mark.column}{comment}{newline}" for comment in lost)
        before = before[:line] + kept + before[line:]
    gap = "" if before[-1:].isspace() else " "
    return f"{before}{gap}{_scalar(value)}{_line_end(text[start:end])}{text[end:]}"


def _with_items(text: str, node: yaml.SequenceNode, value: tuple[str, ...], newline: str) -> str:
    """A list of one item a line keeps the lines of the items that stay, with their comments."""
    starts = [text.rfind("\n", 0, item.start_mark.index) + 1 for item in node.value]
    end = _end_of_line(text, node.value[-1].end_mark.index)
    old = {item.value: text[a:b] for item, a, b in zip(node.value, starts, [*starts[1:], end], strict=True)}
    indent = " " * node.start_mark.column
    lines = [_with_line_end(old.get(item, f"{indent}- {_word(item)}"), newline) for item in value]
    left = [line for item, lines_ in old.items() if item not in value for line in lines_.splitlines(keepends=True)[1:]]
    block = "".join([*left, *lines])
    return text[: starts[0]] + (block if text[end - 1 : end] == "\n" else block.rstrip("\r\n")) + text[end:]


def last_end(node: yaml.Node, key: yaml.Node) -> int:
    """Behind the last scalar of a value; behind its key for a value that is empty."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style:
        ends = [each.end_mark.index for each in _scalars(node)]
        return max([*ends, key.end_mark.index])
    return int(max(node.end_mark.index, key.end_mark.index))


def comments_in(text: str, start: int, node: yaml.Node) -> list[str]:
    """Those inside a value that goes: what lies between its scalars and begins with a number sign."""
    found: list[str] = []
    for scalar in _scalars(node):
        found += _COMMENT.findall(text[start : scalar.start_mark.index])
        start = scalar.end_mark.index
    return found + _COMMENT.findall(text[start:])


def _scalars(node: yaml.Node) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.ScalarNode):
        yield node
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _scalars(item)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _scalars(key)
            yield from _scalars(value)


def _entry(node: yaml.Node, key: str) -> tuple[yaml.Node, yaml.Node] | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next(((name, value) for name, value in node.value if name.value == key), None)


def _end_of_values(text: str, root: yaml.Node) -> int:
    """Where the document's last value ends: a `...` line and what follows it must stay behind."""
    end = root.end_mark.index
    return end if text[end : end + 3] == "..." else len(text)


def _end_of_line(text: str, at: int) -> int:
    found = text.find("\n", at)
    return len(text) if found < 0 else found + 1


def _with_line_end(text: str, newline: str) -> str:
    return text if not text or text.endswith("\n") else text + newline


def _line_end(replaced: str) -> str:
    stripped = replaced.rstrip("\r\n")
    return replaced[len(stripped) :]


def _block(path: Sequence[str], value: SettingValue, indent: int, newline: str) -> str:
    """`a:`, then `b: value` two further in, from the column `indent` on; the last line is left open."""
    lines = [f"{' ' * (indent + 2 * depth) if depth else ''}{part}:" for depth, part in enumerate(path)]
    return f"{newline.join(lines)} {_scalar(value)}"


def _flow(path: Sequence[str], value: SettingValue) -> str:
    first, *rest = path
    return f"{first}: {{{_flow(rest, value)}}}" if rest else f"{first}: {_scalar(value)}"


def _scalar(value: SettingValue) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case Decimal():
            return f"{value:f}"
        case YamlText():
            return value.text
        case tuple():
            return f"[{', '.join(_word(item) for item in value)}]"
        case _:
            return json.dumps(value)


def _word(text: str) -> str:
    return text if _WORD.fullmatch(text) and yaml.safe_load(text) == text else json.dumps(text)


def _prove(before: str, after: str, change: Change, name: str) -> None:
    """The edited text must say the same as before but for this value: anything else is left to a person."""
    old, _ = parse_yaml(before, name)
    new, problems = parse_yaml(after, name)
    wanted, _ = parse_yaml(_scalar(change.value), name)
    expected = plain_values(old) if old is not None and old.value is not None else {}
    meant = _put_in(expected, change.key.split("."), None if wanted is None else plain_values(wanted))
    if problems or new is None or plain_values(new) != meant:
        raise ConfigError(f"{name} has a layout this program does not edit: write {change.key} by hand")


def _put_in(tree: Any, path: list[str], value: object) -> object:
    first, *rest = path
    if not isinstance(tree, dict):
        tree = {} if tree is None else {"": tree}
    return {**tree, first: _put_in(tree.get(first), rest, value) if rest else value}


def plain_values(found: Found) -> object:
    """What was found, without where and how it was written."""
    if found.section is not None:
        return {name: plain_values(entry) for name, entry in found.section.items()}
    if isinstance(found.value, tuple):
        return [plain_values(entry) for entry in found.value]
    return repr(found.value) if isinstance(found.value, float) else found.value
