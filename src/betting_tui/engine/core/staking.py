"""How much to stake: flat, a share of what is available, or a fraction of Kelly, and why it came out so."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Literal

from msgspec import Struct

from betting_tui.engine.core.errors import InvalidOdds
from betting_tui.engine.core.money import format_minor, round_down_to_unit

SizingMethod = Literal["flat", "percent", "kelly"]

_KELLY_NAMES = {1.0: "full Kelly", 0.5: "half Kelly", 0.25: "quarter Kelly"}


class SizingRules(Struct, frozen=True):
    """How one account stakes. Amounts in minor units; `percent`, `kelly_fraction`, `max_bet_share`: 0.05 = 5 %."""

    method: SizingMethod = "flat"
    flat_minor: int = 10_000
    percent: float = 0.01
    kelly_fraction: float = 0.25
    max_bet_share: float = 0.05
    stake_unit_minor: int = 100
    min_stake_minor: int = 100


class StakeAdvice(Struct, frozen=True):
    """A stake in minor units, 0 for no bet; `reason` says in words how it came about or what is in the way."""

    stake_minor: int
    reason: str


def kelly(probability: float, decimal: float) -> float:
    """Share of the bankroll that maximises long-run growth, (p*d - 1)/(d - 1); 0 without an edge."""
    return kelly_with_push(probability, 1 - probability, decimal)


def kelly_with_push(win: float, lose: float, decimal: float) -> float:
    """Kelly where the stake may come back: (p*b - l)/(b(p + l)) with b = d - 1, win p and lose l; 0 without an edge."""
    if not (decimal > 1 and math.isfinite(decimal)):
        raise InvalidOdds(f"{decimal!r} is no decimal price: it must be above 1")
    net = decimal - 1
    expected = win * net - lose
    if not expected > 0:
        return 0.0
    return expected / (net * (win + lose))


def suggest_stake(
    rules: SizingRules, available_minor: int, probability: float | None, decimal: float, currency: str
) -> StakeAdvice:
    """The stake these rules give on this price, rounded down to the stake unit.

    `available_minor` is the settled bankroll less what open bets hold. `probability` is the fair one, None where
    there is no fair line. Raises InvalidOdds for Kelly on a price that is none.
    """
    if available_minor <= 0:
        return StakeAdvice(0, "nothing available")
    match rules.method:
        case "flat":
            return _flat(rules, available_minor, currency)
        case "percent":
            wanted = available_minor * exact_share(rules.percent)
            return _capped(rules, available_minor, wanted, f"{_percent(rules.percent)} of available", currency)
        case "kelly":
            if probability is None:
                return StakeAdvice(0, "no fair line")
            full = kelly(probability, decimal)
            if full <= 0:
                return StakeAdvice(0, "no edge at this price")
            wanted = available_minor * exact_share(full * rules.kelly_fraction)
            return _capped(rules, available_minor, wanted, _kelly_name(rules.kelly_fraction), currency)


def _flat(rules: SizingRules, available: int, currency: str) -> StakeAdvice:
    shown = f"flat {format_minor(rules.flat_minor, currency)}"
    if rules.flat_minor > available:
        return StakeAdvice(0, f"{shown}, only {format_minor(available, currency)} available")
    return _whole_units(rules, Fraction(rules.flat_minor), shown, currency)


def _capped(rules: SizingRules, available: int, wanted: Fraction, name: str, currency: str) -> StakeAdvice:
    reason = f"{name} {format_minor(math.floor(wanted), currency)}"
    most = available * exact_share(rules.max_bet_share)
    if wanted > most:
        wanted = most
        reason = f"{reason} → max bet {_percent(rules.max_bet_share)} of available"
    if wanted > available:
        wanted = Fraction(available)
        reason = f"{reason} → all that is available"
    return _whole_units(rules, wanted, reason, currency)


def _whole_units(rules: SizingRules, wanted: Fraction, reason: str, currency: str) -> StakeAdvice:
    stake = round_down_to_unit(math.floor(wanted), rules.stake_unit_minor)
    if stake <= 0 or stake < rules.min_stake_minor:
        least = max(rules.min_stake_minor, rules.stake_unit_minor)
        return StakeAdvice(0, f"{reason}, below the minimum stake {format_minor(least, currency)}")
    return StakeAdvice(stake, reason)


def exact_share(share: float) -> Fraction:
    """A share as people write it: without this, 29 % of 1.00 would come out as 0.28."""
    return Fraction(f"{share:.12g}")


def _percent(share: float) -> str:
    return f"{share * 100:.6g} %"


def _kelly_name(fraction: float) -> str:
    return _KELLY_NAMES.get(fraction, f"{fraction:g} Kelly")
