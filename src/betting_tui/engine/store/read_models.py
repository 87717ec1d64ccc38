"""Bets as screens and commands read them: queries that answer with views."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from msgspec import structs

from betting_tui.engine.core.bet_views import BetLeg, BetRow
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.model import BetKind, BetResult, BetState, Evidence, Funding, Origin
from betting_tui.engine.core.places import Finish, each_way_of
from betting_tui.engine.core.progress import Progress
from betting_tui.engine.core.times import from_micros, to_micros
from betting_tui.engine.store.closing_values import CLOSE_COLUMNS, CLOSE_JOINS, close_of_row, reference_of_row
from betting_tui.engine.store.columns import Columns, by_name
from betting_tui.engine.store.identities import SIDES, event_of, line_of, moment, price_of
from betting_tui.engine.store.ledger import find_account
from betting_tui.engine.store.opportunities import bets_on
from betting_tui.engine.store.shapes import BetFilter
from betting_tui.engine.store.summaries import marks, period_ids

_BETS = f"""
    SELECT b.id AS bet, b.order_id, b.state, o.kind, o.funding, pl.origin, strategy.text AS strategy, o.placement_id,
        b.stake_minor, b.placed_at, p.format AS price_format, p.text AS price_text, p.decimal AS price_decimal,
        b.edge, b.fair_probability, b.result, b.return_minor, b.profit_minor, b.settled_at, b.clv_price,
        b.commission_minor, b.each_way, x.place, x.tied,
        b.clv_net_odds, b.closing_missing, b.note, b.review_reason, a.name AS account, a.currency,
        opp.opportunity_id AS opportunity, bookmaker.text AS bookmaker, o.side, f.evidence, source.text AS source,
        f.quoted_at, {CLOSE_COLUMNS}, s.name AS selection, s.point AS selection_point,
        l.market, l.outcome_set, l.period, l.point AS line_point, l.participant, l.rule,
        e.event_id, e.sport_key, e.sport_title, e.commence_at, e.home_team, e.away_team
    FROM bets b
    JOIN accounts a ON a.id = b.account_id
    JOIN orders o ON o.id = b.order_id
    JOIN placements pl ON pl.id = o.placement_id
    JOIN fills f ON f.order_id = b.order_id AND f.number = b.fill_number
    JOIN prices p ON p.id = f.price_id
    JOIN words bookmaker ON bookmaker.id = o.bookmaker_id
    JOIN words source ON source.id = f.source_id
    JOIN legs g ON g.order_id = b.order_id AND g.ordinal = 0
    JOIN selections s ON s.id = g.selection_id
    JOIN lines l ON l.id = s.line_id
    JOIN events e ON e.id = l.event_id
    LEFT JOIN words strategy ON strategy.id = b.strategy_id
    LEFT JOIN opportunities opp ON opp.id = b.opportunity_id
    LEFT JOIN settlements t ON b.each_way IS NOT NULL AND t.bet_id = b.id AND t.reversed_by_entry_id IS NULL
    LEFT JOIN settlement_terms x ON x.bet_id = t.bet_id AND x.number = t.number
    {CLOSE_JOINS}
