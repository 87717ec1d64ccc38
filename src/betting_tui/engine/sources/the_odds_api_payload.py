"""The Odds API's JSON as it arrives: split into events, read typed, and where something is broken, what is left.

A well-formed event costs one typed decode. Only one that fails is taken apart, bookmaker by bookmaker, market by
market, outcome by outcome, so that the broken part alone is lost.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TypeVar

import msgspec
from msgspec import Raw, Struct

from betting_tui.engine.core.decoded import Rejection
from betting_tui.engine.core.errors import BadAnswer
from betting_tui.engine.core.text import clean
from betting_tui.engine.sources.nearly_json import BROKEN, NearlyJson, crowded

MAX_EVENTS = 20_000
MAX_PARTS = 2_000
UNREADABLE = float("nan")
"""The price of an outcome whose name could be read and the rest not: counted already, kept because the name counts."""

# One typed call for a piece larger than this would keep other threads waiting: it is taken apart like a broken one.
_LARGE_PIECE = 256 * 1024
_BOM = b"\xef\xbb\xbf"
_T = TypeVar("_T")


class RawOutcome(Struct, gc=False):
    name: str
    price: int | float | None = None
    point: float | None = None
    description: str | None = None
    bet_limit: float | None = None
    link: object = None


class RawMarket(Struct, gc=False):
    key: str
    outcomes: list[RawOutcome]
    last_update: str | int | float | None = None
    link: object = None


class RawBook(Struct, gc=False):
    key: str
    markets: list[RawMarket]
    last_update: str | int | float | None = None
    link: object = None


class _Head(Struct, gc=False):
    id: str
    commence_time: str | int
    sport_key: str = ""
    sport_title: str | None = None
    home_team: str | None = None
    away_team: str | None = None


class RawEvent(_Head, gc=False):
    bookmakers: list[RawBook] | None = None


class RawSide(Struct, gc=False):
    name: str
    score: str | int | float | None = None


class RawScore(_Head, gc=False, kw_only=True):
    completed: bool
    scores: list[RawSide] | None = None
    last_update: str | int | float | None = None


class RawOffer(Struct, gc=False):
    """One market that a bookmaker has for an event, without its prices."""

    key: str


class RawOffers(Struct, gc=False):
    key: str
    markets: list[RawOffer]


class RawParticipant(Struct, gc=False):
    id: str
    full_name: str


class RawSport(Struct, gc=False):
    key: str
    title: str
    group: str = ""
    active: bool = True
    has_outrights: bool = False


class _LooseEvent(_Head, gc=False):
    bookmakers: list[Raw] | None = None


class _Envelope(Struct, gc=False):
    timestamp: str | int
    previous_timestamp: str | int | None = None
    next_timestamp: str | int | None = None


class _LooseBook(Struct, gc=False):
    key: str
    markets: list[Raw]
    last_update: str | int | float | None = None
    link: object = None


class _LooseMarket(Struct, gc=False):
    key: str
    outcomes: list[Raw]
    last_update: str | int | float | None = None
    link: object = None


class _OnlyName(Struct, gc=False):
    name: str


_LIST = msgspec.json.Decoder(list[Raw])
_OBJECT = msgspec.json.Decoder(dict[str, Raw])
_EVENT = msgspec.json.Decoder(RawEvent)
_BOOK = msgspec.json.Decoder(RawBook)
_MARKET = msgspec.json.Decoder(RawMarket)
_OUTCOME = msgspec.json.Decoder(RawOutcome)
_LOOSE_EVENT = msgspec.json.Decoder(_LooseEvent)
_LOOSE_BOOK = msgspec.json.Decoder(_LooseBook)
_LOOSE_MARKET = msgspec.json.Decoder(_LooseMarket)
_ONLY_NAME = msgspec.json.Decoder(_OnlyName)
_SCORE = msgspec.json.Decoder(RawScore)
_SPORT = msgspec.json.Decoder(RawSport)
_OFFERS = msgspec.json.Decoder(RawOffers)
_PARTICIPANT = msgspec.json.Decoder(RawParticipant)
_ENVELOPE = msgspec.json.Decoder(_Envelope)
_TEXT = msgspec.json.Decoder(str)


class Tally:
    """Counts what was left out, by reason, with the first example of each."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._examples: dict[str, str] = {}

    def add(self, reason: str, example: object = "", count: int = 1) -> None:
        if reason not in self._counts:
            self._examples[reason] = clean(str(example), 80)
        self._counts[reason] = self._counts.get(reason, 0) + count

    def rejections(self) -> tuple[Rejection, ...]:
        return tuple(Rejection(reason, count, self._examples[reason]) for reason, count in sorted(self._counts.items()))


