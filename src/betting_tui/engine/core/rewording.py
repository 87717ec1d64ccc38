"""A feed's event and its prices said in another feed's words: our id, names and sides for theirs. Pure."""

from __future__ import annotations

from msgspec.structs import replace

from betting_tui.engine.core.decoded import EventQuotes
from betting_tui.engine.core.model import DRAW, Event, LineKey, Quote, Selection


def reworded(item: EventQuotes, event: Event, *, swapped: bool = False) -> EventQuotes:
    """The same prices as of `event`. `swapped`: the feed's home side is the event's away side.

    A line's point belongs to the home side where its selections are teams; a selection's own point stays. Names that
    are no team's (Over, a player) stay.
    """
    told = item.event
    if (told.id, told.home_team, told.away_team) == (event.id, event.home_team, event.away_team) and not swapped:
        return EventQuotes(event, item.quotes)
    words = _Words(told, event, swapped)
    return EventQuotes(event, tuple(words.quote(quote) for quote in item.quotes))


class _Words:
    """Of one event; each line and selection is made once, however many bookmakers price it."""

    def __init__(self, told: Event, event: Event, swapped: bool) -> None:
        home, away = (told.away_team, told.home_team) if swapped else (told.home_team, told.away_team)
        sides = ((home, event.home_team), (away, event.away_team))
        self._teams = {theirs: ours for theirs, ours in sides if theirs and ours}
        self._participants = dict(self._teams)
        if told.home_team and told.away_team and event.home_team and event.away_team:
            self._participants |= _double_chances(told, self._teams, event.home_team)
        self._event_id = event.id
        self._swapped = swapped
        self._known: dict[Selection, Selection] = {}

    def quote(self, quote: Quote) -> Quote:
        selection = self._known.get(quote.selection)
        if selection is None:
            selection = self._known[quote.selection] = self._selection(quote.selection)
        return replace(quote, selection=selection)

    def _selection(self, told: Selection) -> Selection:
        line, point = told.line, told.line.point
        if self._swapped and point is not None and told.name in self._teams:
            # Adding to zero keeps a level handicap from becoming a negative one.
            point = 0.0 - point
        participant = line.participant and self._participants.get(line.participant, line.participant)
        ours = LineKey(self._event_id, line.market, line.outcome_set, line.period, point, participant, line.rule)
        return Selection(ours, self._teams.get(told.name, told.name), told.point)


def _double_chances(told: Event, teams: dict[str, str], home: str) -> dict[str, str]:
    """Two results in one bet, in the one order in which they are written: home, draw, away."""
    assert told.home_team is not None
    assert told.away_team is not None
    pairs = ((told.home_team, DRAW), (told.home_team, told.away_team), (DRAW, told.away_team))
    place = {home: 0, DRAW: 1}
    return {
        f"{first} or {second}": " or ".join(
            sorted((teams.get(first, first), teams.get(second, second)), key=lambda name: place.get(name, 2))
        )
        for first, second in pairs
    }
