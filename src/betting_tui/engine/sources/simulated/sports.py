"""The simulated sports: real keys and titles, invented teams, and the numbers that make scores look right."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from betting_tui.engine.sources.simulated import names


class ScoreKind(StrEnum):
    """How a final score is drawn."""

    NORMAL = "normal"
    COUNTS = "counts"
    SETS = "sets"


class SportModel(Struct, frozen=True):
    """One sport. Margins and totals in points, runs or goals; sets have a margin in probits and no total.

    `margin_sd` and `total_sd` are the spread of a final score around its line; `strength_sd` the spread between
    teams, `total_between` between games. `dispersion` is the excess variance of counts (0 = Poisson).
    `fixed_spread` is a sport's customary handicap; without one the line follows the margin.
    """

    key: str
    group: str
    title: str
    teams: tuple[str, ...]
    kind: ScoreKind
    minutes: int
    margin_sd: float
    strength_sd: float
    home_edge: float
    total_mean: float = 0.0
    total_sd: float = 0.0
    total_between: float = 0.0
    dispersion: float = 0.0
    overtime: bool = True
    fixed_spread: float | None = None
    point_step: float = 0.5

    @property
    def markets(self) -> tuple[str, ...]:
        return ("h2h",) if self.kind is ScoreKind.SETS else ("h2h", "spreads", "totals")

    @property
    def three_way(self) -> bool:
        return not self.overtime


SPORTS = (
    SportModel(
        "basketball_nba", "Basketball", "NBA", names.BASKETBALL_TEAMS, ScoreKind.NORMAL, 140,
        margin_sd=12.0, strength_sd=3.6, home_edge=2.2, total_mean=226.0, total_sd=17.5, total_between=6.0,
    ),
    SportModel(
        "icehockey_nhl", "Ice Hockey", "NHL", names.ICE_HOCKEY_TEAMS, ScoreKind.COUNTS, 150,
        margin_sd=2.47, strength_sd=0.38, home_edge=0.22, total_mean=6.1, total_sd=2.47, total_between=0.25,
        fixed_spread=1.5,
    ),
    SportModel(
        "americanfootball_nfl", "American Football", "NFL", names.AMERICAN_FOOTBALL_TEAMS, ScoreKind.NORMAL, 190,
        margin_sd=13.0, strength_sd=3.6, home_edge=1.8, total_mean=45.0, total_sd=10.0, total_between=2.6,
    ),
    SportModel(
        "soccer_epl", "Soccer", "EPL", names.SOCCER_TEAMS, ScoreKind.COUNTS, 112,
        margin_sd=1.66, strength_sd=0.50, home_edge=0.30, total_mean=2.75, total_sd=1.66, total_between=0.22,
        overtime=False, point_step=0.25,
    ),
    SportModel(
        "baseball_mlb", "Baseball", "MLB", names.BASEBALL_TEAMS, ScoreKind.COUNTS, 165,
        margin_sd=4.36, strength_sd=0.62, home_edge=0.25, total_mean=8.7, total_sd=4.36, total_between=0.6,
        dispersion=0.26, fixed_spread=1.5,
    ),
    SportModel(
        "tennis_atp_miami_open", "Tennis", "ATP Miami Open", names.TENNIS_PLAYERS, ScoreKind.SETS, 105,
        margin_sd=1.0, strength_sd=0.42, home_edge=0.0,
    ),
)  # fmt: skip
SPORT_BY_KEY = {sport.key: sport for sport in SPORTS}
