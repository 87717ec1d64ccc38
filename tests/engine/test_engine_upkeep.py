"""Housekeeping: the file under the engine, the disk that takes nothing, the closed lid, the day that ends."""

from __future__ import annotations

import itertools
import json
import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from betting_tui.engine.clocks import VirtualClock
from betting_tui.engine.config import Settings, Storage, Ui
from betting_tui.engine.core.bet_views import NotPlaced, Placed, Working
from betting_tui.engine.core.commands import Deposit, OpenAccount, Place, RecordBet
from betting_tui.engine.core.errors import DiskRefused, LedgerError
from betting_tui.engine.core.events import EngineEvent, LedgerChanged, Noticed, StatusChanged
from betting_tui.engine.core.model import Event, Leg, LineKey, Origin, OutcomeSet, Selection
from betting_tui.engine.core.odds import parse_any
from betting_tui.engine.core.refusals import RefusalCode
from betting_tui.engine.engine import Engine
from betting_tui.engine.rooms import LEDGER_FILE, Equipment
from betting_tui.engine.store import Ledger
from betting_tui.engine.store.shapes import RunRow
from betting_tui.engine.upkeep import TOUCH_SECONDS

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
UTC_SETTINGS = Settings(ui=Ui(time_zone="UTC"))


class Lid(VirtualClock):
    """A clock on a machine whose lid can be closed: the date goes on while nothing counts, or is set by hand."""

    def __init__(self) -> None:
        super().__init__(NOON)
        self.uncounted = 0.0

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=self.uncounted)

    def monotonic(self) -> float:
        return (super().now() - NOON).total_seconds()


class House:
    """A started engine whose housekeeping is done by hand; `wall` counts the real seconds it believes in."""

    def __init__(self, data_dir: Path, settings: Settings = UTC_SETTINGS) -> None:
        self.clock = Lid()
        self.wall = VirtualClock(NOON)
        self.engine = Engine(settings, "live", data_dir, Equipment(self.clock))
        self.engine._wall = self.wall  # type: ignore[assignment]
        self.events: list[EngineEvent] = []
        self.engine.listen(self.events.append)

    async def start(self) -> None:
        await self.engine.start()
        for task in self.engine._tasks:
            task.cancel()

    async def after(self, seconds: float = TOUCH_SECONDS) -> None:
        """That much later, one round."""
        self.clock.advance(seconds)
        self.wall.advance(seconds)
        await self.engine.keep_house()

    async def bet(self, key: str) -> Placed | NotPlaced:
        event = Event(f"nba-{key}", "basketball_nba", "NBA", NOON + timedelta(days=9), "Lakers", "Celtics")
        selection = Selection(LineKey(event.id, "h2h", OutcomeSet.TWO_WAY), "Lakers")
        return await self.engine.record_bet(
            RecordBet("main", event, selection, "fanduel", parse_any("+150"), 1_00, key, Origin.COMMAND, "test")
        )

    @property
    def warning(self) -> str:
        return self.engine.overview().warning

    @property
    def told(self) -> list[str]:
        return [event.notice.title for event in self.events if isinstance(event, Noticed)]


@asynccontextmanager
async def kept(data_dir: Path, settings: Settings = UTC_SETTINGS) -> AsyncIterator[House]:
    house = House(data_dir, settings)
    await house.start()
    try:
        yield house
    finally:
        await house.engine.stop()


# The file


async def test_a_deleted_ledger_is_noticed_within_a_minute_and_for_good(tmp_path: Path) -> None:
    async with kept(tmp_path) as house:
        await house.after()
        assert house.warning == ""
        (tmp_path / LEDGER_FILE).unlink()
        await house.after()
        assert "replaced or deleted" in house.warning
        refused = await house.bet("a")
        assert isinstance(refused, NotPlaced)
        assert refused.refusal.code is RefusalCode.READ_ONLY
        assert isinstance(house.events[-1], StatusChanged)
        await house.after()
        assert "replaced or deleted" in house.warning


async def test_a_use_case_that_finds_the_file_gone_raises_the_banner_at_once(tmp_path: Path) -> None:
    async with kept(tmp_path) as house:
        (tmp_path / LEDGER_FILE).rename(tmp_path / "elsewhere.db")
        with pytest.raises(LedgerError, match="moved, deleted or replaced"):
            await house.engine.deposit(Deposit("main", 100, "k", "me"))
        assert "replaced or deleted" in house.warning