"""


_OPEN = frozenset({BetState.PENDING, BetState.REVIEW})

# SQLite before 3.32 took 999 values a statement; a longer list is asked for in pieces.
_AT_ONCE = 500
# Rows between two words of progress.
_PART = 1_000


def bets(conn: sqlite3.Connection, wanted: BetFilter, progress: Progress | None = None) -> tuple[BetRow, ...]:
    """UsageError for a period that the account has not had. What `progress` raises ends the reading."""
    found, values = _found(conn, wanted)
    query = f"{_BETS} WHERE b.id IN (SELECT id FROM ({found})) {_NEWEST_FIRST}"
    if progress is None:
        return _rows(conn, conn.execute(query, values).fetchall())
    read, total = list[BetRow](), count_bets(conn, wanted)
    progress(0, total, "Reading bets")
    cursor = conn.execute(query, values)
    while some := cursor.fetchmany(_PART):
        read += _rows(conn, some)
        progress(len(read), total, "Reading bets")
    return tuple(read)


def count_bets(conn: sqlite3.Connection, wanted: BetFilter) -> int:
    """How many there are, limit and offset aside."""
    narrowed = (wanted.strategy, wanted.opportunity_id, wanted.event_id, wanted.since, wanted.until)
    if any(each is not None for each in narrowed):
        found, values = _found(conn, structs.replace(wanted, limit=None, offset=0))
        return int(conn.execute(f"SELECT count(*) FROM ({found})", values).fetchone()[0])
    periods = _periods(conn, wanted)
    among = f"period_id IN ({marks(periods)})"
    counts = {
        row["state"]: row["bets"]
        for row in conn.execute(
            "SELECT state, count(*) AS bets FROM bets INDEXED BY bets_open WHERE state IN ('pending', 'review')"
            f" AND {among} GROUP BY state UNION ALL"
            f" SELECT 'settled', ifnull(sum(bets), 0) FROM settled_spans WHERE {among} AND kind = 'all' UNION ALL"
            f" SELECT 'cancelled', ifnull(sum(cancelled_bets), 0) FROM period_sums WHERE {among}",
            periods * 3,
        )
    }
    return sum(counts.get(state.value, 0) for state in wanted.states or BetState)


def bet(conn: sqlite3.Connection, number: int) -> BetRow:
    rows = conn.execute(f"{_BETS} WHERE b.id = ?", (number,)).fetchall()
    if not rows:
        raise UsageError(f"there is no bet BET-{number:06d}: `bets list` shows them")
    return _rows(conn, rows)[0]


def bets_of_placement(conn: sqlite3.Connection, placement: int) -> tuple[BetRow, ...]:
    return _rows(conn, conn.execute(f"{_BETS} WHERE o.placement_id = ? ORDER BY b.id", (placement,)).fetchall())


def bets_by_number(conn: sqlite3.Connection, numbers: Sequence[int]) -> tuple[BetRow, ...]:
    """In the order asked for; each once."""
    found: dict[int, BetRow] = {}
    for start in range(0, len(numbers), _AT_ONCE):
        some = numbers[start : start + _AT_ONCE]
        rows = conn.execute(f"{_BETS} WHERE b.id IN ({', '.join('?' * len(some))})", tuple(some)).fetchall()
        found.update(zip((row["bet"] for row in rows), _rows(conn, rows), strict=True))
    return tuple(found[number] for number in dict.fromkeys(numbers))


_NEWEST_FIRST = "ORDER BY b.placed_at DESC, b.id DESC"

# As many SELECTs as one statement may join.
_PERIODS_IN_ORDER = 100


def _found(conn: sqlite3.Connection, wanted: BetFilter) -> tuple[str, tuple[object, ...]]:
    """A query for the ids of these bets and its values: by whatever narrows them most, for the planner cannot know."""
    periods = _periods(conn, wanted)
    conditions, values = _conditions(wanted)
    page = "" if wanted.limit is None else f" LIMIT {int(wanted.limit)} OFFSET {int(wanted.offset)}"
    way = _way(wanted)
    if way is None and 0 < len(periods) <= _PERIODS_IN_ORDER:
        # Each period is in order already, so that the newest of all of them are found without sorting.
        one = f"SELECT b.id AS id, b.placed_at FROM bets b INDEXED BY bets_of_period WHERE b.period_id = ?{conditions}"
        joined = " UNION ALL ".join([one] * len(periods))
        return (
            f"{joined} ORDER BY 2 DESC, 1 DESC{page}",
            tuple(value for period in periods for value in (period, *values)),
        )
    source, first = way or ("bets b", ())
    return (
        f"SELECT b.id AS id FROM {source} WHERE +b.period_id IN ({marks(periods)}){conditions} {_NEWEST_FIRST}{page}",
        (*first, *periods, *values),
    )


def _way(wanted: BetFilter) -> tuple[str, tuple[object, ...]] | None:
    """Where to begin, when not with all bets of a period."""
    if wanted.opportunity_id is not None:
        return (
            "(SELECT id FROM opportunities WHERE opportunity_id = ?) found CROSS JOIN " + bets_on("found.id"),
            (wanted.opportunity_id,),
        )
    if wanted.event_id is not None:
        return (
            "(SELECT id FROM events WHERE event_id = ?) found CROSS JOIN lines l ON l.event_id = found.id"
            " CROSS JOIN selections s ON s.line_id = l.id CROSS JOIN legs g ON g.selection_id = s.id"
            " CROSS JOIN bets b ON b.order_id = g.order_id",
            (wanted.event_id,),
        )
    if wanted.states and _OPEN.issuperset(wanted.states):
        return "bets b INDEXED BY bets_open", ()
    return None


def _conditions(wanted: BetFilter) -> tuple[str, tuple[object, ...]]:
    # Written out, because the index of open bets serves a condition that is its own, not values yet to come.
    states = ", ".join(f"'{state.value}'" for state in sorted(wanted.states))
    open_only = " AND b.state IN ('pending', 'review')" if wanted.states and _OPEN.issuperset(wanted.states) else ""
    conditions: list[tuple[str, tuple[object, ...]]] = [
        (f"{open_only} AND b.state IN ({states})", ()) if wanted.states else ("", ()),
        (" AND b.strategy_id = (SELECT id FROM words WHERE text = ?)", (wanted.strategy,))
        if wanted.strategy
        else ("", ()),
        (" AND b.placed_at >= ?", (to_micros(wanted.since),)) if wanted.since is not None else ("", ()),
        (" AND b.placed_at < ?", (to_micros(wanted.until),)) if wanted.until is not None else ("", ()),
    ]
    if wanted.opportunity_id is not None and wanted.event_id is not None:
        event = (
            " AND b.order_id IN (SELECT g.order_id FROM legs g JOIN selections s ON s.id = g.selection_id"
            " JOIN lines l ON l.id = s.line_id JOIN events e ON e.id = l.event_id WHERE e.event_id = ?)"
        )
        conditions.append((event, (wanted.event_id,)))
    return "".join(text for text, _ in conditions), tuple(value for _, values in conditions for value in values)


def _periods(conn: sqlite3.Connection, wanted: BetFilter) -> tuple[int, ...]:
    if wanted.account is None:
        return period_ids(conn, None, wanted.period)
    owner = find_account(conn, wanted.account)
    return () if owner is None else period_ids(conn, owner, wanted.period)


def _rows(conn: sqlite3.Connection, rows: Sequence[sqlite3.Row]) -> tuple[BetRow, ...]:
    """The bets, parlays with their legs."""
    named = by_name(rows)
    legs = _legs(conn, [row["order_id"] for row in named if row["kind"] == BetKind.PARLAY])
    return tuple(_bet(row, legs.get(row["order_id"], ())) for row in named)


_LEGS = """
    SELECT g.order_id, g.result, p.format AS price_format, p.text AS price_text, p.decimal AS price_decimal,
        s.name AS selection, s.point AS selection_point, l.market, l.outcome_set, l.period, l.point AS line_point,
        l.participant, l.rule, e.event_id, e.sport_key, e.sport_title, e.commence_at, e.home_team, e.away_team
    FROM json_each(?) wanted CROSS JOIN legs g ON g.order_id = wanted.value JOIN prices p ON p.id = g.price_id
    JOIN selections s ON s.id = g.selection_id JOIN lines l ON l.id = s.line_id JOIN events e ON e.id = l.event_id
    ORDER BY g.order_id, g.ordinal
