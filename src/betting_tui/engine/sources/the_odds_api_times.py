"""The moments of a feed: ISO texts or whole seconds since 1970, each text read once."""

from __future__ import annotations

from datetime import UTC, datetime

from betting_tui.engine.core.times import EPOCH, from_micros, parse_time

_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_LATEST = datetime(2100, 1, 1, tzinfo=UTC)
_MICROS = 1_000_000


class MomentReader:
    """Remembers what it has read: one answer repeats a few hundred texts thousands of times."""

    def __init__(self) -> None:
        self._known: dict[str, datetime | None] = {}

    def read(self, value: str | float | None) -> datetime | None:
        """Aware UTC between 2000 and 2100; None for nothing, an empty text and anything that is no moment."""
        if isinstance(value, str):
            if value not in self._known:
                self._known[value] = _in_range(_from_text(value))
            return self._known[value]
        if isinstance(value, int) and 0 <= value <= _LATEST.timestamp():
            return _in_range(from_micros(value * _MICROS))
        return None


def _from_text(text: str) -> datetime:
    try:
        return parse_time(text)
    except (ValueError, OverflowError):
        return EPOCH


def _in_range(moment: datetime) -> datetime | None:
    return moment if _EARLIEST <= moment <= _LATEST else None
