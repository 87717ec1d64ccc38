"""What the planner is told: credits, sports with their costs, known starts, open bets. All times are aware UTC."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct

# From the start to a final score, with breaks, overtime and the feed's delay. Longest usual, not average: asking too
# early costs the call twice.
_HOURS_PLAYED = {
    "americanfootball": 3.75,
    "aussierules": 3.0,
    "baseball": 4.0,
    "basketball": 3.0,
    "boxing": 5.0,
    "cricket": 9.0,
    "icehockey": 3.25,
    "mma": 6.0,
    "rugbyleague": 2.5,
    "rugbyunion": 2.5,
    "soccer": 2.5,
    "tennis": 4.0,
}
_HOURS_UNKNOWN = 4.0


def duration(sport_key: str) -> timedelta:
    """From an event's start until its result is worth asking for."""
    return timedelta(hours=_HOURS_PLAYED.get(sport_key.partition("_")[0], _HOURS_UNKNOWN))


class Start(Struct, frozen=True):
    """An event as last heard of: `start` moves. `placed_at`: when the newest open bet on it was placed, whose close is
    a price from after that."""

    event_id: str
    sport_key: str
    start: datetime
    placed_at: datetime | None = None


class SportFacts(Struct, frozen=True):
    """A subscribed sport. Costs are credits a call; `refresh_seconds` is how often the provider renews its prices.

    The `last_*` are successful fetches; None before the first. `asked` and `found`: odds calls of late, and the
    opportunities they showed.
    """

    key: str
    odds_cost: int
    scores_cost: int = 2
    refresh_seconds: int = 60
    last_odds: datetime | None = None
    last_scores: datetime | None = None
    last_events: datetime | None = None
    asked: int = 0
    found: int = 0


class Rules(Struct, frozen=True):
    """How the planner reads time. A call prices the close of each event that starts `close_lead` to `close_opens`
    after it; for a bet placed after that call there is another one, `again_lead` before the start. The feed keeps a
    result for `results_kept` after the start; the last hours of that are left as a margin.
    """

    close_opens: timedelta = timedelta(minutes=14)
    close_lead: timedelta = timedelta(minutes=5)
    again_lead: timedelta = timedelta(seconds=90)
    events_refresh: timedelta = timedelta(hours=6)
    events_before_call: timedelta = timedelta(minutes=1)
    look_before: timedelta = timedelta(hours=1)
    look_ahead: timedelta = timedelta(hours=3)
    results_retry: timedelta = timedelta(hours=6)
    results_kept: timedelta = timedelta(hours=66)


class PlanFacts(Struct, frozen=True):
    """Everything a plan depends on: same facts, in whatever order, same plan.

    `credits_left` None: no answer has said yet. `refused_cost`: the cheapest call refused this month for lack of
    credits. `resets_at`: when unused credits are lost and new ones come. `day_cap` binds what is not reserved.
    `open_bets` are events with at least one bet to close or to settle; one also in `events` has its start from there.
    `spent_lately` credits in the `lately` before now give the rate.
    """

    now: datetime
    resets_at: datetime
    day_start: datetime
    credits_left: int | None
    sports: tuple[SportFacts, ...]
    events: tuple[Start, ...] = ()
    open_bets: tuple[Start, ...] = ()
    spent_today: int = 0
    day_cap: int | None = None
    refused_cost: int | None = None
    spent_lately: int = 0
    lately: timedelta = timedelta(days=7)
    rules: Rules = Rules()

    @property
    def budget(self) -> int:
        """Credits that may be spent until the reset. A refusal is believed over an older reading."""
        left = max(0, self.credits_left or 0)
        return left if self.refused_cost is None else max(0, min(left, self.refused_cost - 1))
