"""Asked before a strategy may place by itself: which one, for how long, and with whose money."""

from __future__ import annotations

from collections.abc import Sequence

from betting_tui.engine.config.keys import Keys
from betting_tui.engine.core.money_views import AccountView
from betting_tui.screens.account_rows import bets_for
from betting_tui.screens.dialogs.dialog import ConfirmDialog


def arm_dialog(strategy: str, views: Sequence[AccountView], keys: Keys) -> ConfirmDialog:
    """`views` are all accounts; those it would bet for are named."""
    key = keys.key("opportunities.arm")
    return ConfirmDialog(
        f"Let {strategy} place by itself?",
        f"{bets_for(strategy, views, keys)} Until you press {key} again, pause or quit, every {strategy} "
        "opportunity that passes the checks is placed with its suggested stake, without asking.",
        yes="arm it",
        note="Suspicious and stale ones are never placed. It is off again at the next start.",
    )
