"""`settle`: results, fetched or read from recorded answers, and what they decide."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec import Struct

from betting_tui.cli.options import TIME, Command, format_option
from betting_tui.cli.output import emit, emit_json, json_rows, table_text
from betting_tui.cli.progress import long_work
from betting_tui.cli.session import Setup, need_feed, prepare, reading_files, with_engine
from betting_tui.cli.sheets import bet_sheets, counted, emit_sheets, unsettled_sheet
from betting_tui.engine.core.bet_views import BetRow, ChargedAnew, SettlementReport, Unsettled
from betting_tui.engine.core.errors import BettingError, UsageError
from betting_tui.engine.core.feed_views import FeedStatus
from betting_tui.engine.core.money import format_minor
from betting_tui.engine.core.progress import Progress, watched

if TYPE_CHECKING:
    from betting_tui.engine.engine import Engine


class _Settled(Struct, frozen=True):
    """What the answers did, one report each, and the feeds that gave none."""

    reports: tuple[SettlementReport, ...]
    silent: tuple[FeedStatus, ...] = ()


@click.command("settle", cls=Command)
@click.option(
    "--from",
    "files",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Recorded results, plain or gzip: of The Odds API, ESPN, TheSportsDB or football-data.co.uk.",
)
@click.option("--sport", default="", metavar="KEY", help="With --from: the sport of a file that does not tell it.")
@click.option("--now", type=TIME, help="With --from: when the scores were received. Default: their newest time.")
@format_option
@click.pass_context
def command(context: click.Context, files: tuple[Path, ...], sport: str, now: datetime | None, format_: str) -> None:
    """Ask all feeds for results, or read them from files, and settle what they decide.

    Feeds are asked in the order of results.order for what the ones before have left open.
    """
    if (sport or now is not None) and not files:
        raise UsageError("--sport and --now go with --from: feeds are asked for all that is open, now")
    setup = prepare(context)

    async def work(engine: Engine) -> _Settled:
        if files:
            await read_and_settle(engine, files, sport, now, line, reports)
            return _Settled(tuple(reports))
        feeds = _results_feeds(engine)
        need_feed(feeds, "read recorded scores with --from FILE, or settle by hand with `bets settle`")
        line(0, 0, "Asking for results")
        try:
            fetched = await engine.fetch_results()
        finally:
            # Also where no feed answers: what is put off or waits too long does not need one.
            due = await engine.settle_due()
        return _Settled(
            (*fetched, due), tuple(feed for feed in _results_feeds(engine) if feed.state not in ("ok", "waiting"))
        )

    reports: list[SettlementReport] = []
    with long_work(lambda: left_settled(len(reports), len(files))) as line:
        done = with_engine(setup, work, line=line)
    _tell(setup, done, format_)


def left_settled(done: int, files: int) -> str:
    """What an interruption leaves: each file is settled whole or not at all."""
    if not files:
        return "the answers that had come are settled, the other feeds were not asked"
    if not done:
        return "nothing was settled"
    if done == files:
        return "all that was read is settled"
    return f"{done} of {counted(files, 'file')} settled, the others were not looked at"


def _results_feeds(engine: Engine) -> tuple[FeedStatus, ...]:
    return tuple(row.status for row in engine.sources().feeds if "results" in row.roles)


def _tell(setup: Setup, done: _Settled, format_: str) -> None:
    report = together(done.reports)
    currency = setup.settings.paper_trading.currency
    settled, waiting = bet_sheets(report.settled, currency), unsettled_sheet(report.open, currency)
    if format_ == "json":
        emit_json(
            {
                "settled": [row for sheet in settled for row in json_rows(sheet)],
                "open": json_rows(waiting),
                "doubts": list(report.doubts),
                "results_read": report.results_read,
                "rejected": report.rejected,
                "reopened": [bet.id for bet in report.reopened],
                "charged_anew": [
                    {
                        "id": each.bet.id,
                        "profit_before_minor": each.profit_before_minor,
                        "profit_minor": each.bet.profit_minor,
                        "currency": each.bet.currency,
                    }
                    for each in report.charged_anew
                ],
                "feeds": [
                    {
                        "feed": each.source,
                        "results_read": each.results_read,
                        "settled": len(each.settled),
                        "rejected": each.rejected,
                    }
                    for each in _by_feed(done.reports)
                ],
                "not_answered": [{"feed": feed.name, "why": feed.detail} for feed in done.silent],
            }
        )
        return
    if format_ == "csv":
        emit_sheets(settled, format_, setup.style)
        return
    emit(f"{_counts(report)}, {len(report.open)} of their bets still open{_oddities(report)}.")
    feeds = _by_feed(done.reports)
    for each in feeds if len(feeds) > 1 or done.silent else ():
        emit(f"  {each.source}: {_counts(each)}{_oddities(each)}")
    for feed in done.silent:
        emit(f"  {feed.name}: no answer - {feed.detail}")
    for doubt in report.doubts:
        emit(f"  {doubt}")
    for moved in report.charged_anew:
        was, now = (
            format_minor(each or 0, moved.bet.currency) for each in (moved.profit_before_minor, moved.bet.profit_minor)
        )
        emit(f"  {moved.bet.id}: profit {was} -> {now}, its market's commission is shared anew")
    for sheet in (*settled, waiting):
        if sheet.rows:
            emit("")
            emit(table_text(sheet, setup.style))


def _counts(report: SettlementReport) -> str:
    again = f", {counted(len(report.reopened), 'bet')} opened again" if report.reopened else ""
    return f"{counted(report.results_read, 'result')} read, {counted(len(report.settled), 'bet')} settled{again}"


def _oddities(report: SettlementReport) -> str:
    return f", {counted(report.rejected, 'result')} not understood" if report.rejected else ""


async def read_and_settle(
    engine: Engine,
    files: Sequence[Path],
    sport: str,
    now: datetime | None,
    progress: Progress,
    reports: list[SettlementReport],
) -> None:
    """Add a report of each file. All files are read before the first one settles anything."""
    from betting_tui.engine.sources.recorded_results import read_scores

    with reading_files():
        told = watched(files, len(files), progress, "Reading files", every=1)
        answers = [read_scores(path, now=now, sport_key=sport) for path in told]
        for path, answer in watched(list(zip(files, answers, strict=True)), len(files), progress, "Settling", every=1):
            try:
                reports.append(await _whole(engine.take_scores(answer)))
            except BettingError as error:
                raise type(error)(f"{path}: {error.message}") from error


async def _whole(settling: Coroutine[None, None, SettlementReport]) -> SettlementReport:
    """What is being settled is settled to its end: the word of progress behind it heeds who interrupted it."""
    task = asyncio.ensure_future(settling)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        return await task


def _by_feed(reports: Sequence[SettlementReport]) -> list[SettlementReport]:
    feeds = dict.fromkeys(report.source for report in reports if report.source)
    return [together([report for report in reports if report.source == feed]) for feed in feeds]


def _moved(reports: Sequence[SettlementReport], others: set[str]) -> list[ChargedAnew]:
    """Each bet once, from before the first report to after the last; those told otherwise are left out."""
    moved: dict[str, ChargedAnew] = {}
    for each in (each for report in reports for each in report.charged_anew if each.bet.id not in others):
        first = moved.get(each.bet.id, each)
        moved[each.bet.id] = ChargedAnew(each.bet, first.profit_before_minor)
    return list(moved.values())


def together(reports: Sequence[SettlementReport]) -> SettlementReport:
    """One report of several: what an earlier one left open a later one may have settled, and opened again."""
    settled: dict[str, BetRow] = {}
    reopened: dict[str, BetRow] = {}
    waiting: dict[str, Unsettled] = {}
    for report in reports:
        for bet in report.reopened:
            settled.pop(bet.id, None)
            reopened[bet.id] = bet
        for bet in report.settled:
            reopened.pop(bet.id, None)
            settled[bet.id] = bet
        waiting.update({row.bet_id: row for row in report.open})
    return SettlementReport(
        settled=tuple(settled.values()),
        open=tuple(row for row in waiting.values() if row.bet_id not in settled),
        results_read=sum(report.results_read for report in reports),
        rejected=sum(report.rejected for report in reports),
        reopened=tuple(reopened.values()),
        doubts=tuple(dict.fromkeys(doubt for report in reports for doubt in report.doubts)),
        charged_anew=tuple(_moved(reports, {*settled, *reopened})),
        source=reports[0].source if reports else "",
    )
