"""Who reads the archive: each feed's decoder by its name, without a network, and the simulated market made again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NoReturn

import msgspec
from msgspec import Struct

from betting_tui.engine.core.decoded import DecodedOdds, DecodedScores
from betting_tui.engine.core.errors import BadAnswer, RequestRejected
from betting_tui.engine.core.model import Event, Sport
from betting_tui.engine.core.ports import SIMULATED, Answer, AnswerKind, Clock, OddsRequest
from betting_tui.engine.launch import SimulatedRun
from betting_tui.engine.sources import (
    espn,
    espn_decode,
    football_data_decode,
    recorded,
    sports_db,
    sports_db_decode,
    the_odds_api,
    the_odds_api_decode,
)
from betting_tui.engine.sources.simulated import SimulatedMarket
from betting_tui.engine.store.shapes import ArchiveRun

_DAYS_FROM = 3


def _no_odds(answer: Answer) -> NoReturn:
    raise BadAnswer(f"{answer.source} is a feed of results: it has no prices")


def _no_events(answer: Answer) -> NoReturn:
    raise BadAnswer(f"{answer.source} has no lists of fixtures")


class OfflineFeed(Struct, frozen=True):
    """Implements `ports.Source` and `ports.ResultsSource` for answers that are there already: it asks nobody."""

    name: str
    odds: Callable[[Answer], DecodedOdds] = _no_odds
    scores: Callable[[Answer], DecodedScores] = the_odds_api_decode.decode_scores
    events: Callable[[Answer], tuple[Event, ...]] = _no_events

    async def sports(self) -> tuple[Sport, ...]:
        return ()

    def covers(self, sport_key: str) -> bool:
        del sport_key
        return False

    async def fetch_odds(self, request: OddsRequest) -> Answer:
        raise RequestRejected(f"a replay asks nobody: not {self.name} for {request.sport_key} either")

    async def fetch_scores(self, sport_key: str, days_from: int) -> Answer:
        raise RequestRejected(f"a replay asks nobody: not {self.name} for {sport_key} of {days_from} days either")

    def decode_odds(self, answer: Answer) -> DecodedOdds:
        return self.odds(answer)

    def decode_scores(self, answer: Answer) -> DecodedScores:
        return self.scores(answer)

    def decode_events(self, answer: Answer) -> tuple[Event, ...]:
        return self.events(answer)

    async def aclose(self) -> None:
        """Nothing stays open."""


def offline_feeds() -> tuple[OfflineFeed, ...]:
    """One for every feed whose answers an archive may hold."""
    like_the_odds_api = tuple(
        OfflineFeed(
            name, the_odds_api_decode.decode_odds, the_odds_api_decode.decode_scores, the_odds_api_decode.decode_events
        )
        for name in (the_odds_api.NAME, recorded.NAME, SIMULATED)
    )
    return (
        *like_the_odds_api,
        OfflineFeed(football_data_decode.NAME, football_data_decode.decode_odds, football_data_decode.decode_scores),
        OfflineFeed(espn.NAME, scores=espn_decode.decode_scores),
        OfflineFeed(sports_db.NAME, scores=sports_db_decode.decode_scores),
    )


def market_of(run: ArchiveRun, clock: Clock) -> SimulatedMarket | None:
    """The simulated market of a run; None for a run on real feeds."""
    if run.seed is None or not run.parameters:
        return None
    parameters = msgspec.json.decode(run.parameters, type=SimulatedRun)
    return SimulatedMarket(run.seed, parameters.start, parameters.settings, clock)


def remade(answer: Answer, market: SimulatedMarket | None) -> Answer:
    """The answer with the bytes the market gave then: a simulated one is archived as its seed. Others as they are."""
    if market is None or answer.source != SIMULATED or answer.body:
        return answer
    if answer.kind is AnswerKind.SCORES:
        body = market.scores_body(answer.sport_key, answer.received_at, _DAYS_FROM)
    else:
        body = market.odds_body(answer.sport_key, answer.received_at, OddsRequest(answer.sport_key, answer.markets))
    return msgspec.structs.replace(answer, body=body)


class Reader:
    """Decodes the odds answers of an archive, run by run. Raises BadAnswer for what cannot be read."""

    def __init__(self, runs: Iterable[ArchiveRun], clock: Clock) -> None:
        self._runs = {run.id: run for run in runs}
        self._clock = clock
        self._feeds = {feed.name: feed for feed in offline_feeds()}
        self._markets: dict[int, SimulatedMarket | None] = {}

    def odds(self, run_id: int, answer: Answer) -> DecodedOdds:
        feed = self._feeds.get(answer.source)
        if feed is None:
            raise BadAnswer(f"an answer of {answer.source!r}, a feed this program does not know")
        return feed.decode_odds(remade(answer, self._market(run_id)))

    def _market(self, run_id: int) -> SimulatedMarket | None:
        if run_id not in self._markets:
            run = self._runs.get(run_id)
            self._markets[run_id] = None if run is None else market_of(run, self._clock)
        return self._markets[run_id]
