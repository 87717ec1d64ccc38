"""One channel: not too often, not in quiet hours, one message at a time, the rest together."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from betting_tui.engine.alerts import Outlet, QuietHours, outlet
from betting_tui.engine.alerts.pile import Pile
from betting_tui.engine.clocks import VirtualClock
from betting_tui.engine.core.ports import Notice, NoticeKind

EVENING = datetime(2026, 3, 1, 21, 59, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")
NIGHT = QuietHours.of("22:00-07:00", LONDON)


def value(number: int = 1) -> Notice:
    return Notice(NoticeKind.HIGH_VALUE, f"opportunity:{number}", f"Value {number}", "Home +150")


def settled(number: int = 1) -> Notice:
    return Notice(NoticeKind.BET_SETTLED, f"settled:{number}", f"BET-{number} won", "Home")


def arbitrage() -> Notice:
    return Notice(NoticeKind.ARBITRAGE, "opportunity:9", "Arbitrage +2.1 %", "", urgent=True)


SUMMARY = Notice(NoticeKind.DAILY_SUMMARY, "summary:1", "1 Mar: +45.50", "3 bets placed")


class Screen:
    """A channel that keeps what it was sent, as long as it works."""

    name = "screen"

    def __init__(self) -> None:
        self.shown: list[Notice] = []
        self.status = "ready"

    async def send(self, notice: Notice) -> bool:
        if self.status == "ready":
            self.shown.append(notice)
        return self.status == "ready"

    @property
    def titles(self) -> list[str]:
        return [notice.title for notice in self.shown]


class Slow(Screen):
    """A channel that takes its time for a message."""

    def __init__(self) -> None:
        super().__init__()
        self.answers = asyncio.Event()

    async def send(self, notice: Notice) -> bool:
        await self.answers.wait()
        return await super().send(notice)


class Raising(Screen):
    """A channel that breaks its promise never to raise."""

    async def send(self, notice: Notice) -> bool:
        raise OSError("no bus")


class Way:
    def __init__(self, screen: Screen | None = None, quiet: QuietHours | None = None, bound: float = 5.0) -> None:
        self.clock = VirtualClock(EVENING)
        self.screen = screen or Screen()
        self.trouble: list[str] = []
        kinds = set(NoticeKind) - {NoticeKind.BET_PLACED}
        self.outlet = Outlet(
            self.screen, self.clock, kinds, bound_seconds=bound, quiet=quiet, trouble=self.trouble.append
        )

    async def after(self, seconds: float, *notices: Notice) -> list[str]:
        """That much later something is offered, or nothing; what was shown until then."""
        self.clock.advance(seconds)
        if notices:
            self.outlet.offer(notices)
        else:
            self.outlet.flush()
        for _ in range(5):
            await asyncio.sleep(0)
        return self.screen.titles


async def test_seven_at_once_are_one_message() -> None:
    way = Way()
    assert await way.after(0, *map(value, range(7))) == ["7 new opportunities"]
    assert way.screen.shown[0].body == "Value 0 · Value 1 · Value 2 · …"


async def test_within_five_seconds_of_a_message_the_next_ones_are_piled_up() -> None:
    way = Way()
    assert await way.after(0, value(1)) == ["Value 1"]
    assert await way.after(1, value(2), value(3)) == ["Value 1"]
    assert await way.after(3.9, arbitrage()) == ["Value 1"]
    assert await way.after(0.1) == ["Value 1", "3 new opportunities"]
    assert way.screen.shown[-1].urgent
    assert await way.after(60) == ["Value 1", "3 new opportunities"]


async def test_what_is_held_back_is_not_overtaken() -> None:
    way = Way()
    await way.after(0, value(1))
    await way.after(1, value(2))
    assert await way.after(9, value(3)) == ["Value 1", "2 new opportunities"]


async def test_kinds_that_are_not_for_this_channel_are_left_out() -> None:
    way = Way()
    placed = Notice(NoticeKind.BET_PLACED, "placed:1", "BET-1 placed", "")
    assert await way.after(0, placed) == []
    assert await way.after(0, placed, value(1)) == ["Value 1"]


async def test_while_a_message_is_under_way_no_other_begins() -> None:
    slow = Slow()
    way = Way(slow)
    assert await way.after(0, value(1)) == []
    assert await way.after(100, value(2)) == []
    slow.answers.set()
    assert await way.after(0) == ["Value 1"]
    assert await way.after(0) == ["Value 1", "Value 2"]


async def test_quiet_hours_hold_everything_back_and_end_in_one_message() -> None:
    way = Way(quiet=NIGHT)
    assert await way.after(0, value(1)) == ["Value 1"]
    assert await way.after(60, value(2), arbitrage()) == ["Value 1"]
    assert await way.after(3600, settled(1), *map(value, range(3, 7))) == ["Value 1"]
    assert await way.after(8 * 3600 - 1) == ["Value 1"], "06:59:59"
    assert await way.after(1) == ["Value 1", "7 while you were away"]
    assert way.screen.shown[-1].body == "6 new opportunities · 1 settled bet"
    assert await way.after(10, value(8), value(9)) == ["Value 1", "7 while you were away", "2 new opportunities"]


async def test_a_days_summary_keeps_its_words_among_others() -> None:
    way = Way(quiet=NIGHT)
    await way.after(60, value(1), SUMMARY, settled(1))
    assert await way.after(9 * 3600) == ["3 while you were away"]
    assert way.screen.shown[0].body == ("1 Mar: +45.50: 3 bets placed · 1 new opportunity · 1 settled bet")


async def test_one_alone_keeps_its_own_words_after_quiet_hours() -> None:
    way = Way(quiet=NIGHT)
    await way.after(60, SUMMARY)
    assert await way.after(9 * 3600) == ["1 Mar: +45.50"]


async def test_a_channel_that_hangs_is_cut_off() -> None:
    way = Way(Slow(), bound=0.01)
    async with asyncio.timeout(5):
        await way.after(0, value(1))
        await way.outlet.close()
    assert len(way.trouble) == 1


async def test_at_the_end_a_message_under_way_is_not_waited_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outlet, "CLOSING_SECONDS", 0.01)
    way = Way(Slow(), bound=600)
    async with asyncio.timeout(5):
        await way.after(0, value(1))
        await way.outlet.close()
    assert way.screen.shown == []


async def test_a_channel_that_raises_is_logged_and_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    way = Way(Raising())
    with caplog.at_level(logging.ERROR):
        await way.after(0, value(1))
        await way.after(10, value(2))
    assert [record.args for record in caplog.records] == [("screen",), ("screen",)]


async def test_trouble_is_told_once_not_for_each_message() -> None:
    way = Way()
    way.screen.status = "it answers 500"
    for number in range(20):
        await way.after(60, value(number))
    assert way.trouble == ["it answers 500"]
    way.screen.status = "ready"
    await way.after(3600, value(21))
    way.screen.status = "it answers 502"
    await way.after(60, value(22))
    assert way.trouble == ["it answers 500", "it answers 502"]


@given(st.lists(st.sampled_from(list(NoticeKind)), min_size=1, max_size=60), st.booleans())
def test_a_pile_counts_everything_and_stays_small(kinds: list[NoticeKind], away: bool) -> None:
    pile = Pile()
    for number, kind in enumerate(kinds):
        pile.add(Notice(kind, str(number), f"title {number}", "body"))
    told = pile.together(away=away)
    assert len(pile) == len(kinds)
    assert len(pile.first) <= 3
    if len(kinds) > 1:
        counted = sum(int(word) for word in told.title.split() if word.isdecimal())
        assert counted == len(kinds)


@pytest.mark.parametrize(
    ("at", "held"),
    [("21:59:59", False), ("22:00:00", True), ("23:59:59", True), ("00:00:00", True), ("06:59:59", True),
     ("07:00:00", False)],
)  # fmt: skip
def test_quiet_hours_go_over_midnight_without_their_end(at: str, held: bool) -> None:
    hours, minutes, seconds = map(int, at.split(":"))
    assert NIGHT.hold(datetime(2026, 1, 15, hours, minutes, seconds, tzinfo=LONDON)) is held


def test_quiet_hours_within_a_day() -> None:
    noon = QuietHours.of("12:00 - 13:30", LONDON)
    times = [datetime(2026, 1, 15, 11, 45, tzinfo=LONDON) + timedelta(minutes=15 * step) for step in range(8)]
    assert [noon.hold(each) for each in times] == [False, True, True, True, True, True, True, False]


@pytest.mark.parametrize(
    ("at", "held"),
    [(datetime(2026, 3, 29, 5, 59, tzinfo=UTC), True), (datetime(2026, 3, 29, 6, 0, tzinfo=UTC), False),
     (datetime(2026, 10, 25, 6, 59, tzinfo=UTC), True), (datetime(2026, 10, 25, 7, 0, tzinfo=UTC), False)],
    ids=["spring, before", "spring, after", "autumn, before", "autumn, after"],
)  # fmt: skip
def test_quiet_hours_follow_the_wall_clock_when_it_is_changed(at: datetime, held: bool) -> None:
    assert NIGHT.hold(at) is held
