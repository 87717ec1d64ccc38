"""The built-in simulated market: a Source that needs no key and no network."""

from __future__ import annotations

from datetime import datetime

from betting_tui.engine.core.decoded import DecodedOdds, DecodedScores
from betting_tui.engine.core.errors import RequestRejected
from betting_tui.engine.core.model import DRAW, Sport
from betting_tui.engine.core.ports import SIMULATED, Answer, AnswerKind, Clock, OddsRequest
from betting_tui.engine.core.times import to_micros
from betting_tui.engine.sources import the_odds_api_decode
from betting_tui.engine.sources.simulated import scoring, wire
from betting_tui.engine.sources.simulated.books import BOOK_BY_KEY, Bookmaker
from betting_tui.engine.sources.simulated.draws import Draws
from betting_tui.engine.sources.simulated.pricing import Pricer
from betting_tui.engine.sources.simulated.schedule import Fixture, Schedule
from betting_tui.engine.sources.simulated.scoreboard import score_out
from betting_tui.engine.sources.simulated.scoring import Chance, FinalScore, score_model
from betting_tui.engine.sources.simulated.settings import SimulationSettings
from betting_tui.engine.sources.simulated.sports import SPORT_BY_KEY, SportModel
from betting_tui.engine.sources.simulated.truth import Truth

_MARKETS = ("h2h", "spreads", "totals")
# Enough for what is listed; a finished event is asked for its score alone.
_KEPT_EVENTS = 96
_KEPT_FINALS = 4096


