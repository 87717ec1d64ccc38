"""One bet's end: settled, corrected, cancelled, or put up for review. Money moves by entries, never by edits."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from msgspec import Struct

from betting_tui.engine.core.commands import CancelBet
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.grades import WHOLE
from betting_tui.engine.core.model import BetState, EntryKind
from betting_tui.engine.core.payout import NOTHING
from betting_tui.engine.core.refusals import Refusal, RefusalCode
from betting_tui.engine.core.times import to_micros
from betting_tui.engine.store.bettable import why_order_over
from betting_tui.engine.store.bookings import Booking, Verdict, book_end, book_ends, reverse_end
from betting_tui.engine.store.columns import Columns
from betting_tui.engine.store.event_closes import EventCloses, closing_of
from betting_tui.engine.store.identities import micros
from betting_tui.engine.store.ledger import Entry, LedgerKind, Posting, post_entry, purse_of_bet, purses_of_bets
from betting_tui.engine.store.payments import BETS, Ended, commissions, ended_of, finish_of, fraction, gross_minor

_KEEPER = "engine"
# Why the books of a bet were changed that ended as before.
SHARED_ANEW = "the market's commission is shared anew"
_BET_ID = re.compile(r"(?:bet-?)?0*(\d{1,15})", re.IGNORECASE)


class Pending(Struct, frozen=True):
    """Why a bet is open, and since when: `review` when a person has to look at it, else `pending`.

    `until`: when it is to be looked at again, None for a day after the start.
    """

    state: BetState
    reason: str
    at: datetime
    created_by: str
    until: datetime | None = None


def bet_number(text: str) -> int | None:
    """`BET-000007`, `bet-7` and `7` name bet 7; None for anything else."""
    match = _BET_ID.fullmatch(text.strip())
    return int(match[1]) if match else None


def bet_row(conn: sqlite3.Connection, bet_id: str) -> sqlite3.Row:
    """The stored bet. UsageError when there is none."""
    number = bet_number(bet_id)
    row = None if number is None else conn.execute(f"{BETS} WHERE b.id = ?", (number,)).fetchone()
    if row is None:
        raise UsageError(f"there is no bet {bet_id!r}: `bets list` shows them")
    assert isinstance(row, sqlite3.Row)
    return row


def settle(
    conn: sqlite3.Connection, bet: Columns, verdict: Verdict, coming: Mapping[int, Ended] = MappingProxyType({})
) -> bool:
    """Pay a bet out. False when it already ended so; another end reverses the first one's entries.

    The money goes to the wallet it came from. Where it shares a market's commission with other bets, theirs is booked
    anew; `coming` are those about to be settled themselves. UsageError for another result in a period whose books are
    closed.
    """
    if bet["state"] == BetState.CANCELLED:
        raise UsageError(f"BET-{bet['id']:06d} was cancelled: a cancelled bet is not settled")
    returned = gross_minor(bet, verdict.ended)
    compared = None
    if bet["state"] == BetState.SETTLED:
        if _ended_so(conn, bet, verdict, returned):
            return False
        _refuse_closed(conn, bet)
        again = " in other terms" if bet["result"] == verdict.result else ""
        told = f"{bet['result']} corrected to {verdict.result.value}{again}"
        reverse_end(conn, bet["id"], verdict.at, verdict.created_by, told)
    else:
        # What it is compared with stays, whatever becomes of its result or its start after that.
        compared = closing_of(conn, bet)
    commission, peers = commissions(conn, bet, verdict.ended, coming)
    book_end(conn, Booking(bet, verdict, returned, _purse(conn, bet), commission, compared))
    for peer in peers:
        _recharge(conn, peer.row, peer.commission_minor, verdict.at)
    return True


def share_anew(conn: sqlite3.Connection, bet: Columns, at: datetime) -> None:
    """Charge the other bets of its market without this one, which is open."""
    for peer in commissions(conn, bet, None)[1]:
        _recharge(conn, peer.row, peer.commission_minor, at)


def confirm(conn: sqlite3.Connection, bet: Columns, created_by: str) -> None:
    """A person who says what a feed has said makes it a person's word."""
    conn.execute(
        "UPDATE settlements SET confirmed_by = ? WHERE bet_id = ? AND reversed_by_entry_id IS NULL"
        " AND result_id IS NOT NULL AND confirmed_by = ''",
        (created_by, bet["id"]),
    )


def _ended_so(conn: sqlite3.Connection, bet: Columns, verdict: Verdict, returned: int) -> bool:
    if (bet["result"], bet["return_minor"]) != (verdict.result, returned):
        return False
    row = conn.execute(
        "SELECT x.share, x.deduction, x.place, x.tied FROM settlement_terms x JOIN settlements t ON t.bet_id = x.bet_id"
        " AND t.number = x.number WHERE x.bet_id = ? AND t.reversed_by_entry_id IS NULL",
        (bet["id"],),
    ).fetchone()
    said = (verdict.share, verdict.deduction, verdict.finish)
    if row is None:
        return said == (WHOLE, NOTHING, None)
    return said == (fraction(row["share"], WHOLE), fraction(row["deduction"], NOTHING), finish_of(row))


