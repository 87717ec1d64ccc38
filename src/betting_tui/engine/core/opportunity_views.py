"""What was found, as it is shown: the row, the page and everything behind one of them."""

from __future__ import annotations

from msgspec import Struct

from betting_tui.engine.core.model import Opportunity
from betting_tui.engine.core.odds import Price


class OpportunityRow(Struct, frozen=True):
    """An opportunity with what this account would stake on it now; `no_stake` says why when that is nothing.

    `no_close` says why its closing price or its result will not be asked for, empty when they will.
    """

    opportunity: Opportunity
    stake_minor: int
    no_stake: str
    age_seconds: float
    taken: bool
    no_close: str = ""


class OpportunityPage(Struct, frozen=True):
    rows: tuple[OpportunityRow, ...]
    total: int


class BookShare(Struct, frozen=True):
    """One bookmaker's say in a fair line."""

    bookmaker: str
    price: Price
    fair_probability: float | None
    weight: float
    age_seconds: float
    note: str = ""


class Why(Struct, frozen=True):
    """Everything behind one opportunity, ready to be read. `no_close` as of its row."""

    opportunity: Opportunity
    method: str
    fair_probability: float | None
    low_probability: float | None
    books: tuple[BookShare, ...]
    stake_minor: int
    stake_reason: str
    notes: tuple[str, ...]
    no_close: str = ""
