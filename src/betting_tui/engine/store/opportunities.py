"""Opportunities as kept: first and last seen, best edge, legs, which account took them, and why others did not."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime

import msgspec

from betting_tui.engine.core.model import Leg, Opportunity, Selection, Side
from betting_tui.engine.core.refusals import Refusal
from betting_tui.engine.core.times import from_micros, to_micros
from betting_tui.engine.store.identities import (
    ensure_event,
    ensure_line,
    ensure_selection,
    event_of,
    inserted,
    line_of,
    list_id,
    micros,
    moment,
    price_id,
    price_of,
    word_id,
    word_id_or_none,
)
from betting_tui.engine.store.opportunity_closes import CloseReading, closes_of
from betting_tui.engine.store.shapes import OpportunityChanges, OpportunityDecision, OpportunityRecord, Passed

# The best return ever expected: kept where it is not what is expected now.
BEST_EV = "ifnull(best_ev, ifnull(profit_margin, edge))"
FAIR_ODDS = "1.0 / fair_probability"


def bets_on(opportunity: str) -> str:
    """What to select from for the bets `b` on it, found by the placements of every account's period."""
    return (
        "account_periods per CROSS JOIN placements pl ON pl.account_id = per.account_id AND pl.period_id = per.id"
        f" AND pl.opportunity_id = {opportunity} AND pl.state <> 'refused'"
        " CROSS JOIN orders w ON w.placement_id = pl.id CROSS JOIN bets b ON b.order_id = w.id"
    )


def note_opportunity(conn: sqlite3.Connection, found: Opportunity, now: datetime) -> int:
    """Store it, or bring the kept one up to date: last seen, legs, best edge. Its row id."""
    event = ensure_event(conn, found.event, now)
    row = conn.execute("SELECT id FROM opportunities WHERE opportunity_id = ?", (found.id,)).fetchone()
    numbers = _numbers(conn, found)
    if row is None:
        opportunity = inserted(
            conn,
            "INSERT INTO opportunities (updated_at, expires_at, edge, edge_low, profit_margin, difference_cents,"
            " fair_probability, method_id, confidence_id, kelly_fraction, books_id, flags_id, opportunity_id,"
            " strategy_id, event_id, line_id, discovered_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                to_micros(now),
                *numbers,
                found.id,
                word_id(conn, found.strategy),
                event,
                ensure_line(conn, event, found.line),
                to_micros(found.discovered_at),
            ),
        )
    else:
        opportunity = int(row["id"])
        # A NULL on either side would make max() forget the other.
        conn.execute(
            "UPDATE opportunities SET updated_at = ?1, expires_at = ?2, edge = ?3, edge_low = ?4,"
            " profit_margin = ?5, difference_cents = ?6, fair_probability = ?7, method_id = ?8,"
            " confidence_id = ?9, kelly_fraction = ?10, books_id = ?11, flags_id = ?12,"
            " opened_at = iif(expired_at IS NULL, opened_at, ?1), stretches = stretches + (expired_at IS NOT NULL),"
            " lived_us = lived_us + ifnull(max(0, expired_at - ifnull(opened_at, discovered_at)), 0),"
            f" expired_at = NULL, best_ev = nullif(max(ifnull({BEST_EV}, ?13), ifnull(?13, {BEST_EV})), ?13)"
            " WHERE id = ?14",
            (to_micros(now), *numbers, found.ev_per_unit, opportunity),
        )
        conn.execute("DELETE FROM opportunity_legs WHERE opportunity_id = ?", (opportunity,))
    _write_legs(conn, opportunity, event, found.legs)
    return opportunity


def known_opportunity(conn: sqlite3.Connection, found: Opportunity, now: datetime) -> int:
    """The kept one as it is, stored when new. A bet or a refusal does not bring back to life what has expired."""
    row = conn.execute("SELECT id FROM opportunities WHERE opportunity_id = ?", (found.id,)).fetchone()
    return note_opportunity(conn, found, now) if row is None else int(row["id"])


def expire(conn: sqlite3.Connection, ids: Sequence[str], now: datetime) -> None:
    conn.executemany(
        "UPDATE opportunities SET expired_at = ? WHERE opportunity_id = ? AND expired_at IS NULL",
        [(to_micros(now), each) for each in ids],
    )


