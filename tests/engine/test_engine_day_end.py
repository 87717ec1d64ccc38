"""The end of a betting day: a page and a notice, exactly once, over restarts and whatever clocks do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from betting_tui.engine.clocks import VirtualClock
from betting_tui.engine.config import Notifications, Settings, Ui
from betting_tui.engine.core.bet_views import Placed
from betting_tui.engine.core.commands import OpenAccount, RecordBet, SettleBet
from betting_tui.engine.core.events import EngineEvent, Noticed
from betting_tui.engine.core.model import BetResult, Event, LineKey, Origin, OutcomeSet, Selection
from betting_tui.engine.core.odds import parse_any
from betting_tui.engine.core.ports import Notice, NoticeKind
from betting_tui.engine.engine import Engine
from betting_tui.engine.replay import replay
from betting_tui.engine.rooms import ARCHIVE_FILE, Equipment

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SETTINGS = Settings(ui=Ui(time_zone="UTC"))
UNTOLD = msgspec.structs.replace(SETTINGS, notifications=Notifications(daily_summary=False))


class Lid(VirtualClock):
    """A clock whose date may also be set by hand, while it counts on."""

    def __init__(self, start: datetime) -> None:
        super().__init__(start)
        self.set_by = timedelta()

    def now(self) -> datetime:
        return super().now() + self.set_by

    def monotonic(self) -> float:
        return (super().now() - NOON).total_seconds()


class Desk:
    """A started engine whose housekeeping is done by hand."""

    def __init__(self, data_dir: Path, settings: Settings, start: datetime) -> None:
        self.data_dir = data_dir
        self.clock = Lid(start)
        self.wall = VirtualClock(start)
        self.engine = Engine(settings, "live", data_dir, Equipment(self.clock))
        self.engine._wall = self.wall  # type: ignore[assignment]
        self.events: list[EngineEvent] = []
        self.engine.listen(self.events.append)

    async def start(self) -> None:
        await self.engine.start()
        for task in self.engine._tasks:
            task.cancel()

    async def after(self, **span: float) -> None:
        """That much later, one round of housekeeping."""
        seconds = timedelta(**span).total_seconds()
        self.clock.advance(seconds)
        self.wall.advance(seconds)
        await self.engine.keep_house()

    async def bet(self, key: str, result: BetResult | None = None, account: str = "main") -> None:
        event = Event(f"nba-{key}", "basketball_nba", "NBA", NOON + timedelta(days=900), "Lakers", "Celtics")
        selection = Selection(LineKey(event.id, "h2h", OutcomeSet.TWO_WAY), "Lakers")
        command = RecordBet(account, event, selection, "fanduel", parse_any("+150"), 10_00, key, Origin.COMMAND, "test")
        placed = await self.engine.record_bet(command)
        assert isinstance(placed, Placed)
        if result is not None:
            await self.engine.settle_bet(SettleBet(placed.bets[0].id, result, "test"))

    @property
    def told(self) -> list[Notice]:
        notices = (event.notice for event in self.events if isinstance(event, Noticed))
        return [notice for notice in notices if notice.kind is NoticeKind.DAILY_SUMMARY]

    @property
    def titles(self) -> list[str]:
        return [notice.title for notice in self.told]


def pages(data_dir: Path) -> dict[str, str]:
    return {page.name: page.read_text() for page in sorted((data_dir / "summaries").glob("*"))}


@asynccontextmanager
async def running(data_dir: Path, settings: Settings = SETTINGS, start: datetime = NOON) -> AsyncIterator[Desk]:
    desk = Desk(data_dir, settings, start)
    await desk.start()
    try:
        yield desk
    finally:
        await desk.engine.stop()


async def test_the_day_is_told_when_it_ends_and_once(tmp_path: Path) -> None:
    async with running(tmp_path) as desk:
        await desk.bet("a", BetResult.WIN)
        await desk.bet("b")
        await desk.after(hours=17, minutes=59)
        assert (desk.told, pages(tmp_path)) == ([], {})
        await desk.after(minutes=1)
        assert desk.titles == ["1 Mar: +15.00 USD"]
        assert "2 bets placed · 1 settled · yield +150.0 %" in desk.told[0].body
        page = pages(tmp_path)["2026-03-01.txt"]
        assert page.startswith("main · Sunday 1 March 2026\n01 Mar 06:00 to 02 Mar 06:00 (UTC), amounts in USD\n")
        assert "Profit        +15.00 on a turnover of 10.00\n" in page
        assert "late" not in page + desk.told[0].body
        await desk.after(hours=1)
        assert len(desk.told) == 1
    async with running(tmp_path, start=NOON + timedelta(hours=20)) as desk:
        await desk.after(minutes=1)
        assert desk.told == []
        assert pages(tmp_path) == {"2026-03-01.txt": page}


async def test_a_day_without_any_event_is_a_page_and_no_notice(tmp_path: Path) -> None:
    async with running(tmp_path) as desk:
        await desk.after(days=1)
        assert desk.told == []
        assert "Placed        nothing\n" in pages(tmp_path)["2026-03-01.txt"]


async def test_it_can_be_switched_off_and_notices_alone_too(tmp_path: Path) -> None:
    async with running(tmp_path / "off", UNTOLD) as desk:
        await desk.bet("a")
        await desk.after(days=1)
        assert (desk.told, pages(tmp_path / "off")) == ([], {})
    silent = msgspec.structs.replace(SETTINGS, notifications=Notifications(enabled=False))
    async with running(tmp_path / "silent", silent) as desk:
        await desk.bet("a")
        await desk.after(days=1)
        assert (desk.told, list(pages(tmp_path / "silent"))) == ([], ["2026-03-01.txt"])


async def test_a_day_that_ended_while_nothing_ran_is_told_at_the_next_start_and_says_so(tmp_path: Path) -> None:
    async with running(tmp_path) as desk:
        await desk.bet("a", BetResult.LOSS)
    async with running(tmp_path, start=NOON + timedelta(days=1)) as desk:
        await desk.after(seconds=1)
        assert desk.titles == ["1 Mar: -10.00 USD"]
        assert "told late: nothing ran here when the day ended" in desk.told[0].body
        assert "Written on 02 Mar 2026 at 12:00: nothing ran here" in pages(tmp_path)["2026-03-01.txt"]


async def test_of_many_missed_days_the_last_three_are_told_in_one_notice(tmp_path: Path) -> None:
    async with running(tmp_path, UNTOLD) as desk:
        for day in range(6):
            await desk.bet(f"b{day}", BetResult.WIN)
            await desk.after(days=1)
    async with running(tmp_path, start=NOON + timedelta(days=6)) as desk:
        await desk.after(seconds=1)
        assert desk.titles == ["3 days ended while nothing ran here"]
        assert desk.told[0].body == "4 Mar: +15.00 USD · 5 Mar: +15.00 USD · 6 Mar: +15.00 USD"
        assert list(pages(tmp_path)) == [f"2026-03-0{day}.txt" for day in (4, 5, 6)]


@pytest.mark.parametrize("start", [datetime(2026, 3, 27, 12, tzinfo=UTC), datetime(2026, 10, 23, 12, tzinfo=UTC)])
@pytest.mark.parametrize("starts_at", ["06:00", "01:30"])
async def test_each_day_is_told_once_when_clocks_are_changed(tmp_path: Path, start: datetime, starts_at: str) -> None:
    settings = msgspec.structs.replace(SETTINGS, ui=Ui(time_zone="Europe/London", day_starts_at=starts_at))
    async with running(tmp_path, settings, start) as desk:
        for step in range(4 * 48):
            if step % 48 == 0:
                await desk.bet(f"b{step}")
            await desk.after(minutes=30)
        days = [start.date() + timedelta(days=day) for day in range(4)]
        assert desk.titles == [f"{day:%d %b}: nothing settled" for day in days]
        assert list(pages(tmp_path)) == [f"{day}.txt" for day in days]


async def test_a_clock_that_is_set_back_does_not_end_the_day_again(tmp_path: Path) -> None:
    async with running(tmp_path) as desk:
        await desk.bet("a")
        await desk.after(hours=18)
        assert len(desk.told) == 1
        desk.clock.set_by = timedelta(hours=-3)
        await desk.after(hours=1)
        await desk.after(hours=4)
        assert len(desk.told) == 1
        assert list(pages(tmp_path)) == ["2026-03-01.txt"]


async def test_by_a_clock_that_is_known_to_be_wrong_no_day_ends(tmp_path: Path) -> None:
    async with running(tmp_path) as desk:
        await desk.bet("a")
        desk.engine._shared.skews["feed"] = 86_400.0
        await desk.after(days=1)
        assert desk.told == []
        desk.engine._shared.skews["feed"] = 1.0
        await desk.after(minutes=1)
        assert len(desk.told) == 1


async def test_a_page_that_is_there_stays_and_the_day_is_told(tmp_path: Path) -> None:
    """As after a crash between the page and the note that the day was told."""
    (tmp_path / "summaries").mkdir()
    (tmp_path / "summaries" / "2026-03-01.txt").write_text("written before")
    async with running(tmp_path) as desk:
        await desk.bet("a")
        await desk.after(days=1)
        assert len(desk.told) == 1
        assert pages(tmp_path) == {"2026-03-01.txt": "written before"}


async def test_a_page_that_cannot_be_written_costs_no_notice(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "summaries").write_text("in the way")
    async with running(tmp_path) as desk:
        await desk.bet("a")
        await desk.after(days=1)
        await desk.after(minutes=1)
        assert len(desk.told) == 1
    assert [record.message.partition(" was")[0] for record in caplog.records] == ["the summary of 2026-03-01"]


async def test_another_account_has_a_page_of_its_own_when_something_happened(tmp_path: Path) -> None:
    async with running(tmp_path) as desk:
        for name in ("Second", "Idle"):
            await desk.engine.open_account(OpenAccount(name, "EUR", 500_00, "UTC", "me"))
        await desk.bet("a", BetResult.WIN, "Second")
        await desk.after(days=1)
        assert desk.titles == ["Second, 1 Mar: +15.00 EUR"]
        assert list(pages(tmp_path)) == ["2026-03-01-2-second.txt", "2026-03-01.txt"]


async def test_a_replay_writes_the_same_pages(tmp_path: Path) -> None:
    async with running(tmp_path / "live") as desk:
        await desk.bet("a", BetResult.WIN)
        await desk.after(days=1)
        await desk.bet("b", BetResult.LOSS)
        await desk.after(days=1)
    await replay(SETTINGS, tmp_path / "live" / ARCHIVE_FILE, tmp_path / "again")
    assert list(pages(tmp_path / "live")) == ["2026-03-01.txt", "2026-03-02.txt"]
    assert pages(tmp_path / "again") == pages(tmp_path / "live")
