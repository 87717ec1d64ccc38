"""An opportunity as scripts and filters see it: flat, in plain values, times as ISO text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from betting_tui.engine.core.filters import FieldKind
from betting_tui.engine.core.model import Leg, Opportunity
from betting_tui.engine.core.times import iso


class LegRecord(Struct, frozen=True):
    """One leg; `stake_minor` in minor units, None without a stake."""

    selection: str
    point: float | None
    bookmaker: str
    side: str
    price_american: int
    price_decimal: float
    quoted_at: str | None
    stake_minor: int | None


class FlatOpportunity(Struct, frozen=True):
    """Fractions are fractions (0.05 = 5 %); None where the strategy gives it no meaning. `books` counts the books
    behind the fair line or the comparison, `book_keys` names them."""

    id: str
    strategy: str
    event_id: str
    sport_key: str
    home_team: str | None
    away_team: str | None
    commence_time: str
    market: str
    period: str
    participant: str | None
    edge: float | None
    edge_low: float | None
    ev_per_unit: float | None
    profit_margin: float | None
    difference_cents: float | None
    fair_probability: float | None
    fair_odds: float | None
    method: str | None
    books: int | None
    book_keys: tuple[str, ...]
    confidence: str | None
    kelly_fraction: float | None
    recommended_stake_minor: int | None
    age_seconds: float | None
    discovered_at: str
    expires_at: str
    flags: tuple[str, ...]
    legs: tuple[LegRecord, ...]

    @property
    def bookmaker(self) -> tuple[str, ...]:
        return tuple(leg.bookmaker for leg in self.legs)

    @property
    def selection(self) -> tuple[str, ...]:
        return tuple(leg.selection for leg in self.legs)


_TEXT_FIELDS = (
    "id", "strategy", "event_id", "sport_key", "home_team", "away_team", "commence_time", "market", "period",
    "participant", "method", "confidence", "discovered_at", "expires_at",
)  # fmt: skip
_LIST_FIELDS = ("flags", "book_keys", "bookmaker", "selection")
_NUMBER_FIELDS = (
    "edge", "edge_low", "ev_per_unit", "profit_margin", "difference_cents", "fair_probability", "fair_odds", "books",
    "kelly_fraction", "recommended_stake_minor", "age_seconds",
)  # fmt: skip

OPPORTUNITY_FIELDS: dict[str, FieldKind] = {
    **dict.fromkeys(_TEXT_FIELDS, FieldKind.TEXT),
    **dict.fromkeys(_NUMBER_FIELDS, FieldKind.NUMBER),
    **dict.fromkeys(_LIST_FIELDS, FieldKind.LIST),
}
"""What a filter over opportunities may name; `bookmaker` and `selection` are those of all legs."""


def flat_opportunity(
    found: Opportunity, now: datetime, *, stake_minor: int | None = None, legs: Sequence[Leg] | None = None
) -> FlatOpportunity:
    """The flat form as of `now`. `legs` are the opportunity's own with their stakes, when these are known."""
    event = found.event
    return FlatOpportunity(
        id=found.id,
        strategy=found.strategy,
        event_id=event.id,
        sport_key=event.sport_key,
        home_team=event.home_team,
        away_team=event.away_team,
        commence_time=iso(event.commence_time),
        market=found.line.market,
        period=found.line.period,
        participant=found.line.participant,
        edge=found.edge,
        edge_low=found.edge_low,
        ev_per_unit=found.ev_per_unit,
        profit_margin=found.profit_margin,
        difference_cents=found.difference_cents,
        fair_probability=found.fair_probability,
        fair_odds=found.fair_odds,
        method=found.method,
        books=len(found.books) or None,
        book_keys=found.books,
        confidence=found.confidence,
        kelly_fraction=found.kelly_fraction,
        recommended_stake_minor=stake_minor,
        age_seconds=age_seconds(found, now),
        discovered_at=iso(found.discovered_at),
        expires_at=iso(found.expires_at),
        flags=found.flags,
        legs=tuple(_leg(leg) for leg in (found.legs if legs is None else legs)),
    )


def age_seconds(found: Opportunity, now: datetime) -> float | None:
    """Seconds since the oldest leg was quoted (seen, where the feed gives no time); None without any time."""
    times = [leg.quoted_at or leg.seen_at for leg in found.legs]
    ages = [(now - at).total_seconds() for at in times if at is not None]
    return max(0.0, *ages) if ages else None


def _leg(leg: Leg) -> LegRecord:
    return LegRecord(
        selection=leg.selection.name,
        point=leg.selection.point,
        bookmaker=leg.bookmaker,
        side=leg.side.value,
        price_american=leg.price.american,
        price_decimal=leg.price.decimal,
        quoted_at=iso(leg.quoted_at) if leg.quoted_at is not None else None,
        stake_minor=leg.stake_minor,
    )
