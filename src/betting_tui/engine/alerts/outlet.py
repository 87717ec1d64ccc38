"""The way to one channel: not too often, not in quiet hours, one message at a time, the rest together."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from datetime import tzinfo

from betting_tui.engine.alerts.pile import Pile
from betting_tui.engine.alerts.quiet_hours import QuietHours
from betting_tui.engine.core.ports import Channel, Clock, Notice, NoticeKind

_LOG = logging.getLogger(__name__)
INTERVAL_SECONDS = 5.0
CLOSING_SECONDS = 3.0
_TROUBLE_AGAIN_SECONDS = 3600.0


class Outlet:
    """Sends `kinds` through `channel`, at most one message in `INTERVAL_SECONDS`; what comes meanwhile is piled up.

    `clock` is the wall's. A channel that takes longer than `bound_seconds` is cut off. `trouble` is told when messages
    stop getting through: once, not for each of them.
    """

    def __init__(
        self,
        channel: Channel,
        clock: Clock,
        kinds: Iterable[NoticeKind],
        *,
        bound_seconds: float,
        quiet: QuietHours | None = None,
        trouble: Callable[[str], None] | None = None,
    ) -> None:
        self._channel = channel
        self._clock = clock
        self._kinds = frozenset(kinds)
        self._bound_seconds = bound_seconds
        self._quiet = quiet
        self._trouble = trouble
        self._pile = Pile()
        self._away = False
        self._last: float | None = None
        self._trouble_told: float | None = None
        self._task: asyncio.Task[None] | None = None

    def keep_time(self, zone: tzinfo) -> None:
        """Quiet hours are by this zone's clock from now on."""
        self._quiet = None if self._quiet is None else self._quiet.by(zone)

    def offer(self, notices: Iterable[Notice]) -> None:
        """Send them now, together, or as soon as it may be."""
        for notice in notices:
            if notice.kind in self._kinds:
                self._pile.add(notice)
        self.flush()

    def flush(self) -> None:
        """Send what waits, if it may be by now. Returns at once."""
        if not len(self._pile) or (self._task is not None and not self._task.done()):
            return
        if self._quiet is not None and self._quiet.hold(self._clock.now()):
            self._away = True
            return
        if self._last is not None and self._clock.monotonic() - self._last < INTERVAL_SECONDS:
            return
        notice = self._pile.together(away=self._away)
        self._pile, self._away = Pile(), False
        self._last = self._clock.monotonic()
        name = f"notice through {self._channel.name}"
        self._task = asyncio.get_running_loop().create_task(self._send(notice), name=name)

    async def close(self) -> None:
        """Wait for the message under way, but not for long."""
        if self._task is None:
            return
        await asyncio.wait({self._task}, timeout=CLOSING_SECONDS)
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _send(self, notice: Notice) -> None:
        shown = False
        try:
            async with asyncio.timeout(self._bound_seconds):
                shown = await self._channel.send(notice)
        except Exception:
            _LOG.exception("notices through %s failed; toasts go on", self._channel.name)
        if not shown:
            self._tell_trouble()

    def _tell_trouble(self) -> None:
        now = self._clock.monotonic()
        before = self._trouble_told
        self._trouble_told = now
        # One that fails on and on is told once; after an hour without failing it is news again.
        if self._trouble is not None and (before is None or now - before >= _TROUBLE_AGAIN_SECONDS):
            self._trouble(self._channel.status)
