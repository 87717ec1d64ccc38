"""What the archive keeps and for how long: by age, by size, and what a recording has as long as there is room."""

from __future__ import annotations

import asyncio
import logging
import random
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from store_samples import NOW, minutes
from test_store_archive import answer

from betting_tui.engine.core.commands import Arm, CancelBet, Command, OpenAccount, Pause, UseAccount
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.store import Archive, TimerFired, archive_trim
from betting_tui.engine.store.archive_trim import Limits, trim_step

DAY = timedelta(days=1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "odds.db"


async def fill(archive: Archive, count: int, *, first_day: int = 0, size: int = 20) -> None:
    """An answer a day."""
    noise = random.Random(first_day)
    for day in range(first_day, first_day + count):
        await archive.append(answer(noise.randbytes(size)), NOW + day * DAY)


def seqs(archive: Archive) -> list[int]:
    return [each.seq for each in archive.read()]


# Age


async def some_more(archive: Archive, day: int) -> None:
    """What is trimmed beside has had its turn when the second of these is on disk."""
    for number in range(2):
        await archive.append(TimerFired(str(number)), NOW + day * DAY)


async def test_entries_older_than_their_days_go_when_a_run_starts_and_now_and_then_while_appending(path: Path) -> None:
    archive = await Archive.open(path, max_days=10)
    await archive.start_run("live", NOW)
    await fill(archive, 30)
    assert seqs(archive) == list(range(1, 31))
    await archive.close()

    again = await Archive.open(path, max_days=10)
    await again.start_run("live", NOW + 30 * DAY)
    await some_more(again, 30)
    assert seqs(again) == list(range(21, 33))
    for _ in range(50):
        await some_more(again, 50)
    assert seqs(again) == list(range(33, 133))
    await again.close()


async def test_runs_that_left_nothing_behind_are_forgotten_with_age_and_numbers_go_on(path: Path) -> None:
    archive = await Archive.open(path, max_days=10)
    for day in range(4):
        await archive.start_run("live", NOW + day * DAY)
    run = await archive.start_run("live", NOW + 4 * DAY)
    await archive.append(TimerFired("kept"), NOW + 30 * DAY)
    newest = await archive.start_run("live", NOW + 30 * DAY)
    await archive.trim(NOW + 30 * DAY)
    assert [each.id for each in archive.runs()] == [run.id, newest.id]
    assert (await archive.start_run("live", NOW + 31 * DAY)).id == newest.id + 1
    await archive.close()


async def test_a_recording_has_no_age(path: Path) -> None:
    archive = await Archive.open(path, max_days=10)
    await archive.start_run("live", NOW)
    await fill(archive, 3)
    await archive.start_recording("week", NOW)
    await fill(archive, 4, first_day=3)
    await archive.stop_recording(None, NOW)
    await fill(archive, 3, first_day=7)
    await archive.trim(NOW + 100 * DAY)
    assert seqs(archive) == [4, 5, 6, 7]
    await archive.delete_recording("WEEK")
    await archive.trim(NOW + 100 * DAY)
    assert seqs(archive) == []
    await archive.close()


# Size


async def test_beyond_its_size_what_has_no_name_goes_first(path: Path) -> None:
    archive = await Archive.open(path, max_mb=1)
    await archive.start_run("live", NOW)
    await archive.start_recording("first", NOW)
    await fill(archive, 10, size=50_000)
    await archive.stop_recording("first", NOW)
    await fill(archive, 30, first_day=10, size=50_000)
    await archive.trim(NOW)
    left = seqs(archive)
    assert left[:10] == list(range(1, 11))
    assert left[10:] == list(range(left[10], 41))
    assert left[10] > 20
    assert archive.size_bytes <= 1_100_000
    await archive.close()


async def test_a_recording_larger_than_the_archive_loses_its_oldest_and_says_so(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    archive = await Archive.open(path, max_mb=1)
    await archive.start_run("live", NOW)
    await archive.start_recording("all", NOW)
    with caplog.at_level(logging.WARNING):
        await fill(archive, 40, size=50_000)
        await archive.trim(NOW)
    left = seqs(archive)
    assert left[0] > 1
    assert left == list(range(left[0], 41))
    (row,) = archive.recordings()
    assert row.recording.lost == left[0] - 1
    assert row.entries == len(left)
    assert "record delete" in caplog.text
    await archive.close()


def test_a_step_is_bounded_and_the_space_is_given_back(path: Path) -> None:
    async def make() -> None:
        archive = await Archive.open(path)
        await archive.start_run("live", NOW)
        await fill(archive, 20, size=300_000)
        await archive.close()

    asyncio.run(make())
    before = path.stat().st_size
    with sqlite3.connect(path, isolation_level=None) as conn:
        conn.row_factory = sqlite3.Row
        steps = []
        while True:
            conn.execute("BEGIN")
            steps.append(trim_step(conn, Limits(max_age=5 * DAY), NOW + 100 * DAY, None))
            conn.execute("COMMIT")
            if not steps[-1].more:
                break
    conn.close()
    assert sum(step.entries for step in steps) == 20
    assert max(step.entries for step in steps) * 300_000 <= archive_trim._BYTES + 300_000
    assert path.stat().st_size < before / 25


# Recordings


async def test_a_recording_is_a_stretch_of_all_runs_from_its_start_to_its_end(path: Path) -> None:
    archive = await Archive.open(path)
    started = await archive.start_recording("before anything", NOW)
    assert (started.first_seq, started.running) == (1, True)
    await archive.start_run("live", NOW)
    await archive.append(answer(b"[1]"), minutes(1))
    await archive.start_run("live", minutes(2))
    await archive.append(answer(b"[2]", sport_key="nhl", source="football_data"), minutes(3))
    ended = await archive.stop_recording(None, minutes(4))
    await archive.append(answer(b"[3]"), minutes(5))
    (row,) = archive.recordings()
    assert row.recording == ended
    assert (ended.first_seq, ended.last_seq) == (1, 2)
    assert (row.entries, row.answers, row.sports, row.feeds) == (
        2,
        2,
        ("basketball_nba", "nhl"),
        ("football_data", "the_odds_api"),
    )
    assert (row.first_at, row.last_at) == (minutes(1), minutes(3))
    assert row.size_bytes > 0
    await archive.close()


async def test_a_recording_with_nothing_in_it_is_one(path: Path) -> None:
    archive = await Archive.open(path)
    await archive.start_recording("nothing", NOW)
    ended = await archive.stop_recording("nothing", minutes(1))
    assert ended.last_seq == 0
    assert archive.recordings()[0].entries == 0
    await archive.close()


async def test_names_are_told_apart_by_letters_not_by_case(path: Path) -> None:
    archive = await Archive.open(path)
    await archive.start_recording("Début", NOW)
    with pytest.raises(UsageError, match="running already: stop it"):
        await archive.start_recording("DÉBUT", NOW)
    await archive.stop_recording("début", minutes(1))
    with pytest.raises(UsageError, match="record delete"):
        await archive.start_recording("début", NOW)
    with pytest.raises(UsageError, match="ended already"):
        await archive.stop_recording("début", minutes(2))
    with pytest.raises(UsageError, match="no recording is running"):
        await archive.stop_recording(None, NOW)
    with pytest.raises(UsageError, match="there are Début"):
        archive.recording("other")
    await archive.start_recording("one", NOW)
    await archive.start_recording("two", NOW)
    with pytest.raises(UsageError, match=r"name the one to stop \(one, two\)"):
        await archive.stop_recording(None, NOW)
    assert (await archive.delete_recording("Début")).name == "Début"
    await archive.close()


async def test_what_was_armed_paused_and_opened_before_is_kept_with_it(path: Path) -> None:
    archive = await Archive.open(path)
    first = await archive.start_run("live", NOW)
    opened = OpenAccount("second", "USD", 5_000, "UTC", "me")
    commands: tuple[Command, ...] = (
        opened, UseAccount("main", "me"), Arm("value_betting", True, "me"), Arm("arbitrage", True, "me"),
        Arm("value_betting", False, "me"), Pause(True, "me"), CancelBet("BET-000001", "me"), UseAccount("second", "me"),
    )  # fmt: skip
    for number, command in enumerate(commands):
        await archive.append(command, minutes(number))
    recording = await archive.start_recording("later", minutes(20))
    assert [(each.run_id, each.command) for each in recording.standing] == [
        (first.id, opened),
        (first.id, Arm("arbitrage", True, "me")),
        (first.id, Pause(True, "me")),
        (first.id, UseAccount("second", "me")),
    ]
    assert archive.recording("later") == recording
    await archive.close()


async def test_another_process_marks_a_stretch_while_one_writes(path: Path) -> None:
    writing = await Archive.open(path)
    await writing.start_run("live", NOW)
    await writing.append(TimerFired("a"), NOW)
    marking = await Archive.open(path)
    await marking.start_recording("beside", NOW)
    await writing.append(TimerFired("b"), NOW)
    await marking.stop_recording(None, NOW)
    await marking.close()
    await writing.append(TimerFired("c"), NOW)
    recording = writing.recording("beside")
    assert (recording.first_seq, recording.last_seq) == (2, 2)
    await writing.close()
