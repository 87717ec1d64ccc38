"""`account create` and `account sizing`: a new account, and how one stakes."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from betting_tui.cli.account_names import checked_name, named
from betting_tui.cli.account_told import print_account, view_of
from betting_tui.cli.account_values import (
    RISKS,
    SizingFlags,
    read_limits,
    read_strategies,
    sizing_options,
)
from betting_tui.cli.options import Command, format_option
from betting_tui.cli.session import ME, Setup, for_account, prepare, with_engine
from betting_tui.engine.core.accounts import AccountSettings, Limits, RiskTolerance, SizingChoice
from betting_tui.engine.core.commands import ChangeAccount, OpenAccount
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.money import to_minor
from betting_tui.engine.core.money_views import AccountView
from betting_tui.engine.core.times import zone_of

if TYPE_CHECKING:
    from betting_tui.engine.engine import Engine


@click.command("create", cls=Command)
@click.argument("name")
@click.option("--starting", help="Starting bankroll. Default: the settings'.")
@click.option("--currency", help="As EUR. Default: the settings'.")
@click.option("--time-zone", help="Where its betting day begins, as Europe/London. Default: the settings'.")
@sizing_options
@click.option("--strategies", help="Which bet for it: all, none, or some with commas. Default: all.")
@click.option("--limits", "limits_text", help="KEY=VALUE with commas, as max_open_bets=10,max_bet_share=2%.")
@click.option("--risk", type=click.Choice(RISKS), help="Fills in limits that are not set. Default: the settings'.")
@click.option("--book-balances", is_flag=True, help="Keep money at each bookmaker: a bet needs it there.")
@click.option("--sample", is_flag=True, help="With a season of made-up settled bets to look at.")
@format_option
@click.pass_context
def create(
    context: click.Context,
    name: str,
    starting: str | None,
    currency: str | None,
    time_zone: str | None,
    sizing: SizingFlags,
    strategies: str | None,
    limits_text: str | None,
    risk: RiskTolerance | None,
    book_balances: bool,
    sample: bool,
    format_: str,
) -> None:
    """Open a paper account with a starting bankroll of its own."""
    setup = prepare(context)
    code = _currency(currency or setup.settings.paper_trading.currency)
    settings = AccountSettings(
        sizing=sizing.on(SizingChoice(), code),
        limits=read_limits([part for part in (limits_text or "").split(",") if part.strip()], Limits(), code),
        tolerance=risk,
        strategies=None if strategies is None else read_strategies(strategies),
        book_balances=book_balances,
    )
    opened = OpenAccount(
        name=checked_name(name, "an account"),
        currency=code,
        starting_minor=_starting(setup, starting, code),
        time_zone=_zone(time_zone or setup.settings.ui.time_zone),
        created_by=ME,
        settings=settings,
        sample=sample,
    )

    async def work(engine: Engine) -> AccountView:
        taken = named(opened.name, (row.name for row in engine.ledger.accounts()))
        if taken is not None:
            raise UsageError(f"there is an account {taken!r} already: choose another name")
        row = await engine.open_account(opened)
        return view_of(engine, row.name)

    print_account(with_engine(setup, work), format_, setup)


@click.command("sizing", cls=Command)
@click.argument("name", required=False)
@sizing_options
@click.option("--strategies", help="Which bet for it: all, none, or some with commas.")
@click.option("--as-configured", is_flag=True, help="Forget all sizing of the account's own first.")
@format_option
@click.pass_context
def sizing(
    context: click.Context,
    name: str | None,
    sizing: SizingFlags,
    strategies: str | None,
    as_configured: bool,
    format_: str,
) -> None:
    """Show or change how an account stakes and which strategies bet for it."""
    setup = prepare(context)
    if name is not None:
        setup = for_account(setup, name)

    async def work(engine: Engine) -> AccountView:
        row = engine.ledger.account(engine.overview().account)
        before = SizingChoice() if as_configured else row.settings.sizing
        settings = replace(row.settings, sizing=sizing.on(before, row.currency))
        if strategies is not None:
            settings = replace(settings, strategies=read_strategies(strategies))
        if settings != row.settings:
            await engine.change_account(ChangeAccount(row.name, settings, ME))
        return view_of(engine, row.name)

    print_account(with_engine(setup, work), format_, setup)


def _currency(text: str) -> str:
    code = text.strip().upper()
    if not re.fullmatch(r"[A-Z]{3}", code):
        raise UsageError(f"--currency is a code of three letters, as EUR, not {text[:20]!r}")
    return code


def _zone(text: str) -> str:
    zone_of(text)
    return text


def _starting(setup: Setup, text: str | None, currency: str) -> int:
    amount: str | Decimal = setup.settings.paper_trading.starting_bankroll if text is None else text
    try:
        minor = to_minor(amount, currency)
    except UsageError as error:
        raise UsageError(f"--starting: {error.message}") from None
    if minor < 0:
        raise UsageError(f"--starting cannot be below 0, as {text} is")
    return minor
