"""The history of one bet, read from its journal entries, its settlements and the audit trail."""

from __future__ import annotations

import sqlite3

from betting_tui.engine.core.history_views import Ending, HistoryRow, Step
from betting_tui.engine.core.model import BetResult, EntryKind
from betting_tui.engine.core.times import from_micros, iso
from betting_tui.engine.store.settling import SHARED_ANEW

_PLACED = """
    SELECT b.placed_at, p.created_at, w.text AS author, p.origin, f.evidence, source.text AS source FROM bets b
    JOIN orders o ON o.id = b.order_id JOIN placements p ON p.id = o.placement_id JOIN words w ON w.id = p.author_id
    JOIN fills f ON f.order_id = b.order_id AND f.number = b.fill_number JOIN words source ON source.id = f.source_id
    WHERE b.id = ?
"""
_SETTLEMENTS = """
    SELECT t.result, t.profit_minor, t.confirmed_by, t.withdrawn, j.created_at, j.reason, w.text AS author, r.source,
        r.home_score, r.away_score, back.created_at AS back_at, back.reason AS back_reason, bw.text AS back_author
    FROM settlements t JOIN journal_entries j ON j.id = t.entry_id JOIN words w ON w.id = j.author_id
    LEFT JOIN results r ON r.id = t.result_id LEFT JOIN journal_entries back ON back.id = t.reversed_by_entry_id
    LEFT JOIN words bw ON bw.id = back.author_id WHERE t.bet_id = ? ORDER BY t.number
"""
# A refund that no settlement has booked.
_CANCELLED = """
    SELECT j.created_at, j.reason, w.text AS author FROM journal_entries j JOIN words w ON w.id = j.author_id
    JOIN bets b ON b.id = j.bet_id WHERE j.bet_id = ? AND b.state = 'cancelled' AND j.kind = ?
    AND NOT EXISTS (SELECT 1 FROM settlements t WHERE t.bet_id = j.bet_id AND t.entry_id = j.id)
"""


def history(conn: sqlite3.Connection, number: int) -> tuple[HistoryRow, ...]:
    """Of the bet with this number, in the order it happened."""
    placed = conn.execute(_PLACED, (number,)).fetchone()
    source = f" from {placed['source']}" if placed["source"] else ""
    told = f"{placed['origin']}, evidence {placed['evidence'].replace('_', ' ')}{source}"
    if placed["created_at"] > placed["placed_at"]:
        told += f", written down {iso(from_micros(placed['created_at']))}"
    rows = [HistoryRow(from_micros(placed["placed_at"]), Step.PLACED, placed["author"], told)]
    rows += _endings(conn.execute(_SETTLEMENTS, (number,)).fetchall())
    rows += [
        HistoryRow(from_micros(row["created_at"]), Step.CANCELLED, row["author"], row["reason"])
        for row in conn.execute(_CANCELLED, (number, EntryKind.BET_REFUND.value))
    ]
    rows += [
        HistoryRow(from_micros(row["at"]), Step.REVIEW, row["created_by"], row["detail"])
        for row in conn.execute("SELECT * FROM audit WHERE action = 'review' AND target = ?", (f"BET-{number:06d}",))
    ]
    # What is of one moment stays in the order it was read in.
    return tuple(sorted(rows, key=lambda each: each.at))


def _endings(settlements: list[sqlite3.Row]) -> list[HistoryRow]:
    rows: list[HistoryRow] = []
    before: sqlite3.Row | None = None
    for row in settlements:
        end = _ending(row)
        why, step = row["reason"], Step.SETTLED
        if before is not None and not before["withdrawn"]:
            anew = before["back_reason"] == SHARED_ANEW
            step = Step.CHARGED_ANEW if anew else Step.CORRECTED
            why = "; ".join(dict.fromkeys(text for text in (before["back_reason"], row["reason"]) if text))
        rows.append(
            HistoryRow(
                at=from_micros(row["created_at"]),
                step=step,
                by=row["author"],
                text=why,
                before=None if step is Step.SETTLED or before is None else _ending(before),
                after=end,
                source=row["source"] or "",
                score=_score(row),
                confirmed_by=row["confirmed_by"],
            )
        )
        if row["withdrawn"]:
            at, by = from_micros(row["back_at"]), row["back_author"]
            rows.append(HistoryRow(at, Step.REOPENED, by, row["back_reason"], before=end))
        before = row
    return rows


def _ending(row: sqlite3.Row) -> Ending:
    return Ending(BetResult(row["result"]), row["profit_minor"])


def _score(row: sqlite3.Row) -> str:
    if row["home_score"] is None or row["away_score"] is None:
        return ""
    return f"{row['home_score']}-{row['away_score']}"
