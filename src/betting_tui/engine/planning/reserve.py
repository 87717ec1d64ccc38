"""The credits set aside first: the close and the result of every event with an open bet, in as few calls as serve."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from betting_tui.engine.planning.facts import duration
from betting_tui.engine.planning.plan import Endpoint, Purpose, Reason
from betting_tui.engine.planning.scene import DAY, Fixture, Scene, SportScene, seconds
from betting_tui.engine.planning.windows import Stab, Window, stab

# How long a finished game may wait for others to share a call, and up to which share of a day's credits a round of
# results each day would take. A free feed mostly has the result first: waiting costs little and saves the call.
_PATIENCE = ((3 * 3600, 0.10), (18 * 3600, 0.25), (58 * 3600, 1.0))


class Need(Struct, frozen=True):
    """One call that is reserved, to be made at some moment of `stab`."""

    sport_key: str
    endpoint: Endpoint
    purpose: Purpose
    cost: int
    stab: Stab


class Gap(Struct, frozen=True):
    """An open bet's event that gets no close or no result."""

    sport_key: str
    event_id: str
    purpose: Purpose
    reason: Reason


class Reservation(Struct, frozen=True):
    """`kept` fit the credits left; `gaps` say what does not, what is too late and what next month's credits pay."""

    kept: tuple[Need, ...]
    gaps: tuple[Gap, ...]

    @property
    def cost(self) -> int:
        return sum(need.cost for need in self.kept)


def reserve(scene: Scene) -> Reservation:
    """Set aside what the open bets need. Results wait longer for each other rather than be dropped; when even that is
    more than what is left, the calls that serve the most events a credit stay, closes before results.
    """
    closes, gaps = _closes(scene)
    results: list[Need] = []
    result_gaps: list[Gap] = []
    for patience in _patiences(scene):
        results, result_gaps = _results(scene, patience)
        if sum(need.cost for need in (*closes, *results)) <= scene.budget:
            break
    ordered = sorted(closes, key=_worth) + sorted(results, key=_worth)
    short = Reason.UNKNOWN_CREDITS if scene.facts.credits_left is None else Reason.NO_CREDITS
    kept: list[Need] = []
    left = scene.budget
    gaps = [*gaps, *result_gaps]
    for need in ordered:
        if need.cost <= left:
            left -= need.cost
            kept.append(need)
        else:
            gaps += [Gap(need.sport_key, key, need.purpose, short) for key in need.stab.keys]
    gaps += [
        Gap(each.sport_key, each.event_id, purpose, Reason.NOT_SUBSCRIBED)
        for each in scene.strangers
        for purpose in (Purpose.CLOSE, Purpose.RESULT)
    ]
    return Reservation(tuple(kept), tuple(gaps))


def _worth(need: Need) -> tuple[float, int, str]:
    return -len(need.stab.keys) / max(need.cost, 0.01), need.stab.latest, need.sport_key


def _patiences(scene: Scene) -> list[int]:
    """From the one a month's pace allows to the longest."""
    round_cost = sum(sport.facts.scores_cost for sport in scene.sports if sport.bets)
    share = round_cost / max(scene.pace * DAY, 0.01)
    return [patience for patience, most in _PATIENCE if share <= most] or [_PATIENCE[-1][0]]


def _closes(scene: Scene) -> tuple[list[Need], list[Gap]]:
    opens, lead = seconds(scene.rules.close_opens), seconds(scene.rules.close_lead)
    again = seconds(scene.rules.again_lead)
    needs: list[Need] = []
    gaps: list[Gap] = []
    for sport in scene.sports:
        windows = [
            # A bet after the call for its close has another one, late, so that all bets until then share it.
            Window(bet.event_id, bet.start - opens, bet.start - (again if sport.closed(bet.start, opens) else lead),
                   bet.start)
            for bet in sport.bets
            if bet.start > scene.now and not sport.bet_closed(bet, opens)
        ]  # fmt: skip
        cost = sport.facts.odds_cost
        found = _gather(scene, sport, windows, Endpoint.ODDS, Purpose.CLOSE, cost, sport.floor)
        needs += found[0]
        gaps += found[1]
    return needs, gaps


def _results(scene: Scene, patience: int) -> tuple[list[Need], list[Gap]]:
    needs: list[Need] = []
    gaps: list[Gap] = []
    for sport in scene.sports:
        windows = [_result_window(scene, sport, bet, patience) for bet in sport.bets]
        cost = sport.facts.scores_cost
        found = _gather(scene, sport, windows, Endpoint.SCORES, Purpose.RESULT, cost, sport.scores_floor)
        needs += found[0]
        gaps += found[1]
    return needs, gaps


def _result_window(scene: Scene, sport: SportScene, bet: Fixture, patience: int) -> Window:
    """From its end, or from a while after a round of scores that did not have it, as long as the feed keeps it."""
    opens = bet.start + seconds(duration(sport.facts.key))
    if sport.last_scores is not None and sport.last_scores >= opens:
        opens = sport.last_scores + seconds(scene.rules.results_retry)
    limit = bet.start + seconds(scene.rules.results_kept)
    return Window(bet.event_id, opens, min(opens + patience, limit - 1), limit)


def _gather(
    scene: Scene,
    sport: SportScene,
    windows: list[Window],
    endpoint: Endpoint,
    purpose: Purpose,
    cost: int,
    floor: int,
) -> tuple[list[Need], list[Gap]]:
    """What can be asked for before the reset, in calls; what cannot is next month's or too late."""
    key = sport.facts.key
    later = [each.key for each in windows if max(each.opens, floor) >= scene.resets and each.limit > scene.resets]
    late = frozenset(later)
    # What is left at the reset is lost: a call that may come before it does.
    now = [
        msgspec.structs.replace(each, shuts=min(each.shuts, scene.resets - 1), limit=min(each.limit, scene.resets))
        for each in windows
        if each.key not in late
    ]
    stabbing = stab(now, floor=floor, spacing=max(1, sport.facts.refresh_seconds))
    gaps = [Gap(key, event, purpose, Reason.AFTER_RESET) for event in later]
    gaps += [Gap(key, event, purpose, Reason.TOO_LATE) for event in stabbing.missed]
    return [Need(key, endpoint, purpose, cost, each) for each in stabbing.stabs], gaps
