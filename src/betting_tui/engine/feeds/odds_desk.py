"""Odds: one loop that asks what the plan says, of the first feed that can answer, and keeps going when feeds fail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from betting_tui.engine.core.feed_views import FeedRow
from betting_tui.engine.core.model import Leg
from betting_tui.engine.core.views import FeedStatus


class OddsDesk:
    """Asks feeds for start times and prices."""

    def statuses(self) -> tuple[FeedStatus, ...]:
        """Of each feed of the order."""
        raise NotImplementedError

    def rows(self) -> tuple[FeedRow, ...]:
        raise NotImplementedError

    @property
    def next_call(self) -> tuple[datetime, str] | None:
        """When something is asked next, and what for."""
        raise NotImplementedError

    async def loop(self) -> None:
        """Ask what is due, for ever."""
        raise NotImplementedError

    async def fetch(self, sport_keys: Sequence[str]) -> None:
        """Ask for these sports now, or for the subscribed ones when none are named. Raises SourceError."""
        raise NotImplementedError

    def verify_cost(self, legs: Sequence[Leg]) -> int | None:
        """Credits that asking for these prices again would take; None where no feed can be asked for them."""
        raise NotImplementedError

    async def verify(self, legs: Sequence[Leg]) -> None:
        """Ask the feeds these prices came from for them again, now, and put the answers into the inbox.

        Raises SourceError.
        """
        raise NotImplementedError

    def skip(self, seconds: float) -> None:
        """Time has passed that the clock did not count."""
        raise NotImplementedError
