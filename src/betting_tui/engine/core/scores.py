"""Results as feeds state them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct


class ScoreStatus(StrEnum):
    """Where a game stands by its feed's own word. Only `final` has a score to settle by."""

    SCHEDULED = "scheduled"
    IN_PLAY = "in_play"
    FINAL = "final"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"
    ABANDONED = "abandoned"
    SUSPENDED = "suspended"
    RETIRED = "retired"
    WALKOVER = "walkover"


class PeriodScore(Struct, frozen=True):
    """What each side scored in one period; None for a half of an inning that was not played."""

    home: int | None
    away: int | None


class PlayingScore(Struct, frozen=True):
    """How one of our events stands while it goes on. `played` as in Score; None where the feed does not say."""

    event_id: str
    home: int
    away: int
    played: float | None = None


class Score(Struct, frozen=True):
    """A result as one feed states it. Scores are integers; None where the feed has none yet.

    `includes_overtime` says what the numbers mean for this sport and feed: None when nobody knows.
    `status` is None where the feed only says whether the game is over. The regulation scores are those without
    overtime, extra time, extra innings and shoot-outs; None when not known.

    `periods` are in the order of play, overtime last; empty when not known. `played` is how far the game came: minutes,
    in baseball innings (4.5: the bottom half was not needed or not played). `winner` is the side the feed declares to
    have won or to advance, by its name.
    """

    event_id: str
    source: str
    sport_key: str
    commence_time: datetime
    completed: bool
    home_team: str | None
    away_team: str | None
    home_score: int | None
    away_score: int | None
    includes_overtime: bool | None
    updated_at: datetime | None = None
    status: ScoreStatus | None = None
    home_regulation: int | None = None
    away_regulation: int | None = None
    periods: tuple[PeriodScore, ...] = ()
    played: float | None = None
    winner: str | None = None
