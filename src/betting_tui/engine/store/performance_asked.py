"""What was asked for and what was given: acceptance and slippage by group, counted by the database itself.

An arbitrage asks once for each of its legs. Bets recorded by hand and imported ones were asked of nobody and are left
out. A refusal says something of the market when a price seen later was worse or gone; one because of a limit does not,
nor does one because nothing newer was seen.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from msgspec import Struct

from betting_tui.engine.core.performance_views import Acceptance
from betting_tui.engine.core.refusals import RefusalCode
from betting_tui.engine.store.database import Asker
from betting_tui.engine.store.performance_groups import EVENT_JOINS, GROUPINGS, Names
from betting_tui.engine.store.pieces import pieces
from betting_tui.engine.store.shapes import GroupBy
from betting_tui.engine.store.stretches import Stretch
from betting_tui.engine.store.summaries import marks

_ASKED = "pl.origin IN ('app', 'command', 'auto')"
_PROVEN = "f.evidence IN ('fresh', 'later_snapshot')"
_SEEN_WORSE = ", ".join(f"'{code.value}'" for code in (RefusalCode.PRICE_MOVED, RefusalCode.LINE_GONE))

# Odds filled over odds asked for; whoever laid wants them lower.
_SLIPPED = "iif(o.side = 'lay', wanted.decimal / p.decimal, p.decimal / wanted.decimal) - 1"
_TAKEN = f"""
    SELECT {{key}} AS key, count(*) FILTER (WHERE b.fill_number = 1),
        count(*) FILTER (WHERE b.fill_number = 1 AND {_PROVEN}), count(*), count(*) FILTER (WHERE {_PROVEN}),
        total({_SLIPPED}) FILTER (WHERE {_PROVEN})
    FROM bets b INDEXED BY bets_of_period
    CROSS JOIN orders o ON o.id = b.order_id
    CROSS JOIN placements pl ON pl.id = o.placement_id
    CROSS JOIN fills f ON f.order_id = b.order_id AND f.number = b.fill_number
    CROSS JOIN prices p ON p.id = f.price_id
    CROSS JOIN prices wanted ON wanted.id = o.price_id {{joins}}
    WHERE b.period_id = ? AND b.placed_at >= ? AND b.placed_at < ? AND {_ASKED}
    GROUP BY 1
"""
_REFUSED = f"""
    SELECT {{key}} AS key, count(*), count(*) FILTER (WHERE o.refusal_code IN ({_SEEN_WORSE}))
    FROM placements pl INDEXED BY refusals_by_time
    CROSS JOIN orders o ON o.placement_id = pl.id
    CROSS JOIN prices p ON p.id = o.price_id
    LEFT JOIN opportunities opp ON opp.id = pl.opportunity_id {{joins}}
    WHERE pl.state = 'refused' AND pl.account_id IN (SELECT account_id FROM account_periods WHERE id IN ({{periods}}))
        AND pl.created_at >= ? AND pl.created_at < ? AND pl.period_id IN ({{periods}}) AND {_ASKED}
    GROUP BY 1
"""


class _Count(Struct):
    taken: int = 0
    taken_proven: int = 0
    refused: int = 0
    refused_proven: int = 0
    fills: int = 0
    fills_proven: int = 0
    slipped: float = 0.0

    def add(self, other: _Count) -> None:
        for name in self.__struct_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def acceptance(self) -> Acceptance:
        return Acceptance(
            asked=self.taken + self.refused,
            accepted=self.taken,
            with_evidence_asked=self.taken_proven + self.refused_proven,
            with_evidence_accepted=self.taken_proven,
            fills=self.fills,
            fills_with_evidence=self.fills_proven,
            slippage=self.slipped / self.fills_proven if self.fills_proven else None,
        )


class Asked(Struct, frozen=True):
    """`groups` by the name each is shown under."""

    total: Acceptance
    groups: dict[str, Acceptance]


def asked_for(ask: Asker, stretch: Stretch, by: GroupBy, step: Callable[[], None] = lambda: None) -> Asked:
    """Of what was placed or refused in a stretch, whatever became of it. What `step` raises between two queries ends
    it."""
    names, grouping = Names(ask, by), GROUPINGS[by]
    joins = EVENT_JOINS if grouping.on_event else ""
    counts: dict[str, _Count] = defaultdict(_Count)
    taken = _TAKEN.format(key=grouping.of_bet, joins=joins)
    for piece in pieces(ask, stretch, "placed_at"):
        rows = ask(partial(_all, query=taken, values=(piece.period, piece.since, piece.until)))
        for key, accepted, proven, fills, fills_proven, slipped in rows:
            counts[names[key]].add(_Count(accepted, proven, 0, 0, fills, fills_proven, slipped))
        step()
    # Who was refused has no fill and so no evidence to be told apart by; it counts in the total alone.
    nobody = _Count()
    refused = _REFUSED.format(key=grouping.of_refused, joins=joins, periods=marks(stretch.periods))
    values = (*stretch.periods, stretch.since, stretch.until, *stretch.periods)
    for key, orders, proven in ask(partial(_all, query=refused, values=values)):
        (nobody if by == "evidence" else counts[names[key]]).add(_Count(refused=orders, refused_proven=proven))
    total = _Count()
    for count in (*counts.values(), nobody):
        total.add(count)
    return Asked(total.acceptance, {name: count.acceptance for name, count in counts.items()})


def _all(conn: sqlite3.Connection, query: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
    return conn.execute(query, tuple(values)).fetchall()
