"""How a bookmaker turns its view of an event into prices."""

from __future__ import annotations

import math

from msgspec import Struct

from betting_tui.engine.core.model import DRAW
from betting_tui.engine.sources.simulated import scoring
from betting_tui.engine.sources.simulated.books import Bookmaker
from betting_tui.engine.sources.simulated.draws import Draws
from betting_tui.engine.sources.simulated.mistakes import Mistake, MistakeKind, mistake_at
from betting_tui.engine.sources.simulated.schedule import Fixture
from betting_tui.engine.sources.simulated.scoring import Latent, ScoreModel
from betting_tui.engine.sources.simulated.settings import SimulationSettings
from betting_tui.engine.sources.simulated.sports import SportModel
from betting_tui.engine.sources.simulated.truth import Truth

_LONGEST = 0.985
_LINE_REPRICES = 8
_BOOSTED_LEAST = 0.05
_BOOSTED_MOST = 0.27
_THREE_WAY_MARGIN = 1.35


class PricedSelection(Struct, frozen=True):
    """An American price as a whole number; `point` is the selection's own."""

    name: str
    american: int
    point: float | None = None


class PricedMarket(Struct, frozen=True):
    key: str
    selections: tuple[PricedSelection, ...]


class Board(Struct, frozen=True):
    """What the feed last saw at one bookmaker for one event."""

    book: Bookmaker
    seen_at: int
    markets: tuple[PricedMarket, ...]


class Pricer:
    """One event's prices at every bookmaker. Pure in the moment asked for."""

    def __init__(self, seed: int, fixture: Fixture, truth: Truth, settings: SimulationSettings) -> None:
        self._fixture = fixture
        self._truth = truth
        self._settings = settings
        self._draws = Draws(seed, "book", fixture.id)
        self._habits: dict[str, _Habit] = {}

    def board(self, book: Bookmaker, moment: int) -> Board | None:
        """None while the bookmaker has nothing up for this event."""
        settings = self._settings
        habit = self._habits.get(book.key)
        if habit is None:
            habit = self._habits[book.key] = _habit(self._draws, book, self._fixture, settings)
        mistake = mistake_at(self._draws, book.key, moment, settings)
        visit = _on_grid(moment, settings.feed_interval, habit.visit_phase)
        if mistake is not None and mistake.kind is MistakeKind.UNREACHABLE:
            visit = min(visit, mistake.begins)
        if visit < self._fixture.listed_at:
            return None
        priced = visit
        if mistake is not None and mistake.kind is MistakeKind.ASLEEP:
            priced = min(visit, mistake.begins)
        markets = self._markets(book, habit, priced, mistake)
        return Board(book, visit, markets) if markets else None

    def _markets(
        self, book: Bookmaker, habit: _Habit, moment: int, mistake: Mistake | None
    ) -> tuple[PricedMarket, ...]:
        sport = self._fixture.sport
        repriced = _on_grid(moment, habit.reprice, habit.price_phase)
        model = scoring.score_model(sport, self._view(habit, repriced))
        lined = _on_grid(repriced, habit.reprice * _LINE_REPRICES, habit.price_phase)
        lines = main_lines(sport, self._view(habit, lined))
        markets = []
        for index, key in enumerate(sport.markets):
            wrong = mistake if mistake is not None and mistake.market % len(sport.markets) == index else None
            if key in habit.missing or (wrong is not None and wrong.kind is MistakeKind.SUSPENDED):
                continue
            sides = _sides(key, self._fixture, model, lines)
            generous = _generous(book, key, sides, mistake, wrong is not None)
            markets.append(PricedMarket(key, _priced(book, sides, generous, habit.home_first)))
        return tuple(markets)

    def _view(self, habit: _Habit, moment: int) -> Latent:
        """The true line as the bookmaker sees it: late, and with its own error, which shrinks towards the start."""
        seen = self._truth.at(moment - habit.lag)
        fixture, sport = self._fixture, self._fixture.sport
        ahead = (fixture.start - moment) / self._settings.horizon
        share = 0.35 + 0.65 * min(1.0, max(0.0, ahead))
        return Latent(
            seen.margin + sport.margin_sd * habit.margin_error * share,
            seen.total + sport.total_sd * habit.total_error * share,
        )


class _Habit(Struct, frozen=True):
    """What one bookmaker does differently with one event, for all of its life. Times in seconds."""

    margin_error: float
    total_error: float
    lag: int
    reprice: int
    price_phase: int
    visit_phase: int
    missing: frozenset[str]
    home_first: bool


def _habit(draws: Draws, book: Bookmaker, fixture: Fixture, settings: SimulationSettings) -> _Habit:
    # Most opinions are close to the truth, one in twelve is far off: prices disagree a little often, a lot rarely.
    size = book.opinion * settings.opinion_noise * (2.2 if draws.uniform("outlier", book.house) < 1 / 12 else 0.8)
    reprice = max(settings.reprice_least, round(book.reprice * settings.lag_scale))
    return _Habit(
        margin_error=size * draws.normal("opinion-margin", book.house),
        total_error=size * draws.normal("opinion-total", book.house),
        lag=round(book.lag * settings.lag_scale),
        reprice=reprice,
        price_phase=draws.whole(0, reprice * _LINE_REPRICES - 1, "price-phase", book.key),
        visit_phase=draws.whole(0, settings.feed_interval - 1, "visit-phase", book.key),
        missing=frozenset(
            key for key in fixture.sport.markets if draws.uniform("never", book.key, key) < settings.never_offered_share
        ),
        home_first=draws.number("order", book.key) % 2 == 0,
    )


