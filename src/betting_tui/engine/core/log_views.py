"""The log as it is read for people: its newest lines, and where reading goes on."""

from __future__ import annotations

from enum import IntEnum

from msgspec import Struct


class LogLevel(IntEnum):
    """In order: a line counts as at least every level below its own."""

    DEBUG = 10
    INFO = 20
    WARNING = 30
    ERROR = 40
    CRITICAL = 50


class LogLine(Struct, frozen=True):
    """One line. `stamp` is `2026-04-18 11:29:58,123` by this machine's clock and zone; it is empty where a line goes on
    with the entry above it, as in a traceback, whose level it has."""

    stamp: str
    level: LogLevel
    text: str


class LogMark(Struct, frozen=True):
    """How far the log has been read: which file, up to which byte, and the level of the entry that ended there."""

    file: int
    offset: int
    level: LogLevel


class LogPart(Struct, frozen=True):
    """Lines, oldest first. `skipped`: some before them were left out, as too many. `mark` is None without a file."""

    lines: tuple[LogLine, ...]
    mark: LogMark | None
    skipped: bool = False
