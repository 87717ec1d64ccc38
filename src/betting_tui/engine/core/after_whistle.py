"""What is to be done with a bet when its game is over, was put off, stopped or never played: by the rules in force.

Nothing is guessed. A postponement voids a bet only where the feed says postponed; a start that merely moved far is for
a person to judge, since games moved well ahead keep their bets.
"""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from betting_tui.engine.core import sports
from betting_tui.engine.core.grades import Graded, Ungraded, decided, quarters
from betting_tui.engine.core.market_grading import by_declared_winner, grade_by_rules, over_under
from betting_tui.engine.core.model import FULL_GAME, START_UNKNOWN, BetResult, Selection
from betting_tui.engine.core.periods import (
    Points,
    completed,
    final_points,
    innings_played,
    regulation_periods,
    regulation_points,
)
from betting_tui.engine.core.rule_sets import MarketGroup, OfficialGame, Retirement, RuleSet, Unit, Window, group_of
from betting_tui.engine.core.scoreline import comparable
from betting_tui.engine.core.scores import PeriodScore, Score, ScoreStatus
from betting_tui.engine.core.times import iso

# A bet this long after the start without a result raises its hand.
NO_RESULT_AFTER = Window(24)
# College and make-up games are scheduled for seven innings, others are cut short after as many.
_SCHEDULED_SHORT = (6.5, 7.0)


class Settle(Struct, frozen=True):
    graded: Graded


class Void(Struct, frozen=True):
    reason: str


class Wait(Struct, frozen=True):
    """It stays open; ask again at `until` at the latest."""

    until: datetime
    reason: str


class Review(Struct, frozen=True):
    """A person decides."""

    reason: str


Decision = Settle | Void | Wait | Review


class Circumstances(Struct, frozen=True):
    """`start` as announced when the bet was placed, `new_start` as announced since. `other_pitcher`: one who was named
    did not start."""

    start: datetime
    now: datetime
    new_start: datetime | None = None
    other_pitcher: bool = False


def decide(selection: Selection, score: Score | None, rules: RuleSet, when: Circumstances) -> Decision:
    """What to do with a bet on `selection` (backed or laid alike). Pure and total; times are aware."""
    when = _known_times(when)
    if rules.listed_pitchers and when.other_pitcher and score is not None:
        return Void("another pitcher than the listed one started")
    if score is None:
        return _waiting(when)
    match score.status:
        case None:
            return _final(selection, score, rules, when) if score.completed else _waiting(when)
        case ScoreStatus.FINAL:
            return _final(selection, score, rules, when)
        case ScoreStatus.SCHEDULED:
            return _moved(rules, when) or _waiting(when)
        case ScoreStatus.IN_PLAY:
            return _waiting(when)
        case ScoreStatus.POSTPONED:
            return _postponed(rules, when)
        case ScoreStatus.CANCELLED:
            return Void("the game was cancelled")
        case ScoreStatus.SUSPENDED:
            until = rules.resume.end(when.start)
            if when.now < until:
                return Wait(until, "the game was suspended and may go on")
            return _stopped(selection, score, rules)
        case ScoreStatus.ABANDONED:
            return _stopped(selection, score, rules)
        case ScoreStatus.RETIRED:
            return _retired(selection, score, rules)
        case ScoreStatus.WALKOVER:
            return _walkover(selection, score, rules)


def already_decided(selection: Selection, score: Score, rules: RuleSet) -> Graded | None:
    """The result no further play can change: an over that was reached, both teams having scored, a period that is
    over. None for what is still open, or is not known to be decided."""
    line = selection.line
    if line.period != FULL_GAME:
        if not completed(line.period, score):
            return None
        graded = grade_by_rules(selection, replace(score, completed=True), rules)
        return graded if isinstance(graded, Graded) else None
    points = _so_far(line.market, score, rules)
    if points is None:
        return None
    if line.market == "btts":
        return _both_scored(selection.name) if points.home > 0 and points.away > 0 else None
    scored, at = _counted(selection, score, points), quarters(selection.point)
    if scored is None or at is None or over_under("over", 4 * scored - at) != Graded(BetResult.WIN):
        return None
    graded = over_under(selection.name, 4 * scored - at)
    return graded if isinstance(graded, Graded) else None


