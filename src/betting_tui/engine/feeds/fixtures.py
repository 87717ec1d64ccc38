"""Start times as last heard, feed by feed: what the planner is told of the events to come."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from betting_tui.engine.core.model import Event
from betting_tui.engine.planning import Start

# An event that began so long ago needs no price, and its result is asked for by the bets on it.
_KEPT_AFTER_START = timedelta(hours=6)


class Fixtures:
    """What feeds said of their events. A list of fixtures replaces what is known of its sport; odds add to it."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], dict[str, Start]] = {}
        # Nothing that is known began before.
        self._earliest: datetime | None = None

    def replace(self, source: str, sport_key: str, events: Iterable[Event]) -> None:
        """The feed's whole list of one sport: an event that is missing from it is off."""
        self._known[source, sport_key] = {event.id: self._noted(event) for event in events if event.start_known}

    def merge(self, source: str, events: Iterable[Event], now: datetime) -> None:
        """Events of an answer with odds, which need not hold all."""
        for event in events:
            sport = self._known.setdefault((source, event.sport_key), {})
            if event.start_known:
                sport[event.id] = self._noted(event)
        # With every answer of a feed thousands would be looked at for nothing.
        if self._earliest is not None and now - self._earliest > _KEPT_AFTER_START:
            self._forget_over(now)

    def _noted(self, event: Event) -> Start:
        if self._earliest is None or event.commence_time < self._earliest:
            self._earliest = event.commence_time
        return Start(event.id, event.sport_key, event.commence_time)

    def _forget_over(self, now: datetime) -> None:
        for sport in self._known.values():
            for event_id in [key for key, each in sport.items() if now - each.start > _KEPT_AFTER_START]:
                del sport[event_id]
        self._earliest = min((each.start for sport in self._known.values() for each in sport.values()), default=None)

    def starts(self, source: str) -> tuple[Start, ...]:
        """All this feed told of."""
        return tuple(each for (told, _), sport in self._known.items() if told == source for each in sport.values())

    def foreign(self, source: str, event_id: str) -> bool:
        """Whether only other feeds told of this event: asking this one would say nothing about it."""
        told_by = {told for (told, _), sport in self._known.items() if event_id in sport}
        return bool(told_by) and source not in told_by
