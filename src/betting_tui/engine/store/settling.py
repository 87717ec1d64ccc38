"""One bet's end: settled, corrected, cancelled, or put up for review. Money moves by entries, never by edits."""

from __future__ import annotations

import re
import sqlite3
from datetime import datetime

from msgspec import Struct

from betting_tui.engine.core.commands import CancelBet, SettleBet
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.grading import lay_return_minor, return_minor
from betting_tui.engine.core.model import BetResult, BetState, EntryKind, Funding, Refusal, RefusalCode, Side
from betting_tui.engine.core.times import to_micros
from betting_tui.engine.store.bettable import why_order_over
from betting_tui.engine.store.closing import fix_closing
from betting_tui.engine.store.identities import price_of
from betting_tui.engine.store.ledger import Entry, LedgerKind, Posting, post_entry, purse_of_bet, reverse_entry

_BET_ID = re.compile(r"(?:bet-?)?0*(\d{1,15})", re.IGNORECASE)


class Verdict(Struct, frozen=True):
    """How a bet ended, and on whose word: `result_row` is the stored result it was graded from, None by hand."""

    result: BetResult
    at: datetime
    created_by: str
    reason: str = ""
    result_row: int | None = None


class Pending(Struct, frozen=True):
    """Why a bet is open, and since when: `review` when a person has to look at it, else `pending`."""

    state: BetState
    reason: str
    at: datetime
    created_by: str


def bet_number(text: str) -> int | None:
    """`BET-000007`, `bet-7` and `7` name bet 7; None for anything else."""
    match = _BET_ID.fullmatch(text.strip())
    return int(match[1]) if match else None


# Every column of a bet, with what its order and fill say of it.
BETS = """
    SELECT b.*, o.side, o.kind, o.funding, p.format AS price_format, p.text AS price_text, p.decimal AS price_decimal
    FROM bets b JOIN orders o ON o.id = b.order_id JOIN fills f ON f.order_id = b.order_id AND f.number = b.fill_number
    JOIN prices p ON p.id = f.price_id
"""


def bet_row(conn: sqlite3.Connection, bet_id: str) -> sqlite3.Row:
    """The stored bet. UsageError when there is none."""
    number = bet_number(bet_id)
    row = None if number is None else conn.execute(f"{BETS} WHERE b.id = ?", (number,)).fetchone()
    if row is None:
        raise UsageError(f"there is no bet {bet_id!r}: `bets list` shows them")
    assert isinstance(row, sqlite3.Row)
    return row


def settle_by_hand(conn: sqlite3.Connection, command: SettleBet, now: datetime) -> bool:
    """Whether anything changed. A person who says what a feed has said makes it a person's word."""
    row = bet_row(conn, command.bet_id)
    if (row["state"], row["result"]) == (BetState.SETTLED, command.result):
        conn.execute(
            "UPDATE settlements SET confirmed_by = ? WHERE bet_id = ? AND reversed_by_entry_id IS NULL"
            " AND result_id IS NOT NULL AND confirmed_by = ''",
            (command.created_by, row["id"]),
        )
    return settle(conn, row, Verdict(command.result, now, command.created_by, command.reason))


def settle(conn: sqlite3.Connection, bet: sqlite3.Row, verdict: Verdict) -> bool:
    """Pay a bet out. False when it already has this result; another result reverses the first one's entry.

    The money goes to the wallet it came from. UsageError for another result in a period whose books are closed.
    """
    if bet["state"] == BetState.CANCELLED:
        raise UsageError(f"BET-{bet['id']:06d} was cancelled: a cancelled bet is not settled")
    if bet["state"] == BetState.SETTLED:
        if bet["result"] == verdict.result:
            return False
        _refuse_closed(conn, bet)
        told = f"{bet['result']} corrected to {verdict.result.value}"
        _reverse_settlement(conn, bet["id"], verdict.at, verdict.created_by, told)
    returned = returned_minor(bet, verdict.result)
    entry = _pay(conn, bet, returned, verdict)
    profit = returned - bet["risk_minor"]
    at = to_micros(verdict.at)
    conn.execute(
        "UPDATE bets SET state = 'settled', result = ?, return_minor = ?, profit_minor = ?, settled_at = ?,"
        " review_reason = '', updated_at = ? WHERE id = ?",
        (verdict.result.value, returned, profit, at, at, bet["id"]),
    )
    conn.execute(
        "INSERT INTO settlements (bet_id, number, result, return_minor, profit_minor, result_id, entry_id)"
        " VALUES (?1, (SELECT count(*) + 1 FROM settlements WHERE bet_id = ?1), ?2, ?3, ?4, ?5, ?6)",
        (
            bet["id"],
            verdict.result.value,
            returned,
            profit,
            verdict.result_row,
            entry,
        ),
    )
    fix_closing(conn, bet["id"])
    return True


