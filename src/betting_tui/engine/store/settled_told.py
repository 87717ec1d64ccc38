"""What a batch of results did, told in one report: what it settled, and why each other bet is open."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime

from betting_tui.engine.core.after_whistle import NO_RESULT_AFTER
from betting_tui.engine.core.bet_views import ChargedAnew, SettlementReport, Unsettled
from betting_tui.engine.core.model import START_UNKNOWN, BetState, Event
from betting_tui.engine.core.rule_sets import by_key
from betting_tui.engine.core.times import from_micros, to_micros
from betting_tui.engine.store.columns import Columns
from betting_tui.engine.store.identities import event_of
from betting_tui.engine.store.read_models import bets_by_number
from betting_tui.engine.store.settling import SHARED_ANEW
from betting_tui.engine.store.terms import rules_of


class Outcome:
    """What a batch did so far: bets settled and opened again, why others were not, and events it may be about.

    `before`: the newest journal entry when it began.
    """

    def __init__(self, before: int = 0) -> None:
        self.before = before
        self.settled: list[int] = []
        self.reopened: list[int] = []
        self.reasons: dict[int, str] = {}
        self.waits: dict[int, datetime] = {}
        self.unsure: dict[int, str] = {}

    def add(self, other: Outcome) -> None:
        self.settled += other.settled
        self.reopened += other.reopened
        self.reasons |= other.reasons
        self.waits |= other.waits


_OPEN_BETS = """
    SELECT DISTINCT b.id AS bet, b.state, b.review_reason, b.wait_until, e.id AS event_row, e.*
    FROM bets b INDEXED BY bets_open CROSS JOIN legs g ON g.order_id = b.order_id
    JOIN selections s ON s.id = g.selection_id JOIN lines l ON l.id = s.line_id JOIN events e ON e.id = l.event_id
    WHERE b.state IN ('pending', 'review') AND g.result IS NULL ORDER BY b.id
"""
_SETTLED_BET = """
    SELECT e.* FROM bets b JOIN legs g ON g.order_id = b.order_id AND g.ordinal = 0
    JOIN selections s ON s.id = g.selection_id JOIN lines l ON l.id = s.line_id JOIN events e ON e.id = l.event_id
    WHERE b.id = ?
"""


def report(conn: sqlite3.Connection, outcome: Outcome, now: datetime, read: int) -> SettlementReport:
    """Open are the bets these results did not settle, and those whose event has started without a result; and settled
    ones that should have been opened again and could not be."""
    rows = conn.execute(_OPEN_BETS).fetchall()
    started = [row for row in rows if row["bet"] in outcome.reasons or row["event_row"] in outcome.unsure
               or row["commence_at"] <= to_micros(now)]  # fmt: skip
    # A parlay is named once, by the first of its events that are waited for.
    first = {row["bet"]: row for row in reversed(started)}
    still_open = [_unsettled(row, outcome) for _, row in sorted(first.items())]
    for bet in sorted(outcome.reasons.keys() - {row["bet"] for row in rows}):
        event = event_of(conn.execute(_SETTLED_BET, (bet,)).fetchone())
        still_open.append(Unsettled(f"BET-{bet:06d}", event.name, outcome.reasons[bet]))
    return SettlementReport(
        settled=bets_by_number(conn, outcome.settled),
        open=tuple(still_open),
        results_read=read,
        reopened=bets_by_number(conn, outcome.reopened),
        charged_anew=_charged_anew(conn, outcome),
        doubts=_doubts(conn, outcome.settled),
    )


_SHARED_ANEW = """
    SELECT t.bet_id, t.profit_minor FROM journal_entries j JOIN settlements t ON t.reversed_by_entry_id = j.id
    WHERE j.id > ? AND j.reason = ? ORDER BY t.bet_id, t.number
"""


def newest_entry(conn: sqlite3.Connection) -> int:
    return int(conn.execute("SELECT ifnull(max(id), 0) FROM journal_entries").fetchone()[0])


def _charged_anew(conn: sqlite3.Connection, outcome: Outcome) -> tuple[ChargedAnew, ...]:
    """Bets that only the commission of their market was shared anew for, and whose profit that has moved."""
    before: dict[int, int] = {}
    for row in conn.execute(_SHARED_ANEW, (outcome.before, SHARED_ANEW)).fetchall():
        before.setdefault(row["bet_id"], row["profit_minor"])
    others = [number for number in before if number not in {*outcome.settled, *outcome.reopened}]
    told = zip(others, bets_by_number(conn, others), strict=True)
    return tuple(ChargedAnew(bet, before[number]) for number, bet in told if bet.profit_minor != before[number])


_KEYS = """
    SELECT DISTINCT ifnull(g.rule_set_id, b.rule_set_id) AS id FROM json_each(?) settled
    CROSS JOIN bets b ON b.id = settled.value CROSS JOIN legs g ON g.order_id = b.order_id
"""
_RULES = """
    SELECT DISTINCT b.id AS bet, (SELECT text FROM words WHERE id = o.bookmaker_id) AS bookmaker, e.sport_key, l.market
    FROM json_each(?) settled CROSS JOIN bets b ON b.id = settled.value JOIN orders o ON o.id = b.order_id
    JOIN legs g ON g.order_id = b.order_id JOIN selections s ON s.id = g.selection_id JOIN lines l ON l.id = s.line_id
    JOIN events e ON e.id = l.event_id WHERE ifnull(g.rule_set_id, b.rule_set_id) = ? ORDER BY b.id
"""


def _doubts(conn: sqlite3.Connection, settled: Sequence[int]) -> tuple[str, ...]:
    """Keys are few and known as a rule: bets are looked at one by one where one is not."""
    told: dict[str, None] = {}
    numbers = json.dumps(list(settled))
    for key in conn.execute(f"SELECT id, text FROM words WHERE id IN ({_KEYS})", (numbers,)).fetchall():
        if by_key(key["text"]) is not None:
            continue
        for row in conn.execute(_RULES, (numbers, key["id"])):
            doubt = rules_of(key["text"], row["bookmaker"], row["sport_key"], row["market"]).doubt
            if doubt:
                told[f"BET-{row['bet']:06d}: {doubt}"] = None
    return tuple(told)


def _unsettled(row: Columns, outcome: Outcome) -> Unsettled:
    event = event_of(row)
    until = None
    if row["state"] == BetState.PENDING:
        waits = outcome.waits.get(row["bet"]) or (from_micros(row["wait_until"]) if row["wait_until"] else None)
        until = waits or NO_RESULT_AFTER.end(event.commence_time)
    return Unsettled(
        f"BET-{row['bet']:06d}",
        event.name,
        _why(row, event, outcome),
        until if until is not None and until < START_UNKNOWN else None,
    )


def _why(row: Columns, event: Event, outcome: Outcome) -> str:
    return (
        outcome.reasons.get(row["bet"])
        or row["review_reason"]
        or outcome.unsure.get(row["event_row"])
        or f"no final result of {event.name} yet"
    )
