"""Who only asks whether an engine runs needs no right to write."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from betting_tui.engine.store.lock import EngineLock


def test_the_holder_is_told_where_nothing_can_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    running = EngineLock(tmp_path)
    assert running.acquire("app", datetime(2026, 4, 18, 11, 30, tzinfo=UTC))
    really = os.open

    def read_only(path: Path, flags: int, mode: int = 0o777) -> int:
        if flags & os.O_RDWR:
            raise OSError(30, "Read-only file system")
        return really(path, flags, mode)

    monkeypatch.setattr(os, "open", read_only)
    assert EngineLock(tmp_path).holder().startswith("app, process ")
    running.release()
    assert EngineLock(tmp_path).holder() == ""