def cancel(conn: sqlite3.Connection, command: CancelBet, now: datetime) -> Refusal | None:
    """Give the stake back before the start and the result. None when it is cancelled, now or before."""
    bet = bet_row(conn, command.bet_id)
    if bet["state"] == BetState.CANCELLED:
        return None
    if bet["state"] == BetState.SETTLED:
        raise UsageError(f"BET-{bet['id']:06d} is settled: only an open bet can be cancelled")
    over = why_order_over(conn, bet["order_id"], now)
    if over is not None:
        return Refusal(RefusalCode.EVENT_STARTED, f"{over}: the bet stands")
    risk = bet["risk_minor"]
    post_entry(
        conn,
        Entry(
            account_id=bet["account_id"],
            kind=EntryKind.BET_REFUND,
            at=now,
            created_by=command.created_by,
            postings=(Posting(LedgerKind.OPEN_BETS, -risk), Posting(LedgerKind.WALLET, risk, _purse(conn, bet))),
            reason=command.reason or "cancelled",
            bet_id=bet["id"],
        ),
    )
    conn.execute(
        "UPDATE bets SET state = 'cancelled', review_reason = '', updated_at = ? WHERE id = ?",
        (to_micros(now), bet["id"]),
    )
    return None


def withdraw(conn: sqlite3.Connection, bet: sqlite3.Row, pending: Pending) -> None:
    """Open a settled bet again: its payout is taken back and its stake reserved as before.

    UsageError in a period whose books are closed: there it stays settled.
    """
    _refuse_closed(conn, bet, pending.reason)
    told = f"{bet['result']} taken back: {pending.reason or 'there is no result any more'}"
    last = _reverse_settlement(conn, bet["id"], pending.at, pending.created_by, told)
    conn.execute("UPDATE settlements SET withdrawn = 1 WHERE bet_id = ? AND number = ?", (bet["id"], last))
    conn.execute(
        "UPDATE bets SET state = ?, review_reason = ?, result = NULL, return_minor = NULL, profit_minor = NULL,"
        " settled_at = NULL, clv_price = NULL, clv_net_odds = NULL, closing_missing = NULL, updated_at = ?"
        " WHERE id = ?",
        (pending.state.value, pending.reason, to_micros(pending.at), bet["id"]),
    )


def hold(conn: sqlite3.Connection, bet: sqlite3.Row, pending: Pending) -> bool:
    """Leave an open bet open, for this reason; its money stays reserved. False when nothing is new."""
    if bet["state"] not in (BetState.PENDING, BetState.REVIEW):
        raise UsageError(f"BET-{bet['id']:06d} is {bet['state']}: only an open bet is reviewed")
    if (bet["state"], bet["review_reason"]) == (pending.state, pending.reason):
        return False
    conn.execute(
        "UPDATE bets SET state = ?, review_reason = ?, updated_at = ? WHERE id = ?",
        (pending.state.value, pending.reason, to_micros(pending.at), bet["id"]),
    )
    return True


def review(conn: sqlite3.Connection, bet: sqlite3.Row, reason: str, now: datetime) -> bool:
    """Put an open bet up for review. False when it already is, for this reason."""
    return hold(conn, bet, Pending(BetState.REVIEW, reason, now, ""))


def returned_minor(bet: sqlite3.Row, result: BetResult) -> int:
    """What comes back, what was reserved included; one rounding."""
    if Side(bet["side"]) is Side.LAY:
        return lay_return_minor(bet["stake_minor"], bet["risk_minor"], result)
    return return_minor(bet["stake_minor"], price_of(bet).exact, result, Funding(bet["funding"]))


def _pay(conn: sqlite3.Connection, bet: sqlite3.Row, returned: int, verdict: Verdict) -> int:
    risk = bet["risk_minor"]
    refund = verdict.result in (BetResult.PUSH, BetResult.VOID)
    return post_entry(
        conn,
        Entry(
            account_id=bet["account_id"],
            kind=EntryKind.BET_REFUND if refund else EntryKind.BET_PAYOUT,
            at=verdict.at,
            created_by=verdict.created_by,
            postings=(
                Posting(LedgerKind.OPEN_BETS, -risk),
                Posting(LedgerKind.HOUSE, risk - returned),
                Posting(LedgerKind.WALLET, returned, _purse(conn, bet)),
            ),
            reason=verdict.reason,
            bet_id=bet["id"],
        ),
    )


def _purse(conn: sqlite3.Connection, bet: sqlite3.Row) -> str:
    return purse_of_bet(conn, bet["account_id"], bet["id"], bet["order_id"])


def _refuse_closed(conn: sqlite3.Connection, bet: sqlite3.Row, because: str = "") -> None:
    period = conn.execute("SELECT number, ended_at FROM account_periods WHERE id = ?", (bet["period_id"],)).fetchone()
    if period["ended_at"] is not None:
        raise UsageError(
            f"{because}{'; ' if because else ''}BET-{bet['id']:06d} belongs to period {period['number']}, whose books"
            f" are closed: it stays a {bet['result']}"
        )


def _reverse_settlement(conn: sqlite3.Connection, bet: int, at: datetime, created_by: str, reason: str) -> int:
    """The number of the settlement that was reversed."""
    last = conn.execute(
        "SELECT number, entry_id FROM settlements WHERE bet_id = ? ORDER BY number DESC LIMIT 1", (bet,)
    ).fetchone()
    reversal = reverse_entry(conn, last["entry_id"], at, created_by, reason)
    conn.execute(
        "UPDATE settlements SET reversed_by_entry_id = ? WHERE bet_id = ? AND number = ?",
        (reversal, bet, last["number"]),
    )
    return int(last["number"])
