"""Settled bets as columns, read once in pieces: for their statistics, for their sums and for the groups they are in.

Pieces, because one long list made at once would hold up whatever else the program does meanwhile.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from msgspec import Struct, structs

from betting_tui.engine.core.statistics.columns import Bools, Floats, Ints
from betting_tui.engine.core.statistics.sample import Outcome, Sample
from betting_tui.engine.store.database import Asker
from betting_tui.engine.store.performance_groups import EVENT_JOINS, GROUPINGS, LEG_JOIN, Key, Names
from betting_tui.engine.store.pieces import Piece, pieces
from betting_tui.engine.store.shapes import GroupBy
from betting_tui.engine.store.stretches import Stretch

_US_A_MINUTE = 60_000_000

# In the order of `_piece`. Few columns, because each costs as much as a join: what is yes or no stands in one number
# with the outcome (as `Outcome`, lifted above zero), and what was tried in one with the account.
_LIFT, _VOID = 8, 16
_LAID, _FAIR_MOVED, _BOOK_MOVED = 32, 64, 128
_ACCOUNT = 2**32
# Of the odds, as in 1/4,4.
_PLACE_SHARE = "CAST(b.each_way AS REAL) / CAST(substr(b.each_way, instr(b.each_way, '/') + 1) AS REAL)"
_WHOLE = 6
_COLUMNS = f"""
    b.risk_minor, b.profit_minor, b.settled_at,
    CASE b.result WHEN 'win' THEN {_LIFT + Outcome.WIN} WHEN 'half_win' THEN {_LIFT + Outcome.HALF_WIN}
        WHEN 'loss' THEN {_LIFT + Outcome.LOSS} WHEN 'half_loss' THEN {_LIFT + Outcome.HALF_LOSS}
        WHEN 'void' THEN {_LIFT + _VOID} ELSE {_LIFT} END
        + (o.side = 'lay') * {_LAID} + b.ev_converted * {_FAIR_MOVED} + b.price_converted * {_BOOK_MOVED},
    b.account_id * {_ACCOUNT} + ifnull(b.strategy_id, 0), iif(o.kind = 'parlay', -o.id, g.selection_id),
    p.decimal, {_PLACE_SHARE}, b.commission, b.fair_probability, b.edge, b.clv_ev, b.fair_age_us, b.clv_price,
    b.close_age_us
"""
_QUERY = """
    SELECT {columns}, {key} FROM bets b INDEXED BY settled_of_period
    CROSS JOIN orders o ON o.id = b.order_id
    CROSS JOIN fills f ON f.order_id = b.order_id AND f.number = b.fill_number
    CROSS JOIN prices p ON p.id = f.price_id {joins}
    WHERE b.state = 'settled' AND b.period_id = ? AND b.settled_at >= ? AND b.settled_at < ?
