"""`bets`: list, show, cancel, settle; `place` and `orders` have files of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from betting_tui.cli.bet_told import FAILED, print_bet, print_refusal, reason_of
from betting_tui.cli.bets_orders import cancel_order, is_order, orders
from betting_tui.cli.bets_place import place
from betting_tui.cli.bets_settle import settle
from betting_tui.cli.options import Group, format_option
from betting_tui.cli.output import emit_json, emit_sheet
from betting_tui.cli.periods import period_option
from betting_tui.cli.session import ME, Setup, prepare, with_engine
from betting_tui.cli.sheets import bet_objects, bet_sheet, review_sheet
from betting_tui.engine.core.bet_views import BetRow
from betting_tui.engine.core.commands import CancelBet
from betting_tui.engine.core.model import BetState
from betting_tui.engine.core.refusals import Refusal

if TYPE_CHECKING:
    from betting_tui.engine.core.history_views import HistoryRow
    from betting_tui.engine.core.review_views import ReviewRow
    from betting_tui.engine.engine import Engine


@click.group("bets", cls=Group)
def command() -> None:
    """List, show, place, cancel and settle bets."""


command.add_command(place)
command.add_command(orders)
command.add_command(settle)


@command.command("list")
@click.option("--state", "states", multiple=True, type=click.Choice([state.value for state in BetState]))
@click.option("--strategy", help="Only bets of this strategy.")
@click.option("--limit", type=click.IntRange(min=1), help="At most this many, newest first.")
@period_option
@format_option
@click.pass_context
def list_(
    context: click.Context,
    states: tuple[str, ...],
    strategy: str | None,
    limit: int | None,
    period: int | None,
    format_: str,
) -> None:
    """Bets of the account, newest first."""
    from betting_tui.engine.store.shapes import BetFilter

    setup = prepare(context)

    async def work(engine: Engine) -> tuple[tuple[BetRow, ...], str]:
        seen = engine.overview()
        wanted = BetFilter(
            account=seen.account,
            states=tuple(BetState(state) for state in states),
            strategy=strategy,
            limit=limit,
            period=period,
        )
        return engine.ledger.bets(wanted), seen.currency

    bets, currency = with_engine(setup, work)
    if format_ == "json":
        emit_json(bet_objects(bets, currency))
        return
    waiting = format_ == "table" and tuple(states) == (BetState.REVIEW.value,)
    sheet = review_sheet(bets, currency) if waiting else bet_sheet(bets, currency)
    emit_sheet(sheet, format_, setup.style, empty="No bet waits for you." if waiting else "No bets.")


@command.command("show")
@click.argument("bet_id")
@format_option
@click.pass_context
def show(context: click.Context, bet_id: str, format_: str) -> None:
    """One bet with everything known of it: what feeds say of its events, the rules in force, what it would pay, and
    what became of it, step by step."""
    from betting_tui.cli.bet_inquiry import history_lines, history_objects, inquiry_lines, inquiry_object

    setup = prepare(context)

    async def work(engine: Engine) -> tuple[ReviewRow, tuple[HistoryRow, ...]]:
        return engine.inquiry(bet_id), engine.ledger.history(bet_id)

    row, steps = with_engine(setup, work)
    more = {"review": inquiry_object(row), "history": history_objects(steps)}
    lines = inquiry_lines(row, setup.style) + history_lines(steps, row.bet.currency, setup.style)
    print_bet(row.bet, format_, setup, more=more, lines=lines)


@command.command("cancel")
@click.argument("bet_id")
@click.option("--reason", default="", help="Kept with the bet.")
@format_option
@click.pass_context
def cancel(context: click.Context, bet_id: str, reason: str, format_: str) -> None:
    """Take back a bet whose event has not started, or an order that still waits; the money is free again."""
    setup = prepare(context)
    if is_order(bet_id):
        cancel_order(setup, bet_id, reason_of(reason), format_)
        return

    async def work(engine: Engine) -> BetRow | Refusal:
        known = engine.ledger.bet(bet_id)
        outcome = await engine.cancel_bet(CancelBet(known.id, ME, reason_of(reason)))
        return outcome if isinstance(outcome, Refusal) else outcome.bet

    _print_outcome(context, with_engine(setup, work), format_, setup)


def _print_outcome(context: click.Context, outcome: BetRow | Refusal, format_: str, setup: Setup) -> None:
    if isinstance(outcome, Refusal):
        print_refusal(outcome, format_, setup.style)
        context.exit(FAILED)
    print_bet(outcome, format_, setup)
