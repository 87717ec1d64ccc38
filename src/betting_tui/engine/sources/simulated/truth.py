"""The true line of an event: a fair random walk with rare jumps, known at any moment without replaying it."""

from __future__ import annotations

import math

from msgspec import Struct

from betting_tui.engine.sources.simulated.draws import Draws
from betting_tui.engine.sources.simulated.schedule import Fixture
from betting_tui.engine.sources.simulated.scoring import Latent
from betting_tui.engine.sources.simulated.settings import SimulationSettings

_NEWS_CHANCES = 4


class _Walk:
    """A Brownian path on steps 0 … 2^depth by midpoint displacement: each point costs at most `depth` draws.

    A bridge's midpoint has variance length / 4 (Lévy's construction); the far end has variance `length`.
    """

    __slots__ = ("_draws", "_length", "_points", "_purpose")

    def __init__(self, draws: Draws, purpose: str, steps: int) -> None:
        self._draws = draws
        self._purpose = purpose
        self._length = 1 << max(1, (max(1, steps) - 1).bit_length())
        self._points = {0: 0.0, self._length: math.sqrt(self._length) * draws.normal(purpose, self._length)}

    def at(self, step: int) -> float:
        points = self._points
        wanted = min(max(step, 0), self._length)
        known = points.get(wanted)
        if known is not None:
            return known
        low, high = 0, self._length
        while True:
            middle = (low + high) // 2
            value = points.get(middle)
            if value is None:
                bend = math.sqrt(high - low) / 2 * self._draws.normal(self._purpose, middle)
                value = points[middle] = (points[low] + points[high]) / 2 + bend
            if middle == wanted:
                return value
            low, high = (middle, high) if middle < wanted else (low, middle)


class _News(Struct, frozen=True):
    at: int
    margin: float
    total: float


class Truth:
    """The true margin and total of one event over time, in the sport's units. A martingale: moves cannot be foreseen.

    A chance computed from the line of a moment leaves out the walk still to come, which would widen the final
    score's spread by less than one percent.
    """

    def __init__(self, seed: int, fixture: Fixture, settings: SimulationSettings) -> None:
        draws = Draws(seed, "truth", fixture.id)
        sport = fixture.sport
        ratings = Draws(seed, "rating", sport.key)
        strength = sport.strength_sd * (ratings.normal(fixture.home) - ratings.normal(fixture.away))
        self._margin = sport.home_edge + strength
        self._total = sport.total_mean + sport.total_between * draws.normal("total")
        self._margin_unit = sport.margin_sd
        self._total_unit = sport.total_sd
        # The walk begins before the listing, so that the slowest bookmaker has a past to look at.
        past = settings.horizon // 4 + settings.step
        self._begin = fixture.listed_at - past
        self._end = fixture.start
        self._step = settings.step
        steps = (settings.horizon + past + settings.move_at_most) // settings.step + 1
        self._step_noise = settings.path_noise / math.sqrt(settings.horizon / settings.step)
        self._margin_walk = _Walk(draws, "margin-walk", steps)
        self._total_walk = _Walk(draws, "total-walk", steps)
        self._news = _news(draws, fixture, settings)

    def at(self, moment: int) -> Latent:
        """The line at a moment in seconds since 1970; from the start on it stays what it was at the start."""
        seen = min(moment, self._end)
        step = (seen - self._begin) // self._step
        margin = self._step_noise * self._margin_walk.at(step)
        total = self._step_noise * self._total_walk.at(step)
        for news in self._news:
            if news.at <= seen:
                margin += news.margin
                total += news.total
        return Latent(self._margin + self._margin_unit * margin, self._total + self._total_unit * total)


def _news(draws: Draws, fixture: Fixture, settings: SimulationSettings) -> tuple[_News, ...]:
    chance = settings.news_rate / _NEWS_CHANCES
    return tuple(
        _News(
            at=fixture.listed_at + round((fixture.start - fixture.listed_at) * draws.uniform("news-at", index)),
            margin=settings.news_noise * draws.normal("news-margin", index),
            total=settings.news_noise * draws.normal("news-total", index),
        )
        for index in range(_NEWS_CHANCES)
        if draws.uniform("news", index) < chance
    )
