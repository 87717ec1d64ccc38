"""The journal of one account as it is read: a page of entries, and the money they come to."""

from __future__ import annotations

import sqlite3

from msgspec import structs

from betting_tui.engine.core.model import EntryKind
from betting_tui.engine.core.money_views import BalancePoint, BankrollView, BookBalance, LedgerPage, LedgerRow
from betting_tui.engine.core.odds import OddsFormat
from betting_tui.engine.core.times import from_micros
from betting_tui.engine.store.curves import curve
from betting_tui.engine.store.identities import price_of
from betting_tui.engine.store.ledger import available_minor
from betting_tui.engine.store.movements import moved_text
from betting_tui.engine.store.shapes import AccountRow
from betting_tui.engine.store.summaries import period_ids


def ledger_row(conn: sqlite3.Connection, entry: int) -> LedgerRow:
    row = conn.execute(f"{_ENTRIES} WHERE j.id = ?", (entry,)).fetchone()
    later = conn.execute(
        "SELECT ifnull(sum(p.amount_minor), 0) FROM journal_entries j JOIN postings p ON p.entry_id = j.id"
        " JOIN ledger_accounts la ON la.id = p.ledger_account_id"
        " WHERE la.account_id = ? AND la.kind = 'wallet' AND j.id > ?",
        (row["account_id"], entry),
    ).fetchone()[0]
    return _ledger_row(row, available_minor(conn, row["account_id"]) - int(later))


def ledger_page(conn: sqlite3.Connection, owner: AccountRow, limit: int, offset: int) -> LedgerPage:
    """Journal entries of the current period, newest first."""
    (period,) = period_ids(conn, owner, None)
    available = available_minor(conn, owner.id)
    if offset:
        available -= _moved_in_newest(conn, period, offset)
    return LedgerPage(_entries(conn, period, available, limit, offset), _count_entries(conn, period))


def bankroll(conn: sqlite3.Connection, owner: AccountRow, entries: int, curve_points: int) -> BankrollView:
    """`entries` newest first; the curve has at most `curve_points` points or the fewest that tell a short history."""
    money = conn.execute("SELECT * FROM dashboard_summary WHERE account_id = ?", (owner.id,)).fetchone()
    period = conn.execute("SELECT * FROM account_statistics WHERE account_id = ?", (owner.id,)).fetchone()
    purses = conn.execute(
        "SELECT bookmaker, balance_minor FROM ledger_accounts WHERE account_id = ? AND kind = 'wallet'"
        " AND (bookmaker = '' OR balance_minor <> 0) ORDER BY bookmaker",
        (owner.id,),
    )
    return BankrollView(
        account=owner.name,
        currency=owner.currency,
        starting_minor=period["starting_minor"],
        bankroll_minor=money["bankroll_minor"],
        available_minor=money["available_minor"],
        exposure_minor=money["reserved_minor"],
        open_bets=money["open_bets"],
        profit_minor=period["profit_minor"],
        max_drawdown_minor=period["drawdown_minor"],
        curve=curve(conn, period["period_id"], curve_points),
        entries=_entries(conn, period["period_id"], money["available_minor"], entries, 0),
        period=period["period"],
        books=tuple(BookBalance(row["bookmaker"], row["balance_minor"]) for row in purses),
    )


def balance_curve(conn: sqlite3.Connection, owner: AccountRow, since: int, points: int) -> tuple[BalancePoint, ...]:
    """From `since` (microseconds) on, in the account's current period."""
    (period,) = period_ids(conn, owner, None)
    return curve(conn, period, points, since)


