"""The simulated market's answers in The Odds API v4 response schema, so that one decoder reads both."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from betting_tui.engine.core.times import from_micros, iso
from betting_tui.engine.sources.simulated.pricing import Board
from betting_tui.engine.sources.simulated.schedule import Fixture


class OutcomeOut(Struct, omit_defaults=True):
    name: str
    price: int
    point: float | None = None


class MarketOut(Struct):
    key: str
    last_update: str
    outcomes: list[OutcomeOut]


class BookmakerOut(Struct):
    key: str
    title: str
    last_update: str
    markets: list[MarketOut]


class EventOut(Struct):
    id: str
    sport_key: str
    sport_title: str
    commence_time: str
    home_team: str
    away_team: str
    bookmakers: list[BookmakerOut]


class ScoreOut(Struct):
    """The feed writes scores as text."""

    name: str
    score: str


class ScoreEventOut(Struct):
    id: str
    sport_key: str
    sport_title: str
    commence_time: str
    completed: bool
    home_team: str
    away_team: str
    scores: list[ScoreOut] | None
    last_update: str | None


_ENCODER = msgspec.json.Encoder()


def encode_events(events: Sequence[EventOut]) -> bytes:
    return _ENCODER.encode(events)


def encode_scores(scores: Sequence[ScoreEventOut]) -> bytes:
    return _ENCODER.encode(scores)


def stamp(moment: int) -> str:
    """Seconds since 1970 as the feed writes times: `2026-04-18T11:30:00Z`."""
    return iso(from_micros(moment * 1_000_000))


def event_out(fixture: Fixture, at: int, boards: Sequence[Board], markets: frozenset[str]) -> EventOut:
    return EventOut(
        id=fixture.id,
        sport_key=fixture.sport.key,
        sport_title=fixture.sport.title,
        commence_time=stamp(fixture.commence(at)),
        home_team=fixture.home,
        away_team=fixture.away,
        bookmakers=[out for board in boards if (out := _bookmaker_out(board, markets)).markets],
    )


def _bookmaker_out(board: Board, markets: frozenset[str]) -> BookmakerOut:
    seen = stamp(board.seen_at)
    return BookmakerOut(
        key=board.book.key,
        title=board.book.title,
        last_update=seen,
        markets=[
            MarketOut(
                key=market.key,
                last_update=seen,
                outcomes=[OutcomeOut(side.name, side.american, side.point) for side in market.selections],
            )
            for market in board.markets
            if market.key in markets
        ],
    )
