"""The journal as a file: each entry with its postings."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from msgspec import Struct

from betting_tui.engine.core.progress import Progress, silent, watched
from betting_tui.engine.core.times import from_micros, iso
from betting_tui.engine.store.exports import Cell, Format, amount_cell, csv_bytes, json_bytes
from betting_tui.engine.store.shapes import AccountRow
from betting_tui.engine.store.summaries import marks, period_ids


class PostingRecord(Struct, frozen=True):
    ledger_account: str
    bookmaker: str
    amount_minor: int


class EntryRecord(Struct, frozen=True):
    entry: int
    account: str
    currency: str
    kind: str
    at: str
    created_by: str
    reason: str
    placement: int | None
    bet: str | None
    opportunity_id: str | None
    reverses: int | None
    postings: tuple[PostingRecord, ...]


def journal(
    conn: sqlite3.Connection, owner: AccountRow | None, period: int | None = 0, progress: Progress = silent
) -> list[EntryRecord]:
    """Of one account's period (None: the current one, 0: all of them); of every account where `owner` is None."""
    periods = period_ids(conn, owner, period)
    chosen = f"SELECT id FROM journal_entries WHERE period_id IN ({marks(periods)})"
    postings: dict[int, list[PostingRecord]] = {}
    moved = conn.execute(
        "SELECT p.entry_id, la.kind, la.bookmaker, p.amount_minor FROM postings p"
        f" JOIN ledger_accounts la ON la.id = p.ledger_account_id WHERE p.entry_id IN ({chosen})"
        " ORDER BY p.entry_id, la.kind, la.bookmaker",
        periods,
    )
    for row in watched(moved, 0, progress, "Reading postings"):
        posting = PostingRecord(row["kind"], row["bookmaker"], row["amount_minor"])
        postings.setdefault(row["entry_id"], []).append(posting)
    rows = conn.execute(
        "SELECT j.*, w.text AS created_by, a.name, a.currency, o.placement_id, opp.opportunity_id AS opportunity"
        " FROM journal_entries j JOIN accounts a ON a.id = j.account_id JOIN words w ON w.id = j.author_id"
        " LEFT JOIN bets b ON b.id = j.bet_id LEFT JOIN orders o ON o.id = ifnull(j.order_id, b.order_id)"
        " LEFT JOIN placements p ON p.id = o.placement_id LEFT JOIN opportunities opp ON opp.id = p.opportunity_id"
        f" WHERE j.id IN ({chosen}) ORDER BY j.id",
        periods,
    )
    told = watched(rows, len(postings), progress, "Reading entries")
    return [_entry(row, tuple(postings.get(row["id"], ()))) for row in told]


def journal_as(format_: Format, entries: Sequence[EntryRecord], progress: Progress = silent) -> bytes:
    """CSV has one row a posting."""
    if format_ == "json":
        return json_bytes(entries)
    columns = (
        "entry account currency kind at created_by reason placement bet opportunity_id reverses ledger_account"
        " bookmaker amount"
    ).split()
    told = watched(entries, len(entries), progress, "Writing entries")
    return csv_bytes(columns, (_posting_cells(entry, posting) for entry in told for posting in entry.postings))


def _posting_cells(entry: EntryRecord, posting: PostingRecord) -> list[Cell]:
    return [
        entry.entry,
        entry.account,
        entry.currency,
        entry.kind,
        entry.at,
        entry.created_by,
        entry.reason,
        entry.placement,
        entry.bet,
        entry.opportunity_id,
        entry.reverses,
        posting.ledger_account,
        posting.bookmaker,
        amount_cell(posting.amount_minor, entry.currency),
    ]


def _entry(row: sqlite3.Row, postings: tuple[PostingRecord, ...]) -> EntryRecord:
    return EntryRecord(
        entry=row["id"],
        account=row["name"],
        currency=row["currency"],
        kind=row["kind"],
        at=iso(from_micros(row["created_at"])),
        created_by=row["created_by"],
        reason=row["reason"],
        placement=row["placement_id"],
        bet=None if row["bet_id"] is None else f"BET-{row['bet_id']:06d}",
        opportunity_id=row["opportunity"],
        reverses=row["reverses_entry_id"],
        postings=postings,
    )
