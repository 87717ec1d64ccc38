"""What may be shown to strangers of a run that went wrong: versions, states and the log, without whose they are."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from betting_tui.engine.config.folders import make_private_folder
from betting_tui.engine.core.feed_views import SourcesView
from betting_tui.engine.core.log_views import LogLevel, LogLine
from betting_tui.engine.core.status_views import SystemView
from betting_tui.engine.core.text import MASK, redact
from betting_tui.engine.core.times import span_text

REPORT_FILE = "bug-report.txt"
# What a terminal takes into its clipboard at once, with room for its encoding.
MOST_CHARACTERS = 40_000
_TROUBLES, _NEWEST = 150, 50
_LONGEST_LINE = 400
_SHORTEST_NAME = 3
# What every machine calls its users and itself.
_NOBODY = frozenset({"", "root", "user", "admin", "localhost", "test"})
_HOMES = re.compile(r"(/home/|/Users/|[A-Za-z]:\\Users\\)[^/\\\s:'\"]+")
# All behind the host: a webhook's secret is its path.
_ADDRESS = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.-]*://)(?:[^\s/@'\"]*@)?(?P<host>[^\s/?#'\"<>,;]+)(?:[/?#][^\s'\"<>,;]*)?", re.IGNORECASE
)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
# Keys and tokens, whoever issued them: long, and of digits and letters.
_TOKEN = re.compile(r"(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[A-Za-z0-9_-]{20,}(?![\w-])")


class Surroundings(Struct, frozen=True):
    """What only the app knows: the terminal it draws on, and for how long it has run."""

    terminal: str
    uptime_seconds: float


class Private(Struct, frozen=True):
    """What must not be in a report: secrets wherever they stand, names as words."""

    secrets: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    home: str = ""


class BugReport(Struct, frozen=True):
    """`path` is the file it lies in as well; empty where none could be written."""

    text: str
    path: str


def report_text(
    view: SystemView, sources: SourcesView, log: Sequence[LogLine], around: Surroundings, private: Private
) -> str:
    """The report, at most `MOST_CHARACTERS` long: of a longer log the oldest lines are left out."""
    top = scrubbed("\n".join(_top(view, sources, around)), private)
    room = MOST_CHARACTERS - len(top) - 100
    kept: list[str] = []
    for line in reversed([scrubbed(line, private) for line in _worth_telling(log)]):
        room -= len(line) + 1
        if room < 0:
            break
        kept.append(line)
    return "\n".join((top, "", f"log: the newest {len(kept)} lines that may matter", *reversed(kept))) + "\n"


def scrubbed(text: str, private: Private) -> str:
    """Without secrets, home directories, names of this person and machine, and all that follows the host of an
    address."""
    text = redact(text, private.secrets)
    if len(private.home) > 1:
        text = text.replace(private.home, "~")
    text = _HOMES.sub(r"\1somebody", text)
    text = _ADDRESS.sub(_host_alone, text)
    text = _MAIL.sub(MASK, text)
    text = _TOKEN.sub(MASK, text)
    for name in private.names:
        if len(name) >= _SHORTEST_NAME:
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", MASK, text, flags=re.IGNORECASE)
    return text


def _host_alone(found: re.Match[str]) -> str:
    origin = found["scheme"] + found["host"]
    return origin if found[0].rstrip("/").endswith(found["host"]) else f"{origin}/{MASK}"


def write_report(folder: Path, text: str) -> str:
    """Keep it in a file for its owner alone; the path, or nothing where that cannot be written."""
    path = folder / REPORT_FILE
    try:
        make_private_folder(folder)
        with suppress(FileNotFoundError):
            path.unlink()
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except OSError:
        return ""
    return str(path)


def _top(view: SystemView, sources: SourcesView, around: Surroundings) -> Iterator[str]:
    yield f"betting-tui {view.version}, mode {view.mode}, up {span_text(around.uptime_seconds)}"
    yield f"python {view.python}, textual {view.textual}, sqlite {view.sqlite}, {view.platform}"
    yield f"terminal {around.terminal}"
    yield f"memory {_megabytes(view.memory_bytes)}"
    archive = "not open" if view.archive_bytes is None else _megabytes(view.archive_bytes)
    sizes = f"ledger {_megabytes(view.ledger_bytes)}, archive {archive}"
    yield f"{sizes}, journal {view.journal_mode}"
    checked = "not yet" if view.verified_at is None else f"{view.verified_at:%Y-%m-%d %H:%M} UTC"
    yield f"books checked {checked}{': ' + view.verified if view.verified else ''}"
    yield f"data {view.data_dir}"
    yield f"settings {view.config_file or 'no file'}"
    yield f"pop-ups {view.notifier}; webhook {view.webhook or 'not set'}"
    yield ""
    yield "feeds"
    for row in sources.feeds:
        told = row.status.detail or row.needs
        yield f"  {row.status.name}: {row.status.state}{', ' + told if told else ''}, asked {row.requests} times"
    for spent in sources.credits:
        left = "unknown" if spent.left is None else str(spent.left)
        used = "unknown" if spent.used is None else str(spent.used)
        yield f"  {spent.feed}: {used} credits used, {left} left, {spent.reserved} reserved"


def _worth_telling(log: Sequence[LogLine]) -> Iterator[str]:
    """The newest lines, and the newest that tell of trouble before them."""
    newest = max(0, len(log) - _NEWEST)
    troubles = [line for line in log[:newest] if line.level >= LogLevel.WARNING][-_TROUBLES:]
    for line in (*troubles, *log[newest:]):
        head = f"{line.stamp} {line.level.name} " if line.stamp else ""
        yield f"{head}{line.text}"[:_LONGEST_LINE]


def _megabytes(count: int | None) -> str:
    return "unknown" if count is None else f"{count / 1_000_000:.1f} MB"


def private_here(secrets: Iterable[str]) -> Private:
    """With the names of this machine and of the person who runs this."""
    named = (os.environ.get(name, "") for name in ("USER", "LOGNAME", "USERNAME"))
    names = {text for text in (*named, platform.node()) if text.lower() not in _NOBODY}
    return Private(tuple(secrets), tuple(sorted(names)), str(Path.home()))
