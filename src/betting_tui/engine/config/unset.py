"""Taking one value out of a YAML text, so that its default holds again; comments stay."""

from __future__ import annotations

from typing import Any

import yaml

from betting_tui.engine.config.edit import comments_in, last_end, plain_values
from betting_tui.engine.config.yaml_file import parse_yaml
from betting_tui.engine.core.errors import ConfigError


def take_out(text: str, key: str, name: str) -> str:
    """The text without the value of the dotted key; the same text where it has none.

    Raises ConfigError, naming the file, where only a person can edit it safely.
    """
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        raise ConfigError(f"{name} is not valid YAML: `betting-tui config check` says where") from None
    found = _find(root, key.split("."))
    if found is None:
        return text
    section, at = found
    edited = _from_flow(text, section, at) if section.flow_style else _from_block(text, section, at)
    _prove(text, edited, key, name)
    return edited


def _find(root: yaml.Node | None, path: list[str]) -> tuple[yaml.MappingNode, int] | None:
    """The section that holds it, and which of its entries it is."""
    node = root
    for depth, part in enumerate(path):
        if not isinstance(node, yaml.MappingNode):
            return None
        at = next((at for at, (key, _) in enumerate(node.value) if key.value == part), None)
        if at is None:
            return None
        if depth == len(path) - 1:
            return node, at
        node = node.value[at][1]
    return None


def _from_block(text: str, section: yaml.MappingNode, at: int) -> str:
    """Its lines go; what is said in them after a number sign stays, in lines of its own."""
    key, value = section.value[at]
    start = text.rfind("\n", 0, key.start_mark.index) + 1
    newline = text.find("\n", last_end(value, key))
    end = len(text) if newline < 0 else newline + 1
    said = comments_in(text[:end], key.end_mark.index, value)
    indent = " " * key.start_mark.column
    return text[:start] + "".join(f"{indent}{comment}\n" for comment in said) + text[end:]


def _from_flow(text: str, section: yaml.MappingNode, at: int) -> str:
    """With the comma behind it, or the one before it for the last."""
    key, value = section.value[at]
    start, end = key.start_mark.index, max(value.end_mark.index, key.end_mark.index)
    if at + 1 < len(section.value):
        end = section.value[at + 1][0].start_mark.index
    elif at > 0:
        start = max(section.value[at - 1][1].end_mark.index, section.value[at - 1][0].end_mark.index)
    return text[:start] + text[end:]


def _prove(before: str, after: str, key: str, name: str) -> None:
    """All other values must be what they were: anything else is left to a person."""
    old, _ = parse_yaml(before, name)
    new, problems = parse_yaml(after, name)
    meant = {} if old is None else _without(plain_values(old), key.split("."))
    if problems or _bare(meant) != _bare({} if new is None else plain_values(new)):
        raise ConfigError(f"{name} has a layout this program does not edit: remove {key} by hand")


def _without(tree: Any, path: list[str]) -> object:
    first, *rest = path
    if not isinstance(tree, dict) or first not in tree:
        return tree
    if not rest:
        return {name: value for name, value in tree.items() if name != first}
    return {**tree, first: _without(tree[first], rest)}


def _bare(tree: object) -> object:
    """Without sections that hold nothing: they say nothing."""
    if not isinstance(tree, dict):
        return tree
    bare = {name: _bare(value) for name, value in tree.items()}
    return {name: value for name, value in bare.items() if value is not None} or None
