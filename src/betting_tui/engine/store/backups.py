"""Copies of the ledger: one a day, the newest seven kept, and the way back."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sqlite3
import tempfile
from contextlib import closing, nullcontext, suppress
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path

from msgspec import Struct

from betting_tui.engine.core.errors import LedgerDamaged, LedgerError
from betting_tui.engine.core.progress import Progress, silent
from betting_tui.engine.core.times import iso
from betting_tui.engine.store.faults import damaged
from betting_tui.engine.store.files import make_private_file, make_private_folder, sync_folder
from betting_tui.engine.store.lock import EngineLock
from betting_tui.engine.store.long_work import LongWork, until_over
from betting_tui.engine.store.schema import LEDGER, back_up, check_identity
from betting_tui.engine.store.shapes import BackupRow

KEEP = 7
FOLDER = "backups"
COMPANIONS = ("-wal", "-shm", "-journal")
# Bytes of the smallest page SQLite has (https://www.sqlite.org/fileformat2.html): a shorter file may pass for empty.
_SMALLEST_PAGE = 512


class Restored(Struct, frozen=True):
    """What was put in the ledger's place, and where the file that was there lies now; None when there was none."""

    ledger: Path
    kept: Path | None


def backup_path(ledger: Path, day: date) -> Path:
    return ledger.parent / FOLDER / f"{ledger.stem}-{day.isoformat()}{ledger.suffix}"


def on_request(ledger: Path, now: datetime) -> Path:
    """Where a copy goes that a person asks for without naming a file; never one of the seven."""
    stamp = now.astimezone(UTC).strftime("%Y-%m-%dT%H%M%SZ")
    return _unused(ledger.parent / FOLDER / f"{ledger.stem}-{stamp}{ledger.suffix}")


def back_up_day(conn: sqlite3.Connection, ledger: Path, day: date) -> Path | None:
    """Copy, look at the copy, and drop those beyond the newest seven; None when the day has its copy already.

    LedgerDamaged when the copy is not good: older ones are kept then.
    """
    target = backup_path(ledger, day)
    make_private_folder(target.parent)
    if not back_up(conn, target):
        return None
    if _what_is_wrong(target):
        target.unlink()
        raise LedgerDamaged(damaged(ledger))
    for old in _daily(ledger)[KEEP:]:
        old.unlink(missing_ok=True)
    return target


def list_backups(ledger: Path) -> tuple[BackupRow, ...]:
    """Newest first, not looked into: the daily ones, those asked for, and those made before a migration."""
    copies = [*(ledger.parent / FOLDER).glob(f"{ledger.stem}-*{ledger.suffix}")]
    copies += ledger.parent.glob(f"{ledger.stem}.before-*{ledger.suffix}")
    rows = []
    for path in copies:
        # It may have been dropped meanwhile.
        with suppress(OSError):
            rows.append(row_of(path))
    return tuple(sorted(rows, key=lambda row: (row.made_at, row.path.name), reverse=True))


def row_of(path: Path) -> BackupRow:
    """Raises OSError when it is not there."""
    facts = path.stat()
    return BackupRow(path, datetime.fromtimestamp(facts.st_mtime, UTC), facts.st_size)


def look_into(backup: BackupRow) -> BackupRow:
    """The same, with what SQLite's own check and the program's mark say of it."""
    return BackupRow(backup.path, backup.made_at, backup.size_bytes, good=not _what_is_wrong(backup.path))


def newest_good(ledger: Path) -> BackupRow | None:
    """The newest copy that passes SQLite's own check and is a ledger of this program."""
    return next((row for row in map(look_into, list_backups(ledger)) if row.good), None)


def is_emptied(ledger: Path) -> bool:
    """Cut to less than a page: SQLite would take it for a new one, but copies of what was in it are there."""
    try:
        return ledger.stat().st_size < _SMALLEST_PAGE and bool(list_backups(ledger))
    except OSError:
        return False


def advice(ledger: Path, mode: str) -> str:
    """What to do about a damaged ledger: the newest good copy and the command that puts it in place."""
    found = newest_good(ledger)
    if found is None:
        return f"no good backup lies in {ledger.parent / FOLDER}"
    # The demo's directory is named after it inside the one the flag names.
    demo = mode == "demo" and ledger.parent.name == "demo"
    folder = ledger.parent.parent if demo else ledger.parent
    words = ["betting-tui", "--data-dir", str(folder), *(["--demo"] if demo else []), "ledger", "restore"]
    import shlex

    command = shlex.join([*words, str(found.path)])
    return f"the newest good backup is of {iso(found.made_at.replace(microsecond=0))}: {command}"


