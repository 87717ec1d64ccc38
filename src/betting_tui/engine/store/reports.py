"""Totals of settled bets: turnover, profit, yield, expected profit and CLV, by strategy, bookmaker, sport or market.

ROI = yield = profit / turnover over wins and losses (halves included); push and void are counted apart and in neither.
Turnover is what was at risk, so that a lay bet counts its liability and a free bet nothing; nor is what a free bet
brought in the yield, which would be profit without turnover. CLV leaves void bets out.

Stretches of 30 days and the newest UTC days come from kept sums, what is left at both ends from the bets themselves, so
that an answer costs the same however many bets there are. Placements are counted by whole UTC hours.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from msgspec import Struct

from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.report_views import ReportGroup, ReportView
from betting_tui.engine.core.times import to_micros
from betting_tui.engine.store.close_reports import NO_CLOSES, Closes, closes_by_name, missing_closes
from betting_tui.engine.store.shapes import AccountRow, GroupBy, RefusalCount, ReportFilter
from betting_tui.engine.store.stretches import Parts, Stretch, parts_of
from betting_tui.engine.store.summaries import NO_FREE_BETS, SHOWN, FreeBets, free_bets, marks, open_bets, period_ids

# Sums are kept by these alone; a sport is kept by its key, which is a league's.
_KIND_OF: dict[GroupBy, str] = {
    "strategy": "strategy",
    "bookmaker": "bookmaker",
    "sport": "sport",
    "league": "sport",
    "market": "market",
    "none": "all",
}
_HOUR_US = 3_600_000_000
_SINCE_EVER, _FOR_EVER = -(2**62), 2**62

_COLUMNS = "bets wins losses voids turnover_minor profit_minor expected_bets expected_minor".split()
_NAMED = ", ".join(_COLUMNS)
_ADDED = ", ".join(f"sum({column}) AS {column}" for column in _COLUMNS)


class Books(Struct, frozen=True):
    """Whose bets a report is of: their periods (rows), what stands in its title, and the one currency they have."""

    title: str
    currency: str
    accounts: tuple[int, ...]
    periods: tuple[int, ...]


def report(conn: sqlite3.Connection, owner: AccountRow, wanted: ReportFilter, max_age: int | None) -> ReportView:
    """Closes older than `max_age` minutes are left out, None: none is. UsageError for a period the account has not
    had, and for groups that no sums are kept of."""
    if wanted.by not in _KIND_OF:
        raise UsageError(f"no sums are kept by {wanted.by}: a full report has them")
    periods = period_ids(conn, owner, wanted.period)
    return view_of(conn, Books(owner.name, owner.currency, (owner.id,), periods), wanted, max_age)


def view_of(conn: sqlite3.Connection, books: Books, wanted: ReportFilter, max_age: int | None) -> ReportView:
    """The same of these books; groups that no sums are kept of are left out."""
    kind = _KIND_OF.get(wanted.by)
    stretch = stretch_of(books, wanted)
    periods, since, until = stretch.periods, stretch.since, stretch.until
    parts = parts_of(conn, stretch)
    total = _groups(conn, periods, "all", parts)
    groups = [] if kind is None else _groups(conn, periods, kind, parts)
    all_closes = closes_by_name(conn, stretch, "all", max_age)
    closes = all_closes if kind in (None, "all") else closes_by_name(conn, stretch, kind, max_age)
    all_free = free_bets(conn, periods, "all", since, until)
    free = all_free if kind in (None, "all") else free_bets(conn, periods, kind, since, until)
    placed, refused = _asked_for(conn, periods, since, until)
    return ReportView(
        account=books.title,
        currency=books.currency,
        total=_group(total[0], "total", all_closes, all_free) if total else NOTHING_SETTLED,
        groups=tuple(_group(row, row["shown"], closes, free) for row in groups),
        grouped_by=wanted.by,
        open_bets=sum(open_bets(conn, account, periods) for account in books.accounts),
        refused=refused,
        placed=placed,
        missing_closes=missing_closes(conn, stretch, "book", max_age),
        missing_references=missing_closes(conn, stretch, "reference", max_age),
        close_max_age_minutes=max_age,
    )


def stretch_of(books: Books, wanted: ReportFilter) -> Stretch:
    return Stretch(books.periods, *_bounds(wanted))


def refusals(conn: sqlite3.Connection, account_id: int, since: int) -> tuple[RefusalCount, ...]:
    rows = conn.execute(
        "SELECT refusal_code, count(*) FROM placements WHERE account_id = ? AND state = 'refused' AND created_at >= ?"
        " GROUP BY refusal_code ORDER BY 2 DESC, 1",
        (account_id, since),
    )
    return tuple(RefusalCount(row[0], row[1]) for row in rows)


def _bounds(wanted: ReportFilter) -> tuple[int, int]:
    since = _SINCE_EVER if wanted.since is None else to_micros(wanted.since)
    until = _FOR_EVER if wanted.until is None else to_micros(wanted.until)
    return since, until


def _groups(conn: sqlite3.Connection, periods: tuple[int, ...], kind: str, parts: Parts) -> list[sqlite3.Row]:
    """The sums of one kind by name, most profit first."""
    among = f"period_id IN ({marks(periods)}) AND kind = ?"
    queries: list[str] = []
    values: list[object] = []
    for table, column, ranges in (
        ("settled_spans", "span", parts.spans),
        ("settled_sums", "day", parts.days),
        ("settled_parts", "settled_at", parts.bets),
    ):
        for each in ranges:
            queries.append(f"SELECT kind, name, {_NAMED} FROM {table} WHERE {among} AND {column} >= ? AND {column} < ?")
            values += [*periods, kind, each.first, each.last]
    if not queries:
        return []
    by_name = f"SELECT kind, name, {_ADDED} FROM ({' UNION ALL '.join(queries)}) GROUP BY name"
    return conn.execute(
        f"SELECT {SHOWN} AS shown, {_ADDED} FROM ({by_name}) GROUP BY 1 HAVING sum(bets) > 0"
        " ORDER BY sum(profit_minor) DESC, 1",
        values,
    ).fetchall()


def _asked_for(conn: sqlite3.Connection, periods: tuple[int, ...], since: int, until: int) -> tuple[int, int]:
    row = conn.execute(
        "SELECT ifnull(sum(placed), 0), ifnull(sum(refused), 0) FROM period_hours"
        f" WHERE period_id IN ({marks(periods)}) AND hour >= ? AND hour < ?",
        (*periods, since // _HOUR_US, -(-until // _HOUR_US)),
    ).fetchone()
    return int(row[0]), int(row[1])


def _group(row: sqlite3.Row, name: str, closes: Mapping[str, Closes], free: Mapping[str, FreeBets]) -> ReportGroup:
    graded, turnover, closable = row["wins"] + row["losses"], row["turnover_minor"], row["bets"] - row["voids"]
    known, given = closes.get(row["shown"], NO_CLOSES), free.get(row["shown"], NO_FREE_BETS)
    book, fair = known.book, known.reference
    headline = fair if fair.bets else book
    return ReportGroup(
        name=name,
        bets=row["bets"],
        graded=graded,
        wins=row["wins"],
        losses=row["losses"],
        pushes=row["bets"] - graded,
        turnover_minor=turnover,
        profit_minor=row["profit_minor"],
        yield_fraction=(row["profit_minor"] - given.profit_minor) / turnover if turnover else None,
        win_rate=row["wins"] / graded if graded else None,
        expected_profit_minor=round(row["expected_minor"]) if row["expected_bets"] else None,
        clv_price=book.mean,
        clv_coverage=book.bets / closable if closable else None,
        clv_count=book.bets,
        clv_price_weighted=book.weighted_mean,
        clv_ev=fair.mean,
        clv_ev_weighted=fair.weighted_mean,
        clv_ev_coverage=fair.bets / closable if closable else None,
        clv_ev_count=fair.bets,
        beat_close=headline.beat / headline.bets if headline.bets else None,
        converted=headline.converted,
        median_close_minutes=headline.median_minutes,
        free_bets=given.bets,
        free_profit_minor=given.profit_minor,
    )


NOTHING_SETTLED = ReportGroup(
    name="total",
    bets=0,
    graded=0,
    wins=0,
    losses=0,
    pushes=0,
    turnover_minor=0,
    profit_minor=0,
    yield_fraction=None,
    win_rate=None,
    expected_profit_minor=None,
    clv_price=None,
    clv_coverage=None,
    clv_count=0,
)
