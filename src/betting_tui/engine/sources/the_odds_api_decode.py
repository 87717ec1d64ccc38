"""From The Odds API's bytes to quotes, scores, events and sports. Pure: the same bytes give the same structs.

Home and away are told by name, never by position; what cannot be told for certain is left out and counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from betting_tui.engine.core.decoded import DecodedOdds, DecodedScores, EventQuotes
from betting_tui.engine.core.errors import BadAnswer
from betting_tui.engine.core.model import DRAW, Event, Sport
from betting_tui.engine.core.odds import OddsFormat
from betting_tui.engine.core.ports import Answer
from betting_tui.engine.core.scores import Score
from betting_tui.engine.core.sports import score_includes_overtime
from betting_tui.engine.core.text import clean, clean_key
from betting_tui.engine.sources import the_odds_api_markets as markets
from betting_tui.engine.sources.the_odds_api_lines import EventReader, PriceReader
from betting_tui.engine.sources.the_odds_api_markets import line_markets
from betting_tui.engine.sources.the_odds_api_payload import (
    RawEvent,
    RawScore,
    RawSide,
    Tally,
    envelope_times,
    read_event,
    read_offers,
    read_participant,
    read_score,
    read_sport,
    split,
)
from betting_tui.engine.sources.the_odds_api_times import MomentReader

SPORT_KEY = re.compile(r"[a-z0-9_]{1,64}")
EVENT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_PARTICIPANT_ID = re.compile(r"[A-Za-z0-9_-]{1,80}")
_SCORE = re.compile(r"[0-9]{1,5}")
_NAME_LIMIT = 120


class OfferedMarkets(Struct, frozen=True):
    """The market keys one bookmaker has for an event."""

    bookmaker: str
    markets: tuple[str, ...]


class Participant(Struct, frozen=True):
    id: str
    name: str


class Snapshot(Struct, frozen=True):
    """A historical answer: received, for whoever decodes it, at the moment `at` of which it tells."""

    answer: Answer
    at: datetime
    previous_at: datetime | None = None
    next_at: datetime | None = None


def decode_odds(answer: Answer, odds_format: OddsFormat | None = None) -> DecodedOdds:
    """All quotes of an odds answer. `odds_format` overrules what the answer says of itself.

    Raises BadAnswer when the body is no odds answer at all, or not one event of it can be read.
    """
    tally, moments = Tally(), MomentReader()
    raws = split(answer.body)
    readable: Iterable[RawEvent | None] = (read_event(raw, tally) for raw in raws)
    known = odds_format or answer.odds_format
    if known is None:
        readable = list(readable)
        known = guess_odds_format(event for event in readable if event is not None)
    prices = PriceReader(known, tally)
    reader = EventReader(answer.source, answer.received_at, prices, moments, tally)
    decoded: dict[str, EventQuotes] = {}
    for raw in readable:
        event = None if raw is None else read_head(raw, answer.sport_key, moments, tally)
        if raw is None or event is None:
            continue
        if event.id in decoded:
            tally.add("duplicate_event", event.id)
        decoded[event.id] = EventQuotes(event, reader.quotes(event, raw))
    _refuse_if_nothing(raws, decoded, tally)
    spoken_for = answer.markets if line_markets(answer.markets) else tuple(reader.market_keys)
    return DecodedOdds(
        tuple(decoded.values()), tally.rejections(), line_markets(spoken_for), markets.covers(spoken_for)
    )


def decode_scores(answer: Answer) -> DecodedScores:
    """All scores of a scores answer, told by team name. Raises BadAnswer as `decode_odds` does."""
    tally, moments = Tally(), MomentReader()
    raws = split(answer.body)
    decoded: dict[str, Score] = {}
    for raw in raws:
        read = read_score(raw, tally)
        event = None if read is None else read_head(read, answer.sport_key, moments, tally)
        if read is None or event is None:
            continue
        if event.id in decoded:
            tally.add("duplicate_event", event.id)
        decoded[event.id] = _score(event, read, answer.source, moments, tally)
    _refuse_if_nothing(raws, decoded, tally)
    return DecodedScores(tuple(decoded.values()), tally.rejections())


def decode_events(answer: Answer) -> tuple[Event, ...]:
    """The fixtures of an events answer (or of an odds answer, without its prices). Raises BadAnswer likewise."""
    return tuple(found.event for found in decode_odds(answer).events)


def decode_sports(body: bytes) -> tuple[Sport, ...]:
    """The sports list, without the rows that cannot be read. Raises BadAnswer when none can."""
    tally = Tally()
    raws = split(body)
    sports = tuple(
        Sport(row.key, clean(row.group, _NAME_LIMIT), clean(row.title, _NAME_LIMIT), row.active, row.has_outrights)
        for row in (read_sport(raw, tally) for raw in raws)
        if row is not None and SPORT_KEY.fullmatch(row.key)
    )
    if raws and not sports:
        raise BadAnswer("not one sport of the answer can be read")
    return sports


def decode_offers(body: bytes) -> tuple[OfferedMarkets, ...]:
    """Which markets each bookmaker has for one event. Raises BadAnswer when the answer is no such thing."""
    tally = Tally()
    raws = split(body)
    offers = tuple(
        OfferedMarkets(book, tuple(dict.fromkeys(offer.key for offer in raw.markets if SPORT_KEY.fullmatch(offer.key))))
        for event in raws
        for raw in read_offers(event, tally)
        if (book := clean_key(raw.key))
    )
    if raws and not offers and tally.rejections():
        raise BadAnswer("not one bookmaker of the answer can be read")
    return offers


def decode_participants(body: bytes) -> tuple[Participant, ...]:
    """Teams or players of a sport, without the rows that cannot be read. Raises BadAnswer when none can."""
    tally = Tally()
    raws = split(body)
    people = tuple(
        Participant(row.id, name)
        for row in (read_participant(raw, tally) for raw in raws)
        if row is not None and _PARTICIPANT_ID.fullmatch(row.id) and (name := clean(row.full_name, _NAME_LIMIT))
    )
    if raws and not people:
        raise BadAnswer("not one participant of the answer can be read")
    return people


def decode_snapshot(answer: Answer) -> Snapshot:
    """A historical answer, dated as of its own moment. Raises BadAnswer when it does not state one."""
    moments = MomentReader()
    at, previous, following = (moments.read(value) for value in envelope_times(answer.body))
    if at is None:
        raise BadAnswer("the historical answer does not say of when it is: nothing was read")
    return Snapshot(replace(answer, received_at=at), at, previous, following)


def guess_odds_format(events: Iterable[RawEvent]) -> OddsFormat:
    """How a recorded answer is quoted, by the vote of its prices.

    An American price is -100 or less, or 100 or more; between 1 and 100 only a decimal price lies. With no vote
    either way all are 100 or more, which favourites of 1.50 make unlikely in decimal and underdogs likely in American.
    """
    american = decimal = 0
    for price in _prices(events):
        if price <= -100:
            american += 1
        elif 1 < price < 100:
            decimal += 1
    return OddsFormat.DECIMAL if decimal > american else OddsFormat.AMERICAN


def _prices(events: Iterable[RawEvent]) -> Iterable[float]:
    return (
        outcome.price
        for event in events
        for book in event.bookmakers or ()
        for market in book.markets
        for outcome in market.outcomes
        if outcome.price is not None
    )


def read_head(raw: RawEvent | RawScore, asked_sport: str, moments: MomentReader, tally: Tally) -> Event | None:
    """The fixture itself; None, counted, when its id, sport, start or team names are of no use."""
    if EVENT_ID.fullmatch(raw.id) is None:
        tally.add("bad_event_id", raw.id)
        return None
    sport_key = raw.sport_key or asked_sport
    if SPORT_KEY.fullmatch(sport_key) is None:
        tally.add("bad_sport_key", sport_key)
        return None
    start = moments.read(raw.commence_time)
    if start is None:
        tally.add("bad_start", raw.commence_time)
        return None
    home, away = clean(raw.home_team or "", _NAME_LIMIT), clean(raw.away_team or "", _NAME_LIMIT)
    if DRAW in (home, away) or (home and home == away):
        tally.add("bad_teams", f"{home} / {away}")
        return None
    title = clean(raw.sport_title or "", _NAME_LIMIT)
    if not home or not away:
        return Event(raw.id, sport_key, title, start)
    return Event(raw.id, sport_key, title, start, home, away)


def _score(event: Event, raw: RawScore, source: str, moments: MomentReader, tally: Tally) -> Score:
    home, away = _sides(event, raw.scores or (), tally)
    return Score(
        event_id=event.id,
        source=source,
        sport_key=event.sport_key,
        commence_time=event.commence_time,
        completed=raw.completed,
        home_team=event.home_team,
        away_team=event.away_team,
        home_score=home,
        away_score=away,
        includes_overtime=score_includes_overtime(event.sport_key),
        updated_at=_update(raw.last_update, moments, tally),
    )


def _update(value: str | float | None, moments: MomentReader, tally: Tally) -> datetime | None:
    moment = moments.read(value)
    if moment is None and value not in (None, ""):
        tally.add("bad_time", value)
    return moment


def _sides(event: Event, sides: Iterable[RawSide], tally: Tally) -> tuple[int | None, int | None]:
    """Home and away score; None for a side that is missing, unreadable or stated twice differently."""
    found: dict[str, int | None] = {}
    for side in sides:
        name = clean(side.name, _NAME_LIMIT)
        if event.home_team is None or name not in (event.home_team, event.away_team):
            tally.add("unknown_side", name)
            continue
        points = _points(side.score, tally)
        if name in found and found[name] != points:
            tally.add("two_scores", name)
            points = None
        found[name] = points
    return found.get(event.home_team or ""), found.get(event.away_team or "")


def _points(score: str | float | None, tally: Tally) -> int | None:
    if score is None:
        return None
    text = str(score).strip()
    if _SCORE.fullmatch(text) is None:
        tally.add("bad_score", text or "an empty score")
        return None
    return int(text)


def _refuse_if_nothing(raws: Sequence[object], decoded: Mapping[str, object], tally: Tally) -> None:
    if raws and not decoded:
        worst = max(tally.rejections(), key=lambda rejection: rejection.count)
        raise BadAnswer(f"not one event of the answer can be read ({worst.reason}: {worst.example})")
