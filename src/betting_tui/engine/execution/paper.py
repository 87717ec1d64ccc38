"""The paper broker: accepts a bet only at a price the board still shows, and says why not in words."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from betting_tui.engine.core.bet_views import NotPlaced
from betting_tui.engine.core.commands import Fill, Place
from betting_tui.engine.core.model import Evidence, Leg, Phase, Quote, Side
from betting_tui.engine.core.odds import OddsFormat, format_price
from betting_tui.engine.core.ports import MarketView
from betting_tui.engine.core.refusals import Refusal, RefusalCode
from betting_tui.engine.core.sports import floating_start


class AcceptanceRules(Struct, frozen=True):
    """How old a quote may be, in seconds, and how prices are written in refusals."""

    max_age_seconds: float = 300.0
    floating_max_age_seconds: float = 120.0
    odds_format: OddsFormat = OddsFormat.AMERICAN


class PaperBroker:
    """Re-checks the board at the moment of placing. All legs are accepted, or none."""

    def __init__(self, market: MarketView, rules: AcceptanceRules) -> None:
        self._market = market
        self._rules = rules

    def decide(self, command: Place, now: datetime) -> tuple[Fill, ...] | NotPlaced:
        """Fills at the price on the board now, which is never worse than the drawn one unless that was allowed."""
        fills: list[Fill] = []
        for leg in command.legs:
            outcome = self._decide_leg(leg, now, command)
            if isinstance(outcome, NotPlaced):
                return outcome
            fills.append(outcome)
        return tuple(fills)

    def _decide_leg(self, leg: Leg, now: datetime, command: Place) -> Fill | NotPlaced:
        event = self._market.event(leg.selection.line.event_id)
        if event is None:
            return _refuse(leg, RefusalCode.UNKNOWN_EVENT, "this event is no longer on the board")
        if event.started(now):
            return _refuse(leg, RefusalCode.EVENT_STARTED, f"{event.name} has started")
        quote = self._market.quote(leg.selection, leg.bookmaker, leg.side)
        if quote is None or _left_out(quote, leg, command.asked_at):
            return _refuse(leg, RefusalCode.LINE_GONE, f"{leg.bookmaker} no longer offers {leg.selection.name}")
        if quote.phase is Phase.INPLAY:
            return _refuse(leg, RefusalCode.EVENT_STARTED, f"{leg.bookmaker} quotes {leg.selection.name} in play")
        limit = self._max_age(event.sport_key)
        age = quote.age_seconds(now)
        if age > limit:
            return _refuse(
                leg, RefusalCode.STALE_QUOTE, f"the price is {age:.0f} s old, {limit:.0f} s is the limit", quote
            )
        if _worse(quote, leg) and not command.take_worse:
            return _refuse(leg, RefusalCode.PRICE_MOVED, self._moved(quote, leg), quote)
        if leg.stake_minor is None:
            return _refuse(leg, RefusalCode.BELOW_MINIMUM, "no stake was given")
        return Fill(
            leg=leg,
            price=quote.price,
            stake_minor=leg.stake_minor,
            evidence=_evidence(quote, leg, command.asked_at),
            source=quote.source,
            quoted_at=quote.quoted_at,
            seen_at=quote.seen_at,
        )

    def _max_age(self, sport_key: str) -> float:
        rules = self._rules
        if floating_start(sport_key):
            return min(rules.max_age_seconds, rules.floating_max_age_seconds)
        return rules.max_age_seconds

    def _moved(self, quote: Quote, leg: Leg) -> str:
        shown = self._rules.odds_format
        return (
            f"odds moved: {leg.bookmaker} now {format_price(quote.price, shown)}, "
            f"your limit is {format_price(leg.price, shown)}"
        )


def _worse(quote: Quote, leg: Leg) -> bool:
    """Backing wants higher odds, laying lower ones; compared exactly."""
    if leg.side is Side.BACK:
        return quote.price.exact < leg.price.exact
    return quote.price.exact > leg.price.exact


def _left_out(quote: Quote, leg: Leg, asked_at: datetime | None) -> bool:
    """Whether the feed was asked for this price again and its answer no longer has it.

    An answer can leave out a whole event, which takes nothing off the board.
    """
    if asked_at is None or quote.seen_at >= asked_at:
        return False
    return quote.source == leg.source


def _evidence(quote: Quote, leg: Leg, asked_at: datetime | None) -> Evidence:
    """What was seen after it was asked for again is fresh, also where it moved in the bettor's favour.

    A later answer that still showed the price is better proof than the one the row was drawn from; there, a price that
    has moved in the bettor's favour was seen once.
    """
    if asked_at is not None and quote.seen_at >= asked_at:
        return Evidence.FRESH
    if leg.seen_at is not None and quote.seen_at > leg.seen_at and quote.price.exact == leg.price.exact:
        return Evidence.LATER_SNAPSHOT
    return Evidence.SAME_SNAPSHOT


def _refuse(leg: Leg, code: RefusalCode, message: str, quote: Quote | None = None) -> NotPlaced:
    return NotPlaced(Refusal(code, message), price_now=quote.price if quote else None, leg=leg)
