"""Closing lines: the newest quote before the start of every selection an open bet has, and the CLV it gives."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec import Struct

from betting_tui.engine.core.clv import clv_net_odds, clv_price
from betting_tui.engine.core.model import START_UNKNOWN, Event, Phase, Quote, Selection, Side
from betting_tui.engine.core.odds import Price
from betting_tui.engine.core.times import from_micros, to_micros
from betting_tui.engine.store.identities import event_of, line_of, micros, price_id, price_of, update_event, word_id

# Why a settled bet has no close: as stored, and in words.
MISSING = {
    "not_polled": "odds were not fetched between placing and the start",
    "start_unknown": "nobody has named the start, so no price is the last before it",
    "not_quoted": "no quote of this bookmaker at this point seen between placing and the start",
    "parlay": "a parlay has no single closing price",
}


class Watched(Struct, frozen=True, cache_hash=True):
    """A price whose close somebody waits for."""

    selection: Selection
    bookmaker: str
    side: Side


class Closings(Struct, frozen=True):
    """What an answer says about the watched prices: rows to keep, and events whose start moved or that were seen."""

    quotes: tuple[tuple[int, Quote], ...]
    events: tuple[Event, ...]

    @property
    def empty(self) -> bool:
        return not self.quotes and not self.events


def watched_events(conn: sqlite3.Connection) -> tuple[Event, ...]:
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


def closings_in(conn: sqlite3.Connection, quotes: Sequence[Quote], events: Sequence[Event], now: datetime) -> Closings:
    """What of an answer is worth keeping. Reads only, so that an answer nobody waits for costs no write."""
    known = {event.id: event for event in watched_events(conn)}
    moved = moved_in(conn, [event for event in events if event.id not in known], now)
    if not known:
        return Closings((), moved)
    stated = {event.id: event for event in events if event.id in known}
    quoted = {quote.selection.line.event_id for quote in quotes if quote.selection.line.event_id in known}
    seen = tuple(stated.get(event_id, known[event_id]) for event_id in sorted(quoted | stated.keys()))
    starts = {event_id: stated.get(event_id, event).commence_time for event_id, event in known.items()}
    watched = _watched(conn) if quoted else {}
    kept = {}
    for quote in quotes:
        start = starts.get(quote.selection.line.event_id)
        if start is None or not _before(quote, start):
            continue
        row = watched.get(Watched(quote.selection, quote.bookmaker, quote.side))
        if row is not None:
            kept[(row, quote.bookmaker, quote.side)] = (row, quote)
    waiting = tuple(event for event in seen if event.commence_time > now or event != known[event.id])
    return Closings(tuple(kept.values()), waiting + moved)


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
    for event in found.events:
        row = update_event(conn, event, now)
        conn.execute("UPDATE events SET quotes_seen_at = ?1 WHERE id = ?2 AND commence_at > ?1", (to_micros(now), row))
    return sum(_keep_quote(conn, row, quote) for row, quote in found.quotes)


_BET = """
    SELECT b.id AS bet, b.placed_at, o.kind, o.side, o.bookmaker_id, g.selection_id, e.commence_at, e.quotes_seen_at,
        p.format AS price_format, p.text AS price_text, p.decimal AS price_decimal
    FROM bets b JOIN orders o ON o.id = b.order_id JOIN fills f ON f.order_id = b.order_id AND f.number = b.fill_number
    JOIN prices p ON p.id = f.price_id JOIN legs g ON g.order_id = b.order_id AND g.ordinal = 0
    JOIN selections s ON s.id = g.selection_id JOIN lines l ON l.id = s.line_id JOIN events e ON e.id = l.event_id
    WHERE b.id = ?
