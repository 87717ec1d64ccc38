"""From an ESPN scoreboard's bytes to scores. Pure. A game is final only when the feed says so twice: completed, and by
the name of its status; a postponed or cancelled one also looks over, at 0-0."""

from __future__ import annotations

from typing import TypeVar

import msgspec
from msgspec import Raw, Struct

from betting_tui.engine.core import sports
from betting_tui.engine.core.decoded import DecodedScores
from betting_tui.engine.core.ports import Answer
from betting_tui.engine.core.scores import PeriodScore, Score, ScoreStatus
from betting_tui.engine.sources.espn_leagues import League, league_of, sport_of_game
from betting_tui.engine.sources.nearly_json import BROKEN
from betting_tui.engine.sources.results_feed import (
    SCORELESS,
    decoded,
    game_of,
    points,
    points_of,
    rows_of,
    start_of,
    teams_of,
)
from betting_tui.engine.sources.the_odds_api_payload import Tally
from betting_tui.engine.sources.the_odds_api_times import MomentReader

_T = TypeVar("_T")
_FINAL = frozenset(
    f"STATUS_{name}"
    for name in "FINAL FULL_TIME FINAL_AET FINAL_PEN FINAL_OT FULL_TIME_ET FULL_PEN FINAL_SHOOTOUT".split()
)
_BEYOND_REGULATION = _FINAL - {"STATUS_FINAL", "STATUS_FULL_TIME"}
_STOPPED = {
    "STATUS_POSTPONED": ScoreStatus.POSTPONED,
    "STATUS_CANCELED": ScoreStatus.CANCELLED,
    "STATUS_CANCELLED": ScoreStatus.CANCELLED,
    "STATUS_ABANDONED": ScoreStatus.ABANDONED,
    "STATUS_FORFEIT": ScoreStatus.ABANDONED,
    "STATUS_SUSPENDED": ScoreStatus.SUSPENDED,
    "STATUS_RETIRED": ScoreStatus.RETIRED,
    "STATUS_WALKOVER": ScoreStatus.WALKOVER,
}
_BY_STATE = {"pre": ScoreStatus.SCHEDULED, "in": ScoreStatus.IN_PLAY}
_BROKEN_OFF = frozenset({ScoreStatus.ABANDONED, ScoreStatus.SUSPENDED})
_WITH_WINNER = frozenset({ScoreStatus.FINAL, ScoreStatus.RETIRED, ScoreStatus.WALKOVER})
_EXHIBITIONS = frozenset({"ALLSTAR", "EXH", "EXHIBITION", "CELEB"})
_PRESEASON = 1
_NEVER_LEVEL = ("basketball_", "baseball_mlb", "icehockey_nhl")
_MOST_PERIODS = 40
# Two halves, and two of extra time.
_SOCCER_PERIODS = 4
_LONGEST_CLOCK = 4 * 3600.0
_NOTHING = Raw(b"null")


class _StatusType(Struct, gc=False):
    name: str = ""
    state: str = ""
    completed: bool = False


class _Status(Struct, gc=False):
    type: _StatusType
    period: int | float | None = None
    clock: Raw = _NOTHING


class _Team(Struct, gc=False, rename="camel"):
    display_name: str = ""


class _Side(Struct, gc=False, rename="camel"):
    home_away: str
    team: _Team
    score: str | int | float | None = None
    winner: bool | None = None
    advance: bool | None = None
    linescores: Raw = _NOTHING


class _Competition(Struct, gc=False):
    competitors: list[_Side]
    status: _Status | None = None
    type: Raw = _NOTHING
    format: Raw = _NOTHING


class _Game(Struct, gc=False):
    id: str
    date: str
    competitions: list[_Competition]
    status: _Status | None = None
    season: Raw = _NOTHING


class _Kind(Struct, gc=False):
    abbreviation: str = ""


class _Season(Struct, gc=False):
    type: int = 0
    slug: str = ""


class _Regulation(Struct, gc=False):
    periods: int = 0


class _Format(Struct, gc=False):
    regulation: _Regulation


class _Line(Struct, gc=False):
    value: int | float | None = None


_GAME = msgspec.json.Decoder(_Game)
_KIND = msgspec.json.Decoder(_Kind)
_SEASON = msgspec.json.Decoder(_Season)
_FORMAT = msgspec.json.Decoder(_Format)
_LINES = msgspec.json.Decoder(list[_Line])
_CLOCK = msgspec.json.Decoder(float)


