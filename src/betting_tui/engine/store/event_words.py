"""What is said of events and the bets on them, read for several events at once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

import msgspec

from betting_tui.engine.core.model import BetKind
from betting_tui.engine.store.closing_values import CLOSING_CASE
from betting_tui.engine.store.columns import Columns, named
from betting_tui.engine.store.deciding import CASE_COLUMNS, Word, word_of, word_on
from betting_tui.engine.store.results import told_of

_BETS = f"""
    SELECT b.*, o.funding, p.format AS price_format, p.text AS price_text, p.decimal AS price_decimal, {CLOSING_CASE},
        b.id AS bet, t.result_id IS NOT NULL AND t.confirmed_by = '' AS by_feeds, {CASE_COLUMNS}
    FROM json_each(?) wanted CROSS JOIN events e ON e.id = wanted.value CROSS JOIN lines l ON l.event_id = e.id
    CROSS JOIN selections s ON s.line_id = l.id CROSS JOIN legs g ON g.selection_id = s.id
    CROSS JOIN orders o ON o.id = g.order_id CROSS JOIN bets b ON b.order_id = o.id
    CROSS JOIN fills f ON f.order_id = b.order_id AND f.number = b.fill_number CROSS JOIN prices p ON p.id = f.price_id
    LEFT JOIN settlements t ON t.bet_id = b.id AND t.reversed_by_entry_id IS NULL
    WHERE b.state <> 'cancelled' ORDER BY b.id
"""


def bets_of(conn: sqlite3.Connection, events: Sequence[int]) -> list[Columns]:
    """The bets on these events (rows) that were not cancelled, with the columns of their closes and cases."""
    return [*named(conn, _BETS, (msgspec.json.encode(events).decode(),))]


# Events that are read together: enough that one costs little, few enough that their bets need little room.
_EVENTS_TOGETHER = 25


class EventWords:
    """What is said of each event, read once a batch, and the bets on it. What is expected is read for several."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn
        self._known: dict[int, Word] = {}
        self._told: dict[int, list[Columns]] = {}
        self._bets: dict[int, list[Columns]] = {}
        self._expected: dict[int, Sequence[int]] = {}

    def expect(self, events: Iterable[int]) -> None:
        """These, in this order, are looked at next."""
        order = list(events)
        for start in range(0, len(order), _EVENTS_TOGETHER):
            some = order[start : start + _EVENTS_TOGETHER]
            self._expected[some[0]] = some

    def on(self, event: int) -> Word:
        if event not in self._known:
            # Understood apart from the others: one that cannot be must not hinder them.
            told = self._told.pop(event, None)
            self._known[event] = word_on(self._conn, event) if told is None else word_of(told)
        return self._known[event]

    def bets_on(self, event: int) -> list[Columns]:
        """As they are now. A parlay may have been settled with another event since several were read."""
        if event in self._expected:
            some = self._expected.pop(event)
            self._told = told_of(self._conn, some)
            self._bets = {each: [] for each in some}
            for row in bets_of(self._conn, some):
                self._bets[row["event"]].append(row)
        read = self._bets.pop(event, None)
        if read is None or any(bet["kind"] == BetKind.PARLAY for bet in read):
            return bets_of(self._conn, (event,))
        return read
