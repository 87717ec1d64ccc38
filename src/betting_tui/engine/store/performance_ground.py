"""What a full report stands on before any statistics: whose books, their sums, and what was asked for."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from msgspec import Struct, structs

from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.report_views import ReportView
from betting_tui.engine.store import ledger, reports
from betting_tui.engine.store.database import Asker
from betting_tui.engine.store.performance_asked import Asked, asked_for
from betting_tui.engine.store.shapes import AccountRow, ReportFilter
from betting_tui.engine.store.stretches import Stretch
from betting_tui.engine.store.summaries import period_ids


class Ground(Struct, frozen=True):
    """`view` has no groups yet; `max_age` is the age limit of closes in minutes, None for none."""

    wanted: ReportFilter
    max_age: int | None
    owner: AccountRow
    books: reports.Books
    stretch: Stretch
    view: ReportView
    asked: Asked


def ground(ask: Asker, wanted: ReportFilter, max_age: int | None, step: Callable[[], None] = lambda: None) -> Ground:
    """UsageError for an account or a period there is not. What `step` raises between two queries ends it."""
    owner = ask(lambda conn: ledger.account(conn, wanted.account))
    books = ask(lambda conn: _books(conn, owner, wanted))
    view = ask(lambda conn: reports.view_of(conn, books, structs.replace(wanted, by="none"), max_age))
    stretch = reports.stretch_of(books, wanted)
    asked = asked_for(ask, stretch, wanted.by, step)
    return Ground(wanted, max_age, owner, books, stretch, view, asked)


def periods_of(conn: sqlite3.Connection, row: AccountRow, number: int | None) -> tuple[int, ...]:
    """Empty where the account has not had that many."""
    try:
        return period_ids(conn, row, number)
    except UsageError:
        return ()


def _books(conn: sqlite3.Connection, owner: AccountRow, wanted: ReportFilter) -> reports.Books:
    if not (wanted.all_accounts or wanted.by == "account"):
        return reports.Books(owner.name, owner.currency, (owner.id,), period_ids(conn, owner, wanted.period))
    alike = [row for row in ledger.accounts(conn) if row.currency == owner.currency]
    having = {row.id: found for row in alike if (found := periods_of(conn, row, wanted.period))}
    if not having:
        raise UsageError(f"no account in {owner.currency} has a period {wanted.period}")
    periods = tuple(period for found in having.values() for period in found)
    return reports.Books(f"all accounts in {owner.currency}", owner.currency, tuple(having), periods)
