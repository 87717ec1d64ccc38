"""What settled bets say of skill and luck: every number is None where it has no meaning, never NaN.

Money in minor units of one currency, shares as fractions (0.05 = 5 %), moments aware UTC.
"""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from betting_tui.engine.core.report_views import ReportGroup, ReportView


class Range(Struct, frozen=True):
    """A 95 % interval."""

    low: float
    high: float


class Luck(Struct, frozen=True):
    """How far the yield can be told from luck.

    `no_edge_share`: how often a bettor whose bets are worth exactly their stake does at least this well on the same
    bets; `at_hold_share`: the same of one who loses `hold`, the bookmakers' mean margin on these bets, of each stake.
    `more_bets`: how many more of such bets are needed before a yield like this one would lie outside of what luck
    alone does in 95 of 100 cases; 0 when it does so already, None when no number of them would (the yield is zero or
    below) or when it cannot be told.
    """

    no_edge_share: float | None = None
    at_hold_share: float | None = None
    hold: float | None = None
    more_bets: int | None = None


class Drawdown(Struct, frozen=True):
    """The deepest fall of the balance: from its peak to its low, and when the peak was reached again, if it was.

    `peak_at` is None when the peak was the balance at the beginning. `share` is the largest fall as a share of its
    peak, which may be another fall than the deepest in money; None where the bankroll is not known.
    """

    depth_minor: int
    share: float | None
    peak_at: datetime | None
    low_at: datetime | None
    recovered_at: datetime | None


class CalibrationBin(Struct, frozen=True):
    """Bets whose win was given a probability in (low, high], the first band from 0 on: what was said on average, what
    came, and its Wilson interval.

    `few`: fewer than ten bets.
    """

    low: float
    high: float
    predicted: float
    observed: float
    bets: int
    observed_range: Range
    few: bool


class Performance(Struct, frozen=True):
    """The measures of one group of settled bets; formulas in docs/statistics.md.

    `expected_bets` and `close_bets` are the bets that the expected profits speak for: those with a probability at
    placement, and those with a fair close. `z` is actual minus expected profit at placement in standard deviations.
    """

    yield_range: Range | None = None
    win_rate_range: Range | None = None
    average_odds: float | None = None
    break_even_rate: float | None = None
    edge_at_placement: float | None = None
    expected_profit_minor: int | None = None
    expected_bets: int = 0
    close_profit_minor: int | None = None
    close_bets: int = 0
    z: float | None = None
    luck: Luck = Luck()
    drawdown: Drawdown | None = None
    longest_losing_run: int = 0
    sharpe: float | None = None
    sortino: float | None = None
    profit_factor: float | None = None
    brier: float | None = None
    log_loss: float | None = None
    probability_bets: int = 0
    calibration: tuple[CalibrationBin, ...] = ()


class CurvePoint(Struct, frozen=True):
    """Profit since the beginning after the bets settled until `at`: what came, what the edges at placement promised,
    and what the fair closes say was to be expected. A bet that has no such number adds nothing to its curve."""

    at: datetime
    actual_minor: int
    expected_minor: int
    close_minor: int


class Acceptance(Struct, frozen=True):
    """Placements asked for and taken, with evidence (fresh or a later snapshot) and without.

    `slippage` is the mean of (odds filled / odds asked for) - 1 over fills with evidence, negative when worse.
    """

    asked: int = 0
    accepted: int = 0
    with_evidence_asked: int = 0
    with_evidence_accepted: int = 0
    fills: int = 0
    fills_with_evidence: int = 0
    slippage: float | None = None


class Ruin(Struct, frozen=True):
    """Risk of the current way of staking, simulated with a seed on the bets' own odds and probabilities.

    `halved`: share of runs in which the bankroll falls to a half within `horizon_bets` bets; `lost`: in which less
    than one stake is left. `edge` is the edge per bet that was assumed and `edge_from` says where it comes from.
    """

    horizon_bets: int
    halved: float
    lost: float
    edge: float
    edge_from: str
    sizing: str


class GroupPerformance(Struct, frozen=True):
    group: ReportGroup
    performance: Performance
    acceptance: Acceptance


class FullReport(Struct, frozen=True):
    """All a report says. `view` are the sums every report has; `since`/`until` bound when bets were settled.

    `tried` is how many strategies (and accounts) were compared; with several of them the best looks better than it is,
    and `warnings` says so in words.
    """

    view: ReportView
    since: datetime | None
    until: datetime | None
    total: GroupPerformance
    groups: tuple[GroupPerformance, ...]
    curve: tuple[CurvePoint, ...]
    ruin: Ruin | None
    tried: int
    warnings: tuple[str, ...]
