"""The facts of a plan sorted, without doubles, and in whole seconds since 1970."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from betting_tui.engine.planning.facts import PlanFacts, Rules, SportFacts, Start

DAY = 86_400


class Fixture(Struct, frozen=True):
    """`placed`: when the newest open bet on it was placed, where that is known."""

    event_id: str
    start: int
    placed: int | None = None


class SportScene(Struct, frozen=True):
    """`floor`: no odds call before it, for the provider has nothing newer. `bets` and `events` ascend by start."""

    facts: SportFacts
    floor: int
    scores_floor: int
    last_odds: int | None
    last_scores: int | None
    last_events: int | None
    events: tuple[Fixture, ...]
    bets: tuple[Fixture, ...]

    def closed(self, start: int, opens: int) -> bool:
        """Whether the last odds call was made within `opens` seconds before that start."""
        return self.last_odds is not None and start - opens <= self.last_odds < start

    def bet_closed(self, bet: Fixture, opens: int) -> bool:
        """The same for an open bet: the call has to come after it."""
        if self.last_odds is None or not self.closed(bet.start, opens):
            return False
        return bet.placed is None or self.last_odds > bet.placed


class Scene(Struct, frozen=True):
    """`strangers`: events with open bets in sports that are not subscribed."""

    now: int
    resets: int
    day_start: int
    budget: int
    facts: PlanFacts
    sports: tuple[SportScene, ...]
    strangers: tuple[Start, ...]

    @property
    def rules(self) -> Rules:
        return self.facts.rules

    @property
    def pace(self) -> float:
        """Credits a second that last from the beginning of today until the reset."""
        return (self.budget + self.facts.spent_today) / max(1, self.resets - self.day_start)

    def day(self, at: int) -> int:
        """Which day from today, 0 being today."""
        return max(0, (at - self.day_start) // DAY)


def seconds(span: timedelta) -> int:
    return math.floor(span.total_seconds())


def moment(at: int) -> datetime:
    return datetime.fromtimestamp(at, UTC)


def scene_of(facts: PlanFacts) -> Scene:
    now = _ceil(facts.now)
    known = _by_id(facts.events)
    held = {
        # A bet of a later date, where a clock was set back, would be closed again and again.
        key: replace(
            known.get(key, each), placed_at=None if each.placed_at and each.placed_at > facts.now else each.placed_at
        )
        for key, each in _by_id(facts.open_bets).items()
    }
    events, bets = _by_sport(known.values()), _by_sport(held.values())
    subscribed = {each.key: each for each in sorted(facts.sports, key=msgspec.json.encode)}
    sports = []
    for key, sport in sorted(subscribed.items()):
        last_odds, last_scores, last_events = map(_floor, (sport.last_odds, sport.last_scores, sport.last_events))
        refresh = max(1, sport.refresh_seconds)
        sports.append(
            SportScene(
                sport,
                max(now, _after(sport.last_odds, refresh)),
                max(now, _after(sport.last_scores, refresh)),
                last_odds,
                last_scores,
                last_events,
                tuple(each for each in events.get(key, ()) if each.start > now),
                tuple(bets.get(key, ())),
            )
        )
    return Scene(
        now,
        math.floor(facts.resets_at.timestamp()),
        math.floor(facts.day_start.timestamp()),
        facts.budget,
        facts,
        tuple(sports),
        tuple(sorted((each for each in held.values() if each.sport_key not in subscribed), key=lambda e: e.event_id)),
    )


def _by_id(starts: Iterable[Start]) -> dict[str, Start]:
    """Where one event is told twice, the later start holds: asking late is mended by asking again, early is not."""
    found: dict[str, Start] = {}
    for each in starts:
        other = found.get(each.event_id)
        if other is None:
            found[each.event_id] = each
            continue
        later = each if (other.start, other.sport_key) < (each.start, each.sport_key) else other
        placed = max(filter(None, (other.placed_at, each.placed_at)), default=None)
        found[each.event_id] = replace(later, placed_at=placed)
    return found


def _by_sport(starts: Iterable[Start]) -> dict[str, list[Fixture]]:
    sports: dict[str, list[Fixture]] = {}
    for each in starts:
        fixture = Fixture(each.event_id, math.floor(each.start.timestamp()), _floor(each.placed_at))
        sports.setdefault(each.sport_key, []).append(fixture)
    for fixtures in sports.values():
        fixtures.sort(key=lambda each: (each.start, each.event_id))
    return sports


def _ceil(moment: datetime) -> int:
    return math.ceil(moment.timestamp())


def _floor(moment: datetime | None) -> int | None:
    return None if moment is None else math.floor(moment.timestamp())


def _after(moment: datetime | None, spacing: int) -> int:
    return 0 if moment is None else math.ceil(moment.timestamp()) + spacing
