"""Several selections in one bet: what may be put together, and the price of the whole. What it pays is in `payout`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from betting_tui.engine.core.commands import Fill
from betting_tui.engine.core.errors import InvalidOdds
from betting_tui.engine.core.model import Event, Evidence, Leg, Side
from betting_tui.engine.core.odds import OddsFormat, Price, parse_price
from betting_tui.engine.core.refusals import Refusal, RefusalCode

FEWEST_LEGS = 2
MOST_LEGS = 12
_WEAKEST_FIRST = tuple(reversed(Evidence))


def why_no_parlay(legs: Sequence[Leg], events: Mapping[str, Event]) -> Refusal | None:
    """Why these are no parlay, whatever they cost; None when they can be one. `events` by id name them in words."""
    if not FEWEST_LEGS <= len(legs) <= MOST_LEGS:
        held = "1 leg" if len(legs) == 1 else f"{len(legs)} legs"
        return _refused(f"a parlay has {FEWEST_LEGS} to {MOST_LEGS} legs, not {held}")
    if any(leg.side is Side.LAY for leg in legs):
        return _refused("a parlay backs all its legs: lay a selection as a bet of its own")
    books = sorted({leg.bookmaker for leg in legs})
    if len(books) > 1:
        return _refused(f"a parlay is one bet at one bookmaker, not at {' and '.join(books)}")
    seen: set[str] = set()
    for leg in legs:
        event_id = leg.selection.line.event_id
        if event_id in seen:
            named = events[event_id].name if event_id in events else event_id
            return _refused(
                f"two legs are on {named}: what happens in one event hangs together, so that their prices do not"
                " multiply. Keep one of them"
            )
        seen.add(event_id)
    try:
        product_price(leg.price for leg in legs)
    except InvalidOdds as error:
        return Refusal(RefusalCode.INVALID_ODDS, error.message)
    return None


def product_price(prices: Iterable[Price]) -> Price:
    """The exact product of decimal odds, as a fraction. Raises InvalidOdds where it is beyond any price."""
    product = Fraction(1)
    for price in prices:
        product *= price.exact
    net = product - 1
    try:
        return parse_price(f"{net.numerator}/{net.denominator}", OddsFormat.FRACTIONAL)
    except InvalidOdds:
        raise InvalidOdds(
            "together these prices are beyond 100,000 to one, or too long to keep: leave a leg out"
        ) from None


def whole(legs: Sequence[Leg], fills: Sequence[Fill], stake_minor: int) -> Fill:
    """The legs as filled, in one: the product of their prices, the weakest proof, the oldest times."""
    sources = {fill.source for fill in fills}
    quoted = [fill.quoted_at for fill in fills]
    seen = [fill.seen_at for fill in fills]
    asked = Leg(
        selection=legs[0].selection,
        bookmaker=legs[0].bookmaker,
        price=product_price(leg.price for leg in legs),
        stake_minor=stake_minor,
    )
    return Fill(
        leg=asked,
        price=product_price(fill.price for fill in fills),
        stake_minor=stake_minor,
        evidence=min((fill.evidence for fill in fills), key=_WEAKEST_FIRST.index),
        source=sources.pop() if len(sources) == 1 else "",
        quoted_at=min(at for at in quoted if at is not None) if all(quoted) else None,
        seen_at=min(at for at in seen if at is not None) if all(seen) else None,
    )


def _refused(message: str) -> Refusal:
    return Refusal(RefusalCode.UNSUPPORTED, message)
