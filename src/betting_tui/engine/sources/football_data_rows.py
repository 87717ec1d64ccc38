"""A football-data.co.uk file, line by line: a broken line costs that line alone.

Dates and times are UK local time; two digits of a year mean 1993 to 2092, as the oldest file is of 1993.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time
from enum import StrEnum
from hashlib import blake2b

from msgspec import Struct

from betting_tui.engine.core.errors import BadAnswer
from betting_tui.engine.core.model import DRAW, Event
from betting_tui.engine.core.text import clean
from betting_tui.engine.core.times import iso, parse_time
from betting_tui.engine.sources.football_data_columns import Columns, read_header
from betting_tui.engine.sources.football_data_leagues import BY_CODE, LEAGUES, UK, League
from betting_tui.engine.sources.the_odds_api_payload import Tally

MAX_ROWS = 50_000
MAX_LINE = 20_000
ROW_LOST = frozenset({"bad_row", "unknown_division", "bad_teams", "bad_start", "bad_score", "contradictory_score"})
_NAME_LIMIT = 120
_FIRST_YEAR, _LAST_YEAR = 1993, 2092
_NOON = time(12)
_DATE = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4}|[0-9]{2})")
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::[0-9]{2})?")
_GOALS = re.compile(r"([0-9]{1,3})(?:\.0*)?")
# Put before the header when rows are cut out of a file, so that an archived answer still says how old its prices are.
_MODIFIED = "#modified "
_BY_COUNTRY = {each.title.rpartition(" - ")[2].casefold(): each for each in LEAGUES if each.country_file}


class Fate(StrEnum):
    """What a row says became of its game.

    `awarded`: it has a result, and nothing shows that it was played: no book priced it and nobody counted a shot.
    Bookmakers void such a game, so its result must settle nothing.
    """

    SCHEDULED = "scheduled"
    PLAYED = "played"
    AWARDED = "awarded"


class Game(Struct, frozen=True):
    """One row, understood but for its prices. `start` is the beginning of the day (UK) when no time is given: the
    earliest it can be, so that no later price passes for one before the game. `half_time`: both scores, where told."""

    league: League
    day: date
    start: datetime
    start_known: bool
    home: str
    away: str
    fate: Fate
    home_score: int | None
    away_score: int | None
    cells: Sequence[str]
    half_time: tuple[int, int] | None = None

    @property
    def id(self) -> str:
        return event_id(self.league, self.day, self.home, self.away)

    @property
    def event(self) -> Event:
        return Event(self.id, self.league.sport_key, self.league.title, self.start, self.home, self.away)

    @property
    def match_time(self) -> datetime:
        """For finding the same game in another feed: noon when no time is given, at most 12 hours off."""
        return self.start if self.start_known else _utc(self.day, _NOON)


class Sheet(Struct, frozen=True):
    """A file's header and lines, not yet read. `modified_at` is when the site last changed it, where that is known."""

    header: str
    columns: Columns
    lines: tuple[str, ...]
    modified_at: datetime | None = None


def event_id(league: League, day: date, home: str, away: str) -> str:
    """`fd-E0-20240816-` and twelve hex digits of both names: the same in fixtures.csv and in the season's file.

    A game that is put off to another day is another event, as the file does not say which one it was.
    """
    names = f"{home}|{away}".casefold().encode()
    return f"fd-{league.code}-{day:%Y%m%d}-{blake2b(names, digest_size=6).hexdigest()}"


def read_sheet(body: bytes) -> Sheet:
    """Raises BadAnswer for what is no file of this site."""
    lines = [line for line in _text(body).replace("\r\n", "\n").replace("\r", "\n").split("\n") if line.strip(", \t")]
    modified_at = None
    if lines and lines[0].startswith(_MODIFIED):
        modified_at = _moment(lines.pop(0).removeprefix(_MODIFIED))
    if not lines:
        raise BadAnswer("the file is empty: nothing was read")
    header = lines[0].removeprefix("\ufeff")
    return Sheet(header, read_header(split_line(header[: MAX_LINE * 2]) or ()), tuple(lines[1:]), modified_at)


def cut(sheet: Sheet, keep: Callable[[str], bool]) -> bytes:
    """The lines that `keep` wants, each as it came, under the header and with the time of the file."""
    head = () if sheet.modified_at is None else (_MODIFIED + iso(sheet.modified_at),)
    kept = (line for line in sheet.lines if keep(line))
    return ("\n".join((*head, sheet.header, *kept)) + "\n").encode()


def split_line(line: str) -> list[str] | None:
    """The cells of one line; None when it is none of a CSV file."""
    if len(line) > MAX_LINE * 2:
        return None
    if '"' not in line:
        return line.split(",")
    try:
        return next(csv.reader([line]), None)
    except csv.Error:
        return None


