"""What is wrong with the settings: place, key, and what was expected instead."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from betting_tui.engine.core.errors import ConfigError


class Problem(Struct, frozen=True):
    """`where` is a file with its line, or the name of a variable or flag; `key` a dotted path, empty for the whole."""

    where: str
    key: str
    text: str

    def __str__(self) -> str:
        return f"{self.where}: {self.key}: {self.text}" if self.key else f"{self.where}: {self.text}"


class InvalidSettings(ConfigError):
    """Everything wrong with the settings at once, in the order it was read."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        lines = [str(problem) for problem in self.problems]
        super().__init__(lines[0] if len(lines) == 1 else "\n  ".join([f"{len(lines)} problems:", *lines]))