def split(body: bytes) -> list[Raw]:
    """The items of an answer: of a list, of a historical envelope's `data`, or one object alone.

    Raises BadAnswer for what is no JSON, an error body, or more items than any answer has.
    """
    body = body.removeprefix(_BOM).strip()
    try:
        # The commas of a crowded one may all be inside of one item, which is no reason to lose the others.
        items: list[Raw] | None = (_items_with_care(body) if crowded(body) else None) or _items(body)
    except BROKEN:
        items = _items_with_care(body)
    if items is None:
        raise BadAnswer("the answer is not the JSON this feed documents: nothing was read")
    if len(items) > MAX_EVENTS:
        raise BadAnswer(f"the answer lists {len(items)} items, more than any real one: nothing was read")
    return items


def fields(item: Raw | bytes) -> dict[str, Raw]:
    """The parts of one object by name, unread; empty for anything else."""
    try:
        return _OBJECT.decode(item)
    except BROKEN:
        return {}


def text_of(item: Raw | None) -> str:
    """A JSON string's text; empty for anything else."""
    try:
        return _TEXT.decode(item) if item is not None else ""
    except BROKEN:
        return ""


def envelope_time(body: bytes) -> str:
    """A historical envelope's `timestamp`; empty for another body."""
    body = body.removeprefix(_BOM).lstrip()
    return text_of(fields(body).get("timestamp")) if body.startswith(b"{") else ""


def envelope_times(body: bytes) -> tuple[str | int | None, str | int | None, str | int | None]:
    """A historical envelope's own, previous and next moment, unread; None for what it does not state."""
    try:
        found = _ENVELOPE.decode(body.removeprefix(_BOM))
    except BROKEN:
        return None, None, None
    return found.timestamp, found.previous_timestamp, found.next_timestamp


def read_event(raw: Raw, tally: Tally) -> RawEvent | None:
    """One event with all of its readable parts; None when its head cannot be read."""
    if (read := _at_once(_EVENT, raw)) is not None:
        return read
    loose = _try(_LOOSE_EVENT, raw, "bad_event", tally)
    if loose is None:
        return None
    books = [book for part in _capped(loose.bookmakers or (), tally) if (book := _read_book(part, tally))]
    return RawEvent(
        loose.id, loose.commence_time, loose.sport_key, loose.sport_title, loose.home_team, loose.away_team, books
    )


def read_score(raw: Raw, tally: Tally) -> RawScore | None:
    return _try(_SCORE, raw, "bad_event", tally)


def read_sport(raw: Raw, tally: Tally) -> RawSport | None:
    return _try(_SPORT, raw, "bad_sport", tally)


def read_offers(raw: Raw, tally: Tally) -> list[RawOffers]:
    """What each bookmaker of one event has on offer, without the bookmakers that cannot be read."""
    event = _try(_LOOSE_EVENT, raw, "bad_event", tally)
    books = _capped(event.bookmakers or (), tally) if event else []
    return [offers for book in books if (offers := _try(_OFFERS, book, "bad_bookmaker", tally))]


def read_participant(raw: Raw, tally: Tally) -> RawParticipant | None:
    return _try(_PARTICIPANT, raw, "bad_participant", tally)


