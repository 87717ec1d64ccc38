"""Full reports: the one question of the ledger that takes long enough to be asked beside everything else."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from importlib import import_module

from msgspec import UnsetType

from betting_tui.engine.core.performance_views import FullReport
from betting_tui.engine.store.database import Asker
from betting_tui.engine.store.ledger_file import LedgerFile
from betting_tui.engine.store.performance_ground import ground
from betting_tui.engine.store.shapes import ReportFilter, Staking

_STATISTICS = "betting_tui.engine.store.performance"
Progress = Callable[[float], None]


class _Stopped(Exception):
    """Nobody waits for the report any more."""


class ReportCases(LedgerFile):
    """Reports with statistics."""

    async def full_report(
        self, wanted: ReportFilter, staking: Staking | None = None, progress: Progress | None = None
    ) -> FullReport:
        """On a thread and a connection of its own; cancelling it ends the work soon after.

        `progress` hears on the loop which share is done. Without `staking` there is no risk of ruin. UsageError for an
        account or a period there is not.
        """
        limit = wanted.close_max_age_minutes
        max_age = self.close_max_age_minutes if isinstance(limit, UnsetType) else limit
        loop, stopped = asyncio.get_running_loop(), threading.Event()

        def told(share: float) -> None:
            if stopped.is_set():
                raise _Stopped
            if progress is not None:
                loop.call_soon_threadsafe(progress, share)

        def work(ask: Asker) -> FullReport:
            # Statistics bring numpy, which nobody waits for before a report is asked for; it loads beside the first
            # queries.
            loading = threading.Thread(target=import_module, args=(_STATISTICS,), name="load-statistics")
            loading.start()
            found = ground(ask, wanted, max_age, lambda: told(0.0))
            loading.join()
            from betting_tui.engine.store.performance import full_report

            return full_report(ask, found, staking, told)

        try:
            return await self._database.read_in_steps(work)
        finally:
            stopped.set()
