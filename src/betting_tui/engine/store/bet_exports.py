"""Bets as files, flat: one record a bet, a parlay's legs within it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from betting_tui.engine.core.bet_views import BetLeg, BetRow
from betting_tui.engine.core.progress import Progress, silent, watched
from betting_tui.engine.core.times import iso
from betting_tui.engine.store.exports import Cell, Format, Number, amount_cell, csv_bytes, json_bytes


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
    each_way: str | None
    place: int | None
    tied: int | None


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
        each_way=bet.each_way.text if bet.each_way else None,
        place=bet.finish.place if bet.finish else None,
        tied=bet.finish.tied if bet.finish else None,
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


def bets_as(format_: Format, bets: Sequence[BetRow], progress: Progress = silent) -> bytes:
    records = [bet_record(bet) for bet in watched(bets, len(bets), progress, "Writing bets")]
    if format_ == "json":
        return json_bytes(records)
    columns = tuple(field.removesuffix("_minor") for field in BetRecord.__struct_fields__)
    rows = watched(records, len(records), progress, "Writing rows")
    return csv_bytes(columns, (_bet_cells(record) for record in rows))


def _bet_cells(record: BetRecord) -> list[Cell]:
    cells: list[Cell] = []
    for field in BetRecord.__struct_fields__:
        value: Cell = _legs_text(record.legs) if field == "legs" else getattr(record, field)
        if field.endswith("_minor") and isinstance(value, int):
            value = amount_cell(value, record.currency)
        # As quoted a price is +150 or 2.5: a number, whatever it starts with.
        cells.append(Number(value) if field in ("price", "closing_price") and isinstance(value, str) else value)
    return cells