def _read_book(raw: Raw, tally: Tally) -> RawBook | None:
    if (read := _at_once(_BOOK, raw)) is not None:
        return read
    loose = _try(_LOOSE_BOOK, raw, "bad_bookmaker", tally)
    if loose is None:
        return None
    markets = [market for part in _capped(loose.markets, tally) if (market := _read_market(part, tally))]
    return RawBook(loose.key, markets, loose.last_update, loose.link)


def _read_market(raw: Raw, tally: Tally) -> RawMarket | None:
    if (read := _at_once(_MARKET, raw)) is not None:
        return read
    loose = _try(_LOOSE_MARKET, raw, "bad_market", tally)
    if loose is None:
        return None
    outcomes = [_read_outcome(part, tally) for part in _capped(loose.outcomes, tally)]
    return RawMarket(loose.key, outcomes, loose.last_update, loose.link)


def _read_outcome(raw: Raw, tally: Tally) -> RawOutcome:
    """An unreadable outcome stays as a name without a price: dropping a Draw would make a two-way market of three."""
    try:
        return _OUTCOME.decode(raw)
    except BROKEN as broken:
        tally.add("bad_outcome", broken)
    try:
        return RawOutcome(_ONLY_NAME.decode(raw).name, UNREADABLE)
    except BROKEN:
        return RawOutcome("", UNREADABLE)


def _at_once(decoder: msgspec.json.Decoder[_T], raw: Raw) -> _T | None:
    """A well-formed piece of the usual size; None for any other."""
    try:
        return decoder.decode(raw) if memoryview(raw).nbytes <= _LARGE_PIECE else None
    except BROKEN:
        return None


def _try(decoder: msgspec.json.Decoder[_T], raw: Raw, reason: str, tally: Tally) -> _T | None:
    if crowded(memoryview(raw)):
        tally.add("too_many_parts", f"{memoryview(raw).nbytes} bytes of parts too small to be real")
        return None
    try:
        return decoder.decode(raw)
    except BROKEN as broken:
        tally.add(reason, broken)
        return None


def _capped(parts: Iterable[Raw], tally: Tally) -> list[Raw]:
    listed = list(parts)
    if len(listed) > MAX_PARTS:
        tally.add("too_many_parts", f"{len(listed)} parts in one list", len(listed) - MAX_PARTS)
    return listed[:MAX_PARTS]


def _items(body: bytes) -> list[Raw]:
    if not body.startswith(b"{"):
        return _LIST.decode(body)
    parts = _OBJECT.decode(body)
    if "id" not in parts and ("error_code" in parts or "message" in parts):
        said = text_of(parts.get("message")) or text_of(parts.get("error_code")) or "no reason given"
        raise BadAnswer(f"the answer is an error message, not data: {clean(said, 200)}", code=_code(parts))
    if "data" not in parts:
        return [Raw(body)]
    data = bytes(parts["data"])
    if data == b"null":
        return []
    return [Raw(data)] if data.startswith(b"{") else _LIST.decode(data)


def _code(parts: dict[str, Raw]) -> str:
    return clean(text_of(parts.get("error_code")), 64)


def _items_with_care(body: bytes) -> list[Raw] | None:
    """None for what is not even nearly JSON."""
    reader = NearlyJson(body, MAX_EVENTS)
    try:
        if reader.here == "{":
            parts, listed = reader.members("data")
            reader.end()
            return _items(_written(parts)) if listed is None else [Raw(item) for item in listed]
        items = reader.items()
        reader.end()
    except BROKEN:
        return None
    return [Raw(item) for item in items]


def _written(parts: dict[str, bytes]) -> bytes:
    """An object of these parts."""
    names = (json.dumps(name, ensure_ascii=False).encode("utf-8", "replace") for name in parts)
    return b"{" + b", ".join(b"%s: %s" % pair for pair in zip(names, parts.values(), strict=True)) + b"}"
