"""Finding among the kept opportunities: conditions, order and pages are the database's work."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from msgspec import Struct
from msgspec.json import decode

from betting_tui.engine.core.filters import FieldKind, Filter
from betting_tui.engine.core.records import OPPORTUNITY_FIELDS
from betting_tui.engine.core.times import from_micros, iso, to_micros
from betting_tui.engine.store.opportunities import BEST_EV, FAIR_ODDS, OPPORTUNITIES, bets_on, record_of
from betting_tui.engine.store.opportunity_closes import CloseReading
from betting_tui.engine.store.shapes import OpportunityFilter, OpportunityFindings

KEPT_FIELDS: dict[str, FieldKind] = {
    **{
        name: kind
        for name, kind in OPPORTUNITY_FIELDS.items()
        if name not in ("age_seconds", "recommended_stake_minor")
    },
    **dict.fromkeys(("best_ev", "lived_seconds", "stretches"), FieldKind.NUMBER),
    "updated_at": FieldKind.TEXT,
}
"""What a filter over kept opportunities may name. Age and stake belong to a moment and are not kept."""

_LIVED = "(o.lived_us + max(0, ifnull(o.expired_at, o.updated_at) - ifnull(o.opened_at, o.discovered_at)))"
_SUSPICIOUS = "(flags.text LIKE '%\"suspicious\"%')"
_DAY_US = 86_400_000_000
_SEPARATOR = "\x1f"
_ORDERS = {
    "newest": "o.id DESC",
    "best": f"{_SUSPICIOUS}, {BEST_EV} IS NULL, {BEST_EV} DESC, o.id DESC",
    "life": f"{_LIVED} DESC, o.id DESC",
}
_FROM = "FROM opportunities o" + OPPORTUNITIES.partition("FROM opportunities o")[2]
_TAKEN = f"EXISTS (SELECT 1 FROM {bets_on('o.id')}{{}})"
_LIKE = " LIKE ?{n} ESCAPE '\\'"
_WORD = f"""(e.home_team{_LIKE} OR e.away_team{_LIKE} OR e.sport_title{_LIKE} OR e.sport_key{_LIKE} OR l.market{_LIKE}
    OR EXISTS (SELECT 1 FROM opportunity_legs g JOIN words w ON w.id = g.bookmaker_id
        JOIN selections s ON s.id = g.selection_id WHERE g.opportunity_id = o.id
        AND (w.text{_LIKE} OR s.name{_LIKE})))"""


def find(conn: sqlite3.Connection, wanted: OpportunityFilter, max_age_minutes: int | None) -> OpportunityFindings:
    """One page and the number of all that fit; closes older than `max_age_minutes` before the start do not count."""
    conditions = _Conditions(conn, wanted)
    where = conditions.where
    total = int(conn.execute(f"SELECT count(*) {_FROM} {where}", conditions.values).fetchone()[0])
    limit = -1 if wanted.limit is None else wanted.limit
    rows = conn.execute(
        f"{OPPORTUNITIES} {where} ORDER BY {_ORDERS[wanted.order]} LIMIT {limit:d} OFFSET {wanted.offset:d}",
        conditions.values,
    ).fetchall()
    closes = CloseReading(max_age_minutes, to_micros(wanted.now))
    return OpportunityFindings(tuple(record_of(conn, row, closes) for row in rows), total)


class _Conditions:
    """The conditions of one search as SQL, with their values by number."""

    def __init__(self, conn: sqlite3.Connection, wanted: OpportunityFilter) -> None:
        self.values: list[str | int] = []
        self._texts: list[str] = []
        if wanted.active:
            now = to_micros(wanted.now)
            self._add("o.expired_at IS NULL AND o.expires_at >= ?{n} AND e.commence_at > ?{n}", now)
        if wanted.strategy is not None:
            self._add("strategy.text = ?{n}", wanted.strategy)
        if wanted.sport is not None:
            # `basketball` is all of it, `basketball_nba` one league.
            self._add("(e.sport_key = ?{n} OR substr(e.sport_key, 1, length(?{n}) + 1) = ?{n} || '_')", wanted.sport)
        if wanted.since is not None:
            self._since(to_micros(wanted.since))
        for word in wanted.text.split():
            self._add(_WORD, f"%{_escaped(word)}%")
        if wanted.taken is not None:
            self._taken(wanted)
        if wanted.where is not None and wanted.where.text.strip():
            _offer(conn, wanted.where)
            self._texts.append(_FITS)

    @property
    def where(self) -> str:
        return f"WHERE {' AND '.join(self._texts)}" if self._texts else ""

    def _add(self, text: str, value: str | int) -> None:
        self.values.append(value)
        self._texts.append(text.format(n=len(self.values)))

    def _since(self, at: int) -> None:
        """Found then or later; the days say where in the table such rows begin."""
        self._add("o.id >= (SELECT min(first_id) FROM opportunity_days WHERE day >= ?{n})", at // _DAY_US)
        self._add("o.discovered_at >= ?{n}", at)

    def _taken(self, wanted: OpportunityFilter) -> None:
        whose = " AND b.account_id = (SELECT id FROM accounts WHERE name = ?{n})" if wanted.account else ""
        condition = _TAKEN.format(whose)
        if wanted.taken is False:
            self._add(
                "(o.expired_at IS NOT NULL OR o.expires_at < ?{n} OR e.commence_at <= ?{n})", to_micros(wanted.now)
            )
            condition = f"NOT {condition}"
        if wanted.account:
            self._add(condition, wanted.account)
        else:
            self._texts.append(condition)


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


# A written filter ---------------------------------------------------------------------------------------------------


class _Kept(Struct):
    """What a filter reads of one row, in the order of `_FITS`. Lists come as JSON or joined text, times as numbers."""

    id: str
    strategy: str
    event_id: str
    sport_key: str
    home_team: str | None
    away_team: str | None
    commence_at: int
    market: str
    period: str
    participant: str | None
    edge: float | None
    edge_low: float | None
    profit_margin: float | None
    difference_cents: float | None
    fair_probability: float | None
    fair_odds: float | None
    method: str | None
    books_json: str
    confidence: str | None
    kelly_fraction: float | None
    flags_json: str
    discovered: int
    updated: int
    expires: int
    best_ev: float | None
    lived_us: int
    stretches: int
    bookmakers: str | None
    selections: str | None

    @property
    def ev_per_unit(self) -> float | None:
        return self.profit_margin if self.profit_margin is not None else self.edge

    @property
    def commence_time(self) -> str:
        return iso(from_micros(self.commence_at))

    @property
    def discovered_at(self) -> str:
        return iso(from_micros(self.discovered))

    @property
    def updated_at(self) -> str:
        return iso(from_micros(self.updated))

    @property
    def expires_at(self) -> str:
        return iso(from_micros(self.expires))

    @property
    def lived_seconds(self) -> float:
        return self.lived_us / 1e6

    @property
    def book_keys(self) -> tuple[str, ...]:
        return decode(self.books_json, type=tuple[str, ...])

    @property
    def books(self) -> int | None:
        return len(self.book_keys) or None

    @property
    def flags(self) -> tuple[str, ...]:
        return decode(self.flags_json, type=tuple[str, ...])

    @property
    def bookmaker(self) -> Sequence[str]:
        return (self.bookmakers or "").split(_SEPARATOR)

    @property
    def selection(self) -> Sequence[str]:
        return (self.selections or "").split(_SEPARATOR)


_COLUMNS = (
    "o.opportunity_id", "strategy.text", "e.event_id", "e.sport_key", "e.home_team", "e.away_team", "e.commence_at",
    "l.market", "l.period", "l.participant", "o.edge", "o.edge_low", "o.profit_margin", "o.difference_cents",
    "o.fair_probability", FAIR_ODDS, "method.text", "books.text", "confidence.text", "o.kelly_fraction",
    "flags.text", "o.discovered_at", "o.updated_at", "o.expires_at", BEST_EV, _LIVED, "o.stretches",
    "(SELECT group_concat(w.text, char(31)) FROM opportunity_legs g JOIN words w ON w.id = g.bookmaker_id"
    " WHERE g.opportunity_id = o.id)",
    "(SELECT group_concat(s.name, char(31)) FROM opportunity_legs g JOIN selections s ON s.id = g.selection_id"
    " WHERE g.opportunity_id = o.id)",
)  # fmt: skip
_FITS = f"fits({', '.join(_COLUMNS)})"


def _offer(conn: sqlite3.Connection, wanted: Filter) -> None:
    """Let the database ask the filter: a row means the same to it as an opportunity just found does."""
    conn.create_function("fits", len(_COLUMNS), lambda *cells: wanted.matches(_Kept(*cells)))
