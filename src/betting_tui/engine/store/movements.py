"""An account's money put in, taken out, and moved between its wallets: each is booked once for one key."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from betting_tui.engine.core.accounts import WALLET
from betting_tui.engine.core.commands import Deposit, Transfer, Withdraw
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.model import EntryKind
from betting_tui.engine.core.money import MAX_MINOR, format_minor
from betting_tui.engine.core.refusals import Refusal
from betting_tui.engine.store.ledger import Entry, LedgerKind, Posting, account, not_enough, post_entry, purse_minor
from betting_tui.engine.store.shapes import AccountRow

# A key names one movement of its direction, whatever kind it is of.
_KEYED = {Deposit: "deposit", Withdraw: "withdrawal", Transfer: "transfer"}


def deposit(conn: sqlite3.Connection, command: Deposit, now: datetime) -> int:
    """The entry's row id; the same key gives the entry it made the first time. UsageError when that was another."""
    owner = account(conn, command.account)
    kind = EntryKind(command.kind)
    giver = LedgerKind.BONUS if kind is EntryKind.BONUS else LedgerKind.EXTERNAL
    put_in = Posting(LedgerKind.WALLET, command.amount_minor, command.bookmaker)
    entry = _entry(owner, command, kind, now, put_in, Posting(giver, -command.amount_minor))
    repeated = _repeated(conn, owner, entry, command.key)
    if repeated is not None:
        return repeated
    _check_purse(owner, command.bookmaker)
    return post_entry(conn, entry)


def withdraw(conn: sqlite3.Connection, command: Withdraw, now: datetime) -> int | Refusal:
    """The entry's row id, or that the money is not there. UsageError when the key has booked another entry."""
    owner = account(conn, command.account)
    kind = EntryKind(command.kind)
    taker = LedgerKind.FEES if kind is EntryKind.FEE else LedgerKind.EXTERNAL
    taken = Posting(LedgerKind.WALLET, -command.amount_minor, command.bookmaker)
    entry = _entry(owner, command, kind, now, taken, Posting(taker, command.amount_minor))
    repeated = _repeated(conn, owner, entry, command.key)
    if repeated is not None:
        return repeated
    _check_purse(owner, command.bookmaker)
    return _booked(conn, owner, entry, command.amount_minor, command.bookmaker)


def transfer(conn: sqlite3.Connection, command: Transfer, now: datetime) -> int | Refusal:
    """The entry's row id. UsageError for an account without book balances, from a place to itself, or when the key has
    booked another entry.

    Money that lies at a bookmaker may always come home, even where balances per bookmaker are off by now.
    """
    owner = account(conn, command.account)
    taken = Posting(LedgerKind.WALLET, -command.amount_minor, command.source)
    put_in = Posting(LedgerKind.WALLET, command.amount_minor, command.target)
    entry = _entry(owner, command, EntryKind.TRANSFER, now, taken, put_in)
    if command.source == command.target:
        raise UsageError("money is moved from one place to another: name two different ones")
    repeated = _repeated(conn, owner, entry, command.key)
    if repeated is not None:
        return repeated
    _check_purse(owner, command.target)
    return _booked(conn, owner, entry, command.amount_minor, command.source)


def moved_text(amount_minor: int, currency: str, source: str, target: str) -> str:
    """`5.00 USD from wallet to fanduel`; '' is the account's own wallet."""
    return f"{format_minor(amount_minor, currency)} {currency} from {source or WALLET} to {target or WALLET}"


def _entry(
    owner: AccountRow, command: Deposit | Withdraw | Transfer, kind: EntryKind, now: datetime, *postings: Posting
) -> Entry:
    """What this command books. UsageError for an amount that cannot be."""
    if not 0 < command.amount_minor <= MAX_MINOR:
        raise UsageError("an amount must be above zero and not above what this program keeps")
    return Entry(
        account_id=owner.id,
        kind=kind,
        at=now,
        created_by=command.created_by,
        postings=postings,
        reason=command.reason,
        key=f"{_KEYED[type(command)]}:{command.key}",
    )


def _booked(conn: sqlite3.Connection, owner: AccountRow, entry: Entry, wanted: int, purse: str) -> int | Refusal:
    there = purse_minor(conn, owner.id, purse)
    if there < wanted:
        return not_enough(wanted, there, owner.currency, purse)
    return post_entry(conn, entry)


def _repeated(conn: sqlite3.Connection, owner: AccountRow, entry: Entry, key: str) -> int | None:
    """The entry an earlier request with this key made. UsageError when it was not the same movement."""
    rows = conn.execute(
        "SELECT j.id, j.kind, la.kind AS place, la.bookmaker, p.amount_minor FROM journal_entries j"
        " JOIN postings p ON p.entry_id = j.id JOIN ledger_accounts la ON la.id = p.ledger_account_id"
        " WHERE j.account_id = ? AND j.idempotency_key = ?",
        (owner.id, entry.key),
    ).fetchall()
    if not rows:
        return None
    kind, entry_id = EntryKind(rows[0]["kind"]), int(rows[0]["id"])
    postings = tuple(Posting(LedgerKind(row["place"]), row["amount_minor"], row["bookmaker"]) for row in rows)
    if kind is entry.kind and set(postings) == set(entry.postings):
        return entry_id
    raise UsageError(
        f"the key {key!r} has already booked a {kind.value} of {_told(postings, owner.currency)} (entry {entry_id}):"
        " use another"
    )


def _told(postings: tuple[Posting, ...], currency: str) -> str:
    moved = [posting for posting in postings if posting.kind is LedgerKind.WALLET]
    if len(moved) == 2:
        source, target = sorted(moved, key=lambda posting: posting.amount_minor)
        return moved_text(target.amount_minor, currency, source.bookmaker, target.bookmaker)
    where = f" at {moved[0].bookmaker}" if moved[0].bookmaker else ""
    return f"{format_minor(moved[0].amount_minor, currency, sign=True)} {currency}{where}"


def _check_purse(owner: AccountRow, bookmaker: str) -> None:
    if bookmaker and not owner.settings.book_balances:
        raise UsageError(
            f"{owner.name} keeps one wallet for all bookmakers: leave {bookmaker} out, or let the account keep a"
            " balance per bookmaker first"
        )
