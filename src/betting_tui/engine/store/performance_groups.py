"""How a full report tells bets apart: what each grouping looks at, and how what it finds there is called.

A grouping is an SQL expression over a settled bet and one over a refused order; both give the same keys, so that a
group has its acceptance beside its bets.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from betting_tui.engine.core.model import START_UNKNOWN
from betting_tui.engine.core.times import to_micros
from betting_tui.engine.store.database import Asker
from betting_tui.engine.store.shapes import GroupBy

Key = int | str | None
_HOUR_US = 3_600_000_000
_BY_HAND = "by hand"
_UNKNOWN = "unknown"

# As bookmakers and people write them, where that is not the key itself.
_FAMILIES = {
    "americanfootball": "american football",
    "aussierules": "australian rules",
    "icehockey": "ice hockey",
    "rugbyleague": "rugby league",
    "rugbyunion": "rugby union",
    "tabletennis": "table tennis",
}


class Band(Struct, frozen=True):
    """Values up to, not with, `end`; None is the last."""

    end: float | None
    name: str


_ODDS = (
    Band(1.5, "below 1.50"),
    Band(2.0, "1.50 to 2.00"),
    Band(2.5, "2.00 to 2.50"),
    Band(3.5, "2.50 to 3.50"),
    Band(6.0, "3.50 to 6.00"),
    Band(None, "6.00 and more"),
)
_EDGES = (
    Band(0.0, "below 0 %"),
    Band(0.02, "0 to 2 %"),
    Band(0.04, "2 to 4 %"),
    Band(0.06, "4 to 6 %"),
    Band(0.10, "6 to 10 %"),
    Band(None, "10 % and more"),
)
_TIMES = (
    Band(0, "after the start"),
    Band(_HOUR_US, "less than 1 h"),
    Band(6 * _HOUR_US, "1 to 6 h"),
    Band(24 * _HOUR_US, "6 to 24 h"),
    Band(72 * _HOUR_US, "1 to 3 days"),
    Band(None, "3 days and more"),
)


class Grouping(Struct, frozen=True):
    """`of_bet` is over b(ets), o(rders), f(ills) and p(rices), `of_refused` over pl(acements), o, p and
    opp(ortunities); with `on_event` also over g (its first leg), l(ines) and e(vents)."""

    of_bet: str
    of_refused: str
    on_event: bool = False
    bands: Sequence[Band] = ()

    @property
    def ordered(self) -> bool:
        """Groups that have an order of their own."""
        return bool(self.bands)


def _banded(of_bet: str, of_refused: str, bands: Sequence[Band], *, on_event: bool = False) -> Grouping:
    return Grouping(_band_of(of_bet, bands), _band_of(of_refused, bands), on_event, bands)


def _band_of(value: str, bands: Sequence[Band]) -> str:
    steps = " ".join(f"WHEN {value} < {band.end!r} THEN {n}" for n, band in enumerate(bands) if band.end is not None)
    return f"CASE WHEN {value} IS NULL THEN {len(bands)} {steps} ELSE {len(bands) - 1} END"


# A start that was moved after the bet was placed does not change how long before it was.
_START = f"nullif(ifnull(g.announced_at, e.first_commence_at), {to_micros(START_UNKNOWN)})"
_LEAGUE = "iif(o.kind = 'parlay', 'parlay', iif(e.sport_key = '', e.sport_title, e.sport_key))"
_MARKET = "iif(o.kind = 'parlay', 'parlay', l.market)"

GROUPINGS: dict[GroupBy, Grouping] = {
    "strategy": Grouping("b.strategy_id", "opp.strategy_id"),
    "bookmaker": Grouping("o.bookmaker_id", "o.bookmaker_id"),
    "sport": Grouping(_LEAGUE, _LEAGUE, on_event=True),
    "league": Grouping(_LEAGUE, _LEAGUE, on_event=True),
    "market": Grouping(_MARKET, _MARKET, on_event=True),
    "odds_band": _banded("p.decimal", "p.decimal", _ODDS),
    "edge_band": _banded("b.edge", "opp.edge", _EDGES),
    "time_to_start": _banded(f"({_START} - b.placed_at)", f"({_START} - pl.created_at)", _TIMES, on_event=True),
    "evidence": Grouping("f.evidence", "NULL"),
    "account": Grouping("b.account_id", "pl.account_id"),
    "none": Grouping("0", "0"),
}

LEG_JOIN = " CROSS JOIN legs g ON g.order_id = o.id AND g.ordinal = 0"
EVENT_JOINS = (
    f"{LEG_JOIN} CROSS JOIN selections s ON s.id = g.selection_id"
    " CROSS JOIN lines l ON l.id = s.line_id CROSS JOIN events e ON e.id = l.event_id"
)


class Names:
    """What the keys of one grouping are called, each looked up once."""

    def __init__(self, ask: Asker, by: GroupBy) -> None:
        self._ask = ask
        self._by = by
        self._known: dict[Key, str] = {}

    def __getitem__(self, key: Key) -> str:
        name = self._known.get(key)
        if name is None:
            name = self._known[key] = self._find(key)
        return name

    def place(self, name: str) -> int:
        """Where a band stands among the others of its kind."""
        names = [*(band.name for band in GROUPINGS[self._by].bands), _UNKNOWN]
        return names.index(name) if name in names else len(names)

    def _find(self, key: Key) -> str:
        match self._by:
            case "strategy":
                return _BY_HAND if key is None else self._one("SELECT text FROM words WHERE id = ?", key)
            case "bookmaker":
                return self._one("SELECT text FROM words WHERE id = ?", key)
            case "account":
                return self._one("SELECT name FROM accounts WHERE id = ?", key)
            case "sport":
                return family(str(key))
            case "league":
                return self._title(str(key))
            case "odds_band" | "edge_band" | "time_to_start":
                bands = GROUPINGS[self._by].bands
                return bands[key].name if isinstance(key, int) and key < len(bands) else _UNKNOWN
            case "evidence":
                return str(key or "none").replace("_", " ")
            case "market":
                return str(key)
            case "none":
                return "all"

    def _title(self, key: str) -> str:
        """A sport is kept by its key and shown by the title its newest event has."""
        title = self._one(
            "SELECT sport_title FROM events WHERE sport_key = ? AND sport_title <> ''"
            " ORDER BY commence_at DESC LIMIT 1",
            key,
        )
        return title or key

    def _one(self, query: str, key: Key) -> str:
        row = self._ask(lambda conn: conn.execute(query, (key,)).fetchone())
        return "" if row is None else str(row[0])


def family(sport_key: str) -> str:
    """`basketball` of `basketball_nba`; a sport that is known by its title alone keeps it."""
    stem = sport_key.partition("_")[0] if sport_key == sport_key.lower() and " " not in sport_key else sport_key
    return _FAMILIES.get(stem, stem)
