"""The credits of one feed: what the planner is told, the plan it makes of it, and what may be spent now."""

from __future__ import annotations

from datetime import datetime

from betting_tui.engine.core.feed_views import CreditsView
from betting_tui.engine.core.model import Event
from betting_tui.engine.planning import Plan


class Budget:
    """Keeps the plan of a feed that costs credits, and makes it anew when something it depends on has changed."""

    @property
    def generation(self) -> int:
        """Rises with each new plan: what was derived from an older one is out of date."""
        raise NotImplementedError

    def plan(self) -> Plan:
        """The plan as of now."""
        raise NotImplementedError

    def why_no_close(self, event: Event) -> str:
        """Why the close or the result of a bet on this event would not be asked for; empty when they would."""
        raise NotImplementedError

    def may_verify(self, cost: int) -> bool:
        """Whether today's share beside what is reserved pays for asking a price again."""
        raise NotImplementedError

    def scores_due(self, sport_key: str) -> bool:
        """Whether the plan has scores of this sport asked for by now."""
        raise NotImplementedError

    def view(self, now: datetime) -> CreditsView:
        raise NotImplementedError
