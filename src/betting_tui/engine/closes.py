"""What the reference says of prices whose close is waited for: the fair line, devigged with both sides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from betting_tui.engine.core.closes import FairClose, Family, WantedClose, family_of
from betting_tui.engine.core.fair import FairLine, FairPolicy, LinePricer
from betting_tui.engine.core.model import Event, LineKey, Quote, Selection
from betting_tui.engine.core.ports import LineBook, MarketView

# So many points of a line that moved are looked at for the main one.
_MOST_POINTS = 3


class FairCloses:
    """Prices the lines that are waited for, and where such a line has moved, the point it moved to."""

    def __init__(self, board: MarketView, policy: FairPolicy) -> None:
        self._board = board
        self._policy = policy

    def of(self, wanted: Sequence[WantedClose], quotes: Sequence[Quote]) -> Iterator[tuple[FairClose, ...]]:
        """Line by line, of what these quotes have just brought onto the board."""
        by_line: dict[LineKey, datetime] = {}
        for quote in quotes:
            line, when = quote.selection.line, quote.seen_at
            known = by_line.get(line)
            if known is None or when > known:
                by_line[line] = when
        seen: dict[Family, datetime] = {}
        for line, when in by_line.items():
            family = family_of(line)
            seen[family] = max(seen.get(family, when), when)
        by_family: dict[Family, dict[WantedClose, None]] = defaultdict(dict)
        for each in wanted:
            by_family[family_of(each.selection.line)][each] = None
        for family, closes in by_family.items():
            at = seen.get(family)
            event = self._board.event(family.event_id)
            if at is not None and event is not None and event.start_known and at < event.commence_time:
                lines = [line for line in self._board.lines(family.event_id) if family_of(line) == family]
                priced = _Priced(self._board, event, self._policy, at)
                yield tuple(self._of_family(lines, priced, closes, at))

    def _of_family(
        self, lines: Sequence[LineKey], priced: _Priced, wanted: Iterable[WantedClose], at: datetime
    ) -> Iterator[FairClose]:
        main = self._main_line(lines, priced)
        told: set[tuple[Selection, str]] = set()
        for each in wanted:
            own = each.selection.line
            for line in (own,) if main is None or main == own else (own, main):
                found = self._judged(priced.of(line), each, at, is_main=line == main)
                if found is not None and (found.selection, found.bookmaker) not in told:
                    told.add((found.selection, found.bookmaker))
                    yield found

    def _judged(self, pricer: LinePricer, wanted: WantedClose, at: datetime, *, is_main: bool) -> FairClose | None:
        fair = pricer.fair_for(wanted.bookmaker)
        if not isinstance(fair, FairLine) or wanted.selection.name not in fair.names:
            return None
        probability = fair.probability(wanted.selection.name)
        quotes = [quote for book in fair.books for quote in book.quotes]
        mine = next((each for each in quotes if each.selection.name == wanted.selection.name), None)
        if mine is None or not 0 < probability < 1:
            return None
        quoted = [quote.quoted_at for quote in quotes if quote.quoted_at is not None]
        return FairClose(
            mine.selection,
            wanted.bookmaker,
            probability,
            is_main,
            fair.method,
            tuple(book.bookmaker for book in fair.books),
            mine.source,
            min(quoted, default=None),
            at,
        )

    def _main_line(self, lines: Sequence[LineKey], priced: _Priced) -> LineKey | None:
        """Where the reference's line stands: of the points with a fair line the one with most books at it, then the
        most even."""
        featured = {line: _featured(priced.quotes(line)) for line in lines}
        likely = sorted([line for line in lines if featured[line]], key=lambda line: (-featured[line], line.point or 0))
        if len(likely) == 1:
            return likely[0] if priced.of(likely[0]).has_consensus else None
        found: list[tuple[bool, int, float, LineKey]] = []
        for line in likely[:_MOST_POINTS]:
            fair = priced.of(line).consensus
            if isinstance(fair, FairLine):
                even = max(abs(each - 1 / len(fair.names)) for each in fair.probabilities)
                found.append((fair.confidence != "high", -featured[line], even, line))
        return min(found, key=lambda each: each[:3])[3] if found else None


def _featured(quotes: Sequence[Quote]) -> int:
    """How many books have it in their featured market."""
    return len({quote.bookmaker for quote in quotes if not quote.alternate})


class _Priced:
    """Lines of one event as they are on the board at one moment, each read and priced once."""

    def __init__(self, board: MarketView, event: Event, policy: FairPolicy, at: datetime) -> None:
        self._board = board
        self._event = event
        self._policy = policy
        self._at = at
        self._quotes: dict[LineKey, tuple[Quote, ...]] = {}
        self._pricers: dict[LineKey, LinePricer] = {}

    def quotes(self, line: LineKey) -> tuple[Quote, ...]:
        known = self._quotes.get(line)
        if known is None:
            known = self._quotes[line] = tuple(self._board.quotes(line))
        return known

    def of(self, line: LineKey) -> LinePricer:
        known = self._pricers.get(line)
        if known is None:
            book = LineBook(self._event, line, self.quotes(line))
            known = self._pricers[line] = LinePricer(book, self._at, self._policy)
        return known
