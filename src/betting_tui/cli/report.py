"""`report`: what the settled bets say of skill and luck."""

from __future__ import annotations

import os
import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click
import msgspec
from msgspec import Struct

from betting_tui import __version__
from betting_tui.cli.options import Command, common_of
from betting_tui.cli.output import Style, csv_text, emit_bytes, json_rows, table_text
from betting_tui.cli.progress import ProgressLine, long_work
from betting_tui.cli.report_sheets import measures_sheet, sums_sheet, words_sheet
from betting_tui.cli.session import prepare, with_engine
from betting_tui.engine.core.errors import BettingError, InvalidOdds, UsageError
from betting_tui.engine.core.money import format_minor
from betting_tui.engine.core.odds import format_price, price_from_decimal
from betting_tui.engine.core.performance_views import FullReport, GroupPerformance
from betting_tui.engine.core.report_facts import Hand, other_measures
from betting_tui.engine.core.report_page import PageHead, report_page
from betting_tui.engine.core.report_periods import PERIODS, Calendar, Days, ReportSpan, report_span
from betting_tui.engine.core.report_words import few_bets, headlines, ruin_line
from betting_tui.engine.core.times import iso, zone_of

if TYPE_CHECKING:
    from betting_tui.engine.engine import Engine
    from betting_tui.engine.store.shapes import GroupBy

Format = Literal["table", "json", "csv", "html"]
_BY = (
    "strategy", "bookmaker", "sport", "league", "market", "odds_band", "edge_band", "time_to_start", "evidence",
    "account", "none",
)  # fmt: skip


class Asked(Struct, frozen=True):
    """What the flags say; `days` as typed."""

    by: GroupBy
    period: str
    days: Days
    all_accounts: bool


class Made(Struct, frozen=True):
    report: FullReport
    span: ReportSpan
    at: datetime
    zone: str


