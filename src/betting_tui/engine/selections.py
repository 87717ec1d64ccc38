"""From what a person types to the identity of a selection: the same lines as the feed's decoder gives."""

from __future__ import annotations

import math

from msgspec import Struct

from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.model import DRAW, Event, LineKey, OutcomeSet, Selection, Side
from betting_tui.engine.core.sports import regulation_only
from betting_tui.engine.core.text import clean
from betting_tui.engine.sources.the_odds_api_markets import MarketKind, Shape, double_chances, market_kind

_MAX_POINT = 2000


class Words(Struct, frozen=True):
    """What the parts of a bet are called where they are typed, for the sentences that name them."""

    market: str = "--market"
    selection: str = "--selection"
    point: str = "--point"
    participant: str = "--participant"
    home: str = "--home"
    away: str = "--away"


_FLAGS = Words()
_OF_SOMEBODY = (Shape.TEAM_TOTAL, Shape.PROP, Shape.DOUBLE_CHANCE)


def selection_of(
    event: Event, market: str, name: str, point: float | None, participant: str | None, words: Words = _FLAGS
) -> tuple[Selection, Side]:
    """The selection, and whether the market is one to lay. Raises UsageError saying what is missing."""
    kind = market_kind(market)
    if kind is None:
        raise UsageError(f"{words.market} {market[:40]!r} is no market this program keeps: h2h, spreads, totals, …")
    wanted = clean(name)
    if not wanted:
        raise UsageError(f"{words.selection} is empty")
    if point is not None and not _on_grid(point):
        raise UsageError(f"{words.point} {point:g} is not on a line's grid: steps of a quarter")
    return _named(event, kind, wanted, point, participant, words), kind.side


def _named(
    event: Event, kind: MarketKind, name: str, point: float | None, participant: str | None, words: Words
) -> Selection:
    if participant and kind.shape not in _OF_SOMEBODY:
        instead = ": those of one team are team_totals" if kind.shape is Shape.TOTAL else ""
        raise UsageError(f"{kind.market} has no {words.participant}{instead}")
    if point is not None and kind.shape in (Shape.YES_NO, Shape.FIELD):
        raise UsageError(f"{kind.market} has no {words.point}")
    match kind.shape:
        case Shape.WINNER | Shape.THREE_WAY | Shape.NO_DRAW:
            return _winner(event, kind, name, point, words)
        case Shape.SPREAD:
            return _spread(event, kind, name, point, words)
        case Shape.TOTAL | Shape.TEAM_TOTAL | Shape.YES_NO | Shape.PROP:
            return _two_way(event, kind, name, point, participant, words)
        case Shape.FIELD:
            return Selection(LineKey(event.id, kind.market, OutcomeSet.FIELD, kind.period), name)
        case Shape.DOUBLE_CHANCE:
            return _double_chance(event, kind, name, point, participant, words)


def _winner(event: Event, kind: MarketKind, name: str, point: float | None, words: Words) -> Selection:
    if point is not None:
        raise UsageError(f"{kind.market} has no {words.point}")
    side = DRAW if name.casefold() == DRAW.casefold() else _side(event, name)
    if side == DRAW and kind.shape is Shape.NO_DRAW:
        raise UsageError(f"{kind.market} gives the stake back on a draw: {words.selection} is a team")
    three_way = side == DRAW or kind.shape is Shape.THREE_WAY or regulation_only(event.sport_key)
    if kind.shape is Shape.NO_DRAW:
        three_way = False
    outcomes = OutcomeSet.THREE_WAY if three_way else OutcomeSet.TWO_WAY
    return Selection(LineKey(event.id, kind.market, outcomes, kind.period), side)


def _spread(event: Event, kind: MarketKind, name: str, point: float | None, words: Words) -> Selection:
    if point is None:
        raise UsageError(f"spreads need {words.point}, the selection's own line")
    if event.home_team is None or event.away_team is None:
        raise UsageError(f"spreads need {words.home} and {words.away}: the line is named from the home side")
    side = _side(event, name)
    home_point = point if side == event.home_team else 0.0 - point
    line = LineKey(event.id, kind.market, OutcomeSet.TWO_WAY, kind.period, home_point + 0.0)
    return Selection(line, side, point + 0.0)


def _two_way(
    event: Event, kind: MarketKind, name: str, point: float | None, participant: str | None, words: Words
) -> Selection:
    allowed: tuple[str, ...] = ("Yes", "No") if kind.shape is Shape.YES_NO else ("Over", "Under")
    if kind.shape is Shape.PROP:
        allowed = ("Over", "Under", "Yes", "No")
    side = next((each for each in allowed if each.casefold() == name.casefold()), None)
    if side is None:
        raise UsageError(f"{words.selection} of {kind.market} is {' or '.join(allowed)}, not {name!r}")
    who = None
    if kind.shape in (Shape.TEAM_TOTAL, Shape.PROP):
        if not participant:
            what = "is none of h2h, spreads, totals, outrights; as a prop it " if kind.shape is Shape.PROP else ""
            raise UsageError(f"{kind.market} {what}needs {words.participant}")
        who = _side(event, clean(participant)) if kind.shape is Shape.TEAM_TOTAL else clean(participant)
    if side in ("Over", "Under") and point is None:
        raise UsageError(f"{kind.market} needs {words.point}")
    if kind.shape in (Shape.TOTAL, Shape.TEAM_TOTAL) and point is not None and point < 0:
        raise UsageError(f"{words.point} {point:g}: a total is never below 0")
    line = LineKey(event.id, kind.market, OutcomeSet.TWO_WAY, kind.period, point, who)
    return Selection(line, side, point)


def _double_chance(
    event: Event, kind: MarketKind, name: str, point: float | None, participant: str | None, words: Words
) -> Selection:
    """The pair is the line's participant and what is bet on is Yes; a person may name the pair itself."""
    if point is not None:
        raise UsageError(f"{kind.market} has no {words.point}")
    home, away = event.home_team, event.away_team
    if home is None or away is None:
        raise UsageError(f"{kind.market} needs {words.home} and {words.away}: it is bet on two of home, away and Draw")
    wanted = clean(participant or "") if name.casefold() == "yes" else name
    pairs = {text.casefold(): pair for text, pair in double_chances(home, away).items()}
    pair = pairs.get(wanted.casefold())
    if pair is None:
        choices = ", ".join(repr(pair) for pair in dict.fromkeys(pairs.values()))
        raise UsageError(f"{words.selection} of {kind.market} is one of {choices}, not {wanted or name!r}")
    return Selection(LineKey(event.id, kind.market, OutcomeSet.TWO_WAY, kind.period, participant=pair), "Yes")


def _side(event: Event, name: str) -> str:
    """The team as the event names it; any name while the event's teams are not known."""
    if event.home_team is None or event.away_team is None:
        return name
    for team in (event.home_team, event.away_team):
        if team.casefold() == name.casefold():
            return team
    raise UsageError(f"{name!r} does not play in {event.name}: write {event.home_team!r} or {event.away_team!r}")


def _on_grid(point: float) -> bool:
    return math.isfinite(point) and abs(point) <= _MAX_POINT and abs(point * 4 - round(point * 4)) < 1e-6
