"""`account`: open, compare, use, suspend, resume and reset; money, sizing and limits have files of their own."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import click

from betting_tui.cli.account_create import create, sizing
from betting_tui.cli.account_limits import limits
from betting_tui.cli.account_money import deposit, transfer, withdraw
from betting_tui.cli.account_told import print_account, print_accounts, view_of
from betting_tui.cli.account_values import positive_minor
from betting_tui.cli.bet_told import FAILED, print_refusal
from betting_tui.cli.options import Group, format_option
from betting_tui.cli.output import emit, emit_json
from betting_tui.cli.session import ME, for_account, prepare, with_engine
from betting_tui.cli.sheets import counted
from betting_tui.engine.core.accounts import AccountStatus, Breaker
from betting_tui.engine.core.commands import ReleaseBreakers, ResetAccount, SetAccountStatus, UseAccount
from betting_tui.engine.core.model import Refusal
from betting_tui.engine.core.money import format_minor
from betting_tui.engine.core.views import AccountView, ResetDone

if TYPE_CHECKING:
    from betting_tui.engine.engine import Engine


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

    async def work(engine: Engine) -> AccountView:
        return view_of(engine, name or engine.overview().account)

    print_account(with_engine(setup, work), format_, setup)


@command.command("use")
@click.argument("name")
@format_option
@click.pass_context
def use(context: click.Context, name: str, format_: str) -> None:
    """Make an account the current one, for the app and for commands."""
    setup = prepare(context)

    async def work(engine: Engine) -> AccountView:
        known = engine.ledger.account(name)
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
        known = engine.ledger.account(name)
        await engine.set_account_status(SetAccountStatus(known.name, AccountStatus.SUSPENDED, ME, reason))
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
        known = engine.ledger.account(name)
        stopped = engine.ledger.breakers(known.name, engine.clock.now())
        if known.status is AccountStatus.SUSPENDED:
            await engine.set_account_status(SetAccountStatus(known.name, AccountStatus.ACTIVE, ME, reason))
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

    async def work(engine: Engine) -> ResetDone | Refusal:
        seen = engine.overview()
        minor = positive_minor("--starting", starting, seen.currency)
        return await engine.reset_account(
            ResetAccount(seen.account, key or uuid.uuid4().hex, ME, minor, void_open, reason)
        )

    async def currency(engine: Engine) -> str:
        return engine.overview().currency

    outcome = with_engine(setup, work)
    if isinstance(outcome, Refusal):
        print_refusal(outcome, format_)
        context.exit(FAILED)
    if format_ == "json":
        emit_json(outcome)
    elif format_ == "csv":
        cells = (outcome.account, outcome.period, outcome.starting_minor, outcome.voided)
        emit("account,period,starting_minor,voided\n" + ",".join(str(cell) for cell in cells))
    else:
        shown = with_engine(setup, currency)
        begun = f"{outcome.account} begins period {outcome.period} with"
        given_back = f"; {counted(outcome.voided, 'open bet or order')} given back" if outcome.voided else ""
        emit(f"{begun} {format_minor(outcome.starting_minor, shown)} {shown}{given_back}.")
