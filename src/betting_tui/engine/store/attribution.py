"""Which event of the ledger a score is about, and the score in that event's words. What is unsure says why."""

from __future__ import annotations

import sqlite3
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from betting_tui.engine.core.model import START_UNKNOWN, Event, EventAlias
from betting_tui.engine.core.scores import Score
from betting_tui.engine.core.times import to_micros
from betting_tui.engine.store.identities import event_of

if TYPE_CHECKING:
    from betting_tui.engine.core.matching import Aliases, Matched, Unsure
    from betting_tui.engine.core.name_likeness import TeamNames

# What another feed says of a settled bet later than that changes nothing: looking through years would take too long.
_LOOK_BACK = timedelta(days=14)
_AROUND_US = 12 * 3600 * 1_000_000


class Attributed(Struct, frozen=True):
    """A score about the event of row `event`, in its words; None for a game that no event of the ledger is.

    `doubt`: why it settles nothing. Then `event` is the one whose id it has while it names other teams, and `perhaps`
    are the ones it may be about.
    """

    score: Score
    event: int | None = None
    doubt: str = ""
    perhaps: tuple[int, ...] = ()


def attribute(conn: sqlite3.Connection, scores: Sequence[Score], now: datetime) -> tuple[Attributed, ...]:
    """Every score in the order given: by id, by the source's own name for an event, by teams and start.

    Looked for among the events with open bets, and those with bets that began of late.
    """
    known = _candidates(conn, scores, now)
    if not known:
        return tuple(Attributed(score) for score in scores)
    # Comparing names takes a library that no start of the program should wait for.
    from betting_tui.engine.core.matching import match_all

    aliases = _aliases(conn, [row for row, _ in known.values()])
    events = [event for _, event in known.values()]
    near = _near(scores, events, aliases)
    found = iter(match_all([score for place, score in enumerate(scores) if place in near], events, aliases))
    return tuple(
        _attributed(score, next(found).outcome, known) if place in near else Attributed(score)
        for place, score in enumerate(scores)
    )


def _near(scores: Sequence[Score], events: Sequence[Event], aliases: Aliases) -> frozenset[int]:
    """The places of the scores that can be about any of these events at all: most of a season's file cannot."""
    starts = sorted(to_micros(event.commence_time) for event in events)
    ids = {event.id for event in events}
    return frozenset(
        place
        for place, score in enumerate(scores)
        if score.event_id in ids
        or aliases.event_of(score) is not None
        or bisect_left(starts, to_micros(score.commence_time) - _AROUND_US)
        < bisect_right(starts, to_micros(score.commence_time) + _AROUND_US)
    )


def _attributed(score: Score, outcome: Matched | Unsure | None, known: dict[str, tuple[int, Event]]) -> Attributed:
    from betting_tui.engine.core.matching import Matched, in_words_of

    if outcome is None:
        return Attributed(score)
    if isinstance(outcome, Matched):
        event = outcome.event
        named = bool(event.home_team and event.away_team)
        return Attributed(in_words_of(score, outcome) if named else score, known[event.id][0])
    if outcome.other_teams:
        (event,) = outcome.events
        meant = " against ".join(name for name in (event.home_team, event.away_team) if name)
        told = f"the result is of {score.home_team} against {score.away_team}, the bet is on {meant}"
        return Attributed(score, known[event.id][0], told)
    return Attributed(score, None, outcome.reason, tuple(known[event.id][0] for event in outcome.events))


@lru_cache(maxsize=1)
def _teams() -> TeamNames:
    from betting_tui.engine.core.name_likeness import TeamNames

    return TeamNames()


def _aliases(conn: sqlite3.Connection, rows: Sequence[int]) -> Aliases:
    from betting_tui.engine.core.matching import Aliases

    found = conn.execute(
        "SELECT a.source, a.source_event_id, e.event_id FROM events e CROSS JOIN event_aliases a ON a.event_id = e.id"
        " WHERE e.id IN (SELECT value FROM json_each(?))",
        (_json(rows),),
    )
    return Aliases([EventAlias(*row) for row in found], _teams())


def _candidates(conn: sqlite3.Connection, scores: Sequence[Score], now: datetime) -> dict[str, tuple[int, Event]]:
    """Row and event by our id."""
    if not scores:
        return {}
    # An imported event may not say its sport.
    sports = _json(sorted({score.sport_key for score in scores} | {""}))
    rows = conn.execute(
        "SELECT DISTINCT e.* FROM bets b INDEXED BY bets_open CROSS JOIN legs g ON g.order_id = b.order_id"
        " JOIN selections s ON s.id = g.selection_id JOIN lines l ON l.id = s.line_id"
        " JOIN events e ON e.id = l.event_id WHERE b.state IN ('pending', 'review')"
        " AND e.sport_key IN (SELECT value FROM json_each(?))",
        (sports,),
    ).fetchall()
    starts = [score.commence_time for score in scores if score.commence_time < START_UNKNOWN]
    if starts:
        first, last = max(min(starts), now - _LOOK_BACK), max(starts)
        rows += conn.execute(
            "SELECT e.* FROM events e WHERE e.sport_key IN (SELECT value FROM json_each(?))"
            " AND e.commence_at BETWEEN ? AND ? AND EXISTS (SELECT 1 FROM lines l JOIN selections s ON s.line_id = l.id"
            " JOIN legs g ON g.selection_id = s.id JOIN bets b ON b.order_id = g.order_id WHERE l.event_id = e.id)",
            (sports, to_micros(first) - _AROUND_US, to_micros(last) + _AROUND_US),
        ).fetchall()
    rows += conn.execute(
        "SELECT * FROM events WHERE event_id IN (SELECT value FROM json_each(?))",
        (_json([score.event_id for score in scores]),),
    ).fetchall()
    for source in sorted({score.source for score in scores}):
        rows += conn.execute(
            "SELECT e.* FROM event_aliases a JOIN events e ON e.id = a.event_id"
            " WHERE a.source = ? AND a.source_event_id IN (SELECT value FROM json_each(?))",
            (source, _json([score.event_id for score in scores if score.source == source])),
        ).fetchall()
    return {row["event_id"]: (int(row["id"]), event_of(row)) for row in rows}


def _json(values: Sequence[str] | Sequence[int]) -> str:
    return msgspec.json.encode(values).decode()