class _Ending(Struct, frozen=True):
    """How a game stands. `beyond`: whether more than regulation time was played; None when the feed does not tell."""

    status: ScoreStatus | None
    beyond: bool | None
    periods: int


def decode_scores(answer: Answer) -> DecodedScores:
    """All games of a scoreboard, or of a list of scoreboards. Raises BadAnswer when nothing can be read."""
    tally, moments = Tally(), MomentReader()
    rows = rows_of(answer.body, "events", "ESPN")
    return decoded(rows, (_score(row, answer, moments, tally) for row in rows), tally, "ESPN")


def _score(row: Raw, answer: Answer, moments: MomentReader, tally: Tally) -> Score | None:
    """One game; None, counted, for one that cannot be read and for exhibitions nobody has a sport key for."""
    game = game_of(row, _GAME, tally)
    sides = None if game is None else _sides(game, tally)
    if game is None or sides is None:
        return None
    home, away = sides
    names = teams_of(home.team.display_name, away.team.display_name, tally)
    start = None if names is None else start_of(game.id, moments.read(game.date), game.date, tally)
    if names is None or start is None:
        return None
    home_name, away_name = names
    sport_key = _sport_key(game, answer.sport_key)
    if not sport_key:
        tally.add("exhibition", f"{home_name} / {away_name}")
        return None
    ending = _ending(game, league_of(answer.sport_key))
    home_score, away_score = points_of(ending.status, home.score, away.score)
    doubt = _doubt(sport_key, home, away, home_score, away_score) if ending.status is ScoreStatus.FINAL else ""
    if doubt:
        tally.add(doubt, f"{home_name} / {away_name} {home.score}-{away.score}")
        ending = _Ending(None, None, ending.periods)
    final = ending.status is ScoreStatus.FINAL
    regulation = _regulation(sport_key, ending, home, away) if final else (None, None)
    return Score(
        event_id=game.id,
        source=answer.source,
        sport_key=sport_key,
        commence_time=start,
        completed=final,
        home_team=home_name,
        away_team=away_name,
        home_score=home_score,
        away_score=away_score,
        includes_overtime=_includes_overtime(sport_key, ending.beyond),
        status=ending.status,
        home_regulation=regulation[0],
        away_regulation=regulation[1],
        periods=() if ending.status in SCORELESS else _periods(sport_key, home, away),
        played=_played(sport_key, game) if ending.status in _BROKEN_OFF else None,
        winner=_winner(home, away, home_name, away_name) if ending.status in _WITH_WINNER else None,
    )


def _sides(game: _Game, tally: Tally) -> tuple[_Side, _Side] | None:
    """Home and away side, by what they are called, never by their place."""
    by_place = {side.home_away: side for side in (game.competitions[0].competitors if game.competitions else ())}
    home, away = by_place.get("home"), by_place.get("away")
    if home is None or away is None or len(game.competitions[0].competitors) != 2:
        tally.add("bad_sides", game.id)
        return None
    return home, away


def _sport_key(game: _Game, asked: str) -> str:
    kind = _try(_KIND, game.competitions[0].type)
    season = _try(_SEASON, game.season)
    exhibition = kind is not None and kind.abbreviation.upper().replace("-", "") in _EXHIBITIONS
    early = season is not None and (season.type == _PRESEASON or season.slug in ("preseason", "pre-season"))
    return sport_of_game(asked, early, exhibition)


def _ending(game: _Game, league: League | None) -> _Ending:
    """The game's standing by the feed's rule. Where the feed states it twice and differently, it is not known."""
    competition = game.competitions[0]
    stated = competition.status or game.status
    told = _try(_FORMAT, competition.format)
    periods = told.regulation.periods if told is not None else 0
    periods = periods if 0 < periods <= _MOST_PERIODS else (league.periods if league is not None else 0)
    if stated is None:
        return _Ending(None, None, periods)
    status = _status(stated.type)
    if game.status is not None and competition.status is not None and _status(game.status.type) is not status:
        status = None
    return _Ending(status, _beyond(stated, periods), periods)


def _status(kind: _StatusType) -> ScoreStatus | None:
    if kind.name in _STOPPED:
        return _STOPPED[kind.name]
    if kind.completed:
        return ScoreStatus.FINAL if kind.name in _FINAL else None
    return None if kind.name in _FINAL else _BY_STATE.get(kind.state)


