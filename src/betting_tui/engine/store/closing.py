"""Closing lines: the newest quote before the start of every selection an open bet has, and the CLV it gives."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import Struct

from betting_tui.engine.core.clv import clv_net_odds, clv_price
from betting_tui.engine.core.model import START_UNKNOWN, Event, Phase, Quote, Selection, Side
from betting_tui.engine.core.times import to_micros
from betting_tui.engine.store.identities import ensure_event, event_of, line_of, micros, price_columns, price_of

# Why a settled bet has no close: as stored, and in words.
MISSING = {
    "not_polled": "odds were not fetched between placing and the start",
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
        "SELECT DISTINCT e.* FROM bets b JOIN bet_legs g ON g.bet_id = b.id JOIN selections s ON s.id = g.selection_id"
        " JOIN lines l ON l.id = s.line_id JOIN events e ON e.id = l.event_id"
        " WHERE b.state IN ('pending', 'review') ORDER BY e.commence_at, e.event_id"
    )
    return tuple(event_of(row) for row in rows)


def closings_in(conn: sqlite3.Connection, quotes: Sequence[Quote], events: Sequence[Event], now: datetime) -> Closings:
    """What of an answer is worth keeping. Reads only, so that an answer nobody waits for costs no write."""
    known = {event.id: event for event in watched_events(conn)}
    if not known:
        return Closings((), ())
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
    return Closings(tuple(kept.values()), waiting)


def keep(conn: sqlite3.Connection, found: Closings, now: datetime) -> int:
    """Write them; how many quotes were newer than the kept ones."""
    for event in found.events:
        row = ensure_event(conn, event, now)
        conn.execute("UPDATE events SET quotes_seen_at = ?1 WHERE id = ?2 AND commence_at > ?1", (to_micros(now), row))
    return sum(_keep_quote(conn, row, quote) for row, quote in found.quotes)


def fix_closing(conn: sqlite3.Connection, bet: int) -> None:
    """Copy the closing line to a settled bet and compute its CLV; where there is none, say why."""
    row = conn.execute(
        "SELECT b.kind, b.placed_at, g.*, e.commence_at, e.quotes_seen_at FROM bets b"
        " JOIN bet_legs g ON g.bet_id = b.id AND g.ordinal = 0 JOIN selections s ON s.id = g.selection_id"
        " JOIN lines l ON l.id = s.line_id JOIN events e ON e.id = l.event_id WHERE b.id = ?",
        (bet,),
    ).fetchone()
    if row["kind"] != "single":
        _state_missing(conn, bet, "parlay")
        return
    if row["closing_text"] is None and not _copy_line(conn, bet, row):
        polled = row["quotes_seen_at"] is not None and row["quotes_seen_at"] > row["placed_at"]
        _state_missing(conn, bet, "not_quoted" if polled else "not_polled")
        return
    leg = conn.execute("SELECT * FROM bet_legs WHERE bet_id = ? AND ordinal = 0", (bet,)).fetchone()
    taken, close = price_of(leg).exact, price_of(leg, "closing").exact
    if leg["side"] == Side.LAY:
        # Who lays wants the lower price.
        taken, close = close, taken
    conn.execute(
        "UPDATE bets SET clv_price = ?, clv_net_odds = ?, closing_missing = NULL WHERE id = ?",
        (clv_price(taken, close), clv_net_odds(taken, close), bet),
    )


def _before(quote: Quote, start: datetime) -> bool:
    """Seen and quoted strictly before the start, and not in play. Before a start nobody knows, nothing is."""
    return (
        start < START_UNKNOWN
        and quote.phase is Phase.PREMATCH
        and max(quote.seen_at, quote.quoted_at or quote.seen_at) < start
    )


def _watched(conn: sqlite3.Connection) -> dict[Watched, int]:
    rows = conn.execute(
        "SELECT DISTINCT g.selection_id, g.bookmaker, g.side, s.name, s.point, l.market, l.outcome_set, l.period,"
        " l.point AS line_point, l.participant, l.rule, e.event_id AS event_id"
        " FROM bets b JOIN bet_legs g ON g.bet_id = b.id JOIN selections s ON s.id = g.selection_id"
        " JOIN lines l ON l.id = s.line_id JOIN events e ON e.id = l.event_id"
        " WHERE b.state IN ('pending', 'review')"
    )
    return {
        Watched(Selection(line_of(row), row["name"], row["point"]), row["bookmaker"], Side(row["side"])): row[
            "selection_id"
        ]
        for row in rows
    }


def _keep_quote(conn: sqlite3.Connection, selection: int, quote: Quote) -> int:
    return conn.execute(
        "INSERT INTO closing_lines (selection_id, bookmaker, side, price_format, price_text, price_decimal, quoted_at,"
        " seen_at, source) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
        " ON CONFLICT DO UPDATE SET price_format = ?4, price_text = ?5, price_decimal = ?6, quoted_at = ?7,"
        " seen_at = ?8, source = ?9 WHERE seen_at <= ?8",
        (
            selection,
            quote.bookmaker,
            quote.side.value,
            *price_columns(quote.price),
            micros(quote.quoted_at),
            to_micros(quote.seen_at),
            quote.source,
        ),
    ).rowcount


def _copy_line(conn: sqlite3.Connection, bet: int, leg: sqlite3.Row) -> bool:
    line = conn.execute(
        "SELECT * FROM closing_lines WHERE selection_id = ? AND bookmaker = ? AND side = ?"
        " AND seen_at > ? AND seen_at < ?",
        (leg["selection_id"], leg["bookmaker"], leg["side"], leg["placed_at"], leg["commence_at"]),
    ).fetchone()
    if line is None:
        return False
    set_close(conn, bet, (*price_columns(price_of(line)), line["seen_at"], line["source"]))
    return True


def set_close(conn: sqlite3.Connection, bet: int, close: Iterable[object]) -> None:
    """`close`: price format, text, decimal, seen_at, source."""
    conn.execute(
        "UPDATE bet_legs SET closing_format = ?, closing_text = ?, closing_decimal = ?, closing_seen_at = ?,"
        " closing_source = ? WHERE bet_id = ? AND ordinal = 0",
        (*close, bet),
    )


def _state_missing(conn: sqlite3.Connection, bet: int, reason: str) -> None:
    conn.execute(
        "UPDATE bets SET clv_price = NULL, clv_net_odds = NULL, closing_missing = ? WHERE id = ?", (reason, bet)
    )
