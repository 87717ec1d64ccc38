"""Bets, money and the journal as screens and commands read them: queries that answer with views."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from itertools import accumulate

from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.model import (
    BetKind,
    BetResult,
    BetState,
    EntryKind,
    Evidence,
    Funding,
    Origin,
    Side,
)
from betting_tui.engine.core.times import from_micros, to_micros
from betting_tui.engine.core.views import BalancePoint, BankrollView, BetRow, LedgerPage, LedgerRow
from betting_tui.engine.store.closing import MISSING
from betting_tui.engine.store.identities import event_of, line_of, moment, price_of
from betting_tui.engine.store.ledger import available_minor, balances
from betting_tui.engine.store.shapes import AccountRow, BetFilter

_BETS = """
    SELECT b.id AS bet, b.state, o.kind, o.funding, pl.origin, strategy.text AS strategy, o.placement_id,
        b.stake_minor, b.placed_at, p.format AS price_format, p.text AS price_text, p.decimal AS price_decimal,
        b.edge, b.fair_probability, b.result, b.return_minor, b.profit_minor, b.settled_at, b.clv_price,
        b.clv_net_odds, b.closing_missing, b.note, b.review_reason, a.name AS account, a.currency,
        opp.opportunity_id AS opportunity, bookmaker.text AS bookmaker, o.side, f.evidence, source.text AS source,
        f.quoted_at, cp.format AS closing_format, cp.text AS closing_text, cp.decimal AS closing_decimal,
        c.seen_at AS closing_seen_at, s.name AS selection, s.point AS selection_point,
        l.market, l.outcome_set, l.period, l.point AS line_point, l.participant, l.rule,
        e.event_id, e.sport_key, e.sport_title, e.commence_at, e.home_team, e.away_team
    FROM bets b
    JOIN accounts a ON a.id = b.account_id
    JOIN orders o ON o.id = b.order_id
    JOIN placements pl ON pl.id = o.placement_id
    JOIN fills f ON f.order_id = b.order_id AND f.number = b.fill_number
    JOIN prices p ON p.id = f.price_id
    JOIN words bookmaker ON bookmaker.id = o.bookmaker_id
    JOIN words source ON source.id = f.source_id
    JOIN legs g ON g.order_id = b.order_id AND g.ordinal = 0
    JOIN selections s ON s.id = g.selection_id
    JOIN lines l ON l.id = s.line_id
    JOIN events e ON e.id = l.event_id
    LEFT JOIN words strategy ON strategy.id = b.strategy_id
    LEFT JOIN opportunities opp ON opp.id = b.opportunity_id
    LEFT JOIN closes c ON c.bet_id = b.id AND c.ordinal = 0 AND c.whose = 'book'
    LEFT JOIN prices cp ON cp.id = c.price_id
