"""What a decoder makes of a feed's answer: the part that could be read, and a count of what could not."""

from __future__ import annotations

from msgspec import Struct

from betting_tui.engine.core.model import FULL_GAME, Event, Quote
from betting_tui.engine.core.scores import Score


class Rejection(Struct, frozen=True):
    """What a decoder left out, counted: `example` is cleaned text, safe to show."""

    reason: str
    count: int
    example: str = ""


class EventQuotes(Struct, frozen=True):
    event: Event
    quotes: tuple[Quote, ...]


class Coverage(Struct, frozen=True):
    """Quotes an answer speaks for: those of this market and period, from its featured or its alternate lines."""

    market: str
    period: str = FULL_GAME
    alternate: bool = False


class DecodedOdds(Struct, frozen=True):
    """`markets` are the line markets this answer speaks for: one missing here is off the board; empty means all.

    `covers` says the same to the period: an answer about first quarters alone does not speak for the game. Where it is
    not empty, a quote is off the board only if `covered` says that this answer would have repeated it.
    """

    events: tuple[EventQuotes, ...]
    rejected: tuple[Rejection, ...] = ()
    markets: frozenset[str] = frozenset()
    covers: frozenset[Coverage] = frozenset()

    def covered(self, quote: Quote) -> bool:
        """Whether this answer, had the quote still been on offer, would hold it."""
        line = quote.selection.line
        if self.covers:
            return Coverage(line.market, line.period, quote.alternate) in self.covers
        return not self.markets or line.market in self.markets


class DecodedScores(Struct, frozen=True):
    scores: tuple[Score, ...]
    rejected: tuple[Rejection, ...] = ()
