"""`settle`: results, fetched or read from recorded answers, and what they decide."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from betting_tui.cli.options import TIME, Command, format_option
from betting_tui.cli.output import emit, emit_json, json_rows, table_text
from betting_tui.cli.session import need_feed, prepare, with_engine
from betting_tui.cli.sheets import bet_sheets, counted, emit_sheets, unsettled_sheet
from betting_tui.engine.core.errors import BettingError
from betting_tui.engine.core.views import SettlementReport

if TYPE_CHECKING:
    from betting_tui.engine.engine import Engine


@click.command("settle", cls=Command)
@click.option(
    "--from", "files", multiple=True, type=click.Path(path_type=Path), help="Recorded scores answers, plain or gzip."
)
@click.option("--now", type=TIME, help="With --from: when the scores were received. Default: their newest time.")
@format_option
@click.pass_context
def command(context: click.Context, files: tuple[Path, ...], now: datetime | None, format_: str) -> None:
    """Fetch or read scores and settle what they decide."""
    setup = prepare(context)

    async def work(engine: Engine) -> tuple[SettlementReport, ...]:
        if files:
            return await _read(engine, files, now)
        need_feed(
            engine.overview().feeds, "read recorded scores with --from FILE, or settle by hand with `bets settle`"
        )
        return await engine.fetch_results()

    report = together(with_engine(setup, work))
    currency = setup.settings.paper_trading.currency
    settled, waiting = bet_sheets(report.settled, currency), unsettled_sheet(report.open, currency)
    if format_ == "json":
        emit_json(
            {
                "settled": [row for sheet in settled for row in json_rows(sheet)],
                "open": json_rows(waiting),
                "results_read": report.results_read,
                "rejected": report.rejected,
            }
        )
        return
    if format_ == "csv":
        emit_sheets(settled, format_, setup.style)
        return
    read = f"{counted(report.results_read, 'result')} read, {counted(len(report.settled), 'bet')} settled"
    waits = f"{len(report.open)} still open"
    odd = f", {counted(report.rejected, 'result')} not understood" if report.rejected else ""
    emit(f"{read}, {waits}{odd}.")
    for sheet in (*settled, waiting):
        if sheet.rows:
            emit("")
            emit(table_text(sheet, setup.style))


async def _read(engine: Engine, files: Sequence[Path], now: datetime | None) -> tuple[SettlementReport, ...]:
    """All files are read before the first one settles anything."""
    from betting_tui.engine.core.ports import AnswerKind
    from betting_tui.engine.sources.recorded import read_answer

    answers = [read_answer(path, AnswerKind.SCORES, now=now) for path in files]
    reports: list[SettlementReport] = []
    for path, answer in zip(files, answers, strict=True):
        try:
            reports.append(await engine.take_scores(answer))
        except BettingError as error:
            raise type(error)(f"{path}: {error.message}") from error
    return tuple(reports)


def together(reports: Sequence[SettlementReport]) -> SettlementReport:
    """One report of several: what an earlier one left open may be settled by a later one."""
    settled = {bet.id: bet for report in reports for bet in report.settled}
    waiting = {row.bet_id: row for report in reports for row in report.open if row.bet_id not in settled}
    return SettlementReport(
        settled=tuple(settled.values()),
        open=tuple(waiting.values()),
        results_read=sum(report.results_read for report in reports),
        rejected=sum(report.rejected for report in reports),
    )