_ENTRIES = """
    SELECT j.id, j.account_id, j.created_at, j.kind, j.reason, j.bet_id,
        p.text AS price_text, p.decimal AS price_decimal,
        iif(o.kind = 'parlay', (SELECT count(*) FROM legs n WHERE n.order_id = o.id), 0) AS legs,
        p.format AS price_format, l.market,
        bookmaker.text AS bookmaker, s.name, s.point,
        (SELECT ifnull(sum(p.amount_minor), 0) FROM postings p JOIN ledger_accounts la ON la.id = p.ledger_account_id
         WHERE p.entry_id = j.id AND la.kind = 'wallet') AS change,
        a.currency, given.bookmaker AS source, taken.bookmaker AS target, put.amount_minor AS moved
    FROM journal_entries j
    JOIN accounts a ON a.id = j.account_id
    LEFT JOIN postings got ON j.kind = 'transfer' AND got.entry_id = j.id AND got.amount_minor < 0
    LEFT JOIN ledger_accounts given ON given.id = got.ledger_account_id
    LEFT JOIN postings put ON j.kind = 'transfer' AND put.entry_id = j.id AND put.amount_minor > 0
    LEFT JOIN ledger_accounts taken ON taken.id = put.ledger_account_id
    LEFT JOIN bets b ON b.id = j.bet_id
    LEFT JOIN orders o ON o.id = b.order_id
    LEFT JOIN fills f ON f.order_id = b.order_id AND f.number = b.fill_number
    LEFT JOIN prices p ON p.id = f.price_id
    LEFT JOIN words bookmaker ON bookmaker.id = o.bookmaker_id
    LEFT JOIN legs g ON g.order_id = b.order_id AND g.ordinal = 0
    LEFT JOIN selections s ON s.id = g.selection_id
    LEFT JOIN lines l ON l.id = s.line_id
"""


def _ledger_row(row: sqlite3.Row, available: int) -> LedgerRow:
    entry = LedgerRow(
        entry_id=row["id"],
        at=from_micros(row["created_at"]),
        kind=EntryKind(row["kind"]),
        bet_id=None if row["bet_id"] is None else f"BET-{row['bet_id']:06d}",
        text="",
        amount_minor=row["change"],
        available_minor=available,
    )
    if row["bet_id"] is None or row["moved"] is not None:
        return structs.replace(entry, text=_moved_text(row))
    pick, price, bookmaker, reason = _pick(row), price_of(row), str(row["bookmaker"]), str(row["reason"] or "")
    plus = "+" if price.format is OddsFormat.AMERICAN and price.text[0].isdigit() else ""
    # A parlay's price is worked out from its legs, so no bookmaker wrote it.
    written = f"{price.decimal:.2f}" if row["legs"] else f"{plus}{price.text}"
    text = f"{pick} {written} at {bookmaker}" + (f" ({reason})" if reason else "")
    return structs.replace(entry, text=text, pick=pick, price=price, bookmaker=bookmaker, reason=reason)


def _moved_text(row: sqlite3.Row) -> str:
    if row["moved"] is None:
        return str(row["reason"])
    moved = moved_text(row["moved"], row["currency"], row["source"], row["target"])
    return f"{moved} ({row['reason']})" if row["reason"] else moved


def _pick(row: sqlite3.Row) -> str:
    if row["legs"]:
        return f"{row['legs']} legs"
    # A side's line is a head start or a handicap, so it has a sign; a total is a number.
    sign = "+" if row["market"] == "spreads" else ""
    return str(row["name"]) if row["point"] is None else f"{row['name']} {row['point']:{sign}g}"


def _entries(conn: sqlite3.Connection, period: int, available: int, limit: int, offset: int) -> tuple[LedgerRow, ...]:
    """`available` is what there was after the first of them."""
    rows = conn.execute(
        f"{_ENTRIES} WHERE j.id IN (SELECT id FROM journal_entries WHERE period_id = ? ORDER BY id DESC"
        " LIMIT ? OFFSET ?) ORDER BY j.id DESC",
        (period, limit, offset),
    )
    listed = []
    for row in rows:
        listed.append(_ledger_row(row, available))
        available -= row["change"]
    return tuple(listed)


def _moved_in_newest(conn: sqlite3.Connection, period: int, count: int) -> int:
    """What the newest entries together changed in the wallets."""
    row = conn.execute(
        "SELECT ifnull(sum(p.amount_minor), 0) FROM (SELECT id FROM journal_entries WHERE period_id = ?"
        " ORDER BY id DESC LIMIT ?) newest CROSS JOIN postings p ON p.entry_id = newest.id"
        " WHERE p.ledger_account_id IN (SELECT id FROM ledger_accounts WHERE kind = 'wallet')",
        (period, count),
    ).fetchone()
    return int(row[0])


def _count_entries(conn: sqlite3.Connection, period: int) -> int:
    row = conn.execute("SELECT ifnull(sum(entries), 0) FROM period_hours WHERE period_id = ?", (period,)).fetchone()
    return int(row[0])
