"""Arbitrage: back every selection of a complete set, at books of different owners, for a certain profit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import product

from betting_tui.engine.core.books import ownership_group
from betting_tui.engine.core.edge import reaches
from betting_tui.engine.core.model import Opportunity, Quote
from betting_tui.engine.core.ports import LineBook
from betting_tui.engine.strategies.base import CommonRules, Scan, leg_of, opportunity_id

NAME = "arbitrage"


class Arbitrage:
    """One opportunity a line: the best set of commission-effective prices, no two legs in one ownership group."""

    def __init__(self, rules: CommonRules, min_profit_margin: float) -> None:
        self._rules = rules
        self._min_profit_margin = min_profit_margin

    @property
    def name(self) -> str:
        return NAME

    def scan(self, book: LineBook, now: datetime) -> Sequence[Opportunity]:
        scan = Scan(book, now, self._rules)
        if not scan.open or not scan.pricer.complete:
            return ()
        legs = self._best_set(scan)
        if legs is None:
            return ()
        margin = 1 / sum(1 / scan.effective(quote) for quote in legs) - 1
        if not reaches(margin, self._min_profit_margin):
            return ()
        return (self._opportunity(scan, legs, margin),)

    def _best_set(self, scan: Scan) -> tuple[Quote, ...] | None:
        """The set with the smallest sum of 1/d. With n legs, only the n best owners of a side can be part of it."""
        names = scan.pricer.names
        candidates: list[list[Quote]] = []
        for name in names:
            quotes = [quote for quote in scan.pricer.fresh_backs if quote.selection.name == name]
            quotes.sort(key=lambda quote: (-scan.effective(quote), quote.bookmaker))
            by_group: dict[str, Quote] = {}
            for quote in quotes:
                by_group.setdefault(ownership_group(quote.bookmaker), quote)
            candidates.append(list(by_group.values())[: len(names)])
        sets = (
            legs
            for legs in product(*candidates)
            if len({ownership_group(quote.bookmaker) for quote in legs}) == len(legs)
        )
        return min(
            sets,
            key=lambda legs: (sum(1 / scan.effective(quote) for quote in legs), [quote.bookmaker for quote in legs]),
            default=None,
        )

    def _opportunity(self, scan: Scan, quotes: tuple[Quote, ...], margin: float) -> Opportunity:
        legs = tuple(leg_of(quote) for quote in quotes)
        return Opportunity(
            id=opportunity_id(NAME, legs),
            strategy=NAME,
            event=scan.book.event,
            line=scan.book.line,
            legs=legs,
            discovered_at=scan.now,
            expires_at=scan.expires_at(quotes),
            profit_margin=margin,
            books=tuple(quote.bookmaker for quote in quotes),
            flags=scan.flags(quotes, suspicious=margin > self._rules.suspicious_margin),
        )
