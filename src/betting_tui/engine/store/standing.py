"""How an account stands inside one transaction: what limits and sizing ask, read only when asked."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from betting_tui.engine.core.accounts import Standing
from betting_tui.engine.core.model import Refusal
from betting_tui.engine.store.shapes import AccountRow

Guard = Callable[[Standing], Refusal | None]


def standing(conn: sqlite3.Connection, owner: AccountRow) -> Standing:
    raise NotImplementedError
