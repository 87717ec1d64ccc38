"""Accounts and double entry: every movement is a journal entry whose postings sum to zero; balances are sums.

Plain functions over a connection inside one transaction. Positive amounts raise a ledger account, negative lower it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

import msgspec
from msgspec import Struct

from betting_tui.engine.core.accounts import AccountSettings
from betting_tui.engine.core.errors import LedgerError, UsageError
from betting_tui.engine.core.model import EntryKind
from betting_tui.engine.core.money import format_minor
from betting_tui.engine.core.refusals import Refusal, RefusalCode
from betting_tui.engine.core.times import from_micros, to_micros
from betting_tui.engine.store.identities import inserted, word_id
from betting_tui.engine.store.many_rows import write_many
from betting_tui.engine.store.shapes import AccountRow, AccountStatus, Balances


class LedgerKind(StrEnum):
    """The chart of accounts each paper account has. The first three are its own money: they make the bankroll."""

    WALLET = "wallet"
    OPEN_BETS = "open_bets"
    WORKING_ORDERS = "working_orders"
    HOUSE = "house"
    EXTERNAL = "external"
    BONUS = "bonus"
    FEES = "fees"


class Posting(Struct, frozen=True):
    kind: LedgerKind
    amount_minor: int
    bookmaker: str = ""


class Entry(Struct, frozen=True):
    """A journal entry to be booked, about a bet, an order or neither (row ids). Postings of zero are left out."""

    account_id: int
    kind: EntryKind
    at: datetime
    created_by: str
    postings: tuple[Posting, ...]
    reason: str = ""
    key: str | None = None
    order_id: int | None = None
    bet_id: int | None = None
    reverses_entry_id: int | None = None


def post_entry(conn: sqlite3.Connection, entry: Entry) -> int:
    """Book an entry; its row id. LedgerError when it does not sum to zero: a fault of the program, nothing is kept."""
    if sum(posting.amount_minor for posting in entry.postings) != 0:
        raise LedgerError(f"a {entry.kind.value} entry does not sum to zero: it was not booked")
    entry_id = _insert_entry(conn, entry)
    if entry_id is None:
        word_id(conn, entry.created_by)
        entry_id = _insert_entry(conn, entry)
        assert entry_id is not None
    wanted = [posting for posting in entry.postings if posting.amount_minor]
    if _post(conn, entry_id, entry.account_id, wanted) < len(wanted):
        missing = [posting for posting in wanted if not _in_chart(conn, entry.account_id, posting)]
        for posting in missing:
            _new_ledger_account(conn, entry.account_id, posting)
        _post(conn, entry_id, entry.account_id, missing)
    return entry_id


def post_entries(conn: sqlite3.Connection, entries: Sequence[Entry]) -> list[int]:
    """Book many; their row ids. LedgerError as post_entry: some may be written by then, so it needs a savepoint."""
    for entry in entries:
        if sum(posting.amount_minor for posting in entry.postings) != 0:
            raise LedgerError(f"a {entry.kind.value} entry does not sum to zero: it was not booked")
    first = conn.execute("SELECT ifnull(max(id), 0) + 1 FROM journal_entries").fetchone()[0]
    ids = list(range(first, first + len(entries)))
    authors = {name: word_id(conn, name) for name in {entry.created_by for entry in entries}}
    periods = {
        row["account_id"]: row["id"]
        for row in conn.execute("SELECT account_id, id FROM account_periods WHERE ended_at IS NULL").fetchall()
    }
    write_many(
        conn,
        "INSERT INTO journal_entries (id, account_id, period_id, kind, created_at, author_id, reason, order_id, bet_id,"
        " reverses_entry_id, idempotency_key) {rows}",
        [
            (entry_id, each.account_id, periods.get(each.account_id), each.kind.value, to_micros(each.at),
             authors[each.created_by], each.reason, each.order_id, each.bet_id, each.reverses_entry_id, each.key)
            for entry_id, each in zip(ids, entries, strict=True)
        ],
    )  # fmt: skip
    chart = _Chart(conn)
    write_many(
        conn,
        "INSERT INTO postings (entry_id, ledger_account_id, amount_minor) {rows}",
        [
            (entry_id, chart.row(each.account_id, posting), posting.amount_minor)
            for entry_id, each in zip(ids, entries, strict=True)
            for posting in each.postings
            if posting.amount_minor
        ],
    )
    return ids


class _Chart:
    """The ledger accounts of all accounts, read once for many postings."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn
        self._rows: dict[tuple[int, str, str], int] = {
            (row["account_id"], row["kind"], row["bookmaker"]): row["id"]
            for row in conn.execute("SELECT id, account_id, kind, bookmaker FROM ledger_accounts").fetchall()
        }

    def row(self, account_id: int, posting: Posting) -> int:
        place = (account_id, posting.kind.value, posting.bookmaker)
        if place not in self._rows:
            self._rows[place] = _new_ledger_account(self._conn, account_id, posting)
        return self._rows[place]


