"""What a graded bet pays, exact to the last rounding: backed, laid, reduced, on commission, as part of a parlay.

Return multiples (stake included): win d, push and void 1, half win (d + 1)/2, half loss 1/2, loss 0. All is reckoned in
exact rationals of minor units and rounded once, half to even.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from msgspec import Struct

from betting_tui.engine.core.edge import effective_exact
from betting_tui.engine.core.grades import WHOLE, Graded, mirrored
from betting_tui.engine.core.model import BetResult, Funding, Side
from betting_tui.engine.core.money import round_half_even

NOTHING = Fraction(0)
_HALF = Fraction(1, 2)


class Parts(Struct, frozen=True):
    """Which parts of the stake won and came back; the rest lost."""

    won: Fraction
    returned: Fraction

    @property
    def lost(self) -> Fraction:
        return 1 - self.won - self.returned


class Ticket(Struct, frozen=True):
    """What was staked, on which terms.

    `price`: exact decimal odds. `liability_minor`: what a lay bet holds, (d - 1) times the stake if not given.
    `commission`: an exchange's share of net winnings. `deduction`: the share of winnings taken for withdrawn runners.
    """

    stake_minor: int
    price: Fraction
    side: Side = Side.BACK
    funding: Funding = Funding.CASH
    commission: Fraction = NOTHING
    deduction: Fraction = NOTHING
    liability_minor: int | None = None


class Payout(Struct, frozen=True):
    """`return_minor`: what comes back, stake or liability included, commission taken off. `profit_minor`: against what
    the bet held, which of a free stake is nothing. Together with `commission_minor` they balance to the unit."""

    return_minor: int
    profit_minor: int
    commission_minor: int = 0


def parts_of(graded: Graded) -> Parts:
    match graded.result:
        case BetResult.WIN:
            return Parts(graded.share, NOTHING)
        case BetResult.HALF_WIN:
            return Parts(_HALF * graded.share, _HALF)
        case BetResult.PUSH | BetResult.VOID:
            return Parts(NOTHING, WHOLE)
        case BetResult.HALF_LOSS:
            return Parts(NOTHING, _HALF)
        case BetResult.LOSS:
            return Parts(NOTHING, NOTHING)


def multiple(price: Fraction, graded: Graded) -> Fraction:
    """What a unit staked comes back as."""
    parts = parts_of(graded)
    return parts.won * price + parts.returned


def payout(ticket: Ticket, graded: Graded) -> Payout:
    """What a single bet pays. `graded` is the selection's own result: laying it turns it round."""
    return charged(ticket, graded, market_commission([exact_profit(ticket, graded)], ticket.commission))


def exact_profit(ticket: Ticket, graded: Graded) -> Fraction:
    """What a single bet wins or loses before commission, unrounded."""
    held, gross = _held_and_gross(ticket, graded)
    return gross - held


def gross_return(ticket: Ticket, graded: Graded) -> int:
    """What a single bet pays before commission, in minor units: one rounding, half to even."""
    plain = ticket.deduction is NOTHING and graded.share is WHOLE
    if plain and ticket.side is Side.BACK and ticket.funding is not Funding.FREE:
        return _whole_return(ticket.stake_minor, ticket.price, graded.result)
    return round_half_even(_held_and_gross(ticket, graded)[1])


def _whole_return(stake_minor: int, price: Fraction, result: BetResult) -> int:
    """The same of the plain bets that most are, in integers: fractions take ten times as long."""
    over, under = price.as_integer_ratio()
    match result:
        case BetResult.WIN:
            return _rounded(stake_minor * over, under)
        case BetResult.HALF_WIN:
            return _rounded(stake_minor * (over + under), 2 * under)
        case BetResult.PUSH | BetResult.VOID:
            return stake_minor
        case BetResult.HALF_LOSS:
            return _rounded(stake_minor, 2)
        case BetResult.LOSS:
            return 0


def _rounded(over: int, under: int) -> int:
    """To the nearest, halves to the even one."""
    floor, rest = divmod(over, under)
    above = 2 * rest - under
    return floor + (above > 0 or (above == 0 and floor % 2 == 1))


def charged(ticket: Ticket, graded: Graded, fee: Fraction) -> Payout:
    """What a single bet pays when this much of its winnings is an exchange's."""
    held, gross = _held_and_gross(ticket, graded)
    returned = round_half_even(gross - fee)
    at_risk = NOTHING if ticket.funding is Funding.FREE and ticket.side is Side.BACK else held
    return Payout(returned, round_half_even(returned - at_risk), round_half_even(gross) - returned if fee else 0)


