"""The files the engine keeps: the ledger (money, bets, results), the archive (the inbox as received), the lock."""

from betting_tui.engine.store.archive import Archive
from betting_tui.engine.store.lock import EngineLock
from betting_tui.engine.store.shapes import (
    AccountRow,
    AccountStatus,
    ArchiveRun,
    Balances,
    BetFilter,
    ImportReport,
    InboxEntry,
    InboxRecord,
    Mode,
    NewAccount,
    OpportunityRecord,
    RefusalCount,
    ReportFilter,
    RunRow,
    TimerFired,
)
from betting_tui.engine.store.store import Ledger

__all__ = [
    "AccountRow",
    "AccountStatus",
    "Archive",
    "ArchiveRun",
    "Balances",
    "BetFilter",
    "EngineLock",
    "ImportReport",
    "InboxEntry",
    "InboxRecord",
    "Ledger",
    "Mode",
    "NewAccount",
    "OpportunityRecord",
    "RefusalCount",
    "ReportFilter",
    "RunRow",
    "TimerFired",
]
