"""Three clocks behind one face."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta

import pytest

from betting_tui.engine.clocks import Alarm, ScaledClock, SystemClock, VirtualClock
from market_samples import NOW


def test_the_wall_clock_is_aware_and_utc() -> None:
    before = datetime.now(UTC)
    shown = SystemClock().now()
    assert before <= shown <= datetime.now(UTC)
    assert shown.tzinfo is UTC


async def test_no_clock_minds_a_wait_of_nothing_or_less() -> None:
    for clock in (SystemClock(), ScaledClock(NOW, 90), VirtualClock(NOW)):
        before = clock.monotonic()
        await clock.sleep(-5)
        await clock.sleep(0)
        assert clock.monotonic() >= before


async def test_a_faster_clock_runs_and_waits_by_its_speed() -> None:
    clock = ScaledClock(NOW, 10_000)
    assert NOW <= clock.now() < NOW + timedelta(hours=1)
    started = time.monotonic()
    before = clock.now()
    await clock.sleep(100)
    assert clock.now() - before >= timedelta(seconds=99)
    assert time.monotonic() - started < 1
    assert clock.monotonic() >= (before - NOW).total_seconds() + 99


async def test_a_virtual_clock_moves_only_when_told_or_waited_on() -> None:
    clock = VirtualClock(NOW)
    assert (clock.now(), clock.now(), clock.monotonic()) == (NOW, NOW, 0.0)
    await clock.sleep(90)
    clock.advance(10)
    assert clock.now() == NOW + timedelta(seconds=100)
    clock.set(NOW + timedelta(hours=1))
    assert clock.monotonic() == 3600


async def test_the_shortest_wait_moves_a_virtual_clock() -> None:
    clock = VirtualClock(NOW)
    await clock.sleep(1e-12)
    assert NOW < clock.now() <= NOW + timedelta(microseconds=1)
    await clock.sleep(0)
    assert clock.now() <= NOW + timedelta(microseconds=1)


async def test_waiting_on_a_virtual_clock_lets_others_work() -> None:
    clock = VirtualClock(NOW)
    worked: list[datetime] = []

    async def other() -> None:
        worked.append(clock.now())

    task = asyncio.create_task(other())
    await clock.sleep(3600)
    assert worked == [NOW + timedelta(hours=1)]
    await task


def test_a_virtual_clock_does_not_go_back() -> None:
    clock = VirtualClock(NOW)
    clock.set(NOW)
    with pytest.raises(ValueError, match="cannot go back"):
        clock.set(NOW - timedelta(microseconds=1))
    with pytest.raises(ValueError, match="cannot go back"):
        clock.advance(-1)
    assert clock.now() == NOW


class Still(VirtualClock):
    """Waiting on it ends only when it is said so."""

    async def sleep(self, seconds: float) -> None:
        del seconds
        await asyncio.Event().wait()


async def test_an_alarm_waits_like_its_clock() -> None:
    clock = VirtualClock(NOW)
    alarm = Alarm(clock)
    assert alarm.left_seconds == 0
    await alarm.wait(90)
    assert clock.monotonic() == 90
    await alarm.wait(-5)
    assert (clock.monotonic(), alarm.left_seconds) == (90, 0)


async def test_an_alarm_rings_when_more_has_passed_than_was_left_and_waits_on_for_the_rest() -> None:
    alarm = Alarm(Still(NOW))
    waiting = asyncio.create_task(alarm.wait(300))
    await asyncio.sleep(0)
    alarm.skip(100)
    assert alarm.left_seconds == 200
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not waiting.done()
    alarm.skip(28_800)
    await waiting
    assert alarm.left_seconds == 0


async def test_time_that_went_back_or_a_wait_that_is_over_changes_no_alarm() -> None:
    alarm = Alarm(Still(NOW))
    alarm.skip(500)
    waiting = asyncio.create_task(alarm.wait(300))
    await asyncio.sleep(0)
    alarm.skip(-3_600)
    alarm.skip(0)
    assert alarm.left_seconds == 300
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    before = asyncio.all_tasks()
    assert before == {asyncio.current_task()}
