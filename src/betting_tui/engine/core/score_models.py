"""How margins and totals scatter in each sport: the numbers behind converting a price to another point.

Only their shape near the line matters, since a model is always fitted to a price first. Sports that are missing have no
number that could be traced to a source.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Level(StrEnum):
    """What becomes of a level score: it stands, or is played out and won by one."""

    STANDS = "stands"
    PLAYED_OUT = "played_out"


class ScoreModel(Struct, frozen=True):
    """`deviation`: standard deviation of a normal scatter; None for Poisson scores. `total_mean`: both sides' usual
    points together, which Poisson margins need. `shares`: how often margins of these sizes (either side) really occur,
    where the sport's scoring makes some of them special. `reach`: the farthest a point may be converted.
    """

    deviation: float | None
    reach: float
    total_mean: float = 0.0
    level: Level = Level.STANDS
    shares: tuple[tuple[int, float], ...] = ()
    # The scatter of margins over all games, favourites and outsiders alike, which `shares` are held against.
    overall_deviation: float = 0.0


# Stern, "On the Probability of Winning a Football Game" (1991): 13.86 points about the spread. The shares are VSiN's
# "Unlocking the mystery to NFL's key numbers"; ties have been about 1 in 300 since 1974. All margins scatter by about
# 14.6: Stern's and the spreads' own 4.5 together.
_NFL_MARGIN = ScoreModel(
    13.86,
    7.0,
    shares=(
        (0, 0.003), (1, 0.035), (2, 0.035), (3, 0.145), (4, 0.045), (5, 0.035), (6, 0.055), (7, 0.095), (8, 0.035),
        (9, 0.015), (10, 0.065),
    ),
    overall_deviation=14.6,
)  # fmt: skip
# 7,276 games with a closing total, 1999 to 2025: 13.4 points (nflanalytic.com, "How accurate is the over/under?").
_NFL_TOTAL = ScoreModel(13.4, 7.0)
# Winston, "Variability of margin of victory in NBA games": near 12 about the spread. One team's points scatter by 10.5
# about what the lines imply (betlabssports.com); with the margin's 12 that makes 17.2 for both together.
# A game is never level; overtime is won by any margin.
_NBA_MARGIN = ScoreModel(12.0, 6.0, shares=((0, 0.0),), overall_deviation=12.0)
_NBA_TOTAL = ScoreModel(17.2, 10.0)
# Of 40 minutes: the NBA's, by the square root of the time.
_BASKETBALL_MARGIN = ScoreModel(11.0, 6.0, shares=((0, 0.0),), overall_deviation=11.0)
_BASKETBALL_TOTAL = ScoreModel(15.7, 10.0)
# Three games in ten are won by one run (2004 to 2014: 29 %); the scatter is that of 40 recorded finals.
_BASEBALL_MARGIN = ScoreModel(4.3, 1.5, shares=((0, 0.0), (1, 0.29)), overall_deviation=4.3)
_BASEBALL_TOTAL = ScoreModel(4.5, 2.0)
# Six goals a game, and one more for whoever wins the overtime or shoot-out.
_HOCKEY_MARGIN = ScoreModel(None, 1.5, total_mean=6.0, level=Level.PLAYED_OUT)
_HOCKEY_TOTAL = ScoreModel(None, 1.5)
# League matches have 2.84 goals (14,692 recorded), but the two sides' are not independent: margins scatter about the
# closing handicap as if there were 2.35. Measured on both halves of 8,466 matches with closing handicaps.
_SOCCER_MARGIN = ScoreModel(None, 1.5, total_mean=2.35)
_SOCCER_TOTAL = ScoreModel(None, 1.5)

_MARGINS = {
    "americanfootball_nfl": _NFL_MARGIN,
    "basketball": _BASKETBALL_MARGIN,
    "basketball_nba": _NBA_MARGIN,
    "baseball": _BASEBALL_MARGIN,
    "icehockey": _HOCKEY_MARGIN,
    "soccer": _SOCCER_MARGIN,
}
_TOTALS = {
    "americanfootball_nfl": _NFL_TOTAL,
    "basketball": _BASKETBALL_TOTAL,
    "basketball_nba": _NBA_TOTAL,
    "baseball": _BASEBALL_TOTAL,
    "icehockey": _HOCKEY_TOTAL,
    "soccer": _SOCCER_TOTAL,
}


def margin_model(sport_key: str) -> ScoreModel | None:
    return _find(_MARGINS, sport_key)


def total_model(sport_key: str) -> ScoreModel | None:
    return _find(_TOTALS, sport_key)


def _find(models: dict[str, ScoreModel], sport_key: str) -> ScoreModel | None:
    words = sport_key.split("_")
    for count in range(len(words), 0, -1):
        model = models.get("_".join(words[:count]))
        if model is not None:
            return model
    return None
