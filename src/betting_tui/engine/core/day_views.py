"""What happened in one betting day of an account."""

from __future__ import annotations

from msgspec import Struct

from betting_tui.engine.core.report_views import ReportGroup


class BetCount(Struct, frozen=True, omit_defaults=True):
    """`stake_minor` and `profit_minor` are sums; without profit, bets that were placed."""

    bets: int
    stake_minor: int
    profit_minor: int | None = None


class DayBreaker(Struct, frozen=True):
    name: str
    reason: str
    tripped_at: str
    until: str | None
    ended_at: str | None


class DaySummary(Struct, frozen=True):
    """Times ISO 8601 UTC, money in minor units. Credits are the program's, whatever the account. `in_review` are the
    bets placed before its end that wait for a person by now."""

    day: str
    account: str
    currency: str
    time_zone: str
    begins: str
    ends: str
    bankroll_at_start_minor: int
    bankroll_at_end_minor: int
    profit_minor: int
    placed: BetCount
    settled: BetCount
    results: dict[str, int]
    refusals: dict[str, int]
    breakers: tuple[DayBreaker, ...]
    credits: dict[str, int]
    in_review: int

    @property
    def eventful(self) -> bool:
        """Whether anything happened, or waits for a person."""
        return bool(self.placed.bets or self.settled.bets or self.refusals or self.breakers or self.in_review)


class CreditsLeft(Struct, frozen=True):
    """What the newest answer of a feed said is left, at `at` (ISO 8601 UTC)."""

    source: str
    remaining: int
    at: str


class DayReview(Struct, frozen=True):
    """A day as it is told of. `sums` are the bets settled in it; `credits_left` is as of its end."""

    summary: DaySummary
    sums: ReportGroup
    credits_left: tuple[CreditsLeft, ...]
