"""The legs picked for a parlay, until it is placed: kept for the run, shown on the slip."""

from __future__ import annotations

from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from betting_tui.engine.core.errors import InvalidOdds
from betting_tui.engine.core.model import Event, Leg, Side
from betting_tui.engine.core.money import round_half_even
from betting_tui.engine.core.odds import Price
from betting_tui.engine.core.opportunity_views import OpportunityRow
from betting_tui.engine.core.parlays import FEWEST_LEGS, MOST_LEGS, product_price, why_no_parlay
from betting_tui.screens.names import book


class PickedLeg(Struct, frozen=True):
    """A leg as it was drawn, and what was suggested to stake on it alone. `was`: its price before it moved."""

    opportunity_id: str
    event: Event
    leg: Leg
    stake_minor: int
    was: Price | None = None


class ParlayDraft:
    """In the order they were picked."""

    def __init__(self) -> None:
        self._picked: list[PickedLeg] = []

    @property
    def picked(self) -> tuple[PickedLeg, ...]:
        return tuple(self._picked)

    @property
    def legs(self) -> tuple[Leg, ...]:
        return tuple(each.leg for each in self._picked)

    @property
    def price(self) -> Price | None:
        """Of all legs together; None while there are none, or beyond any price."""
        try:
            return product_price(leg.price for leg in self.legs) if self._picked else None
        except InvalidOdds:
            return None

    def add(self, row: OpportunityRow) -> str:
        """Why this row cannot be a leg of it; empty when it is one now."""
        found = row.opportunity
        if len(found.legs) != 1:
            return f"{len(found.legs)} legs belong together here: a parlay takes single ones"
        leg = replace(found.legs[0], stake_minor=None)
        if leg.side is Side.LAY:
            return "a parlay backs all its legs, this is a lay"
        if len(self._picked) == MOST_LEGS:
            return f"a parlay has at most {MOST_LEGS} legs"
        if any(each.opportunity_id == found.id for each in self._picked):
            return "this leg is on the slip already"
        if self._picked and leg.bookmaker != self._picked[0].leg.bookmaker:
            return f"the slip is at {book(self._picked[0].leg.bookmaker)}: a parlay is one bet at one bookmaker"
        wanted = PickedLeg(found.id, found.event, leg, row.stake_minor)
        refusal = self._why_not((*self._picked, wanted))
        if refusal:
            return refusal
        self._picked.append(wanted)
        return ""

    def remove(self, place: int) -> None:
        del self._picked[place]

    def clear(self) -> None:
        self._picked.clear()

    def reprice(self, opportunity_id: str, price: Price) -> None:
        """The leg can be had at this price now; what it was is kept where that is worse."""
        for place, each in enumerate(self._picked):
            if each.opportunity_id == opportunity_id and each.leg.price != price:
                was = each.leg.price if price.exact < each.leg.price.exact else None
                self._picked[place] = replace(each, leg=replace(each.leg, price=price), was=was)

    @property
    def why_not_yet(self) -> str:
        """Why what is on the slip is no parlay, with `{id}` for keys; empty when it can be placed."""
        if len(self._picked) < FEWEST_LEGS:
            return f"a parlay has at least {FEWEST_LEGS} legs: {{opportunities.add_leg}} adds the one under the cursor"
        return self._why_not(tuple(self._picked))

    @property
    def suggested_minor(self) -> int:
        """What would be staked on the least of them alone; 0 where nothing is suggested."""
        return min((each.stake_minor for each in self._picked), default=0)

    @staticmethod
    def _why_not(picked: tuple[PickedLeg, ...]) -> str:
        if len(picked) < FEWEST_LEGS:
            return ""
        refusal = why_no_parlay([each.leg for each in picked], {each.event.id: each.event for each in picked})
        return "" if refusal is None else refusal.message


def returns_minor(stake_minor: int, price: Price) -> int:
    """What comes back when all legs win; one rounding."""
    return round_half_even(Fraction(stake_minor) * price.exact)
