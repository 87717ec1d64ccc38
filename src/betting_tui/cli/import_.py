"""`import`: older files of bets into the ledger."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from betting_tui.cli.options import Command, format_option
from betting_tui.cli.output import emit, emit_json
from betting_tui.cli.progress import long_work
from betting_tui.cli.session import ME, prepare, with_engine
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.times import zone_of

if TYPE_CHECKING:
    from betting_tui.engine.engine import Engine
    from betting_tui.engine.store.shapes import ImportReport

_MAX_BYTES = 100_000_000


@click.command("import", cls=Command)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--tz", help="Zone of times that name none, as Europe/London. Default: UTC.")
@format_option
@click.pass_context
def command(context: click.Context, file: Path, tz: str | None, format_: str) -> None:
    """Read older state, bets and results files, or a CSV of bets."""
    zone = zone_of(tz) if tz else None
    data = _read(file)
    setup = prepare(context)

    async def work(engine: Engine) -> ImportReport:
        account, now = engine.overview().account, engine.clock.now()
        try:
            return await engine.ledger.import_file(data, account, now, created_by=ME, zone=zone, progress=line)
        except UsageError as error:
            named = error.message.replace("the file", str(file), 1)
            raise UsageError(named if named != error.message else f"{file}: {named}") from error

    with long_work(f"nothing of {file} was imported, the ledger is as it was") as line:
        report = with_engine(setup, work, line=line)
    if format_ == "json":
        emit_json(report)
    elif format_ == "csv":
        counts = (report.added, report.unchanged, len(report.problems), len(report.notes))
        emit("added,unchanged,problems,notes\n" + ",".join(map(str, counts)))
    else:
        emit(f"{report.added} added, {report.unchanged} known already, {len(report.problems)} left out.")
    for problem in report.problems:
        click.echo(f"Left out: {problem}", err=True)
    for note in report.notes:
        click.echo(f"Note: {note}", err=True)
    if report.problems:
        context.exit(1)


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise UsageError(f"{path} is larger than {_MAX_BYTES // 1_000_000} MB")
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from None
