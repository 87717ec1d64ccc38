"""The fair line of one market: the first fresh sharp reference, else a consensus of other bookmakers.

Definitions: every book is devigged alone on its own complete set at one point; probabilities are combined on the
logit scale with equal weight per ownership group; a book has no vote in the consensus that judges it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cached_property, lru_cache

from msgspec import Struct

from betting_tui.engine.core.books import is_exchange, ownership_group
from betting_tui.engine.core.devig import DevigMethod, devig, logit_mean
from betting_tui.engine.core.errors import PricingError
from betting_tui.engine.core.model import OutcomeSet, Phase, Quote, Side
from betting_tui.engine.core.ports import LineBook
from betting_tui.engine.core.sports import floating_start

EXCHANGE_MIDPOINT = "exchange_midpoint"
# Wider than this (in probability) an exchange's two sides say too little about the middle.
MAX_EXCHANGE_SPREAD = 0.03
_SIDES = {OutcomeSet.TWO_WAY: 2, OutcomeSet.THREE_WAY: 3}


class FairPolicy(Struct, frozen=True):
    """`sharp` is walked in order; each place holds books of one opinion, or the exchange midpoint.

    Ages in seconds. Where starts float a price may already be in play, so the shorter of the two ages counts.
    """

    sharp: tuple[tuple[str, ...], ...]
    method: DevigMethod = DevigMethod.POWER
    min_groups: int = 3
    max_age_seconds: float = 300.0
    floating_max_age_seconds: float = 120.0

    def age_limit(self, sport_key: str) -> float:
        if floating_start(sport_key):
            return min(self.max_age_seconds, self.floating_max_age_seconds)
        return self.max_age_seconds


class BookLine(Struct, frozen=True):
    """One book's complete, fresh prices of a line, devigged.

    Each opinion is a probability per selection name of the line: the first is meant, the others show how far other
    methods would go.
    """

    bookmaker: str
    group: str
    quotes: tuple[Quote, ...]
    opinions: tuple[tuple[float, ...], ...]


class FairLine(Struct, frozen=True):
    """Fair probabilities by selection name, with the band other devig methods would give, and whose opinion it is."""

    names: tuple[str, ...]
    probabilities: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    method: str
    books: tuple[BookLine, ...]
    confidence: str
    good_until: datetime

    def probability(self, name: str) -> float:
        return self.probabilities[self.names.index(name)]

    def low_probability(self, name: str) -> float:
        return self.low[self.names.index(name)]


class NoFairLine(Struct, frozen=True):
    """There is no fair line, which is not the same as no edge: `reason` says what is missing."""

    reason: str


class LinePricer:
    """Prices one line at one moment; strategies ask it instead of devigging for themselves."""

    def __init__(self, book: LineBook, now: datetime, policy: FairPolicy) -> None:
        self._book = book
        self._now = now
        self._policy = policy
        self.max_age_seconds = policy.age_limit(book.event.sport_key)
        oldest = now - timedelta(seconds=self.max_age_seconds)
        prematch, back = Phase.PREMATCH, Side.BACK
        self.names = tuple(sorted({quote.selection.name for quote in book.quotes}))
        self._fresh = [each for each in book.quotes if each.phase is prematch and each.dated >= oldest]
        # Back quotes young enough to act on, in the board's order.
        self.fresh_backs = tuple([quote for quote in self._fresh if quote.side is back])
        # Whether the names on the board can be a whole market: an outright's field is never known to be.
        self.complete = _SIDES.get(book.line.outcome_set) == len(self.names)
        self._sharp: FairLine | None = None
        self._sharp_sought = False
        self._lines: dict[str, BookLine | None] = {}
        self._without: dict[str, FairLine | NoFairLine] = {}

    @cached_property
    def books(self) -> tuple[BookLine, ...]:
        """Every book with a fresh price on each side, devigged; those that cannot be are left out."""
        if not self.complete:
            return ()
        by_book: dict[str, list[Quote]] = {}
        for quote in self.fresh_backs:
            by_book.setdefault(quote.bookmaker, []).append(quote)
        lines = [self._line_of(bookmaker, by_book[bookmaker]) for bookmaker in sorted(by_book)]
        return tuple([line for line in lines if line is not None])

    def _line_of(self, bookmaker: str, backs: Sequence[Quote]) -> BookLine | None:
        """Worked out when it is asked for: where a sharp book has the word, nobody asks for the others'."""
        if bookmaker not in self._lines:
            self._lines[bookmaker] = self._devig_book(bookmaker, backs) if backs else None
        return self._lines[bookmaker]

    def fair_for(self, bookmaker: str) -> FairLine | NoFairLine:
        """The fair line that judges this book's prices; the sharp book's own fall short of it by their margin."""
        sharp = self.sharp
        if sharp is not None:
            return sharp
        group = ownership_group(bookmaker)
        known = self._without.get(group)
        if known is None:
            known = self._without[group] = self._consensus_without(group)
        return known

    @cached_property
    def consensus(self) -> FairLine | NoFairLine:
        """The line as shown when no book is judged."""
        return self.sharp or self._consensus_without("")

    @property
    def has_consensus(self) -> bool:
        """Whether `consensus` is a fair line, which is known before it is worked out."""
        return self.sharp is not None or not isinstance(self._voters_without(""), NoFairLine)

    @property
    def sharp(self) -> FairLine | None:
        """The reference's own line, which judges every book alike; None where the others have to agree."""
        if not self._sharp_sought:
            self._sharp = self._find_sharp() if self.complete else None
            self._sharp_sought = True
        return self._sharp

    def _find_sharp(self) -> FairLine | None:
        for place in self._policy.sharp:
            if place == (EXCHANGE_MIDPOINT,):
                line = self._exchange_midpoint()
                if line is not None:
                    return self._fair((line,), f"midpoint · {line.bookmaker}", "high")
                continue
            for bookmaker in place:
                found = self._line_of(bookmaker, [each for each in self.fresh_backs if each.bookmaker == bookmaker])
                if found is not None:
                    return self._fair((found,), f"{self._policy.method.value} devig · {bookmaker}", "high")
        return None

    def _consensus_without(self, group: str) -> FairLine | NoFairLine:
        others = self._voters_without(group)
        if isinstance(others, NoFairLine):
            return others
        groups = len({line.group for line in others})
        method = f"{self._policy.method.value} devig · consensus of {groups}"
        return self._fair(others, method, "medium" if groups >= 5 else "low")

    def _voters_without(self, group: str) -> tuple[BookLine, ...] | NoFairLine:
        if not self.complete:
            return NoFairLine(self._why_incomplete())
        others = tuple([line for line in self.books if line.group != group])
        groups = len({line.group for line in others})
        if groups < self._policy.min_groups:
            return NoFairLine(
                f"{groups} independent book{'' if groups == 1 else 's'} with fresh prices on every side, "
                f"{self._policy.min_groups} needed"
            )
        return others

    def _why_incomplete(self) -> str:
        if self._book.line.outcome_set is OutcomeSet.FIELD:
            return "an outright's field is not known to be complete"
        return "a side of this market has no price at any book"

    def _fair(self, lines: tuple[BookLine, ...], method: str, confidence: str) -> FairLine:
        opinions = [_combine(rows, lines) for rows in zip(*[line.opinions for line in lines], strict=True)]
        oldest = min([quote.dated for line in lines for quote in line.quotes])
        return FairLine(
            names=self.names,
            probabilities=opinions[0],
            low=tuple(map(min, zip(*opinions, strict=True))),
            high=tuple(map(max, zip(*opinions, strict=True))),
            method=method,
            books=lines,
            confidence=confidence,
            good_until=oldest + timedelta(seconds=self.max_age_seconds),
        )

    def _devig_book(self, bookmaker: str, quotes: Sequence[Quote]) -> BookLine | None:
        by_name = {quote.selection.name: quote for quote in quotes}
        if len(by_name) != len(self.names):
            return None
        ordered = tuple([by_name[name] for name in self.names])
        opinions = _opinions(tuple([quote.price.decimal for quote in ordered]), self._policy.method)
        if opinions is None:
            return None
        return BookLine(bookmaker, ownership_group(bookmaker), ordered, opinions)

    def _exchange_midpoint(self) -> BookLine | None:
        """The middle of back and lay of the exchange with the tightest market, when both sides are there."""
        if not self.complete:
            return None
        found: list[tuple[float, BookLine]] = []
        for bookmaker in sorted({quote.bookmaker for quote in self.fresh_backs if is_exchange(quote.bookmaker)}):
            midpoint = self._midpoint_at(bookmaker)
            if midpoint is not None:
                found.append(midpoint)
        return min(found, key=lambda item: (item[0], item[1].bookmaker))[1] if found else None

    def _midpoint_at(self, bookmaker: str) -> tuple[float, BookLine] | None:
        fresh = [quote for quote in self._fresh if quote.bookmaker == bookmaker]
        backs = {quote.selection.name: quote for quote in fresh if quote.side is Side.BACK}
        lays = {quote.selection.name: quote for quote in fresh if quote.side is Side.LAY}
        if len(backs) != len(self.names) or len(lays) != len(self.names):
            return None
        high = tuple(1 / backs[name].price.decimal for name in self.names)
        low = tuple(1 / lays[name].price.decimal for name in self.names)
        spread = max(h - lo for h, lo in zip(high, low, strict=True))
        if spread > MAX_EXCHANGE_SPREAD or any(h < lo for h, lo in zip(high, low, strict=True)):
            return None
        middles = [(h + lo) / 2 for h, lo in zip(high, low, strict=True)]
        total = sum(middles)
        opinion = tuple(middle / total for middle in middles)
        quotes = tuple(backs[name] for name in self.names) + tuple(lays[name] for name in self.names)
        return spread, BookLine(bookmaker, ownership_group(bookmaker), quotes, (opinion, low, high))


def _combine(rows: Sequence[tuple[float, ...]], lines: Sequence[BookLine]) -> tuple[float, ...]:
    """Equal-weight logit mean over ownership groups; the books of one group share its one vote."""
    if len(rows) == 1:
        return rows[0]
    size = Counter(line.group for line in lines)
    return logit_mean(rows, [1 / size[line.group] for line in lines])


@lru_cache(maxsize=4096)
def _opinions(prices: tuple[float, ...], first: DevigMethod) -> tuple[tuple[float, ...], ...] | None:
    """What each method makes of these prices, `first` before the others; None where one has no answer.

    Kept, for when one book of many moves, the others are asked for again at prices they had before.
    """
    methods = sorted(DevigMethod, key=lambda method: method is not first)
    try:
        return tuple(devig(prices, method) for method in methods)
    except PricingError:
        return None