def _insert_entry(conn: sqlite3.Connection, entry: Entry) -> int | None:
    """None where its author has no row yet."""
    written = conn.execute(
        "INSERT INTO journal_entries (account_id, period_id, kind, created_at, author_id, reason, order_id, bet_id,"
        " reverses_entry_id, idempotency_key)"
        " SELECT ?1, (SELECT id FROM account_periods WHERE account_id = ?1 AND ended_at IS NULL),"
        " ?2, ?3, id, ?5, ?6, ?7, ?8, ?9 FROM words WHERE text = ?4",
        (
            entry.account_id,
            entry.kind.value,
            to_micros(entry.at),
            entry.created_by,
            entry.reason,
            entry.order_id,
            entry.bet_id,
            entry.reverses_entry_id,
            entry.key,
        ),
    )
    return written.lastrowid if written.rowcount else None


def _post(conn: sqlite3.Connection, entry_id: int, account_id: int, postings: Sequence[Posting]) -> int:
    """How many were written: those whose ledger account is in the chart."""
    if not postings:
        return 0
    values = [value for each in postings for value in (each.kind.value, each.bookmaker, each.amount_minor)]
    return conn.execute(
        "INSERT INTO postings (entry_id, ledger_account_id, amount_minor)"
        f" SELECT ?, la.id, w.column3 FROM (VALUES {', '.join(['(?, ?, ?)'] * len(postings))}) w"
        " CROSS JOIN ledger_accounts la ON la.account_id = ? AND la.kind = w.column1 AND la.bookmaker = w.column2",
        (entry_id, *values, account_id),
    ).rowcount


def _in_chart(conn: sqlite3.Connection, account_id: int, posting: Posting) -> bool:
    row = conn.execute(
        "SELECT 1 FROM ledger_accounts WHERE account_id = ? AND kind = ? AND bookmaker = ?",
        (account_id, posting.kind.value, posting.bookmaker),
    ).fetchone()
    return row is not None


def reverse_entry(conn: sqlite3.Connection, entry_id: int, at: datetime, created_by: str, reason: str) -> int:
    """Book the opposite of an entry; the entry itself stays."""
    entry = conn.execute("SELECT * FROM journal_entries WHERE id = ?", (entry_id,)).fetchone()
    postings = conn.execute(
        "SELECT la.kind, la.bookmaker, p.amount_minor FROM postings p JOIN ledger_accounts la"
        " ON la.id = p.ledger_account_id WHERE p.entry_id = ?",
        (entry_id,),
    ).fetchall()
    return post_entry(
        conn,
        Entry(
            account_id=entry["account_id"],
            kind=EntryKind.CORRECTION,
            at=at,
            created_by=created_by,
            postings=tuple(Posting(LedgerKind(p["kind"]), -p["amount_minor"], p["bookmaker"]) for p in postings),
            reason=reason,
            order_id=entry["order_id"],
            bet_id=entry["bet_id"],
            reverses_entry_id=entry_id,
        ),
    )


def available_minor(conn: sqlite3.Connection, account_id: int) -> int:
    return _sum_of(conn, account_id, (LedgerKind.WALLET,))


