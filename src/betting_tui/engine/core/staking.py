"""How much to stake: flat, a share of what is available, or a fraction of Kelly, and why it came out so."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Literal

from msgspec import Struct

from betting_tui.engine.core.errors import InvalidOdds
from betting_tui.engine.core.money import format_minor, round_down_to_unit

SizingMethod = Literal["flat", "percent", "kelly"]

_KELLY_NAMES = {1.0: "full Kelly", 0.5: "half Kelly", 0.25: "quarter Kelly"}


class SizingRules(Struct, frozen=True):
    """How one account stakes. Amounts in minor units; `percent`, `kelly_fraction`, `max_bet_share`: 0.05 = 5 %.

    With `auto_kelly` Kelly is used wherever a fair chance is known, and `method` elsewhere.
    """

    method: SizingMethod = "flat"
    flat_minor: int = 10_000
    percent: float = 0.01
    kelly_fraction: float = 0.25
    max_bet_share: float = 0.05
    stake_unit_minor: int = 100
    min_stake_minor: int = 100
    auto_kelly: bool = False


class Ceiling(Struct, frozen=True):
    """The most a stake may be, in minor units, and in words what says so."""

    minor: int
    name: str


class KellyBasis(Struct, frozen=True):
    """What a Kelly stake is worked out from: `full` Kelly as a share of `base_minor`, of which the account has staked
    `already_minor` in other bets that count as the same one.
    """

    full: float
    base_minor: int
    already_minor: int = 0


class StakeAdvice(Struct, frozen=True):
    """A stake in minor units, 0 for no bet; `reason` says in words how it came about or what is in the way.

    `ceiling` is the one that made it smaller, where one did.
    """

    stake_minor: int
    reason: str
    ceiling: Ceiling | None = None


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
    rules: SizingRules,
    available_minor: int,
    probability: float | None,
    decimal: float,
    currency: str,
    *,
    basis: KellyBasis | None = None,
    ceilings: Sequence[Ceiling] = (),
) -> StakeAdvice:
    """The stake these rules give on this price, within the ceilings, rounded down to the stake unit.

    `available_minor` is the settled bankroll less what open bets hold. `probability` is the fair one, None where
    there is no fair line. `basis` is for Kelly beside open bets; without one the bet is the only one. Raises
    InvalidOdds for Kelly on a price that is none.
    """
    if available_minor <= 0:
        return StakeAdvice(0, "nothing available")
    match "kelly" if rules.auto_kelly and probability is not None else rules.method:
        case "flat":
            shown = f"flat {format_minor(rules.flat_minor, currency)}"
            if rules.flat_minor > available_minor:
                return StakeAdvice(0, f"{shown}, only {format_minor(available_minor, currency)} available")
            return _within(rules, Fraction(rules.flat_minor), shown, ceilings, currency)
        case "percent":
            wanted = available_minor * exact_share(rules.percent)
            name = f"{percent_text(rules.percent)} of available {format_minor(math.floor(wanted), currency)}"
            return _capped(rules, available_minor, wanted, name, ceilings, currency)
        case "kelly":
            if probability is None:
                return StakeAdvice(0, "no fair line")
            basis = basis or KellyBasis(kelly(probability, decimal), available_minor)
            return _kelly_stake(rules, available_minor, basis, ceilings, currency)


def sizing_text(rules: SizingRules, currency: str) -> str:
    """How an account stakes, in words: `quarter Kelly, cap 5 %`."""
    cap = f"cap {percent_text(rules.max_bet_share)}"
    words = {
        "kelly": f"{_kelly_name(rules.kelly_fraction)}, {cap}",
        "flat": f"flat {format_minor(rules.flat_minor, currency)}",
        "percent": f"{percent_text(rules.percent)} of available, {cap}",
    }
    if rules.auto_kelly and rules.method != "kelly":
        return f"{words['kelly']}; without a fair line {words[rules.method]}"
    return words[rules.method]


def _kelly_stake(
    rules: SizingRules, available: int, basis: KellyBasis, ceilings: Sequence[Ceiling], currency: str
) -> StakeAdvice:
    if basis.full <= 0:
        return StakeAdvice(0, "no edge at this price")
    wanted = basis.base_minor * exact_share(basis.full * rules.kelly_fraction)
    name = f"{_kelly_name(rules.kelly_fraction)} {format_minor(math.floor(wanted), currency)}"
    if basis.already_minor:
        name = f"{name} less {format_minor(basis.already_minor, currency)} staked on this event"
        wanted -= basis.already_minor
        if wanted <= 0:
            return StakeAdvice(0, name)
    return _capped(rules, available, wanted, name, ceilings, currency)


def _capped(
    rules: SizingRules, available: int, wanted: Fraction, reason: str, ceilings: Sequence[Ceiling], currency: str
) -> StakeAdvice:
    most = available * exact_share(rules.max_bet_share)
    if wanted > most:
        wanted = most
        reason = f"{reason} → max bet {percent_text(rules.max_bet_share)} of available"
    if wanted > available:
        wanted = Fraction(available)
        reason = f"{reason} → all that is available"
    return _within(rules, wanted, reason, ceilings, currency)


def _within(
    rules: SizingRules, wanted: Fraction, reason: str, ceilings: Sequence[Ceiling], currency: str
) -> StakeAdvice:
    """No more than the lowest ceiling, in whole units; nothing when that is below the minimum."""
    lowest = min(ceilings, key=lambda ceiling: ceiling.minor, default=None)
    if lowest is None or wanted <= lowest.minor:
        lowest = None
    else:
        wanted = Fraction(max(0, lowest.minor))
        reason = f"{reason} → {lowest.name}"
    stake = round_down_to_unit(math.floor(wanted), rules.stake_unit_minor)
    if stake <= 0 or stake < rules.min_stake_minor:
        least = max(rules.min_stake_minor, rules.stake_unit_minor)
        return StakeAdvice(0, f"{reason}, below the minimum stake {format_minor(least, currency)}", lowest)
    return StakeAdvice(stake, reason, lowest)


def exact_share(share: float) -> Fraction:
    """A share as people write it: without this, 29 % of 1.00 would come out as 0.28."""
    return Fraction(f"{share:.12g}")


def percent_text(share: float) -> str:
    """`5 %` for 0.05."""
    return f"{share * 100:.6g} %"


def _kelly_name(fraction: float) -> str:
    return _KELLY_NAMES.get(fraction, f"{fraction:g} Kelly")
