"""What runs here: versions and sizes for the system screen, a bug report and the doctor."""

from __future__ import annotations

import os
import platform
import sqlite3
from datetime import datetime
from pathlib import Path

from betting_tui import __version__
from betting_tui.engine.core.feed_views import FeedStatus
from betting_tui.engine.core.status_views import SystemView


def installed(package: str) -> str:
    """The installed version of a package, without importing it."""
    # With what it needs a tenth of all that a start waits for, to name a version nobody has asked for yet.
    from importlib import metadata

    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"


def memory_now() -> int | None:
    """Bytes of memory this process takes now; None where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_bytes().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError, AttributeError):
        return None


def system_view(
    *,
    mode: str,
    data_dir: Path,
    journal_mode: str,
    feeds: tuple[FeedStatus, ...],
    notifier: str,
    ledger_bytes: int,
    archive_bytes: int | None,
    config_file: str,
    log_file: str,
    webhook: str,
    quiet_hours: str,
    quiet_now: bool,
    verified_at: datetime | None,
    verified: str,
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
        platform=f"{platform.system()} {platform.release()}",
        webhook=webhook,
        quiet_hours=quiet_hours,
        quiet_now=quiet_now,
        memory_bytes=memory_now(),
        verified_at=verified_at,
        verified=verified,
    )
