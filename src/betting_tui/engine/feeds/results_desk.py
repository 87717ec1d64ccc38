"""Results: of events with open bets that should be over, from one feed after the other until nothing is left open."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from betting_tui.engine.core.model import Event
from betting_tui.engine.core.ports import Clock
from betting_tui.engine.core.views import FeedStatus, SettlementReport
from betting_tui.engine.feeds.wiring import FeedHooks, ResultsFeed


class ResultsDesk:
    """Asks `feeds` in their order, sport by sport, for what the ones before have left open.

    `waiting` are the events with open bets; `due` says whether a feed that costs credits is to be asked now for a
    sport. Nothing here settles: answers go through the inbox.
    """

    def __init__(
        self,
        feeds: Sequence[ResultsFeed],
        clock: Clock,
        hooks: FeedHooks,
        *,
        waiting: Callable[[], Sequence[Event]],
        due: Callable[[str], bool],
        every_seconds: float,
        days_from: int,
    ) -> None:
        raise NotImplementedError

    def statuses(self) -> tuple[FeedStatus, ...]:
        """Of each feed, in order."""
        raise NotImplementedError

    async def loop(self) -> None:
        """A round whenever one is due, for ever."""
        raise NotImplementedError

    async def round(self, *, everything: bool = False) -> tuple[SettlementReport, ...]:
        """Ask for the sports whose events should be over; `everything`: for all that have started.

        A feed or sport that fails does not keep the others from being asked. SourceError when nobody answered.
        """
        raise NotImplementedError

    def skip(self, seconds: float) -> None:
        """Time has passed that the clock did not count, as when the machine slept."""
        raise NotImplementedError
