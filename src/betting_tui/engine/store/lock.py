"""One engine a ledger: an operating-system lock that dies with its process."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path


class EngineLock:
    """`<data_dir>/engine.lock`. The text inside names the holder; the lock itself is the operating system's."""

    def __init__(self, data_dir: Path) -> None:
        raise NotImplementedError

    def acquire(self, what: str, now: datetime) -> bool:
        """True when this process now runs the engine (`what`: app, live). False when another one does: see `holder`."""
        raise NotImplementedError

    def holder(self) -> str:
        """Who holds it, for a person: `app, process 4242 on host, since 2026-04-18 11:30 UTC`. Empty when nobody does."""
        raise NotImplementedError

    def release(self) -> None:
        raise NotImplementedError
