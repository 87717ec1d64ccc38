"""How much of what is not reserved may be spent, and on which day."""

from __future__ import annotations

from collections import Counter

from betting_tui.engine.planning.plan import Reason
from betting_tui.engine.planning.scene import DAY, Scene


class Spending:
    """Paces the free credits: as much for the stretch of known starts as its share of the time until the reset.

    Reserved calls count against the pace and the day's cap but are never held back by either. On the last day before
    the reset everything may go: what is left then is lost.
    """

    def __init__(self, scene: Scene, reserved: Counter[int]) -> None:
        """`reserved`: credits by day from today."""
        self._scene = scene
        self._by_day = Counter(reserved)
        self._by_day[0] += scene.facts.spent_today
        self._today_before = self._by_day[0]
        self._reserved = sum(reserved.values())
        self.free = scene.budget - self._reserved
        self._allowed = self._allowance(reserved)

    def refusal(self, at: int, cost: int) -> Reason | None:
        """Why a call then may not be planned; None when it may."""
        cap = self._scene.facts.day_cap
        if cost > self.free:
            if self._scene.facts.credits_left is None:
                return Reason.UNKNOWN_CREDITS
            return Reason.NO_CREDITS if cost > self._scene.budget else Reason.RESERVED
        if cost > 0 and cap is not None and self._by_day[self._scene.day(at)] + cost > cap:
            return Reason.DAY_CAP
        return Reason.KEPT_FOR_LATER if cost > self._allowed else None

    def covers(self, cost: int) -> bool:
        """Whether a call that costs so much may be planned on some day, the caps aside."""
        return cost <= self.free and cost <= self._allowed

    def spend(self, at: int, cost: int) -> None:
        self.free -= cost
        self._allowed -= cost
        self._by_day[self._scene.day(at)] += cost

    @property
    def free_today(self) -> int:
        """Credits for today beside the reserved ones: an even share of the month, or what is planned where that is
        more; within the cap and what is left.
        """
        return max(0, min(self._share_today, self._room_today, self._free_before))

    @property
    def today_ends(self) -> Reason:
        """Why no more than that may go today."""
        share, room, free = self._share_today, self._room_today, self._free_before
        if self._scene.facts.credits_left is None:
            return Reason.UNKNOWN_CREDITS
        if free <= min(share, room) and free == self._scene.budget - self._reserved:
            return Reason.RESERVED if self._reserved else Reason.NO_CREDITS
        return Reason.DAY_CAP if room < share else Reason.KEPT_FOR_LATER

    @property
    def _planned_today(self) -> int:
        return self._by_day[0] - self._today_before

    @property
    def _share_today(self) -> int:
        even = int(min(self._scene.pace * DAY, self._scene.budget + self._scene.facts.spent_today))
        return max(self._planned_today, even - self._today_before)

    @property
    def _room_today(self) -> int:
        """Within the cap; without one, all there is."""
        cap = self._scene.facts.day_cap
        return self._scene.budget if cap is None else cap - self._today_before

    @property
    def _free_before(self) -> int:
        """What neither open bets nor other days have, with what is planned for today."""
        return self.free + self._planned_today

    def _allowance(self, reserved: Counter[int]) -> float:
        scene = self._scene
        known = (sport.events[-1].start for sport in scene.sports if sport.events)
        horizon = max((scene.now + DAY, *known))
        near = sum(cost for day, cost in reserved.items() if day <= scene.day(horizon))
        share = scene.pace * (horizon - scene.day_start) - scene.facts.spent_today - near
        return max(0.0, min(float(self.free), share))
