"""Clocks set back and forth, nights when summer time begins and ends, a closed lid: no poll too many, no bet on a
started game, nothing settled twice, limits renewed once a betting day."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from fault_table import Figures
from msgspec import Struct
from slate import SPORT, Slate, WrongClock, games, opportunity_on

from betting_tui.engine.config import PaperTrading, Settings
from betting_tui.engine.config.tree import Execution, Risk, Ui
from betting_tui.engine.core.bet_views import BetRow, NotPlaced, Placed
from betting_tui.engine.core.commands import Place
from betting_tui.engine.core.model import BetState, EntryKind, Event, Origin
from betting_tui.engine.engine import Engine
from betting_tui.engine.feeds.wiring import PollPlan, guarded
from betting_tui.engine.rooms import Equipment
from betting_tui.engine.store import BetFilter

pytestmark = pytest.mark.faults
NEW_YORK = ZoneInfo("America/New_York")
DAY_STARTS_AT = timedelta(hours=6)
STAKE = 10_000
BETS_A_DAY = 5
NOON = datetime(2026, 4, 18, 12, tzinfo=UTC)
# Summer time began on 8 March 2026 and ends on 1 November 2026 there.
BEFORE_SPRING = datetime(2026, 3, 7, 12, tzinfo=NEW_YORK).astimezone(UTC)
BEFORE_AUTUMN = datetime(2026, 10, 31, 12, tzinfo=NEW_YORK).astimezone(UTC)


class Night(Struct):
    """One engine, its feed, and what was done at which true time."""

    clock: WrongClock
    feed: Slate
    engine: Engine
    slate: tuple[Event, ...]
    poll_seconds: float
    placed: list[tuple[BetRow, datetime]]
    refused: Counter[str]
    ahead: timedelta = timedelta(hours=1)
    try_every: int = 4

    async def try_to_bet(self) -> None:
        """On every game that begins soon enough or began within the last hour, as if it were still open."""
        for event in self.slate:
            if not -timedelta(hours=1) <= event.commence_time - self.clock.true <= self.ahead:
                continue
            found = opportunity_on(event, STAKE, self.clock.now())
            key = f"{event.id} {len(self.placed)} {self.refused.total()}"
            outcome = await self.engine.place(Place("main", found.legs, key, Origin.COMMAND, "night", found))
            match outcome:
                case Placed():
                    self.placed.append((outcome.bets[0], self.clock.true))
                case NotPlaced():
                    self.refused[outcome.refusal.code.value] += 1
                case _:
                    raise TypeError(type(outcome).__name__)

    def started(self) -> list[str]:
        """Bets on games that had begun by the true time."""
        return [bet.id for bet, true in self.placed if bet.event.commence_time <= true]

    def double_polls(self) -> int:
        """Polls that neither the hands of the clock nor the time that passed since the last one called for."""
        step = self.poll_seconds
        return sum(
            passed - before < step and abs((shown - earlier).total_seconds()) < step
            for (before, earlier), (passed, shown) in pairwise(self.feed.asked_at)
        )

    def settlements(self) -> Counter[str]:
        """How often each bet was paid: every home side wins, so that a second settlement would be a second payout."""
        page = self.engine.ledger_page(10_000)
        return Counter(str(row.bet_id) for row in page.rows if row.kind is EntryKind.BET_PAYOUT)

    def days(self) -> Counter[object]:
        """Accepted bets by betting day of the account's zone, worked out from local wall time."""
        return Counter(
            (bet.placed_at.astimezone(NEW_YORK).replace(tzinfo=None) - DAY_STARTS_AT).date() for bet, _ in self.placed
        )


