"""`report`: totals of settled bets."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

import click

from betting_tui.cli.options import Command, format_option
from betting_tui.cli.output import emit, emit_json, emit_sheet, json_rows, table_text
from betting_tui.cli.session import prepare, with_engine
from betting_tui.cli.sheets import report_sheet
from betting_tui.engine.config import Settings
from betting_tui.engine.core.clv_words import clv_sentences
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.money import format_minor
from betting_tui.engine.core.report_views import ReportView
from betting_tui.engine.core.times import day_start, iso, zone_of

if TYPE_CHECKING:
    from betting_tui.engine.engine import Engine

_DAYS = {"today": 0, "week": 6, "month": 29, "year": 364}


@click.command("report", cls=Command)
@click.option(
    "--by",
    type=click.Choice(["strategy", "bookmaker", "sport", "market", "none"]),
    default="strategy",
    show_default=True,
    help="One line for each.",
)
@click.option(
    "--period",
    default="all",
    show_default=True,
    metavar="[all|today|week|month|year|ever|N]",
    help="Settled since then: today, the last 7, 30 or 365 betting days. A reset begins anew: ever is all since the "
    "account was opened, N its Nth period.",
)
@format_option
@click.pass_context
def command(
    context: click.Context,
    by: Literal["strategy", "bookmaker", "sport", "market", "none"],
    period: str,
    format_: str,
) -> None:
    """Results of settled bets."""
    from betting_tui.engine.store.shapes import ReportFilter

    period = period.strip().lower()
    books = _books(period)
    setup = prepare(context)

    async def work(engine: Engine) -> tuple[ReportView, datetime | None]:
        account = engine.ledger.account(engine.overview().account)
        since = _since(engine.clock.now(), period, setup.settings, account.time_zone)
        return engine.ledger.report(ReportFilter(account.name, by, since, period=books)), since

    view, since = with_engine(setup, work)
    groups = report_sheet(view.groups, view.grouped_by, view.currency)
    total = report_sheet([view.total], "total", view.currency)
    if format_ == "json":
        emit_json(
            {
                "account": view.account,
                "currency": view.currency,
                "since": iso(since) if since else None,
                "grouped_by": view.grouped_by,
                "total": json_rows(total)[0],
                "groups": json_rows(groups),
                "open_bets": view.open_bets,
                "placed": view.placed,
                "refused": view.refused,
                "close_max_age_minutes": view.close_max_age_minutes,
                "missing_closes": dict(view.missing_closes),
                "missing_references": dict(view.missing_references),
            }
        )
        return
    if format_ == "csv":
        emit_sheet(groups if view.groups else total, format_, setup.style)
        return
    emit(_words(view))
    if view.groups:
        emit("")
        emit(table_text(groups, setup.style))


def _books(period: str) -> int | None:
    """Which of the account's periods is meant: None the current one, 0 all of them. Raises UsageError."""
    if period == "ever":
        return 0
    if period.isdecimal() and 0 < int(period) < 1_000_000:
        return int(period)
    if period != "all" and period not in _DAYS:
        raise UsageError(f"--period {period[:20]!r} is none of all, {', '.join(_DAYS)}, ever or a period's number")
    return None


def _since(now: datetime, period: str, settings: Settings, zone: str) -> datetime | None:
    if period not in _DAYS:
        return None
    return day_start(now - timedelta(days=_DAYS[period]), settings.ui.day_starts_at, zone_of(zone))


def _words(view: ReportView) -> str:
    total = view.total
    stand = f"{view.open_bets} open · {view.placed} placed · {view.refused} refused"
    if total.bets == 0:
        return f"No settled bets yet.\n{stand}"
    turnover = format_minor(total.turnover_minor, view.currency)
    profit = format_minor(total.profit_minor, view.currency, sign=True)
    bets = "1 settled bet" if total.bets == 1 else f"{total.bets} settled bets"
    lines = [f"{bets} · turnover {turnover} · profit {profit} {view.currency}{_yield(view)}"]
    lines += clv_sentences(view)
    lines.append(stand)
    return "\n".join(lines)


def _yield(view: ReportView) -> str:
    return "" if view.total.yield_fraction is None else f" · yield {view.total.yield_fraction * 100:+.1f} %"
