"""Plans the month's calls from facts alone: what open bets need first, then prices where they are worth most."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import msgspec

from betting_tui.engine.planning.extras import extra_calls
from betting_tui.engine.planning.facts import PlanFacts, Start
from betting_tui.engine.planning.leftout import left_out
from betting_tui.engine.planning.plan import (
    Affordable,
    Endpoint,
    Plan,
    PlannedCall,
    Purpose,
    Reason,
    counted,
)
from betting_tui.engine.planning.reserve import Reservation, reserve
from betting_tui.engine.planning.scene import DAY, Scene, moment, scene_of, seconds
from betting_tui.engine.planning.spending import Spending
from betting_tui.engine.planning.texts import purpose_text, reason_text
from betting_tui.engine.planning.windows import Slots

_FREE_OF_EACH_OTHER = 60


def plan(facts: PlanFacts) -> Plan:
    """The calls until the reset, as of `facts.now`. Never costs more than `facts.budget`, never asks an endpoint again
    before it has something new, and holds nothing back for months to come. Deterministic.
    """
    scene = scene_of(facts)
    reservation = reserve(scene)
    opens, lead = seconds(scene.rules.close_opens), seconds(scene.rules.close_lead)
    slots = [
        Slots(
            [(each.start, each.event_id) for each in sport.events if not sport.closed(each.start, opens)],
            opens=opens,
            lead=lead,
        )
        for sport in scene.sports
    ]
    calls = _reserved_calls(scene, reservation, slots)
    by_day = Counter[int]()
    for call in calls:
        by_day[scene.day(_whole(call.at))] += call.cost
    spending = Spending(scene, by_day)
    calls += extra_calls(scene, slots, spending)
    not_polled = left_out(scene, reservation, slots, spending)
    calls += _schedule_calls(scene, calls)
    calls.sort(key=lambda call: (call.at, call.endpoint, call.sport_key))
    return Plan(
        tuple(calls),
        scene.budget,
        reservation.cost,
        sum(call.cost for call in calls),
        spending.free_today,
        not_polled,
        _runs_out(scene),
        spending.today_ends,
    )


def affordable(facts: PlanFacts, event: Start) -> Affordable:
    """Whether a new bet's close and result can be paid for without giving up those of the bets already open."""
    return Prospects(facts).affordable(event)


class Prospects:
    """Answers for one event after the other whether a bet on it can be paid for, by the same facts."""

    def __init__(self, facts: PlanFacts) -> None:
        held = {each.event_id for each in facts.open_bets}
        self._told: dict[str, list[Start]] = {}
        for each in facts.events:
            self._told.setdefault(each.event_id, []).append(each)
        # Only the events of bets take part in what is reserved.
        self._facts = msgspec.structs.replace(
            facts, events=tuple(each for each in facts.events if each.event_id in held)
        )
        scene = scene_of(self._facts)
        self._before = reserve(scene)
        self._spare = scene.budget - self._before.cost
        self._sports = {sport.facts.key: sport for sport in scene.sports}
        self._opens = seconds(scene.rules.close_opens)
        self._held = held
        self._of_start: dict[tuple[str, datetime], str] = {}

    def why_not(self, event: Start) -> str:
        """Why a bet on it could not be paid for; empty when it can. Quick where there is plenty, and for what starts
        with another one."""
        if self._plenty_for(event):
            return ""
        alone = event.event_id not in self._held and all(
            (each.sport_key, each.start) == (event.sport_key, event.start)
            for each in self._told.get(event.event_id, ())
        )
        key = (event.sport_key, event.start)
        if alone and key in self._of_start:
            return self._of_start[key]
        answer = self.affordable(event)
        text = "" if answer.ok else answer.text
        if alone:
            self._of_start[key] = text
        return text

    def _plenty_for(self, event: Start) -> bool:
        """Whether one more call of each kind could be paid for and made: no bet takes more than that."""
        sport = self._sports.get(event.sport_key)
        if (
            sport is None
            or self._before.gaps
            or any(each.start != event.start for each in self._told.get(event.event_id, ()))
        ):
            return False
        # Where the provider seldom has anything new, calls for two events can stand in each other's way.
        if sport.facts.refresh_seconds > _FREE_OF_EACH_OTHER or _whole(event.start) - self._opens <= sport.floor:
            return False
        return self._spare >= sport.facts.odds_cost + sport.facts.scores_cost

    def affordable(self, event: Start) -> Affordable:
        """As the function of that name."""
        facts = self._facts
        told = (*facts.events, *self._told.get(event.event_id, ()))
        scene = scene_of(msgspec.structs.replace(facts, events=told, open_bets=(*facts.open_bets, event)))
        after = reserve(scene)
        harmless = {Reason.AFTER_RESET}
        lost = {(gap.event_id, gap.purpose): gap.reason for gap in after.gaps if gap.reason not in harmless}
        known = {(gap.event_id, gap.purpose) for gap in self._before.gaps if gap.event_id != event.event_id}
        fresh = {key: reason for key, reason in lost.items() if key not in known}
        extra = after.cost - self._before.cost
        if not fresh:
            return Affordable(True, extra, f"takes {counted(extra, 'more credit')} for its close and result")
        own = {key: reason for key, reason in fresh.items() if key[0] == event.event_id}
        (event_id, purpose), reason = min((own or fresh).items())
        whose = "its" if event_id == event.event_id else "another open bet's"
        text = reason_text(reason, scene.facts)
        return Affordable(False, extra, f"{whose} {purpose.value} would not be asked for: {text}")


