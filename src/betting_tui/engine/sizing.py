"""What an account would stake on an opportunity, and what limits it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import msgspec
from msgspec import Struct

from betting_tui.engine.config import Settings
from betting_tui.engine.core.accounts import HeldBet, SizingChoice
from betting_tui.engine.core.arbitrage import StakeSplit, split_stakes
from betting_tui.engine.core.beside import kelly_beside
from betting_tui.engine.core.books import commission
from betting_tui.engine.core.edge import effective_decimal, effective_exact
from betting_tui.engine.core.model import Leg, Opportunity, Selection
from betting_tui.engine.core.refusals import Refusal, RefusalCode
from betting_tui.engine.core.staking import KellyBasis, SizingRules, exact_share, sizing_text, suggest_stake
from betting_tui.engine.headroom import Headroom, ceiling_of, tightest
from betting_tui.engine.limits import Meter, floor_minor
from betting_tui.engine.risk import edge_too_small, odds_out_of_range


class Sized(Struct, frozen=True, gc=False):
    """The opportunity's legs with their stakes; no stake at all when `stake_minor` is 0, and `reason` says why.

    `refusal` is set where a limit is what leaves nothing.
    """

    legs: tuple[Leg, ...]
    stake_minor: int
    reason: str
    refusal: Refusal | None = None


def sizing_rules(
    settings: Settings, own: SizingChoice | None = None, currency: str | None = None
) -> SizingRules:  # fmt: skip
    """What an account chose for itself before what is configured, in minor units of its currency."""
    paper, own = settings.paper_trading, own or SizingChoice()
    currency = currency or paper.currency
    configured = SizingRules(
        method=paper.bet_sizing_method,
        flat_minor=floor_minor(paper.flat_bet_size, currency),
        percent=paper.percent_bet_size,
        kelly_fraction=paper.kelly_fraction,
        max_bet_share=paper.max_bet_share,
        stake_unit_minor=max(1, floor_minor(paper.stake_unit, currency)),
        min_stake_minor=floor_minor(paper.min_stake, currency),
        auto_kelly=paper.auto_kelly_sizing,
    )
    chosen = {name: value for name in own.__struct_fields__ if (value := getattr(own, name)) is not None}
    rules = msgspec.structs.replace(configured, **chosen)
    return msgspec.structs.replace(rules, stake_unit_minor=max(1, rules.stake_unit_minor))


class Sizer:
    """Sizes opportunities for one account's rules. `commissions` by bookmaker, 0.05 = 5 %."""

    def __init__(self, rules: SizingRules, currency: str, commissions: dict[str, float]) -> None:
        self._rules = rules
        self._currency = currency
        self._commissions = commissions
        # Working out open bets together is the dear part, and prices and fair chances repeat from draw to draw.
        self._bases: dict[tuple[Selection, float, float], KellyBasis] = {}
        self._bases_of: tuple[int, tuple[HeldBet, ...], tuple[HeldBet, ...]] = (0, (), ())

    @property
    def rules(self) -> SizingRules:
        return self._rules

    @property
    def words(self) -> str:
        return sizing_text(self._rules, self._currency)

    def size(self, opportunity: Opportunity, available_minor: int, room: Headroom | None = None) -> Sized:
        """Within what limits leave, where `room` tells; without one as if there were none and nothing were open."""
        if opportunity.edge is not None and opportunity.edge <= 0:
            return Sized(opportunity.legs, 0, "no edge at this price")
        refusal = None if room is None else self._refusal(opportunity, room)
        if refusal is not None:
            return Sized(opportunity.legs, 0, refusal.message, refusal)
        if len(opportunity.legs) > 1:
            return self._split(opportunity, available_minor, room)
        return self._single(opportunity, available_minor, room)

    def _refusal(self, found: Opportunity, room: Headroom) -> Refusal | None:
        """What no stake, however small, gets past."""
        refusal = room.position.stop or room.too_many(len(found.legs))
        if refusal is not None:
            return refusal
        limits = room.limits
        for leg in found.legs:
            reason = odds_out_of_range(limits, leg.price.decimal)
            if reason is not None:
                return Refusal(RefusalCode.ODDS_RANGE, reason)
        if len(found.legs) == 1 and found.fair_probability is not None and limits.min_edge is not None:
            reason = edge_too_small(limits, found.fair_probability, float(self._effective(found.legs[0])))
            if reason is not None:
                return Refusal(RefusalCode.BELOW_EDGE, reason)
        return None

    def _single(self, found: Opportunity, available: int, room: Headroom | None) -> Sized:
        leg, probability = found.legs[0], found.fair_probability
        decimal = effective_decimal(leg.price.decimal, commission(leg.bookmaker, self._commissions))
        limit = None if room is None else _limit_on(found, room, decimal)
        advice = suggest_stake(
            self._rules,
            available,
            probability,
            decimal,
            self._currency,
            basis=self._basis(leg, probability, decimal, available, room),
            ceilings=() if limit is None else (ceiling_of(limit),),
        )
        stake = advice.stake_minor
        refusal = None
        if not stake and advice.ceiling is not None and limit is not None:
            refusal = Refusal(limit.code, advice.reason)
        return Sized((msgspec.structs.replace(leg, stake_minor=stake or None),), stake, advice.reason, refusal)

    def _basis(
        self, leg: Leg, probability: float | None, decimal: float, available: int, room: Headroom | None
    ) -> KellyBasis | None:
        rules = self._rules
        kelly_used = rules.method == "kelly" or rules.auto_kelly
        if room is None or not room.position.held or probability is None or not kelly_used:
            return None
        held = self._held(room.position.held, available)
        key = (leg.selection, probability, decimal)
        basis = self._bases.get(key)
        if basis is None:
            basis = self._bases[key] = kelly_beside(leg.selection, probability, decimal, available, held)
        return basis

    def _held(self, held: tuple[HeldBet, ...], available: int) -> tuple[HeldBet, ...]:
        """Open bets at their odds after commission. Other bets or money than before: nothing is remembered."""
        if self._bases_of[:2] != (available, held):
            self._bases.clear()
            after = tuple(
                msgspec.structs.replace(
                    bet, decimal=effective_decimal(bet.decimal, commission(bet.bookmaker, self._commissions))
                )
                for bet in held
            )
            self._bases_of = (available, held, after)
        return self._bases_of[2]

    def _split(self, found: Opportunity, available: int, room: Headroom | None) -> Sized:
        """Whole-unit stakes with the best worst case, within one bet's size for each leg and what is available."""
        most, turnover = [self._most_each(available)] * len(found.legs), available
        limit = None
        if room is not None:
            own = [tightest(room.of_bet(found.event, leg)) for leg in found.legs]
            most = [each if cap is None else min(each, cap.rest) for each, cap in zip(most, own, strict=True)]
            limit = tightest(room.together(found.event))
            turnover = turnover if limit is None else min(turnover, limit.rest)
            limit = tightest([meter for meter in (*own, limit) if meter is not None])
        split = self._best_split([self._effective(leg) for leg in found.legs], most, turnover)
        least = self._rules.min_stake_minor
        if split is None or min(split.stakes_minor) < least:
            reason = "no whole stakes keep the profit certain at this size"
            if limit is None or limit.rest >= self._most_each(available):
                return Sized(found.legs, 0, reason)
            reason = f"{reason} → {limit.name}"
            return Sized(found.legs, 0, reason, Refusal(limit.code, reason))
        legs = tuple(
            msgspec.structs.replace(leg, stake_minor=stake)
            for leg, stake in zip(found.legs, split.stakes_minor, strict=True)
        )
        return Sized(legs, split.total_minor, "split for an equal return whichever side wins")

    def _best_split(self, prices: list[Fraction], most: Sequence[int], turnover: int) -> StakeSplit | None:
        """Stakes in proportion to 1/d; whole units may lift one of them by one above its most."""
        unit = self._rules.stake_unit_minor
        booksum = sum(1 / price for price in prices)
        within = min(math.floor(cap * price * booksum) for cap, price in zip(most, prices, strict=True))
        split = split_stakes(prices, min(within, turnover), unit)
        while split is not None and any(stake > cap for stake, cap in zip(split.stakes_minor, most, strict=True)):
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


def _limit_on(found: Opportunity, room: Headroom, decimal: float) -> Meter | None:
    """The limit that leaves least for a single bet."""
    kelly_limit = room.kelly_cap(found.fair_probability, decimal)
    own = () if kelly_limit is None else (kelly_limit,)
    return tightest((*room.of_bet(found.event, found.legs[0]), *room.together(found.event), *own))
