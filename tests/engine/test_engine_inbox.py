"""The one door: in order, one at a time, times that never go back, and errors that reach their sender."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from betting_tui.engine.core.errors import BettingError, UsageError
from betting_tui.engine.inbox import Inbox
from betting_tui.engine.store.shapes import InboxEntry, TimerFired
from market_samples import NOW


class Hands:
    """A clock to be set at will, a handler and a recorder that keep what they see."""

    def __init__(self) -> None:
        self.at = NOW
        self.recorded: list[tuple[str, datetime]] = []
        self.handled: list[tuple[str, datetime]] = []
        self.inbox = Inbox(self, self.handle, self.record)

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return 0.0

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)

    def record(self, entry: InboxEntry, at: datetime) -> None:
        assert isinstance(entry, TimerFired)
        if entry.name == "no record":
            raise OSError("disk full")
        self.recorded.append((entry.name, at))

    async def handle(self, entry: InboxEntry, at: datetime) -> object:
        assert isinstance(entry, TimerFired)
        await asyncio.sleep(0)
        if entry.name == "bad":
            raise ValueError("no good")
        if entry.name == "cut":
            raise asyncio.CancelledError
        await asyncio.sleep(0)
        self.handled.append((entry.name, at))
        return entry.name.upper()

    async def ask(self, name: str) -> object:
        async with asyncio.timeout(5):
            return await self.inbox.ask(TimerFired(name))


async def test_entries_are_handled_in_order_each_to_its_end() -> None:
    hands = Hands()
    hands.inbox.start()
    answers = await asyncio.gather(*(hands.ask(name) for name in "abcdef"))
    assert answers == list("ABCDEF")
    assert [name for name, _ in hands.handled] == list("abcdef")
    assert hands.recorded == hands.handled
    await hands.inbox.stop()


async def test_times_never_go_back() -> None:
    hands = Hands()
    hands.inbox.start()
    for seconds in (0, 10, 5, -3600, 11):
        hands.at = NOW + timedelta(seconds=seconds)
        await hands.ask("x")
    assert [(at - NOW).total_seconds() for _, at in hands.handled] == [0, 10, 10, 10, 11]
    await hands.inbox.stop()


@pytest.mark.parametrize(("name", "error"), [("bad", ValueError), ("no record", OSError), ("cut", BettingError)])
async def test_an_error_reaches_the_sender_and_the_next_entry_is_handled(name: str, error: type[Exception]) -> None:
    """`cut`: something the handler waited for was cancelled, which must not end the loop for everybody."""
    hands = Hands()
    hands.inbox.start()
    with pytest.raises(error):
        await hands.ask(name)
    assert await hands.ask("a") == "A"
    await hands.inbox.stop()


async def test_what_could_not_be_recorded_is_not_handled() -> None:
    hands = Hands()
    hands.inbox.start()
    with pytest.raises(OSError, match="disk full"):
        await hands.ask("no record")
    await hands.inbox.stop()
    assert hands.handled == []


async def test_stopping_handles_what_was_put_in_and_refuses_what_comes_later() -> None:
    hands = Hands()
    hands.inbox.start()
    asked = [asyncio.create_task(hands.ask(name)) for name in "abc"]
    await asyncio.sleep(0)
    await hands.inbox.stop()
    assert await asyncio.gather(*asked) == list("ABC")
    with pytest.raises(UsageError, match="not running"):
        await hands.ask("late")
    assert [name for name, _ in hands.handled] == list("abc")


async def test_an_inbox_that_was_never_started_answers_at_once_that_it_does_not_run() -> None:
    with pytest.raises(UsageError, match="not running"):
        await Hands().ask("a")


async def test_starting_and_stopping_twice_is_fine() -> None:
    hands = Hands()
    for _ in range(2):
        hands.inbox.start()
        hands.inbox.start()
        assert await hands.ask("a") == "A"
        await hands.inbox.stop()
        await hands.inbox.stop()


async def test_a_sender_who_has_gone_does_not_stop_the_loop() -> None:
    hands = Hands()
    hands.inbox.start()
    for name in ("a", "bad"):
        impatient = asyncio.create_task(hands.ask(name))
        await asyncio.sleep(0)
        impatient.cancel()
        await asyncio.gather(impatient, return_exceptions=True)
    assert await hands.ask("b") == "B"
    await hands.inbox.stop()


async def test_a_replayed_entry_is_handled_at_its_own_time_and_not_recorded_again() -> None:
    hands = Hands()
    earlier = NOW - timedelta(days=3)
    assert await hands.inbox.replay(TimerFired("a"), earlier) == "A"
    assert hands.handled == [("a", earlier)]
    assert hands.recorded == []
