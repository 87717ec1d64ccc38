"""The terms a bet is settled by, as they are when it is placed: rules, announced starts, an exchange's commission."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from fractions import Fraction

import msgspec
from msgspec import Struct

from betting_tui.engine.core.books import commission
from betting_tui.engine.core.model import STANDARD_RULES
from betting_tui.engine.core.rule_sets import STANDARD_BOOK, RuleSet, by_key, in_force
from betting_tui.engine.store.identities import word_id

_CHARGES = "commissions"


class Terms(Struct, frozen=True):
    """Of one bet: the row of its rule set's key, and the share of net winnings its bookmaker keeps (None: nothing)."""

    rule_set_id: int
    commission: str | None


class Rules(Struct, frozen=True):
    """The rules stored with a bet; `doubt` says why they are not the ones it was placed under."""

    rules: RuleSet
    doubt: str = ""


def note_charges(conn: sqlite3.Connection, overrides: Mapping[str, float]) -> None:
    """What the settings say of commissions, for the bets placed from now on."""
    conn.execute(
        "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = ?2 WHERE value <> ?2",
        (_CHARGES, msgspec.json.encode(dict(sorted(overrides.items()))).decode()),
    )


def charges(conn: sqlite3.Connection) -> dict[str, float]:
    row = conn.execute("SELECT value FROM meta WHERE key = ?", (_CHARGES,)).fetchone()
    return {} if row is None else msgspec.json.decode(row["value"], type=dict[str, float])


def fix_terms(conn: sqlite3.Connection, order: int) -> Terms:
    """Write the starts announced now to the order's legs, and a further leg's rules; those of the bet are returned."""
    legs = conn.execute(
        "SELECT g.ordinal, w.text AS bookmaker, o.kind, l.market, e.sport_key, e.commence_at, e.first_commence_at"
        " FROM legs g JOIN orders o ON o.id = g.order_id JOIN words w ON w.id = o.bookmaker_id"
        " JOIN selections s ON s.id = g.selection_id JOIN lines l ON l.id = s.line_id"
        " JOIN events e ON e.id = l.event_id WHERE g.order_id = ? ORDER BY g.ordinal",
        (order,),
    ).fetchall()
    first = _rule_set_id(conn, legs[0])
    for leg in legs:
        announced = None if leg["commence_at"] == leg["first_commence_at"] else leg["commence_at"]
        rules = None if leg["ordinal"] == 0 else _rule_set_id(conn, leg)
        rules = None if rules == first else rules
        if announced is not None or rules is not None:
            conn.execute(
                "UPDATE legs SET announced_at = ?, rule_set_id = ? WHERE order_id = ? AND ordinal = ?",
                (announced, rules, order, leg["ordinal"]),
            )
    return Terms(first, None if legs[0]["kind"] != "single" else _commission(conn, legs[0]["bookmaker"]))


def rules_of(key: str, bookmaker: str, sport_key: str, market: str) -> Rules:
    """By the key stored with a bet. Of a bet that was placed before keys were stored: the standard rules."""
    known = by_key(key)
    if known is not None:
        return Rules(known)
    standard = in_force(STANDARD_BOOK, sport_key, market)
    if key == STANDARD_RULES:
        return Rules(standard)
    return Rules(standard, f"its rules {key!r} of {bookmaker} are not known here, the standard ones were taken")


def _rule_set_id(conn: sqlite3.Connection, leg: sqlite3.Row) -> int:
    return word_id(conn, in_force(leg["bookmaker"], leg["sport_key"], leg["market"]).key)


def _commission(conn: sqlite3.Connection, bookmaker: str) -> str | None:
    rate = Fraction(str(commission(bookmaker, charges(conn))))
    return None if rate == 0 else str(float(rate))