def games(sheet: Sheet, asked: League | None, tally: Tally) -> Iterator[Game]:
    """The readable rows of one competition (of all with None); what cannot be read is counted, others are passed over.

    A file may hold another competition than its name says (the site serves one for another before a season begins):
    what a row says of itself counts, the question only where it says nothing.
    """
    for name in sheet.columns.repeated:
        tally.add("repeated_column", name)
    if len(sheet.lines) > MAX_ROWS:
        tally.add("too_many_rows", f"{len(sheet.lines)} rows", len(sheet.lines) - MAX_ROWS)
    for line in sheet.lines[:MAX_ROWS]:
        cells = split_line(line) if len(line) <= MAX_LINE else None
        if cells is None:
            tally.add("bad_row", line[:200])
            continue
        league = league_of(sheet.columns, cells, asked)
        if league is None:
            tally.add("unknown_division", cell(cells, sheet.columns.division))
        elif asked is None or league is asked:
            game = _game(sheet.columns, cells, league, tally)
            if game is not None:
                yield game


def league_of(columns: Columns, cells: Sequence[str], asked: League | None) -> League | None:
    """The competition a row belongs to; None when it names none that is known and none was asked for."""
    division = cell(cells, columns.division)
    if columns.division is not None:
        return BY_CODE.get(division)
    country = cell(cells, columns.country).casefold()
    return _BY_COUNTRY.get(country) or asked


def cell(cells: Sequence[str], index: int | None) -> str:
    """A cell's text; empty where the file has no such column or the row ends before it."""
    return cells[index].strip() if index is not None and index < len(cells) else ""


def read_day(text: str) -> date | None:
    """`16/08/2024` or `16/08/24`; None for anything else."""
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    year = int(found[3])
    if len(found[3]) == 2:
        year += 1900 if year >= _FIRST_YEAR % 100 else 2000
    try:
        return date(year, int(found[2]), int(found[1])) if _FIRST_YEAR <= year <= _LAST_YEAR else None
    except ValueError:
        return None


def _game(columns: Columns, cells: Sequence[str], league: League, tally: Tally) -> Game | None:
    home = clean(cell(cells, columns.home), _NAME_LIMIT)
    away = clean(cell(cells, columns.away), _NAME_LIMIT)
    if not home or not away or home.casefold() == away.casefold() or DRAW in (home, away):
        tally.add("bad_teams", f"{home} / {away}")
        return None
    day = read_day(cell(cells, columns.date))
    if day is None:
        tally.add("bad_start", cell(cells, columns.date))
        return None
    clock = _time_of_day(cell(cells, columns.time), tally)
    scores = _scores(columns, cells, tally)
    if scores is None:
        return None
    return Game(
        league=league,
        day=day,
        start=_utc(day, clock or time(0)),
        start_known=clock is not None,
        home=home,
        away=away,
        fate=_fate(columns, cells, scores[0]),
        home_score=scores[0],
        away_score=scores[1],
        cells=cells,
        half_time=_half_time(columns, cells, scores),
    )


def _half_time(columns: Columns, cells: Sequence[str], scores: tuple[int | None, int | None]) -> tuple[int, int] | None:
    """None where it is not told, or cannot be: more than the final score."""
    found = [_GOALS.fullmatch(cell(cells, index)) for index in (columns.home_half, columns.away_half)]
    goals = tuple(int(each[1]) for each in found if each is not None)
    if len(goals) != 2 or scores[0] is None or scores[1] is None or goals[0] > scores[0] or goals[1] > scores[1]:
        return None
    return goals[0], goals[1]


def _scores(columns: Columns, cells: Sequence[str], tally: Tally) -> tuple[int | None, int | None] | None:
    """Both scores, or none; None, counted, when they cannot be read or the stated winner is another."""
    texts = (cell(cells, columns.home_score), cell(cells, columns.away_score))
    result = cell(cells, columns.result).upper()
    if texts == ("", "") and not result:
        return None, None
    found = [_GOALS.fullmatch(text) for text in texts]
    goals = tuple(int(each[1]) for each in found if each is not None)
    if len(goals) != 2:
        tally.add("bad_score", f"{texts[0]}-{texts[1]} {result}")
        return None
    if result and result != ("D" if goals[0] == goals[1] else "H" if goals[0] > goals[1] else "A"):
        tally.add("contradictory_score", f"{goals[0]}-{goals[1]} {result}")
        return None
    return goals[0], goals[1]


def _fate(columns: Columns, cells: Sequence[str], home_score: int | None) -> Fate:
    if home_score is None:
        return Fate.SCHEDULED
    proof = (*columns.statistics, *(column.index for column in columns.prices))
    # A file with neither statistics nor prices cannot show more than the result itself.
    return Fate.PLAYED if not proof or any(cell(cells, index) for index in proof) else Fate.AWARDED


def _time_of_day(text: str, tally: Tally) -> time | None:
    if not text:
        return None
    found = _TIME.fullmatch(text)
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        tally.add("bad_time", text)
        return None
    return time(int(found[1]), int(found[2]))


def _utc(day: date, clock: time) -> datetime:
    """UK local time as UTC. Of an hour that comes twice the first is meant: no price is taken too late."""
    return datetime.combine(day, clock, tzinfo=UK).astimezone(UTC)


def _moment(text: str) -> datetime | None:
    try:
        return parse_time(text)
    except ValueError:
        return None


def _text(body: bytes) -> str:
    """The site writes UTF-8 with or without a mark, and in older files one byte a character."""
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace")
