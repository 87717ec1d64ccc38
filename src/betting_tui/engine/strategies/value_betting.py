"""Value betting: back a price whose expected value against the fair line reaches the minimum edge."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import takewhile

from betting_tui.engine.core.edge import edge, reaches
from betting_tui.engine.core.fair import FairLine, NoFairLine
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
        sharp = scan.pricer.sharp
        worth = self._worth_by(scan) if sharp is None else self._worth_by_sharp(scan, sharp)
        return tuple([self._opportunity(scan, offer, fair) for offer, fair in worth])

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

    def _worth_by(self, scan: Scan) -> Iterator[tuple[Offer, FairLine]]:
        """The offers with edge enough, each against the books it has to do nothing with."""
        for offer in scan.offers:
            fair = scan.pricer.fair_for(offer.quote.bookmaker)
            if isinstance(fair, FairLine) and self._enough(fair.probability(offer.quote.selection.name), offer):
                yield offer, fair

    def _worth_by_sharp(self, scan: Scan, sharp: FairLine) -> Iterator[tuple[Offer, FairLine]]:
        """The same where one line judges all: where the best offer of a side has too little edge, all of them have."""
        worth: list[Offer] = []
        for name, offers in scan.offers_by_name.items():
            probability = sharp.probability(name)
            worth.extend(takewhile(partial(self._enough, probability), offers))
        if len(worth) > 1:
            worth = [offer for offer in scan.offers if any(offer is each for each in worth)]
        for offer in worth:
            yield offer, sharp

    def _enough(self, probability: float, offer: Offer) -> bool:
        return reaches(edge(probability, offer.effective), self._min_edge)

    def _opportunity(self, scan: Scan, offer: Offer, fair: FairLine) -> Opportunity:
        quote, decimal = offer.quote, offer.effective
        probability = fair.probability(quote.selection.name)
        value = edge(probability, decimal)
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
