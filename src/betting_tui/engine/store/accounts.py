"""Accounts: opened, changed, suspended, reset; which one is current."""

from __future__ import annotations

import re
import sqlite3
from datetime import datetime

import msgspec

from betting_tui.engine.core.accounts import AccountSettings, AccountStatus, Limits, SizingChoice
from betting_tui.engine.core.commands import (
    CancelOrder,
    ChangeAccount,
    OpenAccount,
    ResetAccount,
    SetAccountStatus,
    UseAccount,
)
from betting_tui.engine.core.errors import LedgerError, UsageError
from betting_tui.engine.core.model import BetResult, EntryKind
from betting_tui.engine.core.money import MAX_MINOR, format_minor
from betting_tui.engine.core.money_views import ResetDone
from betting_tui.engine.core.refusals import Refusal, RefusalCode
from betting_tui.engine.core.times import to_micros, zone_of
from betting_tui.engine.store import breakers, orders
from betting_tui.engine.store.bookings import Verdict
from betting_tui.engine.store.diary import audit
from betting_tui.engine.store.identities import inserted
from betting_tui.engine.store.ledger import (
    Entry,
    LedgerKind,
    Posting,
    account,
    accounts,
    balances,
    find_account,
    moved_in,
    post_entry,
    purses,
)
from betting_tui.engine.store.payments import BETS
from betting_tui.engine.store.sample import fill_sample
from betting_tui.engine.store.settling import settle
from betting_tui.engine.store.shapes import AccountRow, AccountSummary, NewAccount

STARTING = "starting-bankroll"
_CURRENCY = re.compile(r"[A-Za-z]{3}")


def open_account(conn: sqlite3.Connection, command: OpenAccount, now: datetime) -> AccountRow:
    """UsageError when the name is taken or one of its values cannot be."""
    taken = find_account(conn, command.name.strip())
    if taken is not None:
        raise UsageError(f"there is an account {taken.name!r} already: choose another name")
    owner = _open(
        conn,
        NewAccount(
            name=command.name,
            currency=command.currency,
            starting_minor=command.starting_minor,
            created_by=command.created_by,
            time_zone=command.time_zone,
            settings=command.settings,
        ),
        now,
    )
    if command.sample:
        fill_sample(conn, owner, now)
    return owner


def ensure_account(conn: sqlite3.Connection, new: NewAccount, now: datetime) -> AccountRow:
    """The account of that name as it is, opened when there is none."""
    return find_account(conn, new.name.strip()) or _open(conn, new, now)


def change(conn: sqlite3.Connection, command: ChangeAccount, now: datetime) -> AccountRow:
    """UsageError for settings that cannot be, and while money lies at bookmakers that would have no wallet any more."""
    owner = account(conn, command.account)
    _check_settings(command.settings)
    if owner.settings.book_balances and not command.settings.book_balances:
        _check_all_home(conn, owner)
    if command.settings == owner.settings:
        return owner
    _write(conn, owner, "settings", _as_text(command.settings), command.created_by, now)
    audit(conn, now, command.created_by, "account changed", owner.name, _as_text(command.settings))
    return account(conn, owner.name)


def set_status(conn: sqlite3.Connection, command: SetAccountStatus, now: datetime) -> AccountRow:
    owner = account(conn, command.account)
    if owner.status is command.status:
        return owner
    _write(conn, owner, "status", command.status.value, command.created_by, now)
    done = "account suspended" if command.status is AccountStatus.SUSPENDED else "account active again"
    audit(conn, now, command.created_by, done, owner.name, command.reason)
    return account(conn, owner.name)


def reset(conn: sqlite3.Connection, command: ResetAccount, now: datetime) -> ResetDone | Refusal:
    """Refusal(OPEN_POSITIONS) with open bets or working orders unless they may be voided.

    Everything is withdrawn, the period closed, the next one opened with its deposit. The same key gives the period it
    opened the first time. What stopped placing in the old period stops nothing in the new one.
    """
    owner = account(conn, command.account)
    before = _reset_before(conn, owner, command.key)
    if before is not None:
        return before
    starting = owner.starting_minor if command.starting_minor is None else command.starting_minor
    _check_starting(starting)
    bets = conn.execute(
        f"{BETS} WHERE b.account_id = ? AND b.state IN ('pending', 'review') ORDER BY b.id", (owner.id,)
    ).fetchall()
    working = orders.working_orders(conn, owner.id)
    if (bets or working) and not command.void_open:
        named = [_counted(len(bets), "open bet"), _counted(len(working), "working order")]
        there = ", ".join(each for each in named if each)
        return Refusal(RefusalCode.OPEN_POSITIONS, f"{there}: settle them or void them first")
    for order in working:
        orders.cancel_order(conn, CancelOrder(order.id, command.created_by, "the account is reset"), now)
    for bet in bets:
        settle(conn, bet, Verdict(BetResult.VOID, now, command.created_by, "the account is reset"))
    _close_period(conn, owner, command, now)
    voided = len(bets) + len(working)
    _open_period(conn, owner, starting, command, voided, now)
    told = f"period {owner.period + 1} with {format_minor(starting, owner.currency)} {owner.currency}, {voided} voided"
    audit(conn, now, command.created_by, "account reset", owner.name, _with_reason(told, command.reason))
    return ResetDone(owner.name, owner.period + 1, starting, voided)


