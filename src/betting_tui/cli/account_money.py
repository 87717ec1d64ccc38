"""`account deposit`, `withdraw` and `transfer`: play money in, out and between bookmakers."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

import click
from msgspec import Struct

from betting_tui.cli.bet_told import FAILED, print_refusal, reason_of
from betting_tui.cli.options import F, NumbersCommand, format_option, refuse_options
from betting_tui.cli.output import emit_json, emit_sheet, json_rows
from betting_tui.cli.session import ME, Setup, prepare, with_engine
from betting_tui.cli.sheets import entry_sheet
from betting_tui.engine.core.accounts import WALLET
from betting_tui.engine.core.commands import Deposit, Transfer, Withdraw
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.money import to_minor
from betting_tui.engine.core.money_views import LedgerRow
from betting_tui.engine.core.refusals import Refusal
from betting_tui.engine.core.text import clean_key

if TYPE_CHECKING:
    from betting_tui.engine.engine import Engine


class Booked(Struct, frozen=True):
    """What became of it, in which currency."""

    outcome: LedgerRow | Refusal
    currency: str
    repeated: bool = False


def _movement(function: F) -> F:
    """The options that end the line of every movement of money."""
    for option in (
        format_option,
        click.option("--key", help="The same key books once, however often it is sent."),
        click.option("--reason", default="", help="Kept with the entry."),
    ):
        function = option(function)
    return function


@click.command("deposit", cls=NumbersCommand)
@click.argument("amount")
@click.option("--kind", type=click.Choice(["deposit", "bonus"]), default="deposit", help="A bookmaker's gift or yours.")
@click.option("--book", default="", help="Into the money kept at this bookmaker.")
@_movement
@click.pass_context
def deposit(
    context: click.Context,
    amount: str,
    kind: Literal["deposit", "bonus"],
    book: str,
    reason: str,
    key: str | None,
    format_: str,
) -> None:
    """Pay in play money."""

    def wanted(account: str, minor: int, key: str) -> Deposit:
        return Deposit(account, minor, key, ME, reason_of(reason), kind, _book(book))

    _move(context, amount, key, format_, wanted)


@click.command("withdraw", cls=NumbersCommand)
@click.argument("amount")
@click.option(
    "--kind", type=click.Choice(["withdrawal", "fee"]), default="withdrawal", help="Taken out, or lost to a fee."
)
@click.option("--book", default="", help="Out of the money kept at this bookmaker.")
@_movement
@click.pass_context
def withdraw(
    context: click.Context,
    amount: str,
    kind: Literal["withdrawal", "fee"],
    book: str,
    reason: str,
    key: str | None,
    format_: str,
) -> None:
    """Take out play money that no open bet holds."""

    def wanted(account: str, minor: int, key: str) -> Withdraw:
        return Withdraw(account, minor, key, ME, reason_of(reason), kind, _book(book))

    _move(context, amount, key, format_, wanted)


@click.command("transfer", cls=NumbersCommand)
@click.argument("amount")
@click.option("--from", "source", required=True, help=f"{WALLET}, or a bookmaker's key.")
@click.option("--to", "target", required=True, help=f"{WALLET}, or a bookmaker's key.")
@_movement
@click.pass_context
def transfer(
    context: click.Context, amount: str, source: str, target: str, reason: str, key: str | None, format_: str
) -> None:
    """Move money between the wallet and bookmakers, where the account keeps balances at them."""

    def wanted(account: str, minor: int, key: str) -> Transfer:
        return Transfer(account, _book(source), _book(target), minor, key, ME, reason_of(reason))

    booked = _move(context, amount, key, format_, wanted)
    if format_ == "table" and not booked.repeated:
        click.echo(
            f"{amount} {booked.currency} moved from {_book(source) or WALLET} to {_book(target) or WALLET}.", err=True
        )


def _move(
    context: click.Context,
    amount: str,
    key: str | None,
    format_: str,
    wanted: Callable[[str, int, str], Deposit | Withdraw | Transfer],
) -> Booked:
    """Book what `wanted` makes of the account, the amount in minor units and the key, and print what became of it."""
    refuse_options(amount)
    setup = prepare(context)

    async def work(engine: Engine) -> Booked:
        seen, begun = engine.overview(), engine.clock.now()
        minor = _amount(amount, seen.currency)
        outcome = await _booked(engine, wanted(seen.account, minor, key or uuid.uuid4().hex))
        # An entry older than the command was made by an earlier one with the same key.
        repeated = isinstance(outcome, LedgerRow) and outcome.at < begun
        return Booked(outcome, seen.currency, repeated)

    booked = with_engine(setup, work)
    _print(context, booked, format_, setup)
    return booked


async def _booked(engine: Engine, wanted: Deposit | Withdraw | Transfer) -> LedgerRow | Refusal:
    match wanted:
        case Deposit():
            return await engine.deposit(wanted)
        case Withdraw():
            return await engine.withdraw(wanted)
        case Transfer():
            return await engine.transfer(wanted)


def _book(text: str) -> str:
    """A bookmaker's key; empty for the wallet. Raises UsageError."""
    if text.strip().lower() in ("", WALLET):
        return ""
    key = clean_key(text.strip().lower())
    if not key:
        raise UsageError(f"{text[:40]!r} is neither {WALLET} nor a bookmaker's key, as williamhill_us")
    return key


def _amount(text: str, currency: str) -> int:
    minor = to_minor(text, currency)
    if minor <= 0:
        raise UsageError(f"the amount must be above 0, not {text}")
    return minor


def _print(context: click.Context, booked: Booked, format_: str, setup: Setup) -> None:
    if isinstance(booked.outcome, Refusal):
        print_refusal(booked.outcome, format_, setup.style)
        context.exit(FAILED)
    if booked.repeated:
        click.echo(f"This key has already booked entry {booked.outcome.entry_id}: nothing was added.", err=True)
    sheet = entry_sheet([booked.outcome], booked.currency)
    if format_ == "json":
        emit_json(json_rows(sheet)[0])
    else:
        emit_sheet(sheet, format_, setup.style)
