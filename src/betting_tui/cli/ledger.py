"""`ledger`: is every cent where the entries say it is, and where are the copies?"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from betting_tui.cli.options import Group, PathType, format_option
from betting_tui.cli.output import Column, Kind, Sheet, emit, emit_json, emit_sheet
from betting_tui.cli.progress import ProgressLine, long_work
from betting_tui.cli.session import Setup, mode_of, prepare, with_engine
from betting_tui.cli.sheets import counted
from betting_tui.engine.core.errors import LedgerError, UsageError
from betting_tui.engine.core.money_views import VerifyReport

if TYPE_CHECKING:
    from betting_tui.engine.engine import Engine
    from betting_tui.engine.store.backups import Restored
    from betting_tui.engine.store.shapes import BackupRow

_BACKUPS = (
    Column("made_at", "Made", Kind.TIME),
    Column("size_bytes", "Bytes", Kind.NUMBER),
    Column("good", "Good"),
    Column("path", "File", limit=400, whole=True),
)


@click.group("ledger", cls=Group)
def command() -> None:
    """Verify the ledger, copy it, put a copy in its place."""


@command.command("verify")
@format_option
@click.pass_context
def verify(context: click.Context, format_: str) -> None:
    """Recompute every balance, stake and profit from the entries; exit code 4 when something does not add up."""
    setup = prepare(context)

    async def work(engine: Engine) -> VerifyReport:
        return await engine.ledger.verify(line)

    with long_work("the ledger was not checked to its end") as line:
        report = with_engine(setup, work, line=line)
    if format_ == "json":
        emit_json(report)
    elif format_ == "csv":
        emit(
            f"ok,entries,bets,problems\n{str(report.ok).lower()},{report.entries},{report.bets},{len(report.problems)}"
        )
    else:
        entries = "1 entry" if report.entries == 1 else f"{report.entries:,} entries"
        emit(f"{entries} and {counted(report.bets, 'bet')}: {'all in order' if report.ok else 'NOT in order'}.")
    for problem in report.problems:
        click.echo(problem, err=True)
    if not report.ok:
        context.exit(LedgerError.exit_code)


@command.command("backup")
@click.argument("path", required=False, type=PathType(path_type=Path))
@format_option
@click.pass_context
def backup(context: click.Context, path: Path | None, format_: str) -> None:
    """Copy the ledger, whole and consistent, while it may be in use: to PATH, or among the daily backups."""
    setup = prepare(context)
    with long_work("no copy was made") as line:
        made = asyncio.run(_back_up(setup, path.expanduser().absolute() if path is not None else None, line))
    if format_ == "table":
        emit(f"Copied to {made.path}, {made.size_bytes:,} bytes.")
    else:
        emit_sheet(_sheet(setup, (made,)), format_, setup.style)


@command.command("backups")
@format_option
@click.pass_context
def backups(context: click.Context, format_: str) -> None:
    """The copies there are, newest first, each looked into."""
    from betting_tui.engine.store.backups import list_backups, look_into

    setup = prepare(context)
    rows = tuple(look_into(row) for row in list_backups(_ledger_of(setup)))
    emit_sheet(_sheet(setup, rows), format_, setup.style, empty="No backups yet: `ledger backup` makes one.")


@command.command("restore")
@click.argument("path", type=PathType(path_type=Path))
@format_option
@click.pass_context
def restore(context: click.Context, path: Path, format_: str) -> None:
    """Put the copy at PATH in the ledger's place; the present file is kept under another name."""
    from betting_tui.engine.clocks import SystemClock
    from betting_tui.engine.store import backups as copies

    setup = prepare(context)
    ledger, source = _ledger_of(setup), path.expanduser().absolute()
    _refuse_another_ledgers(ledger, source)
    with long_work(f"{ledger} is as it was", first="Reading the copy") as line:
        done = asyncio.run(copies.restore_beside(ledger, source, mode_of(setup), SystemClock().now(), line))
    _tell_restored(setup, done, source, format_)


def _tell_restored(setup: Setup, done: Restored, source: Path, format_: str) -> None:
    if format_ == "table":
        kept = f" The file that was there is now {done.kept}." if done.kept else ""
        emit(f"{source} is now in the place of {done.ledger}.{kept}")
        return
    columns = (Column("ledger", "Ledger"), Column("restored_from", "From"), Column("kept", "Kept"))
    row = (str(done.ledger), str(source), str(done.kept) if done.kept else None)
    emit_sheet(Sheet(columns, (row,), setup.settings.paper_trading.currency), format_, setup.style)


async def _back_up(setup: Setup, path: Path | None, line: ProgressLine) -> BackupRow:
    from betting_tui.engine.clocks import SystemClock
    from betting_tui.engine.store.backups import look_into, on_request, row_of
    from betting_tui.engine.store.store import Ledger

    now, file = SystemClock().now(), _ledger_of(setup)
    if not file.exists():
        raise LedgerError(f"there is no ledger at {file} yet: nothing to copy")
    ledger = await Ledger.open(file, now=now, mode=mode_of(setup))
    try:
        target = path or on_request(file, now)
        await ledger.backup(target, line)
    finally:
        await ledger.close()
    return look_into(row_of(target))


def _refuse_another_ledgers(ledger: Path, source: Path) -> None:
    """A backup lying among those of another ledger is most likely that one's."""
    owner = source.parent.parent
    if source.parent.name == "backups" and owner != ledger.parent and (owner / ledger.name).exists():
        raise UsageError(f"{source} is a backup of {owner / ledger.name}, not of {ledger}: name its --data-dir")


def _ledger_of(setup: Setup) -> Path:
    from betting_tui.engine.rooms import LEDGER_FILE

    return setup.data_dir / LEDGER_FILE


def _sheet(setup: Setup, rows: tuple[BackupRow, ...]) -> Sheet:
    cells = tuple((row.made_at.replace(microsecond=0), row.size_bytes, row.good, str(row.path)) for row in rows)
    return Sheet(_BACKUPS, cells, setup.settings.paper_trading.currency)
