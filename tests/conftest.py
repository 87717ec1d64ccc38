"""Fixtures for all tests. This file also puts `tests/` on the import path, so that `hostile` can be imported."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED_DATA = Path(__file__).parents[1] / "../shared/data"


@pytest.fixture
def shared_data() -> Path:
    """Recorded data and golden tables, which do not belong to this project; skips where they are absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip("recorded data is not here")
    return SHARED_DATA.resolve()
