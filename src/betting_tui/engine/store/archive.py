"""`odds.db`: the inbox as received. A cache: deleting it loses replays and charts, never money, a close or a result."""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
import zlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec

from betting_tui.engine.core.commands import Command
from betting_tui.engine.core.errors import LedgerError
from betting_tui.engine.core.odds import OddsFormat
from betting_tui.engine.core.ports import Answer, AnswerKind, CreditReading
from betting_tui.engine.core.times import from_micros, to_micros
from betting_tui.engine.store.database import Database
from betting_tui.engine.store.identities import inserted, micros, moment
from betting_tui.engine.store.schema import ARCHIVE
from betting_tui.engine.store.shapes import ArchiveRun, InboxEntry, InboxRecord, Mode, TimerFired

# Odds JSON shrinks to about a tenth at this level; higher ones cost three times the time for 3 % more.
_LEVEL = 4
_PAGE = 200
_TRIM_EVERY = 100
_MARKETS_SEPARATOR = ","


class Archive:
    """Answers and commands in the order of the inbox, bodies compressed and an unchanged body kept once.

    Errors: LedgerError with words; the engine goes on without an archive then.
    """

    def __init__(self, database: Database, max_bytes: int | None) -> None:
        self._database = database
        self._max_bytes = max_bytes
        self._run: int | None = None
        self._appended = 0

    @classmethod
    async def open(cls, path: Path, *, max_mb: int | None = None, read_only: bool = False) -> Archive:
        """Open or create. Beyond `max_mb` the oldest entries go, at opening and now and then while appending."""
        archive = cls(
            await Database.open(path, ARCHIVE, read_only=read_only), None if max_mb is None else max_mb * 1_000_000
        )
        if not read_only and max_mb is not None:
            await archive._trim()
        return archive

    async def close(self) -> None:
        """Write what was appended, then let go. Twice is fine."""
        await self._database.close()

    async def start_run(
        self, mode: Mode, now: datetime, *, seed: int | None = None, parameters: str = ""
    ) -> ArchiveRun:
        """Everything appended from now on belongs to this run."""

        def work(conn: sqlite3.Connection) -> int:
            return inserted(
                conn,
                "INSERT INTO runs (mode, started_at, seed, parameters) VALUES (?, ?, ?, ?)",
                (mode, to_micros(now), seed, parameters),
            )

        self._run = await self._database.write(work)
        return ArchiveRun(self._run, mode, now, seed, parameters)

    def append(self, entry: InboxEntry, at: datetime) -> asyncio.Future[int]:
        """Queue an entry now, in call order; the future gives its `seq` once it is on disk.

        Cancelling the future does not take the entry back. LedgerError before `start_run`.
        """
        run = self._run
        if run is None:
            raise LedgerError("the archive has no run yet: nothing can be recorded")
        self._appended += 1
        trim = self._max_bytes if self._appended % _TRIM_EVERY == 0 else None

        def work(conn: sqlite3.Connection) -> int:
            seq = _insert(conn, run, entry, at)
            if trim is not None:
                _trim_to(conn, trim)
            return seq

        return self._database.submit(work)

    def read(self, from_seq: int = 1, *, run_id: int | None = None) -> Iterator[InboxRecord]:
        """In order, exactly the bytes that came in. Lazy: memory stays at a page of entries."""
        while True:
            page = self._database.read(lambda conn, start=from_seq: _page(conn, start, run_id))  # type: ignore[misc]
            yield from (_record(row) for row in page)
            if len(page) < _PAGE:
                return
            from_seq = page[-1]["seq"] + 1

    def runs(self) -> tuple[ArchiveRun, ...]:
        def work(conn: sqlite3.Connection) -> tuple[ArchiveRun, ...]:
            return tuple(
                ArchiveRun(row["id"], row["mode"], from_micros(row["started_at"]), row["seed"], row["parameters"])
                for row in conn.execute("SELECT * FROM runs ORDER BY id")
            )

        return self._database.read(work)

    @property
    def path(self) -> Path:
        return self._database.path

    @property
    def size_bytes(self) -> int:
        return self._database.size_bytes

    async def _trim(self) -> None:
        limit = self._max_bytes
        if limit is not None:
            await self._database.write(lambda conn: _trim_to(conn, limit))


def _insert(conn: sqlite3.Connection, run: int, entry: InboxEntry, at: datetime) -> int:
    if isinstance(entry, Answer):
        return _insert_answer(conn, run, entry, at)
    kind = "timer" if isinstance(entry, TimerFired) else "command"
    return inserted(
        conn,
        "INSERT INTO inbox (run_id, at, kind, body_id) VALUES (?, ?, ?, ?)",
        (run, to_micros(at), kind, _body(conn, msgspec.json.encode(entry))),
    )


