"""What kept opportunities were worth at the close, whether somebody bet on them or not."""

from __future__ import annotations

import sqlite3

from msgspec import Struct

from betting_tui.engine.core.closes import reason_in_full, too_old
from betting_tui.engine.core.model import START_UNKNOWN
from betting_tui.engine.core.times import to_micros
from betting_tui.engine.store.closing_values import CloseFound, measured
from betting_tui.engine.store.event_closes import EventCloses
from betting_tui.engine.store.shapes import LegClose

_LEGS = """
    SELECT p.discovered_at AS placed_at, g.side, g.bookmaker_id, g.selection_id, e.id AS event, e.commence_at,
        e.quotes_seen_at, e.sport_key, l.market, l.period, l.participant, l.outcome_set, l.rule, s.name, s.point,
        r.format AS price_format, r.text AS price_text, r.decimal AS price_decimal
    FROM opportunities p JOIN opportunity_legs g ON g.opportunity_id = p.id JOIN selections s ON s.id = g.selection_id
    JOIN lines l ON l.id = s.line_id JOIN events e ON e.id = l.event_id JOIN prices r ON r.id = g.price_id
    WHERE p.id = ? ORDER BY g.ordinal
"""
_WAITING = LegClose(None, None, None, None, None, None, None, None, None, None, None, False, None)


class CloseReading(Struct, frozen=True):
    """How closes are read: none older than `max_age_minutes` counts (None: all do), and nothing is said of what has not
    started by `now` (microseconds; None: of everything)."""

    max_age_minutes: int | None
    now: int | None = None


def closes_of(conn: sqlite3.Connection, opportunity: int, reading: CloseReading) -> tuple[LegClose, ...]:
    """One for each leg, from the last price seen before the start."""
    return tuple(_close(conn, leg, reading) for leg in conn.execute(_LEGS, (opportunity,)).fetchall())


def _close(conn: sqlite3.Connection, leg: sqlite3.Row, reading: CloseReading) -> LegClose:
    now = reading.now
    if leg["commence_at"] >= to_micros(START_UNKNOWN) or (now is not None and leg["commence_at"] > now):
        return _WAITING
    closes = EventCloses(conn, (leg,), given=False)
    book, fair = closes.seen(leg, "book"), closes.seen(leg, "reference")
    young_book, young_fair = (
        None if too_old(_seconds(each), reading.max_age_minutes) else each for each in (book, fair)
    )
    value, line = measured(leg, young_book, young_fair)
    missing = None
    if value.clv_ev is None and value.clv_price is None:
        seen, counted = book or fair, young_book or young_fair
        missing = reason_in_full(
            closes.why_missing(leg)[0] if seen is None else "too_old" if counted is None else "moved_line"
        )
    return LegClose(
        price=None if book is None or book.price is None else book.price.text,
        price_decimal=None if book is None or book.price is None else book.price.decimal,
        point=None if book is None else book.point,
        seconds_before_start=_seconds(book),
        fair_probability=None if fair is None else fair.probability,
        fair_point=None if fair is None else fair.point,
        method=None if fair is None else fair.method,
        fair_seconds_before_start=_seconds(fair),
        clv_ev=value.clv_ev,
        clv_price=value.clv_price,
        clv_line=line,
        converted=value.price_converted or value.ev_converted,
        missing=missing,
    )


def _seconds(found: CloseFound | None) -> float | None:
    return None if found is None or found.age_us is None else found.age_us / 1_000_000
