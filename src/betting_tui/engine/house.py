"""The accounts of one ledger as the engine works with them: each with its own limits, sizing and strategies."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from betting_tui.engine.config import Settings
from betting_tui.engine.core.accounts import AccountStatus, Breaker, Limits
from betting_tui.engine.core.views import AccountView, LimitUse
from betting_tui.engine.sizing import Sizer, sizing_rules
from betting_tui.engine.store.shapes import AccountRow
from betting_tui.engine.store.store import Ledger


class Member(Struct, frozen=True):
    """One account with what is in force for it.

    `limits` hold for what is placed here; `set_limits` are those somebody set in so many words, and hold for bets
    recorded by hand as well.
    """

    row: AccountRow
    limits: Limits
    set_limits: Limits
    sizer: Sizer
    strategies: tuple[str, ...]


class House:
    """Settings and limits of every account, worked out once and again when they change."""

    def __init__(self, ledger: Ledger, settings: Settings) -> None:
        self._ledger = ledger
        self._settings = settings

    def member(self, account: str) -> Member:
        """UsageError when there is no such account."""
        row = self._ledger.account(account)
        sizer = Sizer(sizing_rules(self._settings), row.currency, self._settings.bookmakers.commission)
        return Member(row, Limits(), Limits(), sizer, ())

    def betting(self, strategy: str) -> tuple[str, ...]:
        """The active accounts this strategy bets for, in the order they were opened."""
        return tuple(row.name for row in self._ledger.accounts() if row.status is AccountStatus.ACTIVE)

    def forget(self) -> None:
        """Accounts may have changed."""

    def views(self, current: str, now: datetime) -> tuple[AccountView, ...]:
        return ()

    def limits_in_use(self, account: str, now: datetime) -> tuple[LimitUse, ...]:
        """How much of each limit that has one is used up."""
        return ()

    async def look_for_breakers(self, now: datetime) -> tuple[Breaker, ...]:
        """Stop the accounts whose losses or fall say so; the breakers that are new."""
        return ()
