"""Closing lines while they are waited for: what was last seen before the start of every price of an open bet and of
every opportunity that was shown, at its own bookmaker and by the reference.

A price is kept under its own selection; where the line has moved, the point it moved to is kept as well. Every run of
the same price is cut after some minutes, so that the last one before the start is known whatever the start turns out
to have been.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec
from msgspec import Struct

from betting_tui.engine.core.closes import FairClose, Family, WantedClose, family_of
from betting_tui.engine.core.model import START_UNKNOWN, Event, LineKey, Phase, Quote, Selection, Side
from betting_tui.engine.core.times import from_micros, to_micros
from betting_tui.engine.store.identities import KnownRows, ensure_event, event_of, line_of, micros, update_event

_RUN_US = 300_000_000
# A price that changes all the time keeps its newest rows, and of what is older every second one.
_MOST_ROWS = 48
# An event that is put off is played within days: what was shown of it is waited for again.
_SETTLED_US = 3 * 86_400_000_000
# Six hours after it began nobody corrects a start any more; from then on only the closes themselves are kept.
_OVER_US = 6 * 3_600_000_000


class Closings(Struct, frozen=True):
    """What an answer says about the wanted prices: rows to keep, and events that were seen or whose start moved.
    `polled` are those whose prices somebody waits for, with when they were seen."""

    quotes: tuple[Quote, ...]
    fair: tuple[FairClose, ...]
    events: tuple[Event, ...]
    polled: tuple[tuple[Event, datetime], ...] = ()

    @property
    def empty(self) -> bool:
        return not (self.quotes or self.fair or self.events or self.polled)


def watched_events(conn: sqlite3.Connection) -> tuple[Event, ...]:
    """Events with open bets, by start."""
    rows = conn.execute(
        "SELECT DISTINCT e.* FROM bets b INDEXED BY bets_open CROSS JOIN legs g ON g.order_id = b.order_id"
        " JOIN selections s ON s.id = g.selection_id JOIN lines l ON l.id = s.line_id"
        " JOIN events e ON e.id = l.event_id WHERE b.state IN ('pending', 'review') ORDER BY e.commence_at, e.event_id"
    )
    return tuple(event_of(row) for row in rows)


def newest_bets(conn: sqlite3.Connection) -> dict[str, datetime]:
    """When the newest open bet on each event was placed, by the event's id."""
    rows = conn.execute(
        "SELECT e.event_id, max(b.placed_at) AS placed_at FROM bets b INDEXED BY bets_open"
        " CROSS JOIN legs g ON g.order_id = b.order_id"
        " JOIN selections s ON s.id = g.selection_id JOIN lines l ON l.id = s.line_id"
        " JOIN events e ON e.id = l.event_id WHERE b.state IN ('pending', 'review') GROUP BY e.event_id"
    )
    return {row["event_id"]: from_micros(row["placed_at"]) for row in rows}


_SELECTION = (
    "e.event_id, s.name, s.point, l.market, l.outcome_set, l.period, l.point AS line_point, l.participant, l.rule,"
    " w.text AS bookmaker"
)
_AMONG = "FROM (SELECT value FROM json_each(?1)) one CROSS JOIN events e ON e.event_id = one.value"
_WANTED = f"""
    SELECT {_SELECTION}, o.side {_AMONG} CROSS JOIN lines l ON l.event_id = e.id
        CROSS JOIN selections s ON s.line_id = l.id CROSS JOIN legs g ON g.selection_id = s.id
        CROSS JOIN orders o ON o.id = g.order_id CROSS JOIN words w ON w.id = o.bookmaker_id
    WHERE EXISTS (SELECT 1 FROM bets b WHERE b.order_id = o.id AND b.state IN ('pending', 'review'))
    UNION
    SELECT {_SELECTION}, g.side {_AMONG} CROSS JOIN opportunities p ON p.event_id = e.id
        CROSS JOIN opportunity_legs g ON g.opportunity_id = p.id CROSS JOIN selections s ON s.id = g.selection_id
        CROSS JOIN lines l ON l.id = s.line_id CROSS JOIN words w ON w.id = g.bookmaker_id
    WHERE e.commence_at > ?2
"""


def wanted_closes(conn: sqlite3.Connection, event_ids: Iterable[str], now: datetime) -> tuple[WantedClose, ...]:
    """What is waited for of these events: prices of open bets, and of opportunities that have not started long ago."""
    ids = sorted(set(event_ids))
    if not ids:
        return ()
    rows = conn.execute(_WANTED, (msgspec.json.encode(ids).decode(), to_micros(now) - _SETTLED_US))
    return tuple(
        WantedClose(Selection(line_of(row), row["name"], row["point"]), row["bookmaker"], Side(row["side"]))
        for row in rows
    )


