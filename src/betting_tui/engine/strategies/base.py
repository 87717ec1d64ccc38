"""What the built-in strategies share: the rules all of them obey, and how an opportunity is put together."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache

from msgspec import Struct

from betting_tui.engine.core.books import commission, ownership_group
from betting_tui.engine.core.edge import effective_decimal
from betting_tui.engine.core.fair import FairPolicy, LinePricer
from betting_tui.engine.core.flags import FLOATING_START, NO_QUOTE_TIME, SUSPICIOUS
from betting_tui.engine.core.model import Leg, Phase, Quote, Side
from betting_tui.engine.core.ports import LineBook
from betting_tui.engine.core.sports import floating_start

# A feed names some hundred bookmakers; what it sends is not ours to trust.
_MOST_BOOKMAKERS = 4_096


class CommonRules(Struct, frozen=True):
    """Thresholds as fractions; `commission` overrides the table of bookmakers."""

    fair: FairPolicy
    commission: Mapping[str, float]
    suspicious_edge: float = 0.25
    suspicious_margin: float = 0.10


class Offer(Struct, frozen=True):
    """A fresh price to back, with its decimal odds after commission and who is behind the book."""

    quote: Quote
    effective: float
    group: str


class Terms(Struct, frozen=True):
    """What is the same for all prices of a bookmaker: the share of winnings it keeps, and who is behind it."""

    commission: float
    group: str


class Scan:
    """One line under the common rules: fresh quotes only, nothing once the event has started.

    `offers` are all fresh prices to back, in the board's order; `offers_by_name` the same by selection, best first,
    and by bookmaker where they pay the same.
    """

    def __init__(self, book: LineBook, now: datetime, rules: CommonRules, terms: Callable[[str], Terms]) -> None:
        self.book = book
        self.now = now
        self.rules = rules
        self.pricer = LinePricer(book, now, rules.fair)
        self.offers: list[Offer] = []
        self.offers_by_name: dict[str, list[Offer]] = {}
        for quote in self.pricer.fresh_backs:
            its = terms(quote.bookmaker)
            offer = Offer(quote, effective_decimal(quote.price.decimal, its.commission), its.group)
            self.offers.append(offer)
            self.offers_by_name.setdefault(quote.selection.name, []).append(offer)
        for offers in self.offers_by_name.values():
            offers.sort(key=_best_first)

    @property
    def open(self) -> bool:
        return not self.book.event.started(self.now)

    def expires_at(self, offers: Iterable[Offer], *others: datetime) -> datetime:
        """When the first of these prices grows too old, or the event starts."""
        limit = timedelta(seconds=self.pricer.max_age_seconds)
        moments = [offer.quote.dated + limit for offer in offers]
        return min(*moments, self.book.event.commence_time, *others)

    def flags(self, offers: Iterable[Offer], *, suspicious: bool) -> tuple[str, ...]:
        found = [SUSPICIOUS] if suspicious else []
        if floating_start(self.book.event.sport_key):
            found.append(FLOATING_START)
        if any(offer.quote.quoted_at is None for offer in offers):
            found.append(NO_QUOTE_TIME)
        return tuple(found)

    def stop(self, quote: Quote) -> str:
        """What keeps a price from every strategy, in words; empty when nothing does."""
        age, limit = quote.age_seconds(self.now), self.pricer.max_age_seconds
        if not self.open:
            return "the event has started"
        if quote.side is not Side.BACK:
            return "a price to lay is only compared with the same exchange's price to back"
        if quote.phase is not Phase.PREMATCH:
            return "the price is in play"
        if age > limit:
            return f"the price is {age:.0f} s old, older than {limit:g} s"
        return ""

    def effective(self, quote: Quote) -> float:
        """Decimal odds after commission."""
        return effective_decimal(quote.price.decimal, commission(quote.bookmaker, self.rules.commission))


class Scanner:
    """Prices a line once for all strategies that look at it in turn."""

    def __init__(self, rules: CommonRules) -> None:
        self.rules = rules
        self._last: Scan | None = None
        self._terms = lru_cache(maxsize=_MOST_BOOKMAKERS)(self._look_up)

    def look(self, book: LineBook, now: datetime) -> Scan:
        last = self._last
        if last is None or last.book is not book or last.now != now:
            last = self._last = Scan(book, now, self.rules, self._terms)
        return last

    def _look_up(self, bookmaker: str) -> Terms:
        return Terms(commission(bookmaker, self.rules.commission), ownership_group(bookmaker))


def _best_first(offer: Offer) -> tuple[float, str]:
    return -offer.effective, offer.quote.bookmaker


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
