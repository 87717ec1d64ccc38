"""Bets and the journal as files: JSON with minor units, CSV with decimals. The same ledger gives the same bytes."""

from __future__ import annotations

import csv
import io
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec
from msgspec import Struct

from betting_tui.engine.core.bet_views import BetLeg, BetRow
from betting_tui.engine.core.money import format_minor
from betting_tui.engine.core.records import LegRecord, flat_opportunity
from betting_tui.engine.core.times import from_micros, iso
from betting_tui.engine.store.shapes import AccountRow, LegClose, OpportunityDecision, OpportunityRecord
from betting_tui.engine.store.summaries import marks, period_ids

Format = Literal["json", "csv"]
Cell = str | int | float | None

# A spreadsheet takes a text cell that starts with one of these for a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class BetLegRecord(Struct, frozen=True):
    """One leg of a parlay."""

    event_id: str
    event: str
    sport_key: str
    commence_time: str | None
    market: str
    period: str
    participant: str | None
    selection: str
    point: float | None
    price: str
    price_format: str
    price_decimal: float
    result: str | None


class BetRecord(Struct, frozen=True):
    """One bet, flat but for the legs of a parlay: a text in CSV. Money in minor units, times ISO 8601 UTC, fractions as
    fractions."""

    id: str
    account: str
    currency: str
    state: str
    result: str | None
    placed_at: str
    settled_at: str | None
    sport_key: str
    event_id: str
    event: str
    commence_time: str | None
    market: str
    period: str
    participant: str | None
    selection: str
    point: float | None
    bookmaker: str
    side: str
    price: str
    price_format: str
    price_american: int
    price_decimal: float
    stake_minor: int
    return_minor: int | None
    commission_minor: int
    profit_minor: int | None
    strategy: str | None
    opportunity_id: str | None
    origin: str
    funding: str
    evidence: str
    source: str
    quoted_at: str | None
    edge: float | None
    fair_probability: float | None
    closing_price: str | None
    closing_decimal: float | None
    closing_missing: str | None
    clv_ev: float | None
    clv_price: float | None
    clv_points: float | None
    clv_cents: float | None
    clv_net_odds: float | None
    clv_line: float | None
    beat_close: bool | None
    converted: bool
    closing_point: float | None
    closing_source: str | None
    closing_quoted_at: str | None
    closing_seconds_before_start: float | None
    fair_close: float | None
    fair_close_point: float | None
    fair_close_method: str | None
    fair_close_seconds_before_start: float | None
    fair_missing: str | None
    note: str
    kind: str
    legs: tuple[BetLegRecord, ...]


class OpportunityExport(Struct, frozen=True):
    """One kept opportunity, flat but for its legs and decisions. Fractions as fractions, times ISO 8601 UTC.

    `best_ev` is the highest expected return seen, `lived_seconds` the sum of its stretches.
    """

    id: str
    strategy: str
    event_id: str
    sport_key: str
    event: str
    home_team: str | None
    away_team: str | None
    commence_time: str
    market: str
    period: str
    participant: str | None
    edge: float | None
    edge_low: float | None
    ev_per_unit: float | None
    best_ev: float | None
    profit_margin: float | None
    difference_cents: float | None
    fair_probability: float | None
    fair_odds: float | None
    method: str | None
    book_keys: tuple[str, ...]
    confidence: str | None
    kelly_fraction: float | None
    flags: tuple[str, ...]
    discovered_at: str
    updated_at: str
    expires_at: str
    expired_at: str | None
    lived_seconds: float
    stretches: int
    taken_by: tuple[str, ...]
    decisions: tuple[OpportunityDecision, ...]
    legs: tuple[LegRecord, ...]
    closes: tuple[LegClose, ...]


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


