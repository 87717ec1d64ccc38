"""The Odds API's JSON as it arrives: split into events, read typed, and where something is broken, what is left.

A well-formed event costs one typed decode. Only one that fails is taken apart, bookmaker by bookmaker, market by
market, outcome by outcome, so that the broken part alone is lost.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import TypeVar

import msgspec
from msgspec import Raw, Struct

from betting_tui.engine.core.errors import BadAnswer
from betting_tui.engine.core.model import Rejection
from betting_tui.engine.core.text import clean

MAX_EVENTS = 20_000
MAX_PARTS = 2_000
UNREADABLE = float("nan")
"""The price of an outcome whose name could be read and the rest not: counted already, kept because the name counts."""

# Everything that reading one piece of JSON can throw; the library's own errors are ValueErrors.
_BROKEN = (ValueError, RecursionError, OverflowError)
_MAX_DIGITS = 400
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
        items = _items(body)
    except _BROKEN:
        items = _items_of_lenient_json(body)
    if len(items) > MAX_EVENTS:
        raise BadAnswer(f"the answer lists {len(items)} items, more than any real one: nothing was read")
    return items


def fields(item: Raw | bytes) -> dict[str, Raw]:
    """The parts of one object by name, unread; empty for anything else."""
    try:
        return _OBJECT.decode(item)
    except _BROKEN:
        return {}


def text_of(item: Raw | None) -> str:
    """A JSON string's text; empty for anything else."""
    try:
        return _TEXT.decode(item) if item is not None else ""
    except _BROKEN:
        return ""


def envelope_time(body: bytes) -> str:
    """A historical envelope's `timestamp`; empty for another body."""
    body = body.removeprefix(_BOM).lstrip()
    return text_of(fields(body).get("timestamp")) if body.startswith(b"{") else ""


def envelope_times(body: bytes) -> tuple[str | int | None, str | int | None, str | int | None]:
    """A historical envelope's own, previous and next moment, unread; None for what it does not state."""
    try:
        found = _ENVELOPE.decode(body.removeprefix(_BOM))
    except _BROKEN:
        return None, None, None
    return found.timestamp, found.previous_timestamp, found.next_timestamp


def read_event(raw: Raw, tally: Tally) -> RawEvent | None:
    """One event with all of its readable parts; None when its head cannot be read."""
    try:
        return _EVENT.decode(raw)
    except _BROKEN:
        pass
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
    try:
        return _BOOK.decode(raw)
    except _BROKEN:
        pass
    loose = _try(_LOOSE_BOOK, raw, "bad_bookmaker", tally)
    if loose is None:
        return None
    markets = [market for part in _capped(loose.markets, tally) if (market := _read_market(part, tally))]
    return RawBook(loose.key, markets, loose.last_update, loose.link)


def _read_market(raw: Raw, tally: Tally) -> RawMarket | None:
    try:
        return _MARKET.decode(raw)
    except _BROKEN:
        pass
    loose = _try(_LOOSE_MARKET, raw, "bad_market", tally)
    if loose is None:
        return None
    outcomes = [_read_outcome(part, tally) for part in _capped(loose.outcomes, tally)]
    return RawMarket(loose.key, outcomes, loose.last_update, loose.link)


def _read_outcome(raw: Raw, tally: Tally) -> RawOutcome:
    """An unreadable outcome stays as a name without a price: dropping a Draw would make a two-way market of three."""
    try:
        return _OUTCOME.decode(raw)
    except _BROKEN as broken:
        tally.add("bad_outcome", broken)
    try:
        return RawOutcome(_ONLY_NAME.decode(raw).name, UNREADABLE)
    except _BROKEN:
        return RawOutcome("", UNREADABLE)


def _try(decoder: msgspec.json.Decoder[_T], raw: Raw, reason: str, tally: Tally) -> _T | None:
    try:
        return decoder.decode(raw)
    except _BROKEN as broken:
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


def _items_of_lenient_json(body: bytes) -> list[Raw]:
    """What Python's own reader makes of nearly-JSON: NaN, endless digits, control characters, halves of characters.

    Such tokens become texts, which no price or point can be, so only the outcomes that hold them are lost.
    """
    text = body.decode("utf-8", "replace")
    try:
        if not text.startswith("["):
            return _items(_strict(_LENIENT.decode(text)))
        return [Raw(_strict(item)) for item in _lenient_items(text)]
    except (*_BROKEN, TypeError):
        raise BadAnswer("the answer is not the JSON this feed documents: nothing was read") from None


def _lenient_items(text: str) -> Iterator[object]:
    """The items of a list, each read by itself: one call for all would keep other threads waiting for its end."""
    at = _GAP.match(text, 1).end()  # type: ignore[union-attr]
    count = 0
    while text[at : at + 1] != "]" or count:
        item, end = _LENIENT.raw_decode(text, at)
        yield item
        count += 1
        at = _GAP.match(text, end).end()  # type: ignore[union-attr]
        follows = text[at : at + 1]
        if follows == "]" or count > MAX_EVENTS:
            break
        if follows != ",":
            raise ValueError("a list needs commas")
        at = _GAP.match(text, at + 1).end()  # type: ignore[union-attr]
    if count <= MAX_EVENTS and text[at + 1 :].strip():
        raise ValueError("something follows the list")


def _strict(tree: object) -> bytes:
    return json.dumps(tree, ensure_ascii=False).encode("utf-8", "replace")


def _int(text: str) -> int | str:
    return int(text) if len(text) <= _MAX_DIGITS else "endless digits"


def _float(text: str) -> float | str:
    number = float(text)
    return number if abs(number) != float("inf") else "endless digits"


_GAP = re.compile(r"[ \t\n\r]*")
_LENIENT = json.JSONDecoder(strict=False, parse_constant=str, parse_int=_int, parse_float=_float)