def _reserved_calls(scene: Scene, reservation: Reservation, slots: list[Slots]) -> list[PlannedCall]:
    """Each reserved call where it also prices most other starts."""
    index = {sport.facts.key: number for number, sport in enumerate(scene.sports)}
    calls = []
    for need in reservation.kept:
        at = need.stab.latest
        if need.endpoint is Endpoint.ODDS:
            at = slots[index[need.sport_key]].best(need.stab.earliest, need.stab.latest)
            slots[index[need.sport_key]].take(at)
        text = purpose_text(need.purpose, len(need.stab.keys))
        calls.append(
            PlannedCall(
                moment(at), need.endpoint, need.sport_key, need.cost, need.purpose, tuple(sorted(need.stab.keys)), text
            )
        )
    return calls


def _schedule_calls(scene: Scene, calls: list[PlannedCall]) -> list[PlannedCall]:
    """The free calls: start times every few hours, and again right before an odds call of the coming day."""
    fresh, before = seconds(scene.rules.events_refresh), seconds(scene.rules.events_before_call)
    due: dict[str, list[int]] = {sport.facts.key: [] for sport in scene.sports}
    for call in calls:
        if call.endpoint is Endpoint.ODDS and _whole(call.at) < scene.now + DAY:
            due[call.sport_key].append(_whole(call.at) - before)
    text = purpose_text(Purpose.SCHEDULE, 0)
    found = []
    for sport in scene.sports:
        key, last = sport.facts.key, sport.last_events
        times = [scene.now if last is None else max(scene.now, last + fresh), *due[key]]
        spacing = max(1, sport.facts.refresh_seconds)
        for at in sorted(max(scene.now, each) for each in times):
            if at < scene.resets and (last is None or at - last >= spacing):
                last = at
                found.append(PlannedCall(moment(at), Endpoint.EVENTS, key, 0, Purpose.SCHEDULE, (), text))
    return found


def _runs_out(scene: Scene) -> date | None:
    """The UTC day on which the credits end if they go on as they did."""
    spent, span = scene.facts.spent_lately, scene.facts.lately
    if scene.facts.credits_left is None:
        return None
    if scene.budget == 0:
        return scene.facts.now.astimezone(UTC).date()
    if spent <= 0 or span <= timedelta(0):
        return None
    seconds_left = scene.budget * span.total_seconds() / spent
    if scene.now + seconds_left >= scene.resets:
        return None
    return moment(scene.now + int(seconds_left)).date()


def _whole(moment: datetime) -> int:
    return int(moment.timestamp())
