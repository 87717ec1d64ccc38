"""Recordings: stretches of the inbox with a name, kept from growing old, to be replayed and exported later."""

from __future__ import annotations

import sqlite3
import zlib
from datetime import datetime
from unicodedata import normalize

import msgspec
from msgspec import Struct

from betting_tui.engine.core.commands import Arm, ChangeAccount, Command, OpenAccount, Pause, UseAccount
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.times import from_micros, to_micros
from betting_tui.engine.store.archive_entries import command_of
from betting_tui.engine.store.identities import moment


class Standing(Struct, frozen=True):
    """A command from before a recording that still held when it began: a replay of the stretch begins with it."""

    run_id: int
    at: datetime
    command: Command


class Recording(Struct, frozen=True):
    """A stretch from `first_seq` to `last_seq`, both included; still running while `last_seq` is None.

    `lost` entries are gone because nothing else was left to keep the archive within its size.
    """

    name: str
    first_seq: int
    last_seq: int | None
    started_at: datetime
    ended_at: datetime | None
    standing: tuple[Standing, ...] = ()
    lost: int = 0

    @property
    def running(self) -> bool:
        return self.ended_at is None


class RecordingRow(Struct, frozen=True):
    """A recording with what is in it. `size_bytes` is what its answers take on disk, compressed and kept once.

    `first_at` and `last_at` are times of its entries by the clock of their runs, which a simulated market has its own.
    """

    recording: Recording
    entries: int
    answers: int
    sports: tuple[str, ...]
    feeds: tuple[str, ...]
    size_bytes: int
    first_at: datetime | None
    last_at: datetime | None


def start(conn: sqlite3.Connection, name: str, now: datetime) -> Recording:
    """From the next entry on. UsageError when there is one of that name."""
    known = _named(conn, name)
    if known is not None and known.running:
        raise UsageError(
            f"recording {known.name!r} is running already: stop it with `record stop`, or take another name"
        )
    if known is not None:
        raise UsageError(
            f"there is a recording {known.name!r} already: take another name, or make room with `record delete`"
        )
    first = _newest(conn) + 1
    standing = _standing(conn)
    conn.execute(
        "INSERT INTO recordings (name, first_seq, started_at, standing) VALUES (?, ?, ?, ?)",
        (name, first, to_micros(now), msgspec.json.encode(standing).decode()),
    )
    return Recording(name, first, None, now, None, standing)


def stop(conn: sqlite3.Connection, name: str | None, now: datetime) -> Recording:
    """That one, or the only one that runs. UsageError when there is none such."""
    recording = _running(conn) if name is None else find(conn, name)
    if not recording.running:
        raise UsageError(f"recording {recording.name!r} has ended already: `record list` shows when")
    last = max(_newest(conn), recording.first_seq - 1)
    ended = max(now, recording.started_at)
    conn.execute(
        "UPDATE recordings SET last_seq = ?, ended_at = ? WHERE name = ?", (last, to_micros(ended), recording.name)
    )
    return msgspec.structs.replace(recording, last_seq=last, ended_at=ended)


def delete(conn: sqlite3.Connection, name: str) -> Recording:
    """Forget the name; its entries grow old like others. UsageError when there is none such."""
    recording = find(conn, name)
    conn.execute("DELETE FROM recordings WHERE name = ?", (recording.name,))
    return recording


def find(conn: sqlite3.Connection, name: str) -> Recording:
    """Letter case aside. UsageError naming those there are."""
    known = _named(conn, name)
    if known is None:
        names = ", ".join(recording.name for recording in _all(conn))
        raise UsageError(
            f"there is no recording {name[:64]!r}"
            + (f": there are {names}" if names else " nor any other: `record start NAME` begins one")
        )
    return known


def rows(conn: sqlite3.Connection) -> tuple[RecordingRow, ...]:
    """All of them, oldest first."""
    return tuple(_row(conn, recording) for recording in _all(conn))


