"""Limits on placing: an ordered list of small checks. Each returns nothing, or a typed refusal with its numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec import Struct

from betting_tui.engine.core.commands import Place
from betting_tui.engine.core.model import Origin, Refusal, RefusalCode
from betting_tui.engine.core.money import format_minor
from betting_tui.engine.core.sports import floating_start

FLOATING_QUIET = timedelta(minutes=30)
_DOUBTFUL = ("suspicious", "price_jump", "rules_differ", "no_quote_time")


class RiskContext(Struct, frozen=True):
    """What the checks may look at. Money in minor units; `skew_seconds` is our clock against the feed's."""

    now: datetime
    currency: str
    suspended: bool
    available_minor: int
    min_stake_minor: int
    skew_seconds: float
    max_skew_seconds: float
    mine: frozenset[str]
    auto_bets_last_hour: int
    max_auto_bets_per_hour: int


Check = Callable[[Place, RiskContext], Refusal | None]


def check_account(command: Place, context: RiskContext) -> Refusal | None:
    if not context.suspended:
        return None
    return Refusal(RefusalCode.ACCOUNT_SUSPENDED, f"account {command.account} is suspended")


def check_clock(_: Place, context: RiskContext) -> Refusal | None:
    if abs(context.skew_seconds) <= context.max_skew_seconds:
        return None
    return Refusal(
        RefusalCode.CLOCK_SKEW,
        f"this machine's clock is {context.skew_seconds:+.0f} s off the feed's, "
        f"{context.max_skew_seconds:.0f} s is the limit: set the clock",
    )


def check_minimum(command: Place, context: RiskContext) -> Refusal | None:
    low = min((leg.stake_minor or 0 for leg in command.legs), default=0)
    if low >= max(1, context.min_stake_minor):
        return None
    return Refusal(
        RefusalCode.BELOW_MINIMUM,
        f"stake {format_minor(low, context.currency)} is below the minimum of "
        f"{format_minor(max(1, context.min_stake_minor), context.currency)}",
    )


def check_available(command: Place, context: RiskContext) -> Refusal | None:
    total = sum(leg.stake_minor or 0 for leg in command.legs)
    if total <= context.available_minor:
        return None
    return Refusal(
        RefusalCode.INSUFFICIENT_AVAILABLE,
        f"stake {format_minor(total, context.currency)} is more than the "
        f"{format_minor(context.available_minor, context.currency)} available",
    )


def check_automatic(command: Place, context: RiskContext) -> Refusal | None:
    """What a person may take with open eyes, a strategy may not take alone."""
    opportunity = command.opportunity
    if command.origin is not Origin.AUTO or opportunity is None:
        return None
    doubts = [flag for flag in opportunity.flags if flag in _DOUBTFUL]
    if doubts:
        return Refusal(RefusalCode.SUSPICIOUS, f"flagged {', '.join(doubts)}: never placed automatically")
    if opportunity.difference_cents is not None:
        return Refusal(RefusalCode.SUSPICIOUS, "a price gap alone is never placed automatically")
    strangers = [leg.bookmaker for leg in command.legs if leg.bookmaker not in context.mine]
    if strangers:
        return Refusal(RefusalCode.NOT_MINE, f"{', '.join(strangers)} is not among bookmakers.mine")
    start = opportunity.event.commence_time
    if floating_start(opportunity.event.sport_key) and start - context.now < FLOATING_QUIET:
        return Refusal(RefusalCode.EVENT_STARTED, "this start may float: nothing automatic in the last 30 minutes")
    if context.auto_bets_last_hour >= context.max_auto_bets_per_hour:
        return Refusal(
            RefusalCode.PAUSED,
            f"{context.auto_bets_last_hour} automatic bets in the last hour, {context.max_auto_bets_per_hour} allowed",
        )
    return None


CHECKS: tuple[Check, ...] = (check_account, check_clock, check_automatic, check_minimum, check_available)


def first_refusal(command: Place, context: RiskContext) -> Refusal | None:
    """The first check that says no, in the order above."""
    for check in CHECKS:
        refusal = check(command, context)
        if refusal is not None:
            return refusal
    return None
