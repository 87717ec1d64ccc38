from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from store_samples import opened

from betting_tui.engine.store import Ledger


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[Ledger]:
    """An empty ledger with the account `main` of 10,000.00 USD."""
    async with opened(tmp_path) as kept:
        yield kept
