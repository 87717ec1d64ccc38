"""A price at one point turned into the price at another, by how margins and totals of the sport scatter.

The sport's distribution is moved until it gives the known price at its own point; then it is read at the other one.
What comes out is a model's number, never a quoted price, and must be marked as converted.

A price is understood as fair share q = win/(win + lose), pushes left out and quarter lines as two half stakes, so that
1/q is the price at which the bet breaks even (a margin in q stays in it).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

from msgspec import Struct

from betting_tui.engine.core.errors import NotConverged, PricingError
from betting_tui.engine.core.grades import quarters
from betting_tui.engine.core.score_models import Level, ScoreModel, margin_model, total_model

_STEPS = 100
_CLOSE_ENOUGH = 1e-6
_SPREADS = frozenset({"spreads", "alternate_spreads"})
_TOTALS = frozenset({"totals", "alternate_totals"})
_TAIL = 8.0
_MOST_GOALS = 40
_MOST_GOALS_A_SIDE = 15
# Whoever is outclassed still scores about so much, and the games with the widest leads have more goals.
_WEAKEST = 0.5
_WIDEST_LEAD = 6.0


class Shares(Struct, frozen=True):
    """Which parts of the stake are expected to win, to come back and to lose; they sum to 1."""

    win: float
    push: float
    lose: float

    @property
    def fair(self) -> float:
        """win/(win + lose), the inverse of the fair decimal price."""
        return self.win / (self.win + self.lose)

    def edge(self, decimal: float) -> float:
        """Expected profit per unit staked at this price."""
        return self.win * (decimal - 1) - self.lose


class Scatter(Struct, frozen=True):
    """Probabilities of whole numbers from `first` on: margins of the home side, or totals."""

    first: int
    probabilities: tuple[float, ...]

    def above(self, quarter_points: int) -> Shares:
        """A bet that wins above this line, given in quarters: `over`, or a side whose handicap is its negative."""
        if quarter_points % 2:
            low, high = self.above(quarter_points - 1), self.above(quarter_points + 1)
            return Shares((low.win + high.win) / 2, (low.push + high.push) / 2, (low.lose + high.lose) / 2)
        win = math.fsum(p for n, p in enumerate(self.probabilities, self.first) if 4 * n > quarter_points)
        push = math.fsum(p for n, p in enumerate(self.probabilities, self.first) if 4 * n == quarter_points)
        return Shares(win, push, max(1 - win - push, 0.0))


class Bet(Struct, frozen=True):
    """What is bet on, apart from the point: `selection` is Over or Under in totals, any side in spreads."""

    sport_key: str
    market: str
    selection: str = ""


def can_convert(bet: Bet, known_point: float, wanted_point: float) -> bool:
    """Whether there is a model of this sport and market, and the points are near enough for it to be believed."""
    model = _model(bet)
    return (
        model is not None
        and quarters(known_point) is not None
        and quarters(wanted_point) is not None
        and abs(known_point - wanted_point) <= model.reach
    )


def converted_shares(bet: Bet, known: float, known_point: float, wanted_point: float) -> Shares:
    """What a bet at `wanted_point` is expected to do when q = `known` at `known_point`; points are the side's own.

    Raises PricingError for no probability, or where `can_convert` is false.
    """
    if not (0 < known < 1 and math.isfinite(known)):
        raise PricingError(f"{known!r} is no probability between 0 and 1")
    model = _model(bet)
    if model is None or not can_convert(bet, known_point, wanted_point):
        raise PricingError(f"{bet.market} of {bet.sport_key} cannot be converted from {known_point} to {wanted_point}")
    own, other = (_line(bet, quarters(point) or 0) for point in (known_point, wanted_point))
    under = _is_under(bet)
    target = 1 - known if under else known
    shares = _fitted(model, bet.market in _SPREADS, own, target).above(other)
    return Shares(shares.lose, shares.push, shares.win) if under else shares


def converted_price(bet: Bet, decimal: float, known_point: float, wanted_point: float) -> float:
    """The decimal price at `wanted_point` that matches this one at `known_point`, its margin included."""
    if not (decimal > 1 and math.isfinite(decimal)):
        raise PricingError(f"{decimal!r} is no decimal price: it must be above 1")
    fair = converted_shares(bet, 1 / decimal, known_point, wanted_point).fair
    if not 0 < fair < 1:
        raise PricingError(f"no price above 1 matches {decimal} at {wanted_point}")
    return 1 / fair


def poisson_margin(home: float, away: float, most: int = _MOST_GOALS) -> Scatter:
    """Margins of two independent Poisson scores with these means, each cut off at `most` and made to sum to 1."""
    at_home, on_the_road = _poisson(home, most), _poisson(away, most)
    sums = [0.0] * (2 * most + 1)
    for mine, p in enumerate(at_home):
        for theirs, q in enumerate(on_the_road):
            sums[mine - theirs + most] += p * q
    return _scatter(-most, sums)


def poisson_total(home: float, away: float, most: int = _MOST_GOALS) -> Scatter:
    """Totals of the same."""
    at_home, on_the_road = _poisson(home, most), _poisson(away, most)
    sums = [0.0] * (2 * most + 1)
    for mine, p in enumerate(at_home):
        for theirs, q in enumerate(on_the_road):
            sums[mine + theirs] += p * q
    return _scatter(0, sums)


def _model(bet: Bet) -> ScoreModel | None:
    if bet.market in _SPREADS:
        return margin_model(bet.sport_key)
    if bet.market in _TOTALS and bet.selection.casefold() in ("over", "under"):
        return total_model(bet.sport_key)
    return None


def _is_under(bet: Bet) -> bool:
    return bet.market in _TOTALS and bet.selection.casefold() == "under"


def _line(bet: Bet, point: int) -> int:
    """The line a margin or total must be above. A handicap of -3.5 wins above 3.5."""
    return -point if bet.market in _SPREADS else point


@lru_cache(maxsize=2_048)
def _fitted(model: ScoreModel, margin: bool, line: int, target: float) -> Scatter:
    """The sport's scatter, moved until it gives this fair share at this line (in quarters)."""
    at = _maker(model, margin)
    if model.deviation is not None:
        low, high = line / 4 - _TAIL * model.deviation, line / 4 + _TAIL * model.deviation
    else:
        low, high = (-_WIDEST_LEAD, _WIDEST_LEAD) if margin else (1e-3, _MOST_GOALS / 2)
    found = at(_root(lambda mean: _share(at(mean), line) - target, low, high))
    if abs(_share(found, line) - target) > _CLOSE_ENOUGH:
        raise NotConverged("this price is too far from even for the sport's model: it cannot be converted")
    return found


