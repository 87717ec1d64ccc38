"""The fair line over time, worked out from the remembered prices of a line when somebody looks at it."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import datetime

from betting_tui.engine.board import Board, PricePoint, Slot
from betting_tui.engine.core.fair import FairLine, FairPolicy, LinePricer
from betting_tui.engine.core.model import Event, Quote, Selection, Side
from betting_tui.engine.core.odds import price_from_decimal
from betting_tui.engine.core.opportunity_views import FairPoint
from betting_tui.engine.core.ports import LineBook

# What a chart has columns for; each takes a fraction of a millisecond to work out, once.
_MOST_MOMENTS = 48
_MOST_LOOKED_AT = 8
_Remembered = Mapping[Slot, Sequence[PricePoint]]


class FairHistory:
    """Costs nothing until it is asked. A price counts from when it was seen until it changed or went."""

    def __init__(self, board: Board, policy: FairPolicy) -> None:
        self._board = board
        self._policy = policy
        self._known: dict[tuple[Selection, str], dict[datetime, float | None]] = {}

    def of(self, selection: Selection, bookmaker: str) -> tuple[FairPoint, ...]:
        """The fair probability that judges this bookmaker's price, at the moments a price of the line changed.

        Oldest first, at most some fifty; empty for a line that is not watched.
        """
        event = self._board.event(selection.line.event_id)
        remembered = self._board.remembered(selection.line)
        if event is None or not remembered:
            return ()
        known = self._known.pop((selection, bookmaker), {})
        moments = _moments(remembered)
        fresh = {
            at: known[at] if at in known else self._fair_at(event, selection, bookmaker, remembered, at)
            for at in moments
        }
        self._known[selection, bookmaker] = fresh
        if len(self._known) > _MOST_LOOKED_AT:
            del self._known[next(iter(self._known))]
        return tuple(FairPoint(at, chance) for at, chance in fresh.items())

    def _fair_at(
        self, event: Event, selection: Selection, bookmaker: str, remembered: _Remembered, at: datetime
    ) -> float | None:
        quotes = []
        for (name, book, lay), points in sorted(remembered.items()):
            place = bisect_right(points, at, key=lambda point: point.at)
            decimal = points[place - 1].decimal if place else 0.0
            if decimal:
                quoted = Selection(selection.line, name)
                quotes.append(
                    Quote(quoted, book, price_from_decimal(decimal), "", at, at, Side.LAY if lay else Side.BACK)
                )
        pricer = LinePricer(LineBook(event, selection.line, tuple(quotes)), at, self._policy)
        fair = pricer.fair_for(bookmaker)
        return fair.probability(selection.name) if isinstance(fair, FairLine) and selection.name in fair.names else None


def _moments(remembered: _Remembered) -> list[datetime]:
    """The last change in each of some fifty spans of time.

    Their length is a power of two seconds, so that spans stay where they are while time goes on.
    """
    changes = sorted({point.at for points in remembered.values() for point in points})
    seconds = (changes[-1] - changes[0]).total_seconds()
    span = 2.0 ** math.ceil(math.log2(seconds / (_MOST_MOMENTS - 1))) if seconds > 0 else 1.0
    by_span = {math.floor(at.timestamp() / span): at for at in changes}
    return list(by_span.values())