def use(conn: sqlite3.Connection, command: UseAccount, now: datetime) -> AccountRow:
    """Remember it as the current one."""
    owner = account(conn, command.account)
    if current(conn) != owner.name:
        conn.execute(
            "INSERT INTO meta (key, value) VALUES ('current_account', ?1) ON CONFLICT DO UPDATE SET value = ?1",
            (owner.name,),
        )
        audit(conn, now, command.created_by, "account used", owner.name)
    return owner


def current(conn: sqlite3.Connection) -> str | None:
    """The account last used, None when none was chosen yet."""
    row = conn.execute("SELECT value FROM meta WHERE key = 'current_account'").fetchone()
    return None if row is None else str(row["value"])


def summaries(conn: sqlite3.Connection, now: datetime) -> tuple[AccountSummary, ...]:
    """In the order they were opened."""
    sums = {row["account_id"]: row for row in conn.execute("SELECT * FROM account_statistics").fetchall()}
    return tuple(
        AccountSummary(
            account=owner,
            balances=balances(conn, owner.id),
            settled_bets=sums[owner.id]["settled_bets"],
            turnover_minor=sums[owner.id]["turnover_minor"],
            profit_minor=sums[owner.id]["profit_minor"],
            breakers=breakers.in_force(conn, owner.id, now),
            drawdown_minor=sums[owner.id]["drawdown_minor"],
            free_profit_minor=_free_profit(conn, owner),
        )
        for owner in accounts(conn)
    )


def _free_profit(conn: sqlite3.Connection, owner: AccountRow) -> int:
    row = conn.execute(
        "SELECT ifnull(sum(profit_minor), 0) FROM bets INDEXED BY free_bets"
        " WHERE state = 'settled' AND risk_minor = 0"
        " AND period_id IN (SELECT id FROM account_periods WHERE account_id = ? AND ended_at IS NULL)",
        (owner.id,),
    ).fetchone()
    return int(row[0])


def _open(conn: sqlite3.Connection, new: NewAccount, now: datetime) -> AccountRow:
    name, at = new.name.strip(), to_micros(now)
    if not 1 <= len(name) <= 64 or not name.isprintable():
        raise UsageError("an account's name has 1 to 64 characters, all of them printable")
    if not _CURRENCY.fullmatch(new.currency):
        raise UsageError(f"{new.currency[:12]!r} is no currency: write its three letters, like USD or EUR")
    zone_of(new.time_zone)
    _check_starting(new.starting_minor)
    _check_settings(new.settings)
    account_id = inserted(
        conn,
        "INSERT INTO accounts (name, currency, time_zone, settings, created_at, updated_at, created_by, updated_by)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6, ?6)",
        (name, new.currency.upper(), new.time_zone, _as_text(new.settings), at, new.created_by),
    )
    conn.execute(
        "INSERT INTO account_periods (account_id, number, starting_minor, started_at, created_by)"
        " VALUES (?, 1, ?, ?, ?)",
        (account_id, new.starting_minor, at, new.created_by),
    )
    if new.starting_minor:
        postings = moved_in(new.starting_minor)
        post_entry(
            conn,
            Entry(account_id, EntryKind.DEPOSIT, now, new.created_by, postings, "starting bankroll", STARTING),
        )
    audit(conn, now, new.created_by, "account opened", name)
    return account(conn, name)


