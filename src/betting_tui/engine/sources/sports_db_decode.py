"""From TheSportsDB's bytes to scores. Pure. A game is final by a status that says so and two scores, never by the
scores alone: volunteers fill them in while games are played."""

from __future__ import annotations

from datetime import datetime

import msgspec
from msgspec import Raw, Struct

from betting_tui.engine.core import sports
from betting_tui.engine.core.decoded import DecodedScores
from betting_tui.engine.core.ports import Answer
from betting_tui.engine.core.scores import Score, ScoreStatus
from betting_tui.engine.sources.results_feed import decoded, game_of, points_of, rows_of, start_of, teams_of
from betting_tui.engine.sources.sports_db_leagues import number_of
from betting_tui.engine.sources.the_odds_api_payload import Tally
from betting_tui.engine.sources.the_odds_api_times import MomentReader

_WORDS = {
    ScoreStatus.FINAL: "ft, aot, aet, pen, ap, finished, match finished, after extra time, after penalties",
    ScoreStatus.SCHEDULED: "ns, tbd, not started, time to be defined, scheduled",
    ScoreStatus.POSTPONED: "pst, post, postponed, match postponed",
    ScoreStatus.CANCELLED: "canc, cancelled, canceled, match cancelled, match canceled",
    ScoreStatus.ABANDONED: "abd, awd, wo, abandoned, match abandoned, awarded, walkover, technical loss",
    ScoreStatus.SUSPENDED: "susp, int, intr, suspended, interrupted, match suspended, match interrupted",
    ScoreStatus.IN_PLAY: "1h, ht, 2h, et, bt, p, live, q1, q2, q3, q4, ot, p1, p2, p3, pt, halftime, in progress, "
    "in1, in2, in3, in4, in5, in6, in7, in8, in9",
}
_STATUS = {word: status for status, words in _WORDS.items() for word in words.split(", ")}
_FULL_TIME = frozenset({"ft", "finished", "match finished"})


class _Game(Struct, gc=False, rename="camel"):
    id_event: str | int
    str_home_team: str | None = None
    str_away_team: str | None = None
    int_home_score: str | int | float | None = None
    int_away_score: str | int | float | None = None
    str_timestamp: str | None = None
    date_event: str | None = None
    str_time: str | None = None
    str_status: str | None = None
    str_postponed: str | None = None
    id_league: str | int | None = None


_GAME = msgspec.json.Decoder(_Game)


def decode_scores(answer: Answer) -> DecodedScores:
    """All games of a day, or of a list of days. Raises BadAnswer when nothing can be read."""
    tally, moments = Tally(), MomentReader()
    rows = rows_of(answer.body, "events", "TheSportsDB")
    return decoded(rows, (_score(row, answer, moments, tally) for row in rows), tally, "TheSportsDB")


def _score(row: Raw, answer: Answer, moments: MomentReader, tally: Tally) -> Score | None:
    game = game_of(row, _GAME, tally)
    if game is None or _of_another_league(game, answer.sport_key, tally):
        return None
    game_id, told = str(game.id_event), f"{game.str_timestamp or game.date_event}"
    start = start_of(game_id, _start(game, moments), told, tally)
    names = None if start is None else teams_of(game.str_home_team, game.str_away_team, tally)
    if start is None or names is None:
        return None
    home, away = names
    status = _status(game, f"{home} / {away}", tally)
    home_score, away_score = points_of(status, game.int_home_score, game.int_away_score)
    if status is ScoreStatus.FINAL and (home_score is None or away_score is None):
        tally.add("bad_score", f"{home} / {away} {game.int_home_score}-{game.int_away_score}")
        status = None
    final = status is ScoreStatus.FINAL
    plain = final and _word(game) in _FULL_TIME and sports.regulation_only(answer.sport_key)
    return Score(
        event_id=game_id,
        source=answer.source,
        sport_key=answer.sport_key,
        commence_time=start,
        completed=final,
        home_team=home,
        away_team=away,
        home_score=home_score,
        away_score=away_score,
        includes_overtime=_includes_overtime(answer.sport_key, plain, final),
        status=status,
        home_regulation=home_score if plain else None,
        away_regulation=away_score if plain else None,
    )


def _of_another_league(game: _Game, sport_key: str, tally: Tally) -> bool:
    """Whether the feed says so; counted."""
    number = number_of(sport_key)
    if game.id_league is None or number is None or str(game.id_league).strip() == str(number):
        return False
    tally.add("other_league", f"{game.str_home_team} / {game.str_away_team}")
    return True


def _start(game: _Game, moments: MomentReader) -> datetime | None:
    """The stated moment, which is UTC without saying so; a day without a time is no start."""
    return moments.read(game.str_timestamp) or (
        moments.read(f"{game.date_event}T{game.str_time}") if game.date_event and game.str_time else None
    )


def _word(game: _Game) -> str:
    return " ".join((game.str_status or "").casefold().split())


def _status(game: _Game, teams: str, tally: Tally) -> ScoreStatus | None:
    """By the feed's word. A mark of being postponed may outlive the game: against a final score nothing is known."""
    word = _word(game)
    status = _STATUS.get(word)
    if status is None and word:
        tally.add("unknown_status", f"{word}: {teams}")
    if (game.str_postponed or "").strip().casefold() != "yes":
        return status
    if status is ScoreStatus.FINAL:
        tally.add("postponed_final", teams)
        return None
    return ScoreStatus.POSTPONED


def _includes_overtime(sport_key: str, plain: bool, final: bool) -> bool | None:
    """Soccer finished at full time had no extra time; after it, whether the numbers count it is not documented."""
    if plain:
        return False
    return None if sports.regulation_only(sport_key) or not final else True
