"""One event under one id, whichever feeds tell of it: the id it was first known by here.

An event of a feed is looked up by the feed's own id. Under an id that is new it is compared with the events that other
feeds have told of, and those of the ledger: by teams, sport and start, refusing when unsure. What is unsure, or fits
none, is an event of its own and stays one: bets may be on it by the time more is known, and two events with bets are
never made one. Nothing here depends on anything but the answers before and the ledger.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct, field
from msgspec.structs import replace

from betting_tui.engine.core.decoded import DecodedOdds
from betting_tui.engine.core.model import Event, EventAlias
from betting_tui.engine.core.rewording import reworded
from betting_tui.engine.core.scores import Score
from betting_tui.engine.store.event_names import NamedEvents

if TYPE_CHECKING:
    from betting_tui.engine.core.name_likeness import Name, TeamNames

# An event nobody has told of for so long, and that began so long ago, is over.
_KEPT = timedelta(days=2)


class EventBook(Protocol):
    """What is asked of the ledger."""

    def events_near(self, source: str, events: Sequence[Event]) -> NamedEvents: ...

    def names_of(self, event_id: str) -> tuple[EventAlias, ...]: ...

    async def note_names(self, names: Sequence[EventAlias], now: datetime) -> frozenset[EventAlias]: ...


class _Told(Struct, frozen=True):
    """What a source last called an event. `swapped`: its home side is our away side."""

    source_id: str
    home: str | None
    away: str | None
    swapped: bool = False


class _Known(Struct):
    """One of our events, by source what each calls it. `ranked` is the place of the feed that named its start."""

    event: Event
    ranked: int
    heard_at: datetime
    told: dict[str, _Told] = field(default_factory=dict)


class _Meant(Struct, frozen=True):
    """Which of our events a source's event is; as the ledger has it where nobody has told of it here."""

    event: Event
    swapped: bool


