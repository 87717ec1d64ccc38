"""How the ledger reads to its owner: each entry in the words of the bet it belongs to."""

from __future__ import annotations

import pytest
from store_samples import GAME, NOW, bet_of, h2h, record, spread

from betting_tui.engine.core.model import LineKey, OutcomeSet, Selection
from betting_tui.engine.store import Ledger

OVER = Selection(LineKey(GAME.id, "totals", OutcomeSet.TWO_WAY, point=224.5), "Over", 224.5)


@pytest.mark.parametrize(
    ("selection", "price", "text"),
    [
        (h2h(), "+150", "Lakers +150 at fanduel"),
        (spread("Celtics", 3.5), "-110", "Celtics +3.5 -110 at fanduel"),
        (OVER, "+102", "Over 224.5 +102 at fanduel"),
    ],
    ids=["moneyline", "a side's line has a sign", "a total has none"],
)
async def test_an_entry_names_its_bet_as_a_bettor_would(
    ledger: Ledger, selection: Selection, price: str, text: str
) -> None:
    bet_of(await ledger.record_bet(record(selection=selection, price=price), NOW))
    newest = ledger.bankroll("main").entries[0]
    assert newest.text == text
