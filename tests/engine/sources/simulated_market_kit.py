"""What the tests of the simulated market share: a clock that stands where it is put, and a look at all its prices."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from betting_tui.engine.core.model import Event, LineKey, Quote
from betting_tui.engine.core.ports import Answer, AnswerKind, OddsRequest
from betting_tui.engine.sources.simulated import SimulatedMarket, SimulationSettings, demo_settings

START = datetime(2030, 1, 5, 12, 0, tzinfo=UTC)
SEED = 20_260


class StillClock:
    """Time moves only when a test moves it."""

    def __init__(self, now: datetime = START) -> None:
        self.moment = now

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.moment.timestamp()

    async def sleep(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


def market(
    seed: int = SEED, settings: SimulationSettings | None = None, clock: StillClock | None = None
) -> SimulatedMarket:
    return SimulatedMarket(seed, START, settings or demo_settings(), clock or StillClock())


def odds_answer(source: SimulatedMarket, sport_key: str, at: datetime) -> Answer:
    request = OddsRequest(sport_key)
    body = source.odds_body(sport_key, at, request)
    return Answer(source.name, AnswerKind.ODDS, sport_key, body, at, server_time=at, markets=request.markets)


def scores_answer(source: SimulatedMarket, sport_key: str, at: datetime, days_from: int = 3) -> Answer:
    body = source.scores_body(sport_key, at, days_from)
    return Answer(source.name, AnswerKind.SCORES, sport_key, body, at, server_time=at)


class LineLook(Struct, frozen=True):
    """One line at one moment: every bookmaker's complete market, as decoded."""

    at: datetime
    event: Event
    line: LineKey
    books: dict[str, tuple[Quote, ...]]

    def fair(self, book: str) -> dict[str, float]:
        """The bookmaker's prices without margin, by the power method: solved here by bisection, apart from the core."""
        implied = {quote.selection.name: 1.0 / quote.price.decimal for quote in self.books[book]}
        low, high = 0.2, 5.0
        for _ in range(60):
            middle = (low + high) / 2
            if sum(value**middle for value in implied.values()) > 1.0:
                low = middle
            else:
                high = middle
        return {name: value**low for name, value in implied.items()}

    def best_sum(self, max_age: float = 300.0) -> float:
        """The sum of implied probabilities at the best fresh prices: below 1 is an arbitrage."""
        best: dict[str, float] = {}
        for quotes in self.books.values():
            for quote in quotes:
                if quote.age_seconds(self.at) <= max_age:
                    best[quote.selection.name] = max(best.get(quote.selection.name, 0.0), quote.price.decimal)
        complete = 3 if self.line.outcome_set == "three_way" else 2
        return sum(1.0 / decimal for decimal in best.values()) if len(best) == complete else 2.0


def looks(source: SimulatedMarket, sports: tuple[str, ...], at: datetime) -> Iterator[LineLook]:
    """Every line of every event at one moment, through the decoder the real feed uses."""
    for sport_key in sports:
        for each in source.decode_odds(odds_answer(source, sport_key, at)).events:
            lines: dict[LineKey, dict[str, list[Quote]]] = {}
            for quote in each.quotes:
                lines.setdefault(quote.selection.line, {}).setdefault(quote.bookmaker, []).append(quote)
            for line, books in lines.items():
                yield LineLook(at, each.event, line, {book: tuple(quotes) for book, quotes in books.items()})