def _insert_answer(conn: sqlite3.Connection, run: int, answer: Answer, at: datetime) -> int:
    reading = answer.credits
    return inserted(
        conn,
        "INSERT INTO inbox (run_id, at, kind, source, answer_kind, sport_key, markets, received_at, server_at,"
        " has_credits, credits_used, credits_remaining, credits_cost, odds_format, body_id)"
        " VALUES (?, ?, 'answer', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            run,
            to_micros(at),
            answer.source,
            answer.kind.value,
            answer.sport_key,
            _MARKETS_SEPARATOR.join(answer.markets),
            to_micros(answer.received_at),
            micros(answer.server_time),
            reading is not None,
            reading.used if reading else None,
            reading.remaining if reading else None,
            reading.last_cost if reading else None,
            answer.odds_format.value if answer.odds_format else None,
            _body(conn, answer.body),
        ),
    )


def _body(conn: sqlite3.Connection, body: bytes) -> int:
    digest = hashlib.blake2b(body, digest_size=16).digest()
    row = conn.execute("SELECT id FROM bodies WHERE digest = ?", (digest,)).fetchone()
    if row is not None:
        return int(row["id"])
    return inserted(
        conn, "INSERT INTO bodies (digest, compressed) VALUES (?, ?)", (digest, zlib.compress(body, _LEVEL))
    )


def _page(conn: sqlite3.Connection, from_seq: int, run_id: int | None) -> list[sqlite3.Row]:
    return conn.execute(
        "SELECT i.*, b.compressed FROM inbox i JOIN bodies b ON b.id = i.body_id"
        " WHERE i.seq >= ?1 AND (?2 IS NULL OR i.run_id = ?2) ORDER BY i.seq LIMIT ?3",
        (from_seq, run_id, _PAGE),
    ).fetchall()


def _record(row: sqlite3.Row) -> InboxRecord:
    return InboxRecord(row["seq"], row["run_id"], from_micros(row["at"]), _entry(row))


def _entry(row: sqlite3.Row) -> InboxEntry:
    try:
        body = zlib.decompress(row["compressed"])
        match row["kind"]:
            case "answer":
                return _answer(row, body)
            case "timer":
                return msgspec.json.decode(body, type=TimerFired)
            case _:
                command: Command = msgspec.json.decode(body, type=Command)
                return command
    except (zlib.error, msgspec.DecodeError) as error:
        raise LedgerError(f"entry {row['seq']} of the archive cannot be read: delete the archive to go on") from error


def _answer(row: sqlite3.Row, body: bytes) -> Answer:
    reading = CreditReading(row["credits_used"], row["credits_remaining"], row["credits_cost"])
    return Answer(
        source=row["source"],
        kind=AnswerKind(row["answer_kind"]),
        sport_key=row["sport_key"],
        body=body,
        received_at=from_micros(row["received_at"]),
        server_time=moment(row["server_at"]),
        credits=reading if row["has_credits"] else None,
        odds_format=OddsFormat(row["odds_format"]) if row["odds_format"] else None,
        markets=tuple(row["markets"].split(_MARKETS_SEPARATOR)) if row["markets"] else (),
    )


def _trim_to(conn: sqlite3.Connection, max_bytes: int) -> None:
    """Drop the oldest entries, a tenth at a time, until what is used fits; the newest entry always stays."""
    page_size = conn.execute("PRAGMA page_size").fetchone()[0]
    while _used_pages(conn) * page_size > max_bytes:
        first, last = conn.execute("SELECT min(seq), max(seq) FROM inbox").fetchone()
        if first is None or first == last:
            break
        border = min(first + max(1, (last - first) // 10), last)
        conn.execute("DELETE FROM inbox WHERE seq < ?", (border,))
        conn.execute("DELETE FROM bodies WHERE NOT EXISTS (SELECT 1 FROM inbox WHERE body_id = bodies.id)")
    # The statement gives back a page a step, and Python's driver takes one step of it only.
    for _ in range(conn.execute("PRAGMA freelist_count").fetchone()[0]):
        conn.execute("PRAGMA incremental_vacuum")


def _used_pages(conn: sqlite3.Connection) -> int:
    pages, free = conn.execute("PRAGMA page_count").fetchone()[0], conn.execute("PRAGMA freelist_count").fetchone()[0]
    return int(pages - free)
