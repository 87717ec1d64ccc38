"""How the simulated market behaves: the numbers, and the two presets."""

from __future__ import annotations

from msgspec import Struct

from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.sources.simulated.books import BOOKS
from betting_tui.engine.sources.simulated.sports import SPORTS

ALL_SPORTS = tuple(sport.key for sport in SPORTS)
ALL_BOOKS = tuple(book.key for book in BOOKS)


class SimulationSettings(Struct, frozen=True, kw_only=True):
    """Times in simulated seconds. Noise is in units of the final margin's (or total's) standard deviation.

    Raises UsageError for values that cannot work together.
    """

    sports: tuple[str, ...] = ALL_SPORTS
    books: tuple[str, ...] = ALL_BOOKS

    start_spacing: int = 3600
    """One event starts in each such interval, the sports taking turns."""
    start_jitter: int = 1200
    """How far a start may lie from the even grid, before rounding to `start_grid`."""
    start_grid: int = 300
    horizon: int = 32 * 3600
    """How long before its first announced start an event is listed."""
    moved_share: float = 0.15
    """Share of events whose start moves once, by at most `move_at_most`."""
    move_at_most: int = 600
    duration_scale: float = 1.0
    """Length of a game, from the sport's real one."""
    results_kept: int = 3 * 86_400

    step: int = 30
    """Grid of the true path."""
    path_noise: float = 0.10
    """Standard deviation of the true line's walk from listing to start."""
    news_rate: float = 0.5
    """Expected number of sudden moves in an event's life."""
    news_noise: float = 0.08
    opinion_noise: float = 0.55
    """Factor on every bookmaker's own opinion error."""
    lag_scale: float = 1.0
    """Factor on every bookmaker's lag and repricing interval."""
    reprice_least: int = 30
    """No bookmaker reprices more often than this."""
    feed_interval: int = 60
    """How often the feed visits a bookmaker: the quotes' `last_update`."""

    mistake_window: int = 3600
    """At most one mistake a bookmaker, event and window; the shares below are chances per window."""
    fat_finger_share: float = 0.0003
    suspicious_share: float = 0.0002
    boost_share: float = 0.15
    asleep_share: float = 0.004
    unreachable_share: float = 0.004
    suspended_share: float = 0.02
    never_offered_share: float = 0.04
    """Share of (bookmaker, event, market) that is never on the board."""

    def __post_init__(self) -> None:
        unknown = sorted((set(self.sports) - set(ALL_SPORTS)) | (set(self.books) - set(ALL_BOOKS)))
        if unknown:
            raise UsageError(f"the simulated market has no {', '.join(unknown)}")
        if not self.sports or not self.books:
            raise UsageError("the simulated market needs at least one sport and one bookmaker")
        if min(self.start_spacing, self.horizon, self.step, self.start_grid, self.feed_interval) <= 0:
            raise UsageError("the simulated market's intervals must be positive")
        if self.horizon < 6 * self.move_at_most:
            raise UsageError("the simulated market's horizon must be at least six times `move_at_most`")


def realistic_settings() -> SimulationSettings:
    """Real time: about 32 events over the next day and a half, real game lengths."""
    return SimulationSettings()


def demo_settings() -> SimulationSettings:
    """For a clock that runs 30 times as fast: a new start every four real seconds, games of half a real minute.

    An event starts every 2 simulated minutes and lasts 14 to 25, so the first half of the list is settled within
    60 simulated minutes (two real ones); a bookmaker's price holds for some real seconds.
    """
    return SimulationSettings(
        start_spacing=120,
        start_jitter=0,
        start_grid=60,
        horizon=60 * 60,
        move_at_most=120,
        duration_scale=0.13,
        results_kept=12 * 3600,
        path_noise=0.07,
        news_rate=0.1,
        lag_scale=0.5,
        reprice_least=225,
        mistake_window=1500,
        asleep_share=0.003,
        suspended_share=0.015,
    )
