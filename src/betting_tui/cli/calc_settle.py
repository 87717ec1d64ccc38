"""`calc settle`: what a bet comes to, from a result typed by hand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

import click
from click.core import ParameterSource
from msgspec import Struct

from betting_tui.cli import calc_graded
from betting_tui.cli.calc_graded import Told, outcome_of
from betting_tui.cli.calc_kit import amount, currency_option, print_pairs
from betting_tui.cli.options import NUMBER, PRICE, SHARE, NumbersCommand, format_option, price_in
from betting_tui.cli.output import Cell, Column, Kind
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.grades import Graded, Ungraded, mirrored
from betting_tui.engine.core.model import BetResult, Funding, Side
from betting_tui.engine.core.money import round_half_even
from betting_tui.engine.core.odds import Price
from betting_tui.engine.core.payout import Leg, Ticket, market_commission, parlay, payout
from betting_tui.engine.core.places import EachWay, Finish, each_way_exact, grade_place
from betting_tui.engine.core.rule_sets import in_force

_FIELD = ("outrights", "each_way")
_FRACTION = re.compile(r" *([0-9]{1,3}) */ *0*([1-9][0-9]{0,2}) *")
_MARKETS = (*calc_graded.MARKETS, *_FIELD, "parlay")
_SINGLE = {"--odds", "--result", "--side", "--commission", "--deduction"}
_GAME = _SINGLE | {"--selection", "--score"}
# What each market makes something of, beside --stake and --free.
_FLAGS = {
    **dict.fromkeys(calc_graded.MARKETS, _GAME | {"--line"}),
    "h2h": _GAME | {"--line", "--three-way"},
    "outrights": _SINGLE | {"--tied", "--places"},
    "each_way": _SINGLE | {"--tied", "--places", "--place-fraction"},
    "parlay": {"--leg"},
}


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
@click.option("--tied", type=int, help="Outrights: how many share the place, itself included. Default: 1.")
@click.option("--places", type=int, help="Outrights: how many places pay. Default: 1.")
@click.option("--place-fraction", default=None, help="Each way: the place part's share of the odds, as 1/4.")
@click.option("--leg", "legs", multiple=True, help="Parlay: each leg's price and result, as +150:win or 1.91:void.")
@click.option("--odds", type=PRICE)
@click.option("--stake", required=True, help="What was staked; laid: the backer's; each way: on each part.")
@click.option("--side", type=click.Choice([side.value for side in Side]), default="back", show_default=True)
@click.option("--free", is_flag=True, help="A free bet: the stake does not come back.")
@click.option("--commission", type=SHARE, default="0", help="An exchange's share of net winnings: 0.02 or 2%.")
@click.option("--deduction", type=SHARE, default="0", help="Taken off winnings for withdrawn runners: 0.15 or 15%.")
@currency_option
@format_option
@click.pass_context
def command(
    context: click.Context,
    market: str,
    line: Fraction | None,
    result: int | None,
    score: str | None,
    selection: str | None,
    three_way: bool,
    tied: int | None,
    places: int | None,
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
    for flag, share in (("--commission", commission), ("--deduction", deduction)):
        if share == 1:
            raise UsageError(f"{flag} must be below 1")
    _refuse_idle(context, market)
    finish, count = _finish(market, result, tied), _places(places)
    if market == "parlay":
        _show(_parlay(staked, legs, funding), currency, format_)
        return
    if odds is None:
        raise UsageError("--odds is missing: the price of the bet")
    ticket = Ticket(staked, odds.exact, Side(side), funding, commission, deduction)
    if ticket.side is Side.LAY and free:
        raise UsageError("a free bet cannot be laid")
    if market == "each_way":
        _show(_each_way(ticket, _terms(count, place_fraction), finish), currency, format_)
        return
    if market == "outrights":
        graded = _known(grade_place(finish, count, in_force("", "", market)))
    else:
        graded = outcome_of(Told(market, selection, line, result, score, three_way))
    _show(_single(ticket, graded), currency, format_)


def _single(ticket: Ticket, graded: Graded) -> _Came:
    paid = payout(ticket, graded)
    own = graded.result if ticket.side is Side.BACK else mirrored(graded.result)
    charged = paid.commission_minor if ticket.commission else None
    return _Came(own.value, paid.return_minor, paid.profit_minor, charged)


def _each_way(ticket: Ticket, terms: EachWay, finish: Finish) -> _Came:
    """Two stakes of the same size. `placed`: the place part alone won, also for who laid it."""
    if ticket.funding is Funding.FREE:
        raise UsageError("an each way bet is two bets, staked with money: leave --free out")
    rules = in_force("", "", "outrights")
    won, placed = _known(grade_place(finish, 1, rules)), _known(grade_place(finish, terms.places, rules))
    gross = each_way_exact(ticket, terms, finish, rules)
    if isinstance(gross, Ungraded):
        raise UsageError(gross.reason)
    laid = ticket.side is Side.LAY
    held = ticket.stake_minor * ((ticket.price - 1) * (1 + terms.fraction) if laid else Fraction(2))
    returned = round_half_even(gross - market_commission([gross - held], ticket.commission))
    outcome = (mirrored(won.result) if laid else won.result).value
    if won.result is BetResult.LOSS and placed.result is BetResult.WIN:
        outcome = "placed"
    charged = round_half_even(gross) - returned if ticket.commission else None
    return _Came(outcome, returned, returned - round_half_even(held), charged)


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


def _refuse_idle(context: click.Context, market: str) -> None:
    """What this market makes nothing of was meant for something: it is not passed over."""
    told = [
        option.opts[0]
        for option in context.command.params
        if option.name and context.get_parameter_source(option.name) is ParameterSource.COMMANDLINE
    ]
    elsewhere = frozenset[str]().union(*_FLAGS.values()) - _FLAGS[market]
    idle = [flag for flag in told if flag in elsewhere]
    if not idle:
        return
    if market == "parlay":
        raise UsageError(f"a parlay is told by its legs, --leg PRICE:RESULT for each: leave {', '.join(idle)} out")
    owners = sorted(name for name, flags in _FLAGS.items() if idle[0] in flags)
    raise UsageError(f"{market} has no {', '.join(idle)}: {idle[0]} is of {', '.join(owners)}")


def _finish(market: str, result: int | None, tied: int | None) -> Finish:
    """Of a bet on a field; of others it says nothing."""
    if market in _FIELD and result is None:
        raise UsageError("--result is missing: the place it came in at; 0 for one that did not start")
    if market in _FIELD and result is not None and result < 0:
        raise UsageError(f"--result is the place it came in at, 0 for one that did not start, not {result}")
    if tied is not None and tied < 1:
        raise UsageError(f"--tied counts all that share the place, itself included, not {tied}")
    return Finish(result or 0, 1 if tied is None else tied)


def _places(places: int | None) -> int:
    if places is not None and places < 1:
        raise UsageError(f"--places is how many places pay, 1 or more, not {places}")
    return 1 if places is None else places


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
