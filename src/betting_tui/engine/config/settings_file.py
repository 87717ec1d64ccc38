"""The settings file as somebody edits it: one setting at a time, checked before it is written, comments kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import yaml

from betting_tui.engine.config.catalogue import Form, Setting, catalogue
from betting_tui.engine.config.edit import Change, SettingValue, YamlText
from betting_tui.engine.config.load import Loaded
from betting_tui.engine.config.problems import InvalidSettings, Problem
from betting_tui.engine.config.write import restore, save_reset, save_settings
from betting_tui.engine.config.yaml_file import Found, parse_yaml
from betting_tui.engine.core.errors import ConfigError

_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")


class SettingsFile:
    """`read` gives the settings from all layers as they are now; it raises ConfigError."""

    def __init__(self, read: Callable[[], Loaded]) -> None:
        self._read = read

    @property
    def path(self) -> Path:
        return self._read().path

    def loaded(self) -> Loaded:
        return self._read()

    def catalogue(self) -> tuple[Setting, ...]:
        return catalogue(self._read())

    def change(self, setting: Setting, text: str) -> Loaded:
        """Write it and answer with what is in force now. An empty text for what may be left unset resets it.

        Raises InvalidSettings for what it may not hold, ConfigError when the file cannot be edited safely.
        """
        self._refuse_locked(setting)
        if not text.strip() and setting.form not in (Form.LIST, Form.MAPPING):
            return self.reset(setting)
        value, path = value_of(setting, text), self._read().path
        return self._proved(path, lambda: save_settings(path, (Change(setting.key, value),)))

    def reset(self, setting: Setting) -> Loaded:
        """Take it out of the file, so that its default holds."""
        self._refuse_locked(setting)
        before = self._read()
        return self._proved(before.path, lambda: save_reset(before.path, setting.key)) if before.file_read else before

    def _proved(self, path: Path, write: Callable[[], Path]) -> Loaded:
        """What makes no sense beside the environment and flags is not left in the file."""
        old = path.read_bytes() if path.exists() else None
        write()
        try:
            return self._read()
        except ConfigError:
            restore(path, old)
            raise

    def _refuse_locked(self, setting: Setting) -> None:
        if setting.lock:
            raise ConfigError(f"{setting.key} stays: {setting.lock}")


def value_of(setting: Setting, text: str) -> SettingValue:
    """What was typed as a value. Raises InvalidSettings where YAML cannot read it; what it may be is checked later."""
    stripped = text.strip()
    match setting.form:
        case Form.TEXT | Form.SECRET:
            return stripped
        case Form.WORDS:
            return YamlText(stripped) if stripped in ("true", "false") and "true" in setting.words else stripped
        case Form.NUMBER:
            return YamlText(stripped) if _NUMBER.fullmatch(stripped) else stripped
        case Form.LIST | Form.MAPPING:
            return _collection(setting, text)


def _collection(setting: Setting, text: str) -> SettingValue:
    found, problems = parse_yaml(text, "what was typed")
    if problems:
        raise InvalidSettings([Problem(each.where, setting.key, each.text) for each in problems])
    if setting.form is Form.LIST:
        return _list(setting, found, text)
    if found is None or found.value is None:
        return YamlText("{}")
    if found.section is None:
        raise InvalidSettings([Problem("what was typed", setting.key, "expected lines such as name: value")])
    return YamlText(_flow(yaml.compose(text, Loader=yaml.SafeLoader)))


def _list(setting: Setting, found: Found | None, text: str) -> SettingValue:
    """A YAML list, or words with commas or line ends between them."""
    if found is None or found.value is None:
        return ()
    if isinstance(found.value, tuple):
        return tuple(each.text for each in found.value)
    if found.section is not None:
        raise InvalidSettings([Problem("what was typed", setting.key, "expected one entry a line, each after a dash")])
    return tuple(part.strip() for part in re.split(r"[,\n]", text) if part.strip())


def _flow(node: yaml.Node | None) -> str:
    """The same on one line."""
    flat: str = yaml.serialize(
        None if node is None else _without_style(node), Dumper=yaml.SafeDumper, width=100_000, allow_unicode=True
    )
    return " ".join(flat.split("\n")).strip()


def _without_style(node: yaml.Node) -> yaml.Node:
    if isinstance(node, yaml.MappingNode):
        pairs = [(_without_style(key), _without_style(value)) for key, value in node.value]
        return yaml.MappingNode(node.tag, pairs, flow_style=True)
    if isinstance(node, yaml.SequenceNode):
        return yaml.SequenceNode(node.tag, [_without_style(each) for each in node.value], flow_style=True)
    quoted = isinstance(node, yaml.ScalarNode) and node.style is not None
    return yaml.ScalarNode(node.tag, node.value, style='"' if quoted else None)
