"""Arbitrage: back every selection of a complete set, at books of different owners, for a certain profit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import product

from betting_tui.engine.core.book_titles import title
from betting_tui.engine.core.edge import reaches
from betting_tui.engine.core.flags import RULES_DIFFER
from betting_tui.engine.core.model import Leg, Opportunity, Quote
from betting_tui.engine.core.ports import LineBook
from betting_tui.engine.core.rule_sets import in_force
from betting_tui.engine.strategies.base import Offer, Scan, Scanner, leg_of, opportunity_id

NAME = "arbitrage"


class Arbitrage:
    """One opportunity a line: the best set of commission-effective prices, no two legs in one ownership group."""

    def __init__(self, scanner: Scanner, min_profit_margin: float) -> None:
        self._scanner = scanner
        self._min_profit_margin = min_profit_margin

    @property
    def name(self) -> str:
        return NAME

    def scan(self, book: LineBook, now: datetime) -> Sequence[Opportunity]:
        scan = self._scanner.look(book, now)
        if not scan.open or not scan.pricer.complete or not self._possible(scan):
            return ()
        legs = self._best_set(scan)
        if legs is None:
            return ()
        margin = _margin(legs)
        if not reaches(margin, self._min_profit_margin):
            return ()
        return (self._opportunity(scan, legs, margin),)

    def stopped_by(self, book: LineBook, quote: Quote, now: datetime) -> str:
        """A side without a price, a return that is too small, or a better price; empty when it is one of the legs."""
        scan = self._scanner.look(book, now)
        if stop := scan.stop(quote):
            return stop
        legs = self._best_set(scan) if scan.pricer.complete else None
        if legs is None:
            return "not every side has a price at a book of another owner"
        margin = _margin(legs)
        if not reaches(margin, self._min_profit_margin):
            least = f"{self._min_profit_margin * 100:g} %"
            return f"the best prices of all sides together return {margin * 100:+.2f} %, {least} needed"
        if any(offer.quote == quote for offer in legs):
            return ""
        taken = next(offer.quote for offer in legs if offer.quote.selection.name == quote.selection.name)
        return f"{title(taken.bookmaker)} is the better leg"

    def _possible(self, scan: Scan) -> bool:
        """Whether the best price of each side would be enough, whoever owns the books: on most lines it is not."""
        names, by_name = scan.pricer.names, scan.offers_by_name
        if len(by_name) < len(names):
            return False
        return reaches(_margin([by_name[name][0] for name in names]), self._min_profit_margin)

    def _best_set(self, scan: Scan) -> tuple[Offer, ...] | None:
        """The set with the smallest sum of 1/d. With n legs, only the n best owners of a side can be part of it."""
        names = scan.pricer.names
        candidates: list[list[Offer]] = []
        for name in names:
            by_group: dict[str, Offer] = {}
            for offer in scan.offers_by_name.get(name, ()):
                by_group.setdefault(offer.group, offer)
            candidates.append(list(by_group.values())[: len(names)])
        return min(
            (legs for legs in product(*candidates) if len({offer.group for offer in legs}) == len(legs)),
            key=lambda legs: (sum(1 / offer.effective for offer in legs), [offer.quote.bookmaker for offer in legs]),
            default=None,
        )

    def _opportunity(self, scan: Scan, offers: tuple[Offer, ...], margin: float) -> Opportunity:
        legs = tuple(leg_of(offer.quote) for offer in offers)
        return Opportunity(
            id=opportunity_id(NAME, legs),
            strategy=NAME,
            event=scan.book.event,
            line=scan.book.line,
            legs=legs,
            discovered_at=scan.now,
            expires_at=scan.expires_at(offers),
            profit_margin=margin,
            books=tuple(leg.bookmaker for leg in legs),
            flags=scan.flags(offers, suspicious=margin > scan.rules.suspicious_margin) + _rules_differ(scan, legs),
        )


def _rules_differ(scan: Scan, legs: Sequence[Leg]) -> tuple[str, ...]:
    """A game that one book voids and another settles leaves the legs without each other."""
    event, market = scan.book.event, scan.book.line.market
    keys = {in_force(leg.bookmaker, event.sport_key, market).key for leg in legs}
    return (RULES_DIFFER,) if len(keys) > 1 else ()


def _margin(legs: Sequence[Offer]) -> float:
    """The certain return on turnover: below zero, all sides together lose."""
    return 1 / sum([1 / offer.effective for offer in legs]) - 1
