"""What open bets are worth by the fair line as it stands: asked with every redraw, worked out when prices change."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from betting_tui.engine.core.bet_views import BetRow
from betting_tui.engine.core.clv import Close, Taken, closing_value
from betting_tui.engine.core.fair import FairLine, FairPolicy, LinePricer
from betting_tui.engine.core.model import FULL_GAME, BetKind, LineKey, Quote
from betting_tui.engine.core.ports import LineBook, MarketView

# Prices grow too old without changing: what is known is worked out anew after so many seconds.
_KEEP_SECONDS = 15.0
_MOST_LINES = 2_000


class _Known(Struct, frozen=True):
    quotes: tuple[Quote, ...]
    at: datetime
    pricer: LinePricer


class FairNow:
    """Keeps one pricer a line as long as its prices stand."""

    def __init__(self, board: MarketView, policy: FairPolicy) -> None:
        self._board = board
        self._policy = policy
        self._known: dict[LineKey, _Known] = {}

    def clv_ev(self, bet: BetRow, now: datetime) -> float | None:
        """CLV so far of a single at its own point; None without a fair line."""
        if bet.kind is not BetKind.SINGLE:
            return None
        pricer = self._pricer(bet.line, now)
        fair = None if pricer is None else pricer.fair_for(bet.bookmaker)
        if not isinstance(fair, FairLine) or bet.selection not in fair.names:
            return None
        whole = bet.line.period == FULL_GAME and bet.line.participant is None
        sport = bet.event.sport_key if whole else ""
        taken = Taken(bet.price.exact, bet.line.market, bet.selection, bet.point, bet.side, sport)
        return closing_value(
            taken, Close(fair_probability=fair.probability(bet.selection), fair_point=bet.point)
        ).clv_ev

    def _pricer(self, line: LineKey, now: datetime) -> LinePricer | None:
        event = self._board.event(line.event_id)
        quotes = tuple(self._board.quotes(line))
        if event is None or not quotes:
            return None
        known = self._known.get(line)
        if known is None or known.quotes != quotes or not 0 <= (now - known.at).total_seconds() < _KEEP_SECONDS:
            if len(self._known) >= _MOST_LINES:
                self._known.clear()
            known = self._known[line] = _Known(
                quotes, now, LinePricer(LineBook(event, line, quotes), now, self._policy)
            )
        return known.pricer
