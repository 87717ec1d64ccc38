"""Accounts: opened, changed, suspended, reset; which one is current."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from betting_tui.engine.core.commands import ChangeAccount, OpenAccount, ResetAccount, SetAccountStatus, UseAccount
from betting_tui.engine.core.model import Refusal
from betting_tui.engine.core.views import ResetDone
from betting_tui.engine.store.shapes import AccountRow, AccountSummary


def open_account(conn: sqlite3.Connection, command: OpenAccount, now: datetime) -> AccountRow:
    """UsageError when the name is taken or one of its values cannot be."""
    raise NotImplementedError


def change(conn: sqlite3.Connection, command: ChangeAccount, now: datetime) -> AccountRow:
    raise NotImplementedError


def set_status(conn: sqlite3.Connection, command: SetAccountStatus, now: datetime) -> AccountRow:
    raise NotImplementedError


def reset(conn: sqlite3.Connection, command: ResetAccount, now: datetime) -> ResetDone | Refusal:
    """Refusal(OPEN_POSITIONS) with open bets or working orders unless they may be voided."""
    raise NotImplementedError


def use(conn: sqlite3.Connection, command: UseAccount, now: datetime) -> AccountRow:
    raise NotImplementedError


def current(conn: sqlite3.Connection) -> str | None:
    """The account last used, None when none was chosen yet."""
    row = conn.execute("SELECT value FROM meta WHERE key = 'current_account'").fetchone()
    return None if row is None else str(row["value"])


def summaries(conn: sqlite3.Connection, now: datetime) -> tuple[AccountSummary, ...]:
    raise NotImplementedError