async def test_what_the_ledger_cannot_keep_is_said_once_and_no_longer_asked_for(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with kept(tmp_path) as house:
        assert house.engine.lost == ""
        (tmp_path / LEDGER_FILE).rename(tmp_path / "elsewhere.db")
        for _ in range(5):
            await house.after(1)
        assert "replaced or deleted" in house.engine.lost
        (told,) = (record for record in caplog.records if record.levelname in ("WARNING", "ERROR"))
        assert "restart" in told.getMessage()
        assert told.exc_info is None
    assert len([record for record in caplog.records if record.levelname in ("WARNING", "ERROR")]) == 1


async def test_another_ledger_copied_over_the_open_file_stops_placing(tmp_path: Path) -> None:
    async with kept(tmp_path / "other") as other:
        await other.after()
    async with kept(tmp_path / "here") as house:
        await house.after()
        shutil.copyfile(tmp_path / "other" / LEDGER_FILE, tmp_path / "here" / LEDGER_FILE)
        await house.after()
        assert "copied over" in house.warning


async def test_an_older_copy_of_the_same_ledger_put_back_stops_placing(tmp_path: Path) -> None:
    async with kept(tmp_path) as house:
        await house.after()
        copy = tmp_path / "copy.db"
        await house.engine.ledger.backup(copy)
        await house.after()
        assert house.warning == ""
        shutil.copyfile(copy, tmp_path / LEDGER_FILE)
        await house.after()
        assert "copied over" in house.warning


async def test_books_that_do_not_add_up_stop_placing_at_the_start(tmp_path: Path) -> None:
    async with kept(tmp_path) as house:
        assert isinstance(await house.bet("a"), Placed)
    with sqlite3.connect(tmp_path / LEDGER_FILE) as connection:
        connection.execute("UPDATE ledger_accounts SET balance_minor = balance_minor + 1 WHERE kind = 'wallet'")
    connection.close()
    async with kept(tmp_path) as house:
        assert "does not add up" in house.warning
        assert "should be" in house.warning
        assert isinstance(await house.bet("b"), NotPlaced)


# The disk


def allow_pages(more: int | None) -> object:
    """Let the file grow by that many pages; by any number when None."""

    def work(connection: sqlite3.Connection) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {2**30 if more is None else pages + more}")

    return work


async def fill(house: House) -> int:
    """Bet until the disk is full; how many were accepted."""
    for accepted in itertools.count():
        try:
            assert isinstance(await house.bet(f"full-{accepted}"), Placed)
        except DiskRefused:
            return accepted
    raise AssertionError


async def test_on_a_full_disk_placing_rests_and_goes_on_when_there_is_room(tmp_path: Path) -> None:
    async with kept(tmp_path) as house:
        ledger = house.engine.ledger
        await ledger._database.submit(allow_pages(0), transaction=False)  # type: ignore[arg-type]
        accepted = await fill(house)
        assert "is full: nothing was written" in house.warning
        assert "placing rests" in house.warning
        refused = await house.bet("later")
        assert isinstance(refused, NotPlaced)
        assert "is full" in refused.refusal.message
        for _ in range(3):
            await house.after(10)
            assert "placing rests" in house.warning, "a probe that fails leaves it so"
        await ledger._database.submit(allow_pages(None), transaction=False)  # type: ignore[arg-type]
        await house.after(10)
        assert house.warning == ""
        assert isinstance(await house.bet("later"), Placed)
        assert house.engine.overview().open_bets == accepted + 1, "accepted is stored"
        assert (await ledger.verify()).ok


async def test_a_file_replaced_while_the_disk_was_full_does_not_come_back_with_the_room(tmp_path: Path) -> None:
    async with kept(tmp_path) as house:
        ledger = house.engine.ledger
        await ledger._database.submit(allow_pages(0), transaction=False)  # type: ignore[arg-type]
        await fill(house)
        (tmp_path / LEDGER_FILE).unlink()
        await ledger._database.submit(allow_pages(None), transaction=False)  # type: ignore[arg-type]
        for _ in range(3):
            await house.after()
        assert "replaced or deleted" in house.warning


async def test_an_engine_stops_in_order_on_a_full_disk_and_the_next_start_asks(tmp_path: Path) -> None:
    house = House(tmp_path)
    await house.start()
    await house.engine.ledger._database.submit(allow_pages(0), transaction=False)  # type: ignore[arg-type]
    (tmp_path / LEDGER_FILE).rename(tmp_path / "away.db")
    await house.engine.stop()
    (tmp_path / "away.db").rename(tmp_path / LEDGER_FILE)
    async with kept(tmp_path) as again:
        assert again.engine.recovery is not None


async def test_an_engine_that_starts_on_a_full_disk_shows_what_there_is_and_begins_its_run_when_it_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with kept(tmp_path) as house:
        assert isinstance(await house.bet("a"), Placed)
    full = [True]
    begin = Ledger.start_run

    async def refused(ledger: Ledger, version: str, now: datetime) -> RunRow:
        if full:
            raise DiskRefused("the disk is full")
        return await begin(ledger, version, now)

    monkeypatch.setattr(Ledger, "start_run", refused)
    async with kept(tmp_path) as house:
        assert house.engine.overview().open_bets == 1
        assert "placing rests" in house.warning
        await house.after()
        assert "placing rests" in house.warning
        full.clear()
        await house.after()
        assert house.warning == ""
        last = house.engine.ledger.last_run()
        assert last is not None
        assert last.ended_at is None
    assert not await broke_off(tmp_path)


async def broke_off(data_dir: Path) -> bool:
    ledger = await Ledger.open(data_dir / LEDGER_FILE, now=NOON)
    try:
        return ledger.broke_off()
    finally:
        await ledger.close()


# Timers


async def test_a_waiting_order_whose_time_is_up_gives_its_money_back_without_any_price(tmp_path: Path) -> None:
    async with kept(tmp_path) as house:
        event = Event("nba-1", "basketball_nba", "NBA", NOON + timedelta(days=9), "Lakers", "Celtics")
        selection = Selection(LineKey(event.id, "h2h", OutcomeSet.TWO_WAY), "Lakers")
        leg = Leg(selection, "fanduel", parse_any("+150"), seen_at=NOON, source="feed", stake_minor=1_00)
        until = NOON + timedelta(seconds=90)
        order = Place("main", (leg,), "k", Origin.APP, "me", work_until=until)
        assert isinstance(await house.engine.ledger.accept_order(order, [event], NOON), Working)
        await house.after(89)
        assert house.engine.overview().working_orders == 1
        house.events.clear()
        await house.after(1)
        assert house.engine.overview().working_orders == 0
        assert house.engine.overview().available_minor == house.engine.overview().bankroll_minor
        assert any(isinstance(event, LedgerChanged) for event in house.events)


# The lid and the clock


async def test_a_closed_lid_is_noticed_and_told_once(tmp_path: Path) -> None:
    async with kept(tmp_path) as house:
        await house.after(1)
        house.clock.uncounted += 8 * 3600
        await house.after(1)
        assert house.told == ["Asleep for 8 h"]
        for _ in range(5):
            await house.after(1)
        assert house.told == ["Asleep for 8 h"]


async def test_a_lid_closed_where_clocks_count_on_is_noticed_as_well(tmp_path: Path) -> None:
    async with kept(tmp_path) as house:
        await house.after(1)
        await house.after(2 * 3600)
        assert house.told == ["Asleep for 2 h"]


async def test_small_corrections_of_the_clock_are_nobodys_business(tmp_path: Path) -> None:
    async with kept(tmp_path) as house:
        await house.after(1)
        for correction in (-30, 40, -59, 59):
            house.clock.uncounted += correction
            await house.after(1)
        assert house.told == []


async def test_a_clock_set_back_is_told_and_the_run_goes_on(tmp_path: Path) -> None:
    async with kept(tmp_path) as house:
        await house.after()
        seen = house.engine.ledger.last_run()
        house.clock.uncounted -= 3600
        await house.after()
        assert house.told == ["The clock was set back by 1 h"]
        assert house.warning == ""
        now = house.engine.ledger.last_run()
        assert seen is not None
        assert now is not None
        assert now.seen_at == seen.seen_at, "what was seen is not unseen"
        assert not (tmp_path / "backups" / "ledger-2026-02-28.db").exists()


# The day


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


async def test_a_copy_at_the_first_start_of_a_day_and_at_each_change_of_day(tmp_path: Path) -> None:
    async with kept(tmp_path) as house:
        await house.after(1)
        assert names(tmp_path / "backups") == ["ledger-2026-03-01.db"]
        first = (tmp_path / "backups" / "ledger-2026-03-01.db").stat().st_mtime_ns
        for _ in range(3):
            await house.after(3600)
        assert (tmp_path / "backups" / "ledger-2026-03-01.db").stat().st_mtime_ns == first
        house.clock.uncounted += 15 * 3600
        await house.after()
        assert names(tmp_path / "backups") == ["ledger-2026-03-01.db", "ledger-2026-03-02.db"]
        house.clock.uncounted -= 15 * 3600
        await house.after()
        house.clock.uncounted += 15 * 3600
        await house.after()
        assert len(names(tmp_path / "backups")) == 2, "a clock that goes back and forth begins no day twice"
    async with kept(tmp_path) as house:
        await house.after(1)
        assert len(names(tmp_path / "backups")) == 2


async def test_a_loose_ledger_is_packed_once_its_copy_of_the_day_is_made(tmp_path: Path) -> None:
    async with kept(tmp_path):
        pass
    with sqlite3.connect(tmp_path / LEDGER_FILE) as connection:
        connection.execute("CREATE TABLE filler (content BLOB)")
        connection.executemany("INSERT INTO filler VALUES (?)", [(bytes(900),)] * 4_000)
    connection.execute("DROP TABLE filler")
    connection.commit()
    connection.close()
    loose = (tmp_path / LEDGER_FILE).stat().st_size
    async with kept(tmp_path) as house:
        await house.after(1)
        assert isinstance(await house.bet("a"), Placed)
    assert (tmp_path / LEDGER_FILE).stat().st_size < loose / 2
    assert (tmp_path / "backups" / "ledger-2026-03-01.db").exists()


async def test_a_copy_that_cannot_be_made_is_said_and_placing_goes_on(tmp_path: Path) -> None:
    (tmp_path / "backups").write_bytes(b"in the way")
    async with kept(tmp_path) as house:
        await house.after(1)
        assert "not backed up" in house.warning
        assert isinstance(await house.bet("a"), Placed)
        (tmp_path / "backups").unlink()
        await house.after()
        assert "not backed up" in house.warning, "it is tried once a day"
        house.clock.uncounted += 86_400
        await house.after()
        assert house.warning == ""
        assert names(tmp_path / "backups") == ["ledger-2026-03-02.db"]


async def test_nothing_is_copied_from_books_that_are_wrong(tmp_path: Path) -> None:
    async with kept(tmp_path):
        pass
    with sqlite3.connect(tmp_path / LEDGER_FILE) as connection:
        connection.execute("UPDATE ledger_accounts SET balance_minor = balance_minor + 1 WHERE kind = 'wallet'")
    connection.close()
    async with kept(tmp_path) as house:
        await house.after(1)
        assert names(tmp_path / "backups") == []


async def test_the_days_files_are_written_when_it_ends_for_every_account(tmp_path: Path) -> None:
    settings = msgspec.structs.replace(UTC_SETTINGS, storage=Storage(daily_files=True))
    async with kept(tmp_path, settings) as house:
        await house.engine.open_account(OpenAccount("Value only", "USD", 500_00, "UTC", "me"))
        assert isinstance(await house.bet("a"), Placed)
        await house.after()
        assert names(tmp_path / "days") == [], "the day goes on"
        house.clock.uncounted += 19 * 3600
        await house.after()
        assert names(tmp_path / "days") == [
            "2026-03-01-2-value-only-trades.csv", "2026-03-01-2-value-only.json", "2026-03-01-trades.csv",
            "2026-03-01.json",
        ]  # fmt: skip
        summary = json.loads((tmp_path / "days" / "2026-03-01.json").read_text())
        assert (summary["account"], summary["placed"]["bets"]) == ("main", 1)


async def test_days_that_ended_while_nothing_ran_are_written_at_the_next_start(tmp_path: Path) -> None:
    settings = msgspec.structs.replace(UTC_SETTINGS, storage=Storage(daily_files=True))
    async with kept(tmp_path, settings) as house:
        assert isinstance(await house.bet("a"), Placed)
    house = House(tmp_path, settings)
    house.clock.uncounted = 3 * 86_400
    await house.start()
    await house.engine.open_account(OpenAccount("new", "USD", 500_00, "UTC", "me"))
    await house.after(1)
    await house.engine.stop()
    days = [name for name in names(tmp_path / "days") if name.endswith(".json")]
    assert days == ["2026-03-01.json", "2026-03-02.json", "2026-03-03.json"]


async def test_without_the_setting_no_files_are_written(tmp_path: Path) -> None:
    async with kept(tmp_path) as house:
        house.clock.uncounted += 5 * 86_400
        await house.after()
        assert not (tmp_path / "days").exists()