def _beyond(stated: _Status, periods: int) -> bool | None:
    if stated.type.name in _BEYOND_REGULATION:
        return True
    period = points(stated.period)
    if not period or not periods:
        return None
    return period > periods


def _doubt(sport_key: str, home: _Side, away: _Side, home_score: int | None, away_score: int | None) -> str:
    """Why a final score cannot be one: unreadable, level where games are played out, or won by the side behind."""
    if home_score is None or away_score is None:
        return "bad_score"
    if home_score == away_score:
        return "level_final" if sport_key.startswith(_NEVER_LEVEL) and "preseason" not in sport_key else ""
    winner, loser = (home, away) if home_score > away_score else (away, home)
    return "winner_behind" if loser.winner and not winner.winner else ""


def _includes_overtime(sport_key: str, beyond: bool | None) -> bool | None:
    """ESPN's number is the last one on the board, so it counts whatever was played, but for a soccer shoot-out."""
    return beyond if sports.regulation_only(sport_key) else True


def _regulation(sport_key: str, ending: _Ending, home: _Side, away: _Side) -> tuple[int | None, int | None]:
    """The score at the end of regulation time; None where nothing tells it beyond doubt."""
    if ending.beyond is None:
        return None, None
    if not ending.beyond:
        return points(home.score), points(away.score)
    at_home, on_the_road = _first(home, ending.periods), _first(away, ending.periods)
    if at_home is None or on_the_road is None:
        return None, None
    # Overtime follows a level score, but for the second leg of a tie.
    if at_home != on_the_road and not sports.regulation_only(sport_key):
        return None, None
    return at_home, on_the_road


def _first(side: _Side, periods: int) -> int | None:
    """The sum of the first periods, which may not be more than the final score."""
    lines = _try(_LINES, side.linescores)
    if lines is None or not 0 < periods <= len(lines) <= _MOST_PERIODS:
        return None
    values = [None if line.value is None else points(line.value) for line in lines[:periods]]
    total = sum(value for value in values if value is not None)
    final = points(side.score)
    return None if None in values or final is None or total > final else total


def _periods(sport_key: str, home: _Side, away: _Side) -> tuple[PeriodScore, ...]:
    """What both sides scored in each period, where the feed tells it of both: all of it or nothing.

    In baseball one side may have a half inning less, which was not played. A soccer shoot-out is listed like a period,
    and is none.
    """
    scored = _scored(home), _scored(away)
    if scored[0] is None or scored[1] is None:
        return ()
    at_home, on_the_road = list(scored[0]), list(scored[1])
    short = len(on_the_road) - len(at_home)
    if sport_key.startswith("baseball") and short == 1:
        at_home.append(None)
    elif short:
        return ()
    if not sport_key.startswith("baseball") and (None in at_home or None in on_the_road):
        return ()
    last = _SOCCER_PERIODS if sport_key.startswith("soccer") else None
    return tuple(PeriodScore(one, other) for one, other in zip(at_home, on_the_road, strict=True))[:last]


def _scored(side: _Side) -> list[int | None] | None:
    lines = _try(_LINES, side.linescores)
    if not lines or len(lines) > _MOST_PERIODS:
        return None
    found = [None if line.value is None else points(line.value) for line in lines]
    unreadable = any(value is None and line.value is not None for line, value in zip(lines, found, strict=True))
    return None if unreadable else found


def _played(sport_key: str, game: _Game) -> float | None:
    """Minutes of a soccer game that broke off: its clock counts up, those of other sports down."""
    stated = game.competitions[0].status or game.status
    if stated is None or not sport_key.startswith("soccer"):
        return None
    seconds = _try(_CLOCK, stated.clock)
    return seconds / 60 if seconds is not None and 0 < seconds < _LONGEST_CLOCK else None


def _winner(home: _Side, away: _Side, home_name: str, away_name: str) -> str | None:
    """Who won or goes on, where the feed names one side alone."""
    told = [name for side, name in ((home, home_name), (away, away_name)) if side.advance or side.winner]
    return told[0] if len(told) == 1 else None


def _try(decoder: msgspec.json.Decoder[_T], raw: Raw) -> _T | None:
    """A part the score does not depend on; None when it is missing or broken."""
    try:
        return decoder.decode(raw)
    except BROKEN:
        return None
