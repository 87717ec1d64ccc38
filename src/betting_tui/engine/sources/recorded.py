"""Recorded answers of The Odds API, read from the user's files: the same decoders, no network, no key."""

from __future__ import annotations

import asyncio
import zlib
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from msgspec import DecodeError, Raw, json, structs

from betting_tui.engine.core.decoded import DecodedOdds, DecodedScores
from betting_tui.engine.core.errors import BadAnswer, RequestRejected, UsageError
from betting_tui.engine.core.model import Sport
from betting_tui.engine.core.odds import OddsFormat
from betting_tui.engine.core.ports import Answer, AnswerKind, OddsRequest
from betting_tui.engine.core.times import EPOCH
from betting_tui.engine.sources import the_odds_api_decode as decode
from betting_tui.engine.sources.the_odds_api_payload import (
    Tally,
    envelope_time,
    fields,
    read_event,
    read_score,
    split,
    text_of,
)
from betting_tui.engine.sources.the_odds_api_times import MomentReader

NAME = "recorded"
MAX_FILE_BYTES = 64 * 1024 * 1024
MIXED_SPORTS = "upcoming"
_GZIP = b"\x1f\x8b"
_GZIP_OR_ZLIB = 47
_WHAT = {
    AnswerKind.ODDS: "an odds answer",
    AnswerKind.SCORES: "a scores answer",
    AnswerKind.EVENTS: "a list of fixtures without prices",
    AnswerKind.SPORTS: "a list of sports",
}
# Whose files of that kind are read too.
_OTHERS = {AnswerKind.SCORES: ", ESPN or TheSportsDB"}


class RecordedFiles:
    """Implements `ports.Source` over files. A question is answered with the newest file of that kind and sport."""

    def __init__(
        self,
        *,
        odds: Sequence[Path] = (),
        scores: Sequence[Path] = (),
        now: datetime | None = None,
        odds_format: OddsFormat | None = None,
    ) -> None:
        self._odds = tuple(odds)
        self._scores = tuple(scores)
        self._now = now
        self._format = odds_format

    @property
    def name(self) -> str:
        return NAME

    async def sports(self) -> tuple[Sport, ...]:
        """The sports of the odds files, by key."""
        keys = sorted({answer.sport_key for answer in await self.odds_answers()})
        return tuple(Sport(key, "", key, active=True, has_outrights=False) for key in keys)

    async def odds_answers(self) -> tuple[Answer, ...]:
        """All odds files in the order given. Raises UsageError and BadAnswer naming the file."""
        return await asyncio.to_thread(self._read, self._odds, AnswerKind.ODDS)

    async def scores_answers(self) -> tuple[Answer, ...]:
        """All scores files in the order given. Raises UsageError and BadAnswer naming the file."""
        return await asyncio.to_thread(self._read, self._scores, AnswerKind.SCORES)

    async def fetch_odds(self, request: OddsRequest) -> Answer:
        return _newest(await self.odds_answers(), request.sport_key)

    async def fetch_scores(self, sport_key: str, days_from: int) -> Answer:
        return _newest(await self.scores_answers(), sport_key)

    def decode_odds(self, answer: Answer) -> DecodedOdds:
        return decode.decode_odds(answer, self._format)

    def decode_scores(self, answer: Answer) -> DecodedScores:
        return decode.decode_scores(answer)

    async def aclose(self) -> None:
        """Nothing stays open."""

    def _read(self, paths: Sequence[Path], kind: AnswerKind) -> tuple[Answer, ...]:
        answers = (read_answer(path, kind, now=self._now) for path in paths)
        return tuple(structs.replace(answer, odds_format=self._format) for answer in answers)


def read_answer(path: Path, kind: AnswerKind, *, now: datetime | None = None) -> Answer:
    """One recorded answer (plain or gzip). Without `now` it is received at its newest time, as if just fetched.

    Raises UsageError (no such file, too large, another kind of answer, no time in it) and BadAnswer (not JSON, an
    error message), each naming the file.
    """
    body = read_body(path)
    _check_json(path, body, kind)
    try:
        items = split(body)
    except BadAnswer as bad:
        raise BadAnswer(f"{path}: {bad.message}", code=bad.code) from None
    _check_kind(path, kind, items)
    received_at = now or _own_time(path, kind, body, items)
    return Answer(source=NAME, kind=kind, sport_key=_sport_key(items), body=body, received_at=received_at)


def newest_quote_time(body: bytes) -> datetime | None:
    """The newest `last_update` of an odds answer; None when it states none. Raises BadAnswer."""
    return _newest_time(_quote_times(split(body)))


def _newest(answers: Sequence[Answer], sport_key: str) -> Answer:
    fitting = [answer for answer in answers if answer.sport_key in (sport_key, MIXED_SPORTS)]
    if not fitting:
        raise RequestRejected(f"no recorded file holds {sport_key}")
    return max(fitting, key=lambda answer: answer.received_at)