def _on_grid(moment: int, interval: int, phase: int) -> int:
    return (moment - phase) // interval * interval + phase


class Lines(Struct, frozen=True):
    """The points a bookmaker has up: the home side's handicap and the total."""

    spread: float
    total: float


def main_lines(sport: SportModel, view: Latent) -> Lines:
    """The line nearest to an even chance, or the sport's customary handicap on the favourite."""
    step = sport.point_step
    # Counts are skewed: their middle lies a little below their mean.
    middle = view.total - (0.15 if sport.dispersion == 0.0 else 0.35) * (sport.total_mean < 20)
    total = round(middle / step) * step
    if sport.fixed_spread is not None:
        return Lines(-sport.fixed_spread if view.margin >= 0 else sport.fixed_spread, total)
    spread = -round(view.margin / step) * step
    # A pick'em is written as half a point: level scores cannot happen where overtime is played.
    if spread == 0 and sport.overtime:
        spread = -step if view.margin >= 0 else step
    return Lines(spread + 0.0, total)


class _Side(Struct, frozen=True):
    name: str
    probability: float
    point: float | None = None


def _sides(key: str, fixture: Fixture, model: ScoreModel, lines: Lines) -> tuple[_Side, ...]:
    if key == "spreads":
        home = scoring.home_covers(model, lines.spread).probability
        return (_Side(fixture.home, home, lines.spread), _Side(fixture.away, 1.0 - home, 0.0 - lines.spread))
    if key == "totals":
        over = scoring.goes_over(model, lines.total).probability
        return (_Side("Over", over, lines.total), _Side("Under", 1.0 - over, lines.total))
    home = scoring.home_wins(model)
    if fixture.sport.three_way:
        level = scoring.draws_level(model)
        return (_Side(fixture.home, home), _Side(fixture.away, 1.0 - home - level), _Side(DRAW, level))
    return (_Side(fixture.home, home), _Side(fixture.away, 1.0 - home))


class _Generous(Struct, frozen=True):
    """One selection with an implied probability lower than it should be."""

    side: int
    implied: float


def _generous(
    book: Bookmaker, market: str, sides: tuple[_Side, ...], mistake: Mistake | None, here: bool
) -> _Generous | None:
    """The selection that a mistake or a boost makes too good; a boost is on an outsider to win, and meant."""
    if mistake is None:
        return None
    kept = 1.0 - mistake.discount
    if mistake.kind is MistakeKind.BOOST and market == "h2h" and book.boosts:
        outsider = min(range(len(sides)), key=lambda index: sides[index].probability)
        fair = sides[outsider].probability
        return _Generous(outsider, fair * kept) if _BOOSTED_LEAST < fair < _BOOSTED_MOST else None
    if mistake.kind is MistakeKind.FAT_FINGER and here:
        wrong = mistake.side % len(sides)
        return _Generous(wrong, _with_margin(book, sides, wrong) * kept)
    return None


def _with_margin(book: Bookmaker, sides: tuple[_Side, ...], index: int) -> float:
    """Part of the margin in proportion, part alike on all: the implied probabilities' sum is 1 + margin."""
    margin = book.margin * (1.0 if len(sides) == 2 else _THREE_WAY_MARGIN)
    fair = sides[index].probability
    return fair + margin * ((1.0 - book.lean) * fair + book.lean / len(sides))


def _priced(
    book: Bookmaker, sides: tuple[_Side, ...], generous: _Generous | None, home_first: bool
) -> tuple[PricedSelection, ...]:
    priced = []
    for index, side in enumerate(sides):
        if generous is not None and index == generous.side:
            implied = generous.implied
        else:
            implied = _with_margin(book, sides, index)
        priced.append(PricedSelection(side.name, american(implied, book.ladder), side.point))
    return tuple(priced) if home_first else tuple(reversed(priced))


def american(implied: float, step: int) -> int:
    """The price on a bookmaker's ladder nearest to an implied probability, in whole American odds.

    Steps are counted in cents from even money and grow with the price: 5-cent books write -110, -115, +240, +450.
    """
    decimal = 1.0 / min(_LONGEST, max(1.0 - _LONGEST, implied))
    cents = 100.0 * (decimal - 1.0) - 100.0 if decimal >= 2.0 else 100.0 - 100.0 / (decimal - 1.0)
    size = abs(cents)
    coarse = step if size < 100 else step * 2 if size < 300 else max(5, step * 5) if size < 900 else 50
    rounded = math.floor(cents / coarse + 0.5) * coarse
    return 100 + rounded if rounded >= 0 else rounded - 100
