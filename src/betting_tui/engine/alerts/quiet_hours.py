"""Hours of the day in which nobody is to be disturbed."""

from __future__ import annotations

from datetime import datetime, time, tzinfo

from msgspec import Struct


class QuietHours(Struct, frozen=True):
    """From `begins` until `ends` (not with it) by the clock on the wall of `zone`; also over midnight."""

    begins: time
    ends: time
    zone: tzinfo

    @classmethod
    def of(cls, text: str, zone: tzinfo) -> QuietHours:
        """From `22:00-07:00`, as the settings have checked it."""
        begins, ends = (time.fromisoformat(part.strip()) for part in text.split("-"))
        return cls(begins, ends, zone)

    def by(self, zone: tzinfo) -> QuietHours:
        """The same hours by another zone's clock."""
        return QuietHours(self.begins, self.ends, zone)

    def hold(self, now: datetime) -> bool:
        here = now.astimezone(self.zone).time()
        if self.begins < self.ends:
            return self.begins <= here < self.ends
        return here >= self.begins or here < self.ends
