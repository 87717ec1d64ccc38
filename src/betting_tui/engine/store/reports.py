"""Totals of settled bets: turnover, profit, yield, expected profit and CLV, by strategy, bookmaker, sport or market.

ROI = yield = profit / turnover over wins and losses (halves included); push and void are counted apart and in neither.
"""

from __future__ import annotations

import sqlite3

from betting_tui.engine.core.times import to_micros
from betting_tui.engine.core.views import ReportGroup, ReportView
from betting_tui.engine.store.closing import MISSING
from betting_tui.engine.store.shapes import AccountRow, GroupBy, RefusalCount, ReportFilter

_NAME_OF: dict[GroupBy, str] = {
    "strategy": "ifnull(strategy.text, 'by hand')",
    "bookmaker": "bookmaker.text",
    "sport": "CASE WHEN e.sport_title = '' THEN e.sport_key ELSE e.sport_title END",
    "market": "l.market",
    "none": "'all'",
}

# Turnover is what was at risk, so that a lay bet counts its liability. CLV leaves void bets out.
_TOTALS = """
    count(*) AS bets,
    sum(graded) AS graded,
    sum(result IN ('win', 'half_win')) AS wins,
    sum(result IN ('loss', 'half_loss')) AS losses,
    sum(result IN ('push', 'void')) AS pushes,
    ifnull(sum(risk_minor) FILTER (WHERE graded), 0) AS turnover,
    sum(profit_minor) AS profit,
    sum(risk_minor * edge) FILTER (WHERE graded AND edge IS NOT NULL) AS expected,
    avg(clv_price) FILTER (WHERE result <> 'void') AS clv,
    count(clv_price) FILTER (WHERE result <> 'void') AS clv_count,
    sum(result <> 'void') AS closable
"""


def report(conn: sqlite3.Connection, owner: AccountRow, wanted: ReportFilter) -> ReportView:
    since, until = _bounds(wanted)
    settled = f"""
        WITH settled AS (
            SELECT {_NAME_OF[wanted.by]} AS name, b.result, b.risk_minor, b.profit_minor, b.edge, b.clv_price,
                b.closing_missing, b.result NOT IN ('push', 'void') AS graded
            FROM bets b JOIN orders o ON o.id = b.order_id JOIN words bookmaker ON bookmaker.id = o.bookmaker_id
            LEFT JOIN words strategy ON strategy.id = b.strategy_id
            JOIN legs g ON g.order_id = b.order_id AND g.ordinal = 0
            JOIN selections s ON s.id = g.selection_id JOIN lines l ON l.id = s.line_id
            JOIN events e ON e.id = l.event_id
            WHERE b.account_id = ? AND b.state = 'settled' AND b.settled_at >= ? AND b.settled_at < ?
        )
    """
    values = (owner.id, since, until)
    total = conn.execute(f"{settled} SELECT 'total' AS name, {_TOTALS} FROM settled", values).fetchone()
    groups = conn.execute(
        f"{settled} SELECT name, {_TOTALS} FROM settled GROUP BY name ORDER BY profit DESC, name", values
    )
    missing = conn.execute(
        f"{settled} SELECT closing_missing, count(*) FROM settled WHERE closing_missing IS NOT NULL"
        " GROUP BY closing_missing ORDER BY 2 DESC, 1",
        values,
    )
    counts = conn.execute(
        "SELECT (SELECT count(*) FROM bets WHERE account_id = ?1 AND state IN ('pending', 'review')) AS open_bets,"
        " sum(state = 'refused') AS refused, sum(state = 'accepted') AS placed"
        " FROM placements WHERE account_id = ?1 AND created_at >= ?2 AND created_at < ?3",
        values,
    ).fetchone()
    return ReportView(
        account=owner.name,
        currency=owner.currency,
        total=_group(total),
        groups=tuple(_group(row) for row in groups),
        grouped_by=wanted.by,
        open_bets=counts["open_bets"],
        refused=counts["refused"] or 0,
        placed=counts["placed"] or 0,
        missing_closes=tuple((MISSING[row[0]], row[1]) for row in missing),
    )


def refusals(conn: sqlite3.Connection, account_id: int, since: int) -> tuple[RefusalCount, ...]:
    rows = conn.execute(
        "SELECT refusal_code, count(*) FROM placements WHERE account_id = ? AND state = 'refused' AND created_at >= ?"
        " GROUP BY refusal_code ORDER BY 2 DESC, 1",
        (account_id, since),
    )
    return tuple(RefusalCount(row[0], row[1]) for row in rows)


def _bounds(wanted: ReportFilter) -> tuple[int, int]:
    since = -(2**62) if wanted.since is None else to_micros(wanted.since)
    until = 2**62 if wanted.until is None else to_micros(wanted.until)
    return since, until


def _group(row: sqlite3.Row) -> ReportGroup:
    graded, turnover, closable = row["graded"] or 0, row["turnover"], row["closable"] or 0
    return ReportGroup(
        name=row["name"],
        bets=row["bets"],
        graded=graded,
        wins=row["wins"] or 0,
        losses=row["losses"] or 0,
        pushes=row["pushes"] or 0,
        turnover_minor=turnover,
        profit_minor=row["profit"] or 0,
        yield_fraction=(row["profit"] or 0) / turnover if turnover else None,
        win_rate=(row["wins"] or 0) / graded if graded else None,
        expected_profit_minor=None if row["expected"] is None else round(row["expected"]),
        clv_price=row["clv"],
        clv_coverage=row["clv_count"] / closable if closable else None,
        clv_count=row["clv_count"],
    )
