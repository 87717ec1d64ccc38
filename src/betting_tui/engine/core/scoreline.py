"""Which numbers of a result a bet is settled by: regulation or final, whole game or period; or why none will do."""

from __future__ import annotations

from msgspec import Struct

from betting_tui.engine.core import sports
from betting_tui.engine.core.grades import Ungraded
from betting_tui.engine.core.model import FULL_GAME, OutcomeSet
from betting_tui.engine.core.periods import Points, final_points, period_points, regulation_points
from betting_tui.engine.core.rule_sets import MarketGroup, RuleSet, group_of
from betting_tui.engine.core.scores import Score

# Settled on regulation time in every sport: a draw is one of their outcomes, or gives the stake back.
_REGULATION_MARKETS = frozenset({"h2h_3_way", "draw_no_bet", "double_chance", "btts"})


class Scoreline(Struct, frozen=True):
    """The numbers that count; the names are made comparable, `game` is for people."""

    game: str
    home: str
    away: str
    home_score: int
    away_score: int

    @property
    def lead(self) -> int:
        """Of the home side."""
        return self.home_score - self.away_score

    @property
    def total(self) -> int:
        return self.home_score + self.away_score


class Teams(Struct, frozen=True):
    game: str
    home: str
    away: str

    def with_points(self, points: Points) -> Scoreline:
        return Scoreline(self.game, self.home, self.away, points.home, points.away)


def comparable(text: str) -> str:
    return " ".join(text.split()).casefold()


def teams_of(score: Score) -> Teams | Ungraded:
    if not score.home_team or not score.away_team:
        return Ungraded("the result does not name both teams")
    home, away = comparable(score.home_team), comparable(score.away_team)
    if home == away:
        return Ungraded(f"the result names {score.home_team} twice")
    return Teams(f"{score.home_team} against {score.away_team}", home, away)


def scoreline(market: str, outcome_set: OutcomeSet, period: str, score: Score, rules: RuleSet) -> Scoreline | Ungraded:
    """The score this bet is settled by. Total."""
    if not score.completed:
        return Ungraded("the game is not over")
    final = final_points(score)
    if final is None:
        return Ungraded("the result has no score")
    teams = teams_of(score)
    if isinstance(teams, Ungraded):
        return teams
    sport = score.sport_key
    if not sports.higher_score_wins(sport):
        return Ungraded("the score does not say who won in this sport: settle it by hand")
    if group_of(market) is not MarketGroup.WINNER and not sports.lines_count_score(sport):
        return Ungraded("the line counts something else than the score in this sport: settle it by hand")
    points = _points(market, outcome_set, period, score, final, rules)
    return points if isinstance(points, Ungraded) else teams.with_points(points)


def _points(
    market: str, outcome_set: OutcomeSet, period: str, score: Score, final: Points, rules: RuleSet
) -> Points | Ungraded:
    if period != FULL_GAME:
        return period_points(period, outcome_set, score, rules)
    if outcome_set is OutcomeSet.THREE_WAY or market in _REGULATION_MARKETS or not rules.overtime:
        points = _regulation(score, final)
        if isinstance(points, Points) and points.home == points.away and (market, outcome_set) == ("h2h", _TWO_WAY):
            return Ungraded("the score is level, and whether a draw loses this bet is not known: settle it by hand")
        return points
    if final.home == final.away and sports.can_have_overtime(score.sport_key) and score.includes_overtime is not True:
        return Ungraded("the score is level and may leave out overtime, which counts for this bet: settle it by hand")
    return final


_TWO_WAY = OutcomeSet.TWO_WAY


def _regulation(score: Score, final: Points) -> Points | Ungraded:
    """The score at the end of regulation time: as the feed tells it, or the final one where no more was played."""
    home, away = score.home_regulation, score.away_regulation
    if home is not None and away is not None:
        played_on = score.includes_overtime is not False
        if (home, away) != (final.home, final.away) and not (
            played_on and 0 <= home <= final.home and 0 <= away <= final.away
        ):
            told = f"{home}-{away} after regulation time and {final.home}-{final.away} in the end"
            return Ungraded(f"the result contradicts itself, {told}: settle it by hand")
        return Points(home, away)
    if not score.includes_overtime and (score.includes_overtime is False or not _may_go_on(score)):
        return final
    points = regulation_points(score)
    if points is not None:
        return points
    known = "includes overtime" if score.includes_overtime else "may include overtime"
    return Ungraded(f"the bet counts regulation time only and the score {known}: settle it by hand")


def _may_go_on(score: Score) -> bool:
    return sports.can_have_overtime(score.sport_key)
