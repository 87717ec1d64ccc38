"""How a bet's end is booked: payment and charge as entries, the settlement in the bet and in its history."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction

from msgspec import Struct

from betting_tui.engine.core.grades import WHOLE
from betting_tui.engine.core.model import BetResult, EntryKind
from betting_tui.engine.core.payout import NOTHING
from betting_tui.engine.core.places import Finish
from betting_tui.engine.core.times import to_micros
from betting_tui.engine.store.closing_values import COMPARED, Compared, keep_copies
from betting_tui.engine.store.columns import Columns
from betting_tui.engine.store.ledger import Entry, LedgerKind, Posting, post_entries, post_entry, reverse_entry
from betting_tui.engine.store.many_rows import write_many
from betting_tui.engine.store.payments import Ended


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


def book_end(conn: sqlite3.Connection, each: Booking) -> None:
    """The entries, and the settlement as the bet's and its history's."""
    entry = post_entry(conn, _payment(each))
    fee = post_entry(conn, _charge(each)) if each.commission_minor else None
    _write(conn, (each,), (entry,), fee)


def book_ends(conn: sqlite3.Connection, bookings: Sequence[Booking]) -> None:
    """The same of many bets without commission."""
    _write(conn, bookings, post_entries(conn, [_payment(each) for each in bookings]))


def reverse_end(conn: sqlite3.Connection, bet: int, at: datetime, created_by: str, reason: str) -> int:
    """Take the entries of the last settlement back. Answers the number of that settlement."""
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