def _row(conn: sqlite3.Connection, recording: Recording) -> RecordingRow:
    span = (recording.first_seq, _newest(conn) if recording.last_seq is None else recording.last_seq)
    counted = conn.execute(
        "SELECT count(*) AS entries, coalesce(sum(kind = 'answer'), 0) AS answers, min(at) AS first, max(at) AS last"
        " FROM inbox WHERE seq BETWEEN ? AND ?",
        span,
    ).fetchone()
    size = conn.execute(
        "SELECT coalesce(sum(length(compressed)), 0) FROM bodies"
        " WHERE id IN (SELECT body_id FROM inbox WHERE seq BETWEEN ? AND ?)",
        span,
    ).fetchone()[0]
    return RecordingRow(
        recording,
        counted["entries"],
        counted["answers"],
        _distinct(conn, "sport_key", span),
        _distinct(conn, "source", span),
        size,
        moment(counted["first"]),
        moment(counted["last"]),
    )


def _distinct(conn: sqlite3.Connection, column: str, span: tuple[int, int]) -> tuple[str, ...]:
    found = conn.execute(
        f"SELECT DISTINCT {column} AS what FROM inbox WHERE seq BETWEEN ? AND ? AND kind = 'answer' ORDER BY 1", span
    )
    return tuple(row["what"] for row in found)


def _all(conn: sqlite3.Connection) -> tuple[Recording, ...]:
    return tuple(
        Recording(
            row["name"],
            row["first_seq"],
            row["last_seq"],
            from_micros(row["started_at"]),
            moment(row["ended_at"]),
            msgspec.json.decode(row["standing"], type=tuple[Standing, ...]),
            row["lost"],
        )
        for row in conn.execute("SELECT * FROM recordings ORDER BY id")
    )


def _named(conn: sqlite3.Connection, name: str) -> Recording | None:
    wanted = _folded(name)
    return next((recording for recording in _all(conn) if _folded(recording.name) == wanted), None)


def _folded(name: str) -> str:
    return normalize("NFC", normalize("NFC", name.strip()).casefold())


def _running(conn: sqlite3.Connection) -> Recording:
    running = [recording for recording in _all(conn) if recording.running]
    if not running:
        raise UsageError("no recording is running: `record start NAME` begins one")
    if len(running) > 1:
        names = ", ".join(recording.name for recording in running)
        raise UsageError(f"{len(running)} recordings are running: name the one to stop ({names})")
    return running[0]


def _newest(conn: sqlite3.Connection) -> int:
    """The last number that was given, also when its entry is gone."""
    row = conn.execute("SELECT seq FROM sqlite_sequence WHERE name = 'inbox'").fetchone()
    return 0 if row is None else int(row["seq"])


def _standing(conn: sqlite3.Connection) -> tuple[Standing, ...]:
    """What a run is in the middle of: armed strategies, a pause, and the accounts that were opened and how they are."""
    kept: dict[tuple[object, ...], Standing] = {}
    for row in conn.execute(
        "SELECT i.seq, i.run_id, i.at, b.compressed FROM inbox i JOIN bodies b ON b.id = i.body_id"
        " WHERE i.kind = 'command' ORDER BY i.seq"
    ):
        try:
            command = command_of(row["compressed"])
        except (zlib.error, msgspec.DecodeError):
            continue
        key = _slot(command, row["run_id"], row["seq"])
        if key is not None:
            kept.pop(key, None)
            if not (isinstance(command, Arm | Pause) and not command.on):
                kept[key] = Standing(row["run_id"], from_micros(row["at"]), command)
    return tuple(kept.values())


def _slot(command: Command, run_id: int, seq: int) -> tuple[object, ...] | None:
    """Two commands of one slot: the later one holds. None: it does its work at once and does not last."""
    match command:
        case Arm():
            return ("arm", run_id, command.strategy)
        case Pause():
            return ("pause", run_id)
        case UseAccount():
            return ("use",)
        case OpenAccount() | ChangeAccount():
            return ("account", seq)
        case _:
            return None
