"""Why there is or is not an opportunity: a price against its fair line, and the check that stopped each strategy.

The screens and `analyze --explain` ask the same thing here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from betting_tui.engine.core.books import commission, ownership_group
from betting_tui.engine.core.edge import edge, effective_decimal
from betting_tui.engine.core.fair import BookLine, FairLine, FairPolicy, LinePricer
from betting_tui.engine.core.model import Leg, LineKey, Opportunity, Quote, Selection, Side
from betting_tui.engine.core.opportunity_views import BookShare, JudgedPrice, Verdict
from betting_tui.engine.core.ports import ExplainsItself, LineBook, MarketView, Strategy


class Explainer:
    """Judges single prices of a market as the strategies do. `commissions` by bookmaker, 0.05 = 5 %."""

    def __init__(
        self,
        market: MarketView,
        strategies: Sequence[Strategy],
        policy: FairPolicy,
        commissions: Mapping[str, float],
    ) -> None:
        self._market = market
        self._strategies = tuple(strategies)
        self._policy = policy
        self._commissions = commissions

    def price(self, selection: Selection, bookmaker: str, now: datetime) -> JudgedPrice | None:
        """One price to back; None when it is not on the board."""
        quote = self._market.quote(selection, bookmaker)
        event = self._market.event(selection.line.event_id)
        if quote is None or event is None:
            return None
        book = LineBook(event, selection.line, tuple(self._market.quotes(selection.line)))
        return self._judged(book, LinePricer(book, now, self._policy), quote, now)

    def event(self, wanted: str, now: datetime) -> tuple[JudgedPrice, ...]:
        """The best price of each selection of the events with this id, or with this in their name."""
        found: list[JudgedPrice] = []
        for event in sorted(self._market.events(), key=lambda event: (event.commence_time, event.id)):
            if event.id == wanted or wanted.casefold() in event.name.casefold():
                for line in self._market.lines(event.id):
                    found.extend(self._line(line, now))
        return tuple(found)

    def _line(self, line: LineKey, now: datetime) -> list[JudgedPrice]:
        event = self._market.event(line.event_id)
        if event is None:
            return []
        book = LineBook(event, line, tuple(self._market.quotes(line)))
        pricer = LinePricer(book, now, self._policy)
        return [self._judged(book, pricer, quote, now) for quote in self._best(book)]

    def _best(self, book: LineBook) -> list[Quote]:
        best: dict[str, Quote] = {}
        for quote in book.quotes:
            known = best.get(quote.selection.name)
            if quote.side is Side.BACK and (known is None or self._effective(quote) > self._effective(known)):
                best[quote.selection.name] = quote
        return list(best.values())

    def _effective(self, quote: Quote) -> float:
        return effective_decimal(quote.price.decimal, commission(quote.bookmaker, self._commissions))

    def _judged(self, book: LineBook, pricer: LinePricer, quote: Quote, now: datetime) -> JudgedPrice:
        line = pricer.fair_for(quote.bookmaker)
        fair = line if isinstance(line, FairLine) else None
        name = quote.selection.name
        chance = fair.probability(name) if fair else None
        low = fair.low_probability(name) if fair else None
        decimal = self._effective(quote)
        return JudgedPrice(
            event=book.event,
            selection=quote.selection,
            bookmaker=quote.bookmaker,
            price=quote.price,
            age_seconds=quote.age_seconds(now),
            books=_shares(book, pricer, name, fair, now),
            verdicts=tuple(_verdict(strategy, book, quote, now) for strategy in self._strategies),
            takeable=not book.event.started(now) and quote in pricer.fresh_backs,
            method=fair.method if fair else None,
            fair_probability=chance,
            low_probability=low,
            high_probability=fair.high[fair.names.index(name)] if fair else None,
            edge=None if chance is None else edge(chance, decimal),
            edge_low=None if low is None else edge(low, decimal),
            confidence=fair.confidence if fair else None,
            no_fair_line="" if isinstance(line, FairLine) else line.reason,
        )


def as_opportunity(judged: JudgedPrice, now: datetime) -> Opportunity:
    """A price no strategy has found, in the form in which stakes are worked out."""
    chance = judged.fair_probability
    return Opportunity(
        id="",
        strategy="",
        event=judged.event,
        line=judged.selection.line,
        legs=(Leg(judged.selection, judged.bookmaker, judged.price),),
        discovered_at=now,
        expires_at=now,
        edge=judged.edge,
        edge_low=judged.edge_low,
        fair_probability=chance,
        fair_odds=1 / chance if chance else None,
        method=judged.method,
    )


def _verdict(strategy: Strategy, book: LineBook, quote: Quote, now: datetime) -> Verdict:
    if isinstance(strategy, ExplainsItself):
        return Verdict(strategy.name, strategy.stopped_by(book, quote, now))
    for found in strategy.scan(book, now):
        if any((leg.selection, leg.bookmaker) == (quote.selection, quote.bookmaker) for leg in found.legs):
            return Verdict(strategy.name, "")
    return Verdict(strategy.name, "it does not say why it left this price alone")


def _shares(
    book: LineBook, pricer: LinePricer, name: str, fair: FairLine | None, now: datetime
) -> tuple[BookShare, ...]:
    """Every book's price of the selection; its weight is its part in the fair line."""
    used = {line.bookmaker for line in fair.books} if fair else set()
    groups = {ownership_group(bookmaker) for bookmaker in used}
    devigged = {line.bookmaker: line for line in pricer.books}
    fresh = {quote.bookmaker for quote in pricer.fresh_backs if quote.selection.name == name}
    shares: list[BookShare] = []
    for quote in book.quotes:
        if quote.selection.name != name or quote.side is not Side.BACK:
            continue
        siblings = sum(ownership_group(book) == ownership_group(quote.bookmaker) for book in used)
        line = devigged.get(quote.bookmaker)
        shares.append(
            BookShare(
                bookmaker=quote.bookmaker,
                price=quote.price,
                fair_probability=line.opinions[0][pricer.names.index(name)] if line else None,
                weight=1 / (len(groups) * siblings) if quote.bookmaker in used else 0.0,
                age_seconds=quote.age_seconds(now),
                note=_note(line, fresh=quote.bookmaker in fresh),
            )
        )
    return tuple(sorted(shares, key=lambda share: (-share.weight, -share.price.decimal, share.bookmaker)))


def _note(line: BookLine | None, *, fresh: bool) -> str:
    if not fresh:
        return "too old or in play"
    return "" if line else "a side is missing"
