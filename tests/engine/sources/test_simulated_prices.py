"""What the simulated prices must show: honest margins, sharp and soft books, rare gifts, and skill that pays."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct
from simulated_market_kit import START, LineLook, looks, market

from betting_tui.engine.core.model import Quote
from betting_tui.engine.core.odds import OddsFormat, parse_price
from betting_tui.engine.sources.simulated import SimulatedMarket, demo_settings
from betting_tui.engine.sources.simulated.books import BOOK_BY_KEY, BOOKS, SHARP_KEYS
from betting_tui.engine.sources.simulated.draws import Draws
from betting_tui.engine.sources.simulated.pricing import american

SPORTS = demo_settings().sports
STEP = timedelta(seconds=90)
SOFT = tuple(book.key for book in BOOKS if book.key not in SHARP_KEYS)


class Bet(Struct, frozen=True):
    """One bet found while watching: its true worth when made, and how its price compares with the same book's last."""

    edge: float
    clv: float | None


class Watched(Struct):
    """All prices, looked at every 90 simulated seconds; `arbitrages` counts lines that ever were one."""

    event_hours: float
    margins: dict[tuple[str, str], list[float]]
    errors: dict[str, list[float]]
    minutes_per_change: dict[str, float]
    arbitrages: int
    quotes: int
    edges: list[float]
    skilled: list[Bet]
    blind: list[Bet]
    ages: list[float]


class _Watch:
    """Collects while time passes; `done` sums up."""

    def __init__(self, source: SimulatedMarket) -> None:
        self.source = source
        self.event_hours = 0.0
        self.margins: dict[tuple[str, str], list[float]] = {}
        self.errors: dict[str, list[float]] = {}
        self.last_price: dict[tuple[str, str, str], tuple[tuple[str, str, float | None], ...]] = {}
        self.seen: Counter[str] = Counter()
        self.changed: Counter[str] = Counter()
        self.arbitrages: set[str] = set()
        self.edges: list[float] = []
        self.quotes = 0
        self.ages: list[float] = []
        self.closing: dict[tuple[str, str, str], float] = {}
        self.taken: dict[tuple[str, str, str], tuple[float, float]] = {}
        self.blind: dict[tuple[str, str, str], tuple[float, float]] = {}

    def look(self, at: datetime, measure: bool) -> None:
        everything = list(looks(self.source, SPORTS, at))
        self.event_hours += len({look.event.id for look in everything}) * STEP.total_seconds() / 3600
        self.arbitrages |= {look.line.text for look in everything if 1 / look.best_sum() - 1 >= 0.01}
        for look in everything:
            self._books(look, measure)
            if "pinnacle" in look.books:
                self._edges(look)

    def _books(self, look: LineLook, measure: bool) -> None:
        for book, quotes in look.books.items():
            self.ages += [quotes[0].age_seconds(look.at)]
            shape = "three_way" if len(quotes) == 3 else "two_way"
            self.margins.setdefault((book, shape), []).append(sum(1 / q.price.decimal for q in quotes) - 1)
            prices = tuple((q.selection.name, q.price.text, q.selection.point) for q in quotes)
            key = (book, look.event.id, look.line.market)
            if key in self.last_price:
                self.seen[book] += 1
                self.changed[book] += self.last_price[key] != prices
            self.last_price[key] = prices
            for quote in quotes:
                self.closing[(look.line.text, quote.selection.name, book)] = quote.price.decimal
            if measure:
                fair = look.fair(book)
                self.errors.setdefault(book, []).extend(fair[q.selection.name] - self._chance(look, q) for q in quotes)

    def _edges(self, look: LineLook) -> None:
        fair = look.fair("pinnacle")
        for book in SOFT:
            for quote in look.books.get(book, ()):
                if quote.age_seconds(look.at) > 300:
                    continue
                self.quotes += 1
                edge = fair[quote.selection.name] * quote.price.decimal - 1
                key = (look.line.text, quote.selection.name, book)
                if edge >= 0.03:
                    self.edges.append(edge)
                if 0.05 <= edge <= 0.25 and key not in self.taken:
                    self.taken[key] = (self._worth(look, quote), quote.price.decimal)
                if key not in self.blind and Draws(*key).uniform("blind") < 0.15:
                    self.blind[key] = (self._worth(look, quote), quote.price.decimal)

    def _chance(self, look: LineLook, quote: Quote) -> float:
        side = quote.selection
        chance = self.source.true_probability(look.event.id, side.line.market, side.name, side.point, look.at)
        assert chance is not None
        return chance

    def _worth(self, look: LineLook, quote: Quote) -> float:
        side = quote.selection
        chance = self.source.true_chance(look.event.id, side.line.market, side.name, side.point, look.at)
        assert chance is not None
        return chance.edge(quote.price.decimal)

    def done(self) -> Watched:
        minutes = STEP.total_seconds() / 60
        return Watched(
            event_hours=self.event_hours,
            margins=self.margins,
            errors=self.errors,
            minutes_per_change={book: minutes * self.seen[book] / self.changed[book] for book in self.seen},
            arbitrages=len(self.arbitrages),
            quotes=self.quotes,
            edges=self.edges,
            skilled=self._bets(self.taken),
            blind=self._bets(self.blind),
            ages=self.ages,
        )

    def _bets(self, taken: dict[tuple[str, str, str], tuple[float, float]]) -> list[Bet]:
        return [Bet(edge, price / self.closing[key] - 1) for key, (edge, price) in taken.items()]


