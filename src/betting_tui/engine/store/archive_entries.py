"""Entries of the inbox as rows of the archive and back. Bodies are compressed; one that came before is kept once."""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from datetime import datetime
from functools import cache

import msgspec
from msgspec import Raw, Struct

from betting_tui.engine.core.commands import Command
from betting_tui.engine.core.errors import LedgerError
from betting_tui.engine.core.odds import OddsFormat
from betting_tui.engine.core.ports import Answer, AnswerKind, CreditReading
from betting_tui.engine.core.times import from_micros, to_micros
from betting_tui.engine.store.identities import inserted, micros, moment
from betting_tui.engine.store.shapes import InboxEntry, InboxRecord, TimerFired

# Odds JSON shrinks to about a tenth at this level; higher ones cost three times the time for 3 % more.
_LEVEL = 4
_MARKETS_SEPARATOR = ","
# The fields of an answer that have columns of their own; all others go into `extras`.
_IN_COLUMNS = frozenset(
    {"source", "kind", "sport_key", "body", "received_at", "server_time", "credits", "markets", "odds_format"}
)
_END = 2**63 - 1


class Part(Struct, frozen=True):
    """Which entries are read: of these numbers, of one run, and with `kind` only answers of it received in a span of
    time (from included, to not), of one sport or of several at once."""

    first_seq: int = 1
    last_seq: int | None = None
    run_id: int | None = None
    kind: AnswerKind | None = None
    sport_key: str | None = None
    received_from: datetime | None = None
    received_to: datetime | None = None


# What a feed calls an answer about several sports: its events have to be looked at to know.
MIXED_SPORTS = "upcoming"


def insert(conn: sqlite3.Connection, run: int, entry: InboxEntry, at: datetime) -> int:
    """The entry's `seq`."""
    if isinstance(entry, Answer):
        return _insert_answer(conn, run, entry, at)
    kind = "timer" if isinstance(entry, TimerFired) else "command"
    return inserted(
        conn,
        "INSERT INTO inbox (run_id, at, kind, body_id) VALUES (?, ?, ?, ?)",
        (run, to_micros(at), kind, _body(conn, msgspec.json.encode(entry))),
    )


def page(conn: sqlite3.Connection, part: Part, limit: int) -> list[sqlite3.Row]:
    """The first `limit` rows of the part, for `record_of`."""
    return conn.execute(
        "SELECT i.*, b.compressed FROM inbox i JOIN bodies b ON b.id = i.body_id"
        " WHERE i.seq BETWEEN ?1 AND ?2 AND (?3 IS NULL OR i.run_id = ?3) AND (?4 IS NULL OR i.answer_kind = ?4)"
        " AND (?5 IS NULL OR i.sport_key IN (?5, ?6)) AND (?7 IS NULL OR i.received_at >= ?7)"
        " AND (?8 IS NULL OR i.received_at < ?8) ORDER BY i.seq LIMIT ?9",
        (
            part.first_seq,
            _END if part.last_seq is None else part.last_seq,
            part.run_id,
            None if part.kind is None else part.kind.value,
            part.sport_key,
            MIXED_SPORTS,
            micros(part.received_from),
            micros(part.received_to),
            limit,
        ),
    ).fetchall()


def record_of(row: sqlite3.Row) -> InboxRecord:
    """Exactly what came in. LedgerError when the row cannot be read."""
    return InboxRecord(row["seq"], row["run_id"], from_micros(row["at"]), _entry(row))


def command_of(compressed: bytes) -> Command:
    """Raises zlib.error and msgspec.DecodeError."""
    command: Command = msgspec.json.decode(zlib.decompress(compressed), type=Command)
    return command


def _insert_answer(conn: sqlite3.Connection, run: int, answer: Answer, at: datetime) -> int:
    reading = answer.credits
    return inserted(
        conn,
        "INSERT INTO inbox (run_id, at, kind, source, answer_kind, sport_key, markets, received_at, server_at,"
        " has_credits, credits_used, credits_remaining, credits_cost, odds_format, extras, body_id)"
        " VALUES (?, ?, 'answer', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
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
            _extras(answer),
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


def _entry(row: sqlite3.Row) -> InboxEntry:
    try:
        match row["kind"]:
            case "answer":
                return _answer(row, zlib.decompress(row["compressed"]))
            case "timer":
                return msgspec.json.decode(zlib.decompress(row["compressed"]), type=TimerFired)
            case _:
                return command_of(row["compressed"])
    except (zlib.error, msgspec.DecodeError) as error:
        raise LedgerError(f"entry {row['seq']} of the archive cannot be read: delete the archive to go on") from error


def _answer(row: sqlite3.Row, body: bytes) -> Answer:
    reading = CreditReading(row["credits_used"], row["credits_remaining"], row["credits_cost"])
    answer = Answer(
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
    return _with_extras(answer, row["extras"]) if row["extras"] else answer


def _extras(answer: Answer) -> str:
    """The fields without a column that are not what they are by default, as JSON; mostly none."""
    told = {field.name: said for field in extra_fields() if (said := getattr(answer, field.name)) != _default(field)}
    return msgspec.json.encode(told).decode() if told else ""


def _with_extras(answer: Answer, text: str) -> Answer:
    """A field that this version does not know any more is left out."""
    told = msgspec.json.decode(text, type=dict[str, Raw])
    known = {
        field.name: msgspec.json.decode(told[field.name], type=field.type)
        for field in extra_fields()
        if field.name in told
    }
    return msgspec.structs.replace(answer, **known)


@cache
def extra_fields() -> tuple[msgspec.structs.FieldInfo, ...]:
    """Of an answer: those without a column."""
    return tuple(field for field in msgspec.structs.fields(Answer) if field.name not in _IN_COLUMNS)


def _default(field: msgspec.structs.FieldInfo) -> object:
    factory = field.default_factory
    return field.default if factory is msgspec.NODEFAULT else factory()
