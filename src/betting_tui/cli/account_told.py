"""How commands tell of accounts: side by side, or one with everything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from betting_tui.cli.account_names import named
from betting_tui.cli.output import Column, Kind, Sheet, Style, emit, emit_json, emit_sheet, json_rows, shown_cell
from betting_tui.cli.session import Setup
from betting_tui.cli.sheets import emit_sheets
from betting_tui.engine.core.accounts import Breaker
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.money import format_minor
from betting_tui.engine.core.money_views import AccountView, BookBalance

if TYPE_CHECKING:
    from betting_tui.engine.engine import Engine
    from betting_tui.engine.store.shapes import AccountRow

_COLUMNS = (
    Column("name", "Account", spare=0),
    Column("current", "Current", spare=2),
    Column("status", "Status", spare=1),
    Column("bankroll", "Bankroll", Kind.MONEY),
    Column("available", "Available", Kind.MONEY, spare=6),
    Column("reserved", "At risk", Kind.MONEY, spare=7),
    Column("profit", "Profit", Kind.MONEY),
    Column("yield_fraction", "Yield", Kind.GAIN, spare=3),
    Column("open_bets", "Open", Kind.NUMBER, spare=3),
    Column("settled_bets", "Settled", Kind.NUMBER, spare=8),
    Column("currency", "Currency", spare=1),
    Column("sizing", "Sizing", limit=40, spare=5),
    Column("strategies", "Strategies", limit=60, spare=9),
    Column("breakers", "Stopped", limit=60),
    Column("starting", "Starting", Kind.MONEY, wide=True),
    Column("period", "Period", Kind.NUMBER, wide=True),
    Column("time_zone", "Time zone", wide=True),
    Column("created_at", "Opened", Kind.TIME, wide=True),
)


def row_of(engine: Engine, name: str) -> AccountRow:
    """Raises UsageError, naming the accounts there are."""
    return engine.ledger.account(named(name, (row.name for row in engine.ledger.accounts())) or name)


def view_of(engine: Engine, name: str) -> AccountView:
    """Raises UsageError, naming the accounts there are."""
    row = row_of(engine, name)
    for view in engine.accounts():
        if view.name == row.name:
            return view
    raise UsageError(f"there is no account {name!r}")


def print_accounts(views: Sequence[AccountView], format_: str, setup: Setup) -> None:
    """Amounts are written with the decimals of their own currency, so accounts of one currency share a table."""
    if format_ == "json":
        emit_json([account_json(view) for view in views])
        return
    currencies = dict.fromkeys(view.currency for view in views)
    sheets = [account_sheet([view for view in views if view.currency == each]) for each in currencies]
    emit_sheets(sheets, format_, setup.style)


def print_account(view: AccountView, format_: str, setup: Setup, books: Sequence[BookBalance] = ()) -> None:
    """An object in JSON, a line a field for people; `books` is the money in each wallet, where there are several."""
    sheet = account_sheet([view])
    if format_ == "json":
        emit_json(account_json(view) | ({"books": books} if view.settings.book_balances else {}))
    elif format_ == "csv":
        emit_sheet(sheet, format_, setup.style)
    else:
        width = max(len(column.title) for column in sheet.columns)
        pairs = [pair for pair in zip(sheet.columns, sheet.rows[0], strict=True) if pair[1] not in (None, "")]
        lines = [
            f"{column.title:<{width}}  {shown_cell(column, cell, sheet.currency, setup.style)}"
            for column, cell in pairs
        ]
        lines += [
            f"{'Wallet' if not each.bookmaker else f'At {each.bookmaker}':<{width}}"
            f"  {format_minor(each.available_minor, view.currency)}"
            for each in books
            if view.settings.book_balances
        ]
        lines += [f"{'Stops':<{width}}  {_until(breaker, setup.style)}" for breaker in view.breakers]
        emit("\n".join(lines))


def _until(breaker: Breaker, style: Style) -> str:
    """When placing goes on."""
    if breaker.until is None:
        return f"{breaker.name.value} until `account resume`"
    return f"{breaker.name.value} until {breaker.until.astimezone(style.zone):%Y-%m-%d %H:%M}"


def account_sheet(views: Sequence[AccountView]) -> Sheet:
    """Each account's money in its own currency."""
    rows = tuple(
        (
            view.name, view.current, view.status.value, view.bankroll_minor, view.available_minor, view.exposure_minor,
            view.profit_minor, view.yield_fraction, view.open_bets, view.settled_bets, view.currency, view.sizing,
            ", ".join(view.strategies), "; ".join(breaker.reason for breaker in view.breakers), view.starting_minor,
            view.period, view.time_zone, view.created_at,
        )
        for view in views
    )  # fmt: skip
    return Sheet(_COLUMNS, rows, views[0].currency, tuple(view.currency for view in views))


def account_json(view: AccountView) -> dict[str, object]:
    """Lists stay lists; `settings` are the account's own."""
    row = json_rows(account_sheet([view]))[0]
    return row | {"strategies": view.strategies, "breakers": view.breakers, "settings": view.settings}
