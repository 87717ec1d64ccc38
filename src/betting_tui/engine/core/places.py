"""Bets on a place in a field: outrights, dead heats, each way, and deductions for runners that were withdrawn."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from fractions import Fraction

from msgspec import Struct

from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.grades import Graded, Ungraded, decided
from betting_tui.engine.core.model import BetResult, Side
from betting_tui.engine.core.money import round_half_even
from betting_tui.engine.core.payout import NOTHING, Ticket, multiple
from betting_tui.engine.core.rule_sets import RuleSet


class Finish(Struct, frozen=True):
    """Where a runner came in: `tied` counts all that share the place, itself among them. Place 0: it did not start."""

    place: int
    tied: int = 1


class EachWay(Struct, frozen=True):
    """The place part's terms: how many places, and which share of the winner's net odds they pay."""

    places: int
    fraction: Fraction

    @property
    def text(self) -> str:
        """`1/4,4`, as it is kept and typed."""
        return f"{self.fraction.numerator}/{self.fraction.denominator},{self.places}"

    @property
    def words(self) -> str:
        return f"each way {self.fraction.numerator}/{self.fraction.denominator}, {self.places} places"


_TERMS = re.compile(r" *([0-9]{1,3}) */ *0*([1-9][0-9]{0,2}) *, *([1-9][0-9]{0,2}) *")


def each_way_of(text: str) -> EachWay:
    """The terms as typed, `1/4,4`. Raises UsageError."""
    found = _TERMS.fullmatch(text)
    terms = EachWay(int(found[3]), Fraction(int(found[1]), int(found[2]))) if found else None
    if terms is None or terms.places < 2 or not 0 < terms.fraction <= 1:
        raise UsageError(
            f"{text[:40]!r} are no each way terms: write the place part's share of the odds and how many places pay,"
            " 2 or more, as 1/4,4"
        )
    return terms


# Withdrawn at these decimal odds or longer, up to the next row, costs this share of winnings: the Tattersalls scale
# from 90 to 5 pence in the pound. Prices between two of its steps fall to the shorter one, which costs more.
_TATTERSALLS = (
    ("1/9", 90), ("2/17", 85), ("2/11", 85), ("1/5", 80), ("1/4", 80), ("2/7", 75), ("3/10", 75), ("1/3", 70),
    ("2/5", 70), ("4/9", 65), ("8/15", 65), ("4/7", 60), ("8/13", 60), ("4/6", 55), ("4/5", 55), ("5/6", 50),
    ("20/21", 50), ("1/1", 45), ("6/5", 45), ("5/4", 40), ("6/4", 40), ("13/8", 35), ("7/4", 35), ("15/8", 30),
    ("9/4", 30), ("5/2", 25), ("3/1", 25), ("10/3", 20), ("4/1", 20), ("9/2", 15), ("11/2", 15), ("6/1", 10),
    ("9/1", 10), ("10/1", 5), ("14/1", 5),
)  # fmt: skip
_DEDUCTIONS = {"tattersalls": tuple((1 + Fraction(net), Fraction(pence, 100)) for net, pence in _TATTERSALLS)}
_LONGEST_CHARGED = {"tattersalls": Fraction(15)}
_MOST_DEDUCTED = Fraction(90, 100)
# Usual terms by the number of runners: from so many on, places and fraction; fewer than five are win only.
_PLACE_TERMS = ((5, 2, Fraction(1, 4)), (8, 3, Fraction(1, 5)))
_HANDICAP_TERMS = ((12, 3, Fraction(1, 4)), (16, 4, Fraction(1, 4)))


def grade_place(finish: Finish, places: int, rules: RuleSet) -> Graded | Ungraded:
    """A bet that pays this many places: 1 for the winner. Those tied for the last ones share what is left of them."""
    if places < 1 or finish.place < 0 or finish.tied < 1:
        return Ungraded(f"place {finish.place}, {finish.tied} tied, is no finish for a bet on {places} places")
    if finish.place == 0:
        return Graded(BetResult.VOID)
    left = places - (finish.place - 1)
    if left <= 0:
        return decided(False)
    if left >= finish.tied:
        return decided(True)
    return Graded(BetResult.WIN, Fraction(left, finish.tied)) if rules.tied_places_reduce else Graded(BetResult.PUSH)


def place_terms(runners: int, *, handicap: bool = False) -> EachWay | None:
    """The terms usual in British racing; None where only the winner pays."""
    table = _PLACE_TERMS + (_HANDICAP_TERMS if handicap else ())
    terms = [EachWay(places, fraction) for least, places, fraction in table if runners >= least]
    return terms[-1] if terms else None


def each_way_exact(ticket: Ticket, terms: EachWay, finish: Finish, rules: RuleSet) -> Fraction | Ungraded:
    """What comes back of two stakes of `ticket.stake_minor`, one on the winner and one on a place, unrounded.

    The place part pays 1 + (d - 1) f. A tie for a place reduces that part, a tie for the win the other. Laid, both
    liabilities are held, (d - 1)(1 + f) stakes, and what comes back is they and the backer's loss.
    """
    won, placed = grade_place(finish, 1, rules), grade_place(finish, terms.places, rules)
    if isinstance(won, Ungraded):
        return won
    if isinstance(placed, Ungraded):
        return placed
    kept = (ticket.price - 1) * (1 - ticket.deduction)
    backed = ticket.stake_minor * (multiple(1 + kept, won) + multiple(1 + kept * terms.fraction, placed))
    if ticket.side is Side.BACK:
        return backed
    held = ticket.stake_minor * (ticket.price - 1) * (1 + terms.fraction)
    return held + 2 * ticket.stake_minor - backed


def at_best_minor(stake_minor: int, price: Fraction, terms: EachWay) -> int:
    """What comes back of both stakes when it wins."""
    return round_half_even(stake_minor * (2 + (price - 1) * (1 + terms.fraction)))


def each_way_result(ticket: Ticket, terms: EachWay, finish: Finish, rules: RuleSet) -> BetResult | Ungraded:
    """How a backed bet ended as a whole: won where the win part did. The place part alone makes it half won, a push or
    half lost, by what comes back of both stakes."""
    won, back = grade_place(finish, 1, rules), each_way_exact(ticket, terms, finish, rules)
    if isinstance(won, Ungraded):
        return won
    if isinstance(back, Ungraded):
        return back
    if won.result is not BetResult.LOSS or back == 0:
        return won.result
    gained = back - 2 * ticket.stake_minor
    return BetResult.HALF_WIN if gained > 0 else BetResult.HALF_LOSS if gained < 0 else BetResult.PUSH


def deduction(table: str, withdrawn: Iterable[Fraction]) -> Fraction:
    """The share of winnings that withdrawn runners cost, by their decimal odds when they were withdrawn.

    Several add up, to 90 % at most. Nothing where the rules name no table.
    """
    rows = _DEDUCTIONS.get(table)
    if rows is None:
        return NOTHING
    starts = [price for price, _ in rows]
    total = NOTHING
    for price in withdrawn:
        if price <= _LONGEST_CHARGED[table]:
            total += rows[max(bisect_right(starts, price) - 1, 0)][1]
    return min(total, _MOST_DEDUCTED)
