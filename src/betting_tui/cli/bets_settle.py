"""`bets settle`: one bet by hand, or one leg of a parlay, with what a race may do to it."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import click

from betting_tui.cli.bet_told import print_bet, reason_of
from betting_tui.cli.options import SHARE, format_option
from betting_tui.cli.session import ME, prepare, with_engine
from betting_tui.engine.core.bet_views import BetRow
from betting_tui.engine.core.commands import DeadHeat, SettleBet
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.model import BetResult

if TYPE_CHECKING:
    from betting_tui.engine.engine import Engine

_TIED = re.compile(r"([1-9][0-9]{0,3})/([1-9][0-9]{0,3})")


@click.command("settle")
@click.argument("bet_id")
@click.option("--result", type=click.Choice([result.value for result in BetResult]))
@click.option("--place", type=click.IntRange(min=0), help="Each way: the place it came in at; 0: it did not start.")
@click.option("--leg", type=click.IntRange(min=1), help="Settle only this leg of a parlay, counted from 1.")
@click.option(
    "--dead-heat",
    "--tied",
    metavar="N/M",
    help="N places left for the M that tied: 1/2 for two that share the win. With --place how many share it: 2.",
)
@click.option("--deduction", type=SHARE, default="0", help="Taken off winnings for withdrawn runners: 0.15 or 15%.")
@click.option("--reason", default="", help="Kept with the bet.")
@format_option
@click.pass_context
def settle(
    context: click.Context,
    bet_id: str,
    result: str | None,
    place: int | None,
    leg: int | None,
    dead_heat: str | None,
    deduction: Fraction,
    reason: str,
    format_: str,
) -> None:
    """Settle one bet by hand; another result than before is booked as a correction.

    An each way bet is settled by where it came in: --place 3, and --dead-heat 2 where two shared that place.
    """
    if (result is None) == (place is None):
        raise UsageError("say how it ended: --result, or --place for an each way bet")
    setup = prepare(context)
    sharing = 1 if place is None or dead_heat is None else _sharing(dead_heat)
    tied = None if dead_heat is None or place is not None else _tied(dead_heat)
    share = Decimal(deduction.numerator) / Decimal(deduction.denominator)

    async def work(engine: Engine) -> BetRow:
        known = engine.ledger.bet(bet_id)
        ended = None if result is None else BetResult(result)
        command = SettleBet(known.id, ended, ME, reason_of(reason), tied, share, leg, place=place, tied=sharing)
        return (await engine.settle_bet(command)).bet

    print_bet(with_engine(setup, work), format_, setup)


def _sharing(text: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,3}", text.strip()):
        raise UsageError(f"--dead-heat {text[:40]!r}: beside --place it is how many share that place, itself included")
    return int(text)


def _tied(text: str) -> DeadHeat:
    found = _TIED.fullmatch(text.strip())
    if found is None:
        raise UsageError(f"--dead-heat {text[:40]!r} is no dead heat: write 1/2 for two that share one place")
    return DeadHeat(int(found[1]), int(found[2]))
