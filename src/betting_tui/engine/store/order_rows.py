"""Orders as rows: named, found, and shown."""

from __future__ import annotations

import re
import sqlite3

from betting_tui.engine.core.bet_views import OrderRow
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.model import Funding, Leg, OrderState, Selection, Side
from betting_tui.engine.core.times import from_micros
from betting_tui.engine.store.identities import event_of, line_of, price_of

_ORDER_ID = re.compile(r"(?:ord-?)?0*(\d{1,15})", re.IGNORECASE)


def order_number(text: str) -> int | None:
    """`ORD-000007`, `ord-7` and `7` name order 7; None for anything else."""
    match = _ORDER_ID.fullmatch(text.strip())
    return int(match[1]) if match else None


# Written like the condition of the index of orders at work, or it is not used.
AT_WORK = "o.state IN ('working', 'part_filled')"

ORDERS = """
    SELECT o.id AS number, o.placement_id, o.state, o.side, o.funding, o.stake_minor, o.reserved_minor, o.expires_at,
        o.edge, o.fair_probability, pl.account_id, pl.opportunity_id, author.text AS author, pl.created_at,
        opp.strategy_id, a.name AS account, a.status, a.currency, bookmaker.text AS bookmaker,
        p.format AS price_format, p.text AS price_text, p.decimal AS price_decimal,
        (SELECT ifnull(sum(f.stake_minor), 0) FROM fills f WHERE f.order_id = o.id) AS filled_minor,
        s.name AS selection, s.point AS selection_point,
        l.market, l.outcome_set, l.period, l.point AS line_point, l.participant, l.rule,
        e.id AS event_row, e.event_id, e.sport_key, e.sport_title, e.commence_at, e.home_team, e.away_team
    FROM orders o
    JOIN placements pl ON pl.id = o.placement_id
    JOIN accounts a ON a.id = pl.account_id
    JOIN words author ON author.id = pl.author_id
    JOIN words bookmaker ON bookmaker.id = o.bookmaker_id
    JOIN prices p ON p.id = o.price_id
    JOIN legs g ON g.order_id = o.id AND g.ordinal = 0
    JOIN selections s ON s.id = g.selection_id
    JOIN lines l ON l.id = s.line_id
    JOIN events e ON e.id = l.event_id
    LEFT JOIN opportunities opp ON opp.id = pl.opportunity_id
"""


def by_number(conn: sqlite3.Connection, number: int) -> sqlite3.Row:
    row = conn.execute(f"{ORDERS} WHERE o.id = ?", (number,)).fetchone()
    assert isinstance(row, sqlite3.Row)
    return row


def order_row(conn: sqlite3.Connection, order_id: str) -> sqlite3.Row:
    number = order_number(order_id)
    row = None if number is None else conn.execute(f"{ORDERS} WHERE o.id = ?", (number,)).fetchone()
    if row is None:
        raise UsageError(f"there is no order {order_id!r}: the bankroll screen shows those that wait")
    assert isinstance(row, sqlite3.Row)
    return row


def order_name(row: sqlite3.Row) -> str:
    return f"ORD-{row['number']:06d}"


def order_view(row: sqlite3.Row) -> OrderRow:
    leg = Leg(
        selection=Selection(line_of(row), row["selection"], row["selection_point"]),
        bookmaker=row["bookmaker"],
        price=price_of(row),
        side=Side(row["side"]),
        stake_minor=row["stake_minor"],
    )
    return OrderRow(
        id=order_name(row),
        account=row["account"],
        currency=row["currency"],
        event=event_of(row),
        leg=leg,
        stake_minor=row["stake_minor"],
        reserved_minor=row["reserved_minor"],
        filled_minor=row["filled_minor"],
        created_at=from_micros(row["created_at"]),
        expires_at=from_micros(row["expires_at"]),
        state=OrderState(row["state"]),
        funding=Funding(row["funding"]),
    )
