"""Use cases about kept opportunities: what was found, how long it lived, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from sqlite3 import Connection
from typing import Literal

from betting_tui.engine.core.model import Opportunity
from betting_tui.engine.core.progress import Progress, silent
from betting_tui.engine.store import opportunities, opportunity_exports, opportunity_search
from betting_tui.engine.store.ledger_file import LedgerFile
from betting_tui.engine.store.opportunity_closes import CloseReading
from betting_tui.engine.store.shapes import (
    OpportunityChanges,
    OpportunityFilter,
    OpportunityFindings,
    OpportunityRecord,
)


class OpportunityCases(LedgerFile):
    """Opportunities, found once and looked at by every account."""

    async def note_opportunities(self, found: Sequence[Opportunity], now: datetime) -> None:
        """Discovered or still there: first time, last time and best edge are kept."""
        await self.note_changes(OpportunityChanges(found=tuple(found)), now)

    async def expire_opportunities(self, ids: Sequence[str], now: datetime) -> None:
        if ids:
            await self._database.write(lambda conn: opportunities.expire(conn, ids, now))

    async def note_changes(self, changes: OpportunityChanges, now: datetime) -> None:
        """All that one answer changed, in one transaction; nothing is written where nothing changed."""
        if not changes.none:
            await self._database.write(lambda conn: opportunities.note_changes(conn, changes, now))

    async def expire_left_over(self, now: datetime) -> int:
        """End those whose time ran out while nobody looked; how many."""
        return await self._database.write(lambda conn: opportunities.expire_left_over(conn, now))

    def opportunities(
        self, *, active_only: bool = False, limit: int = 100, offset: int = 0
    ) -> tuple[OpportunityRecord, ...]:
        """Newest first."""
        closes = CloseReading(self.close_max_age_minutes)
        return self._database.read(
            lambda conn: opportunities.list_opportunities(
                conn, active_only=active_only, limit=limit, offset=offset, closes=closes
            )
        )

    def find_opportunities(self, wanted: OpportunityFilter) -> OpportunityFindings:
        return self._database.read(lambda conn: opportunity_search.find(conn, wanted, self.close_max_age_minutes))

    def export_opportunities(
        self, format_: Literal["json", "csv"], wanted: OpportunityFilter, progress: Progress = silent
    ) -> bytes:
        """UTF-8. Same ledger, same bytes."""

        def work(conn: Connection) -> bytes:
            progress(0, 0, "Reading opportunities")
            found = opportunity_search.find(conn, wanted, self.close_max_age_minutes)
            return opportunity_exports.opportunities_as(format_, found.rows, progress)

        return self._database.read(work)
