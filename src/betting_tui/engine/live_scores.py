"""How the games of open bets stand, as feeds last said: kept while the program runs, and only to be shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from betting_tui.engine.core.scores import PlayingScore

# A game nobody has told of for so long is over, or nobody knows.
_KEPT = timedelta(hours=3)
_MOST = 500


class LiveScores:
    def __init__(self) -> None:
        self._known: dict[str, tuple[PlayingScore, datetime]] = {}

    def note(self, scores: Sequence[PlayingScore], now: datetime) -> None:
        for score in scores:
            self._known.pop(score.event_id, None)
            self._known[score.event_id] = (score, now)
        while len(self._known) > _MOST:
            del self._known[next(iter(self._known))]

    def of(self, event_id: str, now: datetime) -> PlayingScore | None:
        """None where nobody has said, or not for long."""
        known = self._known.get(event_id)
        return None if known is None or now - known[1] > _KEPT else known[0]
