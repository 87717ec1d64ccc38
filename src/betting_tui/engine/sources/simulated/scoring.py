"""What a latent margin and total say about final scores: one distribution for moneyline, spread and total alike.

Normal margins for basketball and American football, (over-dispersed) Poisson counts for goals and runs, best-of-three
sets for tennis; where the sport plays overtime a tie is given to one side.
"""

from __future__ import annotations

import math
from typing import Protocol

from msgspec import Struct

from betting_tui.engine.sources.simulated.draws import Draws
from betting_tui.engine.sources.simulated.sports import ScoreKind, SportModel


class Latent(Struct, frozen=True):
    """The true line: expected margin (home minus away) and total, in the sport's units."""

    margin: float
    total: float


class FinalScore(Struct, frozen=True):
    home: int
    away: int

    @property
    def margin(self) -> int:
        return self.home - self.away

    @property
    def total(self) -> int:
        return self.home + self.away


class Chance(Struct, frozen=True):
    """The expected share of a stake that wins and that loses; the rest is handed back (pushes, quarter lines)."""

    gain: float
    loss: float

    @property
    def probability(self) -> float:
        """The chance of winning when it is not a push: the inverse of the fair price."""
        return self.gain / (self.gain + self.loss)

    def edge(self, decimal: float) -> float:
        """Expected profit per unit staked at these decimal odds."""
        return self.gain * (decimal - 1.0) - self.loss

    def reversed(self) -> Chance:
        return Chance(self.loss, self.gain)


class ScoreModel(Protocol):
    """A distribution of final scores."""

    def margin_at_least(self, margin: int) -> float: ...

    def total_at_least(self, total: int) -> float: ...

    def draw(self, draws: Draws) -> FinalScore:
        """The event's one result: the same draws give the same score."""


def score_model(sport: SportModel, latent: Latent) -> ScoreModel:
    match sport.kind:
        case ScoreKind.NORMAL:
            return NormalScores(latent.margin, sport.margin_sd, latent.total, sport.total_sd)
        case ScoreKind.COUNTS:
            return CountScores(latent.margin, latent.total, sport.dispersion, sport.overtime)
        case ScoreKind.SETS:
            return SetScores(_normal_above(0.0, latent.margin, 1.0))


def home_wins(model: ScoreModel) -> float:
    return model.margin_at_least(1)


def draws_level(model: ScoreModel) -> float:
    return model.margin_at_least(0) - model.margin_at_least(1)


def home_covers(model: ScoreModel, point: float) -> Chance:
    """The home side with `point` added to its score; a quarter line is half a stake on each neighbour."""
    gain = loss = 0.0
    halves = _halves(point)
    for half in halves:
        gain += model.margin_at_least(math.floor(-half) + 1)
        loss += 1.0 - model.margin_at_least(math.ceil(-half))
    return Chance(gain / len(halves), loss / len(halves))


def goes_over(model: ScoreModel, point: float) -> Chance:
    gain = loss = 0.0
    halves = _halves(point)
    for half in halves:
        gain += model.total_at_least(math.floor(half) + 1)
        loss += 1.0 - model.total_at_least(math.ceil(half))
    return Chance(gain / len(halves), loss / len(halves))


def _halves(point: float) -> tuple[float, ...]:
    return (point - 0.25, point + 0.25) if round(point * 4) % 2 else (point,)


def _normal_above(threshold: float, mean: float, sd: float) -> float:
    return 0.5 * math.erfc((threshold - mean) / (sd * math.sqrt(2.0)))


