"""`export`: the data as it is, on stdout or into a file."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

import click
from click.core import ParameterSource
from msgspec import Struct

from betting_tui.cli.options import SPORT, TIME, Command
from betting_tui.cli.output import emit_bytes
from betting_tui.cli.periods import export_period_option
from betting_tui.cli.progress import ProgressLine, long_work
from betting_tui.cli.session import Setup, prepare, with_engine
from betting_tui.engine.config import Settings
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.times import day_start, zone_of

if TYPE_CHECKING:
    from betting_tui.engine.engine import Engine

What = Literal[
    "bets", "ledger", "opportunities", "odds", "accounts", "report", "refusals", "limits", "day", "state"
]  # fmt: skip
Format = Literal["json", "csv", "parquet"]
_WHATS = click.Choice(get_args(What))
_WITH_PERIOD = ("bets", "ledger", "refusals", "report", "state")
# Of one starting bankroll, or of one stretch of betting, unless more is asked for.
_OF_ONE_PERIOD = ("state", "report")


class Wanted(Struct, frozen=True):
    """What is to be written, as asked for; all from `recording` on narrows archived odds down."""

    what: What
    format: Format
    period: int | None
    day: date | None
    trades: bool
    recording: str | None = None
    sports: tuple[str, ...] = ()
    received_from: datetime | None = None
    received_to: datetime | None = None

    @property
    def narrowed(self) -> bool:
        return bool(self.recording or self.sports or self.received_from or self.received_to)


@click.command("export", cls=Command)
@click.argument("what", type=_WHATS)
@click.argument("day", required=False, metavar="[DATE]")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["json", "csv", "parquet"]),
    default="json",
    show_default=True,
    help="Parquet for odds only; it needs pyarrow.",
)
@click.option("--output", type=click.Path(path_type=Path), help="Write here instead of stdout; never over a file.")
@click.option("--trades", is_flag=True, help="With `day`: its bets as CSV instead of the summary.")
@click.option("--recording", metavar="NAME", help="With `odds`: only that recording's.")
@click.option("--sport", "sports", multiple=True, type=SPORT, help="With `odds`: only this sport; may be repeated.")
@click.option("--from", "received_from", type=TIME, help="With `odds`: received at this time or later.")
@click.option("--to", "received_to", type=TIME, help="With `odds`: received before this time.")
@export_period_option
@click.pass_context
def command(
    context: click.Context,
    what: What,
    day: str | None,
    format_: Format,
    output: Path | None,
    trades: bool,
    recording: str | None,
    sports: tuple[str, ...],
    received_from: datetime | None,
    received_to: datetime | None,
    period: int | None,
) -> None:
    """Write any table, a day, the older state layout or archived odds.

    Accounts, limits, refusals and a report's groups are written as they stand now, the rest as it was.
    """
    named = context.get_parameter_source("period") is not ParameterSource.DEFAULT
    if not named and what not in _OF_ONE_PERIOD:
        # An export is the data as it is, whatever a reset has closed.
        period = 0
    wanted = Wanted(what, format_, period, _day(day), trades, recording, sports, received_from, received_to)
    _check(wanted, period_given=named)
    setup = prepare(context)
    if output is not None and output.exists():
        raise UsageError(f"{output} exists already: remove it or name another file")
    if output is None:
        _check_terminal(format_)
        # Odds go out while they are read: on one terminal the line would stand among them.
        streamed = what == "odds" and sys.stdout is not None and sys.stdout.isatty()
        with long_work("not all of it was written", shows=not streamed) as line:
            _write(setup, wanted, emit_bytes, line)
        return
    from betting_tui.engine.store.files import new_private_file

    with long_work(f"{output} was not written") as line, new_private_file(output) as stream:
        _write(setup, wanted, stream.write, line)
    click.echo(f"Wrote {output}", err=True)


def _check(wanted: Wanted, *, period_given: bool) -> None:
    if wanted.what != "odds" and wanted.format == "parquet":
        raise UsageError("only odds are written as Parquet: take json or csv")
    if wanted.what != "odds" and wanted.narrowed:
        raise UsageError("--recording, --sport, --from and --to go with `export odds`")
    if wanted.received_from and wanted.received_to and wanted.received_from >= wanted.received_to:
        raise UsageError("--from is not before --to: nothing lies between them")
    if wanted.what == "state" and wanted.format == "csv":
        raise UsageError("the older state layout is JSON: leave --format out")
    if wanted.what == "state" and wanted.period == 0:
        raise UsageError("the older state layout has one starting bankroll: name one --period")
    if wanted.what != "day" and (wanted.day is not None or wanted.trades):
        raise UsageError("a DATE and --trades go with `export day`")
    if wanted.what == "day" and wanted.format == "csv" and not wanted.trades:
        raise UsageError("a day's summary is JSON: for the CSV of its bets give --trades")
    if period_given and wanted.what not in _WITH_PERIOD:
        raise UsageError(f"--period goes with {', '.join(_WITH_PERIOD)}")


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text[:40]!r} is not a day: write for example 2026-04-18") from None


def _check_terminal(format_: Format) -> None:
    if format_ == "parquet" and sys.stdout is not None and sys.stdout.isatty():
        raise UsageError("Parquet is nothing to read on a terminal: name a file with --output")


def _write(setup: Setup, wanted: Wanted, write: Callable[[bytes], object], line: ProgressLine) -> None:
    if wanted.what == "odds":
        from betting_tui.cli.archived import WantedOdds, row_writer, write_archived_odds

        narrowed = WantedOdds(wanted.recording, wanted.sports, wanted.received_from, wanted.received_to)
        writer = row_writer(wanted.format, write)
        asyncio.run(write_archived_odds(setup.data_dir, narrowed, writer, line.aside, line))
    else:
        made = with_engine(setup, lambda engine: _export(engine, wanted, setup.settings, line), line=line)
        line.clear()
        write(made)


async def _export(engine: Engine, wanted: Wanted, settings: Settings, line: ProgressLine) -> bytes:
    from betting_tui.engine.store.shapes import BetFilter, OpportunityFilter

    account, now = engine.overview().account, engine.clock.now()
    format_: Literal["json", "csv"] = "csv" if wanted.format == "csv" else "json"
    match wanted.what:
        case "bets":
            return engine.ledger.export_bets(format_, BetFilter(account=account, period=wanted.period), line)
        case "ledger":
            return engine.ledger.export_ledger(format_, account, period=wanted.period, progress=line)
        case "opportunities":
            return engine.ledger.export_opportunities(format_, OpportunityFilter(now=now), line)
        case "day":
            zone = zone_of(engine.ledger.account(account).time_zone)
            starts_at = settings.ui.day_starts_at
            day = wanted.day or day_start(now, starts_at, zone).astimezone(zone).date()
            files = engine.ledger.export_day(account, day, starts_at)
            return files.trades_csv if wanted.trades else files.json_bytes
        case "accounts" | "limits" | "refusals" | "report":
            from betting_tui.cli.export_tables import exported

            return await exported(engine, wanted.what, format_, settings, wanted.period, line)
        case "state" | "odds":
            return engine.ledger.export_state(account, period=wanted.period, progress=line)