class DayType(click.ParamType[date]):
    """A betting day as `2026-04-18`."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{str(value)[:40]!r} is not a day: write for example 2026-04-18", param, ctx)


_DAY = DayType()


@click.command("report", cls=Command)
@click.option(
    "--by",
    type=click.Choice(_BY),
    default="strategy",
    show_default=True,
    help="One line for each. By account shows all accounts, each in its own currency.",
)
@click.option(
    "--period",
    default="all",
    show_default=True,
    metavar=f"[{'|'.join(PERIODS)}|N]",
    help="Settled since then, in betting days: 7d (or week) and 30d count today in, month begins on its first, season "
    "on the latest 1 July, year is 365 days. A reset begins anew: all is since the last one, ever since the account "
    "was opened, N its Nth period.",
)
@click.option("--from", "first", type=_DAY, help="Settled on this betting day or later, in the account's zone.")
@click.option("--to", "last", type=_DAY, help="Settled on this betting day or earlier.")
@click.option("--all-accounts", is_flag=True, help="All accounts with the currency of the current one together.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["table", "json", "csv", "html"]),
    default="table",
    show_default=True,
    help="html is one file with charts that needs nothing else, and prints well.",
)
@click.option("--output", type=click.Path(path_type=Path), help="Write here instead of stdout; never over a file.")
@click.pass_context
def command(
    context: click.Context,
    by: GroupBy,
    period: str,
    first: date | None,
    last: date | None,
    all_accounts: bool,
    format_: Format,
    output: Path | None,
) -> None:
    """Results of settled bets, with how much of them may be luck."""
    if all_accounts and common_of(context).account is not None:
        raise UsageError("--account and --all-accounts exclude each other")
    if format_ == "html" and output is None and sys.stdout is not None and sys.stdout.isatty():
        raise UsageError("a page is nothing to read on a terminal: name a file with --output report.html")
    if output is not None and (output.exists() or output.is_symlink()):
        raise UsageError(f"{output} exists already: remove it or name another file")
    asked = Asked(by, period, Days(first, last), all_accounts)
    setup = prepare(context)

    async def work(engine: Engine) -> Made:
        return await _made(engine, asked, setup.settings.ui.day_starts_at, line)

    with long_work("the report was not worked out to its end, and nothing was written") as line:
        made = with_engine(setup, work, line=line)
        line(0, 0, "Writing the report")
        text = _written(made, format_, setup.style)
    if output is None:
        emit_bytes(text.encode("utf-8", "replace"))
        return
    _save(output, text.encode("utf-8", "replace"))
    click.echo(f"Wrote {output}", err=True)


async def _made(engine: Engine, asked: Asked, day_starts_at: str, line: ProgressLine) -> Made:
    from betting_tui.engine.store.shapes import ReportFilter

    account, now = engine.ledger.account(engine.overview().account), engine.clock.now()
    span = report_span(asked.period, now, Calendar(zone_of(account.time_zone), day_starts_at), asked.days)
    wanted = ReportFilter(account.name, asked.by, span.since, span.until, span.books, all_accounts=asked.all_accounts)
    return Made(await engine.full_report(wanted, line), span, now, account.time_zone)


def _written(made: Made, format_: Format, style: Style) -> str:
    report = made.report
    match format_:
        case "json":
            return msgspec.json.format(msgspec.json.encode(_as_json(made)), indent=2).decode() + "\n"
        case "csv":
            groups = report.groups or (report.total,)
            return csv_text(measures_sheet(groups, report.view.grouped_by, report.view.currency))
        case "html":
            head = PageHead(
                period=made.span.words,
                made_at=made.at.astimezone(zone_of(made.zone)).strftime("%Y-%m-%d %H:%M %Z"),
                made_by=f"betting-tui {__version__}",
                zone=zone_of(made.zone),
            )
            return report_page(report, head, _hand(report, style, made.zone))
        case "table":
            return _table(made, style)


def _table(made: Made, style: Style) -> str:
    report, view = made.report, made.report.view
    hand = _hand(report, style, made.zone)
    lines = [
        *headlines(report, hand.money, hand.gain),
        *other_measures(report.total, report, hand),
        f"{view.open_bets} open · {view.placed} placed · {view.refused} refused",
        f"{view.account} · {view.currency} · {made.span.words}",
    ]
    if report.ruin is not None:
        lines.append(ruin_line(report.ruin))
    lines += [f"Warning: {text}" for text in (few_bets(report.total.group), *report.warnings) if text]
    if report.groups:
        lines += ["", table_text(words_sheet(report.groups, view.grouped_by, view.currency), style)]
    return "\n".join(lines) + "\n"


def _as_json(made: Made) -> dict[str, object]:
    report, view = made.report, made.report.view
    return {
        "account": view.account,
        "currency": view.currency,
        "since": _time(report.since),
        "until": _time(report.until),
        "grouped_by": view.grouped_by,
        "total": _group_json(report.total, "total", view.currency),
        "groups": [_group_json(each, view.grouped_by, view.currency) for each in report.groups],
        "open_bets": view.open_bets,
        "placed": view.placed,
        "refused": view.refused,
        "close_max_age_minutes": view.close_max_age_minutes,
        "missing_closes": dict(view.missing_closes),
        "missing_references": dict(view.missing_references),
        "performance": report.total.performance,
        "acceptance": report.total.acceptance,
        "curve": report.curve,
        "ruin": report.ruin,
        "tried": report.tried,
        "warnings": report.warnings,
    }


def _group_json(found: GroupPerformance, grouped_by: str, currency: str) -> dict[str, object]:
    sums = json_rows(sums_sheet([found.group], grouped_by, currency))[0]
    return {**sums, "performance": found.performance, "acceptance": found.acceptance}


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else iso(moment)


def _hand(report: FullReport, style: Style, zone: str) -> Hand:
    currency = report.view.currency

    def odds(decimal: float) -> str:
        try:
            return format_price(price_from_decimal(decimal), style.odds_format)
        except InvalidOdds:
            return f"{decimal:.2f}"

    return Hand(
        money=lambda minor: format_minor(minor, currency),
        gain=lambda minor: format_minor(minor, currency, sign=True),
        odds=odds,
        when=lambda moment: moment.astimezone(zone_of(zone)).strftime("%d %b %Y").lstrip("0"),
    )


def _save(path: Path, content: bytes) -> None:
    from betting_tui.engine.store.files import write_new_private_file

    try:
        write_new_private_file(path, content)
    except FileExistsError:
        raise UsageError(f"{path} exists already: remove it or name another file") from None
    except OSError as error:
        raise BettingError(f"{path} cannot be written: {error.strerror or os.strerror(error.errno or 0)}") from None
