"""How a settled parlay of an older file ended: by its legs where it tells of them, else by the money it paid.

A status alone does not tell what a won parlay paid: legs that dropped out or were half won leave it won.
"""

from __future__ import annotations

import sqlite3
from fractions import Fraction

from msgspec import Struct

from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.grades import WHOLE, Graded
from betting_tui.engine.core.model import BetResult, Funding
from betting_tui.engine.core.money import format_minor
from betting_tui.engine.core.payout import NOTHING, Leg, parlay
from betting_tui.engine.store.older_layout import OlderBet
from betting_tui.engine.store.parlay_legs import settle_leg


class OlderEnd(Struct, frozen=True):
    """`multiple` is what a unit staked came back as; `by_money`: by what was paid, and not by the legs."""

    result: BetResult
    multiple: Fraction
    by_money: bool = False


def older_end(bet: OlderBet, result: BetResult, currency: str) -> OlderEnd:
    """`result` is what the file says the whole came to. UsageError for what could only be guessed."""
    if result is BetResult.LOSS:
        return OlderEnd(result, NOTHING)
    if result is BetResult.VOID:
        return OlderEnd(result, WHOLE)
    legs = [None if leg.result is None else Leg(leg.price.exact, Graded(leg.result)) for leg in bet.legs]
    by_legs = parlay(legs)
    if by_legs is None:
        return OlderEnd(result, WHOLE, True) if result is BetResult.PUSH else _by_money(bet, result, currency)
    if by_legs.result is BetResult.LOSS:
        raise UsageError(f"it is told as {result.value}, but one of its legs is lost")
    return OlderEnd(by_legs.result, by_legs.multiple)


def _by_money(bet: OlderBet, result: BetResult, currency: str) -> OlderEnd:
    profit = bet.profit_minor
    if profit is None:
        raise UsageError(
            f"a parlay told as {result.value} with neither its profit nor the result of every leg: give it one of them"
        )
    least = 0 if bet.funding is Funding.FREE else -bet.stake_minor
    lost_some = result is BetResult.HALF_LOSS
    if not (least < profit < 0 if lost_some else profit > 0):
        raise UsageError(
            f"a parlay told as {result.value} with a profit of {format_minor(profit, currency)}: one of them is wrong"
        )
    if won_in_full(bet):
        return OlderEnd(BetResult.WIN, bet.price.exact, True)
    return OlderEnd(result if lost_some else BetResult.WIN, 1 + Fraction(profit, bet.stake_minor), True)


def won_in_full(bet: OlderBet) -> bool:
    """Whether it paid what all its legs pay together; older files rounded binary fractions, to a unit more or less."""
    full = bet.stake_minor * (bet.price.exact - 1)
    return bet.profit_minor is not None and abs(bet.profit_minor - full) <= 1


def keep_legs(conn: sqlite3.Connection, order: int, bet: OlderBet, created_by: str) -> None:
    """What the file says of the legs, as a person's word; all were won where the money says so."""
    all_won = bet.result is BetResult.WIN and all(leg.result is None for leg in bet.legs) and won_in_full(bet)
    for ordinal, leg in enumerate(bet.legs):
        result = BetResult.WIN if all_won else leg.result
        if result is not None:
            settle_leg(conn, order, ordinal, Graded(result), NOTHING, created_by)
