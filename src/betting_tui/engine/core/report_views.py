"""What settled bets add up to, in groups."""

from __future__ import annotations

from msgspec import Struct

from betting_tui.engine.core.closes import DEFAULT_MAX_AGE_MINUTES


class ReportGroup(Struct, frozen=True):
    """Totals of one group of settled bets. Push and void are left out of `graded`, turnover and yield.

    Free bets risk nothing: what `free_bets` of them, won or lost, brought (`free_profit_minor`) is in the profit and in
    no yield.

    CLV is the simple mean over the bets whose close is within the age limit, `_weighted` weighs them by what was at
    risk; coverage is their share of all that are not void. `median_close_minutes`: half of those closes are at most
    so old, rounded up to the next step. `beat_close` is the share above zero, by the fair close where one is known.
    `currency` is that of a group with money of its own, an account among others; empty is the report's.
    """

    name: str
    bets: int
    graded: int
    wins: int
    losses: int
    pushes: int
    turnover_minor: int
    profit_minor: int
    yield_fraction: float | None
    win_rate: float | None
    expected_profit_minor: int | None
    clv_price: float | None
    clv_coverage: float | None
    clv_count: int
    clv_price_weighted: float | None = None
    clv_ev: float | None = None
    clv_ev_weighted: float | None = None
    clv_ev_coverage: float | None = None
    clv_ev_count: int = 0
    beat_close: float | None = None
    converted: int = 0
    median_close_minutes: int | None = None
    currency: str = ""
    free_bets: int = 0
    free_profit_minor: int = 0


class ReportView(Struct, frozen=True):
    """`missing_closes` are bets without a close of their book by reason, `missing_references` without a fair one;
    `close_max_age_minutes` is the limit both were read with, None for none."""

    account: str
    currency: str
    total: ReportGroup
    groups: tuple[ReportGroup, ...]
    grouped_by: str
    open_bets: int
    refused: int
    placed: int
    missing_closes: tuple[tuple[str, int], ...] = ()
    missing_references: tuple[tuple[str, int], ...] = ()
    close_max_age_minutes: int | None = DEFAULT_MAX_AGE_MINUTES
