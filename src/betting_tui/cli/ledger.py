"""`ledger`: is every cent where the entries say it is?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from betting_tui.cli.options import Group, format_option
from betting_tui.cli.output import emit, emit_json
from betting_tui.cli.session import prepare, with_engine
from betting_tui.cli.sheets import counted
from betting_tui.engine.core.errors import LedgerError
from betting_tui.engine.core.views import VerifyReport

if TYPE_CHECKING:
    from betting_tui.engine.engine import Engine


@click.group("ledger", cls=Group)
def command() -> None:
    """Verify the ledger."""


@command.command("verify")
@format_option
@click.pass_context
def verify(context: click.Context, format_: str) -> None:
    """Recompute every balance, stake and profit from the entries; exit code 4 when something does not add up."""
    setup = prepare(context)

    async def work(engine: Engine) -> VerifyReport:
        return await engine.ledger.verify()

    report = with_engine(setup, work)
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
