"""What a line of the ledger says."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from betting_tui.engine.config import Ui
from betting_tui.engine.core.model import EntryKind
from betting_tui.engine.core.money_views import LedgerRow
from betting_tui.engine.core.odds import parse_any
from betting_tui.screens.ledger_table import ledger_look
from betting_tui.screens.show import Show

AT = datetime(2026, 4, 18, 12, tzinfo=UTC)
WHAT = 3
LAKERS = "Lakers +150 at fanduel"
PLACED = LedgerRow(
    2, AT, EntryKind.BET_PLACED, "BET-000001", LAKERS, -1_000, 9_000, "Lakers", parse_any("+150"), "fanduel"
)
VOIDED = LedgerRow(
    3, AT, EntryKind.BET_PLACED, "BET-000001", LAKERS, 0, 9_000, "Lakers", parse_any("+150"), "fanduel", "by hand"
)
OPENED = LedgerRow(1, AT, EntryKind.DEPOSIT, None, "starting bankroll", 10_000, 10_000)


AMERICAN, DECIMAL = Ui(odds_format="american"), Ui(odds_format="decimal")


def what(entry: LedgerRow, ui: Ui) -> str:
    return ledger_look(entry, Show(ui, "USD"), AT).cells[WHAT].text


@pytest.mark.parametrize(("ui", "price"), [(AMERICAN, "+150"), (DECIMAL, "2.50")])
def test_a_price_is_in_the_users_format(ui: Ui, price: str) -> None:
    assert what(PLACED, ui) == f"Lakers {price} at FanDuel"


def test_why_an_entry_was_made_stands_behind_it() -> None:
    assert what(VOIDED, DECIMAL) == "Lakers 2.50 at FanDuel (by hand)"


def test_what_is_no_bet_is_in_its_own_words() -> None:
    assert what(OPENED, DECIMAL) == "starting bankroll"
