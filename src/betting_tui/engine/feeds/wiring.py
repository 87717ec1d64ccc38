"""What the desks for odds and results are given: feeds with their guards, and what they need of the engine."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from msgspec import Struct

from betting_tui.engine.core.ports import Answer, ResultsSource, Source
from betting_tui.engine.sources.resilience import Guard


class FeedHooks(Struct, frozen=True):
    """`deliver` puts an answer into the inbox and gives what became of it; `changed` tells that a state is another."""

    deliver: Callable[[Answer], Awaitable[object]]
    paused: Callable[[], bool]
    changed: Callable[[], None]


class ResultsFeed(Struct, frozen=True):
    """A feed that is asked for results. `scores_cost`: credits a question takes; 0 when it is free."""

    source: Source | ResultsSource
    guard: Guard
    covers: Callable[[str], bool]
    scores_cost: int = 0
