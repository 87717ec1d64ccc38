"""Settling many bets in one transaction: the sums the ledger keeps are brought up to date once, at the end."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

_SETTLED = """
    INSERT INTO settled_sums (period_id, kind, day, name, bets, wins, losses, voids, turnover_minor, profit_minor,
        expected_bets, expected_minor, clv_bets, clv)
    SELECT period_id, kind, day, name, sum(bets), sum(wins), sum(losses), sum(voids), sum(turnover_minor),
        sum(profit_minor), sum(expected_bets), sum(expected_minor), sum(clv_bets), sum(clv)
    FROM settled_parts WHERE bet_id IN (SELECT bet_id FROM settled_later) GROUP BY period_id, kind, day, name
    ON CONFLICT DO UPDATE SET bets = bets + excluded.bets, wins = wins + excluded.wins,
        losses = losses + excluded.losses, voids = voids + excluded.voids,
        turnover_minor = turnover_minor + excluded.turnover_minor,
        profit_minor = profit_minor + excluded.profit_minor, expected_bets = expected_bets + excluded.expected_bets,
        expected_minor = expected_minor + excluded.expected_minor, clv_bets = clv_bets + excluded.clv_bets,
        clv = clv + excluded.clv
"""
_CLOSED = """
    INSERT INTO close_sums (period_id, whose, kind, day, name, band, bets, beat, converted, risk_minor, value, weighted)
    SELECT period_id, whose, kind, day, name, band, sum(bets), sum(beat), sum(converted), sum(risk_minor), sum(value),
        sum(weighted)
    FROM closed_parts WHERE bet_id IN (SELECT bet_id FROM settled_later)
    GROUP BY period_id, whose, kind, day, name, band
    ON CONFLICT DO UPDATE SET bets = bets + excluded.bets, beat = beat + excluded.beat,
        converted = converted + excluded.converted, risk_minor = risk_minor + excluded.risk_minor,
        value = value + excluded.value, weighted = weighted + excluded.weighted
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
    conn.execute(_SETTLED)
    conn.execute(_CLOSED)
    conn.execute(_HOURS)
    conn.execute(_BALANCES)
    conn.execute("DELETE FROM settled_later")
    conn.execute("DELETE FROM settling_batch")
