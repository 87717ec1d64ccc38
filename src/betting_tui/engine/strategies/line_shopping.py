"""Line shopping: the best price of a selection against the median of the other books, in American cents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from betting_tui.engine.core.book_titles import title
from betting_tui.engine.core.edge import cents, edge, reaches
from betting_tui.engine.core.fair import FairLine
from betting_tui.engine.core.model import Opportunity, Quote
from betting_tui.engine.core.ports import LineBook
from betting_tui.engine.core.staking import kelly
from betting_tui.engine.strategies.base import Offer, Scan, Scanner, leg_of, opportunity_id

NAME = "line_shopping"
# Cents come from decimal odds in floats; a billionth of a cent is not a difference.
_CENT_TOLERANCE = 1e-9


class LineShopping:
    """One opportunity a selection. Only equal points are compared: another point is another line."""

    def __init__(self, scanner: Scanner, min_difference: float, min_books: int = 3) -> None:
        self._scanner = scanner
        self._min_difference = min_difference
        # One alone has no others to be compared with.
        self._min_books = max(2, min_books)

    @property
    def name(self) -> str:
        return NAME

    def scan(self, book: LineBook, now: datetime) -> Sequence[Opportunity]:
        scan = self._scanner.look(book, now)
        if not scan.open:
            return ()
        sides = scan.offers_by_name.values()
        found = (self._judge(scan, offers) for offers in sides if len(offers) >= self._min_books)
        return tuple(opportunity for opportunity in found if opportunity is not None)

    def stopped_by(self, book: LineBook, quote: Quote, now: datetime) -> str:
        """Too few books, another one that pays more, or a gap that is too small; empty when it is an opportunity."""
        scan = self._scanner.look(book, now)
        if stop := scan.stop(quote):
            return stop
        offers = scan.offers_by_name.get(quote.selection.name, ())
        if len(offers) < self._min_books:
            return f"{len(offers)} of the {self._min_books} books needed have a fresh price"
        offer, difference = _best(offers)
        if offer.quote.bookmaker != quote.bookmaker:
            return f"{title(offer.quote.bookmaker)} pays more"
        if reaches(difference, self._min_difference, _CENT_TOLERANCE):
            return ""
        return f"{difference:.1f} cents over the middle of the other books, {self._min_difference:g} needed"

    def _judge(self, scan: Scan, offers: Sequence[Offer]) -> Opportunity | None:
        offer, difference = _best(offers)
        if not reaches(difference, self._min_difference, _CENT_TOLERANCE):
            return None
        best, decimal = offer.quote, offer.effective
        fair = scan.pricer.fair_for(best.bookmaker)
        probability = fair.probability(best.selection.name) if isinstance(fair, FairLine) else None
        value = edge(probability, decimal) if probability is not None else None
        leg = leg_of(best)
        return Opportunity(
            id=opportunity_id(NAME, (leg,)),
            strategy=NAME,
            event=scan.book.event,
            line=scan.book.line,
            legs=(leg,),
            discovered_at=scan.now,
            expires_at=scan.expires_at((offer,)),
            edge=value,
            edge_low=edge(fair.low_probability(best.selection.name), decimal) if isinstance(fair, FairLine) else None,
            difference_cents=difference,
            fair_probability=probability,
            fair_odds=1 / probability if probability else None,
            method=fair.method if isinstance(fair, FairLine) else None,
            books=tuple(sorted([other.quote.bookmaker for other in offers[1:]])),
            confidence=fair.confidence if isinstance(fair, FairLine) else None,
            kelly_fraction=kelly(probability, decimal) if probability is not None else None,
            flags=scan.flags((offer,), suspicious=value is not None and value > scan.rules.suspicious_edge),
        )


def _best(offers: Sequence[Offer]) -> tuple[Offer, float]:
    """The best of offers that come best first, and how many cents it is over the median of the others.

    A better price has more cents: the middle one of the prices has the middle of their cents.
    """
    best, others = offers[0], len(offers) - 1
    upper, lower = offers[(others + 1) // 2], offers[others // 2 + 1]
    middle = cents(upper.effective)
    if lower is not upper:
        middle = (cents(lower.effective) + middle) / 2
    return best, cents(best.effective) - middle
