"""The three clocks: the wall's, the wall's sped up, and one that only moves when told."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta

from betting_tui.engine.core.ports import Clock

_SMALLEST_STEP = timedelta(microseconds=1)


class Alarm:
    """A wait on a clock that can be told of time it did not count: a sleeping machine's clocks stand still."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._due = clock.monotonic()
        self._nap: asyncio.Task[None] | None = None
        self._woken = False

    @property
    def left_seconds(self) -> float:
        """Until it rings; never negative."""
        return max(0.0, self._due - self._clock.monotonic())

    async def wait(self, seconds: float) -> None:
        """Until that many of the clock's seconds have passed, or were said to have."""
        self._due = self._clock.monotonic() + max(0.0, seconds)
        while True:
            self._woken = False
            self._nap = nap = asyncio.ensure_future(self._clock.sleep(self.left_seconds))
            try:
                await asyncio.wait({nap})
            finally:
                self._nap = None
                nap.cancel()
            if not (nap.cancelled() and self._woken):
                return nap.result()
            if not self.left_seconds:
                return None

    def skip(self, seconds: float) -> None:
        """That many seconds have passed without being counted."""
        if seconds > 0:
            self._wake(self._due - seconds)

    def ring(self) -> None:
        """End the wait now: what it was for may have changed."""
        self._wake(self._clock.monotonic())

    def _wake(self, due: float) -> None:
        if self._nap is not None:
            self._due = due
            self._woken = True
            self._nap.cancel()


class SystemClock:
    """Wall time and real waiting."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))


class ScaledClock:
    """Starts at `start` and runs `speed` times as fast as the wall; a sleep of 90 s at speed 90 takes one second."""

    def __init__(self, start: datetime, speed: float) -> None:
        self._start = start
        self._speed = speed
        self._origin = time.monotonic()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return (time.monotonic() - self._origin) * self._speed

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds) / self._speed)


class VirtualClock:
    """Stands still until set: replays and tests. Waiting moves it and gives other tasks a turn."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._now = start

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return (self._now - self._start).total_seconds()

    async def sleep(self, seconds: float) -> None:
        # What is shorter than its smallest step is a step all the same: else it would be waited for again, for ever.
        self._now += max(timedelta(seconds=seconds), _SMALLEST_STEP if seconds > 0 else timedelta())
        await asyncio.sleep(0)

    def set(self, moment: datetime) -> None:
        """Move to that moment. It may not go back: what was decided later cannot be known earlier."""
        if moment < self._now:
            raise ValueError(f"the clock stands at {self._now.isoformat()} and cannot go back to {moment.isoformat()}")
        self._now = moment

    def advance(self, seconds: float) -> None:
        self.set(self._now + timedelta(seconds=seconds))
