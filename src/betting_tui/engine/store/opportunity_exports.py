"""Kept opportunities as files, flat but for their legs, decisions and closes."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from betting_tui.engine.core.progress import Progress, silent, watched
from betting_tui.engine.core.records import LegRecord, flat_opportunity
from betting_tui.engine.core.times import iso
from betting_tui.engine.store.exports import Cell, Format, csv_bytes, json_bytes
from betting_tui.engine.store.shapes import LegClose, OpportunityDecision, OpportunityRecord


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


def opportunities_as(format_: Format, records: Sequence[OpportunityRecord], progress: Progress = silent) -> bytes:
    """CSV has one row an opportunity, its legs and decisions in words."""
    told = watched(records, len(records), progress, "Writing opportunities")
    exported = [opportunity_export(record) for record in told]
    if format_ == "json":
        return json_bytes(exported)
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
