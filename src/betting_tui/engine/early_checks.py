"""What a placement is checked for before a broker is asked, for which no ledger is needed: small checks, in order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec import Struct

from betting_tui.engine.core.commands import Place
from betting_tui.engine.core.flags import DOUBTFUL
from betting_tui.engine.core.model import Origin
from betting_tui.engine.core.money import format_minor
from betting_tui.engine.core.refusals import Refusal, RefusalCode
from betting_tui.engine.core.sports import floating_start
from betting_tui.engine.core.times import clock_off_text

FLOATING_QUIET = timedelta(minutes=30)


class RiskContext(Struct, frozen=True):
    """What the checks before the broker may look at. Minor units; `skew_seconds` is our clock against the feed's."""

    now: datetime
    currency: str
    min_stake_minor: int
    skew_seconds: float
    max_skew_seconds: float
    mine: frozenset[str]


def check_clock(_: Place, context: RiskContext) -> Refusal | None:
    if abs(context.skew_seconds) <= context.max_skew_seconds:
        return None
    return Refusal(
        RefusalCode.CLOCK_SKEW,
        f"this machine's clock is {clock_off_text(context.skew_seconds)}, "
        f"{context.max_skew_seconds:.0f} s is the limit: set the clock",
    )


def check_automatic(command: Place, context: RiskContext) -> Refusal | None:
    """What a person may take with open eyes, a strategy may not take alone."""
    opportunity = command.opportunity
    if command.origin is not Origin.AUTO or opportunity is None:
        return None
    doubts = [flag for flag in opportunity.flags if flag in DOUBTFUL]
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
    return None


def check_minimum(command: Place, context: RiskContext) -> Refusal | None:
    low = min((leg.stake_minor or 0 for leg in command.legs), default=0)
    if low >= max(1, context.min_stake_minor):
        return None
    return Refusal(
        RefusalCode.BELOW_MINIMUM,
        f"stake {format_minor(low, context.currency)} is below the minimum of "
        f"{format_minor(max(1, context.min_stake_minor), context.currency)}",
    )


EARLY_CHECKS: tuple[Callable[[Place, RiskContext], Refusal | None], ...] = (
    check_clock,
    check_automatic,
    check_minimum,
)


def first_refusal(command: Place, context: RiskContext) -> Refusal | None:
    """The first check before the broker that says no, in the order above."""
    for check in EARLY_CHECKS:
        refusal = check(command, context)
        if refusal is not None:
            return refusal
    return None
