"""What feeds call the ledger's events: kept, and looked up when a feed tells of an event under an id that is new."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct

from betting_tui.engine.core.model import Event, EventAlias
from betting_tui.engine.core.times import to_micros
from betting_tui.engine.store.identities import add_alias, event_of, event_row_id

# As far apart as two feeds' starts of one game may be (`core.matching`).
_AROUND_US = timedelta(hours=12) // timedelta(microseconds=1)


class NamedEvents(Struct, frozen=True):
    """Events of the ledger with every name that feeds have for them."""

    events: tuple[Event, ...] = ()
    names: tuple[EventAlias, ...] = ()


def near(conn: sqlite3.Connection, source: str, events: Sequence[Event]) -> NamedEvents:
    """Those with one of the ids, whether ours or the source's, and those of one of the sports around the starts. An
    imported event may not say its sport."""
    ids = _json(event.id for event in events)
    rows = conn.execute("SELECT * FROM events WHERE event_id IN (SELECT value FROM json_each(?))", (ids,)).fetchall()
    rows += conn.execute(
        "SELECT e.* FROM event_aliases a JOIN events e ON e.id = a.event_id"
        " WHERE a.source = ? AND a.source_event_id IN (SELECT value FROM json_each(?))",
        (source, ids),
    ).fetchall()
    starts = [to_micros(event.commence_time) for event in events if event.start_known]
    if starts:
        rows += conn.execute(
            "SELECT * FROM events WHERE sport_key IN (SELECT value FROM json_each(?)) AND commence_at BETWEEN ? AND ?",
            (_json({event.sport_key for event in events} | {""}), min(starts) - _AROUND_US, max(starts) + _AROUND_US),
        ).fetchall()
    found = {int(row["id"]): event_of(row) for row in rows}
    names = conn.execute(
        "SELECT a.source, a.source_event_id, e.event_id FROM events e CROSS JOIN event_aliases a ON a.event_id = e.id"
        " WHERE e.id IN (SELECT value FROM json_each(?)) ORDER BY a.source, a.source_event_id",
        (msgspec.json.encode(sorted(found)).decode(),),
    )
    return NamedEvents(tuple(found[row] for row in sorted(found)), tuple(EventAlias(*row) for row in names))


def names_of(conn: sqlite3.Connection, event_id: str) -> tuple[EventAlias, ...]:
    """Every name of one of our events, the latest first."""
    rows = conn.execute(
        "SELECT a.source, a.source_event_id, e.event_id FROM events e JOIN event_aliases a ON a.event_id = e.id"
        " WHERE e.event_id = ? ORDER BY a.created_at DESC, a.source, a.source_event_id",
        (event_id,),
    )
    return tuple(EventAlias(*row) for row in rows)


def unkept(
    conn: sqlite3.Connection, names: Sequence[EventAlias]
) -> tuple[tuple[EventAlias, ...], frozenset[EventAlias]]:
    """Of these names, those that are not kept though the ledger knows their events; and those that are."""
    rows = conn.execute(
        "SELECT e.event_id, a.source, a.source_event_id FROM events e LEFT JOIN event_aliases a ON a.event_id = e.id"
        " WHERE e.event_id IN (SELECT value FROM json_each(?))",
        (_json({name.event_id for name in names}),),
    ).fetchall()
    known = {row["event_id"] for row in rows}
    kept = {EventAlias(row["source"], row["source_event_id"], row["event_id"]) for row in rows if row["source"]}
    return (
        tuple(name for name in names if name.event_id in known and name not in kept),
        frozenset(name for name in names if name in kept),
    )


def keep(conn: sqlite3.Connection, names: Sequence[EventAlias], now: datetime) -> frozenset[EventAlias]:
    """Write them; each is settled afterwards, also one whose id was said to mean another event before."""
    for name in names:
        event = event_row_id(conn, name.event_id)
        if event is not None:
            add_alias(conn, name.source, name.source_event_id, event, now)
    return frozenset(names)


def _json(values: Iterable[str]) -> str:
    return msgspec.json.encode(sorted(values)).decode()