def settle_together(conn: sqlite3.Connection, ready: Sequence[tuple[Columns, Verdict]]) -> None:
    """Pay out open single bets without commission, each as `settle` does it.

    Raises what hinders one of them, and may have written others by then: to be called within a savepoint.
    """
    closes = EventCloses(conn, [bet for bet, _ in ready])
    paid = purses_of_bets(conn, [bet["id"] for bet, _ in ready])
    bookings = [
        Booking(
            bet,
            verdict,
            gross_minor(bet, verdict.ended),
            paid[bet["id"]] if bet["id"] in paid else _purse(conn, bet),
            compared=closes.of(bet),
        )
        # By number, as a statement of many takes them: in the order of the entries a result's rise and fall is told.
        for bet, verdict in sorted(ready, key=lambda each: int(each[0]["id"]))
    ]
    book_ends(conn, bookings)


def _recharge(conn: sqlite3.Connection, bet: Columns, commission: int, at: datetime) -> None:
    """Book a settled bet anew with another share of its market's commission: everything else stays as it was."""
    ended = ended_of(bet)
    reverse_end(conn, bet["id"], at, _KEEPER, SHARED_ANEW)
    verdict = Verdict(ended.result, at, _KEEPER, SHARED_ANEW, bet["result_id"], ended.share, ended.deduction,
                      finish=ended.finish)  # fmt: skip
    book_end(
        conn,
        Booking(
            bet,
            verdict,
            bet["return_minor"],
            _purse(conn, bet),
            commission,
            settled_at=bet["settled_at"],
            confirmed_by=bet["confirmed_by"],
        ),
    )


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
        "UPDATE bets SET state = 'cancelled', review_reason = '' WHERE id = ?",
        (bet["id"],),
    )
    return None


def withdraw(conn: sqlite3.Connection, bet: Columns, pending: Pending) -> None:
    """Open a settled bet again: its payout is taken back and its stake reserved as before.

    UsageError in a period whose books are closed: there it stays settled.
    """
    _refuse_closed(conn, bet, pending.reason)
    told = f"{bet['result']} taken back: {pending.reason or 'there is no result any more'}"
    last = reverse_end(conn, bet["id"], pending.at, pending.created_by, told)
    conn.execute("UPDATE settlements SET withdrawn = 1 WHERE bet_id = ? AND number = ?", (bet["id"], last))
    conn.execute(
        "UPDATE bets SET state = ?, review_reason = ?, result = NULL, return_minor = NULL, profit_minor = NULL,"
        " commission_minor = 0, wait_until = ?, settled_at = NULL, clv_price = NULL, clv_net_odds = NULL,"
        " clv_ev = NULL,"
        " clv_line = NULL, close_age_us = NULL, fair_age_us = NULL, close_after = NULL, fair_after = NULL,"
        " fair_missing = NULL, price_converted = 0, ev_converted = 0,"
        " closing_missing = NULL, reviewed_at = ? WHERE id = ?",
        (pending.state.value, pending.reason, micros(pending.until), to_micros(pending.at), bet["id"]),
    )
    share_anew(conn, bet, pending.at)


def hold(conn: sqlite3.Connection, bet: Columns, pending: Pending) -> bool:
    """Leave an open bet open, for this reason; its money stays reserved. False when nothing is new."""
    if bet["state"] not in (BetState.PENDING, BetState.REVIEW):
        raise UsageError(f"BET-{bet['id']:06d} is {bet['state']}: only an open bet is reviewed")
    until = micros(pending.until)
    if (bet["state"], bet["review_reason"], bet["wait_until"]) == (pending.state, pending.reason, until):
        return False
    conn.execute(
        "UPDATE bets SET state = ?, review_reason = ?, wait_until = ?, reviewed_at = ? WHERE id = ?",
        (pending.state.value, pending.reason, until, to_micros(pending.at), bet["id"]),
    )
    return True


def review(conn: sqlite3.Connection, bet: Columns, reason: str, now: datetime) -> bool:
    """Put an open bet up for review. False when it already is, for this reason."""
    return hold(conn, bet, Pending(BetState.REVIEW, reason, now, ""))


def _purse(conn: sqlite3.Connection, bet: Columns) -> str:
    return purse_of_bet(conn, bet["account_id"], bet["id"], bet["order_id"])


def _refuse_closed(conn: sqlite3.Connection, bet: Columns, because: str = "") -> None:
    period = conn.execute("SELECT number, ended_at FROM account_periods WHERE id = ?", (bet["period_id"],)).fetchone()
    if period["ended_at"] is not None:
        raise UsageError(
            f"{because}{'; ' if because else ''}BET-{bet['id']:06d} belongs to period {period['number']}, whose books"
            f" are closed: it stays a {bet['result']}"
        )
