"""What SQLite's errors mean, in words a person can act on."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from betting_tui.engine.core.errors import DiskRefused, LedgerDamaged, LedgerError

BUSY_SECONDS = 5
# Python fails on the bytes of a damaged name before it can raise SQLite's own error about it.
SQLITE_FAILURES = (sqlite3.Error, UnicodeDecodeError)

# Primary result codes (the low byte of the extended ones), https://www.sqlite.org/rescode.html
_BUSY, _LOCKED, _READONLY, _IOERR, _CORRUPT, _FULL, _CANTOPEN, _NOTADB = 5, 6, 8, 10, 11, 13, 14, 26
# Said by Python, without a result code, of a text column that is no UTF-8.
_NOT_TEXT = "Could not decode to UTF-8"


def in_words(error: sqlite3.Error | UnicodeDecodeError, path: Path) -> LedgerError:
    """The error for a person. The technical text is kept as its cause, not shown."""
    if isinstance(error, UnicodeDecodeError) or str(error).startswith(_NOT_TEXT):
        return LedgerDamaged(damaged(path))
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    match code:
        case c if c in (_BUSY, _LOCKED):
            text = f"{path} has been busy for more than {BUSY_SECONDS} s, by this program or another: try again"
        case c if c == _FULL:
            return DiskRefused(f"the disk of {path} is full: nothing was written; make space and try again")
        case c if c == _READONLY:
            return DiskRefused(f"{path} cannot be written: check the rights of the file and of its folder")
        case c if c == _IOERR:
            return DiskRefused(
                f"the disk refused to read or write {path} (full, over a limit, or failing): nothing was written"
            )
        case c if c in (_CORRUPT, _NOTADB):
            return LedgerDamaged(damaged(path))
        case c if c == _CANTOPEN:
            return DiskRefused(f"{path} cannot be opened: check that the folder exists and may be read and written")
        case _:
            text = f"{path}: {error}"
    return LedgerError(text)


def damaged(path: Path) -> str:
    return f"{path} is damaged: it was not changed; put a backup in its place, or move it away to start anew"
