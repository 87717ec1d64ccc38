"""Which of our events a feed's score is about. Pure; unsure rather than wrong.

A score is matched by id or known alias, else by both names, inside one sport and a window of start times. Where two
games could be meant, or names are only similar on both sides, nothing is matched and the reason is said.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import timedelta
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from betting_tui.engine.core.model import Event
from betting_tui.engine.core.model import EventAlias as EventAlias
from betting_tui.engine.core.name_likeness import Compared, Likeness, TeamNames
from betting_tui.engine.core.scores import PeriodScore, Score
from betting_tui.engine.core.times import span_text

SAME_GAME = timedelta(hours=12)
"""How far apart two feeds' starts of one game may be: the same two teams never meet twice in a day,"""
SAME_GAME_OF_A_DOUBLE_HEADER = timedelta(minutes=90)
"""but for baseball, whose second game of a day begins three hours after the first or later."""
MARGIN = 8.0
"""By how much (WRatio, 0 to 100) a similar name must be nearer than the next one."""

_DOUBLE_HEADERS = "baseball"
_PLAYED = frozenset({Likeness.SAME, Likeness.CLOSE})


class MatchedBy(StrEnum):
    ID = "id"
    ALIAS = "alias"
    NAMES = "names"
    SIMILAR_NAMES = "similar_names"


class Matched(Struct, frozen=True):
    """The score is about this event. `swapped`: its home side is the event's away side; see `in_words_of`."""

    event: Event
    by: MatchedBy
    swapped: bool = False


class Unsure(Struct, frozen=True):
    """The score may be about one of these events; a person has to say. `reason` is for people.

    `other_teams`: it has the id of the event and names two other teams.
    """

    reason: str
    events: tuple[Event, ...] = ()
    other_teams: bool = False


class Aliases:
    """What is known of other names: of events, learned from earlier matches, and of teams."""

    def __init__(self, events: Iterable[EventAlias] = (), teams: TeamNames | None = None) -> None:
        self.teams = teams or TeamNames()
        self._ours = {(alias.source, alias.source_event_id): alias.event_id for alias in events}
        self._named = {(source, event_id) for (source, _), event_id in self._ours.items()}

    def event_of(self, score: Score) -> str | None:
        """Our id of the event the source calls by the score's id."""
        return self._ours.get((score.source, score.event_id))

    def named_otherwise(self, score: Score, event_id: str) -> bool:
        """Whether the score's source knows our event by another id: then the score is of another game."""
        return (score.source, event_id) in self._named and self.event_of(score) != event_id


def match(
    score: Score, candidates: Sequence[Event], aliases: Aliases, *, within: timedelta = SAME_GAME
) -> Matched | Unsure | None:
    """The event a score is about; None when no candidate comes into question. The candidates' order is of no account.

    `within` may be widened for a feed that names days instead of starts.
    """
    return _match(score, _Field(candidates), aliases, within)


def _match(score: Score, field: _Field, aliases: Aliases, within: timedelta) -> Matched | Unsure | None:
    known = _by_id(score, field.by_id, aliases)
    if known is not None:
        return known
    near = [event for event in field.near(score, within) if not aliases.named_otherwise(score, event.id)]
    pairings = [pairing for event in near if (pairing := _pairing(score, event, aliases.teams)) is not None]
    sure = [pairing for pairing in pairings if pairing.same]
    if len(sure) == 1:
        return _of_one(score, sure[0])
    if len(sure) > 1:
        return _several(score, sure)
    if not pairings:
        return _half(score, near, aliases.teams)
    if len(pairings) > 1:
        return _several(score, pairings)
    return _of_similar(score, pairings[0], near, aliases.teams)


class Found(Struct, frozen=True):
    score: Score
    outcome: Matched | Unsure | None


def match_all(
    scores: Sequence[Score], candidates: Sequence[Event], aliases: Aliases, *, within: timedelta = SAME_GAME
) -> tuple[Found, ...]:
    """`match` for one answer of a feed, in its order. Two games of it never become one of ours: both are unsure."""
    field = _Field(candidates)
    found = [Found(score, _match(score, field, aliases, within)) for score in scores]
    claims: dict[tuple[str, str], set[str]] = {}
    for each in found:
        if isinstance(each.outcome, Matched):
            claims.setdefault((each.score.source, each.outcome.event.id), set()).add(each.score.event_id)
    return tuple(_alone(each, claims) for each in found)


