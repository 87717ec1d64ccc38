"""`account`: what there is, and money in and out."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import click

from betting_tui.cli.bet_told import FAILED, print_refusal
from betting_tui.cli.options import Group, NumbersCommand, format_option, refuse_options
from betting_tui.cli.output import Column, Kind, Sheet, emit_json, emit_sheet, json_rows
from betting_tui.cli.session import ME, Setup, prepare, with_engine
from betting_tui.cli.sheets import entry_sheet
from betting_tui.engine.core.commands import Deposit, Withdraw
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.model import Refusal
from betting_tui.engine.core.money import format_minor, to_minor
from betting_tui.engine.core.views import LedgerRow

if TYPE_CHECKING:
    from betting_tui.engine.engine import Engine


@click.group("account", cls=Group)
def command() -> None:
    """List accounts, deposit and withdraw."""


@command.command("list")
@format_option
@click.pass_context
def list_(context: click.Context, format_: str) -> None:
    """Every account with its balances."""
    setup = prepare(context)
    columns = (
        Column("name", "Account"),
        Column("status", "Status"),
        Column("bankroll", "Bankroll", Kind.MONEY),
        Column("available", "Available", Kind.MONEY),
        Column("reserved", "At risk", Kind.MONEY),
        Column("open_bets", "Open bets", Kind.NUMBER),
        Column("currency", "Currency"),
        Column("created_at", "Opened", Kind.TIME),
    )

    async def work(engine: Engine) -> list[Sheet]:
        sheets = []
        for account in engine.ledger.accounts():
            held = engine.ledger.balances(account.name)
            row = (
                account.name, account.status.value, held.bankroll_minor, held.available_minor, held.reserved_minor,
                held.open_bets, account.currency, account.created_at,
            )  # fmt: skip
            sheets.append(Sheet(columns, (row,), account.currency))
        return sheets

    sheets = with_engine(setup, work)
    if format_ == "json":
        emit_json([json_rows(sheet)[0] for sheet in sheets])
        return
    # Amounts are written with the decimals of their own currency, so accounts of one currency share a table.
    for currency in dict.fromkeys(sheet.currency for sheet in sheets):
        rows = tuple(sheet.rows[0] for sheet in sheets if sheet.currency == currency)
        emit_sheet(Sheet(columns, rows, currency), format_, setup.style)


@command.command("deposit", cls=NumbersCommand)
@click.argument("amount")
@click.option("--reason", default="", help="Kept with the entry.")
@click.option("--key", help="The same key books once, however often it is sent.")
@format_option
@click.pass_context
def deposit(context: click.Context, amount: str, reason: str, key: str | None, format_: str) -> None:
    """Pay in play money."""
    refuse_options(amount)
    setup = prepare(context)

    async def work(engine: Engine) -> LedgerRow | Refusal:
        seen = engine.overview()
        minor = _amount(amount, seen.currency)
        entry = await engine.deposit(Deposit(seen.account, minor, key or uuid.uuid4().hex, ME, reason))
        return _same(entry, minor, seen.currency, key)

    _print(context, with_engine(setup, work), format_, setup)


@command.command("withdraw", cls=NumbersCommand)
@click.argument("amount")
@click.option("--reason", default="", help="Kept with the entry.")
@click.option("--key", help="The same key books once, however often it is sent.")
@format_option
@click.pass_context
def withdraw(context: click.Context, amount: str, reason: str, key: str | None, format_: str) -> None:
    """Take out play money that no open bet holds."""
    refuse_options(amount)
    setup = prepare(context)

    async def work(engine: Engine) -> LedgerRow | Refusal:
        seen = engine.overview()
        minor = _amount(amount, seen.currency)
        entry = await engine.withdraw(Withdraw(seen.account, minor, key or uuid.uuid4().hex, ME, reason))
        return entry if isinstance(entry, Refusal) else _same(entry, -minor, seen.currency, key)

    _print(context, with_engine(setup, work), format_, setup)


def _same(entry: LedgerRow, minor: int, currency: str, key: str | None) -> LedgerRow:
    """A key that has booked another amount before has not booked this one. Raises UsageError."""
    if entry.amount_minor != minor:
        booked = format_minor(entry.amount_minor, currency, sign=True)
        raise UsageError(
            f"the key {key!r} has already booked {booked} {currency} (entry {entry.entry_id}): use another"
        )
    return entry


def _amount(text: str, currency: str) -> int:
    minor = to_minor(text, currency)
    if minor <= 0:
        raise UsageError(f"the amount must be above 0, not {text}")
    return minor


def _print(context: click.Context, outcome: LedgerRow | Refusal, format_: str, setup: Setup) -> None:
    if isinstance(outcome, Refusal):
        print_refusal(outcome, format_)
        context.exit(FAILED)
    sheet = entry_sheet([outcome], setup.settings.paper_trading.currency)
    if format_ == "json":
        emit_json(json_rows(sheet)[0])
    else:
        emit_sheet(sheet, format_, setup.style)
