"""`export`: the data as it is, on stdout or into a file."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal

import click

from betting_tui.cli.options import Command
from betting_tui.cli.output import emit_bytes
from betting_tui.cli.session import Setup, prepare, with_engine
from betting_tui.engine.core.errors import UsageError

if TYPE_CHECKING:
    from betting_tui.engine.engine import Engine

What = Literal["bets", "ledger", "state", "odds"]
Format = Literal["json", "csv"]


@click.command("export", cls=Command)
@click.argument("what", type=click.Choice(["bets", "ledger", "state", "odds"]))
@click.option("--format", "format_", type=click.Choice(["json", "csv"]), default="json", show_default=True)
@click.option("--output", type=click.Path(path_type=Path), help="Write here instead of stdout; never over a file.")
@click.pass_context
def command(context: click.Context, what: What, format_: Format, output: Path | None) -> None:
    """Write bets, the ledger, the older state layout or archived odds."""
    if what == "state" and format_ == "csv":
        raise UsageError("the older state layout is JSON: leave --format out")
    setup = prepare(context)
    if output is not None and output.exists():
        raise UsageError(f"{output} exists already: remove it or name another file")
    _note_demo(setup, what)
    if output is None:
        _write(setup, what, format_, emit_bytes)
        return
    with new_private_file(output) as stream:
        _write(setup, what, format_, stream.write)
    click.echo(f"Wrote {output}", err=True)


def _note_demo(setup: Setup, what: What) -> None:
    if setup.demo and what == "odds":
        click.echo("Note: the simulated market is kept as its seed: no odds are archived", err=True)


def _write(setup: Setup, what: What, format_: Format, write: Callable[[bytes], object]) -> None:
    if what == "odds":
        from betting_tui.cli.archived import write_archived_odds

        asyncio.run(write_archived_odds(setup.data_dir, format_, write))
    else:
        write(with_engine(setup, lambda engine: _export(engine, what, format_)))


async def _export(engine: Engine, what: What, format_: Format) -> bytes:
    from betting_tui.engine.store.shapes import BetFilter

    account = engine.overview().account
    match what:
        case "bets":
            return engine.ledger.export_bets(format_, BetFilter(account=account))
        case "ledger":
            return engine.ledger.export_ledger(format_, account)
        case _:
            return engine.ledger.export_state(account)


@contextmanager
def new_private_file(path: Path) -> Iterator[BinaryIO]:
    """A new file for its owner alone; nothing is left of it when writing fails."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        try:
            yield stream
        except BaseException:
            path.unlink(missing_ok=True)
            raise
