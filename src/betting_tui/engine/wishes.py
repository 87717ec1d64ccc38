"""From a command to what limits look at: the bets with what each may lose, and the fair chance where it is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from betting_tui.engine.core.books import commission
from betting_tui.engine.core.commands import Fill, Place, PlaceParlay, RecordBet, RecordParlay
from betting_tui.engine.core.edge import effective_decimal
from betting_tui.engine.core.model import Event, Evidence, Funding, Leg, Origin, Side
from betting_tui.engine.core.odds import Price
from betting_tui.engine.core.ports import MarketView
from betting_tui.engine.limits import floor_minor
from betting_tui.engine.risk import At, Stake, Wish
from betting_tui.engine.store.placing import risk_minor


class Wisher:
    """Reads commands. `commissions` by bookmaker, 0.05 = 5 %."""

    def __init__(self, market: MarketView, commissions: Mapping[str, float]) -> None:
        self._market = market
        self._commissions = commissions

    def placed(
        self, command: Place, fills: Sequence[Fill], events: Sequence[Event], currency: str, now: datetime
    ) -> Wish:
        """As the broker would fill it."""
        sports = {event.id: event.sport_key for event in events}
        bets = tuple(
            Stake(
                event_id=fill.leg.selection.line.event_id,
                sport_key=sports.get(fill.leg.selection.line.event_id, ""),
                line=fill.leg.selection.line,
                selection=fill.leg.selection.name,
                bookmaker=fill.leg.bookmaker,
                stake_minor=fill.stake_minor,
                risk_minor=_risk(fill.stake_minor, fill.price, fill.leg.side, command.funding),
                decimal=fill.price.decimal,
                takes_minor=self._takes(fill, currency),
            )
            for fill in fills
        )
        probability, effective = self._chance(command, fills)
        return Wish(bets, command.origin, now, probability, effective)

    def recorded(self, command: RecordBet, now: datetime) -> Wish:
        """A bet made elsewhere, when it was made."""
        bet = Stake(
            event_id=command.event.id,
            sport_key=command.event.sport_key,
            line=command.selection.line,
            selection=command.selection.name,
            bookmaker=command.bookmaker,
            stake_minor=command.stake_minor,
            risk_minor=_risk(command.stake_minor, command.price, command.side, command.funding)
            * (2 if command.each_way else 1),
            decimal=command.price.decimal,
        )
        return Wish((bet,), command.origin, command.placed_at or now)

    def parlay(
        self, command: PlaceParlay, fills: Sequence[Fill], events: Sequence[Event], currency: str, now: datetime
    ) -> Wish:
        """As the broker would fill it: one stake, with each event of its legs exposed to all of it.

        A bookmaker takes no more of the whole than of the leg it takes least of.
        """
        takes = [each for each in (self._takes(fill, currency) for fill in fills) if each is not None]
        return self._together(command, fills, events, command.origin, now, min(takes, default=None))

    def recorded_parlay(self, command: RecordParlay, now: datetime) -> Wish:
        """One made elsewhere, when it was made."""
        fills = [at_limit(leg) for leg in command.legs]
        return self._together(command, fills, command.events, command.origin, command.placed_at or now, None)

    def _together(
        self,
        command: PlaceParlay | RecordParlay,
        fills: Sequence[Fill],
        events: Sequence[Event],
        origin: Origin,
        at: datetime,
        takes_minor: int | None,
    ) -> Wish:
        sports = {event.id: event.sport_key for event in events}
        where = [
            At(event_id, sports.get(event_id, "")) for event_id in (fill.leg.selection.line.event_id for fill in fills)
        ]
        first = fills[0].leg
        decimal = 1.0
        for fill in fills:
            decimal *= fill.price.decimal
        bet = Stake(
            event_id=where[0].event_id,
            sport_key=where[0].sport_key,
            line=first.selection.line,
            selection=first.selection.name,
            bookmaker=first.bookmaker,
            stake_minor=command.stake_minor,
            risk_minor=0 if command.funding is Funding.FREE else command.stake_minor,
            decimal=decimal,
            takes_minor=takes_minor,
            beside=tuple(where[1:]),
        )
        return Wish((bet,), origin, at)

    def _takes(self, fill: Fill, currency: str) -> int | None:
        """What the bookmaker says it takes of a back bet at exactly this price."""
        leg = fill.leg
        quote = self._market.quote(leg.selection, leg.bookmaker, leg.side)
        if quote is None or leg.side is not Side.BACK or quote.price != fill.price:
            return None
        stated = [each for each in (quote.bet_limit, quote.size) if each is not None]
        return floor_minor(Decimal(str(min(stated))), currency) if stated else None

    def _chance(self, command: Place, fills: Sequence[Fill]) -> tuple[float | None, float | None]:
        """The fair chance of a single bet and its odds after commission; a lay is a back of its losing.

        Laying at d wins (1 - c) and loses d - 1 a unit: backing the complement at 1 + (1 - c)/(d - 1).
        """
        legs = command.legs if command.opportunity is None else command.opportunity.legs
        chance = command.chance
        if chance is None or len(fills) != 1 or len(legs) != 1:
            return None, None
        (fill,) = fills
        if fill.leg.selection != legs[0].selection:
            return None, None
        rate, decimal = commission(fill.leg.bookmaker, self._commissions), fill.price.decimal
        if fill.leg.side is Side.LAY:
            return 1 - chance, 1 + (1 - rate) / (decimal - 1)
        return chance, effective_decimal(decimal, rate)


def at_limit(leg: Leg) -> Fill:
    """A waiting order's leg as it would be filled at its limit: what its money is reserved for."""
    return Fill(leg, leg.price, leg.stake_minor or 0, Evidence.NONE, leg.source, leg.quoted_at, leg.seen_at)


def _risk(stake_minor: int, price: Price, side: Side, funding: Funding) -> int:
    return 0 if funding is Funding.FREE else risk_minor(stake_minor, price.exact, side)
