"""`account`: open, compare, use, suspend, resume and reset; money, sizing and limits have files of their own."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import click

from betting_tui.cli.account_create import create, sizing
from betting_tui.cli.account_limits import limits
from betting_tui.cli.account_money import deposit, transfer, withdraw
from betting_tui.cli.account_told import print_account, print_accounts, row_of, view_of
from betting_tui.cli.account_values import positive_minor
from betting_tui.cli.bet_told import FAILED, print_refusal, reason_of
from betting_tui.cli.options import Group, format_option
from betting_tui.cli.output import Column, Kind, Sheet, emit, emit_json, emit_sheet, json_rows
from betting_tui.cli.session import ME, for_account, prepare, with_engine
from betting_tui.engine.core.accounts import AccountStatus, Breaker
from betting_tui.engine.core.commands import ReleaseBreakers, ResetAccount, SetAccountStatus, UseAccount
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.money import format_minor
from betting_tui.engine.core.money_views import AccountView, BookBalance, ResetDone
from betting_tui.engine.core.refusals import Refusal

if TYPE_CHECKING:
    from betting_tui.engine.engine import Engine
    from betting_tui.engine.store.shapes import AccountRow


_RESET = (
    Column("account", "Account"),
    Column("period", "Period", Kind.NUMBER),
    Column("starting", "Starting", Kind.MONEY),
    Column("voided", "Voided", Kind.NUMBER),
)


@click.group("account", cls=Group)
def command() -> None:
    """Open, compare, fund, limit, suspend and reset accounts."""


command.add_command(create)


@command.command("list")
@format_option
@click.pass_context
def list_(context: click.Context, format_: str) -> None:
    """Every account with its money, results, sizing and what stops it."""
    setup = prepare(context)

    async def work(engine: Engine) -> tuple[AccountView, ...]:
        return engine.accounts()

    print_accounts(with_engine(setup, work), format_, setup)


@command.command("show")
@click.argument("name", required=False)
@format_option
@click.pass_context
def show(context: click.Context, name: str | None, format_: str) -> None:
    """One account with everything that is known of it; the current one without a name."""
    setup = prepare(context)

    async def work(engine: Engine) -> tuple[AccountView, tuple[BookBalance, ...]]:
        view = view_of(engine, name or engine.overview().account)
        return view, engine.ledger.bankroll(view.name, entries=1, curve_points=1).books

    view, books = with_engine(setup, work)
    print_account(view, format_, setup, books)


@command.command("use")
@click.argument("name")
@format_option
@click.pass_context
def use(context: click.Context, name: str, format_: str) -> None:
    """Make an account the current one, for the app and for commands."""
    setup = prepare(context)

    async def work(engine: Engine) -> AccountView:
        known = row_of(engine, name)
        await engine.use_account(UseAccount(known.name, ME))
        return view_of(engine, known.name)

    print_account(with_engine(setup, work), format_, setup)
    fixed = setup.loaded.settings.accounts.current
    if fixed is not None and fixed.casefold() != name.casefold():
        click.echo(f"Note: the settings fix accounts.current to {fixed}, which wins at every start", err=True)


for each in (deposit, withdraw, transfer, limits, sizing):
    command.add_command(each)


@command.command("suspend")
@click.argument("name")
@click.option("--reason", default="", help="Kept in the audit trail.")
@format_option
@click.pass_context
def suspend(context: click.Context, name: str, reason: str, format_: str) -> None:
    """Let an account place nothing; its open bets settle as before."""
    setup = prepare(context)

    async def work(engine: Engine) -> AccountView:
        known = row_of(engine, name)
        await engine.set_account_status(SetAccountStatus(known.name, AccountStatus.SUSPENDED, ME, reason_of(reason)))
        return view_of(engine, known.name)

    print_account(with_engine(setup, work), format_, setup)


@command.command("resume")
@click.argument("name")
@click.option("--reason", default="", help="Kept in the audit trail.")
@format_option
@click.pass_context
def resume(context: click.Context, name: str, reason: str, format_: str) -> None:
    """Let a suspended account place again, and release the breakers that stopped it."""
    setup = prepare(context)

    async def work(engine: Engine) -> tuple[AccountView, tuple[Breaker, ...]]:
        known = row_of(engine, name)
        stopped = engine.ledger.breakers(known.name, engine.clock.now())
        if known.status is AccountStatus.SUSPENDED:
            await engine.set_account_status(SetAccountStatus(known.name, AccountStatus.ACTIVE, ME, reason_of(reason)))
        if stopped:
            await engine.release_breakers(ReleaseBreakers(known.name, ME))
        return view_of(engine, known.name), stopped

    view, released = with_engine(setup, work)
    for breaker in released:
        click.echo(f"Released {breaker.name.value}: {breaker.reason}", err=True)
    print_account(view, format_, setup)


@command.command("reset")
@click.argument("name", required=False)
@click.option("--starting", help="The new starting bankroll. Default: as the last period began.")
@click.option("--void-open", is_flag=True, help="Give open bets and working orders back first.")
@click.option("--reason", default="", help="Kept with the new period.")
@click.option("--key", help="The same key resets once, however often it is sent.")
@format_option
@click.pass_context
def reset(
    context: click.Context,
    name: str | None,
    starting: str | None,
    void_open: bool,
    reason: str,
    key: str | None,
    format_: str,
) -> None:
    """Close an account's books and start anew; everything before stays readable."""
    setup = prepare(context)
    if name is not None:
        setup = for_account(setup, name)

    async def work(engine: Engine) -> tuple[ResetDone | Refusal, AccountRow, AccountRow]:
        before = engine.ledger.account(engine.overview().account)
        minor = positive_minor("--starting", starting, before.currency)
        done = await engine.reset_account(
            ResetAccount(before.name, key or uuid.uuid4().hex, ME, minor, void_open, reason_of(reason))
        )
        if isinstance(done, ResetDone) and minor not in (None, done.starting_minor):
            begun = f"{format_minor(done.starting_minor, before.currency)} {before.currency}"
            raise UsageError(f"the key {key!r} has already begun period {done.period} with {begun}: use another")
        return done, before, engine.ledger.account(before.name)

    outcome, before, row = with_engine(setup, work)
    if isinstance(outcome, Refusal):
        print_refusal(outcome, format_, setup.style)
        context.exit(FAILED)
    if row.period == before.period:
        click.echo(f"This key has already begun period {outcome.period}: nothing was changed.", err=True)
    if format_ == "table":
        given_back = f"; {_given_back(outcome.voided)} given back" if outcome.voided else ""
        money = f"{format_minor(outcome.starting_minor, row.currency)} {row.currency}"
        emit(f"{outcome.account} begins period {outcome.period} with {money}{given_back}.")
        return
    sheet = Sheet(_RESET, ((outcome.account, outcome.period, outcome.starting_minor, outcome.voided),), row.currency)
    if format_ == "json":
        emit_json(json_rows(sheet)[0])
    else:
        emit_sheet(sheet, format_, setup.style)


def _given_back(count: int) -> str:
    return "1 open bet or order" if count == 1 else f"{count:,} open bets or orders"