def balances(conn: sqlite3.Connection, account_id: int) -> Balances:
    available = available_minor(conn, account_id)
    reserved = _sum_of(conn, account_id, (LedgerKind.OPEN_BETS, LedgerKind.WORKING_ORDERS))
    open_bets = conn.execute(
        "SELECT count(*) FROM bets WHERE account_id = ? AND state IN ('pending', 'review')", (account_id,)
    ).fetchone()[0]
    return Balances(available + reserved, available, reserved, int(open_bets))


def find_account(conn: sqlite3.Connection, name: str) -> AccountRow | None:
    row = conn.execute(f"{_ACCOUNTS} WHERE a.name = ?", (name,)).fetchone()
    return None if row is None else _account(row)


def account(conn: sqlite3.Connection, name: str) -> AccountRow:
    """Raises UsageError that names the accounts there are."""
    found = find_account(conn, name)
    if found is None:
        names = ", ".join(row.name for row in accounts(conn)) or "none yet"
        raise UsageError(f"there is no account {name!r}: the accounts are {names}")
    return found


def accounts(conn: sqlite3.Connection) -> tuple[AccountRow, ...]:
    return tuple(_account(row) for row in conn.execute(f"{_ACCOUNTS} ORDER BY a.id"))


def purse_name(owner: AccountRow, bookmaker: str) -> str:
    """Which wallet a bet there is paid from: the bookmaker's where the account keeps money there, else its own ''."""
    return bookmaker if owner.settings.book_balances else ""


def purse_minor(conn: sqlite3.Connection, account_id: int, bookmaker: str) -> int:
    """What lies in one wallet; '' is the account's own."""
    row = conn.execute(
        "SELECT balance_minor FROM ledger_accounts WHERE account_id = ? AND kind = 'wallet' AND bookmaker = ?",
        (account_id, bookmaker),
    ).fetchone()
    return 0 if row is None else int(row["balance_minor"])


def purses(conn: sqlite3.Connection, account_id: int) -> dict[str, int]:
    """What lies in each wallet, the account's own '' first."""
    rows = conn.execute(
        "SELECT bookmaker, balance_minor FROM ledger_accounts WHERE account_id = ? AND kind = 'wallet'"
        " ORDER BY bookmaker",
        (account_id,),
    )
    return {row["bookmaker"]: int(row["balance_minor"]) for row in rows}


def purse_of_bet(conn: sqlite3.Connection, owner_id: int, bet: int, order: int) -> str:
    """The wallet a bet's money came from and goes back to, however the account keeps its money by now.

    For a free bet, which took none, the one its winnings have gone to before, else as money is kept now.
    """
    paid = conn.execute(
        "SELECT la.bookmaker FROM journal_entries j JOIN postings p ON p.entry_id = j.id"
        " JOIN ledger_accounts la ON la.id = p.ledger_account_id WHERE la.kind = 'wallet' AND j.id = coalesce("
        " (SELECT min(j.id) FROM journal_entries j JOIN postings p ON p.entry_id = j.id JOIN ledger_accounts la"
        " ON la.id = p.ledger_account_id WHERE j.bet_id = ?1 AND la.kind = 'wallet'),"
        " (SELECT id FROM journal_entries WHERE order_id = ?2 AND kind = 'reserve'))",
        (bet, order),
    ).fetchone()
    if paid is not None:
        return str(paid["bookmaker"])
    row = conn.execute(
        "SELECT a.settings, w.text FROM orders o JOIN words w ON w.id = o.bookmaker_id, accounts a"
        " WHERE o.id = ? AND a.id = ?",
        (order, owner_id),
    ).fetchone()
    return str(row["text"]) if settings_of(row["settings"]).book_balances else ""


