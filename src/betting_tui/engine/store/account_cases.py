"""Use cases about accounts and their money, each one transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from sqlite3 import Connection
from typing import TypeVar

from betting_tui.engine.core.accounts import Breaker, BreakerName, Standing
from betting_tui.engine.core.commands import (
    ChangeAccount,
    Deposit,
    OpenAccount,
    ReleaseBreakers,
    ResetAccount,
    SetAccountStatus,
    Transfer,
    UseAccount,
    Withdraw,
)
from betting_tui.engine.core.money_views import LedgerRow, ResetDone
from betting_tui.engine.core.refusals import Refusal
from betting_tui.engine.store import accounts, breakers, journal_pages, ledger, movements, quick_check
from betting_tui.engine.store.ledger_file import LedgerFile
from betting_tui.engine.store.shapes import AccountRow, AccountSummary, Balances, NewAccount
from betting_tui.engine.store.standing import standing

T = TypeVar("T")


class AccountCases(LedgerFile):
    """Accounts and money."""

    async def ensure_account(self, new: NewAccount, now: datetime) -> AccountRow:
        """The account of that name (letter case aside), opened with its starting bankroll when there is none."""
        return await self._database.write(lambda conn: accounts.ensure_account(conn, new, now))

    async def deposit(self, command: Deposit, now: datetime) -> LedgerRow:
        """UsageError for an amount that is not above zero. The same key books once, and the same thing."""

        def work(conn: Connection) -> LedgerRow:
            return journal_pages.ledger_row(conn, movements.deposit(conn, command, now))

        return await self._database.write(work)

    async def withdraw(self, command: Withdraw, now: datetime) -> LedgerRow | Refusal:
        def work(conn: Connection) -> LedgerRow | Refusal:
            outcome = movements.withdraw(conn, command, now)
            return outcome if isinstance(outcome, Refusal) else journal_pages.ledger_row(conn, outcome)

        return await self._database.write(work)

    def accounts(self) -> tuple[AccountRow, ...]:
        """In the order they were opened."""
        return self._database.read(ledger.accounts)

    def account(self, name: str) -> AccountRow:
        """UsageError, naming the accounts there are, when there is none of that name."""
        return self._database.read(lambda conn: ledger.account(conn, name))

    def balances(self, account: str) -> Balances:
        return self._database.read(lambda conn: ledger.balances(conn, ledger.account(conn, account).id))

    async def transfer(self, command: Transfer, now: datetime) -> LedgerRow | Refusal:
        """Between the wallet and bookmakers of one account. The same key books once."""

        def work(conn: Connection) -> LedgerRow | Refusal:
            outcome = movements.transfer(conn, command, now)
            return outcome if isinstance(outcome, Refusal) else journal_pages.ledger_row(conn, outcome)

        return await self._database.write(work)

    async def open_account(self, command: OpenAccount, now: datetime) -> AccountRow:
        """UsageError when the name is taken."""
        return await self._database.write(lambda conn: accounts.open_account(conn, command, now))

    async def change_account(self, command: ChangeAccount, now: datetime) -> AccountRow:
        return await self._database.write(lambda conn: accounts.change(conn, command, now))

    async def set_status(self, command: SetAccountStatus, now: datetime) -> AccountRow:
        return await self._database.write(lambda conn: accounts.set_status(conn, command, now))

    async def reset_account(self, command: ResetAccount, now: datetime) -> ResetDone | Refusal:
        """Close the books of the period and open the next; Refusal(OPEN_POSITIONS) while something is open."""

        def work(conn: Connection) -> ResetDone | Refusal:
            outcome = accounts.reset(conn, command, now)
            quick_check.confirm(conn, (ledger.account(conn, command.account).id,))
            return outcome

        return await self._database.write(work)

    async def use_account(self, command: UseAccount, now: datetime) -> AccountRow:
        return await self._database.write(lambda conn: accounts.use(conn, command, now))

    def current_account(self) -> str | None:
        """The account last used; None when none was chosen yet."""
        return self._database.read(accounts.current)

    def account_summaries(self, now: datetime) -> tuple[AccountSummary, ...]:
        """Every account with the sums of its current period, in the order they were opened."""
        return self._database.read(lambda conn: accounts.summaries(conn, now))

    def breakers(self, account: str, now: datetime) -> tuple[Breaker, ...]:
        """What stops the account's placing at `now`."""
        return self._database.read(lambda conn: breakers.in_force(conn, ledger.account(conn, account).id, now))

    def look(self, account: str, work: Callable[[Standing], T]) -> T:
        """Ask about an account as it stands now, all of it at one moment."""
        return self._database.read(lambda conn: work(standing(conn, ledger.account(conn, account))))

    async def trip_breaker(
        self, account: str, name: BreakerName, reason: str, until: datetime | None, now: datetime
    ) -> Breaker | None:
        """None when this one already stops the account."""
        return await self._database.write(lambda conn: breakers.trip(conn, account, name, reason, until, now))

    async def release_breakers(self, command: ReleaseBreakers, now: datetime) -> int:
        """How many were in force and no longer are."""
        return await self._database.write(lambda conn: breakers.release(conn, command, now))
