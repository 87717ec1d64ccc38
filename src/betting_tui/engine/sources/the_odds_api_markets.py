"""What The Odds API's market keys mean: which bet, which part of the game, which side of an exchange."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum
from functools import lru_cache

from msgspec import Struct

from betting_tui.engine.core.decoded import Coverage
from betting_tui.engine.core.model import DRAW, FULL_GAME, Side

_KEY = re.compile(r"[a-z0-9_]{1,64}")
_PERIOD = re.compile(r"(.+)_(q[1-4]|h[12]|p[1-3]|1st_[1-9]_innings)")
_BASE = {
    "h2h_3_way": "h2h",
    "alternate_spreads": "spreads",
    "alternate_totals": "totals",
    "alternate_team_totals": "team_totals",
}


class Shape(Enum):
    """How the outcomes of a market are to be read."""

    WINNER = "home and away, or home, away and Draw"
    THREE_WAY = "home, away and Draw"
    NO_DRAW = "home and away"
    SPREAD = "home and away, each with its own point"
    TOTAL = "Over and Under with a point"
    TEAM_TOTAL = "Over and Under with a point, of one team"
    YES_NO = "Yes and No"
    DOUBLE_CHANCE = "two of home, away and Draw together: three bets that overlap, each a line of its own"
    FIELD = "any number of runners"
    PROP = "Over and Under, or Yes and No, of one participant"


_SHAPES = {
    "h2h": Shape.WINNER,
    "h2h_3_way": Shape.THREE_WAY,
    "draw_no_bet": Shape.NO_DRAW,
    "spreads": Shape.SPREAD,
    "totals": Shape.TOTAL,
    "team_totals": Shape.TEAM_TOTAL,
    "btts": Shape.YES_NO,
    "double_chance": Shape.DOUBLE_CHANCE,
    "outrights": Shape.FIELD,
}


class MarketKind(Struct, frozen=True):
    """One market key, understood. `market` and `period` are the line's; an alternate is the same bet as its base.

    `h2h_3_way` counts as one: it is asked for separately and stands beside a two-way `h2h`.
    """

    market: str
    period: str
    side: Side
    shape: Shape
    alternate: bool


@lru_cache(maxsize=4096)
def market_kind(key: str) -> MarketKind | None:
    """None for a key that is malformed or names no set of mutually exclusive selections."""
    if _KEY.fullmatch(key) is None:
        return None
    rest, side = (key.removesuffix("_lay"), Side.LAY) if key in ("h2h_lay", "outrights_lay") else (key, Side.BACK)
    unalternated = rest.removesuffix("_alternate")
    found = _PERIOD.fullmatch(unalternated)
    name, period = (found[1], found[2]) if found else (unalternated, FULL_GAME)
    name = name.removesuffix("_alternate")
    if not name:
        return None
    market = _BASE.get(name, name)
    shape = _SHAPES.get(name) or _SHAPES.get(market, Shape.PROP)
    alternate = name in _BASE or name.startswith("alternate_") or rest != unalternated
    return MarketKind(market, period, side, shape, alternate)


def line_markets(keys: tuple[str, ...]) -> frozenset[str]:
    """The line markets that these keys ask for."""
    return frozenset(kind.market for kind in map(market_kind, keys) if kind is not None)


def covers(keys: Iterable[str]) -> frozenset[Coverage]:
    """The quotes that an answer to these keys speaks for. Lay prices come with `h2h` unasked, so they are covered."""
    kinds = (market_kind(key) for key in keys)
    return frozenset(Coverage(kind.market, kind.period, kind.alternate) for kind in kinds if kind is not None)


def double_chances(home: str, away: str) -> dict[str, str]:
    """Each way a pair of results is written, to the one way we write it. A name may hold a slash of its own."""
    pairs = ((home, DRAW), (home, away), (DRAW, away))
    return {
        text: f"{first} or {second}"
        for first, second in pairs
        for by in (" or ", "/", " / ")
        for text in (f"{first}{by}{second}", f"{second}{by}{first}")
    }
