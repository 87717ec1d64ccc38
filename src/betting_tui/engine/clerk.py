"""The commands of the engine's face: each goes through the inbox, and comes back as the type it promises."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TypeVar

from betting_tui.engine.core.bet_views import NotPlaced, OrderRow, Placed, SettledBet, SettlementReport, Working
from betting_tui.engine.core.commands import (
    Arm,
    CancelBet,
    CancelOrder,
    ChangeAccount,
    Deposit,
    OpenAccount,
    Pause,
    Place,
    PlaceParlay,
    RecordBet,
    RecordParlay,
    ReleaseBreakers,
    ResetAccount,
    SetAccountStatus,
    SettleBet,
    Transfer,
    UseAccount,
    Withdraw,
)
from betting_tui.engine.core.money_views import LedgerRow, ResetDone
from betting_tui.engine.core.ports import Answer
from betting_tui.engine.core.refusals import Refusal
from betting_tui.engine.feeds.taken import OddsTaken
from betting_tui.engine.store.shapes import AccountRow, InboxEntry, TimerFired

_First = TypeVar("_First")
_Second = TypeVar("_Second")


class Clerk(ABC):
    """What can be asked of an engine, one thing at a time, in order."""

    @abstractmethod
    async def _ask(self, entry: InboxEntry) -> object:
        """Put an entry into the inbox and wait for what became of it."""

    async def place(self, command: Place) -> Placed | Working | NotPlaced:
        """Working only for a command with `work_until`."""
        outcome = await self._ask(command)
        return outcome if isinstance(outcome, Working) else _expect(outcome, Placed, NotPlaced)

    async def record_bet(self, command: RecordBet) -> Placed | NotPlaced:
        return _expect(await self._ask(command), Placed, NotPlaced)

    async def place_parlay(self, command: PlaceParlay) -> Placed | NotPlaced:
        return _expect(await self._ask(command), Placed, NotPlaced)

    async def record_parlay(self, command: RecordParlay) -> Placed | NotPlaced:
        return _expect(await self._ask(command), Placed, NotPlaced)

    async def cancel_bet(self, command: CancelBet) -> SettledBet | Refusal:
        return _expect(await self._ask(command), SettledBet, Refusal)

    async def settle_bet(self, command: SettleBet) -> SettledBet:
        return _expect(await self._ask(command), SettledBet, SettledBet)

    async def deposit(self, command: Deposit) -> LedgerRow:
        return _expect(await self._ask(command), LedgerRow, LedgerRow)

    async def withdraw(self, command: Withdraw) -> LedgerRow | Refusal:
        return _expect(await self._ask(command), LedgerRow, Refusal)

    async def cancel_order(self, command: CancelOrder) -> OrderRow:
        return _expect(await self._ask(command), OrderRow, OrderRow)

    async def transfer(self, command: Transfer) -> LedgerRow | Refusal:
        return _expect(await self._ask(command), LedgerRow, Refusal)

    async def open_account(self, command: OpenAccount) -> AccountRow:
        return _expect(await self._ask(command), AccountRow, AccountRow)

    async def change_account(self, command: ChangeAccount) -> AccountRow:
        return _expect(await self._ask(command), AccountRow, AccountRow)

    async def set_account_status(self, command: SetAccountStatus) -> AccountRow:
        return _expect(await self._ask(command), AccountRow, AccountRow)

    async def reset_account(self, command: ResetAccount) -> ResetDone | Refusal:
        return _expect(await self._ask(command), ResetDone, Refusal)

    async def use_account(self, command: UseAccount) -> AccountRow:
        """Make it the current account, here and at the next start."""
        return _expect(await self._ask(command), AccountRow, AccountRow)

    async def release_breakers(self, command: ReleaseBreakers) -> int:
        """How many were in force and no longer are."""
        return _expect(await self._ask(command), int, int)

    async def arm(self, command: Arm) -> None:
        """UsageError for a strategy that does not run here."""
        await self._ask(command)

    async def pause(self, command: Pause) -> None:
        await self._ask(command)

    async def take_odds(self, answer: Answer) -> OddsTaken:
        return _expect(await self._ask(answer), OddsTaken, OddsTaken)

    async def settle_due(self) -> SettlementReport:
        """What time alone decides: postponed games whose window is over, results that have not come for a day."""
        return _expect(await self._ask(TimerFired("results")), SettlementReport, SettlementReport)

    async def take_scores(self, answer: Answer) -> SettlementReport:
        return _expect(await self._ask(answer), SettlementReport, SettlementReport)


def _expect(outcome: object, first: type[_First], second: type[_Second]) -> _First | _Second:
    """The inbox hands back any result; this one command can only have these."""
    if isinstance(outcome, (first, second)):
        return outcome
    raise TypeError(f"unexpected result {type(outcome).__name__}")
