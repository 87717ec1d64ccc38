"""From TheSportsDB's bytes to scores. Pure. A game is final by a status that says so and two scores, never by the
scores alone: volunteers fill them in while games are played."""

from __future__ import annotations

from datetime import datetime

import msgspec
from msgspec import Raw, Struct

from betting_tui.engine.core import sports
from betting_tui.engine.core.model import DecodedScores, Score, ScoreStatus
from betting_tui.engine.core.ports import Answer
from betting_tui.engine.sources.nearly_json import BROKEN
from betting_tui.engine.sources.results_feed import GAME_ID, decoded, points, rows_of, team
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
_SCORELESS = frozenset({ScoreStatus.SCHEDULED, ScoreStatus.POSTPONED, ScoreStatus.CANCELLED})


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
    try:
        game = _GAME.decode(row)
    except BROKEN as broken:
        tally.add("bad_event", broken)
        return None
    game_id, start = str(game.id_event), _start(game, moments)
    home, away = team(game.str_home_team), team(game.str_away_team)
    number = number_of(answer.sport_key)
    if game.id_league is not None and number is not None and str(game.id_league).strip() != str(number):
        tally.add("other_league", f"{home} / {away}")
        return None
    if GAME_ID.fullmatch(game_id) is None or start is None:
        tally.add("bad_event", f"{game_id} at {game.str_timestamp or game.date_event}")
        return None
    if not home or not away or home.casefold() == away.casefold():
        tally.add("bad_teams", f"{home} / {away}")
        return None
    status = _status(game, f"{home} / {away}", tally)
    scoreless = status in _SCORELESS
    home_score, away_score = (None, None) if scoreless else (points(game.int_home_score), points(game.int_away_score))
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