def bet_record(bet: BetRow) -> BetRecord:
    return BetRecord(
        id=bet.id,
        account=bet.account,
        currency=bet.currency,
        state=bet.state.value,
        result=bet.result.value if bet.result else None,
        placed_at=iso(bet.placed_at),
        settled_at=iso(bet.settled_at) if bet.settled_at else None,
        sport_key=bet.event.sport_key,
        event_id=bet.event.id,
        event=bet.event.name,
        commence_time=iso(bet.event.commence_time) if bet.event.start_known else None,
        market=bet.line.market,
        period=bet.line.period,
        participant=bet.line.participant,
        selection=bet.selection,
        point=bet.point,
        bookmaker=bet.bookmaker,
        side=bet.side.value,
        price=bet.price.text,
        price_format=bet.price.format.value,
        price_american=bet.price.american,
        price_decimal=bet.price.decimal,
        stake_minor=bet.stake_minor,
        return_minor=bet.return_minor,
        commission_minor=bet.commission_minor,
        profit_minor=bet.profit_minor,
        strategy=bet.strategy,
        opportunity_id=bet.opportunity_id,
        origin=bet.origin.value,
        funding=bet.funding.value,
        evidence=bet.evidence.value,
        source=bet.source,
        quoted_at=iso(bet.quoted_at) if bet.quoted_at else None,
        edge=bet.edge,
        fair_probability=bet.fair_probability,
        closing_price=bet.closing_price.text if bet.closing_price else None,
        closing_decimal=bet.closing_price.decimal if bet.closing_price else None,
        closing_missing=bet.closing_missing,
        clv_ev=bet.clv_ev,
        clv_price=bet.clv_price,
        clv_points=bet.clv_points,
        clv_cents=bet.clv_cents,
        clv_net_odds=bet.clv_net_odds,
        clv_line=bet.clv_line,
        beat_close=bet.beat_close,
        converted=bet.converted,
        closing_point=bet.close.point if bet.close else None,
        closing_source=bet.close.source if bet.close else None,
        closing_quoted_at=iso(bet.close.quoted_at) if bet.close and bet.close.quoted_at else None,
        closing_seconds_before_start=bet.closing_seconds_before_start,
        fair_close=bet.reference.probability if bet.reference else None,
        fair_close_point=bet.reference.point if bet.reference else None,
        fair_close_method=bet.reference.method if bet.reference else None,
        fair_close_seconds_before_start=bet.reference.seconds_before_start if bet.reference else None,
        fair_missing=bet.fair_missing,
        note=bet.note,
        kind=bet.kind.value,
        legs=tuple(_leg_record(leg) for leg in bet.legs),
    )


def _leg_record(leg: BetLeg) -> BetLegRecord:
    return BetLegRecord(
        event_id=leg.event.id,
        event=leg.event.name,
        sport_key=leg.event.sport_key,
        commence_time=iso(leg.event.commence_time) if leg.event.start_known else None,
        market=leg.line.market,
        period=leg.line.period,
        participant=leg.line.participant,
        selection=leg.selection,
        point=leg.point,
        price=leg.price.text,
        price_format=leg.price.format.value,
        price_decimal=leg.price.decimal,
        result=leg.result.value if leg.result else None,
    )


def _legs_text(legs: Iterable[BetLegRecord]) -> str:
    """`Lakers +150 & Leeds +0.5 2.5`"""
    return " & ".join(
        " ".join(part for part in (leg.participant, leg.selection, _point_text(leg), leg.price) if part) for leg in legs
    )


def _point_text(leg: BetLegRecord) -> str:
    if leg.point is None:
        return ""
    return f"{leg.point:+g}" if "spread" in leg.market else f"{leg.point:g}"


def bets_as(format_: Format, bets: Iterable[BetRow]) -> bytes:
    records = [bet_record(bet) for bet in bets]
    if format_ == "json":
        return _json(records)
    columns = tuple(field.removesuffix("_minor") for field in BetRecord.__struct_fields__)
    return csv_bytes(columns, (_bet_cells(record) for record in records))


def opportunity_export(record: OpportunityRecord) -> OpportunityExport:
    flat = flat_opportunity(record.opportunity, record.updated_at)
    return OpportunityExport(
        id=flat.id,
        strategy=flat.strategy,
        event_id=flat.event_id,
        sport_key=flat.sport_key,
        event=record.opportunity.event.name,
        home_team=flat.home_team,
        away_team=flat.away_team,
        commence_time=flat.commence_time,
        market=flat.market,
        period=flat.period,
        participant=flat.participant,
        edge=flat.edge,
        edge_low=flat.edge_low,
        ev_per_unit=flat.ev_per_unit,
        best_ev=record.best_ev,
        profit_margin=flat.profit_margin,
        difference_cents=flat.difference_cents,
        fair_probability=flat.fair_probability,
        fair_odds=flat.fair_odds,
        method=flat.method,
        book_keys=flat.book_keys,
        confidence=flat.confidence,
        kelly_fraction=flat.kelly_fraction,
        flags=flat.flags,
        discovered_at=iso(record.discovered_at),
        updated_at=iso(record.updated_at),
        expires_at=flat.expires_at,
        expired_at=iso(record.expired_at) if record.expired_at else None,
        lived_seconds=record.lived_seconds,
        stretches=record.stretches,
        taken_by=record.taken_by,
        decisions=record.decisions,
        legs=flat.legs,
        closes=record.closes,
    )


