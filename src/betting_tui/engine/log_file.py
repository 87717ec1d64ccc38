"""Reads the log from its end: so much at first, then only what was added, also when a new file was begun meanwhile."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from betting_tui.engine.core.log_views import LogLevel, LogLine, LogMark, LogPart
from betting_tui.engine.core.text import clean

MOST_BYTES = 16_000_000
MOST_LINES = 100_000
_LONGEST_LINE = 1_000
_HEAD = re.compile(
    r"(?P<stamp>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}) (?P<level>DEBUG|INFO|WARNING|ERROR|CRITICAL) (?P<text>.*)"
)
_LEVELS = {level.name: level for level in LogLevel}
# The file before the present one, as the log's writer names it.
_BEFORE = ".1"


def read_log(path: Path, after: LogMark | None = None) -> LogPart:
    """What was added `after` that mark, or the end of the log; takes time on a large file: not for the event loop.

    Lines are cleaned for a screen. A line is read when it is whole. Without a file there is nothing.
    """
    try:
        with path.open("rb") as file:
            found = os.fstat(file.fileno())
            if after is None:
                return _read(file, found, 0, LogLevel.INFO)
            if after.file == found.st_ino and after.offset <= found.st_size:
                return _read(file, found, after.offset, after.level)
            left = _left_behind(path.with_name(path.name + _BEFORE), after)
            fresh = _read(file, found, 0, LogLevel.INFO)
            return LogPart((*left, *fresh.lines)[-MOST_LINES:], fresh.mark, skipped=fresh.skipped)
    except OSError:
        return LogPart((), after)


def _left_behind(path: Path, after: LogMark) -> tuple[LogLine, ...]:
    """What was still written to the file before, when that is the one that was read."""
    try:
        with path.open("rb") as file:
            found = os.fstat(file.fileno())
            return _read(file, found, after.offset, after.level).lines if found.st_ino == after.file else ()
    except OSError:
        return ()


def _read(file: BinaryIO, found: os.stat_result, offset: int, level: LogLevel) -> LogPart:
    begin = max(offset, found.st_size - MOST_BYTES)
    file.seek(begin)
    data = file.read(MOST_BYTES)
    end = data.rfind(b"\n") + 1
    written = data[:end].decode(errors="replace").split("\n")[:-1]
    skipped = begin > offset or len(written) > MOST_LINES
    lines = tuple(_parsed(written[1 if begin > offset else 0 :][-MOST_LINES:], level))
    return LogPart(lines, LogMark(found.st_ino, begin + end, lines[-1].level if lines else level), skipped)


def _parsed(written: list[str], level: LogLevel) -> Iterator[LogLine]:
    for line in written:
        head = _HEAD.match(line)
        if head is None:
            yield LogLine("", level, _safe(line))
            continue
        level = _LEVELS[head["level"]]
        yield LogLine(head["stamp"], level, _safe(head["text"]))


def _safe(line: str) -> str:
    # The indentation of a traceback is kept where nothing has to go.
    return line[:_LONGEST_LINE] if line.isascii() and line.isprintable() else clean(line, _LONGEST_LINE)