class Identities:
    """Knows events by every id. `order` names feeds, the preferred first: the start a preferred one has named stands,
    whatever a stand-in says.

    Not for several answers at once: the engine takes them over one after the other.
    """

    def __init__(self, book: EventBook, order: Sequence[str] = ()) -> None:
        self._book = book
        self._ranks = {source: rank for rank, source in enumerate(order)}
        self._known: dict[str, _Known] = {}
        self._ours: dict[tuple[str, str], str] = {}
        self._kept: set[EventAlias] = set()

    # Names

    def ours(self, source: str, source_id: str) -> str:
        """Our id of what the source calls so; the same one where nothing else is known."""
        return self._ours.get((source, source_id), source_id)

    def called_by(self, source: str, event_id: str) -> str | None:
        """What to call one of our events when asking that source; None when only others told of it."""
        known = self._known.get(event_id)
        if known is not None and source in known.told:
            return known.told[source].source_id
        names = self._book.names_of(event_id)
        kept = next((name.source_event_id for name in names if name.source == source), None)
        return event_id if kept is None and known is None else kept

    def names_of(self, events: Iterable[Event]) -> tuple[EventAlias, ...]:
        """What each feed that told of these events calls them."""
        known = (self._known.get(event.id) for event in events)
        return tuple(name for each in known if each is not None for name in _names(each))

    def forget_over(self, now: datetime) -> None:
        """Events that are over and that nobody tells of any more."""
        gone: set[str] = set()
        for event_id, known in tuple(self._known.items()):
            start = known.event.commence_time if known.event.start_known else known.heard_at
            if now - max(known.heard_at, start) > _KEPT:
                del self._known[event_id]
                self._kept.difference_update(_names(known))
                gone.add(event_id)
        if gone:
            self._ours = {name: event_id for name, event_id in self._ours.items() if event_id not in gone}

    # Answers

    async def of_odds(self, source: str, decoded: DecodedOdds, now: datetime) -> DecodedOdds:
        """The answer with every event in our words. Raises LedgerError."""
        told = [item.event for item in decoded.events]
        events = await self.of_events(source, told, now)
        if all(ours is theirs for ours, theirs in zip(events, told, strict=True)):
            return decoded
        ways = [self._known[event.id].told[source].swapped for event in events]

        def reword() -> DecodedOdds:
            items = zip(decoded.events, events, ways, strict=True)
            return replace(decoded, events=tuple(reworded(item, event, swapped=way) for item, event, way in items))

        return await asyncio.to_thread(reword)

    async def of_events(self, source: str, told: Sequence[Event], now: datetime) -> tuple[Event, ...]:
        """The events in our words, in the same order. Raises LedgerError."""
        new = [event for event in told if not self._settled(source, event)]
        meant = await self._find(source, new, told) if new else {}
        for event in new:
            self._settle(source, event, meant.get(event.id), now)
        ours = tuple(self._hear(source, event, now) for event in told)
        await self._keep_names(ours, now)
        return ours

    # Inside

    def _settled(self, source: str, event: Event) -> bool:
        """Whether this id was said of these teams before; of an event of its own the teams may change."""
        ours = self._ours.get((source, event.id))
        if ours is None or ours == event.id:
            return ours is not None
        told = self._known[ours].told.get(source)
        return told is not None and (told.source_id, told.home, told.away) == (
            event.id, event.home_team, event.away_team
        )  # fmt: skip

    async def _find(self, source: str, new: Sequence[Event], told: Sequence[Event]) -> dict[str, _Meant]:
        """By the source's id; what is missing is an event of its own."""
        book = self._book.events_near(source, new)
        here = frozenset(event.id for event in told)
        for event in book.events:
            if event.id in here:
                self._remember(event, book)
        candidates = self._candidates(source, here, {event.sport_key for event in new}, book)
        if not candidates:
            return {}
        # An event that the source calls by our own id is none of its others; what was learned since counts most.
        meaning = {event.id: event.id for event in candidates if event.id in here}
        meaning |= {name.source_event_id: name.event_id for name in book.names if name.source == source}
        meaning |= {event.id: self._ours[source, event.id] for event in told if (source, event.id) in self._ours}
        names = [EventAlias(source, each, ours) for each, ours in meaning.items() if each in here]
        meant = await asyncio.to_thread(_compare, source, new, candidates, names)
        taken = {self._ours[source, event.id] for event in told if self._settled(source, event)}
        found = {event_id: each for event_id, each in meant.items() if each.event.id not in taken}
        for each in found.values():
            self._remember(each.event, book)
        return found

    def _candidates(self, source: str, here: frozenset[str], sports: set[str], book: NamedEvents) -> tuple[Event, ...]:
        """Events of these sports that another feed told of, and those of the ledger that are not this source's alone;
        all that have one of the ids."""
        found = {
            event_id: known.event
            for event_id, known in self._known.items()
            if known.event.sport_key in sports and _of_another(known, source)
        }
        named: dict[str, list[EventAlias]] = {}
        for name in book.names:
            named.setdefault(name.event_id, []).append(name)
        for event in book.events:
            names = named.get(event.id, [])
            asked = event.id in here or any(each.source == source and each.source_event_id in here for each in names)
            of_others = not names or any(each.source != source for each in names)
            if (asked or of_others) and event.id not in found:
                known = self._known.get(event.id)
                found[event.id] = event if known is None else known.event
        return tuple(found.values())

    def _remember(self, event: Event, book: NamedEvents) -> None:
        """An event of the ledger's, with the start that the best feed which has a name for it gave."""
        if event.id not in self._known:
            named = [self._ranks[each.source] for each in book.names if each.event_id == event.id and
                     each.source in self._ranks]  # fmt: skip
            self._known[event.id] = _Known(event, min(named, default=len(self._ranks) + 1), event.commence_time)

    def _settle(self, source: str, event: Event, meant: _Meant | None, now: datetime) -> None:
        ours = event if meant is None else meant.event
        before = self._known.get(self._ours.get((source, event.id), ""))
        if before is not None and source in before.told and before.told[source].source_id == event.id:
            del before.told[source]
        known = self._known.setdefault(ours.id, _Known(ours, len(self._ranks) + 1, now))
        known.told[source] = _Told(event.id, event.home_team, event.away_team, meant is not None and meant.swapped)
        self._ours[source, event.id] = ours.id

    def _hear(self, source: str, event: Event, now: datetime) -> Event:
        """Take over what the feed says of the event, where it may say it, and give it in our words."""
        known = self._known[self._ours[source, event.id]]
        known.heard_at = now
        start, rank = known.event.commence_time, self._ranks.get(source, len(self._ranks))
        if event.start_known and rank <= known.ranked:
            start, known.ranked = event.commence_time, rank
        if event.id == known.event.id:
            self._turn_round(known, event)
            known.told[source] = _Told(event.id, event.home_team, event.away_team)
            known.event = event
        elif not known.event.sport_key:
            known.event = replace(known.event, sport_key=event.sport_key)
        if known.event.commence_time != start:
            known.event = replace(known.event, commence_time=start)
        return known.event

    def _turn_round(self, known: _Known, event: Event) -> None:
        """Who gave the event its id names its sides; when that feed exchanges them, the others are told anew."""
        before = known.event
        if before.home_team and (event.home_team, event.away_team) == (before.away_team, before.home_team):
            known.told = {source: replace(told, swapped=not told.swapped) for source, told in known.told.items()}

    async def _keep_names(self, events: Sequence[Event], now: datetime) -> None:
        """In the ledger, other ids of an event it knows: by then a bet or an opportunity is on it."""
        shared = (known for event in events if _renamed(known := self._known[event.id]))
        names = [name for known in shared for name in _names(known) if name not in self._kept]
        if names:
            self._kept |= await self._book.note_names(names, now)


