"""What a run that did not end in order left behind."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from betting_tui.engine.core.views import Recovery
from betting_tui.engine.store.shapes import AccountRow


def left_behind(conn: sqlite3.Connection, owner: AccountRow, now: datetime, day_starts_at: str) -> Recovery | None:
    """None when the last run ended in order, was recovered from already, or there was none."""
    raise NotImplementedError


def recover(conn: sqlite3.Connection, now: datetime) -> bool:
    """End what the dead run left open. False, and not a row changed, when there is nothing to do."""
    raise NotImplementedError
