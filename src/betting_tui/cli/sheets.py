"""Which columns bets, feeds, accounts and entries have, in tables, CSV and JSON alike."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from betting_tui.cli.output import Cell, Column, Kind, Sheet, Style, csv_text, emit, emit_sheet, json_rows
from betting_tui.engine.core.bet_views import BetLeg, BetRow, Unsettled
from betting_tui.engine.core.model import Event, Side
from betting_tui.engine.core.money_views import LedgerRow
from betting_tui.engine.core.times import iso
from betting_tui.screens import names

_BET_COLUMNS = (
    Column("id", "Bet"),
    Column("state", "State", spare=3),
    Column("result", "Result"),
    Column("event", "Event"),
    Column("pick", "Pick"),
    Column("bookmaker", "Book", spare=1),
    Column("price", "Price", Kind.PRICE),
    Column("stake", "Stake", Kind.MONEY),
    Column("return", "Return", Kind.MONEY, wide=True),
    Column("profit", "Profit", Kind.MONEY),
    Column("placed_at", "Placed", Kind.TIME, spare=4),
    Column("settled_at", "Settled", Kind.TIME, wide=True),
    Column("clv_ev", "CLV", Kind.GAIN, spare=2),
    Column("clv_price", "CLV price", Kind.GAIN, spare=2),
    Column("clv_points", "CLV points", Kind.GAIN, wide=True),
    Column("clv_cents", "CLV cents", Kind.SIGNED, wide=True),
    Column("clv_net_odds", "CLV net", Kind.GAIN, wide=True),
    Column("clv_line", "CLV line", Kind.SIGNED, wide=True),
    Column("beat_close", "Beat the close", wide=True),
    Column("converted", "Converted", wide=True),
    Column("closing_price", "Close", Kind.PRICE, wide=True),
    Column("closing_point", "Close at", Kind.NUMBER, wide=True),
    Column("closing_source", "Close from", wide=True),
    Column("closing_quoted_at", "Close quoted", Kind.TIME, wide=True),
    Column("closing_seconds_before_start", "Close before start", Kind.NUMBER, wide=True),
    Column("fair_close", "Fair close", Kind.SHARE, wide=True),
    Column("fair_close_point", "Fair close at", Kind.NUMBER, wide=True),
    Column("fair_close_method", "Fair close by", wide=True, limit=80),
    Column("fair_close_seconds_before_start", "Fair before start", Kind.NUMBER, wide=True),
    Column("closing_missing", "Why no close", wide=True, limit=120),
    Column("fair_missing", "Why no fair close", wide=True, limit=120),
    Column("strategy", "Strategy", wide=True),
    Column("origin", "Origin", wide=True),
    Column("evidence", "Evidence", wide=True),
    Column("event_id", "Event id", wide=True),
    Column("sport_key", "Sport", wide=True),
    Column("home_team", "Home", wide=True),
    Column("away_team", "Away", wide=True),
    Column("commence_time", "Starts", Kind.TIME, wide=True),
    Column("market", "Market", wide=True),
    Column("period", "Period", wide=True),
    Column("outcome_set", "Outcomes", wide=True),
    Column("selection", "Selection", wide=True),
    Column("point", "Point", Kind.NUMBER, wide=True),
    Column("participant", "Participant", wide=True),
    Column("side", "Side", wide=True),
    Column("edge", "Edge", Kind.GAIN, wide=True),
    Column("fair_probability", "Fair", Kind.SHARE, wide=True),
    Column("quoted_at", "Quoted", Kind.TIME, wide=True),
    Column("source", "Source", wide=True),
    Column("kind", "Kind", wide=True),
    Column("funding", "Funding", wide=True),
    Column("account", "Account", wide=True),
    Column("opportunity_id", "Opportunity", wide=True),
    Column("placement_id", "Placement", Kind.NUMBER, wide=True),
    Column("note", "Note", wide=True, limit=500),
    Column("legs", "Legs", wide=True, limit=600),
    Column("review_reason", "Why it waits", wide=True, limit=200),
    Column("each_way", "Each way", wide=True),
    Column("staked", "Staked in all", Kind.MONEY, wide=True),
    Column("place", "Came in", Kind.NUMBER, wide=True),
    Column("tied", "Sharing the place", Kind.NUMBER, wide=True),
)


def bet_sheet(bets: Sequence[BetRow], currency: str) -> Sheet:
    rows = tuple(
        (
            bet.id, bet.state.value, bet.result.value if bet.result else None, event_text(bet),
            pick_text(bet), bet.bookmaker, bet.price, bet.stake_minor,
            bet.return_minor, bet.profit_minor, bet.placed_at, bet.settled_at,
            *_close_cells(bet), bet.strategy, bet.origin.value,
            bet.evidence.value, bet.event.id, bet.event.sport_key, bet.event.home_team, bet.event.away_team,
            start_of(bet.event), bet.line.market, bet.line.period, bet.line.outcome_set.value, bet.selection,
            bet.point, bet.line.participant, bet.side.value, bet.edge, bet.fair_probability, bet.quoted_at,
            bet.source, bet.kind.value, bet.funding.value, bet.account, bet.opportunity_id, bet.placement_id, bet.note,
            _legs_text(bet), bet.review_reason or None,
            *_each_way_cells(bet),
        )
        for bet in bets
    )  # fmt: skip
    return Sheet(_BET_COLUMNS, rows, bets[0].currency if bets else currency)


def _each_way_cells(bet: BetRow) -> tuple[Cell, ...]:
    finish = bet.finish
    return (
        bet.each_way.text if bet.each_way else None, bet.staked_minor if bet.each_way else None,
        finish.place if finish else None, finish.tied if finish else None,
    )  # fmt: skip


def _close_cells(bet: BetRow) -> tuple[Cell, ...]:
    close, fair = bet.close, bet.reference
    return (
        bet.clv_ev, bet.clv_price, bet.clv_points, bet.clv_cents, bet.clv_net_odds, bet.clv_line,
        _yes_no(bet.beat_close), _yes_no(bet.converted), bet.closing_price, close.point if close else None,
        close.source if close else None, close.quoted_at if close else None, bet.closing_seconds_before_start,
        fair.probability if fair else None, fair.point if fair else None, fair.method if fair else None,
        fair.seconds_before_start if fair else None, bet.closing_missing, bet.fair_missing,
    )  # fmt: skip


def _yes_no(value: bool | None) -> str | None:
    return None if value is None else "yes" if value else "no"


def bet_objects(bets: Sequence[BetRow], currency: str) -> list[dict[str, object]]:
    """Bets for JSON: the columns, and all that is known of the close in one object; null where there is none."""
    rows = json_rows(bet_sheet(bets, currency))
    return [
        {
            **row,
            "beat_close": bet.beat_close,
            "converted": bet.converted,
            "close": close_object(bet),
            "legs": [_leg_object(leg) for leg in bet.legs],
        }
        for row, bet in zip(rows, bets, strict=True)
    ]


def _leg_object(leg: BetLeg) -> dict[str, object]:
    return {
        "event_id": leg.event.id,
        "event": leg.event.name,
        "sport_key": leg.event.sport_key,
        "commence_time": _time(start_of(leg.event)),
        "market": leg.line.market,
        "period": leg.line.period,
        "participant": leg.line.participant,
        "selection": leg.selection,
        "point": leg.point,
        "price": leg.price.text,
        "price_decimal": leg.price.decimal,
        "result": leg.result.value if leg.result else None,
    }


def close_object(bet: BetRow) -> dict[str, object] | None:
    close, fair = bet.close, bet.reference
    if close is None and fair is None:
        return None
    return {
        "price": close.price.text if close else None,
        "price_decimal": close.price.decimal if close else None,
        "bookmaker": close.bookmaker if close else None,
        "source": close.source if close else None,
        "quoted_at": _time(close.quoted_at) if close else None,
        "seen_at": _time(close.seen_at) if close else None,
        "seconds_before_start": close.seconds_before_start if close else None,
        "point": close.point if close else None,
        "fair_probability": fair.probability if fair else None,
        "method": fair.method if fair else None,
        "fair_books": list(fair.books) if fair else [],
        "fair_source": fair.source if fair else None,
        "fair_point": fair.point if fair else None,
        "fair_seen_at": _time(fair.seen_at) if fair else None,
        "fair_seconds_before_start": fair.seconds_before_start if fair else None,
        "price_converted": bet.price_converted,
        "ev_converted": bet.ev_converted,
    }


def _time(when: datetime | None) -> str | None:
    return None if when is None else iso(when)


def bet_sheets(bets: Sequence[BetRow], currency: str) -> list[Sheet]:
    """A sheet for each currency: an amount is written with the decimals of its own. At least one, empty."""
    currencies = dict.fromkeys(bet.currency for bet in bets) or {currency: None}
    return [bet_sheet([bet for bet in bets if bet.currency == each], each) for each in currencies]


def emit_sheets(sheets: Sequence[Sheet], format_: str, style: Style) -> None:
    """Sheets with the same columns: as CSV one file with one heading, as tables one below the other."""
    if format_ != "csv":
        for sheet in sheets:
            emit_sheet(sheet, format_, style)
        return
    texts = [csv_text(sheet) for sheet in sheets]
    emit(texts[0] + "".join(text.partition("\n")[2] for text in texts[1:]))


def event_text(bet: BetRow) -> str:
    """`Celtics @ Lakers`, of a parlay all of them."""
    return " + ".join(event.name for event in bet.events)


def pick_text(bet: BetRow) -> str:
    """`Lakers -3.5`, `lay Lakers`, `3 legs`, `Red Rum, each way 1/4, 4 places`."""
    if bet.legs:
        return f"{len(bet.legs)} legs"
    if bet.each_way is not None:
        return f"{names.pick_of(bet.line, bet.selection, bet.point)}, {bet.each_way.words}"
    pick = names.pick_of(bet.line, bet.selection, bet.point)
    return f"lay {pick}" if bet.side is Side.LAY else pick


def _legs_text(bet: BetRow) -> str | None:
    """`Lakers +150 & Leeds +0.5 2.5 (win)`, each at its price as quoted."""
    legs = []
    for leg in bet.legs:
        known = f" ({leg.result.value})" if leg.result else ""
        legs.append(f"{names.pick_of(leg.line, leg.selection, leg.point)} {leg.price.text}{known}")
    return " & ".join(legs) or None


def review_sheet(bets: Sequence[BetRow], currency: str) -> Sheet:
    """Bets that wait for a person, with the reason whole."""
    columns = (
        Column("id", "Bet"),
        Column("commence_time", "Starts", Kind.TIME, spare=1),
        Column("event", "Event"),
        Column("pick", "Pick"),
        Column("stake", "Stake", Kind.MONEY),
        Column("review_reason", "Why it waits for you", limit=200, whole=True),
    )
    rows = tuple(
        (bet.id, start_of(bet.event), event_text(bet), pick_text(bet), bet.stake_minor, bet.review_reason)
        for bet in bets
    )
    return Sheet(columns, rows, bets[0].currency if bets else currency)


def unsettled_sheet(rows: Sequence[Unsettled], currency: str) -> Sheet:
    """`until`: when it is decided without any further word; empty where a person has to."""
    columns = (
        Column("bet_id", "Bet"),
        Column("event", "Event"),
        Column("until", "Until", Kind.TIME),
        Column("reason", "Why it stays open", limit=200, whole=True),
    )
    cells = tuple((row.bet_id, row.event_name, row.until, row.reason) for row in rows)
    return Sheet(columns, cells, currency)


def entry_sheet(entries: Sequence[LedgerRow], currency: str) -> Sheet:
    columns = (
        Column("entry_id", "Entry", Kind.NUMBER),
        Column("at", "At", Kind.TIME),
        Column("kind", "Kind"),
        Column("bet_id", "Bet"),
        Column("text", "Text", limit=80),
        Column("amount", "Amount", Kind.MONEY),
        Column("available", "Available", Kind.MONEY),
    )
    rows = tuple(
        (row.entry_id, row.at, row.kind.value, row.bet_id, row.text, row.amount_minor, row.available_minor)
        for row in entries
    )
    return Sheet(columns, rows, currency)


def counted(count: int, one: str) -> str:
    """`1 bet`, `2 bets`."""
    return f"{count:,} {one}" if count == 1 else f"{count:,} {one}s"


def start_of(event: Event) -> datetime | None:
    """When it starts; None where nobody has said."""
    return event.commence_time if event.start_known else None
