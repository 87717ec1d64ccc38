"""A full report asked of an engine: beside its work, with the account's own way of staking."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from msgspec import structs

from betting_tui.engine.config import Settings
from betting_tui.engine.core.commands import OpenAccount
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.launch import live_engine
from betting_tui.engine.store import ReportFilter


async def test_it_uses_the_accounts_own_sizing_and_leaves_the_loop_free(tmp_path: Path) -> None:
    settings = Settings()
    quiet = structs.replace(settings, notifications=structs.replace(settings.notifications, desktop=False))
    engine = live_engine(quiet, tmp_path)
    await engine.start(polling=False)
    try:
        await engine.open_account(OpenAccount("sample", "USD", 1_000_000, "UTC", "test", sample=True))
        beats = 0

        async def beat() -> None:
            nonlocal beats
            while True:
                await asyncio.sleep(0)
                beats += 1

        task = asyncio.create_task(beat())
        shares: list[int] = []
        wanted = ReportFilter("sample", "league")
        report = await engine.full_report(wanted, lambda done, _total, _what: shares.append(done))
        task.cancel()
        assert beats > 10
        assert shares
        assert report.ruin is not None
        assert report.ruin.sizing == next(each.sizing for each in engine.accounts() if each.name == "sample")
        assert report.view.total == engine.ledger.report(ReportFilter("sample", "league")).total
        with pytest.raises(UsageError, match="no account"):
            await engine.full_report(ReportFilter("nobody"))
    finally:
        await engine.stop()