"""


def _legs(conn: sqlite3.Connection, orders: Sequence[int]) -> dict[int, tuple[BetLeg, ...]]:
    """The legs of parlays by order."""
    found: dict[int, tuple[BetLeg, ...]] = {}
    if not orders:
        return found
    for row in conn.execute(_LEGS, (json.dumps(sorted(set(orders))),)):
        leg = BetLeg(
            event=event_of(row),
            line=line_of(row),
            selection=row["selection"],
            point=row["selection_point"],
            price=price_of(row),
            result=BetResult(row["result"]) if row["result"] else None,
        )
        found[row["order_id"]] = (*found.get(row["order_id"], ()), leg)
    return found


# An enum looked up in a dict takes a fraction of the time of its call, and reports read a hundred thousand of them.
_STATES = {each.value: each for each in BetState}
_KINDS = {each.value: each for each in BetKind}
_FUNDINGS = {each.value: each for each in Funding}
_ORIGINS = {each.value: each for each in Origin}
_EVIDENCES = {each.value: each for each in Evidence}
_RESULTS: dict[str | None, BetResult | None] = {None: None} | {each.value: each for each in BetResult}


def _bet(row: Columns, legs: tuple[BetLeg, ...]) -> BetRow:
    event = event_of(row)
    close = close_of_row(row)
    return BetRow(
        id=f"BET-{row['bet']:06d}",
        account=row["account"],
        currency=row["currency"],
        state=_STATES[row["state"]],
        kind=_KINDS[row["kind"]],
        funding=_FUNDINGS[row["funding"]],
        origin=_ORIGINS[row["origin"]],
        strategy=row["strategy"],
        opportunity_id=row["opportunity"],
        placement_id=row["placement_id"],
        stake_minor=row["stake_minor"],
        placed_at=from_micros(row["placed_at"]),
        event=event,
        line=line_of(row),
        selection=row["selection"],
        point=row["selection_point"],
        bookmaker=row["bookmaker"],
        side=SIDES[row["side"]],
        price=price_of(row),
        evidence=_EVIDENCES[row["evidence"]],
        source=row["source"],
        quoted_at=moment(row["quoted_at"]),
        edge=row["edge"],
        fair_probability=row["fair_probability"],
        result=_RESULTS[row["result"]],
        return_minor=row["return_minor"],
        commission_minor=row["commission_minor"],
        profit_minor=row["profit_minor"],
        settled_at=moment(row["settled_at"]),
        closing_price=None if close is None else close.price,
        closing_seconds_before_start=None if close is None else close.seconds_before_start,
        closing_missing=row["closing_missing"],
        clv_price=row["clv_price"],
        clv_net_odds=row["clv_net_odds"],
        clv_ev=row["clv_ev"],
        clv_line=row["clv_line"],
        price_converted=bool(row["price_converted"]),
        ev_converted=bool(row["ev_converted"]),
        fair_missing=row["fair_missing"],
        close=close,
        reference=reference_of_row(row),
        note=row["note"] or row["review_reason"],
        legs=legs,
        review_reason=row["review_reason"],
        each_way=each_way_of(row["each_way"]) if row["each_way"] else None,
        finish=None if row["place"] is None else Finish(row["place"], row["tied"]),
    )
