"""Numbered migrations: all that wait in one transaction, a ledger copied first, a newer file refused."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from msgspec import Struct

from betting_tui.engine.core.errors import LedgerError
from betting_tui.engine.core.progress import Progress, silent
from betting_tui.engine.store.files import make_private_file, sync_folder

OLDEST_SQLITE = (3, 37, 0)
# Four megabytes, a few milliseconds.
_PAGES_AT_ONCE = 1_000


class Schema(Struct, frozen=True):
    """One kind of file. `folder` holds its `NNN_name.sql`; `durable` means every COMMIT reaches the disk first, and an
    older file is copied before it is brought up to date."""

    title: str
    application_id: int
    folder: str
    durable: bool
    shrinks: bool = False


LEDGER = Schema("ledger", 0x42544C47, "migrations", durable=True)
ARCHIVE = Schema("archive", 0x42544152, "migrations/archive", durable=False, shrinks=True)


def wal_is_safe(version: tuple[int, ...]) -> bool:
    """Whether this SQLite has the fix of the WAL-reset race (3.51.3, back-ported to 3.50.7 and 3.44.6)."""
    return version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)


def migrations(schema: Schema) -> list[tuple[int, str]]:
    """(number, SQL) in order."""
    found = sorted(Path(__file__).parent.joinpath(schema.folder).glob("*.sql"))
    return [(int(path.name[:3]), path.read_text(encoding="utf-8")) for path in found]


def statements(script: str) -> Iterator[str]:
    """The statements of a script one by one, triggers whole."""
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""
    if pending.strip():
        yield pending


def check_identity(connection: sqlite3.Connection, schema: Schema, path: Path) -> int:
    """The file's schema version. LedgerError for a file that is not ours or is newer than this program."""
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    owner = int(connection.execute("PRAGMA application_id").fetchone()[0])
    tables = int(connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0])
    if owner != schema.application_id and (owner or version or tables):
        raise LedgerError(f"{path} is not a {schema.title} of this program: name another file or folder")
    newest = migrations(schema)[-1][0]
    if version > newest:
        raise LedgerError(
            f"{path} was written by a newer betting-tui (schema {version}, this one knows {newest}): update the program"
        )
    return version


def is_older(path: Path, schema: Schema) -> bool:
    """Whether the file is ours and waits to be brought up to date. False for one that cannot be used at all: opening
    it says why."""
    if not path.exists():
        return False
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            return 0 < check_identity(connection, schema, path) < migrations(schema)[-1][0]
    except (LedgerError, sqlite3.Error):
        return False


def create(path: Path, schema: Schema) -> None:
    """Make the file where there is none: it appears under its name with its tables or not at all, 0600.

    Somebody else may do the same at the same moment: one of the files stays.
    """
    if path.exists():
        return
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".new", dir=path.parent)
    os.close(descriptor)
    new = Path(name)
    try:
        with closing(sqlite3.connect(new, isolation_level=None)) as connection:
            if schema.shrinks:
                connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            migrate(connection, schema, new)
        try:
            os.link(new, path)
        except FileExistsError:
            return
        except OSError:
            # No second name for a file on this disk: between the look and the move only a new, empty file can be lost.
            if not path.exists():
                new.replace(path)
        sync_folder(path.parent)
    finally:
        new.unlink(missing_ok=True)


def migrate(connection: sqlite3.Connection, schema: Schema, path: Path) -> None:
    """Bring the file to the newest schema. Whatever happens, it is the old one or the new one, never between."""
    if not _waiting(connection, schema, path):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have done it while this one waited for the lock.
        version = check_identity(connection, schema, path)
        waiting = _waiting(connection, schema, path)
        if waiting and version and schema.durable:
            # Read beside the transaction: what is being written cannot be copied by who writes it.
            with closing(sqlite3.connect(path, isolation_level=None)) as reader:
                back_up(reader, path.with_name(f"{path.stem}.before-{waiting[-1][0]:03d}{path.suffix}"))
        for number, script in waiting:
            for statement in statements(script):
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {schema.application_id}")
            connection.execute(f"PRAGMA user_version = {number}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _waiting(connection: sqlite3.Connection, schema: Schema, path: Path) -> list[tuple[int, str]]:
    version = check_identity(connection, schema, path)
    return [(number, script) for number, script in migrations(schema) if number > version]


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def back_up(connection: sqlite3.Connection, target: Path, progress: Progress = silent) -> bool:
    """A consistent copy, 0600, through SQLite's own interface. False when the target exists: it is left as it is.

    What `progress` raises leaves no copy.
    """
    if target.exists():
        return False
    # Under another name until it is whole: half a copy would pass for one.
    part = target.with_name(f".{target.name}.part")
    part.unlink(missing_ok=True)
    make_private_file(part)
    try:
        copy = sqlite3.connect(part)
        try:
            # Read from one state, however often others write between two parts of the copy.
            connection.execute("SELECT 1 FROM sqlite_master").fetchone()
            connection.backup(
                copy,
                pages=_PAGES_AT_ONCE if connection.in_transaction else -1,
                progress=lambda _, rest, pages: progress(pages - rest, pages, "Copying the ledger"),
            )
            # A copy that claims to have companions cannot be read where none can be made.
            copy.execute("PRAGMA journal_mode = DELETE")
        finally:
            copy.close()
        _sync(part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return True
