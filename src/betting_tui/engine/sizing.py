"""What an account would stake on an opportunity, and what limits it."""

from __future__ import annotations

import math
from fractions import Fraction

import msgspec
from msgspec import Struct

from betting_tui.engine.config import Settings
from betting_tui.engine.core.arbitrage import StakeSplit, split_stakes
from betting_tui.engine.core.books import commission
from betting_tui.engine.core.edge import effective_exact
from betting_tui.engine.core.model import Leg, Opportunity
from betting_tui.engine.core.money import to_minor
from betting_tui.engine.core.staking import SizingRules, exact_share, suggest_stake


class Sized(Struct, frozen=True):
    """The opportunity's legs with their stakes; no stake at all when `stake_minor` is 0, and `reason` says why."""

    legs: tuple[Leg, ...]
    stake_minor: int
    reason: str


def sizing_rules(settings: Settings) -> SizingRules:
    paper = settings.paper_trading
    return SizingRules(
        method=paper.bet_sizing_method,
        flat_minor=to_minor(paper.flat_bet_size, paper.currency),
        percent=paper.percent_bet_size,
        kelly_fraction=paper.kelly_fraction,
        max_bet_share=paper.max_bet_share,
        stake_unit_minor=max(1, to_minor(paper.stake_unit, paper.currency)),
        min_stake_minor=to_minor(paper.min_stake, paper.currency),
    )


class Sizer:
    """Sizes opportunities for one account's rules."""

    def __init__(self, rules: SizingRules, currency: str, commissions: dict[str, float]) -> None:
        self._rules = rules
        self._currency = currency
        self._commissions = commissions

    def size(self, opportunity: Opportunity, available_minor: int) -> Sized:
        if len(opportunity.legs) > 1:
            return self._split(opportunity, available_minor)
        leg = opportunity.legs[0]
        if opportunity.edge is not None and opportunity.edge <= 0:
            return Sized((leg,), 0, "no edge at this price")
        decimal = float(self._effective(leg))
        advice = suggest_stake(self._rules, available_minor, opportunity.fair_probability, decimal, self._currency)
        stake = advice.stake_minor
        return Sized((msgspec.structs.replace(leg, stake_minor=stake or None),), stake, advice.reason)

    def _split(self, opportunity: Opportunity, available_minor: int) -> Sized:
        """Whole-unit stakes with the best worst case, within one bet's size for each leg and what is available."""
        split = self._best_split([self._effective(leg) for leg in opportunity.legs], available_minor)
        if split is None or min(split.stakes_minor) < self._rules.min_stake_minor:
            return Sized(opportunity.legs, 0, "no whole stakes keep the profit certain at this size")
        legs = tuple(
            msgspec.structs.replace(leg, stake_minor=stake)
            for leg, stake in zip(opportunity.legs, split.stakes_minor, strict=True)
        )
        return Sized(legs, split.total_minor, "split for an equal return whichever side wins")

    def _best_split(self, prices: list[Fraction], available_minor: int) -> StakeSplit | None:
        """Stakes in proportion to 1/d have the largest one at the shortest price; whole units may lift it by one."""
        unit, most = self._rules.stake_unit_minor, self._most_each(available_minor)
        booksum = sum(1 / price for price in prices)
        turnover = min(math.floor(most * min(prices) * booksum), available_minor)
        split = split_stakes(prices, turnover, unit)
        while split is not None and max(split.stakes_minor) > most:
            split = split_stakes(prices, split.total_minor - unit, unit)
        return split

    def _most_each(self, available_minor: int) -> int:
        """The largest single stake: a certain profit has no Kelly stake of its own, so the cap on a bet is taken."""
        rules = self._rules
        cap = math.floor(available_minor * exact_share(rules.max_bet_share))
        match rules.method:
            case "flat":
                return rules.flat_minor
            case "percent":
                return min(math.floor(available_minor * exact_share(rules.percent)), cap)
            case "kelly":
                return cap

    def _effective(self, leg: Leg) -> Fraction:
        rate = Fraction(str(commission(leg.bookmaker, self._commissions)))
        return effective_exact(leg.price.exact, rate)
