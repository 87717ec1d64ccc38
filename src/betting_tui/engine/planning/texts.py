"""What calls are for and why others are not made, in words."""

from __future__ import annotations

from typing import assert_never

from betting_tui.engine.planning.facts import PlanFacts
from betting_tui.engine.planning.plan import Purpose, Reason, counted


def purpose_text(purpose: Purpose, count: int) -> str:
    """As in `close of 3 games`."""
    match purpose:
        case Purpose.CLOSE:
            return f"close of {counted(count, 'game')}"
        case Purpose.RESULT:
            return f"result of {counted(count, 'game')}"
        case Purpose.VALUE:
            return f"looking for value before {counted(count, 'start')}"
        case Purpose.SCHEDULE:
            return "start times, free"
        case _:
            assert_never(purpose)


def reason_text(reason: Reason, facts: PlanFacts) -> str:
    reset = facts.resets_at.strftime("%d %b").lstrip("0")
    match reason:
        case Reason.UNKNOWN_CREDITS:
            return "how many credits are left is not known yet: the next free call tells"
        case Reason.NO_CREDITS:
            return f"{counted(facts.budget, 'credit')} left until {reset} do not pay for it"
        case Reason.RESERVED:
            return "what is left is reserved for open bets"
        case Reason.DAY_CAP:
            return f"the day's {counted(facts.day_cap or 0, 'credit')} are used up"
        case Reason.KEPT_FOR_LATER:
            return f"credits are kept for the days until {reset}"
        case Reason.AFTER_RESET:
            return f"comes after {reset} and is paid by the next month's credits"
        case Reason.TOO_LATE:
            return "too late for this feed to tell"
        case Reason.NOT_SUBSCRIBED:
            return "its sport is not among the subscribed ones: add it to the feed's sports"
        case _:
            assert_never(reason)
