"""Tables that are no history of their own: accounts, limits, refusals and the groups of a report, as they stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import msgspec

from betting_tui.cli.account_limits import limits_sheet, look
from betting_tui.cli.account_told import account_json, account_sheet
from betting_tui.cli.output import Column, Kind, Sheet, csv_text, json_rows
from betting_tui.cli.report_sheets import measures_sheet
from betting_tui.engine.config import Settings
from betting_tui.engine.core.progress import Progress
from betting_tui.engine.core.refusal_views import RefusedOrder

if TYPE_CHECKING:
    from betting_tui.engine.engine import Engine

Table = Literal["accounts", "limits", "refusals", "report"]
_REFUSED = (
    Column("at", "At", Kind.TIME),
    Column("account", "Account"),
    Column("origin", "Origin"),
    Column("created_by", "By"),
    Column("code", "Code"),
    Column("message", "Why"),
    Column("event", "Event"),
    Column("sport_key", "Sport"),
    Column("market", "Market"),
    Column("selection", "Selection"),
    Column("point", "Point", Kind.NUMBER),
    Column("bookmaker", "Book"),
    Column("side", "Side"),
    Column("price", "Price", Kind.PRICE),
    Column("price_now", "Price then", Kind.PRICE),
    Column("stake", "Stake", Kind.MONEY),
    Column("strategy", "Strategy"),
    Column("edge", "Edge", Kind.GAIN),
    Column("opportunity_id", "Opportunity"),
)


async def exported(
    engine: Engine,
    table: Table,
    format_: Literal["json", "csv"],
    settings: Settings,
    period: int | None,
    progress: Progress,
) -> bytes:
    """UTF-8; of the current account, but for `accounts`. `period` is for refusals and the report."""
    account = engine.ledger.account(engine.overview().account)
    match table:
        case "accounts":
            views = engine.accounts()
            return _csv(account_sheet(views)) if format_ == "csv" else _json([account_json(view) for view in views])
        case "limits":
            told = look(engine, account.name, account.settings, settings)
            return _csv(limits_sheet(told)) if format_ == "csv" else _json(told)
        case "refusals":
            orders = engine.ledger.refused_orders(account.name, period)
            return _written(refusals_sheet(orders, account.currency), format_)
        case "report":
            return _written(await _report(engine, account.name, period, progress), format_)


async def _report(engine: Engine, account: str, period: int | None, progress: Progress) -> Sheet:
    from betting_tui.engine.store.shapes import ReportFilter

    report = await engine.full_report(ReportFilter(account, period=period), progress)
    return measures_sheet(report.groups, report.view.grouped_by, report.view.currency)


def refusals_sheet(orders: Sequence[RefusedOrder], currency: str) -> Sheet:
    rows = tuple(
        (
            each.at, each.account, each.origin, each.created_by, each.code, each.message, each.event, each.sport_key,
            each.market, each.selection, each.point, each.bookmaker, each.side, each.price, each.price_now,
            each.stake_minor, each.strategy, each.edge, each.opportunity_id,
        )
        for each in orders
    )  # fmt: skip
    return Sheet(_REFUSED, rows, currency)


def _written(sheet: Sheet, format_: Literal["json", "csv"]) -> bytes:
    return _csv(sheet) if format_ == "csv" else _json(json_rows(sheet))


def _csv(sheet: Sheet) -> bytes:
    return csv_text(sheet).encode("utf-8", "replace")


def _json(value: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"
