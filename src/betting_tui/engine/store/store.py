"""The ledger as everybody else sees it: async use cases on one writer thread, synchronous queries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Literal

from betting_tui.engine.core.commands import CancelBet, Deposit, Fill, Place, RecordBet, SettleBet, Withdraw
from betting_tui.engine.core.model import Event, Opportunity, Quote, Refusal, Score
from betting_tui.engine.core.ports import CreditReading
from betting_tui.engine.core.views import (
    BankrollView,
    BetRow,
    LedgerRow,
    NotPlaced,
    Placed,
    ReportView,
    SettledBet,
    SettlementReport,
    VerifyReport,
)
from betting_tui.engine.store.shapes import (
    AccountRow,
    Balances,
    BetFilter,
    ImportReport,
    Mode,
    NewAccount,
    OpportunityRecord,
    RefusalCount,
    ReportFilter,
    RunRow,
)


class Ledger:
    """`ledger.db`: money, bets, orders, refusals, opportunities, closing lines, results, credits, audit.

    Every async method is one transaction and returns after COMMIT. Times are arguments: the store has no clock.
    Errors: LedgerError (LedgerReadOnly when this is a viewer), UsageError for something that does not exist.
    Queries run on the thread that opened the ledger.
    """

    @classmethod
    async def open(cls, path: Path, *, now: datetime, mode: Mode = "live", read_only: bool = False) -> Ledger:
        """Open or create. LedgerError: newer file, another mode's file, not a ledger, damaged, not writable."""
        raise NotImplementedError

    async def close(self) -> None:
        """Finish what was asked, fold the companions into the file, let go. Twice is fine."""
        raise NotImplementedError

    @property
    def path(self) -> Path:
        raise NotImplementedError

    @property
    def mode(self) -> str:
        raise NotImplementedError

    @property
    def read_only(self) -> bool:
        raise NotImplementedError

    @property
    def journal_mode(self) -> str:
        """`wal` or `delete`."""
        raise NotImplementedError

    @property
    def size_bytes(self) -> int:
        raise NotImplementedError

    async def changed_elsewhere(self) -> bool:
        """Another process committed since the last call. Cheap enough to ask every second."""
        raise NotImplementedError

    def replaced(self) -> bool:
        """The file under this path is no longer the one that was opened: placing must stop."""
        raise NotImplementedError

    # Accounts and money

    async def ensure_account(self, new: NewAccount, now: datetime) -> AccountRow:
        """The account of that name (letter case aside), opened with its starting bankroll when there is none."""
        raise NotImplementedError

    async def deposit(self, command: Deposit, now: datetime) -> LedgerRow:
        """UsageError for an amount that is not above zero. The same key books once."""
        raise NotImplementedError

    async def withdraw(self, command: Withdraw, now: datetime) -> LedgerRow | Refusal:
        raise NotImplementedError

    def accounts(self) -> tuple[AccountRow, ...]:
        """In the order they were opened."""
        raise NotImplementedError

    def account(self, name: str) -> AccountRow:
        """UsageError, naming the accounts there are, when there is none of that name."""
        raise NotImplementedError

    def balances(self, account: str) -> Balances:
        raise NotImplementedError

    # Placing

    async def place(
        self, command: Place, fills: Sequence[Fill], events: Sequence[Event], now: datetime
    ) -> Placed | NotPlaced:
        """Book what the broker gave: one bet a fill, or nothing at all.

        Checked in the same transaction: key (the same key gives the same bets, `repeated`), account active, money
        available, one placement an opportunity and account unless `again`. `events` are those the fills' lines
        belong to (the opportunity's own is known). A NotPlaced of this method is already stored as a refusal.
        """
        raise NotImplementedError

    async def record_refusal(self, command: Place, refused: NotPlaced, events: Sequence[Event], now: datetime) -> None:
        """Keep what a broker refused, with its orders and reason. Nothing is booked."""
        raise NotImplementedError

    async def record_bet(self, command: RecordBet, now: datetime) -> Placed | NotPlaced:
        """A bet by hand: origin as given, evidence `none`. Same checks of key, account and money as `place`."""
        raise NotImplementedError

    async def cancel_bet(self, command: CancelBet, now: datetime) -> BetRow | Refusal:
        """Refusal(EVENT_STARTED) from the start on; cancelling twice changes nothing; UsageError if settled."""
        raise NotImplementedError

    async def settle_bet(self, command: SettleBet, now: datetime) -> SettledBet:
        """By hand. Same result again: `repeated`. Another result: corrected by reversing entries."""
        raise NotImplementedError

    async def mark_review(self, bet_id: str, reason: str, created_by: str, now: datetime) -> BetRow:
        """A pending bet that a person must look at. Its stake stays reserved."""
        raise NotImplementedError

    # Results and closing lines

    async def settle_scores(self, scores: Sequence[Score], now: datetime) -> SettlementReport:
        """Keep final scores and settle the open bets they decide; the rest stays open with its reason.

        The same scores again change nothing; a corrected score corrects the bets it had settled.
        """
        raise NotImplementedError

    async def settle_stored(self, now: datetime) -> SettlementReport:
        """Settle open bets from results already kept: after an import, or a bet recorded late."""
        raise NotImplementedError

    async def note_quotes(self, quotes: Sequence[Quote], events: Sequence[Event], now: datetime) -> int:
        """Keep the newest pre-start quote for each (selection, bookmaker, side) an open bet has; how many were kept.

        `events` are the feed's view of those events: a moved start is taken over for events the ledger knows.
        Quotes in play, at or after the start, or older than the kept one are passed over. Cheap when none match.
        """
        raise NotImplementedError

    def watched_events(self) -> tuple[Event, ...]:
        """Events with open bets, by start: whose closing prices and results are waited for."""
        raise NotImplementedError

    # Opportunities

    async def note_opportunities(self, found: Sequence[Opportunity], now: datetime) -> None:
        """Discovered or still there: first time, last time and best edge are kept."""
        raise NotImplementedError

    async def expire_opportunities(self, ids: Sequence[str], now: datetime) -> None:
        raise NotImplementedError

    def taken(self, account: str) -> frozenset[str]:
        """Ids of the opportunities this account has placed on (accepted placements)."""
        raise NotImplementedError

    def opportunities(
        self, *, active_only: bool = False, limit: int = 100, offset: int = 0
    ) -> tuple[OpportunityRecord, ...]:
        """Newest first."""
        raise NotImplementedError

    # Credits, notices, runs

    async def note_credits(self, source: str, reading: CreditReading, now: datetime) -> None:
        raise NotImplementedError

    def credits_spent(self, source: str, since: datetime) -> int:
        """Sum of what answers since then cost."""
        raise NotImplementedError

    def last_credits(self, source: str) -> CreditReading | None:
        raise NotImplementedError

    async def mark_notice(self, key: str, kind: str, now: datetime) -> bool:
        """True the first time this key is seen: tell it. False: it was told before, perhaps by an earlier run."""
        raise NotImplementedError

    async def start_run(self, version: str, now: datetime) -> RunRow:
        raise NotImplementedError

    async def touch_run(self, run_id: int, now: datetime) -> None:
        """Say that the run is alive; about once a minute."""
        raise NotImplementedError

    async def end_run(self, run_id: int, now: datetime) -> None:
        raise NotImplementedError

    def last_run(self) -> RunRow | None:
        """The newest run; ask before `start_run` to learn whether the last one ended in order."""
        raise NotImplementedError

    # Queries

    def bets(self, wanted: BetFilter) -> tuple[BetRow, ...]:
        raise NotImplementedError

    def count_bets(self, wanted: BetFilter) -> int:
        """How many there are, limit and offset aside."""
        raise NotImplementedError

    def bet(self, bet_id: str) -> BetRow:
        """UsageError when there is none. `BET-000007`, `bet-7` and `7` name the same bet."""
        raise NotImplementedError

    def bankroll(self, account: str, *, entries: int = 200, curve_points: int = 500) -> BankrollView:
        """`entries` newest first."""
        raise NotImplementedError

    def report(self, wanted: ReportFilter) -> ReportView:
        raise NotImplementedError

    def refusals(self, account: str, since: datetime | None = None) -> tuple[RefusalCount, ...]:
        """Refused placements by code, most first."""
        raise NotImplementedError

    async def verify(self) -> VerifyReport:
        """Recompute every balance, stake and profit from postings and bets, apart from the code that wrote them."""
        raise NotImplementedError

    # In and out

    def export_bets(self, format_: Literal["json", "csv"], wanted: BetFilter) -> bytes:
        """UTF-8. Same ledger, same bytes; oldest first."""
        raise NotImplementedError

    def export_ledger(self, format_: Literal["json", "csv"], account: str | None = None) -> bytes:
        """Every journal entry with its postings. Same ledger, same bytes."""
        raise NotImplementedError

    def export_state(self, account: str) -> bytes:
        """The older JSON layout: bankroll, starting_bankroll, bet_counter, bets[], last_updated."""
        raise NotImplementedError

    async def import_file(
        self, data: bytes, account: str, now: datetime, *, created_by: str, zone: tzinfo | None = None
    ) -> ImportReport:
        """The older state, bets and results files (JSON), or a CSV of bets: which one is told by its content.

        Importing twice changes nothing. Times without a zone are in `zone`, else UTC. A state file's starting
        bankroll is booked as a deposit where the account was empty. UsageError when it is none of these.
        """
        raise NotImplementedError

    async def backup(self, target: Path) -> None:
        """A whole, consistent copy made through SQLite's backup interface, 0600. LedgerError when it exists."""
        raise NotImplementedError