def _held_and_gross(ticket: Ticket, graded: Graded) -> tuple[Fraction, Fraction]:
    price = effective_exact(ticket.price, ticket.deduction) if ticket.deduction else ticket.price
    parts = parts_of(graded)
    if ticket.side is Side.BACK:
        if ticket.funding is Funding.FREE:
            return NOTHING, ticket.stake_minor * parts.won * (price - 1)
        return Fraction(ticket.stake_minor), ticket.stake_minor * (parts.won * price + parts.returned)
    held = liability_minor(ticket)
    # Reduced winnings of the backer are what the layer keeps.
    lost = Fraction(held) * (1 - ticket.deduction)
    return Fraction(held), held + ticket.stake_minor * parts.lost - lost * parts.won


def liability_minor(ticket: Ticket) -> int:
    """What laying must hold: (d - 1) times the stake."""
    if ticket.liability_minor is not None:
        return ticket.liability_minor
    return round_half_even(ticket.stake_minor * (ticket.price - 1))


def market_commission(profits: Iterable[Fraction | int], rate: Fraction) -> Fraction:
    """An exchange's charge on one market: once, on what all bets there won together, and nothing on a loss."""
    net = sum(profits, NOTHING)
    return net * rate if net > 0 else NOTHING


def fees(profits: Sequence[Fraction], rate: Fraction) -> tuple[Fraction, ...]:
    """The charge on one market, shared by the bets there that won in proportion to what they won."""
    fee = market_commission(profits, rate)
    won = sum((profit for profit in profits if profit > 0), NOTHING)
    return tuple(fee * profit / won if profit > 0 else NOTHING for profit in profits)


def exact_return(
    stake_minor: int, price_exact: Fraction, result: BetResult, funding: Funding = Funding.CASH
) -> Fraction:
    """What comes back, stake included, in exact minor units. A free stake is not ours: only its winnings come back."""
    return _held_and_gross(Ticket(stake_minor, price_exact, funding=funding), Graded(result))[1]


def return_minor(stake_minor: int, price_exact: Fraction, result: BetResult, funding: Funding = Funding.CASH) -> int:
    """What comes back in minor units: the one rounding of a bet, half to even."""
    return round_half_even(exact_return(stake_minor, price_exact, result, funding))


def lay_return_minor(stake_minor: int, liability_minor: int, result: BetResult) -> int:
    """What comes back of a lay bet, its liability included: the one rounding of a bet, half to even.

    `result` is the bet's own. It wins the backer's stake and loses the liability it holds; half results half of each.
    """
    ticket = Ticket(stake_minor, WHOLE, Side.LAY, liability_minor=liability_minor)
    return round_half_even(_held_and_gross(ticket, Graded(mirrored(result)))[1])


class Leg(Struct, frozen=True):
    """One leg of a parlay that is over; `price` is exact decimal odds."""

    price: Fraction
    graded: Graded
    deduction: Fraction = NOTHING

    @property
    def multiple(self) -> Fraction:
        return multiple(effective_exact(self.price, self.deduction) if self.deduction else self.price, self.graded)


class ParlayEnd(Struct, frozen=True):
    """How a parlay ended. `multiple` is exact: the product of its legs'."""

    result: BetResult
    multiple: Fraction

    def return_minor(self, stake_minor: int, funding: Funding = Funding.CASH) -> int:
        """What comes back; of a free stake the winnings alone."""
        back = max(self.multiple - 1, NOTHING) if funding is Funding.FREE else self.multiple
        return round_half_even(stake_minor * back)


def parlay(legs: Sequence[Leg | None]) -> ParlayEnd | None:
    """How a parlay stands; None marks a leg that is not over, and a parlay that is not decided.

    One lost leg loses all of it at once. Void and pushed legs drop out; half results and tied places carry on as their
    multiple. Where every leg dropped out, the stake comes back.
    """
    over = [leg for leg in legs if leg is not None]
    product = WHOLE
    for leg in over:
        product *= leg.multiple
    if over and product == 0:
        return ParlayEnd(BetResult.LOSS, product)
    if len(over) < len(legs):
        return None
    return ParlayEnd(_parlay_result(over, product), product)


def _parlay_result(legs: Sequence[Leg], product: Fraction) -> BetResult:
    if all(leg.graded.result is BetResult.VOID for leg in legs):
        return BetResult.VOID
    if product == 1:
        return BetResult.PUSH
    return BetResult.WIN if product > 1 else BetResult.HALF_LOSS