def read_body(path: Path) -> bytes:
    """The file as it was received, unpacked. Raises UsageError and BadAnswer, each naming the file."""
    try:
        with path.open("rb") as file:
            body = file.read(MAX_FILE_BYTES + 1)
    except IsADirectoryError:
        raise UsageError(f"{path} is a directory: name the files in it") from None
    except OSError as failure:
        raise UsageError(f"{path} cannot be read: {failure.strerror or type(failure).__name__}") from None
    if body.startswith(_GZIP):
        body = _unpack(path, body)
    body = body.removeprefix(BOM_UTF8)
    if len(body) > MAX_FILE_BYTES:
        raise UsageError(f"{path} is larger than {MAX_FILE_BYTES // 1024 // 1024} MB: no recorded answer is")
    return body


def _unpack(path: Path, packed: bytes) -> bytes:
    unpacker = zlib.decompressobj(wbits=_GZIP_OR_ZLIB)
    try:
        body = unpacker.decompress(packed, MAX_FILE_BYTES + 1)
    except zlib.error:
        raise BadAnswer(f"{path} is a damaged gzip file") from None
    if not unpacker.eof and len(body) <= MAX_FILE_BYTES:
        raise BadAnswer(f"{path} is a gzip file that ends in the middle")
    return body


def _check_json(path: Path, body: bytes, wanted: AnswerKind) -> None:
    """What is no JSON is said to be none, and where it stops being it."""
    if not body.strip():
        raise BadAnswer(f"{path} is empty")
    if body.lstrip()[:1] not in (b"[", b"{"):
        raise BadAnswer(f"{path} is not JSON: an answer of The Odds API{_OTHERS.get(wanted, '')} starts with [ or {{")
    try:
        json.decode(body, type=Raw)
    except DecodeError as error:
        broken = "ends in the middle" if "truncated" in str(error) else f"cannot be read: {error}"
        raise BadAnswer(f"{path} is JSON that {broken}") from None
    except RecursionError:
        raise BadAnswer(f"{path} is JSON nested deeper than any answer") from None


def _check_kind(path: Path, wanted: AnswerKind, items: Sequence[Raw]) -> None:
    if not items:
        return
    found = _kind_of(items)
    if found is wanted:
        return
    if found is None:
        raise UsageError(f"{path} is not {_WHAT[wanted]} of The Odds API{_OTHERS.get(wanted, '')}")
    raise UsageError(f"{path} is {_WHAT[found]} of The Odds API, not {_WHAT[wanted]}")


def _kind_of(items: Sequence[Raw]) -> AnswerKind | None:
    """By the fields that only one kind of answer has, in the first item that has any of them."""
    fixtures = False
    for item in items:
        names = fields(item)
        if "bookmakers" in names:
            return AnswerKind.ODDS
        if "scores" in names or "completed" in names:
            return AnswerKind.SCORES
        if "has_outrights" in names or {"group", "key", "title"} <= names.keys():
            return AnswerKind.SPORTS
        fixtures = fixtures or {"id", "commence_time"} <= names.keys()
    return AnswerKind.EVENTS if fixtures else None


def _own_time(path: Path, kind: AnswerKind, body: bytes, items: Sequence[Raw]) -> datetime:
    """When the answer was current, by itself: its newest time, else its envelope's, else never if it says nothing."""
    times = _quote_times(items) if kind is AnswerKind.ODDS else _score_times(items)
    newest = _newest_time(times) or MomentReader().read(envelope_time(body))
    if newest is not None:
        return newest
    if items and kind is AnswerKind.ODDS:
        raise UsageError(f"{path}: no quote says when it was made, so their age is unknown: give the time with --now")
    return EPOCH


def _quote_times(items: Iterable[Raw]) -> Iterator[datetime | None]:
    moments, tally = MomentReader(), Tally()
    for item in items:
        event = read_event(item, tally)
        for book in (event.bookmakers or ()) if event else ():
            yield moments.read(book.last_update)
            for market in book.markets:
                yield moments.read(market.last_update)


def _score_times(items: Iterable[Raw]) -> Iterator[datetime | None]:
    moments, tally = MomentReader(), Tally()
    for item in items:
        score = read_score(item, tally)
        yield moments.read(score.last_update) if score else None


def _newest_time(times: Iterable[datetime | None]) -> datetime | None:
    return max((moment for moment in times if moment is not None), default=None)


def _sport_key(items: Iterable[Raw]) -> str:
    """The one sport of the answer; the feed's own word for mixed answers otherwise."""
    keys = {text_of(fields(item).get("sport_key")) for item in items}
    only = keys.pop() if len(keys) == 1 else ""
    return only if decode.SPORT_KEY.fullmatch(only) else MIXED_SPORTS