def restore(ledger: Path, backup: Path, mode: str, now: datetime, long: LongWork | None = None) -> Restored:
    """Put a copy in the ledger's place, whole or not at all; the present file and its companions get another name.

    LedgerError when an engine or another program uses the ledger, or the copy is damaged, newer than this program or
    of another mode. The copy itself is only read. Stopped before that, it leaves the ledger as it was.
    """
    if ledger.exists() and backup.exists() and backup.samefile(ledger):
        raise LedgerError(f"{backup} is the ledger itself: name a copy of it")
    lock = EngineLock(ledger.parent)
    if not lock.acquire("restore", now):
        raise LedgerError(f"{lock.holder() or 'another process'} runs the engine on this ledger: stop it first")
    try:
        part = _checked_copy(ledger, backup, mode, long)
        try:
            _refuse_while_used(ledger)
            kept = _set_aside(ledger, now)
            part.replace(ledger)
            sync_folder(ledger.parent)
        finally:
            part.unlink(missing_ok=True)
    finally:
        lock.release()
    return Restored(ledger, kept)


def _daily(ledger: Path) -> list[Path]:
    """Newest first; those with more than a date in their name are somebody's own."""
    name = re.compile(rf"{re.escape(ledger.stem)}-\d{{4}}-\d\d-\d\d{re.escape(ledger.suffix)}")
    folder = ledger.parent / FOLDER
    return sorted((path for path in folder.iterdir() if name.fullmatch(path.name)), reverse=True)


def _what_is_wrong(path: Path) -> str:
    """Looks without leaving a trace beside the file; empty when it is a good ledger."""
    try:
        uri = path.absolute().as_uri() + "?mode=ro&immutable=1"
        with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as connection:
            return _fault(connection, path)
    except sqlite3.Error as error:
        return str(error)


def _fault(connection: sqlite3.Connection, path: Path) -> str:
    try:
        if check_identity(connection, LEDGER, path) == 0:
            return f"{path} is no ledger: it is empty"
    except LedgerError as error:
        return error.message
    if connection.execute("PRAGMA integrity_check(1)").fetchone()[0] != "ok":
        return f"{path} is damaged"
    return ""


async def restore_beside(
    ledger: Path, backup: Path, mode: str, now: datetime, progress: Progress | None = None
) -> Restored:
    """The same on a thread of its own: cancelled, the ledger is as it was, unless the copy was in its place by then."""
    long = LongWork(progress)
    work = asyncio.to_thread(restore, ledger, backup, mode, now, long)
    return await until_over(asyncio.ensure_future(work), long)


def _checked_copy(ledger: Path, backup: Path, mode: str, long: LongWork | None) -> Path:
    """A private copy beside the ledger. Made of copies of the file and its companions, so that one taken from a
    running program comes whole where it can, and stays as it is."""
    if not backup.is_file():
        raise LedgerError(f"there is no backup at {backup}: `ledger backups` lists them")
    make_private_folder(ledger.parent)
    progress = long or silent
    part = ledger.with_name(f".{ledger.name}.restore")
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=ledger.parent) as folder:
        copy = Path(folder) / backup.name
        for end in ("", *COMPANIONS):
            source = backup.with_name(backup.name + end)
            if source.is_file() and end != "-shm":
                shutil.copyfile(source, copy.with_name(copy.name + end))
        try:
            with (
                closing(sqlite3.connect(copy, isolation_level=None)) as connection,
                nullcontext() if long is None else long.interruptible(connection),
            ):
                progress(0, 0, "Checking the copy")
                _check(connection, backup, mode)
                part.unlink(missing_ok=True)
                connection.execute("BEGIN")
                back_up(connection, part, progress)
        except sqlite3.Error as error:
            raise LedgerError(f"{backup} cannot be read as a ledger ({error}): choose another backup") from error
    return part


def _check(connection: sqlite3.Connection, backup: Path, mode: str) -> None:
    fault = _fault(connection, backup)
    if fault:
        raise LedgerError(f"{fault}: nothing was changed; choose another backup")
    row = connection.execute("SELECT value FROM meta WHERE key = 'mode'").fetchone()
    found = None if row is None else row[0]
    if found != mode:
        raise LedgerError(f"{backup} is of a {found or 'never used'} ledger, not of a {mode} one: nothing was changed")


def _refuse_while_used(ledger: Path) -> None:
    """Somebody in the middle of a write would go on in a file that is no longer there."""
    if not ledger.exists():
        return
    try:
        with closing(sqlite3.connect(ledger, timeout=1, isolation_level=None)) as connection:
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("ROLLBACK")
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise LedgerError(f"{ledger} is in use by another program: close it first") from error
        # Damaged: that is why it is being replaced.


def _set_aside(ledger: Path, now: datetime) -> Path | None:
    """Under another name as well, until the copy takes its place: there is a ledger at every moment."""
    if not ledger.exists():
        return None
    stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    kept = _unused(ledger.with_name(f"{ledger.stem}.replaced-{stamp}{ledger.suffix}"))
    try:
        os.link(ledger, kept)
    except OSError:
        make_private_file(kept)
        shutil.copyfile(ledger, kept)
    for end in COMPANIONS:
        companion = ledger.with_name(ledger.name + end)
        if companion.exists():
            companion.replace(kept.with_name(kept.name + end))
    return kept


def _unused(path: Path) -> Path:
    """This name, or the first with a number that nobody has."""
    numbered = (path.with_name(f"{path.stem}-{number}{path.suffix}") for number in count(2))
    return path if not path.exists() else next(each for each in numbered if not each.exists())