def note_changes(conn: sqlite3.Connection, changes: OpportunityChanges, now: datetime) -> None:
    """What one answer changed. What ended comes first: found again in the same answer, it begins a new stretch."""
    expire(conn, [each.id for each in changes.gone], now)
    for gone in changes.gone:
        for passed in gone.passed:
            _note_passed(conn, gone.id, passed, to_micros(now))
    for found in changes.found:
        note_opportunity(conn, found, now)
    conn.executemany(
        "UPDATE opportunities SET updated_at = ?, expires_at = ? WHERE opportunity_id = ? AND expired_at IS NULL",
        [(to_micros(now), to_micros(each.expires_at), each.id) for each in changes.still_there],
    )


def expire_left_over(conn: sqlite3.Connection, now: datetime) -> int:
    """End those whose time was over while nobody looked, at the moment it was; how many there were."""
    at = to_micros(now)
    return conn.execute(
        "UPDATE opportunities SET expired_at = max(updated_at, expires_at) WHERE expired_at IS NULL AND expires_at < ?",
        (at,),
    ).rowcount


def note_refusal(conn: sqlite3.Connection, opportunity: int, account_id: int, refusal: Refusal, at: int) -> None:
    """Why this account has no bet on it; the newest reason is kept."""
    conn.execute(
        "INSERT INTO opportunity_decisions (opportunity_id, account_id, decision, code, reason, decided_at)"
        " VALUES (?1, ?2, 'refused', ?3, ?4, ?5)"
        " ON CONFLICT DO UPDATE SET decision = 'refused', code = ?3, reason = ?4, decided_at = ?5",
        (opportunity, account_id, refusal.code.value, refusal.message, at),
    )


def _note_passed(conn: sqlite3.Connection, opportunity_id: str, passed: Passed, at: int) -> None:
    """A refusal says more than that nothing was placed, so it stands."""
    conn.execute(
        "INSERT INTO opportunity_decisions (opportunity_id, account_id, decision, reason, decided_at)"
        " SELECT o.id, a.id, 'passed', ?3, ?4 FROM opportunities o, accounts a"
        " WHERE o.opportunity_id = ?1 AND a.name = ?2"
        f" AND NOT EXISTS (SELECT 1 FROM {bets_on('o.id')} AND b.account_id = a.id)"
        " ON CONFLICT DO UPDATE SET reason = ?3, decided_at = ?4 WHERE decision = 'passed'",
        (opportunity_id, passed.account, passed.reason, at),
    )


def taken(conn: sqlite3.Connection, account_id: int) -> frozenset[str]:
    """What the account has bets or waiting orders on in its current period."""
    rows = conn.execute(
        "SELECT DISTINCT o.opportunity_id FROM placements p JOIN opportunities o ON o.id = p.opportunity_id"
        " JOIN account_periods now ON now.id = p.period_id AND now.ended_at IS NULL"
        " WHERE p.account_id = ? AND p.state <> 'refused' AND p.state IN ('working', 'accepted')",
        (account_id,),
    )
    return frozenset(row["opportunity_id"] for row in rows)


def list_opportunities(
    conn: sqlite3.Connection, *, active_only: bool, limit: int, offset: int, closes: CloseReading
) -> tuple[OpportunityRecord, ...]:
    where = "WHERE o.expired_at IS NULL" if active_only else ""
    rows = conn.execute(f"{OPPORTUNITIES} {where} ORDER BY o.id DESC LIMIT ? OFFSET ?", (limit, offset)).fetchall()
    return tuple(record_of(conn, row, closes) for row in rows)


OPPORTUNITIES = f"""
    SELECT o.id AS row_id, o.opportunity_id AS public_id, o.discovered_at, o.updated_at, o.expires_at,
        o.expired_at, {BEST_EV} AS best_ev, o.edge, o.edge_low, o.profit_margin, o.difference_cents,
        o.fair_probability, {FAIR_ODDS} AS fair_odds, o.kelly_fraction, o.lived_us, o.stretches,
        ifnull(o.opened_at, o.discovered_at) AS opened_at,
        strategy.text AS strategy, method.text AS method, confidence.text AS confidence, books.text AS books,
        flags.text AS flags,
        l.market, l.outcome_set, l.period, l.point AS line_point, l.participant, l.rule,
        e.event_id, e.sport_key, e.sport_title, e.commence_at, e.home_team, e.away_team
    FROM opportunities o JOIN events e ON e.id = o.event_id JOIN lines l ON l.id = o.line_id
        JOIN words strategy ON strategy.id = o.strategy_id JOIN words books ON books.id = o.books_id
        JOIN words flags ON flags.id = o.flags_id LEFT JOIN words method ON method.id = o.method_id
        LEFT JOIN words confidence ON confidence.id = o.confidence_id
"""

