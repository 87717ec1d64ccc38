"""Recorded answers with results, of any feed: whose they are is told by what is in them, never by the file's name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Raw, Struct, structs

from betting_tui.engine.core.decoded import DecodedScores
from betting_tui.engine.core.errors import BadAnswer, UsageError
from betting_tui.engine.core.ports import Answer, AnswerKind
from betting_tui.engine.core.times import EPOCH
from betting_tui.engine.sources import (
    espn_decode,
    espn_leagues,
    football_data_decode,
    sports_db_decode,
    sports_db_leagues,
)
from betting_tui.engine.sources.football_data_leagues import BY_SPORT
from betting_tui.engine.sources.football_data_rows import read_sheet
from betting_tui.engine.sources.recorded import read_answer, read_body
from betting_tui.engine.sources.the_odds_api_payload import fields, text_of

_DECODERS = {
    "espn": espn_decode.decode_scores,
    "thesportsdb": sports_db_decode.decode_scores,
    football_data_decode.NAME: football_data_decode.decode_scores,
}
_ESPN_SPORTS = {
    league.path.rpartition("/")[2]: key
    for key in espn_leagues.covered()
    if not key.endswith(("_preseason", "_all_stars")) and (league := espn_leagues.league_of(key)) is not None
}
_SPORTS_DB_SPORTS = {str(sports_db_leagues.number_of(key)): key for key in sports_db_leagues.covered()}


class _League(Struct, gc=False):
    slug: str = ""


class _Board(Struct, gc=False):
    """What ESPN and TheSportsDB have in common: a list of events; only one of them names leagues beside it."""

    events: list[Raw] | None = None
    leagues: list[_League] = []


_BOARD = msgspec.json.Decoder(_Board)
_BOARDS = msgspec.json.Decoder(list[_Board])


def read_scores(path: Path, *, now: datetime | None = None, sport_key: str = "") -> Answer:
    """One recorded answer of The Odds API, ESPN or TheSportsDB, or a season's file of football-data.co.uk.

    `sport_key` is for those that do not tell their sport. Without `now` it is received at its newest time. Raises
    UsageError (unknown shape, no sport) and BadAnswer, each naming the file.
    """
    body = read_body(path)
    if body.lstrip()[:1] in (b"[", b"{"):
        boards = [board for board in _boards(body) if board.events is not None]
        if not boards:
            return read_answer(path, AnswerKind.SCORES, now=now)
        return _answer(path, body, now, *_of_boards(path, boards, sport_key))
    if b"," in body.split(b"\n", 1)[0]:
        return _answer(path, body, now, football_data_decode.NAME, _sport_of_sheet(path, body, sport_key))
    return read_answer(path, AnswerKind.SCORES, now=now)


def _answer(path: Path, body: bytes, now: datetime | None, source: str, sport_key: str) -> Answer:
    answer = Answer(source, AnswerKind.SCORES, sport_key, body, now or EPOCH)
    try:
        decoded = _DECODERS[source](answer)
    except BadAnswer as bad:
        raise BadAnswer(f"{path}: {bad.message}", code=bad.code) from None
    return structs.replace(answer, received_at=now or _newest(decoded))


def _newest(decoded: DecodedScores) -> datetime:
    return max((score.updated_at or score.commence_time for score in decoded.scores), default=EPOCH)


def _boards(body: bytes) -> list[_Board]:
    """One scoreboard or a list of them; none for any other JSON."""
    try:
        return _BOARDS.decode(body) if body.lstrip().startswith(b"[") else [_BOARD.decode(body)]
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return []


def _of_boards(path: Path, boards: list[_Board], given: str) -> tuple[str, str]:
    """The feed by its games' fields, and their sport."""
    rows = [fields(row) for board in boards for row in board.events or ()]
    if any("idEvent" in row for row in rows):
        numbers = (text_of(row.get("idLeague")) for row in rows)
        told = (_SPORTS_DB_SPORTS.get(number, "") for number in numbers)
        return "thesportsdb", _sport(path, "TheSportsDB", given, told, _known_to_sports_db)
    if not rows or any("competitions" in row for row in rows):
        slugs = (league.slug for board in boards for league in board.leagues)
        return "espn", _sport(path, "ESPN", given, (_ESPN_SPORTS.get(slug, "") for slug in slugs), _known_to_espn)
    raise UsageError(
        f"{path} is no answer with results that is known here: The Odds API, ESPN, TheSportsDB or a season's file of"
        " football-data.co.uk"
    )


def _known_to_espn(sport_key: str) -> bool:
    return espn_leagues.league_of(sport_key) is not None


def _known_to_sports_db(sport_key: str) -> bool:
    return sports_db_leagues.number_of(sport_key) is not None


def _sport(path: Path, feed: str, given: str, told: Iterable[str], known: Callable[[str], bool]) -> str:
    found = sorted({sport for sport in told if sport})
    if given:
        if not known(given):
            raise UsageError(f"{feed} has no {given[:64]!r}: name the sport of {path} by a key that it has")
        return given
    if len(found) != 1:
        why = "does not tell" if not found else f"tells several sports ({', '.join(found)}), not"
        raise UsageError(f"{path} is an answer of {feed} that {why} which sport it is of: name it with --sport")
    return found[0]


def _sport_of_sheet(path: Path, body: bytes, given: str) -> str:
    """Empty where each row names its own competition."""
    try:
        columns = read_sheet(body).columns
    except BadAnswer as bad:
        raise BadAnswer(f"{path}: {bad.message}", code=bad.code) from None
    if given and given not in BY_SPORT:
        raise UsageError(f"football-data.co.uk has no {given[:64]!r}: name the sport of {path} by a key that it has")
    if not given and columns.division is None and columns.country is None:
        raise UsageError(
            f"{path} is a file of football-data.co.uk that does not tell its league: name it with --sport, such as"
            " --sport soccer_epl"
        )
    return given
