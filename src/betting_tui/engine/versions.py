"""What runs here: versions and sizes for the system screen, a bug report and the doctor."""

from __future__ import annotations

import platform
import sqlite3
from importlib import metadata
from pathlib import Path

from betting_tui import __version__
from betting_tui.engine.core.feed_views import FeedStatus
from betting_tui.engine.core.status_views import SystemView
from betting_tui.engine.core.text import clean

_TAIL_BYTES = 65_536


def installed(package: str) -> str:
    """The installed version of a package, without importing it."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"


def tail(path: Path, lines: int = 200) -> tuple[str, ...]:
    """The last lines of a log, oldest first, cleaned for a screen; nothing when it cannot be read."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - _TAIL_BYTES))
            text = file.read().decode(errors="replace")
    except OSError:
        return ()
    return tuple(clean(line, 500) for line in text.splitlines()[-lines:])


def system_view(
    *,
    mode: str,
    data_dir: Path,
    journal_mode: str,
    feeds: tuple[FeedStatus, ...],
    notifier: str,
    ledger_bytes: int,
    archive_bytes: int,
    config_file: str,
    log_file: str,
) -> SystemView:
    return SystemView(
        version=__version__,
        python=platform.python_version(),
        sqlite=sqlite3.sqlite_version,
        textual=installed("textual"),
        journal_mode=journal_mode,
        data_dir=str(data_dir),
        config_file=config_file,
        log_file=log_file,
        mode=mode,
        feeds=feeds,
        notifier=notifier,
        ledger_bytes=ledger_bytes,
        archive_bytes=archive_bytes,
        recent_log=tail(Path(log_file)) if log_file else (),
    )
