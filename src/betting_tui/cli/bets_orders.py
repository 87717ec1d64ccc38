"""Orders that wait for their price: `bets place --work-until`, `bets orders`, `bets cancel ORD-…`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

import click

from betting_tui.cli.basket import Wanted
from betting_tui.cli.bet_told import FAILED, print_bet, print_refusal
from betting_tui.cli.bet_wanted import event_of
from betting_tui.cli.bets_checked import placement, tell_no_close
from betting_tui.cli.options import Command, format_option
from betting_tui.cli.output import Column, Kind, Sheet, emit_json, emit_sheet, json_rows
from betting_tui.cli.session import ME, Setup, prepare, with_engine
from betting_tui.engine.core.bet_views import NotPlaced, OrderRow, Placed, Working
from betting_tui.engine.core.commands import CancelOrder
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.model import Event, Leg, OrderState, Side
from betting_tui.engine.core.times import iso, parse_time
from betting_tui.screens import names

if TYPE_CHECKING:
    from betting_tui.engine.engine import Engine

_ORDER = re.compile(r"ord-?\d+", re.IGNORECASE)
_COLUMNS = (
    Column("id", "Order"),
    Column("state", "State"),
    Column("event", "Event"),
    Column("pick", "Pick"),
    Column("bookmaker", "Book", spare=2),
    Column("price", "Price", Kind.PRICE),
    Column("stake", "Stake", Kind.MONEY),
    Column("reserved", "Reserved", Kind.MONEY, spare=1),
    Column("filled", "Filled", Kind.MONEY, wide=True),
    Column("expires_at", "Until", Kind.TIME),
    Column("created_at", "Since", Kind.TIME, spare=3),
    Column("price_now", "Price now", Kind.PRICE, wide=True),
    Column("side", "Side", wide=True),
    Column("funding", "Funding", wide=True),
    Column("event_id", "Event id", wide=True),
    Column("account", "Account", wide=True),
)


def is_order(text: str) -> bool:
    return _ORDER.fullmatch(text.strip()) is not None


@click.command("orders", cls=Command)
@format_option
@click.pass_context
def orders(context: click.Context, format_: str) -> None:
    """Orders that wait for their price, by when their time is over."""
    setup = prepare(context)

    async def work(engine: Engine) -> tuple[tuple[OrderRow, ...], str]:
        return engine.working_orders(), engine.overview().currency

    rows, currency = with_engine(setup, work)
    emit_sheet(order_sheet(rows, currency), format_, setup.style, empty="No orders wait.")


def cancel_order(setup: Setup, order_id: str, reason: str, format_: str) -> None:
    """Raises UsageError when there is no such order, or it is filled."""

    async def work(engine: Engine) -> OrderRow:
        return await engine.cancel_order(CancelOrder(order_id.strip().upper(), ME, reason))

    _print(with_engine(setup, work), format_, setup)


def place_order(
    context: click.Context, setup: Setup, wanted: Wanted, until: str, key: str, format_: str, *, verify: bool | None
) -> None:
    """Place at the price asked for or better, now or by `until`. Raises UsageError for what cannot be an order."""

    async def work(engine: Engine) -> tuple[Placed | Working | NotPlaced, str]:
        event = event_of(engine, wanted)
        no_close = tell_no_close(engine, event)
        command = placement(engine, wanted, key, event=event, until=_until(until, event, engine.clock.now()))
        return await engine.place(command, verify=verify), no_close

    outcome, no_close = with_engine(setup, work)
    if isinstance(outcome, NotPlaced):
        print_refusal(outcome.refusal, format_, setup.style)
        context.exit(FAILED)
    if outcome.repeated:
        click.echo("This key has already been accepted: nothing was added.", err=True)
    if outcome.note:
        click.echo(f"Note: {outcome.note}", err=True)
    more = {"no_close": no_close or None}
    if isinstance(outcome, Working):
        _print(outcome.order, format_, setup, more)
    else:
        print_bet(outcome.bets[0], format_, setup, more=more)


def _held(row: OrderRow) -> int:
    """What is reserved for it now: nothing once it is over."""
    return row.reserved_minor if row.state in (OrderState.WORKING, OrderState.PART_FILLED) else 0


def order_sheet(rows: Sequence[OrderRow], currency: str) -> Sheet:
    cells = tuple(
        (
            row.id, row.state.value, row.event.name, _pick(row.leg), row.leg.bookmaker, row.leg.price, row.stake_minor,
            _held(row), row.filled_minor, row.expires_at, row.created_at, row.price_now, row.leg.side.value,
            row.funding.value, row.event.id, row.account,
        )
        for row in rows
    )  # fmt: skip
    return Sheet(_COLUMNS, cells, currency)


def _until(text: str, event: Event, now: datetime) -> datetime:
    if text.strip().lower() == "start":
        if not event.start_known:
            raise UsageError("--work-until start needs --commence: nobody has said when the event starts")
        return event.commence_time
    try:
        until = parse_time(text)
    except (ValueError, OverflowError):
        raise UsageError(
            f"--work-until {text[:40]!r} is neither start nor a time: write for example 2026-04-18T11:30:00Z"
        ) from None
    if until <= now:
        raise UsageError(f"--work-until {iso(until)} is past")
    return until


def _pick(leg: Leg) -> str:
    pick = names.pick(leg.selection)
    return f"lay {pick}" if leg.side is Side.LAY else pick


def _print(order: OrderRow, format_: str, setup: Setup, more: Mapping[str, str | None] = MappingProxyType({})) -> None:
    sheet = order_sheet([order], order.currency)
    if format_ == "json":
        emit_json({**json_rows(sheet)[0], **more})
    else:
        emit_sheet(sheet, format_, setup.style)