"""


_OPEN = frozenset({BetState.PENDING, BetState.REVIEW})

# SQLite before 3.32 took 999 values a statement; a longer list is asked for in pieces.
_AT_ONCE = 500


def bets(conn: sqlite3.Connection, wanted: BetFilter) -> tuple[BetRow, ...]:
    select, where, values = _select(wanted), *_where(wanted)
    page = "" if wanted.limit is None else " LIMIT ? OFFSET ?"
    values += () if wanted.limit is None else (wanted.limit, wanted.offset)
    rows = conn.execute(f"{select} {where} ORDER BY b.placed_at DESC, b.id DESC{page}", values)
    return tuple(_bet(row) for row in rows)


def count_bets(conn: sqlite3.Connection, wanted: BetFilter) -> int:
    where, values = _where(wanted)
    select = _select(wanted)
    joins = select[select.index("FROM bets b") :]
    return int(conn.execute(f"SELECT count(*) {joins} {where}", values).fetchone()[0])


def bet(conn: sqlite3.Connection, number: int) -> BetRow:
    row = conn.execute(f"{_BETS} WHERE b.id = ?", (number,)).fetchone()
    if row is None:
        raise UsageError(f"there is no bet BET-{number:06d}: `bets list` shows them")
    return _bet(row)


def bets_of_placement(conn: sqlite3.Connection, placement: int) -> tuple[BetRow, ...]:
    return tuple(_bet(row) for row in conn.execute(f"{_BETS} WHERE o.placement_id = ? ORDER BY b.id", (placement,)))


def bets_by_number(conn: sqlite3.Connection, numbers: Sequence[int]) -> tuple[BetRow, ...]:
    """In the order asked for; each once."""
    found: dict[int, BetRow] = {}
    for start in range(0, len(numbers), _AT_ONCE):
        some = numbers[start : start + _AT_ONCE]
        rows = conn.execute(f"{_BETS} WHERE b.id IN ({', '.join('?' * len(some))})", tuple(some))
        found.update((row["bet"], _bet(row)) for row in rows)
    return tuple(found[number] for number in dict.fromkeys(numbers))


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
    raise NotImplementedError


def bankroll(conn: sqlite3.Connection, owner: AccountRow, entries: int, curve_points: int) -> BankrollView:
    now = balances(conn, owner.id)
    profit, drawdown = _profit_and_drawdown(conn, owner)
    return BankrollView(
        account=owner.name,
        currency=owner.currency,
        starting_minor=owner.starting_minor,
        bankroll_minor=now.bankroll_minor,
        available_minor=now.available_minor,
        exposure_minor=now.reserved_minor,
        open_bets=now.open_bets,
        profit_minor=profit,
        max_drawdown_minor=drawdown,
        curve=_curve(conn, owner.id, curve_points),
        entries=_newest_entries(conn, owner.id, now.available_minor, entries),
    )


_ENTRIES = """
    SELECT j.id, j.account_id, j.created_at, j.kind, j.reason, j.bet_id, p.text AS price_text,
        p.format AS price_format, l.market,
        bookmaker.text AS bookmaker, s.name, s.point,
        (SELECT ifnull(sum(p.amount_minor), 0) FROM postings p JOIN ledger_accounts la ON la.id = p.ledger_account_id
         WHERE p.entry_id = j.id AND la.kind = 'wallet') AS change
    FROM journal_entries j
    LEFT JOIN bets b ON b.id = j.bet_id
    LEFT JOIN orders o ON o.id = b.order_id
    LEFT JOIN fills f ON f.order_id = b.order_id AND f.number = b.fill_number
    LEFT JOIN prices p ON p.id = f.price_id
    LEFT JOIN words bookmaker ON bookmaker.id = o.bookmaker_id
    LEFT JOIN legs g ON g.order_id = b.order_id AND g.ordinal = 0
    LEFT JOIN selections s ON s.id = g.selection_id
    LEFT JOIN lines l ON l.id = s.line_id
