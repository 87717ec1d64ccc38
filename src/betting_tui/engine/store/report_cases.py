"""Reports with statistics, asked beside everything else because they take long; and what was refused."""

from __future__ import annotations

import threading
from importlib import import_module

from msgspec import UnsetType

from betting_tui.engine.core.performance_views import FullReport
from betting_tui.engine.core.progress import Progress
from betting_tui.engine.core.refusal_views import RefusedOrder
from betting_tui.engine.store import ledger
from betting_tui.engine.store.database import Asker
from betting_tui.engine.store.ledger_file import LedgerFile
from betting_tui.engine.store.performance_ground import ground
from betting_tui.engine.store.refused_orders import refused_orders
from betting_tui.engine.store.shapes import ReportFilter, Staking

_STATISTICS = "betting_tui.engine.store.performance"
_WHAT = "Working out the report"
_PARTS = 100


class ReportCases(LedgerFile):
    """Reports with statistics, and what was refused."""

    async def full_report(
        self, wanted: ReportFilter, staking: Staking | None = None, progress: Progress | None = None
    ) -> FullReport:
        """On a thread and a connection of its own; cancelling it ends the work soon after.

        `progress` hears on the loop how many hundredths are done. Without `staking` there is no risk of ruin.
        UsageError for an account or a period there is not.
        """
        limit = wanted.close_max_age_minutes
        max_age = self.close_max_age_minutes if isinstance(limit, UnsetType) else limit

        def work(ask: Asker, told: Progress) -> FullReport:
            def share(done: float) -> None:
                told(round(_PARTS * done), _PARTS, _WHAT)

            # Statistics bring numpy, which nobody waits for before a report is asked for; it loads beside the first
            # queries.
            loading = threading.Thread(target=import_module, args=(_STATISTICS,), name="load-statistics")
            loading.start()
            found = ground(ask, wanted, max_age, lambda: share(0.0))
            loading.join()
            from betting_tui.engine.store.performance import full_report

            return full_report(ask, found, staking, share)

        return await self._database.read_in_steps(work, progress)

    def refused_orders(self, account: str, period: int | None = None) -> tuple[RefusedOrder, ...]:
        """Every order that was refused, oldest first; of a period (None: the current one, 0: all of them)."""
        return self._database.read(lambda conn: refused_orders(conn, ledger.account(conn, account), period))
