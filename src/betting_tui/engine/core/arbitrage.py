"""Backing every outcome of one market: what it returns, and the whole-unit stakes that win whatever happens."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction

from msgspec import Struct

from betting_tui.engine.core.devig import booksum
from betting_tui.engine.core.errors import IncompleteMarket, InvalidOdds
from betting_tui.engine.core.money import round_half_even

# Enough to be exact for margins down to some hundredths of a percent, whatever the budget.
_MAX_CANDIDATES = 60_000


class StakeSplit(Struct, frozen=True):
    """Stakes in minor units, one a price in the order given. Profits are after all stakes, by the outcome."""

    stakes_minor: tuple[int, ...]
    total_minor: int
    worst_profit_minor: int
    best_profit_minor: int


def margin_on_turnover(prices: Sequence[float]) -> float:
    """R = 1/B - 1, the certain return per unit staked in all; negative when there is no arbitrage."""
    return 1 / booksum(prices) - 1


def split_stakes(prices: Sequence[Fraction], max_total_minor: int, unit_minor: int) -> StakeSplit | None:
    """The stakes, whole multiples of the unit, with the best worst-case profit within the budget; None if all lose.

    `prices` are exact decimal odds after commission, one for each outcome of a complete market. Of splits with the
    same worst case the one with the least turnover is taken.
    """
    if len(prices) < 2:
        raise IncompleteMarket(f"a market needs a price for every outcome: got {len(prices)}")
    if any(price <= 1 for price in prices):
        raise InvalidOdds("a decimal price must be above 1")
    if unit_minor <= 0:
        raise ValueError("the stake unit must be above 0")
    units = _best_units(prices, max_total_minor // unit_minor)
    if units is None:
        return None
    stakes = tuple(count * unit_minor for count in units)
    total = sum(stakes)
    profits = [round_half_even(stake * price) - total for stake, price in zip(stakes, prices, strict=True)]
    if min(profits) <= 0:
        return None
    return StakeSplit(stakes, total, min(profits), max(profits))


def _best_units(prices: Sequence[Fraction], budget: int) -> tuple[int, ...] | None:
    """Whole units per outcome by a scan over payouts.

    The cheapest stakes that pay at least G are ceil(G/d), and an optimal G is a multiple of some d, so only those are
    tried. Everything is scaled to one denominator, so that the scan compares integers.
    """
    scale = math.lcm(*(price.denominator for price in prices))
    payouts = [price.numerator * (scale // price.denominator) for price in prices]
    booksum_scaled = sum(Fraction(scale, payout) for payout in payouts)
    if booksum_scaled >= 1 or budget < len(prices):
        return None
    best_profit, best_total, best_payout = 0, 0, 0
    gain = 1 - booksum_scaled
    for payout in _candidates(payouts, math.floor(budget * scale / booksum_scaled)):
        # No stakes with this payout can earn more than if they need not be whole.
        if payout * gain.numerator < best_profit * gain.denominator:
            break
        total = sum(-(-payout // each) for each in payouts)
        profit = payout - scale * total
        if total <= budget and (profit, -total) > (best_profit, -best_total):
            best_profit, best_total, best_payout = profit, total, payout
    if best_profit <= 0:
        return None
    return tuple(-(-best_payout // each) for each in payouts)


def _candidates(payouts: Sequence[int], ceiling: int) -> Iterator[int]:
    """Multiples of each outcome's payout per unit, largest first, at most a fixed number of them."""
    counts = [ceiling // each for each in payouts]
    for _ in range(_MAX_CANDIDATES):
        best, where = 0, -1
        for index, (count, each) in enumerate(zip(counts, payouts, strict=True)):
            if count * each > best:
                best, where = count * each, index
        if where < 0:
            return
        counts[where] -= 1
        yield best
