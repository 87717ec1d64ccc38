"""The doctor's checks: each looks at one thing, changes nothing, and says what to do."""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
import stat
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from msgspec import Struct

from betting_tui import __version__
from betting_tui.engine.clocks import SystemClock
from betting_tui.engine.config import Settings
from betting_tui.engine.core.errors import BettingError, LedgerError
from betting_tui.engine.rooms import ARCHIVE_FILE, LEDGER_FILE
from betting_tui.engine.store.archive import Archive
from betting_tui.engine.store.ledger_file import is_replay
from betting_tui.engine.store.lock import EngineLock
from betting_tui.engine.store.schema import ARCHIVE, LEDGER, is_older
from betting_tui.engine.store.shapes import Mode
from betting_tui.engine.store.store import Ledger
from betting_tui.engine.versions import installed

_PACKAGES = (
    "textual",
    "httpx",
    "msgspec",
    "pyyaml",
    "platformdirs",
    "click",
    "stamina",
    "rapidfuzz",
    "desktop-notifier",
)
_LOW_DISK, _LOW_MEMORY = 200_000_000, 200_000_000
_PRIVATE = 0o077
_MEGABYTE = 1_000_000
_OLDER = "from an older version: the next start brings it up to date"


class State(StrEnum):
    OK = "ok"
    WARN = "warning"
    BAD = "broken"


class Finding(Struct, frozen=True):
    """What one check saw. `exit_code` is what the doctor ends with when this is broken."""

    check: str
    state: State
    found: str
    advice: str = ""
    exit_code: int = 1


def exit_code(findings: Sequence[Finding]) -> int:
    """0 when nothing is broken; a ledger problem outweighs the rest."""
    return max((finding.exit_code for finding in findings if finding.state is State.BAD), default=0)


def python() -> Finding:
    found = f"betting-tui {__version__}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    return Finding("version", State.OK, f"{found}, {platform.system()} {platform.release()}")


def packages() -> list[Finding]:
    versions = {name: installed(name) for name in _PACKAGES}
    missing = [name for name, version in versions.items() if version == "not installed"]
    found = ", ".join(f"{name} {version}" for name, version in versions.items())
    if missing:
        return [Finding("packages", State.BAD, f"missing: {', '.join(missing)}", "install betting-tui again")]
    return [Finding("packages", State.OK, found)]


def terminal() -> Finding:
    if not sys.stdout.isatty():
        return Finding("terminal", State.OK, "output is not a terminal: the app needs one, commands do not")
    columns, lines = shutil.get_terminal_size()
    found = f"{columns} × {lines}, TERM={os.environ.get('TERM', 'not set')}"
    if columns < 80 or lines < 24:
        return Finding("terminal", State.WARN, found, "make it at least 80 × 24")
    return Finding("terminal", State.OK, found)


def memory() -> Finding:
    try:
        free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError, AttributeError):
        return Finding("memory", State.OK, "not known on this system")
    found = f"{free // _MEGABYTE} MB free"
    if free < _LOW_MEMORY:
        return Finding("memory", State.WARN, found, "close something: the app needs about 100 MB")
    return Finding("memory", State.OK, found)


def folder(path: Path) -> Finding:
    """The directory itself, or the nearest one above it that exists."""
    if not path.exists():
        above = next(parent for parent in path.parents if parent.exists())
        if os.access(above, os.W_OK):
            return Finding("data", State.OK, f"{path} will be made at the first start")
        return Finding("data", State.BAD, f"{above} cannot be written", "choose another place with --data-dir")
    if not path.is_dir() or not os.access(path, os.W_OK | os.X_OK):
        return Finding("data", State.BAD, f"{path} cannot be written", "choose another place with --data-dir")
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & _PRIVATE:
        return Finding("data", State.WARN, f"{path} can be read by others", f"chmod 700 {path}")
    return Finding("data", State.OK, str(path))


def disk(path: Path) -> Finding:
    here = path if path.exists() else next(parent for parent in path.parents if parent.exists())
    free = shutil.disk_usage(here).free
    found = f"{free // _MEGABYTE} MB free"
    if free < _LOW_DISK:
        return Finding("disk", State.WARN, found, "make room: bets cannot be recorded on a full disk")
    return Finding("disk", State.OK, found)


async def ledger(data_dir: Path, mode: Mode) -> list[Finding]:
    """Opened for reading alone, so that a running engine is not disturbed."""
    path = data_dir / LEDGER_FILE
    if not path.exists():
        return [Finding("ledger", State.OK, "none yet: it is made at the first start")]
    if is_older(path, LEDGER):
        return [Finding("ledger", State.OK, f"{_OLDER}, and keeps a copy"), _lock(data_dir)]
    try:
        kept: Mode = "replay" if mode == "live" and is_replay(path) else mode
        opened = await Ledger.open(path, now=_now(), mode=kept, read_only=True)
    except LedgerError as error:
        return [Finding("ledger", State.BAD, error.message, "keep the file, and start from a backup", error.exit_code)]
    try:
        report = await opened.verify()
        size = f"{opened.size_bytes / _MEGABYTE:.1f} MB, journal {opened.journal_mode}"
    finally:
        await opened.close()
    findings = [_lock(data_dir)]
    if not report.ok:
        problem = Finding("ledger", State.BAD, "; ".join(report.problems), "start from a backup", LedgerError.exit_code)
        return [problem, *findings]
    mode_bits = stat.S_IMODE(path.stat().st_mode)
    if os.name == "posix" and mode_bits & _PRIVATE:
        return [Finding("ledger", State.WARN, f"{path} can be read by others", f"chmod 600 {path}"), *findings]
    return [Finding("ledger", State.OK, f"{report.entries} entries and {report.bets} bets add up; {size}"), *findings]


def _lock(data_dir: Path) -> Finding:
    holder = EngineLock(data_dir).holder()
    return Finding("engine", State.OK, f"running: {holder}" if holder else "not running")


async def archive(data_dir: Path) -> Finding:
    path = data_dir / ARCHIVE_FILE
    if not path.exists():
        return Finding("archive", State.OK, "none yet")
    if is_older(path, ARCHIVE):
        return Finding("archive", State.OK, _OLDER)
    try:
        opened = await Archive.open(path, read_only=True)
    except BettingError as error:
        advice = "delete it: replays and charts are lost, no money and no result"
        return Finding("archive", State.WARN, error.message, advice)
    size = opened.size_bytes
    await opened.close()
    return Finding("archive", State.OK, f"{size / _MEGABYTE:.1f} MB")


def older_files(settings: Settings) -> list[Finding]:
    """Bets and results in the older layout, where the settings name them: nothing is read until it is imported."""
    storage = settings.storage
    named = (storage.state_file, storage.bets_file, storage.results_file)
    there = [Path(name).expanduser() for name in named if name and Path(name).expanduser().is_file()]
    return [
        Finding("older file", State.OK, f"{path} is in the older layout", f"betting-tui import {path}")
        for path in there
    ]


def notifier(settings: Settings) -> Finding:
    from betting_tui.engine.alerts import DesktopChannel

    chosen = settings.notifications
    webhook = "; a webhook is set (hidden)" if chosen.webhook_url else ""
    if not (chosen.enabled and chosen.desktop):
        return Finding("pop-ups", State.OK, f"switched off in the settings{webhook}")
    status = DesktopChannel().status
    if status == "ready":
        return Finding("pop-ups", State.OK, status + webhook)
    return Finding("pop-ups", State.WARN, status + webhook, "toasts in the app go on")


def _now() -> datetime:
    return SystemClock().now().astimezone(UTC)