_LEGS = """
    SELECT g.side, g.quoted_at, g.seen_at, g.stake_minor, s.name, s.point, l.market, l.outcome_set, l.period,
        l.point AS line_point, l.participant, l.rule, e.event_id AS event_id, bookmaker.text AS bookmaker,
        source.text AS source, p.format AS price_format, p.text AS price_text, p.decimal AS price_decimal
    FROM opportunity_legs g JOIN selections s ON s.id = g.selection_id JOIN lines l ON l.id = s.line_id
        JOIN events e ON e.id = l.event_id JOIN prices p ON p.id = g.price_id
        JOIN words bookmaker ON bookmaker.id = g.bookmaker_id JOIN words source ON source.id = g.source_id
    WHERE g.opportunity_id = ? ORDER BY g.ordinal
"""

_DECISIONS = """
    SELECT a.name, d.decision, d.code, d.reason, d.decided_at FROM opportunity_decisions d
        JOIN accounts a ON a.id = d.account_id WHERE d.opportunity_id = ? ORDER BY a.id
"""


def _numbers(conn: sqlite3.Connection, found: Opportunity) -> tuple[object, ...]:
    return (
        to_micros(found.expires_at),
        found.edge,
        found.edge_low,
        found.profit_margin,
        found.difference_cents,
        found.fair_probability,
        word_id_or_none(conn, found.method),
        word_id_or_none(conn, found.confidence),
        found.kelly_fraction,
        list_id(conn, found.books),
        list_id(conn, found.flags),
    )


def _write_legs(conn: sqlite3.Connection, opportunity: int, event: int, legs: Sequence[Leg]) -> None:
    conn.executemany(
        "INSERT INTO opportunity_legs (opportunity_id, ordinal, selection_id, bookmaker_id, laid, price_id,"
        " quoted_at, seen_at, source_id, stake_minor) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                opportunity,
                ordinal,
                ensure_selection(conn, event, leg.selection),
                word_id(conn, leg.bookmaker),
                leg.side is Side.LAY,
                price_id(conn, leg.price),
                micros(leg.quoted_at),
                micros(leg.seen_at),
                word_id(conn, leg.source),
                leg.stake_minor,
            )
            for ordinal, leg in enumerate(legs)
        ],
    )


def record_of(conn: sqlite3.Connection, row: sqlite3.Row, closes: CloseReading) -> OpportunityRecord:
    """From a row of `OPPORTUNITIES`."""
    takers = conn.execute(
        f"SELECT DISTINCT a.name FROM {bets_on('?')} CROSS JOIN accounts a ON a.id = b.account_id ORDER BY a.id",
        (row["row_id"],),
    )
    event = event_of(row)
    opportunity = Opportunity(
        id=row["public_id"],
        strategy=row["strategy"],
        event=event,
        line=line_of(row),
        legs=tuple(_leg(leg) for leg in conn.execute(_LEGS, (row["row_id"],))),
        discovered_at=from_micros(row["discovered_at"]),
        expires_at=from_micros(row["expires_at"]),
        edge=row["edge"],
        edge_low=row["edge_low"],
        profit_margin=row["profit_margin"],
        difference_cents=row["difference_cents"],
        fair_probability=row["fair_probability"],
        fair_odds=row["fair_odds"],
        method=row["method"],
        books=msgspec.json.decode(row["books"], type=tuple[str, ...]),
        confidence=row["confidence"],
        kelly_fraction=row["kelly_fraction"],
        flags=msgspec.json.decode(row["flags"], type=tuple[str, ...]),
    )
    return OpportunityRecord(
        opportunity=opportunity,
        discovered_at=opportunity.discovered_at,
        updated_at=from_micros(row["updated_at"]),
        expired_at=moment(row["expired_at"]),
        best_ev=row["best_ev"],
        taken_by=tuple(taker["name"] for taker in takers),
        lived_seconds=(row["lived_us"] + max(0, (row["expired_at"] or row["updated_at"]) - row["opened_at"])) / 1e6,
        stretches=row["stretches"],
        decisions=tuple(_decision(each) for each in conn.execute(_DECISIONS, (row["row_id"],))),
        closes=closes_of(conn, row["row_id"], closes),
    )


def _decision(row: sqlite3.Row) -> OpportunityDecision:
    return OpportunityDecision(row["name"], row["decision"], row["code"], row["reason"], from_micros(row["decided_at"]))


def _leg(row: sqlite3.Row) -> Leg:
    return Leg(
        selection=Selection(line_of(row), row["name"], row["point"]),
        bookmaker=row["bookmaker"],
        price=price_of(row),
        side=Side(row["side"]),
        quoted_at=moment(row["quoted_at"]),
        seen_at=moment(row["seen_at"]),
        source=row["source"],
        stake_minor=row["stake_minor"],
    )
