"""When a betting day ends: a page of what happened in it, and a notice, exactly once."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, datetime, timedelta

from msgspec import Struct

from betting_tui.engine.alerts import Alerts
from betting_tui.engine.alerts.summary import summary_key, summary_notice, summary_text
from betting_tui.engine.config import Settings
from betting_tui.engine.core.day_views import DayReview
from betting_tui.engine.core.ports import NoticeKind
from betting_tui.engine.core.times import betting_day, parse_time, zone_of
from betting_tui.engine.store.days import day_stem
from betting_tui.engine.store.files import make_private_folder, replace_private_file
from betting_tui.engine.store.shapes import AccountRow
from betting_tui.engine.store.store import Ledger

_LOG = logging.getLogger(__name__)
FOLDER = "summaries"
# What is older is no news any more; `export day` has it.
CATCH_UP_DAYS = 3
LATE = timedelta(minutes=10)


class _Due(Struct, frozen=True):
    """Days of one account that have ended and were not told of, the oldest first."""

    owner: AccountRow
    days: tuple[date, ...]


class DayEnd:
    """Of one ledger. `current` names the account in use, whose page is written also for a day without any event."""

    def __init__(self, ledger: Ledger, alerts: Alerts, settings: Settings, current: Callable[[], str]) -> None:
        self._ledger = ledger
        self._alerts = alerts
        self._wanted = settings.notifications.daily_summary
        self._starts_at = settings.ui.day_starts_at
        self._max_age = settings.reports.close_max_age
        self._current = current

    def is_due(self, now: datetime) -> bool:
        """Whether a day has ended that was not told of. Cheap."""
        return bool(self._due(now))

    async def tell(self, now: datetime) -> None:
        """Of every account the days that have ended, at most the last `CATCH_UP_DAYS`. A second time changes nothing.

        Raises LedgerError.
        """
        for due in self._due(now):
            reviews = [review for day in due.days if (review := await self._close(due.owner, day, now)) is not None]
            told = [review for review in reviews if review.summary.eventful]
            if told:
                late = _late(told[-1], now) is not None
                named = due.owner.name != self._current()
                self._alerts.day_ended(summary_notice(told, late=late, name_account=named))

    def _due(self, now: datetime) -> tuple[_Due, ...]:
        if not self._wanted:
            return ()
        found = []
        for owner in self._ledger.accounts():
            zone = zone_of(owner.time_zone)
            today, opened = (betting_day(at, self._starts_at, zone) for at in (now, owner.created_at))
            ended = [today - timedelta(days=back) for back in range(CATCH_UP_DAYS, 0, -1)]
            keys = {_key(owner, day): day for day in ended if day >= opened}
            missing = keys.keys() - self._ledger.told_notices(tuple(keys)) if keys else keys.keys()
            if missing:
                found.append(_Due(owner, tuple(day for key, day in keys.items() if key in missing)))
        return tuple(found)

    async def _close(self, owner: AccountRow, day: date, now: datetime) -> DayReview | None:
        """The page first, the mark after it: cut off in between, the page is there and the day is told at the next
        start. None when it was told before."""
        review = await self._ledger.review_day(owner.name, day, self._starts_at, self._max_age)
        if review.summary.eventful or owner.name == self._current():
            self._write(owner, day, summary_text(review, _late(review, now)))
        first = await self._ledger.mark_notice(_key(owner, day), NoticeKind.DAILY_SUMMARY.value, now)
        return review if first else None

    def _write(self, owner: AccountRow, day: date, text: str) -> None:
        """A page that is there stays. One that cannot be written costs the page, not the notice."""
        folder = self._ledger.path.parent / FOLDER
        page = folder / f"{day_stem(owner, day, self._current())}.txt"
        try:
            make_private_folder(folder)
            if not page.exists():
                replace_private_file(page, text.encode())
        except OSError as error:
            _LOG.warning("the summary of %s was not written: %s", day, error.strerror or error)


def _key(owner: AccountRow, day: date) -> str:
    return summary_key(owner.id, day.isoformat())


def _late(review: DayReview, now: datetime) -> datetime | None:
    """Now, when that is long after the day had ended."""
    return now if now - parse_time(review.summary.ends) > LATE else None
