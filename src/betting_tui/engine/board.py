"""The board: current prices by line and book, what the last answer changed, and the price before the last change."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from betting_tui.engine.core.decoded import DecodedOdds, EventQuotes
from betting_tui.engine.core.model import Event, LineKey, Quote, Selection, Side

_HISTORY = 240
_Slot = tuple[str, str, Side]


class PricePoint(Struct, frozen=True):
    """One remembered price of a watched line."""

    at: datetime
    decimal: float


class BoardChange(Struct, frozen=True):
    """What one answer did. `changed` lines have another price, a new book or one less; `seen` were quoted again."""

    changed: tuple[LineKey, ...]
    seen: tuple[LineKey, ...]
    events: tuple[str, ...]


class Board:
    """Implements MarketView. Not for several threads; the engine alone writes it."""

    def __init__(self) -> None:
        self._events: dict[str, Event] = {}
        self._lines: dict[LineKey, dict[_Slot, Quote]] = {}
        self._by_event: dict[str, dict[LineKey, None]] = {}
        self._previous: dict[LineKey, dict[_Slot, Quote]] = {}
        self._watched: dict[LineKey, dict[_Slot, deque[PricePoint]]] = {}

    def event(self, event_id: str) -> Event | None:
        return self._events.get(event_id)

    def events(self) -> Sequence[Event]:
        return tuple(self._events.values())

    def lines(self, event_id: str) -> Sequence[LineKey]:
        return tuple(self._by_event.get(event_id, ()))

    def quotes(self, line: LineKey) -> Sequence[Quote]:
        slots = self._lines.get(line)
        return tuple(slots[slot] for slot in sorted(slots)) if slots else ()

    def quote(self, selection: Selection, bookmaker: str, side: Side = Side.BACK) -> Quote | None:
        return self._lines.get(selection.line, {}).get((selection.name, bookmaker, side))

    def previous(self, selection: Selection, bookmaker: str, side: Side = Side.BACK) -> Quote | None:
        return self._previous.get(selection.line, {}).get((selection.name, bookmaker, side))

    def history(self, selection: Selection, bookmaker: str, side: Side = Side.BACK) -> Sequence[PricePoint]:
        """Prices of a watched line since it was watched, oldest first, at most a few hundred."""
        return tuple(self._watched.get(selection.line, {}).get((selection.name, bookmaker, side), ()))

    def watch(self, line: LineKey) -> None:
        """Remember this line's prices from now on."""
        if line in self._watched:
            return
        watched = self._watched[line] = {}
        for slot, quote in self._lines.get(line, {}).items():
            watched[slot] = deque([PricePoint(quote.seen_at, quote.price.decimal)], maxlen=_HISTORY)

    def apply(self, decoded: DecodedOdds, source: str) -> BoardChange:
        """Take over an answer: prices it repeats, moves, adds, and those it no longer has."""
        changed: dict[LineKey, None] = {}
        seen: dict[LineKey, None] = {}
        for item in decoded.events:
            self.apply_event(item, source, decoded, changed, seen)
        return BoardChange(tuple(changed), tuple(seen), tuple(item.event.id for item in decoded.events))

    def apply_event(
        self,
        item: EventQuotes,
        source: str,
        decoded: DecodedOdds,
        changed: dict[LineKey, None],
        seen: dict[LineKey, None],
    ) -> None:
        """One event of an answer. A price this source had, and that `decoded` would have repeated, is off the board."""
        event_id = item.event.id
        self._events[event_id] = item.event
        lines = self._by_event.setdefault(event_id, {})
        kept: dict[LineKey, set[_Slot]] = {}
        for quote in item.quotes:
            line = quote.selection.line
            slot = (quote.selection.name, quote.bookmaker, quote.side)
            kept.setdefault(line, set()).add(slot)
            seen[line] = None
            if self._put(line, slot, quote):
                changed[line] = None
            lines[line] = None
        for line in tuple(lines):
            self._drop_missing(line, source, decoded, kept.get(line, set()), changed)

    def move(self, event: Event) -> bool:
        """Take over what a feed says of an event that is on the board; whether its start is another one."""
        known = self._events.get(event.id)
        if known is None or not event.start_known:
            return False
        self._events[event.id] = event
        return known.commence_time != event.commence_time

    def forget(self, event_id: str) -> tuple[LineKey, ...]:
        """Take an event and its prices off the board."""
        self._events.pop(event_id, None)
        lines = tuple(self._by_event.pop(event_id, ()))
        for line in lines:
            self._lines.pop(line, None)
            self._watched.pop(line, None)
        # A line that went before its event has left its last prices behind.
        for line in [line for line in self._previous if line.event_id == event_id]:
            del self._previous[line]
        return lines

    def _put(self, line: LineKey, slot: _Slot, quote: Quote) -> bool:
        slots = self._lines.setdefault(line, {})
        old = slots.get(slot)
        if old is not None and _outdated(quote, old):
            return False
        slots[slot] = quote
        if old is not None and old.price == quote.price:
            return False
        if old is not None:
            self._previous.setdefault(line, {})[slot] = old
        watched = self._watched.get(line)
        if watched is not None:
            watched.setdefault(slot, deque(maxlen=_HISTORY)).append(PricePoint(quote.seen_at, quote.price.decimal))
        return True

    def _drop_missing(
        self, line: LineKey, source: str, decoded: DecodedOdds, kept: set[_Slot], changed: dict[LineKey, None]
    ) -> None:
        slots = self._lines.get(line, {})
        gone = [
            slot
            for slot, quote in slots.items()
            if slot not in kept and quote.source == source and decoded.covered(quote)
        ]
        for slot in gone:
            self._previous.setdefault(line, {})[slot] = slots.pop(slot)
            changed[line] = None
        if not slots:
            self._lines.pop(line, None)
            self._watched.pop(line, None)
            self._by_event.get(line.event_id, {}).pop(line, None)


def _outdated(quote: Quote, old: Quote) -> bool:
    """A feed's later answer is its word; of two feeds, the one that heard the bookmaker last."""
    if quote.seen_at < old.seen_at:
        return True
    return quote.source != old.source and quote.dated < old.dated
