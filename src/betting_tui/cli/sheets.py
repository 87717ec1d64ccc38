"""Which columns bets, feeds, accounts and entries have, in tables, CSV and JSON alike."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from betting_tui.cli.output import Column, Kind, Sheet, Style, csv_text, emit, emit_sheet
from betting_tui.engine.core.model import Event, Side
from betting_tui.engine.core.views import BetRow, LedgerRow, ReportGroup, Unsettled
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
    Column("clv_price", "CLV", Kind.GAIN, spare=2),
    Column("clv_net_odds", "CLV net", Kind.GAIN, wide=True),
    Column("closing_price", "Close", Kind.PRICE, wide=True),
    Column("closing_seconds_before_start", "Close before start", Kind.NUMBER, wide=True),
    Column("closing_missing", "Why no close", wide=True, limit=120),
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
)


def bet_sheet(bets: Sequence[BetRow], currency: str) -> Sheet:
    rows = tuple(
        (
            bet.id, bet.state.value, bet.result.value if bet.result else None, bet.event.name,
            _pick(bet), bet.bookmaker, bet.price, bet.stake_minor,
            bet.return_minor, bet.profit_minor, bet.placed_at, bet.settled_at, bet.clv_price, bet.clv_net_odds,
            bet.closing_price, bet.closing_seconds_before_start, bet.closing_missing, bet.strategy, bet.origin.value,
            bet.evidence.value, bet.event.id, bet.event.sport_key, bet.event.home_team, bet.event.away_team,
            start_of(bet.event), bet.line.market, bet.line.period, bet.line.outcome_set.value, bet.selection,
            bet.point, bet.line.participant, bet.side.value, bet.edge, bet.fair_probability, bet.quoted_at,
            bet.source, bet.kind.value, bet.funding.value, bet.account, bet.opportunity_id, bet.placement_id, bet.note,
        )
        for bet in bets
    )  # fmt: skip
    return Sheet(_BET_COLUMNS, rows, bets[0].currency if bets else currency)


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


def _pick(bet: BetRow) -> str:
    pick = names.pick_of(bet.line, bet.selection, bet.point)
    return f"lay {pick}" if bet.side is Side.LAY else pick


def unsettled_sheet(rows: Sequence[Unsettled], currency: str) -> Sheet:
    columns = (
        Column("bet_id", "Bet"),
        Column("event", "Event"),
        Column("reason", "Why it stays open", limit=200, whole=True),
    )
    return Sheet(columns, tuple((row.bet_id, row.event_name, row.reason) for row in rows), currency)


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


def report_sheet(groups: Sequence[ReportGroup], grouped_by: str, currency: str) -> Sheet:
    columns = (
        Column("name", "Total" if grouped_by == "none" else grouped_by.capitalize()),
        Column("bets", "Bets", Kind.NUMBER),
        Column("graded", "Graded", Kind.NUMBER, wide=True),
        Column("wins", "Won", Kind.NUMBER),
        Column("losses", "Lost", Kind.NUMBER),
        Column("pushes", "Push", Kind.NUMBER, spare=4),
        Column("turnover", "Turnover", Kind.MONEY),
        Column("profit", "Profit", Kind.MONEY),
        Column("yield_fraction", "Yield", Kind.GAIN),
        Column("win_rate", "Win rate", Kind.SHARE, spare=1),
        Column("expected_profit", "Expected", Kind.MONEY, spare=2),
        Column("clv_price", "CLV", Kind.GAIN),
        Column("clv_coverage", "CLV of", Kind.SHARE, spare=3),
        Column("clv_count", "CLV bets", Kind.NUMBER, wide=True),
    )
    rows = tuple(
        (
            group.name, group.bets, group.graded, group.wins, group.losses, group.pushes, group.turnover_minor,
            group.profit_minor, group.yield_fraction, group.win_rate, group.expected_profit_minor, group.clv_price,
            group.clv_coverage, group.clv_count,
        )
        for group in groups
    )  # fmt: skip
    return Sheet(columns, rows, currency)


def counted(count: int, one: str) -> str:
    """`1 bet`, `2 bets`."""
    return f"{count:,} {one}" if count == 1 else f"{count:,} {one}s"


def start_of(event: Event) -> datetime | None:
    """When it starts; None where nobody has said."""
    return event.commence_time if event.start_known else None
