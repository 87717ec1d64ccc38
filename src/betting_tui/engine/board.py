"""The board: current prices by line and book, what the last answer changed, and the price before the last change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from betting_tui.engine.core.decoded import DecodedOdds, EventQuotes
from betting_tui.engine.core.model import Event, LineKey, PastPrice, Quote, Selection, Side

_HISTORY = 240
# Lines that are remembered for being looked at; the one looked at longest ago gives way.
_MOST_GLANCED = 64
# Remembered prices of all lines together, some 6 MB; the line watched longest ago gives way.
_MOST_POINTS = 100_000
# Selection, bookmaker, whether it is a lay: the garbage collector need not look through a tuple of these alone.
Slot = tuple[str, str, bool]


class PricePoint(Struct, frozen=True, gc=False):
    """One remembered price of a watched line; 0 where the bookmaker took it off the board."""

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
        self._lines: dict[LineKey, dict[Slot, Quote]] = {}
        self._by_event: dict[str, dict[LineKey, None]] = {}
        self._previous: dict[LineKey, dict[Slot, PastPrice]] = {}
        self._watched: dict[LineKey, dict[Slot, list[PricePoint]]] = {}
        self._points = 0
        self._glanced: dict[LineKey, None] = {}
        self._revisions: dict[LineKey, int] = {}
        self._newest: dict[LineKey, datetime] = {}
        # Lines that got a price nobody had: they are put in order when somebody reads them.
        self._unordered: set[LineKey] = set()
        self._shape = self._count = 0

    @property
    def shape(self) -> int:
        """Another number whenever an event, a line or a bookmaker on a line came or went, or an event was moved."""
        return self._shape

    def revision(self, line: LineKey) -> int:
        """Another number whenever something was heard of the line's prices; 0 for a line that is not on the board."""
        return self._revisions.get(line, 0)

    def newest(self, now: datetime) -> datetime | None:
        """As of when the newest price to back is, among all of events that have not started."""
        coming = (lines for event_id, lines in self._by_event.items() if not self._events[event_id].started(now))
        return max((self._newest[line] for lines in coming for line in lines if line in self._newest), default=None)

    def bookmakers(self, line: LineKey) -> set[str]:
        """Who quotes the line."""
        return {slot[1] for slot in self._lines.get(line, ())}

    def selections(self, line: LineKey) -> tuple[Selection, ...]:
        """What the line can be backed at, in no order."""
        slots = self._lines.get(line, {})
        return tuple({name: quote.selection for (name, _, lay), quote in slots.items() if not lay}.values())

    def event(self, event_id: str) -> Event | None:
        return self._events.get(event_id)

    def events(self) -> Sequence[Event]:
        return tuple(self._events.values())

    def lines(self, event_id: str) -> Sequence[LineKey]:
        return tuple(self._by_event.get(event_id, ()))

    def quotes(self, line: LineKey) -> Sequence[Quote]:
        slots = self._lines.get(line, {})
        if line in self._unordered:
            self._unordered.discard(line)
            slots = self._lines[line] = {slot: slots[slot] for slot in sorted(slots)}
        return tuple(slots.values())

    def standing(self, quotes: Iterable[Quote]) -> list[Quote]:
        """Those of a source's quotes that count: not where another source heard the bookmaker later."""
        found: list[Quote] = []
        for quote in quotes:
            selection = quote.selection
            slots = self._lines.get(selection.line)
            shown = None if slots is None else slots.get(_slot(selection.name, quote.bookmaker, quote.side))
            if shown is None or shown is quote or shown.source == quote.source:
                found.append(quote)
        return found

    def quote(self, selection: Selection, bookmaker: str, side: Side = Side.BACK) -> Quote | None:
        return self._lines.get(selection.line, {}).get(_slot(selection.name, bookmaker, side))

    def previous(self, selection: Selection, bookmaker: str, side: Side = Side.BACK) -> PastPrice | None:
        return self._previous.get(selection.line, {}).get(_slot(selection.name, bookmaker, side))

    def history(self, selection: Selection, bookmaker: str, side: Side = Side.BACK) -> Sequence[PricePoint]:
        """Prices of a watched line since it was watched, oldest first, at most a few hundred."""
        points = self._watched.get(selection.line, {}).get(_slot(selection.name, bookmaker, side), ())
        return tuple(point for point in points if point.decimal)

    def remembered(self, line: LineKey) -> Mapping[Slot, Sequence[PricePoint]]:
        """All that is remembered of a watched line, by slot, oldest first."""
        return self._watched.get(line, {})

    def watch(self, line: LineKey) -> None:
        """Remember this line's prices from now on, for as long as it is on the board."""
        self._glanced.pop(line, None)
        self._remember(line)

    def glance(self, line: LineKey) -> None:
        """Remember this line's prices from now on, until many others have been looked at."""
        if line in self._watched and line not in self._glanced:
            return
        self._glanced.pop(line, None)
        self._glanced[line] = None
        self._remember(line)
        if len(self._glanced) > _MOST_GLANCED:
            oldest = next(iter(self._glanced))
            del self._glanced[oldest]
            self._forget_prices(oldest)

    def _remember(self, line: LineKey) -> None:
        if line in self._watched:
            return
        watched = self._watched[line] = {}
        for slot, quote in self._lines.get(line, {}).items():
            self._note(watched, slot, quote.seen_at, quote.price.decimal)
        self._make_room(line)

    def _note(self, watched: dict[Slot, list[PricePoint]], slot: Slot, at: datetime, decimal: float) -> None:
        points = watched.setdefault(slot, [])
        points.append(PricePoint(at, decimal))
        self._points += 1
        if len(points) > _HISTORY:
            del points[: _HISTORY // 4]
            self._points -= _HISTORY // 4

    def _make_room(self, but: LineKey) -> None:
        while self._points > _MOST_POINTS and len(self._watched) > 1:
            oldest = next(line for line in self._watched if line != but)
            self._glanced.pop(oldest, None)
            self._forget_prices(oldest)

    def _forget_prices(self, line: LineKey) -> None:
        self._points -= sum(len(points) for points in self._watched.pop(line, {}).values())

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
        if self._events.get(event_id) != item.event:
            self._shape += 1
        self._events[event_id] = item.event
        lines = self._by_event.setdefault(event_id, {})
        kept: dict[LineKey, set[Slot]] = {}
        heard_at = item.quotes[-1].seen_at if item.quotes else None
        for quote in item.quotes:
            selection = quote.selection
            line, slot = selection.line, _slot(selection.name, quote.bookmaker, quote.side)
            there = kept.get(line)
            if there is None:
                there = kept[line] = set()
                seen[line] = lines[line] = None
            there.add(slot)
            if self._put(line, slot, quote):
                changed[line] = None
        for line in tuple(lines):
            self._drop_missing(line, source, decoded, kept.get(line, set()), changed, heard_at)

    def move(self, event: Event) -> bool:
        """Take over what a feed says of an event that is on the board; whether its start is another one."""
        known = self._events.get(event.id)
        if known is None or not event.start_known:
            return False
        self._events[event.id] = event
        self._shape += 1
        return known.commence_time != event.commence_time

    def forget(self, event_id: str) -> tuple[LineKey, ...]:
        """Take an event and its prices off the board."""
        self._events.pop(event_id, None)
        self._shape += 1
        lines = tuple(self._by_event.pop(event_id, ()))
        for line in lines:
            self._drop(line)
        # A line that went before its event has left its last prices behind.
        for line in [line for line in self._previous if line.event_id == event_id]:
            del self._previous[line]
        return lines

    def _put(self, line: LineKey, slot: Slot, quote: Quote) -> bool:
        slots = self._lines.get(line)
        if slots is None:
            slots = self._lines[line] = {}
        old = slots.get(slot)
        if old is not None and _outdated(quote, old):
            return False
        slots[slot] = quote
        # One count for all: a line that comes back has no number it had before.
        self._count += 1
        self._revisions[line] = self._count
        if not slot[2]:
            self._note_newest(line, quote, old)
        if old is None:
            self._unordered.add(line)
            self._shape += 1
        elif old.price == quote.price:
            return False
        else:
            self._note_past(line, slots, slot, old)
        watched = self._watched.get(line)
        if watched is not None:
            self._note(watched, slot, quote.seen_at, quote.price.decimal)
            self._make_room(line)
        return True

    def _note_past(self, line: LineKey, slots: Mapping[Slot, Quote], slot: Slot, old: Quote) -> None:
        past = self._previous.setdefault(line, {})
        # Under the key that is kept already: a hundred thousand of their own are six megabytes.
        key = slot if slot in past else next((kept for kept in slots if kept == slot), slot)
        past[key] = PastPrice(old.price, old.seen_at)

    def _note_newest(self, line: LineKey, quote: Quote, old: Quote | None) -> None:
        newest, dated = self._newest.get(line), quote.dated
        if newest is None or dated > newest:
            self._newest[line] = dated
        elif dated < newest and old is not None and old.dated == newest:
            self._find_newest(line)

    def _find_newest(self, line: LineKey) -> None:
        dated = [quote.dated for quote in self._lines.get(line, {}).values() if quote.side is Side.BACK]
        if dated:
            self._newest[line] = max(dated)
        else:
            self._newest.pop(line, None)

    def _drop_missing(
        self,
        line: LineKey,
        source: str,
        decoded: DecodedOdds,
        kept: set[Slot],
        changed: dict[LineKey, None],
        heard_at: datetime | None,
    ) -> None:
        slots = self._lines.get(line, {})
        if slots and len(kept) == len(slots):
            return
        watched = self._watched.get(line)
        gone = [
            slot
            for slot, quote in slots.items()
            if slot not in kept and quote.source == source and decoded.covered(quote)
        ]
        for slot in gone:
            old = slots.pop(slot)
            self._note_past(line, slots, slot, old)
            changed[line] = None
            self._count += 1
            self._revisions[line] = self._count
            self._shape += 1
            if watched is not None and heard_at is not None:
                self._note(watched, slot, heard_at, 0.0)
        if gone:
            self._find_newest(line)
        if not slots:
            self._drop(line)
            self._by_event.get(line.event_id, {}).pop(line, None)

    def _drop(self, line: LineKey) -> None:
        self._forget_prices(line)
        for kept in (self._lines, self._glanced, self._revisions, self._newest):
            kept.pop(line, None)
        self._unordered.discard(line)


def _slot(name: str, bookmaker: str, side: Side) -> Slot:
    return (name, bookmaker, side is Side.LAY)


def _outdated(quote: Quote, old: Quote) -> bool:
    """A feed's later answer is its word; of two feeds, the one that heard the bookmaker last."""
    if quote.seen_at < old.seen_at:
        return True
    return quote.source != old.source and quote.dated < old.dated
