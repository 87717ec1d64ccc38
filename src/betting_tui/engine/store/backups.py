"""Copies of the ledger: one a day, the newest seven kept, and the way back."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from betting_tui.engine.store.shapes import BackupRow

KEEP = 7
FOLDER = "backups"


def backup_path(ledger: Path, day: date) -> Path:
    return ledger.parent / FOLDER / f"{ledger.stem}-{day.isoformat()}{ledger.suffix}"


def list_backups(ledger: Path) -> tuple[BackupRow, ...]:
    """Newest first, not looked into."""
    raise NotImplementedError


def newest_good(ledger: Path) -> BackupRow | None:
    """The newest copy that passes SQLite's own check and is a ledger of this program."""
    raise NotImplementedError


def restore(ledger: Path, backup: Path, mode: str) -> Path | None:
    """Put a copy in the ledger's place; where the present file was kept, None when there was none.

    LedgerError when the copy is damaged, newer than the program or of another mode. Nobody may have the ledger open.
    """
    raise NotImplementedError