def _close_period(conn: sqlite3.Connection, owner: AccountRow, command: ResetAccount, now: datetime) -> None:
    """Take everything out, from every wallet, and end the period. A wallet below zero is made good."""
    held = {bookmaker: amount for bookmaker, amount in purses(conn, owner.id).items() if amount}
    total = sum(held.values())
    if held:
        out = tuple(Posting(LedgerKind.WALLET, -amount, bookmaker) for bookmaker, amount in held.items())
        post_entry(
            conn,
            Entry(
                account_id=owner.id,
                kind=EntryKind.WITHDRAWAL if total >= 0 else EntryKind.DEPOSIT,
                at=now,
                created_by=command.created_by,
                postings=(*out, Posting(LedgerKind.EXTERNAL, total)),
                reason=_with_reason(f"period {owner.period} closed", command.reason),
                key=f"reset:{command.key}",
            ),
        )
    if balances(conn, owner.id).bankroll_minor:
        raise LedgerError(f"{owner.name} holds money nobody owns: nothing was reset; run `ledger verify`")
    at = to_micros(now)
    conn.execute("UPDATE account_periods SET ended_at = ? WHERE account_id = ? AND ended_at IS NULL", (at, owner.id))
    conn.execute(
        "UPDATE breakers SET ended_at = ?, ended_by = ? WHERE account_id = ? AND ended_at IS NULL",
        (at, command.created_by, owner.id),
    )


def _open_period(
    conn: sqlite3.Connection, owner: AccountRow, starting: int, command: ResetAccount, voided: int, now: datetime
) -> None:
    conn.execute(
        "INSERT INTO account_periods (account_id, number, starting_minor, started_at, created_by, reason, reset_key,"
        " voided) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            owner.id,
            owner.period + 1,
            starting,
            to_micros(now),
            command.created_by,
            command.reason,
            command.key,
            voided,
        ),
    )
    if starting:
        post_entry(
            conn,
            Entry(
                account_id=owner.id,
                kind=EntryKind.DEPOSIT,
                at=now,
                created_by=command.created_by,
                postings=moved_in(starting),
                reason="starting bankroll",
                key=f"{STARTING}:{owner.period + 1}",
            ),
        )


def _reset_before(conn: sqlite3.Connection, owner: AccountRow, key: str) -> ResetDone | None:
    if not key:
        raise UsageError("a reset needs a key, so that it counts once however often it is sent")
    row = conn.execute(
        "SELECT number, starting_minor, voided FROM account_periods WHERE account_id = ? AND reset_key = ?",
        (owner.id, key),
    ).fetchone()
    return None if row is None else ResetDone(owner.name, row["number"], row["starting_minor"], row["voided"])


def _write(
    conn: sqlite3.Connection, owner: AccountRow, column: str, value: str, changed_by: str, now: datetime
) -> None:
    conn.execute(
        f"UPDATE accounts SET {column} = ?, updated_at = ?, updated_by = ? WHERE id = ?",
        (value, to_micros(now), changed_by, owner.id),
    )


def _check_starting(starting_minor: int) -> None:
    if not 0 <= starting_minor <= MAX_MINOR:
        raise UsageError("a starting bankroll cannot be below zero, nor above what this program keeps")


def _check_all_home(conn: sqlite3.Connection, owner: AccountRow) -> None:
    """A bet's money goes back where it came from: without a wallet there nobody could reach it."""
    there = [bookmaker for bookmaker, amount in purses(conn, owner.id).items() if bookmaker and amount]
    if there:
        raise UsageError(f"{owner.name} has money at {', '.join(there)}: transfer it to the wallet first")
    if balances(conn, owner.id).reserved_minor:
        raise UsageError(f"{owner.name} has open bets paid from bookmakers' wallets: let them settle first")


def _check_settings(settings: AccountSettings) -> None:
    """Amounts and counts from 0 up, shares above 0 up to 1, odds above 1."""
    choices: tuple[Limits | SizingChoice, ...] = (settings.limits, settings.sizing)
    for choice in choices:
        for name in choice.__struct_fields__:
            value = getattr(choice, name)
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                _check_number(name, value)
    limits = settings.limits
    if limits.min_odds is not None and limits.max_odds is not None and limits.min_odds > limits.max_odds:
        raise UsageError(f"min_odds {limits.min_odds:g} is above max_odds {limits.max_odds:g}: nothing could be placed")


def _check_number(name: str, value: float) -> None:
    if name.endswith("_odds"):
        fits, wanted = 1 < value < float("inf"), "above 1"
    elif name.endswith(("_share", "_fraction", "_exposure", "_drawdown", "percent")):
        fits, wanted = 0 < value <= 1, "above 0, at most 1 (0.05 is 5 %)"
    elif name == "min_edge":
        fits, wanted = -1 <= value <= 1, "between -1 and 1 (0.05 is 5 %)"
    else:
        fits, wanted = 0 <= value <= MAX_MINOR, "0 or more"
    if not fits:
        raise UsageError(f"{name} cannot be {value:g}: it must be {wanted}")


def _as_text(settings: AccountSettings) -> str:
    return msgspec.json.encode(settings).decode()


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}" if number else ""


def _with_reason(text: str, reason: str) -> str:
    return f"{text}: {reason}" if reason else text
