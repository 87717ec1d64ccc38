"""How long a screen is kept waiting for answers that have to be worked out."""

from __future__ import annotations

from betting_tui.engine.core.ports import Clock

_BURST_SECONDS, _SLICE_SECONDS = 0.05, 0.004


class Patience:
    """How much real time a burst of questions may take: a screen asks for all of its rows in one go."""

    def __init__(self, wall: Clock) -> None:
        self._wall = wall
        self._began = -_BURST_SECONDS
        self._since = 0.0
        self._spent = 0.0

    @property
    def left(self) -> bool:
        """Whether one more may be worked out now; `spend` when it was."""
        now = self._wall.monotonic()
        if now - self._began >= _BURST_SECONDS:
            self._began, self._spent = now, 0.0
        self._since = now
        return self._spent < _SLICE_SECONDS

    def spend(self) -> None:
        self._spent += self._wall.monotonic() - self._since