"""


def fix_closing(conn: sqlite3.Connection, bet: int) -> None:
    """Copy the closing line to a settled bet and compute its CLV; where there is none, say why."""
    row = conn.execute(_BET, (bet,)).fetchone()
    if row["kind"] != "single":
        _state_missing(conn, bet, "parlay")
        return
    closing = _kept_close(conn, bet) or _copy_line(conn, row)
    if closing is None:
        _state_missing(conn, bet, _why_missing(row))
        return
    taken, close = price_of(row).exact, closing.exact
    if row["side"] == Side.LAY:
        # Who lays wants the lower price.
        taken, close = close, taken
    conn.execute(
        "UPDATE bets SET clv_price = ?, clv_net_odds = ?, closing_missing = NULL WHERE id = ?",
        (clv_price(taken, close), clv_net_odds(taken, close), bet),
    )


def _why_missing(bet: sqlite3.Row) -> str:
    if bet["commence_at"] >= to_micros(START_UNKNOWN):
        return "start_unknown"
    polled = bet["quotes_seen_at"] is not None and bet["quotes_seen_at"] > bet["placed_at"]
    return "not_quoted" if polled else "not_polled"


def _before(quote: Quote, start: datetime) -> bool:
    """Seen and quoted strictly before the start, and not in play. Before a start nobody knows, nothing is."""
    return (
        start < START_UNKNOWN
        and quote.phase is Phase.PREMATCH
        and max(quote.seen_at, quote.quoted_at or quote.seen_at) < start
    )


def _watched(conn: sqlite3.Connection) -> dict[Watched, int]:
    rows = conn.execute(
        "SELECT DISTINCT g.selection_id, w.text AS bookmaker, o.side, s.name, s.point, l.market, l.outcome_set,"
        " l.period, l.point AS line_point, l.participant, l.rule, e.event_id AS event_id"
        " FROM bets b INDEXED BY bets_open CROSS JOIN orders o ON o.id = b.order_id"
        " JOIN words w ON w.id = o.bookmaker_id JOIN legs g ON g.order_id = b.order_id"
        " JOIN selections s ON s.id = g.selection_id JOIN lines l ON l.id = s.line_id"
        " JOIN events e ON e.id = l.event_id WHERE b.state IN ('pending', 'review')"
    )
    return {
        Watched(Selection(line_of(row), row["name"], row["point"]), row["bookmaker"], Side(row["side"])): row[
            "selection_id"
        ]
        for row in rows
    }


def _keep_quote(conn: sqlite3.Connection, selection: int, quote: Quote) -> int:
    """1 when it is newer than what was kept: another price begins a row, the same one is seen longer."""
    place = (selection, word_id(conn, quote.bookmaker), quote.side.value)
    told = (price_id(conn, quote.price), micros(quote.quoted_at), to_micros(quote.seen_at), word_id(conn, quote.source))
    last = conn.execute(
        "SELECT price_id, first_seen_at, seen_at FROM closing_lines WHERE selection_id = ? AND bookmaker_id = ?"
        " AND side = ? ORDER BY first_seen_at DESC LIMIT 1",
        place,
    ).fetchone()
    price, _, seen_at, _ = told
    if last is not None and last["seen_at"] > seen_at:
        return 0
    if last is None or (last["price_id"] != price and last["first_seen_at"] < seen_at):
        conn.execute(
            "INSERT INTO closing_lines (selection_id, bookmaker_id, side, price_id, quoted_at, first_seen_at, seen_at,"
            " source_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7)",
            (*place, *told),
        )
    else:
        conn.execute(
            "UPDATE closing_lines SET price_id = ?4, quoted_at = ?5, seen_at = ?6, source_id = ?7"
            " WHERE selection_id = ?1 AND bookmaker_id = ?2 AND side = ?3 AND first_seen_at = ?8",
            (*place, *told, last["first_seen_at"]),
        )
    return 1


def _kept_close(conn: sqlite3.Connection, bet: int) -> Price | None:
    row = conn.execute(
        "SELECT p.format AS price_format, p.text AS price_text, p.decimal AS price_decimal FROM closes c"
        " JOIN prices p ON p.id = c.price_id WHERE c.bet_id = ? AND c.ordinal = 0 AND c.whose = 'book'",
        (bet,),
    ).fetchone()
    return None if row is None else price_of(row)


def _copy_line(conn: sqlite3.Connection, bet: sqlite3.Row) -> Price | None:
    """Give the bet the last price seen between its placing and the start, if there is one; older ones may go."""
    place = (bet["selection_id"], bet["bookmaker_id"], bet["side"])
    line = conn.execute(
        "SELECT price_id, quoted_at, first_seen_at, iif(seen_at < ?5, seen_at, first_seen_at) AS close_at, source_id"
        " FROM closing_lines WHERE selection_id = ?1 AND bookmaker_id = ?2 AND side = ?3"
        " AND seen_at > ?4 AND first_seen_at < ?5 ORDER BY first_seen_at DESC LIMIT 1",
        (*place, bet["placed_at"], bet["commence_at"]),
    ).fetchone() or _close_of_another(conn, bet)
    if line is None or line["close_at"] <= bet["placed_at"]:
        return None
    quoted_at = line["quoted_at"]
    conn.execute(
        "INSERT INTO closes (bet_id, ordinal, whose, bookmaker_id, price_id, quoted_at, seen_at, source_id)"
        " VALUES (?, 0, 'book', ?, ?, ?, ?, ?)",
        (
            bet["bet"],
            bet["bookmaker_id"],
            line["price_id"],
            quoted_at if quoted_at is not None and quoted_at < bet["commence_at"] else None,
            line["close_at"],
            line["source_id"],
        ),
    )
    # The bet has its own copy: once no open bet waits for this price, none of it is kept here.
    conn.execute(
        "DELETE FROM closing_lines WHERE selection_id = ?1 AND bookmaker_id = ?2 AND side = ?3"
        " AND (first_seen_at < ?4 OR NOT EXISTS (SELECT 1 FROM legs g CROSS JOIN orders o ON o.id = g.order_id"
        " CROSS JOIN bets b ON b.order_id = o.id WHERE g.selection_id = ?1 AND o.bookmaker_id = ?2 AND o.side = ?3"
        " AND b.state IN ('pending', 'review')))",
        (*place, line["first_seen_at"]),
    )
    return _kept_close(conn, bet["bet"])


def _close_of_another(conn: sqlite3.Connection, bet: sqlite3.Row) -> sqlite3.Row | None:
    """The close that another bet on the same price was given, for one recorded after that."""
    row = conn.execute(
        "SELECT c.price_id, c.quoted_at, c.seen_at AS first_seen_at, c.seen_at AS close_at, c.source_id FROM legs g"
        " CROSS JOIN orders o ON o.id = g.order_id CROSS JOIN bets b ON b.order_id = o.id"
        " CROSS JOIN closes c ON c.bet_id = b.id AND c.ordinal = 0 AND c.whose = 'book'"
        " WHERE g.selection_id = ?1 AND o.bookmaker_id = ?2 AND o.side = ?3 AND c.price_id IS NOT NULL"
        " AND c.seen_at > ?4 AND c.seen_at < ?5 ORDER BY c.seen_at DESC LIMIT 1",
        (bet["selection_id"], bet["bookmaker_id"], bet["side"], bet["placed_at"], bet["commence_at"]),
    ).fetchone()
    assert row is None or isinstance(row, sqlite3.Row)
    return row


def set_close(conn: sqlite3.Connection, bet: int, close: Price, source: str) -> None:
    """A close that a file tells, without its time."""
    conn.execute(
        "INSERT INTO closes (bet_id, ordinal, whose, bookmaker_id, price_id, source_id)"
        " SELECT b.id, 0, 'book', o.bookmaker_id, ?2, ?3 FROM bets b JOIN orders o ON o.id = b.order_id WHERE b.id = ?1"
        " ON CONFLICT DO UPDATE SET price_id = ?2, source_id = ?3, quoted_at = NULL, seen_at = NULL",
        (bet, price_id(conn, close), word_id(conn, source)),
    )


def _state_missing(conn: sqlite3.Connection, bet: int, reason: str) -> None:
    conn.execute(
        "UPDATE bets SET clv_price = NULL, clv_net_odds = NULL, closing_missing = ? WHERE id = ?", (reason, bet)
    )