"""


def _select(wanted: BetFilter) -> str:
    """Open bets by their own index: the planner would rather walk through all bets of the account."""
    if not wanted.states or not _OPEN.issuperset(wanted.states):
        return _BETS
    return _BETS.replace("FROM bets b", "FROM bets b INDEXED BY bets_open")


def _where(wanted: BetFilter) -> tuple[str, tuple[object, ...]]:
    # Written out, because the index of open bets serves a condition that is its own, not values yet to come.
    among = "b.state IN ('pending', 'review') AND " if _OPEN.issuperset(wanted.states) else ""
    states = ", ".join(f"'{state.value}'" for state in sorted(wanted.states))
    conditions: list[tuple[str, tuple[object, ...]]] = [
        ("a.name = ?", (wanted.account,)) if wanted.account is not None else ("", ()),
        (f"{among}b.state IN ({states})", ()) if wanted.states else ("", ()),
        ("strategy.text = ?", (wanted.strategy,)) if wanted.strategy is not None else ("", ()),
        ("opp.opportunity_id = ?", (wanted.opportunity_id,)) if wanted.opportunity_id is not None else ("", ()),
        ("e.event_id = ?", (wanted.event_id,)) if wanted.event_id is not None else ("", ()),
        ("b.placed_at >= ?", (to_micros(wanted.since),)) if wanted.since is not None else ("", ()),
        ("b.placed_at < ?", (to_micros(wanted.until),)) if wanted.until is not None else ("", ()),
    ]
    used = [(text, values) for text, values in conditions if text]
    if not used:
        return "", ()
    return "WHERE " + " AND ".join(text for text, _ in used), tuple(value for _, values in used for value in values)


def _bet(row: sqlite3.Row) -> BetRow:
    event = event_of(row)
    closing_at = moment(row["closing_seen_at"])
    return BetRow(
        id=f"BET-{row['bet']:06d}",
        account=row["account"],
        currency=row["currency"],
        state=BetState(row["state"]),
        kind=BetKind(row["kind"]),
        funding=Funding(row["funding"]),
        origin=Origin(row["origin"]),
        strategy=row["strategy"],
        opportunity_id=row["opportunity"],
        placement_id=row["placement_id"],
        stake_minor=row["stake_minor"],
        placed_at=from_micros(row["placed_at"]),
        event=event,
        line=line_of(row),
        selection=row["selection"],
        point=row["selection_point"],
        bookmaker=row["bookmaker"],
        side=Side(row["side"]),
        price=price_of(row),
        evidence=Evidence(row["evidence"]),
        source=row["source"],
        quoted_at=moment(row["quoted_at"]),
        edge=row["edge"],
        fair_probability=row["fair_probability"],
        result=BetResult(row["result"]) if row["result"] else None,
        return_minor=row["return_minor"],
        profit_minor=row["profit_minor"],
        settled_at=moment(row["settled_at"]),
        closing_price=price_of(row, "closing") if row["closing_text"] is not None else None,
        closing_seconds_before_start=(event.commence_time - closing_at).total_seconds() if closing_at else None,
        closing_missing=MISSING.get(row["closing_missing"]),
        clv_price=row["clv_price"],
        clv_net_odds=row["clv_net_odds"],
        note=row["note"] or row["review_reason"],
    )


def _ledger_row(row: sqlite3.Row, available: int) -> LedgerRow:
    return LedgerRow(
        entry_id=row["id"],
        at=from_micros(row["created_at"]),
        kind=EntryKind(row["kind"]),
        bet_id=None if row["bet_id"] is None else f"BET-{row['bet_id']:06d}",
        text=_entry_text(row),
        amount_minor=row["change"],
        available_minor=available,
    )


def _entry_text(row: sqlite3.Row) -> str:
    if row["bet_id"] is None:
        return str(row["reason"])
    # A side's line is a head start or a handicap, so it has a sign; a total is a number.
    sign = "+" if row["market"] == "spreads" else ""
    point = "" if row["point"] is None else f" {row['point']:{sign}g}"
    plus = "+" if row["price_format"] == "american" and row["price_text"][0].isdigit() else ""
    about = f"{row['name']}{point} {plus}{row['price_text']} at {row['bookmaker']}"
    return f"{about} ({row['reason']})" if row["reason"] else about


def _newest_entries(conn: sqlite3.Connection, account_id: int, available: int, limit: int) -> tuple[LedgerRow, ...]:
    rows = conn.execute(f"{_ENTRIES} WHERE j.account_id = ? ORDER BY j.id DESC LIMIT ?", (account_id, limit))
    listed = []
    for row in rows:
        listed.append(_ledger_row(row, available))
        available -= row["change"]
    return tuple(listed)


def _curve(conn: sqlite3.Connection, account_id: int, points: int) -> tuple[BalancePoint, ...]:
    """The bankroll after each movement that changed it, by time; thinned evenly, first and last kept."""
    # The starting bankroll comes first even where imported bets are older than the account.
    # What the account owns changes by what leaves or enters the accounts outside it, so only those are read.
    rows = conn.execute(
        "SELECT j.created_at, -sum(p.amount_minor) AS change FROM ledger_accounts la"
        " JOIN postings p ON p.ledger_account_id = la.id JOIN journal_entries j ON j.id = p.entry_id"
        " WHERE la.account_id = ? AND la.kind IN ('house', 'external', 'bonus', 'fees')"
        # These only move money between the account's own places.
        " AND j.kind NOT IN ('bet_placed', 'reserve', 'release', 'transfer')"
        " GROUP BY j.id"
        " ORDER BY ifnull(j.idempotency_key, '') <> 'starting-bankroll', j.created_at, j.id",
        (account_id,),
    ).fetchall()
    totals = tuple(accumulate(row["change"] for row in rows))
    step = max(1, -(-len(rows) // max(points, 2)))
    shown = [*range(0, len(rows) - 1, step), *range(len(rows) - 1, len(rows))]
    return tuple(BalancePoint(from_micros(rows[index]["created_at"]), totals[index]) for index in shown)


def _profit_and_drawdown(conn: sqlite3.Connection, owner: AccountRow) -> tuple[int, int]:
    """Profit of settled bets and the deepest fall from a peak, deposits and withdrawals left out (in minor units)."""
    rows = conn.execute(
        "SELECT profit_minor FROM bets WHERE account_id = ? AND state = 'settled' AND period_id ="
        " (SELECT id FROM account_periods WHERE account_id = ?1 AND ended_at IS NULL) ORDER BY settled_at, id",
        (owner.id,),
    )
    profit = peak = drawdown = 0
    for row in rows:
        profit += row["profit_minor"]
        peak = max(peak, profit)
        drawdown = max(drawdown, peak - profit)
    return profit, drawdown
