"""Which accounts a data directory has."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path
from unicodedata import normalize

from betting_tui.engine.clocks import SystemClock
from betting_tui.engine.config import Settings
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.text import clean
from betting_tui.engine.rooms import FIRST_ACCOUNT, LEDGER_FILE
from betting_tui.engine.store.shapes import Mode
from betting_tui.engine.store.store import Ledger


def account_names(data_dir: Path, settings: Settings, mode: Mode) -> tuple[str, ...]:
    """In the order they were opened; where there is no ledger yet, the one the first command will open.

    Raises LedgerError when the ledger cannot be read.
    """
    path = data_dir / LEDGER_FILE
    if not path.exists():
        return (settings.accounts.current or FIRST_ACCOUNT,)
    return asyncio.run(_names(path, mode))


def named(name: str, names: Iterable[str]) -> str | None:
    """Which of the names is meant: the very one, else one that differs only in case or in how accents are stored."""
    known = tuple(names)
    return name if name in known else next((each for each in known if _folded(each) == _folded(name)), None)


def checked_name(text: str, whose: str) -> str:
    """A name that `whose` may have. Raises UsageError saying what names are like."""
    name = normalize("NFC", text.strip())
    if not name or name != clean(name, 64):
        raise UsageError(f"{whose}'s name is one line of 1 to 64 visible characters, singly spaced, not {text[:80]!r}")
    return name


def _folded(name: str) -> str:
    return normalize("NFC", normalize("NFC", name.strip()).casefold())


async def _names(path: Path, mode: Mode) -> tuple[str, ...]:
    ledger = await Ledger.open(path, now=SystemClock().now(), mode=mode)
    try:
        return tuple(row.name for row in ledger.accounts())
    finally:
        await ledger.close()
