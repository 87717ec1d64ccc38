"""What results feeds without credits share: asking for JSON documents, several in one answer, and reading scores."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

import msgspec
from msgspec import Raw

from betting_tui.engine.core.decoded import DecodedScores
from betting_tui.engine.core.errors import BadAnswer, RateLimited, RequestRejected, SourceError, SourceUnreachable
from betting_tui.engine.core.scores import Score, ScoreStatus
from betting_tui.engine.core.text import clean
from betting_tui.engine.sources.http import HttpAnswer, HttpClient, http_time
from betting_tui.engine.sources.nearly_json import BROKEN, NearlyJson, crowded
from betting_tui.engine.sources.the_odds_api_payload import Tally

MAX_DAYS_FROM = 7
MAX_GAMES = 5_000
NAME_LIMIT = 120
GAME_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
# More than any feed of one sport and few days needs, so that memory is bounded whatever the days hold.
_MAX_BYTES = 24 * 1024 * 1024
_MAX_RETRY_AFTER = 86_400.0
_TOO_MANY_POINTS = 10_000
_SCORE = re.compile(r"[0-9]{1,4}")
_SECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
_BOM = b"\xef\xbb\xbf"
_OBJECT = msgspec.json.Decoder(dict[str, Raw])
_LIST = msgspec.json.Decoder(list[Raw])
SCORELESS = frozenset({ScoreStatus.SCHEDULED, ScoreStatus.POSTPONED, ScoreStatus.CANCELLED})
_T = TypeVar("_T")


class Page:
    """One question of a feed: an address and its query."""

    __slots__ = ("query", "url")

    def __init__(self, url: str, query: Mapping[str, str]) -> None:
        self.url = url
        self.query = dict(query)


async def ask(
    http: HttpClient, pages: Sequence[Page], name: str, feed: str, now: datetime
) -> tuple[bytes, datetime | None]:
    """The pages' documents as one body, asked for at once so that one deadline holds, and the feed's own time.

    A body of several is a JSON list of the documents as received; `name` is the list each one holds. Raises
    SourceError when one page fails.
    """
    outcomes = await asyncio.gather(*(_one(http, page, name, feed, now) for page in pages), return_exceptions=True)
    answers = []
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
        answers.append(outcome)
    bodies = [answer.body.removeprefix(_BOM).strip() for answer in answers]
    if sum(map(len, bodies)) > _MAX_BYTES:
        raise BadAnswer(
            f"{feed}'s answers are larger than {_MAX_BYTES // 1024 // 1024} MB together: ask for fewer days"
        )
    body = bodies[0] if len(bodies) == 1 else b"[" + b",".join(bodies) + b"]"
    return body, answers[-1].server_time


def days_checked(days_from: int) -> int:
    """Raises RequestRejected outside of 0 to MAX_DAYS_FROM."""
    if not 0 <= days_from <= MAX_DAYS_FROM:
        raise RequestRejected(f"results go back 0 to {MAX_DAYS_FROM} days, not {days_from}: set results.days_from")
    return days_from


def rows_of(body: bytes, name: str, feed: str) -> list[Raw]:
    """The items of the list called `name` in one document or in each of a list of documents.

    Raises BadAnswer for anything that is no such document and for more items than any real answer has.
    """
    body = body.removeprefix(_BOM).strip()
    try:
        rows = _rows_with_care(body, name) if crowded(body) else _rows(body, name)
    except (*BROKEN, KeyError):
        try:
            rows = _rows_with_care(body, name)
        except BROKEN:
            raise BadAnswer(f"this is not the JSON that {feed} gives: nothing was read") from None
    if len(rows) > MAX_GAMES:
        raise BadAnswer(f"{feed} lists {len(rows)} games, more than any real answer: nothing was read")
    return rows


def points(value: str | float | None) -> int | None:
    """A score as whole points below 10,000; None for nothing and for anything else."""
    if isinstance(value, str):
        text = value.strip()
        return int(text) if _SCORE.fullmatch(text) else None
    return int(value) if value is not None and 0 <= value < _TOO_MANY_POINTS and value == int(value) else None


def game_of(row: Raw, decoder: msgspec.json.Decoder[_T], tally: Tally) -> _T | None:
    """One game as its feed writes it; None, counted, for one that cannot be read."""
    try:
        return decoder.decode(row)
    except BROKEN as broken:
        tally.add("bad_event", broken)
        return None


def start_of(game_id: str, start: datetime | None, told: str, tally: Tally) -> datetime | None:
    """The start of a game that has an id; None, counted with what was told of the start, where one of them is of no
    use."""
    if GAME_ID.fullmatch(game_id) is None or start is None:
        tally.add("bad_event", f"{game_id} at {told}")
        return None
    return start


def teams_of(home: str | None, away: str | None, tally: Tally) -> tuple[str, str] | None:
    """The names of two different teams; None, counted, where they are no such thing."""
    names = clean(home or "", NAME_LIMIT), clean(away or "", NAME_LIMIT)
    if "" in names or names[0].casefold() == names[1].casefold():
        tally.add("bad_teams", " / ".join(names))
        return None
    return names


def points_of(
    status: ScoreStatus | None, home: str | float | None, away: str | float | None
) -> tuple[int | None, int | None]:
    """The points of both sides; none of a game that was not played, whatever stands there."""
    return (None, None) if status in SCORELESS else (points(home), points(away))


def decoded(rows: Sequence[Raw], scores: Iterable[Score | None], tally: Tally, feed: str) -> DecodedScores:
    """The readable games, each once, by the last word on a repeated one; those left out are None and counted already.

    Raises BadAnswer when there were games and every one of them was broken.
    """
    kept: dict[str, Score] = {}
    for score in scores:
        if score is None:
            continue
        if score.event_id in kept:
            tally.add("duplicate_event", score.event_id)
        kept[score.event_id] = score
    rejected = tally.rejections()
    broken = [each for each in rejected if each.reason.startswith("bad_")]
    if rows and not kept and sum(each.count for each in broken) >= len(rows):
        worst = max(broken, key=lambda rejection: rejection.count)
        raise BadAnswer(f"not one game of {feed}'s answer can be read ({worst.reason}: {worst.example})")
    return DecodedScores(tuple(kept.values()), rejected)


async def _one(http: HttpClient, page: Page, name: str, feed: str, now: datetime) -> HttpAnswer:
    answer = await http.get(page.url, page.query)
    if answer.status != 200:
        raise _refusal(answer, feed, now)
    rows_of(answer.body, name, feed)
    return answer


def _refusal(answer: HttpAnswer, feed: str, now: datetime) -> SourceError:
    retry_after = _retry_after(answer, now)
    if answer.status == 429:
        wait = "wait a little" if retry_after is None else f"wait {retry_after:g} s"
        return RateLimited(f"{feed} gets too many requests: {wait}", retry_after=retry_after)
    if answer.status >= 500:
        return SourceUnreachable(
            f"{feed} has a fault of its own ({answer.status}): it will be asked again", retry_after=retry_after
        )
    if answer.status in (401, 403):
        return SourceUnreachable(f"{feed} does not let this machine in ({answer.status}): another feed will be asked")
    if answer.status in (400, 404, 422):
        return RequestRejected(f"{feed} does not know this sport or day ({answer.status})")
    return BadAnswer(f"{feed} answered {answer.status}, but not with its data: is a proxy in between?")


def _retry_after(answer: HttpAnswer, now: datetime) -> float | None:
    text = (answer.header("retry-after") or "").strip()
    if _SECONDS.fullmatch(text):
        return min(float(text), _MAX_RETRY_AFTER)
    moment = http_time(text)
    if moment is None:
        return None
    return min(max(0.0, (moment - (answer.server_time or now)).total_seconds()), _MAX_RETRY_AFTER)


def _rows(body: bytes, name: str) -> list[Raw]:
    documents = _LIST.decode(body) if body.startswith(b"[") else [Raw(body)]
    listed = (bytes(_OBJECT.decode(document)[name]) for document in documents)
    return [row for rows in listed if rows != b"null" for row in _LIST.decode(rows)]


def _rows_with_care(body: bytes, name: str) -> list[Raw]:
    reader = NearlyJson(body, MAX_GAMES)
    rows: list[Raw] = []
    for parts, listed in reader.objects(name):
        if listed is None and parts.get(name) != b"null":
            raise ValueError("no list of that name")
        rows += map(Raw, listed or ())
    reader.end()
    return rows
