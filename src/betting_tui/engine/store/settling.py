"""One bet's end: settled, corrected, cancelled, or put up for review. Money moves by entries, never by edits."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from types import MappingProxyType

from msgspec import Struct

from betting_tui.engine.core.commands import CancelBet
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.grades import WHOLE
from betting_tui.engine.core.model import BetResult, BetState, EntryKind
from betting_tui.engine.core.payout import NOTHING
from betting_tui.engine.core.places import Finish
from betting_tui.engine.core.refusals import Refusal, RefusalCode
from betting_tui.engine.core.times import to_micros
from betting_tui.engine.store.bettable import why_order_over
from betting_tui.engine.store.closing_values import COMPARED, Compared, keep_copies
from betting_tui.engine.store.columns import Columns
from betting_tui.engine.store.event_closes import EventCloses, closing_of
from betting_tui.engine.store.identities import micros
from betting_tui.engine.store.ledger import (
    Entry,
    LedgerKind,
    Posting,
    post_entries,
    post_entry,
    purse_of_bet,
    purses_of_bets,
    reverse_entry,
)
from betting_tui.engine.store.many_rows import write_many
from betting_tui.engine.store.payments import BETS, Ended, commissions, ended_of, finish_of, fraction, gross_minor

_KEEPER = "engine"
# Why the books of a bet were changed that ended as before.
SHARED_ANEW = "the market's commission is shared anew"
_BET_ID = re.compile(r"(?:bet-?)?0*(\d{1,15})", re.IGNORECASE)


class Verdict(Struct, frozen=True):
    """How a bet ended, and on whose word: `result_row` is the stored result it was graded from, None by hand.

    `share`, `deduction`, `multiple`, `finish`: as in Ended. `by_money`: the multiple is what was paid, and not its
    legs'.
    """

    result: BetResult
    at: datetime
    created_by: str
    reason: str = ""
    result_row: int | None = None
    share: Fraction = WHOLE
    deduction: Fraction = NOTHING
    multiple: Fraction | None = None
    by_money: bool = False
    finish: Finish | None = None

    @property
    def ended(self) -> Ended:
        return Ended(self.result, self.share, self.deduction, self.multiple, self.finish)


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
        _reverse_settlement(conn, bet["id"], verdict.at, verdict.created_by, told)
    else:
        # What it is compared with stays, whatever becomes of its result or its start after that.
        compared = closing_of(conn, bet)
    commission, peers = commissions(conn, bet, verdict.ended, coming)
    _book(conn, Booking(bet, verdict, returned, _purse(conn, bet), commission, compared))
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


_ENDED = ("result", "return_minor", "commission_minor", "profit_minor", "settled_at")


def _end_bets(columns: Sequence[str]) -> str:
    """The statement that settles bets: its rows are their ids and these columns."""
    values = ", ".join(f"{name} = ended.column{place}" for place, name in enumerate(columns, start=2))
    return (
        f"UPDATE bets SET state = 'settled', review_reason = '', wait_until = NULL, {values} FROM ({{rows}}) ended"
        " WHERE bets.id = ended.column1"
    )


class Booking(Struct, frozen=True):
    """What is to be written of a bet's end. `compared` None leaves its closes as they are; `settled_at` (microseconds)
    None is the verdict's moment."""

    bet: Columns
    verdict: Verdict
    returned_minor: int
    purse: str
    commission_minor: int = 0
    compared: Compared | None = None
    settled_at: int | None = None
    confirmed_by: str = ""

    @property
    def profit_minor(self) -> int:
        return self.returned_minor - self.commission_minor - int(self.bet["risk_minor"])

    @property
    def ended(self) -> tuple[object, ...]:
        """The values of _ENDED, in its order."""
        return (self.verdict.result.value, self.returned_minor, self.commission_minor, self.profit_minor,
                self.settled_at or to_micros(self.verdict.at))  # fmt: skip


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
    _write(conn, bookings, post_entries(conn, [_payment(each) for each in bookings]))


def _book(conn: sqlite3.Connection, each: Booking) -> None:
    """The entries, and the settlement as the bet's and its history's."""
    entry = post_entry(conn, _payment(each))
    fee = post_entry(conn, _charge(each)) if each.commission_minor else None
    _write(conn, (each,), (entry,), fee)


