"""Every refused order of an account with what it was on."""

from __future__ import annotations

import sqlite3

from betting_tui.engine.core.odds import OddsFormat, Price, parse_price
from betting_tui.engine.core.refusal_views import RefusedOrder
from betting_tui.engine.core.times import from_micros
from betting_tui.engine.store.identities import event_of
from betting_tui.engine.store.shapes import AccountRow
from betting_tui.engine.store.summaries import marks, period_ids

_QUERY = """
    SELECT pl.created_at, pl.origin, author.text AS created_by, pl.refusal_code, pl.refusal_message,
        o.side, o.stake_minor, w.text AS bookmaker, p.format, p.text AS price, now.format AS now_format,
        now.text AS now_price, s.name AS selection, s.point, l.market, opp.opportunity_id, opp.edge,
        strategy.text AS strategy, e.*
    FROM placements pl
    JOIN orders o ON o.placement_id = pl.id
    JOIN words author ON author.id = pl.author_id
    JOIN words w ON w.id = o.bookmaker_id
    JOIN prices p ON p.id = o.price_id
    LEFT JOIN prices now ON now.id = o.refusal_price_id
    JOIN legs g ON g.order_id = o.id AND g.ordinal = 0
    JOIN selections s ON s.id = g.selection_id
    JOIN lines l ON l.id = s.line_id
    JOIN events e ON e.id = l.event_id
    LEFT JOIN opportunities opp ON opp.id = pl.opportunity_id
    LEFT JOIN words strategy ON strategy.id = opp.strategy_id
    WHERE pl.account_id = ? AND pl.state = 'refused' AND pl.period_id IN ({periods})
    ORDER BY pl.created_at, pl.id, o.ordinal
"""


def refused_orders(conn: sqlite3.Connection, owner: AccountRow, period: int | None) -> tuple[RefusedOrder, ...]:
    """Oldest first; of a period (None: the current one, 0: all of them). UsageError for one there is not."""
    periods = period_ids(conn, owner, period)
    rows = conn.execute(_QUERY.format(periods=marks(periods)), (owner.id, *periods))
    return tuple(_order(row, owner) for row in rows)


def _order(row: sqlite3.Row, owner: AccountRow) -> RefusedOrder:
    event = event_of(row)
    return RefusedOrder(
        at=from_micros(row["created_at"]),
        account=owner.name,
        currency=owner.currency,
        origin=row["origin"],
        created_by=row["created_by"],
        code=row["refusal_code"],
        message=row["refusal_message"] or "",
        event=event.name,
        sport_key=event.sport_key,
        market=row["market"],
        selection=row["selection"],
        point=row["point"],
        bookmaker=row["bookmaker"],
        side=row["side"],
        price=_price(row["price"], row["format"]),
        price_now=None if row["now_price"] is None else _price(row["now_price"], row["now_format"]),
        stake_minor=row["stake_minor"],
        strategy=row["strategy"],
        edge=row["edge"],
        opportunity_id=row["opportunity_id"],
    )


def _price(text: str, format_: str) -> Price:
    return parse_price(text, OddsFormat(format_))
