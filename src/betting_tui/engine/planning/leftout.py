"""What is not polled, and why."""

from __future__ import annotations

from collections.abc import Sequence

from betting_tui.engine.planning.plan import NotPolled, Purpose, Reason
from betting_tui.engine.planning.reserve import Reservation
from betting_tui.engine.planning.scene import Scene, seconds
from betting_tui.engine.planning.spending import Spending
from betting_tui.engine.planning.texts import reason_text
from betting_tui.engine.planning.windows import Slots

_Group = tuple[str, Purpose, Reason]


def left_out(
    scene: Scene, reservation: Reservation, slots: Sequence[Slots], spending: Spending
) -> tuple[NotPolled, ...]:
    """Open bets' events without a close or a result, then starts without a price near them; one row a sport and
    reason."""
    groups: dict[_Group, list[str]] = {}
    for gap in reservation.gaps:
        groups.setdefault((gap.sport_key, gap.purpose, gap.reason), []).append(gap.event_id)
    for key in sorted(groups):
        groups[key].sort()
    bets = {key: groups[key] for key in sorted(groups)}
    prices: dict[_Group, list[str]] = {}
    lead = seconds(scene.rules.close_lead)
    for sport, slot in zip(scene.sports, slots, strict=True):
        for minute, keys in slot.waiting():
            reason = _why(scene, spending, minute - lead, sport.floor, sport.facts.odds_cost)
            prices.setdefault((sport.facts.key, Purpose.VALUE, reason), []).extend(keys)
    return tuple(
        NotPolled(sport, purpose, tuple(keys), reason, reason_text(reason, scene.facts))
        for (sport, purpose, reason), keys in [*bets.items(), *prices.items()]
    )


def _why(scene: Scene, spending: Spending, at: int, floor: int, cost: int) -> Reason:
    if at >= scene.resets:
        return Reason.AFTER_RESET
    if at < floor:
        return Reason.TOO_LATE
    return spending.refusal(at, cost) or Reason.KEPT_FOR_LATER