class SimulatedMarket:
    """Prices and results that follow from the seed and the clock alone.

    `start` is the moment the first listed event is close to; the market also has a past before it. Asking twice at
    one time gives the same bytes, whatever was asked in between.
    """

    def __init__(self, seed: int, start: datetime, settings: SimulationSettings, clock: Clock) -> None:
        self._seed = seed
        self._settings = settings
        self._clock = clock
        base = _seconds(start) // settings.start_grid * settings.start_grid
        self._schedule = Schedule(seed, base, settings)
        self._books = tuple(BOOK_BY_KEY[key] for key in settings.books)
        self._events: dict[str, _Event] = {}
        self._finals: dict[str, FinalScore] = {}

    @property
    def name(self) -> str:
        return SIMULATED

    async def sports(self) -> tuple[Sport, ...]:
        models = (SPORT_BY_KEY[key] for key in self._settings.sports)
        return tuple(Sport(model.key, model.group, model.title, active=True, has_outrights=False) for model in models)

    async def fetch_odds(self, request: OddsRequest) -> Answer:
        """The listed events that have not started. Raises RequestRejected for an unknown sport or market."""
        sport = self._sport(request.sport_key)
        unknown = sorted(set(request.markets) - set(_MARKETS))
        if unknown:
            message = f"the simulated market has no {', '.join(unknown)}: ask for {', '.join(_MARKETS)}"
            raise RequestRejected(message, code="INVALID_MARKET")
        now = self._clock.now()
        body = self.odds_body(sport.key, now, request)
        return Answer(SIMULATED, AnswerKind.ODDS, sport.key, body, now, server_time=now, markets=request.markets)

    async def fetch_scores(self, sport_key: str, days_from: int) -> Answer:
        """Upcoming, in play, and completed in the last `days_from` days (0: none). Raises RequestRejected."""
        sport = self._sport(sport_key)
        if not 0 <= days_from <= 3:
            raise RequestRejected("results go back 1 to 3 days: ask for that many", code="INVALID_SCORES_DAYS_FROM")
        now = self._clock.now()
        body = self.scores_body(sport.key, now, days_from)
        return Answer(SIMULATED, AnswerKind.SCORES, sport.key, body, now, server_time=now)

    def decode_odds(self, answer: Answer) -> DecodedOdds:
        return the_odds_api_decode.decode_odds(answer)

    def decode_scores(self, answer: Answer) -> DecodedScores:
        return the_odds_api_decode.decode_scores(answer)

    async def aclose(self) -> None:
        """Nothing is held open."""

    def odds_body(self, sport_key: str, at: datetime, request: OddsRequest) -> bytes:
        moment = _seconds(at)
        books = self._chosen(request)
        markets = frozenset(request.markets)
        fixtures = sorted(self._schedule.upcoming(moment, sport_key), key=lambda each: (each.commence(moment), each.id))
        events = []
        for fixture in fixtures:
            pricer = self._event(fixture).pricer
            boards = [board for book in books if (board := pricer.board(book, moment)) is not None]
            events.append(wire.event_out(fixture, moment, boards, markets))
        return wire.encode_events(events)

    def scores_body(self, sport_key: str, at: datetime, days_from: int) -> bytes:
        moment = _seconds(at)
        since = moment - min(days_from * 86_400, self._settings.results_kept)
        longest = 2 * round(60 * SPORT_BY_KEY[sport_key].minutes * self._settings.duration_scale) + 600
        fixtures = [
            fixture
            for fixture in self._schedule.started(moment, since - longest, sport_key)
            if fixture.published_at > since
        ]
        fixtures += self._schedule.upcoming(moment, sport_key)
        fixtures.sort(key=lambda each: (each.commence(moment), each.id))
        return wire.encode_scores(
            [
                score_out(fixture, self._final(fixture), moment, Draws(self._seed, "score", fixture.id))
                for fixture in fixtures
            ]
        )

    def true_chance(
        self, event_id: str, market: str, selection: str, point: float | None, at: datetime
    ) -> Chance | None:
        """What a bet on a selection is truly worth at a moment; `point` is the selection's own.

        None for what this market does not have.
        """
        fixture = self._schedule.by_id(event_id)
        if fixture is None or market not in fixture.sport.markets:
            return None
        model = score_model(fixture.sport, self._event(fixture).truth.at(_seconds(at)))
        match market, point:
            case "spreads", float(line) if selection == fixture.home:
                return scoring.home_covers(model, line)
            case "spreads", float(line) if selection == fixture.away:
                return scoring.home_covers(model, -line).reversed()
            case "totals", float(line) if selection == "Over":
                return scoring.goes_over(model, line)
            case "totals", float(line) if selection == "Under":
                return scoring.goes_over(model, line).reversed()
            case "h2h", None:
                return _moneyline(fixture, model, selection)
            case _:
                return None

    def true_probability(
        self, event_id: str, market: str, selection: str, point: float | None, at: datetime
    ) -> float | None:
        """The chance that a selection wins when it is not a push: the inverse of its fair price."""
        chance = self.true_chance(event_id, market, selection, point, at)
        return None if chance is None else chance.probability

    def final_score(self, event_id: str) -> FinalScore | None:
        """How an event will end: for tests and statistics."""
        fixture = self._schedule.by_id(event_id)
        return None if fixture is None else self._final(fixture)

    def fixture(self, event_id: str) -> Fixture | None:
        """Names and times of an event, future changes included: for tests and statistics."""
        return self._schedule.by_id(event_id)

    def _sport(self, key: str) -> SportModel:
        if key not in self._settings.sports:
            known = ", ".join(self._settings.sports)
            raise RequestRejected(f"the simulated market has no sport {key}: it has {known}", code="UNKNOWN_SPORT")
        return SPORT_BY_KEY[key]

    def _chosen(self, request: OddsRequest) -> tuple[Bookmaker, ...]:
        """Named bookmakers win over regions, as with the real feed; neither means all."""
        if request.bookmakers:
            return tuple(book for book in self._books if book.key in request.bookmakers)
        if request.regions:
            return tuple(book for book in self._books if book.region in request.regions)
        return self._books

    def _event(self, fixture: Fixture) -> _Event:
        known = self._events.pop(fixture.id, None)
        if known is None:
            known = _Event(self._seed, fixture, self._settings)
            if len(self._events) >= _KEPT_EVENTS:
                del self._events[next(iter(self._events))]
        self._events[fixture.id] = known
        return known

    def _final(self, fixture: Fixture) -> FinalScore:
        known = self._finals.get(fixture.id)
        if known is None:
            if len(self._finals) >= _KEPT_FINALS:
                self._finals.clear()
            known = self._finals[fixture.id] = self._event(fixture).final
        return known


class _Event:
    """What is computed once for an event and kept: memory, never state."""

    __slots__ = ("final", "pricer", "truth")

    def __init__(self, seed: int, fixture: Fixture, settings: SimulationSettings) -> None:
        self.truth = Truth(seed, fixture, settings)
        self.pricer = Pricer(seed, fixture, self.truth, settings)
        model = score_model(fixture.sport, self.truth.at(fixture.start))
        self.final = model.draw(Draws(seed, "result", fixture.id))


def _moneyline(fixture: Fixture, model: scoring.ScoreModel, selection: str) -> Chance | None:
    home, level = scoring.home_wins(model), scoring.draws_level(model)
    if selection == fixture.home:
        return Chance(home, 1.0 - home)
    if selection == fixture.away:
        return Chance(1.0 - home - level, home + level)
    if selection == DRAW and fixture.sport.three_way:
        return Chance(level, 1.0 - level)
    return None


def _seconds(moment: datetime) -> int:
    return to_micros(moment) // 1_000_000