class _Field:
    """The events that come into question, put in order once for many scores."""

    def __init__(self, candidates: Iterable[Event]) -> None:
        self.by_id = {event.id: event for event in candidates}
        started = [event for event in self.by_id.values() if event.start_known]
        self._by_start = sorted(started, key=lambda event: event.commence_time)
        self._starts = [event.commence_time for event in self._by_start]

    def near(self, score: Score, within: timedelta) -> list[Event]:
        """Those of its sport that name two teams and begin that near to it, by id."""
        if not (score.home_team and score.away_team):
            return []
        # Measured from the events' starts, because a score's own may be the last moment of the calendar.
        first = bisect_left(self._starts, -within, key=lambda start: start - score.commence_time)
        last = bisect_right(self._starts, within, key=lambda start: start - score.commence_time)
        there = [event for event in self._by_start[first:last] if _same_sport(score, event)]
        return sorted(there, key=lambda event: event.id)


def in_words_of(score: Score, matched: Matched) -> Score:
    """The score with the event's names and sides, and the numbers of the right teams. It keeps the feed's id."""
    event = matched.event
    home, away = (score.away_team, score.home_team) if matched.swapped else (score.home_team, score.away_team)
    winner = event.home_team if score.winner == home else event.away_team if score.winner == away else None
    told = replace(score, home_team=event.home_team, away_team=event.away_team, winner=winner if score.winner else None)
    if not matched.swapped:
        return told
    return replace(
        told,
        periods=tuple(PeriodScore(each.away, each.home) for each in score.periods),
        home_score=score.away_score,
        away_score=score.home_score,
        home_regulation=score.away_regulation,
        away_regulation=score.home_regulation,
    )


class _Pairing(Struct, frozen=True):
    """A score's two teams beside an event's two, the way round in which they fit."""

    event: Event
    home: Compared
    away: Compared
    swapped: bool

    @property
    def same(self) -> bool:
        return self.home.likeness is Likeness.SAME and self.away.likeness is Likeness.SAME


def _by_id(score: Score, events: dict[str, Event], aliases: Aliases) -> Matched | Unsure | None:
    """By id there is no doubt which event is meant; that it names the same teams is looked at all the same."""
    alias = aliases.event_of(score)
    by = MatchedBy.ALIAS if alias in events else MatchedBy.ID
    event = events.get(alias or "") or events.get(score.event_id)
    if event is None:
        return None
    if not (score.home_team and score.away_team and event.home_team and event.away_team):
        return Matched(event, by)
    score = replace(score, sport_key=event.sport_key or score.sport_key)
    pairing = _pairing(score, event, aliases.teams)
    if pairing is not None:
        return Matched(event, by, pairing.swapped)
    # One team may be called what nobody knows: the other one tells the sides.
    ways = [way for way in (False, True) if _one_same(score, event, aliases.teams, way)]
    if len(ways) == 1:
        return Matched(event, by, ways[0])
    return Unsure(f"{_game(score)} has the id of {event.name}, which are other teams", (event,), True)


def _alone(found: Found, claims: dict[tuple[str, str], set[str]]) -> Found:
    if not isinstance(found.outcome, Matched):
        return found
    event = found.outcome.event
    if len(claims[(found.score.source, event.id)]) == 1:
        return found
    return Found(found.score, Unsure(f"several games of {found.score.source} may be {event.name}", (event,)))


def _same_sport(score: Score, event: Event) -> bool:
    return bool(event.home_team and event.away_team) and event.sport_key in (score.sport_key, "")


def _both(score: Score, event: Event, teams: TeamNames, swapped: bool) -> _Pairing:
    first, second = (event.away_team, event.home_team) if swapped else (event.home_team, event.away_team)
    home = teams.compare(score.home_team or "", first or "", score.sport_key)
    away = teams.compare(score.away_team or "", second or "", score.sport_key)
    return _Pairing(event, home, away, swapped)


