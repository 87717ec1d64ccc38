"""What the engine shows of its feeds: who answers, what credits are for, what is asked next and what is not."""

from __future__ import annotations

from datetime import date, datetime

from msgspec import Struct


class FeedStatus(Struct, frozen=True):
    """One feed: `state` is ok, waiting, degraded, failed, off; `detail` says why and what to do."""

    name: str
    state: str
    detail: str = ""
    last_success: datetime | None = None
    next_poll: datetime | None = None
    credits_used: int | None = None
    credits_remaining: int | None = None
    rejected: int = 0


class FeedRow(Struct, frozen=True):
    """One feed. `roles` of `odds` and `results`; `needs` is empty when it can be asked, `sports` those asked of it.

    `requests` and `retries` count since the start; `resting_until` while it is left alone after failures.
    """

    status: FeedStatus
    roles: tuple[str, ...]
    needs: str = ""
    sports: tuple[str, ...] = ()
    requests: int = 0
    retries: int = 0
    resting_until: datetime | None = None


class PlannedRow(Struct, frozen=True):
    """One call that is planned: `endpoint` is events, odds or scores, `text` says what it is for."""

    at: datetime
    feed: str
    sport_key: str
    endpoint: str
    cost: int
    text: str


class NotPolledRow(Struct, frozen=True):
    """Events of one sport that get no close, no result or no price near their start (`purpose`), and why."""

    sport_key: str
    purpose: str
    events: int
    text: str
    open_bets: bool = False


class CreditsView(Struct, frozen=True):
    """The month's credits of one feed. None while no answer has told.

    `left` may be spent, `reserved` of it is for closes and results of open bets, `planned` is the cost of all planned
    calls; `free_today` may still be spent today beside what is reserved. `unsure` may have been taken by answers that
    were lost. `runs_out`: the UTC day on which the credits end at the rate of late; None when they last.
    """

    feed: str
    used: int | None
    left: int | None
    reserved: int
    planned: int
    spent_today: int
    day_cap: int | None
    free_today: int
    unsure: int
    resets_at: datetime
    today: tuple[PlannedRow, ...]
    next_call: PlannedRow | None
    not_polled: tuple[NotPolledRow, ...]
    runs_out: date | None


class SourcesView(Struct, frozen=True):
    """All feeds, those for odds in their order first, and the plan of each that costs credits."""

    feeds: tuple[FeedRow, ...]
    credits: tuple[CreditsView, ...]
    odds_order: tuple[str, ...]
    results_order: tuple[str, ...]