def _so_far(market: str, score: Score, rules: RuleSet) -> Points | None:
    """What was scored of what this market counts, in a game that is not over; None when that is not known."""
    points = final_points(score)
    if points is None or not sports.lines_count_score(score.sport_key):
        return None
    if (rules.overtime and market != "btts") or score.includes_overtime is False:
        return points
    count = regulation_periods(score.sport_key)
    if count is None or not score.periods:
        return None
    return regulation_points(score) if len(score.periods) > count else points


def _counted(selection: Selection, score: Score, points: Points) -> int | None:
    """The number an over of this market is about."""
    market = selection.line.market.removeprefix("alternate_")
    if market == "totals":
        return points.home + points.away
    team = comparable(selection.line.participant or "")
    if market != "team_totals" or not team:
        return None
    if team == comparable(score.home_team or ""):
        return points.home
    return points.away if team == comparable(score.away_team or "") else None


def _both_scored(name: str) -> Graded | None:
    wanted = comparable(name)
    return decided(wanted == "yes") if wanted in ("yes", "no") else None


def _known_times(when: Circumstances) -> Circumstances:
    """A start nobody has named is none; where only the new one is known, the game was never put off."""
    new_start = when.new_start if when.new_start is not None and when.new_start < START_UNKNOWN else None
    start = new_start if new_start is not None and when.start >= START_UNKNOWN else when.start
    return replace(when, start=start, new_start=new_start)


def _waiting(when: Circumstances) -> Wait | Review:
    until = NO_RESULT_AFTER.end(max(when.start, when.new_start or when.start))
    if when.now < until:
        return Wait(until, "no final result yet")
    return Review("no final result 24 hours after the start")


def _moved(rules: RuleSet, when: Circumstances) -> Review | None:
    if when.new_start is None or when.new_start <= rules.window.end(when.start):
        return None
    return Review(
        f"the start moved from {iso(when.start)} to {iso(when.new_start)}: a postponement "
        "voids the bet, a move announced well ahead does not"
    )


def _postponed(rules: RuleSet, when: Circumstances) -> Void | Wait | Review:
    end = rules.window.end(when.start)
    if when.new_start is not None and when.new_start > end:
        return postponed_past(end, when.new_start)
    if when.new_start is not None and when.new_start > when.start:
        return _waiting(when)
    if when.now < end:
        return Wait(end, "postponed: it may still be played in time")
    return Void(f"postponed and not played by {iso(end)}")


def postponed_past(end: datetime, new_start: datetime) -> Void:
    """It will be played too late: only what was within `end` counts."""
    return Void(f"postponed to {iso(new_start)}, after {iso(end)}")


def _final(selection: Selection, score: Score, rules: RuleSet, when: Circumstances) -> Decision:
    moved = _moved(rules, when)
    if moved is not None:
        return moved
    short = _shortened(selection, score, rules)
    return _graded(selection, score, rules) if short is None else short


def _graded(selection: Selection, score: Score, rules: RuleSet) -> Settle | Review:
    market, point = selection.line.market, selection.point
    if "totals" in market and point is not None and point < 0:
        return Review(f"{market} of {point:g}: nothing scored is below zero, so the line is a mistake")
    graded = grade_by_rules(selection, score, rules)
    return Settle(graded) if isinstance(graded, Graded) else Review(graded.reason)


