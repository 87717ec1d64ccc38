"""`calc settle`: what a bet comes to, from a result typed by hand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

import click
from msgspec import Struct

from betting_tui.cli import calc_graded
from betting_tui.cli.calc_graded import Told, outcome_of
from betting_tui.cli.calc_kit import amount, currency_option, print_pairs
from betting_tui.cli.options import NUMBER, PRICE, SHARE, NumbersCommand, format_option, price_in
from betting_tui.cli.output import Cell, Column, Kind
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.grades import Graded, Ungraded, mirrored
from betting_tui.engine.core.model import BetResult, Funding, Side
from betting_tui.engine.core.odds import Price
from betting_tui.engine.core.payout import Leg, Ticket, parlay, payout
from betting_tui.engine.core.places import EachWay, Finish, each_way_minor, grade_place
from betting_tui.engine.core.rule_sets import in_force

_FIELD = ("outrights", "each_way")
_FRACTION = re.compile(r" *([0-9]{1,3}) */ *0*([1-9][0-9]{0,2}) *")
_MARKETS = (*calc_graded.MARKETS, *_FIELD, "parlay")


class _Came(Struct, frozen=True):
    """What a bet came to: `staked` is all that was at stake."""

    outcome: str
    returned: int
    profit: int
    commission: int | None = None


@click.command("settle", cls=NumbersCommand)
@click.option("--market", type=click.Choice(_MARKETS), required=True)
@click.option("--line", type=NUMBER, help="The selection's own line: -0.25, +3.5, 224.5.")
@click.option("--result", type=int, help="Own score minus opponent's; for totals the total; in a field the place.")
@click.option("--score", help="Both scores in place of --result, own first: 2-1.")
@click.option("--selection", type=click.Choice(calc_graded.SELECTIONS), default=None)
@click.option("--three-way", is_flag=True, help="h2h with a draw on offer: a draw loses instead of a push.")
@click.option("--tied", type=int, default=1, help="Outrights: how many share the place, itself included.")
@click.option("--places", type=int, default=1, help="Outrights: how many places pay.")
@click.option("--place-fraction", default=None, help="Each way: the place part's share of the odds, as 1/4.")
@click.option("--leg", "legs", multiple=True, help="Parlay: each leg's price and result, as +150:win or 1.91:void.")
@click.option("--odds", type=PRICE)
@click.option("--stake", required=True, help="What was staked; laid: the backer's; each way: on each part.")
@click.option("--side", type=click.Choice(["back", "lay"]), default="back", show_default=True)
@click.option("--free", is_flag=True, help="A free bet: the stake does not come back.")
@click.option("--commission", type=SHARE, default="0", help="An exchange's share of net winnings: 0.02 or 2%.")
@click.option("--deduction", type=SHARE, default="0", help="Taken off winnings for withdrawn runners: 0.15 or 15%.")
@currency_option
@format_option
def command(
    market: str,
    line: Fraction | None,
    result: int | None,
    score: str | None,
    selection: str | None,
    three_way: bool,
    tied: int,
    places: int,
    place_fraction: str | None,
    legs: tuple[str, ...],
    odds: Price | None,
    stake: str,
    side: str,
    free: bool,
    commission: Fraction,
    deduction: Fraction,
    currency: str,
    format_: str,
) -> None:
    """What a bet comes to: half results, dead heats, each way, lays, parlays and free bets among them."""
    staked = amount(stake, currency, "--stake")
    funding = Funding.FREE if free else Funding.CASH
    if commission == 1:
        raise UsageError("--commission must be below 1")
    if market == "parlay":
        if odds is not None or result is not None or score is not None or Side(side) is Side.LAY:
            raise UsageError("a parlay is told by its legs: --leg PRICE:RESULT for each, and --stake")
        _show(_parlay(staked, legs, funding), currency, format_)
        return
    if odds is None:
        raise UsageError("--odds is missing: the price of the bet")
    if legs:
        raise UsageError("--leg is of --market parlay only")
    ticket = Ticket(staked, odds.exact, Side(side), funding, commission, deduction)
    if ticket.side is Side.LAY and free:
        raise UsageError("a free bet cannot be laid")
    if market == "each_way":
        _show(_each_way(ticket, _terms(places, place_fraction), _finish(result, tied)), currency, format_)
        return
    if market == "outrights":
        graded = _known(grade_place(_finish(result, tied), places, in_force("", "", market)))
    else:
        graded = outcome_of(Told(market, selection, line, result, score, three_way))
    _show(_single(ticket, graded), currency, format_)


def _single(ticket: Ticket, graded: Graded) -> _Came:
    paid = payout(ticket, graded)
    own = graded.result if ticket.side is Side.BACK else mirrored(graded.result)
    charged = paid.commission_minor if ticket.commission else None
    return _Came(own.value, paid.return_minor, paid.profit_minor, charged)


def _each_way(ticket: Ticket, terms: EachWay, finish: Finish) -> _Came:
    """Two stakes of the same size. `placed`: the place part alone won."""
    if ticket.side is Side.LAY or ticket.funding is Funding.FREE or ticket.commission:
        raise UsageError("each way is backed with money at a bookmaker: no --side lay, --free or --commission")
    rules = in_force("", "", "outrights")
    won, placed = _known(grade_place(finish, 1, rules)), _known(grade_place(finish, terms.places, rules))
    returned = each_way_minor(ticket, terms, finish, rules)
    if isinstance(returned, Ungraded):
        raise UsageError(returned.reason)
    outcome = won.result.value
    if won.result is BetResult.LOSS and placed.result is BetResult.WIN:
        outcome = "placed"
    return _Came(outcome, returned, returned - 2 * ticket.stake_minor)


def _parlay(staked: int, legs: Sequence[str], funding: Funding) -> _Came:
    if len(legs) < 2:
        raise UsageError("a parlay needs two legs or more: --leg +150:win --leg 1.91:void")
    end = parlay([_leg(text) for text in legs])
    if end is None:
        raise UsageError("a leg is still open: the parlay is not decided")
    returned = end.return_minor(staked, funding)
    return _Came(end.result.value, returned, returned - (0 if funding is Funding.FREE else staked))


def _leg(text: str) -> Leg:
    price, found, result = text.rpartition(":")
    known = [each.value for each in BetResult]
    if not found or result.strip().lower() not in known:
        raise UsageError(f"{text[:40]!r} is no leg: write PRICE:RESULT, the result one of {', '.join(known)}")
    return Leg(price_in(price.strip(), None).exact, Graded(BetResult(result.strip().lower())))


def _finish(result: int | None, tied: int) -> Finish:
    if result is None:
        raise UsageError("--result is missing: the place it came in at; 0 for one that did not start")
    return Finish(result, tied)


def _terms(places: int, fraction: str | None) -> EachWay:
    found = _FRACTION.fullmatch(fraction or "")
    share = Fraction(int(found[1]), int(found[2])) if found else Fraction(0)
    if not 0 < share <= 1:
        raise UsageError("each way needs --place-fraction, the place part's share of the odds, as 1/4 or 1/5")
    return EachWay(places, share)


def _known(graded: Graded | Ungraded) -> Graded:
    if isinstance(graded, Ungraded):
        raise UsageError(graded.reason)
    return graded


def _show(came: _Came, currency: str, format_: str) -> None:
    pairs: list[tuple[Column, Cell]] = [
        (Column("outcome", "Outcome"), came.outcome),
        (Column("return", "Return", Kind.MONEY), came.returned),
        (Column("profit", "Profit", Kind.MONEY), came.profit),
    ]
    if came.commission is not None:
        pairs.append((Column("commission", "Commission", Kind.MONEY), came.commission))
    print_pairs(pairs, format_, currency)