def _write(
    conn: sqlite3.Connection, bookings: Sequence[Booking], entries: Sequence[int], fee: int | None = None
) -> None:
    """`entries`: of each booking's payment. `fee`: the entry of the only booking's commission."""
    write_many(
        conn,
        _end_bets((*_ENDED, *COMPARED)),
        [(each.bet["id"], *each.ended, *each.compared.columns()) for each in bookings if each.compared is not None],
    )
    write_many(conn, _end_bets(_ENDED), [(each.bet["id"], *each.ended) for each in bookings if each.compared is None])
    keep_copies(conn, [(each.bet["id"], each.compared) for each in bookings if each.compared is not None])
    write_many(
        conn,
        "INSERT INTO settlements (bet_id, number, result, return_minor, profit_minor, result_id, entry_id,"
        " confirmed_by) SELECT column1, (SELECT count(*) + 1 FROM settlements WHERE bet_id = column1), column2,"
        " column3, column4, column5, column6, column7 FROM ({rows})",
        [
            (each.bet["id"], each.verdict.result.value, each.returned_minor, each.profit_minor,
             each.verdict.result_row, entry, each.confirmed_by)
            for each, entry in zip(bookings, entries, strict=True)
        ],
    )  # fmt: skip
    conn.executemany(
        "INSERT INTO settlement_terms (bet_id, number, share, deduction, multiple, place, tied, commission_minor,"
        " commission_entry_id) VALUES (?1, (SELECT max(number) FROM settlements WHERE bet_id = ?1), ?2, ?3, ?4, ?5, ?6,"
        " ?7, ?8)",
        [
            (each.bet["id"], *terms, each.commission_minor, fee)
            for each in bookings
            for terms in (_terms(each.verdict),)
            if fee is not None or any(term is not None for term in terms)
        ],
    )


def _terms(verdict: Verdict) -> tuple[str | None, str | None, str | None, int | None, int | None]:
    """Share, deduction, what a parlay paid, place and how many shared it, where there are any."""
    return (
        None if verdict.share is WHOLE or verdict.share == WHOLE else str(verdict.share),
        None if verdict.deduction is NOTHING or verdict.deduction == NOTHING else str(verdict.deduction),
        str(verdict.multiple) if verdict.by_money else None,
        None if verdict.finish is None else verdict.finish.place,
        None if verdict.finish is None else verdict.finish.tied,
    )


def _charge(each: Booking) -> Entry:
    fee, percent = each.commission_minor, 100 * float(Fraction(each.bet["commission"]))
    return Entry(
        account_id=each.bet["account_id"],
        kind=EntryKind.COMMISSION,
        at=each.verdict.at,
        created_by=each.verdict.created_by,
        postings=(Posting(LedgerKind.WALLET, -fee, each.purse), Posting(LedgerKind.HOUSE, fee)),
        reason=f"{percent:g} % of the market's net winnings",
        bet_id=each.bet["id"],
    )


def _recharge(conn: sqlite3.Connection, bet: Columns, commission: int, at: datetime) -> None:
    """Book a settled bet anew with another share of its market's commission: everything else stays as it was."""
    ended = ended_of(bet)
    _reverse_settlement(conn, bet["id"], at, _KEEPER, SHARED_ANEW)
    verdict = Verdict(ended.result, at, _KEEPER, SHARED_ANEW, bet["result_id"], ended.share, ended.deduction,
                      finish=ended.finish)  # fmt: skip
    _book(
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
    last = _reverse_settlement(conn, bet["id"], pending.at, pending.created_by, told)
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


def _payment(each: Booking) -> Entry:
    risk, returned = each.bet["risk_minor"], each.returned_minor
    refund = each.verdict.result in (BetResult.PUSH, BetResult.VOID)
    return Entry(
        account_id=each.bet["account_id"],
        kind=EntryKind.BET_REFUND if refund else EntryKind.BET_PAYOUT,
        at=each.verdict.at,
        created_by=each.verdict.created_by,
        postings=(
            Posting(LedgerKind.OPEN_BETS, -risk),
            Posting(LedgerKind.HOUSE, risk - returned),
            Posting(LedgerKind.WALLET, returned, each.purse),
        ),
        reason=each.verdict.reason,
        bet_id=each.bet["id"],
    )


def _purse(conn: sqlite3.Connection, bet: Columns) -> str:
    return purse_of_bet(conn, bet["account_id"], bet["id"], bet["order_id"])


def _refuse_closed(conn: sqlite3.Connection, bet: Columns, because: str = "") -> None:
    period = conn.execute("SELECT number, ended_at FROM account_periods WHERE id = ?", (bet["period_id"],)).fetchone()
    if period["ended_at"] is not None:
        raise UsageError(
            f"{because}{'; ' if because else ''}BET-{bet['id']:06d} belongs to period {period['number']}, whose books"
            f" are closed: it stays a {bet['result']}"
        )


def _reverse_settlement(conn: sqlite3.Connection, bet: int, at: datetime, created_by: str, reason: str) -> int:
    """The number of the settlement that was reversed."""
    last = conn.execute(
        "SELECT t.number, t.entry_id, x.commission_entry_id FROM settlements t LEFT JOIN settlement_terms x"
        " ON x.bet_id = t.bet_id AND x.number = t.number WHERE t.bet_id = ? ORDER BY t.number DESC LIMIT 1",
        (bet,),
    ).fetchone()
    if last["commission_entry_id"] is not None:
        reverse_entry(conn, last["commission_entry_id"], at, created_by, reason)
    reversal = reverse_entry(conn, last["entry_id"], at, created_by, reason)
    conn.execute(
        "UPDATE settlements SET reversed_by_entry_id = ? WHERE bet_id = ? AND number = ?",
        (reversal, bet, last["number"]),
    )
    return int(last["number"])
