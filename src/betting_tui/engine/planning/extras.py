"""What the free credits buy: prices right before most starts, and looks where opportunities were found."""

from __future__ import annotations

from heapq import heapify, heappop, heappush

import msgspec
from msgspec import Struct

from betting_tui.engine.planning.plan import Endpoint, PlannedCall, Purpose
from betting_tui.engine.planning.scene import DAY, Scene, moment, seconds
from betting_tui.engine.planning.spending import Spending
from betting_tui.engine.planning.texts import purpose_text
from betting_tui.engine.planning.windows import Slots

# A look an hour ahead is worth this share of a price right before the start, for each start of the next hours.
_LOOK_WORTH = 0.05
_LOOK_HOURS = 6
_LOOK_SPACING = 2700
# Looks are planned for the days just ahead only: by the time others come, more is known.
_LOOKS_WITHIN = 2 * DAY
# A sport that was never asked for comes first: without any price there is nothing to bet on.
_FIRST_LOOK_WORTH = 1000.0
_BOOST_RANGE = (0.5, 2.0)


class _Extra(Struct, frozen=True, order=True):
    """A call that could be made with free credits; the least is the one to make first."""

    rank: float
    at: int
    sport: int
    look: bool


def extra_calls(scene: Scene, slots: list[Slots], spending: Spending) -> list[PlannedCall]:
    """What the free credits buy: the calls worth most a credit, the earlier of two alike."""
    boosts = _boosts(scene)
    heap = [each for number in range(len(slots)) for each in _candidates(scene, slots, boosts, number)]
    heapify(heap)
    calls = []
    cheapest = min((sport.facts.odds_cost for sport in scene.sports), default=0)
    while heap and spending.covers(cheapest):
        each = heappop(heap)
        sport, slot = scene.sports[each.sport].facts, slots[each.sport]
        rank = each.rank
        if not each.look:
            rank = -slot.gain(each.at) * boosts[each.sport] / _price(sport.odds_cost)
            if rank > each.rank:
                if rank < 0:
                    heappush(heap, msgspec.structs.replace(each, rank=rank))
                continue
        spacing = max(sport.refresh_seconds, _LOOK_SPACING if each.look else 1)
        if not slot.clear_of(each.at, spacing) or spending.refusal(each.at, sport.odds_cost) is not None:
            continue
        spending.spend(each.at, sport.odds_cost)
        served = slot.take(each.at)
        if each.look:
            served = slot.keys_between(each.at, each.at + seconds(scene.rules.look_ahead)) or served
        text = purpose_text(Purpose.VALUE, len(served))
        calls.append(
            PlannedCall(moment(each.at), Endpoint.ODDS, sport.key, sport.odds_cost, Purpose.VALUE, served, text)
        )
    return calls


def _candidates(scene: Scene, slots: list[Slots], boosts: list[float], number: int) -> list[_Extra]:
    """A call right before each start, and looks in the hours before the first start of a cluster."""
    sport, slot = scene.sports[number], slots[number]
    lead, ahead = seconds(scene.rules.close_lead), seconds(scene.rules.look_ahead)
    worth = boosts[number] / _price(sport.facts.odds_cost)
    found = [
        _Extra(-slot.gain(minute - lead) * worth, minute - lead, number, False)
        for minute in slot.minutes
        if sport.floor <= minute - lead < scene.resets
    ]
    if sport.last_odds is None and slot.minutes and sport.floor < scene.resets:
        found.append(_Extra(-_FIRST_LOOK_WORTH, sport.floor, number, True))
    before = None
    until = min(scene.resets, scene.now + _LOOKS_WITHIN)
    for minute in slot.minutes:
        if before is None or minute - before > ahead:
            count = len(slot.keys_between(minute - 1, minute + ahead))
            for hours in range(1, _LOOK_HOURS + 1):
                at = minute - hours * seconds(scene.rules.look_before)
                if sport.floor <= at < until:
                    found.append(_Extra(-_LOOK_WORTH / hours * count * worth, at, number, True))
            before = minute
    return found


def _price(cost: int) -> float:
    return max(float(cost), 0.01)


def _boosts(scene: Scene) -> list[float]:
    """How often each sport's calls showed opportunities, against all sports' together; near 1 while little is known."""
    asked = sum(sport.facts.asked for sport in scene.sports)
    overall = (sum(sport.facts.found for sport in scene.sports) + 1) / (asked + 1)
    low, high = _BOOST_RANGE
    return [
        min(high, max(low, (sport.facts.found + 5 * overall) / (sport.facts.asked + 5) / overall))
        for sport in scene.sports
    ]
