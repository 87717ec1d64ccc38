"""How the feeds for odds are told: the walk's word on each, and what the desk knows of credits, rest and trouble."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from betting_tui.engine.core.feed_views import FeedRow, FeedStatus
from betting_tui.engine.core.ports import Clock
from betting_tui.engine.feeds.due import Due
from betting_tui.engine.feeds.seat import Seat


class Shown:
    """Adds to the statuses of a walk, which hold what came of the questions, what follows from seats and from what is
    due. `changed` is told when the trouble of a feed is another one."""

    def __init__(self, seats: Sequence[Seat], due: Due, clock: Clock, changed: Callable[[], None]) -> None:
        self._seats = {seat.name: seat for seat in seats}
        self._due = due
        self._clock = clock
        self._changed = changed
        self._troubles: dict[str, str] = {}

    def statuses(self, found: Sequence[FeedStatus]) -> tuple[FeedStatus, ...]:
        """In the same order."""
        return tuple(
            self._shown(status, self._seats[status.name], found) if status.name in self._seats else status
            for status in found
        )

    def rows(self, found: Sequence[FeedStatus]) -> tuple[FeedRow, ...]:
        return tuple(self._row(status, self._seats.get(status.name)) for status in self.statuses(found))

    def moment(self, at: float) -> datetime:
        moment = self._clock.now() + timedelta(seconds=max(0.0, at - self._clock.monotonic()))
        # The two clocks are not read at once: a hair before a minute would be told as the minute before.
        return (moment + timedelta(milliseconds=500)).replace(microsecond=0)

    def trouble(self, seat: Seat, text: str) -> None:
        """What was wrong with the feed's last answer; empty when nothing was."""
        if text != self._troubles.get(seat.name, ""):
            self._troubles[seat.name] = text
            self._changed()

    # Inside

    def _shown(self, status: FeedStatus, seat: Seat, found: Sequence[FeedStatus]) -> FeedStatus:
        if seat.budget is not None:
            used, left = seat.budget.credits
            status = replace(status, credits_used=used, credits_remaining=left)
        if seat.next_at is not None:
            status = replace(status, next_poll=self.moment(seat.next_at))
        status = self._standing_by(status, seat, found)
        trouble, unable = self._troubles.get(seat.name, ""), seat.unable()
        if unable and status.state != "failed":
            return replace(status, state="failed", detail=unable)
        if trouble:
            return replace(status, state="degraded", detail=trouble)
        if status.state == "ok" and seat.refusals:
            status = replace(status, detail="; ".join(f"{sport}: {why}" for sport, why in seat.refusals))
        return status

    def _standing_by(self, status: FeedStatus, seat: Seat, found: Sequence[FeedStatus]) -> FeedStatus:
        """A stand-in that is not needed says so, whatever became of it when it was."""
        better = self._due.stands_by_for(seat)
        if better is None or status.state == "ok" or not _answers(better, found):
            return status
        return replace(status, state="waiting", detail=f"stands by: {better.name} answers", next_poll=None)

    def _row(self, status: FeedStatus, seat: Seat | None) -> FeedRow:
        if seat is None:
            return FeedRow(status, ("odds",), needs=status.detail)
        asked, until = seat.guard.asked, seat.guard.breaker.asked_again_at
        return FeedRow(
            status,
            ("odds",),
            sports=seat.plan.sports,
            requests=asked.requests,
            retries=asked.retries,
            resting_until=until,
        )


def _answers(seat: Seat, found: Sequence[FeedStatus]) -> bool:
    return any(status.name == seat.name and status.state == "ok" for status in found)
