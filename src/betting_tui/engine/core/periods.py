"""The parts of a game: which periods a market's name means, and what was scored in them."""

from __future__ import annotations

import re

from msgspec import Struct

from betting_tui.engine.core.grades import Ungraded
from betting_tui.engine.core.model import FULL_GAME, OutcomeSet
from betting_tui.engine.core.rule_sets import RuleSet
from betting_tui.engine.core.scores import PeriodScore, Score

_REGULATION = {
    "americanfootball": 4, "aussierules": 4, "baseball": 9, "basketball": 4, "basketball_ncaab": 2, "handball": 2,
    "icehockey": 3, "lacrosse": 4, "rugbyleague": 2, "rugbyunion": 2, "soccer": 2,
}  # fmt: skip
_INNINGS = re.compile(r"1st_([1-9])_innings")
# A shoot-out gives its winner one goal that belongs to no period.
_SHOOT_OUTS = "icehockey"


class Points(Struct, frozen=True):
    home: int
    away: int


class _Span(Struct, frozen=True):
    """Periods `first` up to, not with, `end`, counted from 0; `over`: overtime may follow them."""

    first: int
    end: int
    over: bool = False


def regulation_periods(sport_key: str) -> int | None:
    """In how many periods a game of this sport is played, overtime apart; None where that is not known."""
    known = _REGULATION.get(sport_key)
    return known if known is not None else _REGULATION.get(sport_key.partition("_")[0])


def regulation_points(score: Score) -> Points | None:
    """What was scored in regulation time, added up from the periods; None when they do not tell."""
    count = regulation_periods(score.sport_key)
    if count is None or len(score.periods) < count or contradiction(score):
        return None
    return _sum(score.periods[:count])


def final_points(score: Score) -> Points | None:
    if score.home_score is None or score.away_score is None:
        return None
    return Points(score.home_score, score.away_score)


def period_points(period: str, outcome_set: OutcomeSet, score: Score, rules: RuleSet) -> Points | Ungraded:
    """What was scored in one period of a finished game, or in several together, as this market counts them."""
    if not score.periods:
        return Ungraded(f"the score of {period} alone is not known: settle it by hand")
    count = regulation_periods(score.sport_key)
    span = None if count is None else _span(period, count, score.sport_key)
    if span is None or count is None:
        return Ungraded(f"this sport has no period {period}: settle it by hand")
    if contradiction(score):
        return Ungraded("the scores of the periods do not add up to the final score: settle it by hand")
    end = span.end
    if span.over and outcome_set is not OutcomeSet.THREE_WAY:
        counts = rules.second_half_overtime if period == "h2" else rules.last_period_overtime
        end = len(score.periods) if counts else end
    if len(score.periods) < max(span.end, 1):
        return Ungraded(f"{period} was not played to its end: settle it by hand")
    played = score.periods[span.first : end]
    if any(each.home is None or each.away is None for each in played[: span.end - span.first]):
        return Ungraded(f"{period} was not played to its end: settle it by hand")
    return _sum(played)


def completed(period: str, score: Score) -> bool:
    """Whether this period is over in a game that is not: a later one has begun."""
    count = regulation_periods(score.sport_key)
    span = None if count is None else _span(period, count, score.sport_key)
    return span is not None and len(score.periods) > span.end


def contradiction(score: Score) -> bool:
    """Whether periods and final score cannot both be right."""
    final = final_points(score)
    if final is None or not score.periods:
        return False
    total = _sum(score.periods)
    if (total.home, total.away) == (final.home, final.away):
        return False
    count = regulation_periods(score.sport_key)
    if count is None:
        return True
    first = _sum(score.periods[:count])
    if score.includes_overtime is False and (first.home, first.away) == (final.home, final.away):
        return False
    beyond = (final.home - total.home, final.away - total.away)
    shot_out = score.sport_key.startswith(_SHOOT_OUTS) and total.home == total.away and len(score.periods) >= count
    return not (shot_out and beyond in ((1, 0), (0, 1)))


def innings_played(score: Score) -> float | None:
    """How many innings of a baseball game were played: 8.5 where the home side did not bat in the ninth."""
    if not score.periods or not score.sport_key.startswith("baseball"):
        return None
    whole = sum(1 for each in score.periods if each.home is not None and each.away is not None)
    return whole + (0.5 if score.periods[-1].home is None and score.periods[-1].away is not None else 0)


def _span(period: str, count: int, sport_key: str) -> _Span | None:
    if period == FULL_GAME:
        return _Span(0, count, over=True)
    half = count // 2
    if period in ("h1", "h2") and count % 2 == 0:
        return _Span(0, half) if period == "h1" else _Span(half, count, over=True)
    number = int(period[1:]) if period in ("q1", "q2", "q3", "q4", "p1", "p2", "p3") else 0
    if number and count == (4 if period[0] == "q" else 3):
        return _Span(number - 1, number, over=number == count)
    innings = _INNINGS.fullmatch(period)
    if innings and sport_key.startswith("baseball"):
        return _Span(0, int(innings[1]))
    return None


def _sum(periods: tuple[PeriodScore, ...]) -> Points:
    return Points(sum(each.home or 0 for each in periods), sum(each.away or 0 for each in periods))
