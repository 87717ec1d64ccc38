"""Rows for events, lines, selections, prices and words: found by what they are, made when new.

Ids here never leave the store.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache

import msgspec

from betting_tui.engine.core.model import START_UNKNOWN, Event, LineKey, OutcomeSet, Selection, Side
from betting_tui.engine.core.odds import OddsFormat, Price
from betting_tui.engine.core.times import from_micros, to_micros
from betting_tui.engine.store.columns import Columns


def ensure_event(conn: sqlite3.Connection, event: Event, now: datetime) -> int:
    """The event's row, made when new. A start that is known stays: who places a bet may have an old one."""
    return _event_row(conn, event, now, moves_start=False)


def named_event(conn: sqlite3.Connection, event: Event, now: datetime) -> int:
    """The event's row as it is; made without a start when new. For what is refused, perhaps for what it says of it."""
    row = event_row_id(conn, event.id)
    return (
        row if row is not None else ensure_event(conn, msgspec.structs.replace(event, commence_time=START_UNKNOWN), now)
    )


def update_event(conn: sqlite3.Connection, event: Event, now: datetime) -> int:
    """The event's row, brought up to date with what a feed now says of its start and names."""
    return _event_row(conn, event, now, moves_start=True)


def _event_row(conn: sqlite3.Connection, event: Event, now: datetime, *, moves_start: bool) -> int:
    row = conn.execute("SELECT * FROM events WHERE event_id = ?", (event.id,)).fetchone()
    start = to_micros(event.commence_time)
    stated = (event.sport_key, event.sport_title, start, event.home_team, event.away_team)
    if row is None:
        return inserted(
            conn,
            "INSERT INTO events (sport_key, sport_title, commence_at, home_team, away_team, event_id,"
            " first_commence_at, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*stated, event.id, start, to_micros(now), to_micros(now)),
        )
    kept = (row["sport_key"], row["sport_title"], row["commence_at"], row["home_team"], row["away_team"])
    # What a feed leaves out does not erase what is known.
    unknown = to_micros(START_UNKNOWN)
    merged = tuple(old if new in (None, "", unknown) else new for new, old in zip(stated, kept, strict=True))
    if not moves_start and row["commence_at"] != unknown:
        merged = (*merged[:2], row["commence_at"], *merged[3:])
    if merged != kept:
        conn.execute(
            "UPDATE events SET sport_key = ?1, sport_title = ?2, commence_at = ?3, home_team = ?4, away_team = ?5,"
            " updated_at = ?6, first_commence_at = iif(first_commence_at = ?8, ?3, first_commence_at) WHERE id = ?7",
            (*merged, to_micros(now), row["id"], unknown),
        )
    return int(row["id"])


def event_row_id(conn: sqlite3.Connection, event_id: str, source: str | None = None) -> int | None:
    """By our own id, else by what that source calls it."""
    row = conn.execute("SELECT id FROM events WHERE event_id = ?", (event_id,)).fetchone()
    if row is None and source is not None:
        row = conn.execute(
            "SELECT event_id AS id FROM event_aliases WHERE source = ? AND source_event_id = ?", (source, event_id)
        ).fetchone()
    return None if row is None else int(row["id"])


def add_alias(conn: sqlite3.Connection, source: str, source_event_id: str, event: int, now: datetime) -> None:
    conn.execute(
        "INSERT INTO event_aliases (source, source_event_id, event_id, created_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        (source, source_event_id, event, to_micros(now)),
    )


def ensure_selection(conn: sqlite3.Connection, event: int, selection: Selection) -> int:
    """The selection's row; `event` is the row of its line's event."""
    line = ensure_line(conn, event, selection.line)
    row = conn.execute(
        "SELECT id FROM selections WHERE line_id = ? AND name = ? AND ifnull(point, 1e9) = ifnull(?, 1e9)",
        (line, selection.name, selection.point),
    ).fetchone()
    if row is not None:
        return int(row["id"])
    return inserted(
        conn,
        "INSERT INTO selections (line_id, name, point) VALUES (?, ?, ?)",
        (line, selection.name, selection.point),
    )


def ensure_line(conn: sqlite3.Connection, event: int, line: LineKey) -> int:
    """The line's row; `event` is the row of its event."""
    told = (event, line.market, line.point, line.period, line.participant, line.outcome_set.value, line.rule)
    row = conn.execute(
        "SELECT id FROM lines WHERE event_id = ? AND market = ? AND ifnull(point, 1e9) = ifnull(?, 1e9)"
        " AND period = ? AND ifnull(participant, '') = ifnull(?, '') AND outcome_set = ? AND rule = ?",
        told,
    ).fetchone()
    if row is not None:
        return int(row["id"])
    return inserted(
        conn,
        "INSERT INTO lines (event_id, market, point, period, participant, outcome_set, rule)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        told,
    )


