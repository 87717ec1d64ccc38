"""Settling many bets in one transaction: the sums the ledger keeps are brought up to date once, at the end."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

_LATER = "bet_id IN (SELECT bet_id FROM settled_later)"
# Bets of one name in everything are added up first, and then to each of their sums.
_SETTLED_PARTS = f"""
    WITH alike AS MATERIALIZED (
        SELECT period_id, day, strategy, bookmaker, sport, market, sum(bets) AS bets, sum(wins) AS wins,
            sum(losses) AS losses, sum(voids) AS voids, sum(turnover_minor) AS turnover_minor,
            sum(profit_minor) AS profit_minor, sum(expected_bets) AS expected_bets,
            sum(expected_minor) AS expected_minor, sum(clv_bets) AS clv_bets, sum(clv) AS clv
        FROM settled_bets WHERE {_LATER} GROUP BY period_id, day, strategy, bookmaker, sport, market),
    parts AS (
        SELECT alike.*, k.kind, CASE k.kind WHEN 'all' THEN '' WHEN 'strategy' THEN strategy
            WHEN 'bookmaker' THEN bookmaker WHEN 'sport' THEN sport ELSE market END AS name
        FROM alike CROSS JOIN (SELECT 'all' AS kind UNION ALL SELECT 'strategy' UNION ALL SELECT 'bookmaker'
            UNION ALL SELECT 'sport' UNION ALL SELECT 'market') k)
"""
_SETTLED_SUMS = """
    sum(bets), sum(wins), sum(losses), sum(voids), sum(turnover_minor), sum(profit_minor), sum(expected_bets),
    sum(expected_minor), sum(clv_bets), sum(clv) FROM parts
"""
_SETTLED_ADDED = """
    ON CONFLICT DO UPDATE SET bets = bets + excluded.bets, wins = wins + excluded.wins,
        losses = losses + excluded.losses, voids = voids + excluded.voids,
        turnover_minor = turnover_minor + excluded.turnover_minor,
        profit_minor = profit_minor + excluded.profit_minor, expected_bets = expected_bets + excluded.expected_bets,
        expected_minor = expected_minor + excluded.expected_minor, clv_bets = clv_bets + excluded.clv_bets,
        clv = clv + excluded.clv
"""
# Of 30 days first: they tell which days are kept.
_SPAN, _KEPT = (
    "(day - (day < 0) * 29) / 30",
    "day >= (SELECT first_day FROM kept_days k WHERE k.period_id = parts.period_id)",
)
_SETTLED_SPANS = f"""
    {_SETTLED_PARTS} INSERT INTO settled_spans
    SELECT period_id, kind, {_SPAN} AS span, name, {_SETTLED_SUMS} WHERE true GROUP BY period_id, kind, span, name
    {_SETTLED_ADDED}
"""
_SETTLED_DAYS = f"""
    {_SETTLED_PARTS} INSERT INTO settled_sums
    SELECT period_id, kind, day, name, {_SETTLED_SUMS} WHERE {_KEPT} GROUP BY period_id, kind, day, name
    {_SETTLED_ADDED}
"""
_CLOSED_PARTS = f"""
    WITH alike AS MATERIALIZED (
        SELECT period_id, day, whose, strategy, bookmaker, sport, market, why, band, sum(bets) AS bets,
            sum(beat) AS beat, sum(converted) AS converted, sum(risk_minor) AS risk_minor, sum(value) AS value,
            sum(weighted) AS weighted
        FROM closed_bets WHERE {_LATER}
        GROUP BY period_id, day, whose, strategy, bookmaker, sport, market, why, band),
    parts AS (
        SELECT alike.*, k.kind, CASE k.kind WHEN 'all' THEN '' WHEN 'strategy' THEN strategy
            WHEN 'bookmaker' THEN bookmaker WHEN 'sport' THEN sport WHEN 'market' THEN market ELSE why END AS name
        FROM alike CROSS JOIN (SELECT 'all' AS kind UNION ALL SELECT 'strategy' UNION ALL SELECT 'bookmaker'
            UNION ALL SELECT 'sport' UNION ALL SELECT 'market' UNION ALL SELECT 'missing') k
        WHERE k.kind <> 'missing' OR band < 0 OR band > 1)
