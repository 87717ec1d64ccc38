"""Value betting: back a price whose expected value against the fair line reaches the minimum edge."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from betting_tui.engine.core.edge import edge, reaches
from betting_tui.engine.core.fair import NoFairLine
from betting_tui.engine.core.model import Opportunity, Quote
from betting_tui.engine.core.ports import LineBook
from betting_tui.engine.core.staking import kelly
from betting_tui.engine.strategies.base import Offer, Scan, Scanner, leg_of, opportunity_id

NAME = "value_betting"


class ValueBetting:
    """One opportunity for each selection and bookmaker whose edge p*d - 1 is at least `min_edge`."""

    def __init__(self, scanner: Scanner, min_edge: float) -> None:
        self._scanner = scanner
        self._min_edge = min_edge

    @property
    def name(self) -> str:
        return NAME

    def scan(self, book: LineBook, now: datetime) -> Sequence[Opportunity]:
        scan = self._scanner.look(book, now)
        if not scan.open or not scan.pricer.complete:
            return ()
        found = (self._judge(scan, offer) for offer in scan.offers)
        return tuple(opportunity for opportunity in found if opportunity is not None)

    def stopped_by(self, book: LineBook, quote: Quote, now: datetime) -> str:
        """No fair line, or an edge below the minimum; empty when it is an opportunity."""
        scan = self._scanner.look(book, now)
        if stop := scan.stop(quote):
            return stop
        fair = scan.pricer.fair_for(quote.bookmaker)
        if isinstance(fair, NoFairLine):
            return f"no fair line: {fair.reason}"
        value = edge(fair.probability(quote.selection.name), scan.effective(quote))
        if reaches(value, self._min_edge):
            return ""
        return f"edge {value * 100:+.2f} % is below {self._min_edge * 100:g} %"

    def _judge(self, scan: Scan, offer: Offer) -> Opportunity | None:
        quote, decimal = offer.quote, offer.effective
        fair = scan.pricer.fair_for(quote.bookmaker)
        if isinstance(fair, NoFairLine):
            return None
        probability = fair.probability(quote.selection.name)
        value = edge(probability, decimal)
        if not reaches(value, self._min_edge):
            return None
        leg = leg_of(quote)
        return Opportunity(
            id=opportunity_id(NAME, (leg,)),
            strategy=NAME,
            event=scan.book.event,
            line=scan.book.line,
            legs=(leg,),
            discovered_at=scan.now,
            expires_at=scan.expires_at((offer,), fair.good_until),
            edge=value,
            edge_low=edge(fair.low_probability(quote.selection.name), decimal),
            fair_probability=probability,
            fair_odds=1 / probability,
            method=fair.method,
            books=tuple(line.bookmaker for line in fair.books),
            confidence=fair.confidence,
            kelly_fraction=kelly(probability, decimal),
            flags=scan.flags((offer,), suspicious=value > scan.rules.suspicious_edge),
        )