def opportunities_as(format_: Format, records: Iterable[OpportunityRecord]) -> bytes:
    """CSV has one row an opportunity, its legs and decisions in words."""
    exported = [opportunity_export(record) for record in records]
    if format_ == "json":
        return _json(exported)
    return csv_bytes(OpportunityExport.__struct_fields__, (_opportunity_cells(each) for each in exported))


def _opportunity_cells(record: OpportunityExport) -> list[Cell]:
    cells: list[Cell] = []
    for field in OpportunityExport.__struct_fields__:
        match getattr(record, field):
            case tuple() as several:
                cells.append(" | ".join(_in_words(each) for each in several))
            case value:
                cells.append(value)
    return cells


def _in_words(part: str | LegRecord | LegClose | OpportunityDecision) -> str:
    match part:
        case LegRecord():
            point = "" if part.point is None else f" {part.point:g}"
            return f"{part.selection}{point} {part.price_american:+d} at {part.bookmaker}"
        case LegClose():
            return _close_in_words(part)
        case OpportunityDecision():
            return f"{part.account}: {part.decision}, {part.reason}"
        case _:
            return part


def _close_in_words(close: LegClose) -> str:
    if close.missing is not None and close.clv_ev is None and close.clv_price is None:
        return close.missing
    told = ((close.clv_ev, "no-vig"), (close.clv_price, "price"))
    return ", ".join(f"{value * 100:+.1f} % ({name})" for value, name in told if value is not None)


def journal(conn: sqlite3.Connection, owner: AccountRow | None, period: int | None = 0) -> list[EntryRecord]:
    """Of one account's period (None: the current one, 0: all of them); of every account where `owner` is None."""
    periods = period_ids(conn, owner, period)
    chosen = f"SELECT id FROM journal_entries WHERE period_id IN ({marks(periods)})"
    postings: dict[int, list[PostingRecord]] = {}
    for row in conn.execute(
        "SELECT p.entry_id, la.kind, la.bookmaker, p.amount_minor FROM postings p"
        f" JOIN ledger_accounts la ON la.id = p.ledger_account_id WHERE p.entry_id IN ({chosen})"
        " ORDER BY p.entry_id, la.kind, la.bookmaker",
        periods,
    ):
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
    return [_entry(row, tuple(postings.get(row["id"], ()))) for row in rows]


def journal_as(format_: Format, entries: Sequence[EntryRecord]) -> bytes:
    """CSV has one row a posting."""
    if format_ == "json":
        return _json(entries)
    columns = (
        "entry account currency kind at created_by reason placement bet opportunity_id reverses ledger_account"
        " bookmaker amount"
    ).split()
    return csv_bytes(columns, (_posting_cells(entry, posting) for entry in entries for posting in entry.postings))


def csv_bytes(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """UTF-8 CSV. Text that a spreadsheet would run as a formula gets an apostrophe; numbers stay numbers."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_defused(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8")


class Number(str):
    """A decimal amount ready to be written: a minus in front of it is no formula."""

    __slots__ = ()


def _json(records: Sequence[Struct]) -> bytes:
    return msgspec.json.format(msgspec.json.encode(records), indent=2) + b"\n"


def _defused(cell: Cell) -> Cell:
    if isinstance(cell, str) and not isinstance(cell, Number) and cell.startswith(_FORMULA_STARTS):
        return f"'{cell}"
    return cell


def _bet_cells(record: BetRecord) -> list[Cell]:
    cells: list[Cell] = []
    for field in BetRecord.__struct_fields__:
        value: Cell = _legs_text(record.legs) if field == "legs" else getattr(record, field)
        if field.endswith("_minor") and isinstance(value, int):
            value = _amount(value, record.currency)
        # As quoted a price is +150 or 2.5: a number, whatever it starts with.
        cells.append(Number(value) if field in ("price", "closing_price") and isinstance(value, str) else value)
    return cells


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
        _amount(posting.amount_minor, entry.currency),
    ]


def _amount(minor: int, currency: str) -> Number:
    return Number(format_minor(minor, currency, grouping=False))


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
