"""What was found, as it is shown: the row, the page and everything behind one price."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from betting_tui.engine.core.model import Event, Opportunity, Selection
from betting_tui.engine.core.odds import Price


class OpportunityRow(Struct, frozen=True, gc=False):
    """An opportunity with what this account would stake on it now; `no_stake` says why when that is nothing.

    `no_close` says why its closing price or its result will not be asked for, empty when they will. `picked`: a price
    somebody looks at, which no strategy has found.
    """

    opportunity: Opportunity
    stake_minor: int
    no_stake: str
    age_seconds: float
    taken: bool
    no_close: str = ""
    picked: bool = False


class OpportunityPage(Struct, frozen=True):
    rows: tuple[OpportunityRow, ...]
    total: int


class BookShare(Struct, frozen=True):
    """One bookmaker's price of a selection, without its margin, and its say in the fair line.

    `fair_probability` None where its prices could not be devigged: `note` says why. `weight` of all books sums to 1.
    """

    bookmaker: str
    price: Price
    fair_probability: float | None
    weight: float
    age_seconds: float
    note: str = ""


class Verdict(Struct, frozen=True):
    """What one strategy says of one price: it found it, or `stopped` names the first check that it did not pass."""

    strategy: str
    stopped: str

    @property
    def found(self) -> bool:
        return not self.stopped


class JudgedPrice(Struct, frozen=True):
    """One price against its fair line, and what each strategy says of it. Fractions: 0.05 = 5 %.

    `edge` and `edge_low` (by the most cautious probability) are after commission. Where there is no fair line, all of
    it is None and `no_fair_line` says what is missing. `books` are all that quote the selection, the weightiest first.
    `takeable`: fresh, and its event has not started.
    """

    event: Event
    selection: Selection
    bookmaker: str
    price: Price
    age_seconds: float
    books: tuple[BookShare, ...]
    verdicts: tuple[Verdict, ...]
    takeable: bool
    method: str | None = None
    fair_probability: float | None = None
    low_probability: float | None = None
    high_probability: float | None = None
    edge: float | None = None
    edge_low: float | None = None
    confidence: str | None = None
    no_fair_line: str = ""

    @property
    def reason(self) -> str:
        """What stopped the first strategy, which is the one for edges; empty when it found the price."""
        return self.verdicts[0].stopped if self.verdicts else "no strategy is switched on"

    @property
    def found_by(self) -> tuple[str, ...]:
        return tuple(each.strategy for each in self.verdicts if each.found)


class Why(Struct, frozen=True):
    """Everything behind one price, ready to be read. `opportunity` is what it belongs to, None when it is none.

    `stake_minor` is what the account would stake on it, and `stake_reason` what limits that. `no_close` as of a row.
    """

    judged: JudgedPrice
    opportunity: Opportunity | None = None
    stake_minor: int = 0
    stake_reason: str = ""
    notes: tuple[str, ...] = ()
    no_close: str = ""


class Picked(Struct, frozen=True):
    """One price on the board as something to place, and everything behind it."""

    row: OpportunityRow
    why: Why


class FairPoint(Struct, frozen=True, gc=False):
    """The fair probability of one selection at one moment; None where there was no fair line."""

    at: datetime
    probability: float | None


class WatchedLeg(Struct, frozen=True):
    """A price somebody wants to hear of: as it was when they were last told; None where it was off the board."""

    selection: Selection
    bookmaker: str
    price: Price | None


class WatchMark(Struct, frozen=True):
    """An opportunity with a star, kept from run to run until its event is over."""

    opportunity_id: str
    event: Event
    legs: tuple[WatchedLeg, ...]