def purses_of_bets(conn: sqlite3.Connection, bets: Sequence[int]) -> dict[int, str]:
    """As purse_of_bet, of those (row ids) that were paid for with the entry of their placing."""
    rows = conn.execute(
        "SELECT b.value AS bet, (SELECT la.bookmaker FROM journal_entries j CROSS JOIN postings p ON p.entry_id = j.id"
        " CROSS JOIN ledger_accounts la ON la.id = p.ledger_account_id"
        " WHERE j.bet_id = b.value AND la.kind = 'wallet' ORDER BY j.id LIMIT 1) AS purse FROM json_each(?) b",
        (msgspec.json.encode(bets).decode(),),
    ).fetchall()
    return {row["bet"]: row["purse"] for row in rows if row["purse"] is not None}


def not_enough(wanted_minor: int, available: int, currency: str, bookmaker: str = "") -> Refusal:
    """`bookmaker` names the wallet that is short; '' is the account's own."""
    wanted, there = format_minor(wanted_minor, currency), format_minor(available, currency)
    where = f" at {bookmaker}: transfer money there first" if bookmaker else ""
    return Refusal(RefusalCode.INSUFFICIENT_AVAILABLE, f"{wanted} {currency} wanted, {there} available{where}")


def book_starting_bankroll(
    conn: sqlite3.Connection, account_id: int, starting_minor: int, now: datetime, created_by: str
) -> bool:
    """Give an untouched account another starting bankroll. False when it has bets or movements of its own."""
    touched = conn.execute(
        "SELECT (SELECT count(*) FROM bets WHERE account_id = ?1) + (SELECT count(*) FROM journal_entries"
        " WHERE account_id = ?1 AND ifnull(idempotency_key, '') <> 'starting-bankroll')",
        (account_id,),
    ).fetchone()[0]
    if touched:
        return False
    difference = starting_minor - available_minor(conn, account_id)
    if difference:
        kind = EntryKind.DEPOSIT if difference > 0 else EntryKind.WITHDRAWAL
        reason = "starting bankroll of the imported file"
        post_entry(conn, Entry(account_id, kind, now, created_by, moved_in(difference), reason))
        conn.execute(
            "UPDATE account_periods SET starting_minor = ? WHERE account_id = ? AND ended_at IS NULL",
            (starting_minor, account_id),
        )
    return True


_ACCOUNTS = """
    SELECT a.id, a.name, a.status, a.currency, a.time_zone, a.created_at, a.settings, p.starting_minor, p.number
    FROM accounts a JOIN account_periods p ON p.account_id = a.id AND p.ended_at IS NULL
"""


def _account(row: sqlite3.Row) -> AccountRow:
    return AccountRow(
        id=row["id"],
        name=row["name"],
        status=AccountStatus(row["status"]),
        currency=row["currency"],
        time_zone=row["time_zone"],
        starting_minor=row["starting_minor"],
        created_at=from_micros(row["created_at"]),
        period=row["number"],
        settings=settings_of(row["settings"]),
    )


def settings_of(text: str) -> AccountSettings:
    """An account's settings as stored. LedgerError when they cannot be read."""
    try:
        return msgspec.json.decode(text, type=AccountSettings)
    except msgspec.MsgspecError as error:
        raise LedgerError(f"an account's settings cannot be read ({error}): restore a backup") from error


def moved_in(amount_minor: int) -> tuple[Posting, ...]:
    """Into the account's own wallet from outside; out of it when negative."""
    return Posting(LedgerKind.WALLET, amount_minor), Posting(LedgerKind.EXTERNAL, -amount_minor)


def _sum_of(conn: sqlite3.Connection, account_id: int, kinds: tuple[LedgerKind, ...]) -> int:
    marks = ", ".join("?" * len(kinds))
    return int(
        conn.execute(
            f"SELECT ifnull(sum(balance_minor), 0) FROM ledger_accounts WHERE account_id = ? AND kind IN ({marks})",
            (account_id, *(kind.value for kind in kinds)),
        ).fetchone()[0]
    )


def _new_ledger_account(conn: sqlite3.Connection, account_id: int, posting: Posting) -> int:
    return inserted(
        conn,
        "INSERT INTO ledger_accounts (account_id, kind, bookmaker) VALUES (?, ?, ?)",
        (account_id, posting.kind.value, posting.bookmaker),
    )