def _shortened(selection: Selection, score: Score, rules: RuleSet) -> Decision | None:
    """A baseball game that was final early: enough for its winner, not for its lines. Other leagues finish theirs."""
    played = _played(score)
    official = rules.official
    if official is None or official.unit is not Unit.INNINGS or played is None or selection.line.period != FULL_GAME:
        return None
    if official.reached(played, _home_lead(score)):
        return None
    if played in _SCHEDULED_SHORT:
        return Review(f"final after {played:g} innings: void if it was cut short, not if it was scheduled so")
    known = already_decided(selection, score, rules) if rules.decided_stand else None
    return Void(_too_short(played, official)) if known is None else Settle(known)


def _stopped(selection: Selection, score: Score, rules: RuleSet) -> Decision:
    """A game that was not played to its end and will not be."""
    if rules.decided_stand:
        known = already_decided(selection, score, rules)
        if known is not None:
            return Settle(known)
    official = rules.official
    if official is None:
        return Void("the game was abandoned, and must be finished for bets to stand")
    played = _played(score)
    if played is None:
        return Review("the game was abandoned, and how much of it was played is not known")
    if not official.reached(played, _home_lead(score)):
        return Void(_too_short(played, official))
    if selection.line.period != FULL_GAME and not completed(selection.line.period, score):
        return Void(f"the game was abandoned before {selection.line.period} was over")
    return _called(selection, replace(score, completed=True), rules)


def _called(selection: Selection, score: Score, rules: RuleSet) -> Settle | Review:
    """By the score when it was called off; in baseball by that of the last full inning, should the two differ."""
    now = _graded(selection, score, rules)
    if isinstance(now, Review) or not score.sport_key.startswith("baseball"):
        return now
    if not score.periods:
        return Review("the game was called off, and the score of its last full inning is not known")
    full = score.periods[:-1]
    before = replace(
        score,
        periods=full,
        home_score=sum(_known(each)[0] for each in full),
        away_score=sum(_known(each)[1] for each in full),
    )
    if _graded(selection, before, rules) == now:
        return now
    return Review("the game was called off in an inning that changed the result: settle it by the league's word")


def _retired(selection: Selection, score: Score, rules: RuleSet) -> Decision:
    if group_of(selection.line.market) is not MarketGroup.WINNER or selection.line.period != FULL_GAME:
        if rules.decided_stand:
            return Review("a player retired: what was decided by then stands, the rest is void")
        return Void("a player retired before the end")
    match rules.retirement:
        case None | Retirement.WHOLE_MATCH:
            return Void("a player retired before the end")
        case Retirement.ONE_SET:
            sets = _sets_completed(score)
            if sets is None:
                return Review("a player retired, and whether a set was completed is not known")
            if sets == 0:
                return Void("a player retired in the first set")
        case Retirement.STARTED:
            pass
    graded = by_declared_winner(selection, score)
    return Settle(graded) if isinstance(graded, Graded) else Review(graded.reason)


def _walkover(selection: Selection, score: Score, rules: RuleSet) -> Decision:
    if not rules.walkover_stands or group_of(selection.line.market) is not MarketGroup.WINNER:
        return Void("a walkover: it was not played")
    graded: Graded | Ungraded = by_declared_winner(selection, score)
    return Settle(graded) if isinstance(graded, Graded) else Review(graded.reason)


def _played(score: Score) -> float | None:
    return score.played if score.played is not None else innings_played(score)


def _home_lead(score: Score) -> int:
    points = final_points(score)
    return 0 if points is None else points.home - points.away


def _too_short(played: float, official: OfficialGame) -> str:
    return f"it ended after {played:g} {official.unit.value}, and counts from {official.enough:g} on"


def _known(period: PeriodScore) -> tuple[int, int]:
    return period.home or 0, period.away or 0


def _sets_completed(score: Score) -> int | None:
    """Sets of tennis that were played to their end; None where the sets are not known."""
    if not score.periods:
        return None
    return sum(1 for games in score.periods if _set_over(*_known(games)))


def _set_over(home: int, away: int) -> bool:
    most, least = max(home, away), min(home, away)
    return (most >= 6 and most - least >= 2) or (most == 7 and least == 6)