def word_id(conn: sqlite3.Connection, text: str) -> int:
    """The row of a text that recurs: a bookmaker's key, a source, a strategy, an author."""
    row = conn.execute("SELECT id FROM words WHERE text = ?", (text,)).fetchone()
    return int(row["id"]) if row is not None else inserted(conn, "INSERT INTO words (text) VALUES (?)", (text,))


def word_id_or_none(conn: sqlite3.Connection, text: str | None) -> int | None:
    return None if text is None else word_id(conn, text)


def list_id(conn: sqlite3.Connection, texts: Sequence[str]) -> int:
    """The row of a list of words, kept as JSON: the same few lists come again and again."""
    return word_id(conn, msgspec.json.encode(texts).decode())


def price_id(conn: sqlite3.Connection, price: Price) -> int:
    """The row of a price as quoted."""
    row = conn.execute(
        "SELECT id FROM prices WHERE text = ? AND format = ?", (price.text, price.format.value)
    ).fetchone()
    if row is not None:
        return int(row["id"])
    return inserted(
        conn,
        "INSERT INTO prices (format, text, decimal) VALUES (?, ?, ?)",
        (price.format.value, price.text, price.decimal),
    )


def inserted(conn: sqlite3.Connection, statement: str, values: Sequence[object]) -> int:
    """Run an INSERT and give the new row's id."""
    row_id = conn.execute(statement, values).lastrowid
    assert row_id is not None
    return row_id


class KnownRows:
    """Rows that one transaction asks for again and again, each looked up once. Only within it: what it made is gone
    when it is rolled back. `events` are the rows of the events of its selections, by their public ids."""

    def __init__(self, conn: sqlite3.Connection, events: Mapping[str, int]) -> None:
        self._conn = conn
        self._events = events
        self._words: dict[str, int] = {}
        self._lists: dict[tuple[str, ...], int] = {}
        self._prices: dict[Price, int] = {}
        self._selections: dict[Selection, int] = {}

    def word(self, text: str) -> int:
        row = self._words.get(text)
        if row is None:
            row = self._words[text] = word_id(self._conn, text)
        return row

    def words(self, texts: tuple[str, ...]) -> int:
        """Of a list of words."""
        row = self._lists.get(texts)
        if row is None:
            row = self._lists[texts] = list_id(self._conn, texts)
        return row

    def price(self, price: Price) -> int:
        row = self._prices.get(price)
        if row is None:
            row = self._prices[price] = price_id(self._conn, price)
        return row

    def selection(self, selection: Selection) -> int:
        row = self._selections.get(selection)
        if row is None:
            event = self._events[selection.line.event_id]
            row = self._selections[selection] = ensure_selection(self._conn, event, selection)
        return row


# An enum looked up in a dict takes a fraction of the time of its call, and a batch reads a hundred thousand of them.
SIDES = {each.value: each for each in Side}
_OUTCOME_SETS = {each.value: each for each in OutcomeSet}


def event_of(row: Columns) -> Event:
    """From a row with the columns of `events`."""
    return Event(
        id=row["event_id"],
        sport_key=row["sport_key"],
        sport_title=row["sport_title"],
        commence_time=from_micros(row["commence_at"]),
        home_team=row["home_team"],
        away_team=row["away_team"],
    )


def line_of(row: Columns) -> LineKey:
    """From a row with the public event id and the columns of `lines` (its point as `line_point`)."""
    return LineKey(
        event_id=row["event_id"],
        market=row["market"],
        outcome_set=_OUTCOME_SETS[row["outcome_set"]],
        period=row["period"],
        point=row["line_point"],
        participant=row["participant"],
        rule=row["rule"],
    )


def price_of(row: Columns, prefix: str = "price") -> Price:
    """From the columns of `prices`, named `<prefix>_format`, `_text` and `_decimal` in this query."""
    return _price(row[f"{prefix}_format"], row[f"{prefix}_text"], row[f"{prefix}_decimal"])


# The same few hundred prices are read again and again.
@lru_cache(maxsize=16_384)
def _price(written_as: str, text: str, decimal: float) -> Price:
    return Price(OddsFormat(written_as), text, decimal)


def moment(micros: int | None) -> datetime | None:
    return None if micros is None else from_micros(micros)


def micros(when: datetime | None) -> int | None:
    return None if when is None else to_micros(when)
