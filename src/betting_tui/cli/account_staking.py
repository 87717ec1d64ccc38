"""Settings that stake as one account does: what looks at recorded prices opens no engine to ask."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from pathlib import Path

from msgspec.structs import replace

from betting_tui.engine.clocks import SystemClock
from betting_tui.engine.config import Settings
from betting_tui.engine.config.tree import PaperTrading
from betting_tui.engine.core.accounts import SizingChoice
from betting_tui.engine.core.money import format_minor
from betting_tui.engine.rooms import LEDGER_FILE
from betting_tui.engine.store.shapes import Mode
from betting_tui.engine.store.store import Ledger


def staking_of(account: str, data_dir: Path, settings: Settings, mode: Mode) -> Settings:
    """The settings with that account's sizing, currency and what it has available now; as they are without a ledger.

    Raises LedgerError when the ledger cannot be read.
    """
    path = data_dir / LEDGER_FILE
    if not path.exists():
        return settings
    return asyncio.run(_read(account, path, settings, mode))


async def _read(account: str, path: Path, settings: Settings, mode: Mode) -> Settings:
    ledger = await Ledger.open(path, now=SystemClock().now(), mode=mode)
    try:
        row, available = ledger.account(account), ledger.balances(account).available_minor
    finally:
        await ledger.close()
    paper = _paper(settings.paper_trading, row.settings.sizing, row.currency)
    return replace(settings, paper_trading=replace(paper, starting_bankroll=_major(available, row.currency)))


def _paper(paper: PaperTrading, choice: SizingChoice, currency: str) -> PaperTrading:
    own = {
        "bet_sizing_method": choice.method,
        "auto_kelly_sizing": choice.auto_kelly,
        "flat_bet_size": _major(choice.flat_minor, currency),
        "percent_bet_size": choice.percent,
        "kelly_fraction": choice.kelly_fraction,
        "max_bet_share": choice.max_bet_share,
        "stake_unit": _major(choice.stake_unit_minor, currency),
        "min_stake": _major(choice.min_stake_minor, currency),
    }
    return replace(paper, currency=currency, **{key: value for key, value in own.items() if value is not None})


def _major(minor: int | None, currency: str) -> Decimal | None:
    return None if minor is None else Decimal(format_minor(minor, currency, grouping=False))