class NormalScores:
    """Margin and total are independent normals on whole numbers of equal parity; a level margin becomes one point.

    The total's parity follows the margin's, so its chances are a mixture over the two parities. A total below the
    margin cannot be drawn; at these sports' numbers that touches about one game in a thousand.
    """

    __slots__ = ("_margin", "_margin_sd", "_odd", "_total", "_total_sd")

    def __init__(self, margin: float, margin_sd: float, total: float, total_sd: float) -> None:
        self._margin = margin
        self._margin_sd = margin_sd
        self._total = total
        self._total_sd = total_sd
        # Rounding a wide normal gives even and odd alike; the level margins all move to the odd neighbours.
        self._odd = 0.5 + _normal_above(-0.5, margin, margin_sd) - _normal_above(0.5, margin, margin_sd)

    def margin_at_least(self, margin: int) -> float:
        threshold = 0.0 if margin in (0, 1) else margin - 0.5
        return _normal_above(threshold, self._margin, self._margin_sd)

    def total_at_least(self, total: int) -> float:
        same_parity = self._odd if total % 2 else 1.0 - self._odd
        near = _normal_above(total - 1.0, self._total, self._total_sd)
        far = _normal_above(float(total), self._total, self._total_sd)
        return same_parity * near + (1.0 - same_parity) * far

    def draw(self, draws: Draws) -> FinalScore:
        raw = self._margin + self._margin_sd * draws.normal("final-margin")
        margin = round(raw) or (1 if raw >= 0 else -1)
        parity = margin % 2
        total = 2 * round((self._total + self._total_sd * draws.normal("final-total") - parity) / 2) + parity
        total = max(total, abs(margin))
        return FinalScore((total + margin) // 2, (total - margin) // 2)


_LEAST_MEAN = 0.15


class CountScores:
    """Two independent counts, Poisson or with `dispersion` d (variance m + d m²); overtime adds one to one side."""

    __slots__ = ("_away", "_home", "_home_tail", "_overtime", "_overtime_home")

    def __init__(self, margin: float, total: float, dispersion: float, overtime: bool) -> None:
        home = max(_LEAST_MEAN, (total + margin) / 2)
        away = max(_LEAST_MEAN, (total - margin) / 2)
        self._home = _counts(home, dispersion)
        self._away = _counts(away, dispersion)
        tail = [0.0] * (len(self._home) + 1)
        for index in range(len(self._home) - 1, -1, -1):
            tail[index] = tail[index + 1] + self._home[index]
        self._home_tail = tail
        self._overtime = overtime
        self._overtime_home = home / (home + away)

    def margin_at_least(self, margin: int) -> float:
        if self._overtime and margin in (0, 1):
            level = self._level()
            return self._regulation_margin(1) + level * self._overtime_home
        return self._regulation_margin(margin)

    def total_at_least(self, total: int) -> float:
        regulation = sum(chance * self._tail(total - away) for away, chance in enumerate(self._away))
        if self._overtime and total % 2 and 0 <= total // 2 < min(len(self._home), len(self._away)):
            # A game level at (total - 1) / 2 each reaches this total in overtime.
            return regulation + self._home[total // 2] * self._away[total // 2]
        return regulation

    def draw(self, draws: Draws) -> FinalScore:
        home = _pick(self._home, draws.uniform("final-home"))
        away = _pick(self._away, draws.uniform("final-away"))
        if home == away and self._overtime:
            if draws.uniform("final-overtime") < self._overtime_home:
                home += 1
            else:
                away += 1
        return FinalScore(home, away)

    def _level(self) -> float:
        return sum(home * away for home, away in zip(self._home, self._away, strict=False))

    def _regulation_margin(self, margin: int) -> float:
        return sum(chance * self._tail(margin + away) for away, chance in enumerate(self._away))

    def _tail(self, count: int) -> float:
        if count <= 0:
            return 1.0
        return self._home_tail[count] if count < len(self._home_tail) else 0.0


def _counts(mean: float, dispersion: float) -> list[float]:
    """Chances of 0, 1, 2, …: Poisson, or negative binomial with variance mean + dispersion mean²; sums to 1."""
    spread = 1.0 + dispersion * mean
    chance = math.exp(-mean) if dispersion == 0.0 else spread ** (-1.0 / dispersion)
    chances = [chance]
    ratio = mean / spread
    reached = chance
    while reached < 1.0 - 1e-7 and len(chances) < 60:
        count = len(chances)
        chance *= ratio * (1.0 + dispersion * (count - 1)) / count
        chances.append(chance)
        reached += chance
    return [value / reached for value in chances]


def _pick(chances: list[float], uniform: float) -> int:
    reached = 0.0
    for count, chance in enumerate(chances):
        reached += chance
        if uniform < reached:
            return count
    return len(chances) - 1


class SetScores:
    """A best-of-three match won by the home player with a known chance; sets are independent of each other."""

    __slots__ = ("_home",)

    def __init__(self, home: float) -> None:
        self._home = home

    def margin_at_least(self, margin: int) -> float:
        if margin <= -2:
            return 1.0
        if margin >= 3:
            return 0.0
        if margin in (0, 1):
            return self._home
        straight = _straight_share(max(self._home, 1e-9)) * self._home
        return straight if margin == 2 else 1.0 - _straight_share(max(1.0 - self._home, 1e-9)) * (1.0 - self._home)

    def total_at_least(self, total: int) -> float:
        if total <= 2:
            return 1.0
        return 0.0 if total >= 4 else 1.0 - self.margin_at_least(2) - (1.0 - self.margin_at_least(-1))

    def draw(self, draws: Draws) -> FinalScore:
        home = draws.uniform("final-winner") < self._home
        straight = draws.uniform("final-sets") < _straight_share(self._home if home else 1.0 - self._home)
        lost = 0 if straight else 1
        return FinalScore(2, lost) if home else FinalScore(lost, 2)


def _straight_share(match: float) -> float:
    """Of the matches a player wins, the share won 2-0: the set chance s solves s²(3 - 2s) = match."""
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        if middle * middle * (3.0 - 2.0 * middle) < match:
            low = middle
        else:
            high = middle
    chance = (low + high) / 2
    return 1.0 / (3.0 - 2.0 * chance)