def _one_same(score: Score, event: Event, teams: TeamNames, swapped: bool) -> bool:
    pairing = _both(score, event, teams, swapped)
    return Likeness.SAME in (pairing.home.likeness, pairing.away.likeness)


def _pairing(score: Score, event: Event, teams: TeamNames) -> _Pairing | None:
    """The way round that fits; None when a team is another one in both, unclear when both fit and neither surely."""
    found = []
    for swapped in (False, True):
        pairing = _both(score, event, teams, swapped)
        if pairing.same:
            return pairing
        if Likeness.OTHER not in (pairing.home.likeness, pairing.away.likeness):
            found.append(pairing)
    if len(found) < 2:
        return next(iter(found), None)
    return replace(found[0], home=Compared(Likeness.UNCLEAR), away=Compared(Likeness.UNCLEAR))


def _half(score: Score, near: Sequence[Event], teams: TeamNames) -> Unsure | None:
    """One of the teams plays at that time, but the other name is unknown: worth asking about, as nobody plays twice."""
    same_start = [
        event for event in near if abs(event.commence_time - score.commence_time) <= SAME_GAME_OF_A_DOUBLE_HEADER
    ]
    events = tuple(event for event in same_start if _one_same(score, event, teams, swapped=False))
    if not events:
        return None
    return Unsure(f"{_game(score)} starts when {events[0].name} does, and one team is the same", events)


def _of_one(score: Score, pairing: _Pairing) -> Matched | Unsure:
    """The only event with these two teams; in baseball the other game of a double-header may be missing from it."""
    apart = abs(pairing.event.commence_time - score.commence_time)
    if score.sport_key.startswith(_DOUBLE_HEADERS) and apart > SAME_GAME_OF_A_DOUBLE_HEADER:
        told = span_text(apart.total_seconds())
        reason = f"{_game(score)} starts {told} from {pairing.event.name}: it may be the other game of that day"
        return Unsure(reason, (pairing.event,))
    return Matched(pairing.event, MatchedBy.NAMES, pairing.swapped)


def _several(score: Score, pairings: Sequence[_Pairing]) -> Matched | Unsure:
    """Two games of the same teams: only in baseball, and only where the starts leave no doubt."""
    at_its_time = [
        pairing
        for pairing in pairings
        if abs(pairing.event.commence_time - score.commence_time) <= SAME_GAME_OF_A_DOUBLE_HEADER
    ]
    if score.sport_key.startswith(_DOUBLE_HEADERS) and len(at_its_time) == 1 and all(each.same for each in pairings):
        return Matched(at_its_time[0].event, MatchedBy.NAMES, at_its_time[0].swapped)
    events = tuple(pairing.event for pairing in pairings)
    return Unsure(f"{_game(score)} may be any of {len(events)} games, such as {events[0].name}", events)


def _of_similar(score: Score, pairing: _Pairing, near: Sequence[Event], teams: TeamNames) -> Matched | Unsure:
    """One name for certain and the other near it, the right way round, and no other team nearly as near."""
    unsure = Unsure(f"{_game(score)} may be {pairing.event.name}: the names are only similar", (pairing.event,))
    kinds = {pairing.home.likeness, pairing.away.likeness}
    if kinds != _PLAYED or pairing.swapped or score.sport_key.startswith(_DOUBLE_HEADERS):
        return unsure
    name, meant, ratio = (
        (score.home_team, pairing.event.home_team, pairing.home.ratio)
        if pairing.home.likeness is Likeness.CLOSE
        else (score.away_team, pairing.event.away_team, pairing.away.ratio)
    )
    others = {team for event in near for team in (event.home_team, event.away_team) if team} - {meant}
    rivals = (teams.compare(name or "", other, score.sport_key) for other in others)
    if any(rival.likeness is not Likeness.OTHER and rival.ratio > ratio - MARGIN for rival in rivals):
        return unsure
    return Matched(pairing.event, MatchedBy.SIMILAR_NAMES)


def _game(score: Score) -> str:
    return f"{score.home_team} against {score.away_team} ({score.source})"
