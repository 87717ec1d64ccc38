"""Use cases of the program itself: credits, notices, runs, recovery, checks and copies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from sqlite3 import Connection

from betting_tui.engine.core.day_views import DayReview
from betting_tui.engine.core.errors import LedgerError
from betting_tui.engine.core.money_views import VerifyReport
from betting_tui.engine.core.ports import CreditReading
from betting_tui.engine.core.progress import Progress
from betting_tui.engine.core.status_views import Recovery
from betting_tui.engine.store import backups, compaction, days, diary, ledger, quick_check, recovery, verify
from betting_tui.engine.store.days import DayFiles
from betting_tui.engine.store.files import make_private_folder
from betting_tui.engine.store.ledger_file import LedgerFile
from betting_tui.engine.store.schema import back_up
from betting_tui.engine.store.shapes import RunRow


class UpkeepCases(LedgerFile):
    """What the engine notes of itself, and how it looks after the file."""

    async def note_credits(self, source: str, reading: CreditReading, now: datetime) -> None:
        """Book what a feed says of its credits; see `diary.note_credits`."""
        await self._database.write(lambda conn: diary.note_credits(conn, source, reading, now))

    def credits_spent(self, source: str, since: datetime) -> int:
        """What the feed has charged since then, also for answers that were lost."""
        return self._database.read(lambda conn: diary.credits_spent(conn, source, since))

    def last_credits(self, source: str, since: datetime | None = None) -> CreditReading | None:
        """The newest reading that says what is left; None when there is none, or none since then."""
        return self._database.read(lambda conn: diary.last_credits(conn, source, since))

    async def mark_notice(self, key: str, kind: str, now: datetime) -> bool:
        """True the first time this key is seen: tell it. False: it was told before, perhaps by an earlier run."""
        return await self._database.write(lambda conn: diary.mark_notice(conn, key, kind, now))

    def told_notices(self, keys: Sequence[str]) -> frozenset[str]:
        """Those of these keys that were told, by this run or an earlier one."""
        return self._database.read(lambda conn: diary.told_notices(conn, keys))

    async def forget_notices(self, kind: str, but: Sequence[str]) -> None:
        """Of this kind only what has these keys counts as told from now on."""
        await self._database.write(lambda conn: diary.forget_notices(conn, kind, but))

    async def start_run(self, version: str, now: datetime) -> RunRow:
        return await self._database.write(lambda conn: diary.start_run(conn, self._mode, version, now))

    async def touch_run(self, run: RunRow, now: datetime) -> RunRow | None:
        """Say that the run is alive; about twice a minute. None: this is not the file the run was started in."""
        return await self._database.write(lambda conn: diary.touch_run(conn, run, now))

    async def end_run(self, run: RunRow, now: datetime) -> None:
        await self._database.write(lambda conn: diary.end_run(conn, run, now))

    async def probe(self) -> None:
        """Write something and take it away again. Raises what a use case would."""
        await self._database.write(diary.probe_take)
        await self._database.write(diary.probe_give)

    def last_run(self) -> RunRow | None:
        """The newest run."""
        return self._database.read(diary.last_run)

    def broke_off(self) -> bool:
        """The newest run neither ended nor was recovered from: it was cut off, or is still going."""
        last = self.last_run()
        return last is not None and last.ended_at is None and last.recovered_at is None

    def newest_moment(self) -> datetime | None:
        """The latest time anything here happened at; None in a file nobody has used."""
        return self._database.read(diary.newest_moment)

    def left_behind(self, account: str, now: datetime, day_starts_at: str) -> Recovery | None:
        """What the last run left behind; None when it ended in order or was recovered from. Ask before `start_run`."""
        return self._database.read(
            lambda conn: recovery.left_behind(conn, ledger.account(conn, account), now, day_starts_at)
        )

    async def recover(self, now: datetime) -> bool:
        """End what a dead run left open. A second time changes nothing and is False."""
        return await self._database.write(lambda conn: recovery.recover(conn, now))

    def verify_quick(self, account: str | None = None) -> VerifyReport:
        """The sums of one account, or of all with the newest entries: milliseconds, however large the ledger."""
        return self._database.read(
            lambda conn: quick_check.quick(conn, None if account is None else ledger.account(conn, account).id)
        )

    async def verify(self, progress: Progress | None = None) -> VerifyReport:
        """Recompute every balance, stake and profit from postings and bets, apart from the code that wrote them."""
        return await self._database.read_long(verify.verify, progress)

    async def backup(self, target: Path, progress: Progress | None = None) -> None:
        """A whole, consistent copy made through SQLite's backup interface, 0600. LedgerError when it exists. Cancelled,
        it leaves none, unless it was done by then."""

        def work(conn: Connection, told: Progress) -> None:
            make_private_folder(target.parent)
            if not back_up(conn, target, told):
                raise LedgerError(f"{target} exists already: name a new file")

        await self._database.read_long(work, progress)

    async def backup_day(self, day: date) -> Path | None:
        """The copy of that betting day, and only the newest seven kept; None when there is one already."""
        return await self._database.read_in_thread(lambda conn: backups.back_up_day(conn, self.path, day))

    async def compact(self) -> bool:
        """Write a file with much empty room in it anew, smaller. False when there is little to gain or it is in use."""
        return await self._database.submit(compaction.compact, transaction=False)

    async def write_day(self, folder: Path, stem: str, account: str, day: date, day_starts_at: str) -> None:
        """The same as two private files, away from the event loop. Raises OSError."""

        def work(conn: Connection) -> None:
            files = days.export_day(conn, ledger.account(conn, account), day, day_starts_at, self.close_max_age_minutes)
            days.write_day(folder, stem, files)

        await self._database.read_in_thread(work)

    async def review_day(self, account: str, day: date, day_starts_at: str, max_age: int | None) -> DayReview:
        """What happened in that betting day, away from the event loop; closes of at most `max_age` minutes count."""
        return await self._database.read_in_thread(
            lambda conn: days.review_day(conn, ledger.account(conn, account), day, day_starts_at, max_age)
        )

    def export_day(self, account: str, day: date, day_starts_at: str) -> DayFiles:
        """A betting day (`HH:MM` to `HH:MM` in the account's zone) as readable JSON and a CSV of its bets."""
        return self._database.read(
            lambda conn: days.export_day(
                conn, ledger.account(conn, account), day, day_starts_at, self.close_max_age_minutes
            )
        )