def closings_in(
    conn: sqlite3.Connection,
    quotes: Sequence[Quote],
    events: Sequence[Event],
    now: datetime,
    fair: Sequence[FairClose] = (),
    wanted: Sequence[WantedClose] | None = None,
) -> Closings:
    """What of an answer is worth keeping; `wanted` as `wanted_closes` has it, which is asked when it is None. Reads
    only, so that an answer nobody waits for costs no write."""
    if wanted is None:
        told = {quote.selection.line.event_id for quote in quotes} | {event.id for event in events}
        wanted = wanted_closes(conn, told, now)
    known = _events_of(conn, {each.selection.line.event_id for each in wanted})
    moved = moved_in(conn, [event for event in events if event.id not in known], now)
    if not known:
        return Closings((), (), moved)
    stated = {event.id: event for event in events if event.id in known}
    seen = {event_id: at for event_id, at in _last_seen(quotes).items() if event_id in known}
    there = {event_id: stated.get(event_id, known[event_id]) for event_id in sorted(seen.keys() | stated.keys())}
    starts = {event_id: stated.get(event_id, event).commence_time for event_id, event in known.items()}
    waiting = [event for event in there.values() if event.commence_time > now or event != known[event.id]]
    polled = [(event, seen.get(event.id, now)) for event in there.values()]
    return Closings(
        _wanted_quotes(quotes, wanted, starts),
        tuple(each for each in fair if each.seen_at < starts.get(each.selection.line.event_id, each.seen_at)),
        tuple(waiting) + moved,
        tuple((event, at) for event, at in polled if event.start_known and at < event.commence_time),
    )


def _events_of(conn: sqlite3.Connection, ids: set[str]) -> dict[str, Event]:
    rows = conn.execute(
        "SELECT * FROM events WHERE event_id IN (SELECT value FROM json_each(?))",
        (msgspec.json.encode(sorted(ids)).decode(),),
    )
    return {row["event_id"]: event_of(row) for row in rows}


def _last_seen(quotes: Sequence[Quote]) -> dict[str, datetime]:
    """Of each event, by its id."""
    seen: dict[str, datetime] = {}
    for quote in quotes:
        event_id, at = quote.selection.line.event_id, quote.seen_at
        known = seen.get(event_id)
        if known is None or at > known:
            seen[event_id] = at
    return seen


# Within a family: selection, bookmaker, whether it is a lay. An enum's hash takes many times that of a bool.
_Place = tuple[str, str, bool]


def _wanted_quotes(
    quotes: Sequence[Quote], wanted: Sequence[WantedClose], starts: Mapping[str, datetime]
) -> tuple[Quote, ...]:
    """The newest quote of each wanted price; and where the book's main line is at another point, that of it."""
    points: dict[Family, dict[_Place, set[float | None]]] = defaultdict(dict)
    for each in wanted:
        place = (each.selection.name, each.bookmaker, each.side is Side.LAY)
        points[family_of(each.selection.line)].setdefault(place, set()).add(each.selection.point)
    kept: dict[tuple[Selection, str, bool], Quote] = {}
    elsewhere: dict[tuple[Family, _Place], Quote] = {}
    of_line: dict[LineKey, dict[_Place, set[float | None]]] = {}
    for quote in quotes:
        selection = quote.selection
        line = selection.line
        places = of_line.get(line)
        if places is None:
            places = of_line[line] = points.get(family_of(line), {}) if line.event_id in starts else {}
        place = (selection.name, quote.bookmaker, quote.side is Side.LAY)
        taken = places.get(place)
        if taken is None or not _before(quote, starts[line.event_id]):
            continue
        if selection.point in taken:
            kept[(selection, quote.bookmaker, place[2])] = quote
        elif not quote.alternate:
            family = family_of(line)
            other = elsewhere.get((family, place))
            # Of several lines a book calls its main one, the most even is.
            if other is None or abs(quote.price.decimal - 2) < abs(other.price.decimal - 2):
                elsewhere[family, place] = quote
    return (*kept.values(), *elsewhere.values())


def moved_in(conn: sqlite3.Connection, events: Sequence[Event], now: datetime) -> tuple[Event, ...]:
    """Those the ledger knows with another start: a bet placed later is held against the start kept here."""
    stated = {event.id: event for event in events if event.start_known}
    rows = conn.execute(
        "SELECT event_id, commence_at FROM events WHERE event_id IN (SELECT value FROM json_each(?))",
        (msgspec.json.encode(sorted(stated)).decode(),),
    )
    kept = {row["event_id"]: from_micros(row["commence_at"]) for row in rows}
    return tuple(
        stated[event_id]
        for event_id, start in sorted(kept.items())
        if start != stated[event_id].commence_time and max(start, stated[event_id].commence_time) > now
    )


def move(conn: sqlite3.Connection, events: Sequence[Event], now: datetime) -> int:
    """Write their starts; how many there were."""
    for event in events:
        update_event(conn, event, now)
    return len(events)


