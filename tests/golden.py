"""Golden tables: cases computed by others, or by hand, that our numbers are held to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest


def golden_cases(shared_data: Path, name: str) -> list[Any]:
    """The rows of one table; skips where the table is absent. Never empty."""
    file = shared_data / "golden" / f"{name}.json"
    if not file.is_file():
        pytest.skip(f"golden table {name} is not here")
    table = msgspec.json.decode(file.read_bytes())
    rows: list[Any] = table.get("cases") or table.get("markets")
    assert rows
    return rows