def _of_another(known: _Known, source: str) -> bool:
    return any(each != source for each in known.told) or not known.told


def _renamed(known: _Known) -> bool:
    """Whether a feed that told of it calls it otherwise than we do."""
    return any(told.source_id != known.event.id for told in known.told.values())


def _names(known: _Known) -> list[EventAlias]:
    return [EventAlias(source, told.source_id, known.event.id) for source, told in known.told.items()]


def _compare(
    source: str, new: Sequence[Event], candidates: Sequence[Event], names: Sequence[EventAlias]
) -> dict[str, _Meant]:
    """On a thread: comparing names takes a library that no start of the program waits for, and a while."""
    from betting_tui.engine.core.matching import Aliases, Matched, match_all

    named = {name.source_event_id for name in names} | {event.id for event in candidates}
    asked = [event for event in _with_a_team_of(candidates, new) if event.id not in named]
    asked += [event for event in new if event.id in named]
    found = match_all([_as_score(source, event) for event in asked], candidates, Aliases(names, _teams()))
    return {
        each.score.event_id: _Meant(each.outcome.event, each.outcome.swapped)
        for each in found
        if isinstance(each.outcome, Matched) and each.outcome.event.id != each.score.event_id
    }


def _with_a_team_of(candidates: Sequence[Event], new: Sequence[Event]) -> list[Event]:
    """Those with one team in common with a candidate: no other can be found the same for certain, and comparing each
    name with each takes long."""
    teams, there = _teams(), _Meanings(candidates)
    return [
        event
        for event in new
        if any(teams.meaning(name, event.sport_key) in there.of(event.sport_key) for name in _sides(event))
    ]


class _Meanings:
    """The teams of some events, as names of each sport mean them."""

    def __init__(self, events: Sequence[Event]) -> None:
        self._names = [(event.sport_key, name) for event in events for name in _sides(event)]
        self._found: dict[str, frozenset[Name]] = {}

    def of(self, sport_key: str) -> frozenset[Name]:
        if sport_key not in self._found:
            teams = _teams()
            self._found[sport_key] = frozenset(
                teams.meaning(name, sport_key) for sport, name in self._names if sport in (sport_key, "")
            )
        return self._found[sport_key]


def _sides(event: Event) -> tuple[str, ...]:
    return tuple(name for name in (event.home_team, event.away_team) if name)


def _as_score(source: str, event: Event) -> Score:
    """The question which game this is, as it is asked of results."""
    return Score(
        event_id=event.id,
        source=source,
        sport_key=event.sport_key,
        commence_time=event.commence_time,
        completed=False,
        home_team=event.home_team,
        away_team=event.away_team,
        home_score=None,
        away_score=None,
        includes_overtime=None,
    )


@lru_cache(maxsize=1)
def _teams() -> TeamNames:
    from betting_tui.engine.core.name_likeness import TeamNames

    return TeamNames()
