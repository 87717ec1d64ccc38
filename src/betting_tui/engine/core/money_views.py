"""Accounts and their money as they are shown: balances, the journal, the limits and whether the books balance."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct

from betting_tui.engine.core.accounts import AccountSettings, AccountStatus, Breaker, Limits
from betting_tui.engine.core.model import EntryKind
from betting_tui.engine.core.odds import Price


class BalancePoint(Struct, frozen=True):
    at: datetime
    bankroll_minor: int


class LedgerRow(Struct, frozen=True):
    """One journal entry as the account's owner reads it: `amount_minor` is the change of available money.

    `text` has the price of a bet as its bookmaker wrote it; `pick`, `price`, `bookmaker` and `reason` are its parts.
    """

    entry_id: int
    at: datetime
    kind: EntryKind
    bet_id: str | None
    text: str
    amount_minor: int
    available_minor: int
    pick: str = ""
    price: Price | None = None
    bookmaker: str = ""
    reason: str = ""


class LedgerPage(Struct, frozen=True):
    """Journal entries of one account, newest first; `total` of the current period."""

    rows: tuple[LedgerRow, ...]
    total: int


class BookBalance(Struct, frozen=True):
    """Money kept at one bookmaker; '' is the account's own wallet."""

    bookmaker: str
    available_minor: int


class AccountView(Struct, frozen=True):
    """One account beside the others. `yield_fraction` is profit / turnover of the current period's settled bets,
    free ones left out.

    `limits` are those in force, wherever they are set; `max_drawdown_minor` is the deepest fall of the period.
    """

    name: str
    status: AccountStatus
    currency: str
    time_zone: str
    period: int
    starting_minor: int
    bankroll_minor: int
    available_minor: int
    exposure_minor: int
    open_bets: int
    settled_bets: int
    profit_minor: int
    yield_fraction: float | None
    sizing: str
    strategies: tuple[str, ...]
    current: bool
    breakers: tuple[Breaker, ...]
    settings: AccountSettings
    created_at: datetime
    limits: Limits = Limits()
    max_drawdown_minor: int = 0


class BankrollView(Struct, frozen=True):
    account: str
    currency: str
    starting_minor: int
    bankroll_minor: int
    available_minor: int
    exposure_minor: int
    open_bets: int
    profit_minor: int
    max_drawdown_minor: int
    curve: tuple[BalancePoint, ...]
    entries: tuple[LedgerRow, ...]
    period: int = 1
    books: tuple[BookBalance, ...] = ()


class LimitUse(Struct, frozen=True):
    """How much of one limit is used up: minor units, a count or a share (0.05 = 5 %), by `unit`.

    `limit` is its key in the settings; the two daily losses are one, named by the amount's.
    """

    name: str
    used: float
    allowed: float
    unit: Literal["money", "count", "share"]
    limit: str = ""

    @property
    def share(self) -> float:
        return self.used / self.allowed if self.allowed > 0 else 1.0


class ResetDone(Struct, frozen=True):
    """A new period; `voided` bets and orders were given back first."""

    account: str
    period: int
    starting_minor: int
    voided: int


class VerifyReport(Struct, frozen=True):
    ok: bool
    entries: int
    bets: int
    problems: tuple[str, ...] = ()