def watch(seed: int, hours: float) -> Watched:
    watching = _Watch(market(seed))
    for step in range(int(hours * 3600 / STEP.total_seconds())):
        watching.look(START + step * STEP, measure=step % 8 == 0)
    return watching.done()


@pytest.fixture(scope="module")
def watched() -> Watched:
    return watch(seed=5, hours=1.5)


def test_every_books_margin_is_its_own_and_the_sharp_ones_are_small(watched: Watched) -> None:
    for book in BOOKS:
        two_way = statistics.mean(watched.margins[(book.key, "two_way")])
        three_way = statistics.mean(watched.margins[(book.key, "three_way")])
        assert two_way == pytest.approx(book.margin, abs=0.002)
        assert book.margin < three_way <= 1.4 * book.margin
        assert 0.02 <= book.margin <= (0.035 if book.key in SHARP_KEYS else 0.06)


def test_sharp_books_are_nearer_to_the_truth_than_soft_ones(watched: Watched) -> None:
    wrong = {book: math.sqrt(statistics.mean(x * x for x in errors)) for book, errors in watched.errors.items()}
    assert max(wrong[key] for key in SHARP_KEYS) < min(wrong[key] for key in SOFT)
    assert wrong["pinnacle"] < 0.01
    assert wrong["espnbet"] > 1.5 * wrong["pinnacle"]


def test_a_books_price_holds_for_some_real_seconds_in_the_demo(watched: Watched) -> None:
    for book, minutes in watched.minutes_per_change.items():
        assert 3.5 <= minutes <= 8.0, book


def test_quotes_are_fresh_but_for_the_few_books_the_feed_cannot_reach(watched: Watched) -> None:
    old = sum(age > 300 for age in watched.ages) / len(watched.ages)
    assert statistics.median(watched.ages) <= 60
    assert 0 < old < 0.01


def test_value_against_the_sharp_line_is_there_and_rare(watched: Watched) -> None:
    ordinary = [edge for edge in watched.edges if edge < 0.10]
    assert 0.0005 <= len(watched.edges) / watched.quotes <= 0.01
    assert len(ordinary) >= 0.6 * len(watched.edges)


def test_arbitrages_are_real_and_rare(watched: Watched) -> None:
    assert 2 <= 100 * watched.arbitrages / watched.event_hours <= 25


def test_betting_on_edges_against_the_sharp_line_pays_and_betting_blindly_costs_the_margin(watched: Watched) -> None:
    assert len(watched.skilled) >= 25
    assert mean(bet.edge for bet in watched.skilled) > 0.02
    assert mean(bet.clv for bet in watched.skilled) > 0.02
    assert len(watched.blind) >= 300
    assert -0.075 < mean(bet.edge for bet in watched.blind) < -0.03
    assert abs(mean(bet.clv for bet in watched.blind)) < 0.015


def mean(values: Iterable[float | None]) -> float:
    return statistics.mean(value for value in values if value is not None)


@pytest.mark.long
def test_over_a_long_time_gifts_too_good_to_be_true_turn_up_and_the_rates_hold() -> None:
    seen = watch(seed=11, hours=18)
    assert 3 <= 100 * seen.arbitrages / seen.event_hours <= 20
    assert 0.001 <= len(seen.edges) / seen.quotes <= 0.006
    assert 0 < sum(edge > 0.25 for edge in seen.edges) < 0.1 * len(seen.edges)
    assert mean(bet.edge for bet in seen.skilled) > 0.03
    assert mean(bet.clv for bet in seen.skilled) > 0.03


def test_one_books_markets_agree_with_each_other() -> None:
    """The favourite of the moneyline is the one that gives points."""
    agreed = Counter[bool]()
    per_book: dict[tuple[str, str], dict[str, LineLook]] = {}
    for look in looks(market(), ("basketball_nba", "americanfootball_nfl"), START):
        for book in look.books:
            per_book.setdefault((look.event.id, book), {})[look.line.market] = look
    for (_, book), found in per_book.items():
        if {"h2h", "spreads"} <= set(found):
            event = found["h2h"].event
            home = found["h2h"].fair(book)[str(event.home_team)]
            point = found["spreads"].line.point
            if point is not None and abs(point) >= 1.5:
                agreed[(home > 0.5) == (point < 0)] += 1
    assert agreed[True] > 50
    assert agreed[False] == 0


@given(implied=st.floats(0.001, 0.999), step=st.sampled_from((1, 2, 5)))
def test_every_price_is_on_the_ladder_and_near_its_probability(implied: float, step: int) -> None:
    price = parse_price(american(implied, step), OddsFormat.AMERICAN)
    assert price.american % (1 if abs(price.american) < 200 else step) == 0
    assert 1 / price.decimal == pytest.approx(min(0.985, max(0.015, implied)), abs=0.014)


@given(first=st.floats(0.02, 0.98), second=st.floats(0.02, 0.98), book=st.sampled_from(sorted(BOOK_BY_KEY)))
def test_a_likelier_selection_never_pays_more(first: float, second: float, book: str) -> None:
    step = BOOK_BY_KEY[book].ladder
    likely = parse_price(american(max(first, second), step), OddsFormat.AMERICAN)
    unlikely = parse_price(american(min(first, second), step), OddsFormat.AMERICAN)
    assert likely.decimal <= unlikely.decimal
