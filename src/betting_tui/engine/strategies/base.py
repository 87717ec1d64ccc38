"""What the built-in strategies share: the rules all of them obey, and how an opportunity is put together."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from betting_tui.engine.core.books import commission
from betting_tui.engine.core.edge import effective_decimal
from betting_tui.engine.core.fair import FairPolicy, LinePricer
from betting_tui.engine.core.model import Leg, Quote
from betting_tui.engine.core.ports import LineBook
from betting_tui.engine.core.sports import floating_start

SUSPICIOUS = "suspicious"
FLOATING_START = "floating_start"
NO_QUOTE_TIME = "no_quote_time"
RULES_DIFFER = "rules_differ"
PRICE_JUMP = "price_jump"


class CommonRules(Struct, frozen=True):
    """Ages in seconds; thresholds as fractions."""

    fair: FairPolicy
    commission: Mapping[str, float]
    floating_max_age_seconds: float = 120.0
    suspicious_edge: float = 0.25
    suspicious_margin: float = 0.10


class Scan:
    """One line under the common rules: fresh quotes only, nothing once the event has started."""

    def __init__(self, book: LineBook, now: datetime, rules: CommonRules) -> None:
        self.book = book
        self.now = now
        self.rules = rules
        self.floating = floating_start(book.event.sport_key)
        policy = rules.fair
        if self.floating and policy.max_age_seconds > rules.floating_max_age_seconds:
            policy = FairPolicy(policy.sharp, policy.method, policy.min_groups, rules.floating_max_age_seconds)
        self.max_age_seconds = policy.max_age_seconds
        self.pricer = LinePricer(book, now, policy)

    @property
    def open(self) -> bool:
        return not self.book.event.started(self.now)

    def effective(self, quote: Quote) -> float:
        """Decimal odds after the bookmaker's commission: what a price is ranked and compared by."""
        return effective_decimal(quote.price.decimal, commission(quote.bookmaker, self.rules.commission))

    def expires_at(self, quotes: Iterable[Quote], *others: datetime) -> datetime:
        """When the first of these prices grows too old, or the event starts."""
        limit = timedelta(seconds=self.max_age_seconds)
        moments = [(quote.quoted_at or quote.seen_at) + limit for quote in quotes]
        return min(*moments, self.book.event.commence_time, *others)

    def flags(self, quotes: Iterable[Quote], *, suspicious: bool) -> tuple[str, ...]:
        found = [SUSPICIOUS] if suspicious else []
        if self.floating:
            found.append(FLOATING_START)
        if any(quote.quoted_at is None for quote in quotes):
            found.append(NO_QUOTE_TIME)
        return tuple(found)


def leg_of(quote: Quote) -> Leg:
    return Leg(
        selection=quote.selection,
        bookmaker=quote.bookmaker,
        price=quote.price,
        side=quote.side,
        quoted_at=quote.quoted_at,
        seen_at=quote.seen_at,
        source=quote.source,
    )


def opportunity_id(strategy: str, legs: Iterable[Leg]) -> str:
    """The same opportunity has the same id in every run: it is made of the strategy, the selections and the books."""
    parts = sorted(f"{leg.selection.line.text}>{leg.selection.name}@{leg.bookmaker}:{leg.side.value}" for leg in legs)
    digest = hashlib.blake2b("\n".join((strategy, *parts)).encode(), digest_size=6).hexdigest()
    return f"OPP-{digest}"