def keep(conn: sqlite3.Connection, found: Closings, now: datetime) -> int:
    """Write them; how many quotes were newer than the kept ones."""
    updated: dict[Event, int] = {}
    for event in found.events:
        row = updated[event] = update_event(conn, event, now)
        conn.execute("UPDATE events SET quotes_seen_at = ?1 WHERE id = ?2 AND commence_at > ?1", (to_micros(now), row))
    rows: dict[str, int] = {}
    for event, at in found.polled:
        known_row = updated.get(event)
        row = rows[event.id] = ensure_event(conn, event, now) if known_row is None else known_row
        _note_poll(conn, row, to_micros(at), answered=True)
        conn.execute(
            "UPDATE events SET quotes_seen_at = ?1 WHERE id = ?2 AND ifnull(quotes_seen_at, 0) < ?1",
            (to_micros(at), row),
        )

    known = KnownRows(conn, rows)
    for each in found.fair:
        if each.selection.line.event_id in rows:
            _keep_fair(conn, known, each)
    return sum(_keep_quote(conn, known, quote) for quote in found.quotes if quote.selection.line.event_id in rows)


def note_unanswered(conn: sqlite3.Connection, sport_key: str, now: datetime) -> int:
    """No feed answered when prices of this sport were asked for: kept for each event somebody waits for."""
    at = to_micros(now)
    rows = conn.execute(
        "SELECT id, event_id FROM events WHERE sport_key = ? AND commence_at > ? AND commence_at < ?",
        (sport_key, at, to_micros(START_UNKNOWN)),
    ).fetchall()
    wanted = {each.selection.line.event_id for each in wanted_closes(conn, [row["event_id"] for row in rows], now)}
    waiting = [row["id"] for row in rows if row["event_id"] in wanted]
    for row in waiting:
        _note_poll(conn, row, at, answered=False)
    return len(waiting)


def prune(conn: sqlite3.Connection, now: datetime) -> int:
    """Forget what nobody needs: once an event began hours ago and no bet on it is open, only what opportunities
    are compared with is kept, the last of each before the start. How many rows went."""
    conn.execute("CREATE TEMP TABLE IF NOT EXISTS over (id INTEGER PRIMARY KEY)")
    conn.execute("DELETE FROM over")
    conn.execute(
        "INSERT INTO over SELECT DISTINCT p.event_id FROM event_polls p JOIN events e ON e.id = p.event_id"
        " WHERE e.commence_at < ? AND NOT EXISTS (SELECT 1 FROM lines l CROSS JOIN selections s ON s.line_id = l.id"
        " CROSS JOIN legs g ON g.selection_id = s.id CROSS JOIN bets b ON b.order_id = g.order_id"
        " WHERE l.event_id = e.id AND b.state IN ('pending', 'review'))",
        (to_micros(now) - _OVER_US,),
    )
    gone = 0
    for table, same in (
        ("closing_lines", "n.bookmaker_id = c.bookmaker_id AND n.side = c.side"),
        ("reference_lines", "n.bookmaker_id = c.bookmaker_id"),
    ):
        key = "selection_id, bookmaker_id, first_seen_at" + (", side" if table == "closing_lines" else "")
        gone += conn.execute(
            f"DELETE FROM {table} WHERE ({key}) IN (SELECT {_of_alias(key)} FROM over JOIN events e ON e.id = over.id"
            f" JOIN lines l ON l.event_id = e.id JOIN selections s ON s.line_id = l.id"
            f" JOIN {table} c ON c.selection_id = s.id WHERE c.first_seen_at >= e.commence_at"
            f" OR EXISTS (SELECT 1 FROM {table} n WHERE n.selection_id = c.selection_id AND {same}"
            " AND n.first_seen_at > c.first_seen_at AND n.first_seen_at < e.commence_at)"
            " OR NOT EXISTS (SELECT 1 FROM opportunities p WHERE p.event_id = e.id))"
        ).rowcount
    gone += conn.execute("DELETE FROM event_polls WHERE event_id IN (SELECT id FROM over)").rowcount
    conn.execute("DELETE FROM over")
    return gone


def _of_alias(key: str) -> str:
    return ", ".join(f"c.{column}" for column in key.split(", "))


def _before(quote: Quote, start: datetime) -> bool:
    """Seen and quoted strictly before the start, and not in play. Before a start nobody knows, nothing is."""
    return (
        start < START_UNKNOWN
        and quote.phase is Phase.PREMATCH
        and max(quote.seen_at, quote.quoted_at or quote.seen_at) < start
    )


