"""What the columns of a football-data.co.uk file mean, told by their names: sets of books change with the season."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import Enum

from msgspec import Struct

from betting_tui.engine.core.errors import BadAnswer
from betting_tui.engine.core.text import clean
from betting_tui.engine.sources.football_data_leagues import BOOKMAKERS, HEADER_TYPOS, MARKET_FIGURES

MAX_COLUMNS = 1_000
H2H, TOTALS, SPREADS = "h2h", "totals", "spreads"
MARKETS = frozenset({H2H, TOTALS, SPREADS})
TOTAL_POINT = 2.5

_CODES = "|".join((*BOOKMAKERS, *sorted(MARKET_FIGURES)))
_PRICE = re.compile(rf"({_CODES})(C?)(?:([HDA])|([<>])2\.5|AH([HA]))")
_STATISTICS = ("HTHG", "HTAG", "HS", "AS", "HST", "AST", "HF", "AF", "HC", "AC", "HY", "AY")


class Side(Enum):
    HOME = "home"
    DRAW = "draw"
    AWAY = "away"
    OVER = "over"
    UNDER = "under"


_SIDES = {"H": Side.HOME, "D": Side.DRAW, "A": Side.AWAY, ">": Side.OVER, "<": Side.UNDER}


class PriceColumn(Struct, frozen=True):
    """One column of prices. `line` is where the home side's handicap of this price stands, for handicaps only.

    `code` is the site's name of the book; a figure of the market (`Max`, `Avg`) has no bookmaker.
    """

    index: int
    code: str
    bookmaker: str | None
    closing: bool
    market: str
    side: Side
    line: int | None = None


class Columns(Struct, frozen=True):
    """Where things stand in a row. None: the file has no such column."""

    date: int
    home: int
    away: int
    division: int | None
    country: int | None
    time: int | None
    home_score: int | None
    away_score: int | None
    result: int | None
    home_half: int | None
    away_half: int | None
    statistics: tuple[int, ...]
    prices: tuple[PriceColumn, ...]
    repeated: tuple[str, ...]


def read_header(cells: Sequence[str]) -> Columns:
    """Raises BadAnswer for what is no header of such a file."""
    if len(cells) > MAX_COLUMNS:
        raise BadAnswer(f"the file has {len(cells)} columns, more than any of football-data.co.uk: nothing was read")
    at: dict[str, int] = {}
    repeated: list[str] = []
    for index, cell in enumerate(cells):
        name = cell.strip()
        if name in at:
            repeated.append(name)
        elif name:
            at[name] = index
    for typo, meant in HEADER_TYPOS.items():
        if typo in at:
            at.setdefault(meant, at[typo])
    date, home, away = at.get("Date"), _first(at, "HomeTeam", "Home"), _first(at, "AwayTeam", "Away")
    if date is None or home is None or away is None:
        shown = clean(", ".join(cells), 80)
        raise BadAnswer(f"this is no file of football-data.co.uk: it has no columns for date and teams ({shown})")
    return Columns(
        date=date,
        home=home,
        away=away,
        division=at.get("Div"),
        country=at.get("Country"),
        time=at.get("Time"),
        home_score=_first(at, "FTHG", "HG"),
        away_score=_first(at, "FTAG", "AG"),
        result=_first(at, "FTR", "Res"),
        home_half=at.get("HTHG"),
        away_half=at.get("HTAG"),
        statistics=tuple(at[name] for name in _STATISTICS if name in at),
        prices=tuple(_prices(at)),
        repeated=tuple(repeated),
    )


def _first(at: dict[str, int], *names: str) -> int | None:
    return next((at[name] for name in names if name in at), None)


def _prices(at: dict[str, int]) -> Iterable[PriceColumn]:
    for name, index in at.items():
        found = _PRICE.fullmatch(name)
        if found is None or name in HEADER_TYPOS:
            continue
        code, closing = found[1], found[2] == "C"
        side = _SIDES[found[3] or found[4] or found[5]]
        market = H2H if found[3] else TOTALS if found[4] else SPREADS
        line = _line(at, code, closing) if market == SPREADS else None
        if market != SPREADS or line is not None:
            yield PriceColumn(index, code, BOOKMAKERS.get(code), closing, market, side, line)


def _line(at: dict[str, int], code: str, closing: bool) -> int | None:
    """Closing prices have the closing line or none: the opening one may have been another."""
    if closing:
        return at.get("AHCh")
    return _first(at, f"{code}AH", "AHh", "BbAHh")
