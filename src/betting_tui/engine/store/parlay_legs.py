"""How the legs of a parlay stand, and the parlay by them: a lost leg loses it, void ones drop out, halves carry on."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime
from fractions import Fraction

from msgspec import Struct

from betting_tui.engine.core.after_whistle import Review, Settle, Void, Wait
from betting_tui.engine.core.grades import WHOLE, Graded
from betting_tui.engine.core.model import BetResult
from betting_tui.engine.core.payout import NOTHING, Leg, ParlayEnd, parlay
from betting_tui.engine.store.deciding import CASE_COLUMNS, Said, Word, case_of, said_of
from betting_tui.engine.store.identities import price_of, word_id
from betting_tui.engine.store.payments import fraction

WordOn = Callable[[int], Word]


class Standing(Struct, frozen=True):
    """How a parlay stands by now: its end, else why it is open. `row` is the stored result that decided it last."""

    end: ParlayEnd | None
    row: int | None
    reason: str
    open: Review | Wait | None = None


class _Stand(Struct, frozen=True):
    """One leg: over, or what is to be done about it."""

    number: int
    name: str
    leg: Leg | None
    said: Said | None

    @property
    def lost(self) -> bool:
        return self.leg is not None and self.leg.multiple == 0


_LEGS = f"""
    SELECT g.ordinal, g.result, h.author_id, h.share, h.deduction, l.event_id AS event_row,
        p.format AS price_format, p.text AS price_text, p.decimal AS price_decimal, {CASE_COLUMNS}
    FROM legs g JOIN orders o ON o.id = g.order_id JOIN bets b ON b.order_id = o.id
    JOIN prices p ON p.id = g.price_id JOIN selections s ON s.id = g.selection_id
    JOIN lines l ON l.id = s.line_id JOIN events e ON e.id = l.event_id
    LEFT JOIN legs_by_hand h ON h.order_id = g.order_id AND h.ordinal = g.ordinal
    WHERE g.order_id = ? ORDER BY g.ordinal
"""


def stand(conn: sqlite3.Connection, order: int, word_on: WordOn, now: datetime) -> Standing:
    """By what feeds say of all its legs and what a person has said of some; the legs' results are kept."""
    stands = []
    for row in conn.execute(_LEGS, (order,)).fetchall():
        each = _stand(row, word_on, now)
        result = None if each.leg is None else each.leg.graded.result.value
        if result != row["result"]:
            conn.execute(
                "UPDATE legs SET result = ? WHERE order_id = ? AND ordinal = ?", (result, order, row["ordinal"])
            )
        stands.append(each)
    return _together(stands)


def settle_leg(
    conn: sqlite3.Connection,
    order: int,
    ordinal: int,
    graded: Graded,
    deduction: Fraction,
    created_by: str,
) -> None:
    """A person's word on one leg."""
    conn.execute("UPDATE legs SET result = ? WHERE order_id = ? AND ordinal = ?", (graded.result.value, order, ordinal))
    conn.execute(
        "INSERT INTO legs_by_hand (order_id, ordinal, author_id, share, deduction) VALUES (?1, ?2, ?3, ?4, ?5)"
        " ON CONFLICT DO UPDATE SET author_id = ?3, share = ?4, deduction = ?5",
        (
            order,
            ordinal,
            word_id(conn, created_by),
            None if graded.share == WHOLE else str(graded.share),
            None if deduction == NOTHING else str(deduction),
        ),
    )


def undecided(conn: sqlite3.Connection, order: int) -> Sequence[int]:
    """The ordinals of the legs without a result."""
    rows = conn.execute("SELECT ordinal FROM legs WHERE order_id = ? AND result IS NULL ORDER BY ordinal", (order,))
    return [int(row["ordinal"]) for row in rows]


def _stand(row: sqlite3.Row, word_on: WordOn, now: datetime) -> _Stand:
    price = price_of(row).exact
    number, name = row["ordinal"] + 1, row["name"]
    if row["author_id"] is not None:
        graded = Graded(BetResult(row["result"]), fraction(row["share"], WHOLE))
        return _Stand(number, name, Leg(price, graded, fraction(row["deduction"], NOTHING)), None)
    said = said_of(case_of(row), word_on(row["event_row"]), now)
    match said.decision:
        case Settle(graded=graded):
            return _Stand(number, name, Leg(price, graded), said)
        case Void():
            return _Stand(number, name, Leg(price, Graded(BetResult.VOID)), said)
        case Wait() | Review():
            return _Stand(number, name, None, said)


def _together(stands: Sequence[_Stand]) -> Standing:
    end = parlay([each.leg for each in stands])
    if end is not None:
        telling = [each for each in stands if each.lost] or stands
        rows = [each.said.row for each in telling if each.said is not None and each.said.row is not None]
        told = ", ".join(f"{each.name} {each.leg.graded.result.value}" for each in telling if each.leg is not None)
        return Standing(end, max(rows, default=None), told)
    decisions = [(each, each.said.decision) for each in stands if each.said is not None and each.leg is None]
    for each, decision in decisions:
        if isinstance(decision, Review):
            reason = f"leg {each.number}, {each.name}: {decision.reason}"
            return Standing(None, None, reason, Review(reason))
    waits = [(decision.until, each, decision) for each, decision in decisions if isinstance(decision, Wait)]
    until, first, wait = min(waits, key=lambda found: found[0])
    reason = f"leg {first.number}, {first.name}: {wait.reason}"
    return Standing(None, None, reason, Wait(until, reason))