@asynccontextmanager
async def night_of(
    tmp_path: Path, clock: WrongClock, hours: float, *, poll_seconds: float = 600.0, daily_bets: int | None = None
) -> AsyncIterator[Night]:
    slate = games(int(hours * 3), clock.true + timedelta(minutes=10), timedelta(minutes=20))
    feed = Slate(clock, slate)
    limit = None if daily_bets is None else Decimal(daily_bets * STAKE // 100)
    settings = Settings(
        paper_trading=PaperTrading(starting_bankroll=Decimal(1_000_000)),
        risk=Risk(risk_tolerance="none", daily_bet_limit=limit),
        ui=Ui(time_zone="America/New_York"),
        execution=Execution(verify="never"),
    )
    plan = PollPlan((SPORT,), ("h2h",), (), poll_seconds, 1800.0)
    engine = Engine(settings, "demo", tmp_path / "data", Equipment(clock, (guarded(feed, plan, clock),)))
    await engine.start(polling=False)
    yield Night(clock, feed, engine, slate, poll_seconds, [], Counter())
    await engine.stop()


async def live_through(night: Night, hours: float, at: dict[int, Callable[[], None]]) -> None:
    """The engine's own loop polls; at each step it keeps house and bets are tried, by the half hour results come."""
    steps, each = 0, night.clock.step_seconds

    async def each_step() -> None:
        nonlocal steps
        steps += 1
        if steps in at:
            at[steps]()
        await night.engine.keep_house()
        if steps % night.try_every == 1:
            await night.try_to_bet()
        if steps * each % 1800 == 0:
            await night.engine.fetch_results()
        if steps * each >= hours * 3600:
            raise asyncio.CancelledError

    night.clock.each_step = each_step
    with pytest.raises(asyncio.CancelledError):
        await night.engine._feeds.odds.loop()


def set_clock(night: Night, **by: float) -> Callable[[], None]:
    def turn_the_hands() -> None:
        night.clock.off += timedelta(**by)

    return turn_the_hands


JUMPS: dict[str, Callable[[Night], dict[int, Callable[[], None]]]] = {
    "set back an hour": lambda night: {125: set_clock(night, hours=-1), 245: set_clock(night, hours=1)},
    "set forward a day": lambda night: {125: set_clock(night, days=1), 245: set_clock(night, days=-1)},
    "asleep for 8 hours": lambda night: {125: lambda: night.clock.suspend(8)},
}


@pytest.mark.parametrize("what", JUMPS)
async def test_a_clock_that_jumps(tmp_path: Path, figure: Figures, what: str) -> None:
    async with night_of(tmp_path, WrongClock(NOON), 16) as night:
        await live_through(night, 6, JUMPS[what](night))
        settled = night.settlements()
        bets = night.engine.ledger.bets(BetFilter())
        problems = (await night.engine.ledger.verify()).problems
        figure(
            f"a clock {what}",
            "no double poll, no bet on a started game, no settlement twice",
            f"{len(night.feed.asked_at)} polls, {night.double_polls()} double; {len(bets)} bets,"
            f" {len(night.started())} on started games; {settled.total()} settlements of {len(settled)} bets",
        )
    assert night.double_polls() == 0
    assert night.started() == []
    assert len(night.placed) == len(bets) >= 9
    assert set(settled.values()) == {1}
    assert len(settled) == sum(bet.state is BetState.SETTLED for bet in bets) > 3
    assert problems == ()


async def test_a_clock_set_back_between_two_rare_polls(tmp_path: Path, figure: Figures) -> None:
    """Nothing but the hands themselves tells that prices seen before have aged."""
    async with night_of(tmp_path, WrongClock(NOON), 6, poll_seconds=3 * 3600.0) as night:
        night.ahead = timedelta(0)
        await live_through(night, 5, {2: set_clock(night, hours=-1)})
        figure(
            "a clock set back an hour, polled every 3 hours",
            "no bet on a started game",
            f"{night.refused.total()} tries, {len(night.started())} bets on started games",
        )
    assert night.started() == []
    assert night.refused.total() > 20
    assert night.double_polls() == 0


@pytest.mark.parametrize("start", [BEFORE_SPRING, BEFORE_AUTUMN], ids=["begins", "ends"])
async def test_the_night_when_summer_time(tmp_path: Path, figure: Figures, start: datetime) -> None:
    """Limits are renewed at 06:00 of the account's zone, once a day, though one has 23 hours and another 25."""
    async with night_of(tmp_path, WrongClock(start, step_seconds=300.0), 46, daily_bets=BETS_A_DAY) as night:
        night.try_every = 12
        await live_through(night, 46, {})
        settled = night.settlements()
        days = night.days()
        figure(
            f"the night when summer time {'begins' if start is BEFORE_SPRING else 'ends'}",
            f"limits renewed once a day: {BETS_A_DAY} bets each",
            f"{', '.join(map(str, days.values()))} bets on {len(days)} days; {night.double_polls()} double polls,"
            f" {len(night.started())} bets on started games",
        )
    assert list(days.values()) == [BETS_A_DAY] * 3
    assert night.double_polls() == 0
    assert night.started() == []
    assert set(settled.values()) == {1}