def _root(rising: Callable[[float], float], low: float, high: float) -> float:
    """Where a rising function is 0, between the two; the end that is nearer where it is not. By false position with
    the Illinois correction, which halves the weight of an end that stays."""
    below, above = rising(low), rising(high)
    if below >= 0 or above <= 0:
        return low if below >= 0 else high
    kept = 0
    middle = (low + high) / 2
    for _ in range(_STEPS):
        value = rising(middle)
        if abs(value) < _CLOSE_ENOUGH / 1e6:
            break
        if value < 0:
            low, below = middle, value
            above = above / 2 if kept < 0 else above
            kept = -1
        else:
            high, above = middle, value
            below = below / 2 if kept > 0 else below
            kept = 1
        middle = (low * above - high * below) / (above - below)
    return middle


def _share(scatter: Scatter, line: int) -> float:
    shares = scatter.above(line)
    return shares.fair if shares.win + shares.lose > 0 else 0.5


def _maker(model: ScoreModel, margin: bool) -> Callable[[float], Scatter]:
    """From the mean to the scatter."""
    deviation = model.deviation
    if deviation is not None:
        return lambda mean: _normal(mean, deviation, model)
    if not margin:
        return lambda mean: _scatter(0, _poisson(mean, 2 * _MOST_GOALS))
    most = _MOST_GOALS_A_SIDE

    def by_lead(lead: float) -> Scatter:
        weaker = max((model.total_mean - abs(lead)) / 2, _WEAKEST)
        home, away = weaker + max(lead, 0.0), weaker + max(-lead, 0.0)
        scatter = poisson_margin(home, away, most)
        return _played_out(scatter) if model.level is Level.PLAYED_OUT else scatter

    return by_lead


def _normal(mean: float, deviation: float, model: ScoreModel) -> Scatter:
    """Each whole number gets the normal density there, weighed by how often such a margin really occurs."""
    weights = dict(model.shares)
    first, last = math.floor(mean - _TAIL * deviation), math.ceil(mean + _TAIL * deviation)
    heights = []
    for number in range(first, last + 1):
        height = math.exp(-0.5 * ((number - mean) / deviation) ** 2)
        size = abs(number)
        if size in weights:
            height *= weights[size] / _usual(size, model.overall_deviation)
        heights.append(height)
    scatter = _scatter(first, heights)
    return _played_out(scatter) if model.level is Level.PLAYED_OUT else scatter


def _usual(size: int, deviation: float) -> float:
    """How often a margin of this size, either side, would occur in a normal scatter about 0."""
    sides = 1 if size == 0 else 2
    return sides * math.exp(-0.5 * (size / deviation) ** 2) / (deviation * math.sqrt(2 * math.pi))


def _played_out(scatter: Scatter) -> Scatter:
    """Level scores go to whoever wins by one afterwards, as those who win by one share them."""
    zero = -scatter.first
    values = list(scatter.probabilities)
    if not 0 < zero < len(values) - 1:
        return scatter
    level, behind, ahead = values[zero], values[zero - 1], values[zero + 1]
    if level <= 0 or behind + ahead <= 0:
        return scatter
    values[zero] = 0.0
    values[zero - 1] += level * behind / (behind + ahead)
    values[zero + 1] += level * ahead / (behind + ahead)
    return Scatter(scatter.first, tuple(values))


def _poisson(mean: float, most: int) -> list[float]:
    if mean <= 0:
        return [1.0] + [0.0] * most
    heights = [math.exp(n * math.log(mean) - mean - math.lgamma(n + 1)) for n in range(most + 1)]
    total = math.fsum(heights)
    return [height / total for height in heights]


def _scatter(first: int, heights: list[float]) -> Scatter:
    total = math.fsum(heights)
    return Scatter(first, tuple(height / total for height in heights))
