"""A made-up feed of many games at fixed prices, and a clock whose hands can be moved while time goes on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from betting_tui.engine.core.decoded import DecodedOdds, DecodedScores, EventQuotes
from betting_tui.engine.core.model import Event, Leg, LineKey, Opportunity, OutcomeSet, Quote, Selection, Sport
from betting_tui.engine.core.odds import parse_any
from betting_tui.engine.core.ports import Answer, AnswerKind, OddsRequest
from betting_tui.engine.core.scores import Score

SPORT = "basketball_nba"
BOOK = "fanduel"
PRICE = parse_any("+150")
GAME_LASTS = timedelta(hours=2)


def games(count: int, first_start: datetime, apart: timedelta) -> tuple[Event, ...]:
    return tuple(
        Event(f"game-{number}", SPORT, "NBA", first_start + number * apart, f"Home {number}", f"Away {number}")
        for number in range(count)
    )


def backing_home(event: Event, stake_minor: int) -> Leg:
    return Leg(Selection(_line(event), event.home_team or ""), BOOK, PRICE, stake_minor=stake_minor)


def opportunity_on(event: Event, stake_minor: int, found_at: datetime) -> Opportunity:
    return Opportunity(
        id=f"opp-{event.id}",
        strategy="value_betting",
        event=event,
        line=_line(event),
        legs=(backing_home(event, stake_minor),),
        discovered_at=found_at,
        expires_at=event.commence_time,
        edge=0.05,
        fair_probability=0.42,
        fair_odds=2.38,
    )


class WrongClock:
    """What the wall shows is `off` from the truth; `true` and `monotonic` never lie.

    Waiting lets so many seconds pass at a time and asks `each_step` what happens in them.
    """

    def __init__(self, start: datetime, step_seconds: float = 60.0) -> None:
        self.start = start
        self.step_seconds = step_seconds
        self.true = start
        self.off = timedelta(0)
        self.slept = timedelta(0)
        self.each_step: Callable[[], Awaitable[None]] | None = None

    def now(self) -> datetime:
        return self.true + self.off

    def monotonic(self) -> float:
        """Stands still while the machine sleeps, as on Linux and macOS."""
        return (self.true - self.start - self.slept).total_seconds()

    async def sleep(self, seconds: float) -> None:
        while seconds > 0:
            step = min(self.step_seconds, seconds)
            self.true += timedelta(seconds=step)
            seconds -= step
            if self.each_step is not None:
                await self.each_step()

    def suspend(self, hours: float) -> None:
        self.true += timedelta(hours=hours)
        self.slept += timedelta(hours=hours)


class Slate:
    """Quotes every game that has not started by the feed's own, right, clock; every home side wins by ten."""

    name = "slate"

    def __init__(self, clock: WrongClock, slate: Sequence[Event]) -> None:
        self._clock = clock
        self._slate = tuple(slate)
        self.asked_at: list[tuple[float, datetime]] = []

    async def sports(self) -> tuple[Sport, ...]:
        return ()

    async def fetch_odds(self, request: OddsRequest) -> Answer:
        self.asked_at.append((self._clock.monotonic(), self._clock.now()))
        return self._answer(AnswerKind.ODDS)

    async def fetch_scores(self, sport_key: str, days_from: int) -> Answer:
        return self._answer(AnswerKind.SCORES)

    def decode_odds(self, answer: Answer) -> DecodedOdds:
        told = answer.server_time or answer.received_at
        open_now = [event for event in self._slate if event.commence_time > told]
        return DecodedOdds(
            tuple(EventQuotes(event, _quotes(event, answer)) for event in open_now), markets=frozenset({"h2h"})
        )

    def decode_scores(self, answer: Answer) -> DecodedScores:
        told = answer.server_time or answer.received_at
        return DecodedScores(
            tuple(_won(event, told) for event in self._slate if event.commence_time + GAME_LASTS <= told)
        )

    async def aclose(self) -> None:
        """Nothing stays open."""

    def _answer(self, kind: AnswerKind) -> Answer:
        return Answer(self.name, kind, SPORT, b"[]", self._clock.now(), server_time=self._clock.true)


def _line(event: Event) -> LineKey:
    return LineKey(event.id, "h2h", OutcomeSet.TWO_WAY)


def _quotes(event: Event, answer: Answer) -> tuple[Quote, ...]:
    return tuple(
        Quote(Selection(_line(event), name), BOOK, PRICE, answer.source, answer.received_at, answer.server_time)
        for name in (event.away_team or "", event.home_team or "")
    )


def _won(event: Event, told: datetime) -> Score:
    return Score(
        event_id=event.id,
        source="slate",
        sport_key=SPORT,
        commence_time=event.commence_time,
        completed=True,
        home_team=event.home_team,
        away_team=event.away_team,
        home_score=110,
        away_score=100,
        includes_overtime=True,
        updated_at=told,
    )