"""


class Closes(Struct, frozen=True, eq=False):
    """What closes of one kind say of each bet: the value (NaN without one), its age in microseconds (NaN unknown),
    and whether it stood at another point and was converted."""

    value: Floats
    age_us: Floats
    converted: Bools

    def only(self, chosen: Bools | Ints) -> Closes:
        return Closes(self.value[chosen], self.age_us[chosen], self.converted[chosen])

    def within(self, max_age: int | None, countable: Bools) -> Bools:
        """Those that count under an age limit in minutes; a close nobody can date counts."""
        known = countable & ~np.isnan(self.value)
        if max_age is None:
            return known
        recent: Bools = ~(self.age_us > max_age * _US_A_MINUTE)
        return known & recent


class Bets(Struct, frozen=True, eq=False):
    """Settled bets, one entry of each column a bet. `group` is the place of its name in `names`, `trial` numbers the
    strategies of the accounts, each as one way of betting that was tried."""

    sample: Sample
    void: Bools
    fair: Closes
    book: Closes
    group: Ints
    names: Sequence[str]
    trial: Ints
    trials: int

    def of_group(self, number: int) -> Bets:
        return self.only(np.flatnonzero(self.group == number))

    def only(self, chosen: Ints) -> Bets:
        columns = {name: np.asarray(getattr(self.sample, name)) for name in Sample.__struct_fields__}
        return structs.replace(
            self,
            sample=Sample(**{name: column[chosen] for name, column in columns.items() if len(column)}),
            void=self.void[chosen],
            fair=self.fair.only(chosen),
            book=self.book.only(chosen),
            group=self.group[chosen],
            trial=self.trial[chosen],
        )


class _Piece(Struct, frozen=True, eq=False):
    """Some rows as columns: the whole numbers, the others, and the group of each."""

    whole: Ints
    real: Floats
    group: Ints


def read_bets(
    ask: Asker,
    stretch: Stretch,
    by: GroupBy,
    max_age: int | None,
    seen: Callable[[int], None] = lambda count: None,
) -> Bets:
    """All settled bets of a stretch; closes older than `max_age` minutes are no expectation (None: all are).

    `seen` is told how many were read so far; what it raises ends the reading.
    """
    names = Names(ask, by)
    groups: dict[str, int] = {}
    grouping = GROUPINGS[by]
    query = _QUERY.format(columns=_COLUMNS, key=grouping.of_bet, joins=EVENT_JOINS if grouping.on_event else LEG_JOIN)
    read: list[_Piece] = []
    count = 0
    for piece in pieces(ask, stretch, "settled_at"):
        rows = ask(partial(_rows, query=query, piece=piece))
        if rows:
            read.append(_piece(rows, names, groups))
            count += len(rows)
        seen(count)
    return _joined(read, groups, max_age)


def _rows(conn: sqlite3.Connection, query: str, piece: Piece) -> list[tuple[object, ...]]:
    cursor = conn.cursor()
    # Plain tuples: nobody asks these rows for a column by its name.
    cursor.row_factory = None
    return cursor.execute(query, (piece.period, piece.since, piece.until)).fetchall()


def _piece(rows: Sequence[tuple[object, ...]], names: Names, groups: dict[str, int]) -> _Piece:
    columns = list(zip(*rows, strict=True))
    keys: Sequence[Key] = columns[-1]
    numbers = {key: groups.setdefault(names[key], len(groups)) for key in dict.fromkeys(keys)}
    return _Piece(
        whole=np.array(columns[:_WHOLE], dtype=np.int64),
        real=np.array(columns[_WHOLE:-1], dtype=np.float64),
        group=np.array([numbers[key] for key in keys], dtype=np.int64),
    )


def _joined(pieces: Sequence[_Piece], groups: dict[str, int], max_age: int | None) -> Bets:
    whole = np.concatenate([np.zeros((_WHOLE, 0), dtype=np.int64), *(piece.whole for piece in pieces)], axis=1)
    real = np.concatenate([np.zeros((9, 0)), *(piece.real for piece in pieces)], axis=1)
    risk, profit, settled, facts, tried, selection = whole
    decimal, place_share, commission, probability, edge, clv_ev, fair_age, clv_price, book_age = real
    result = facts % _LAID - _LIFT
    laid, void = (facts & _LAID) > 0, result == _VOID
    fair = Closes(clv_ev, fair_age, (facts & _FAIR_MOVED) > 0)
    book = Closes(clv_price, book_age, (facts & _BOOK_MOVED) > 0)
    trials, trial = np.unique(tried, return_inverse=True)
    _, same = np.unique(2 * selection + laid, return_inverse=True)
    # What a win pays for each unit at risk: the bettor's own stake, of a lay what the backer may win.
    gain = np.where(laid, 1 / (decimal - 1), decimal - 1)
    # Of an each way bet one half of the stake wins by the odds, the other by a share of them.
    place_gain, gain = gain * place_share, np.where(np.isnan(place_share), gain, gain * (1 + place_share) / 2)
    sample = Sample(
        risk_minor=risk,
        profit_minor=profit,
        outcome=np.where(void, Outcome.NEITHER.value, result),
        settled_us=settled,
        odds=1 + gain * (1 - np.nan_to_num(commission)),
        probability=np.where(laid, 1 - probability, probability),
        edge=edge,
        close_edge=np.where(fair.within(max_age, ~void), clv_ev, np.nan),
        hold=_hold(fair, book, max_age, ~void & ~laid),
        place_odds=1 + place_gain,
        same=same,
    )
    return Bets(
        sample=sample,
        void=void,
        fair=fair,
        book=book,
        group=np.concatenate([np.zeros(0, dtype=np.int64), *(piece.group for piece in pieces)]),
        names=tuple(groups),
        trial=trial,
        trials=len(trials),
    )


def _hold(fair: Closes, book: Closes, max_age: int | None, countable: Bools) -> Floats:
    """What the bookmaker keeps of a stake at its own last price by the fair close, 1 - p d: the line at placement is
    not kept, and a bookmaker's margin hardly changes until the start. NaN where either close is unknown or was
    converted from another point."""
    known = fair.within(max_age, countable) & book.within(max_age, countable) & ~fair.converted & ~book.converted
    # odds taken / (1 + clv_price) are the last ones, (1 + clv_ev) / odds taken is the fair chance.
    return np.where(known & (book.value > -1), 1 - (1 + fair.value) / (1 + book.value), np.nan)