def _note_poll(conn: sqlite3.Connection, event: int, at: int, *, answered: bool) -> None:
    """Polls that follow each other closely are one, at its end."""
    last = conn.execute(
        "SELECT at, answered FROM event_polls WHERE event_id = ? ORDER BY at DESC LIMIT 2", (event,)
    ).fetchall()
    if last and last[0]["at"] >= at:
        return
    run = len(last) == 2 and at - last[1]["at"] < _RUN_US and {row["answered"] for row in last} == {int(answered)}
    if run:
        conn.execute("UPDATE event_polls SET at = ? WHERE event_id = ? AND at = ?", (at, event, last[0]["at"]))
    else:
        conn.execute("INSERT INTO event_polls VALUES (?, ?, ?)", (event, at, int(answered)))
        _thin(conn, "event_polls", "at", {"event_id": event})


class _Runs:
    """A table whose rows are runs of one answer: what was the same from `first_seen_at` to `seen_at`, which are minutes
    at most. `place` are the columns of what is asked about, `same` those of what may not change within a run."""

    def __init__(self, table: str, place: tuple[str, ...], same: tuple[str, ...]) -> None:
        where = " AND ".join(f"{column} = ?" for column in place)
        told = (*same, "source_id", "quoted_at", "seen_at")
        columns = (*place, *told, "first_seen_at")
        self._table, self._place, self._same = table, place, same
        # What nothing refers to alone: SQLite looks up each reference that is written, the same or not.
        self._lengthen = (
            f"UPDATE {table} SET quoted_at = ?, seen_at = ? WHERE {where} AND first_seen_at = "
            f"(SELECT max(first_seen_at) FROM {table} WHERE {where}) AND first_seen_at > ? AND seen_at <= ? AND "
            + " AND ".join(f"{column} IS ?" for column in (*same, "source_id"))
        )
        self._last = f"SELECT * FROM {table} WHERE {where} ORDER BY first_seen_at DESC LIMIT 1"
        self._correct = (
            f"UPDATE {table} SET {', '.join(f'{column} = ?' for column in told)} WHERE {where} AND first_seen_at = ?"
        )
        self._begin = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"

    def keep(
        self,
        conn: sqlite3.Connection,
        place: tuple[int | str, ...],
        same: tuple[int | float, ...],
        source: int,
        quoted_at: int | None,
        seen_at: int,
    ) -> int:
        """1 when it is newer than what was kept: something else begins a row, the same is seen longer."""
        young = (seen_at - _RUN_US, seen_at)
        # Mostly nothing has changed, which is written without being read.
        if conn.execute(self._lengthen, (quoted_at, seen_at, *place, *place, *young, *same, source)).rowcount:
            return 1
        last = conn.execute(self._last, place).fetchone()
        told = (*same, source, quoted_at, seen_at)
        if last is not None and last["seen_at"] > seen_at:
            return 0
        if last is not None and (
            last["first_seen_at"] >= seen_at
            or (seen_at - last["first_seen_at"] < _RUN_US and tuple(last[column] for column in self._same) == same)
        ):
            conn.execute(self._correct, (*told, *place, last["first_seen_at"]))
            return 1
        conn.execute(self._begin, (*place, *told, seen_at))
        _thin(conn, self._table, "first_seen_at", dict(zip(self._place, place, strict=True)))
        return 1


_CLOSING_LINES = _Runs("closing_lines", ("selection_id", "bookmaker_id", "side"), ("price_id",))
_REFERENCE_LINES = _Runs(
    "reference_lines", ("selection_id", "bookmaker_id"), ("fair_probability", "main", "method_id", "books_id")
)


def _keep_quote(conn: sqlite3.Connection, known: KnownRows, quote: Quote) -> int:
    place = (known.selection(quote.selection), known.word(quote.bookmaker), quote.side.value)
    price, source = known.price(quote.price), known.word(quote.source)
    return _CLOSING_LINES.keep(conn, place, (price,), source, micros(quote.quoted_at), to_micros(quote.seen_at))


def _keep_fair(conn: sqlite3.Connection, known: KnownRows, fair: FairClose) -> int:
    place = (known.selection(fair.selection), known.word(fair.bookmaker))
    same = (fair.probability, int(fair.main), known.word(fair.method), known.words(fair.books))
    source = known.word(fair.source)
    return _REFERENCE_LINES.keep(conn, place, same, source, micros(fair.quoted_at), to_micros(fair.seen_at))


def _thin(conn: sqlite3.Connection, table: str, column: str, place: Mapping[str, object]) -> None:
    where = " AND ".join(f"{name} = ?" for name in place)
    times = [
        row[0]
        for row in conn.execute(f"SELECT {column} FROM {table} WHERE {where} ORDER BY {column}", tuple(place.values()))
    ]
    if len(times) > _MOST_ROWS:
        conn.executemany(
            f"DELETE FROM {table} WHERE {where} AND {column} = ?",
            [(*place.values(), each) for each in times[: _MOST_ROWS // 2 : 2]],
        )