"""
_CLOSED_SUMS = """
    sum(bets), sum(beat), sum(converted), sum(risk_minor), sum(value), sum(weighted) FROM parts
"""
_CLOSED_ADDED = """
    ON CONFLICT DO UPDATE SET bets = bets + excluded.bets, beat = beat + excluded.beat,
        converted = converted + excluded.converted, risk_minor = risk_minor + excluded.risk_minor,
        value = value + excluded.value, weighted = weighted + excluded.weighted
"""
_CLOSED_SPANS = f"""
    {_CLOSED_PARTS} INSERT INTO close_spans
    SELECT period_id, whose, kind, {_SPAN} AS span, name, band, {_CLOSED_SUMS} WHERE true
    GROUP BY period_id, whose, kind, span, name, band {_CLOSED_ADDED}
"""
_CLOSED_DAYS = f"""
    {_CLOSED_PARTS} INSERT INTO close_sums
    SELECT period_id, whose, kind, day, name, band, {_CLOSED_SUMS} WHERE {_KEPT}
    GROUP BY period_id, whose, kind, day, name, band {_CLOSED_ADDED}
"""
# How far the result has risen and fallen after each bet, in the order they were settled.
_MOVED = """
    UPDATE period_sums SET result_minor = m.result, drawdown_minor = max(drawdown_minor, m.fall),
        peak_minor = m.peak, watched_peak_minor = max(watched_peak_minor, m.top)
    FROM (
        SELECT period_id AS period, max(at) FILTER (WHERE id = last) AS result, max(at) AS top, max(peak) AS peak,
            max(peak - at) AS fall
        FROM (
            SELECT *, max(peak_before, max(at) OVER (PARTITION BY period_id ORDER BY id)) AS peak
            FROM (
                SELECT p.period_id, t.id, p.peak_minor AS peak_before,
                    max(t.id) OVER (PARTITION BY p.period_id) AS last,
                    p.result_minor + sum(t.moved_minor) OVER (PARTITION BY p.period_id ORDER BY t.id) AS at
                FROM settled_later t JOIN account_periods a ON a.account_id = t.account_id AND a.ended_at IS NULL
                JOIN period_sums p ON p.period_id = a.id)
        ) GROUP BY period_id
    ) m
    WHERE period_sums.period_id = m.period
"""
_HOURS = """
    INSERT INTO period_hours (period_id, hour, entries, change_minor, last_at)
    SELECT period_id, (created_at - (created_at < 0) * 3599999999) / 3600000000, count(*), ifnull(sum(changed), 0),
        max(iif(changed IS NULL, NULL, created_at))
    FROM (SELECT j.period_id, j.created_at, (SELECT -sum(p.amount_minor) FROM postings p
            CROSS JOIN ledger_accounts la ON la.id = p.ledger_account_id
            WHERE p.entry_id = j.id AND la.kind IN ('house', 'external', 'bonus', 'fees')) AS changed
        FROM journal_entries j WHERE j.id > (SELECT after_entry_id FROM settling_batch))
    GROUP BY 1, 2
    ON CONFLICT DO UPDATE SET entries = entries + excluded.entries, change_minor = change_minor + excluded.change_minor,
        last_at = max(ifnull(last_at, excluded.last_at), ifnull(excluded.last_at, last_at))
"""
_BALANCES = """
    UPDATE ledger_accounts SET balance_minor = balance_minor + booked.total
    FROM (SELECT ledger_account_id, sum(amount_minor) AS total FROM postings
        WHERE entry_id > (SELECT after_entry_id FROM settling_batch) GROUP BY ledger_account_id) booked
    WHERE id = booked.ledger_account_id
"""


@contextmanager
def in_one_batch(conn: sqlite3.Connection) -> Iterator[None]:
    """Within a transaction. What breaks off takes the transaction back, and all of this with it."""
    conn.execute("INSERT INTO settling_batch (after_entry_id) SELECT ifnull(max(id), 0) FROM journal_entries")
    yield
    conn.execute(_MOVED)
    for added in (_SETTLED_SPANS, _SETTLED_DAYS, _CLOSED_SPANS, _CLOSED_DAYS):
        conn.execute(added)
    conn.execute(_HOURS)
    conn.execute(_BALANCES)
    conn.execute("DELETE FROM settled_later")
    conn.execute("DELETE FROM settling_batch")
