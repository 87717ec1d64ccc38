"""Screen 5 with 1,000 events at 40 bookmakers while prices change: first draw, key press to repaint, CPU, memory.

`python benchmarks/markets_screen.py [seconds]`, from the project's folder. The engine is real, the feed is a board fed
by hand, the terminal is Textual's headless driver: what is measured is everything but the terminal itself.
"""

from __future__ import annotations

import asyncio
import os
import random
import resource
import statistics
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from textual.events import Key

from betting_tui.app import BettingApp
from betting_tui.collector import put_off
from betting_tui.engine.board import Board
from betting_tui.engine.clocks import SystemClock
from betting_tui.engine.config import ApiKeys, Settings
from betting_tui.engine.core.decoded import DecodedOdds, EventQuotes
from betting_tui.engine.core.events import BoardChanged
from betting_tui.engine.core.model import Event, LineKey, OutcomeSet, Quote, Selection
from betting_tui.engine.core.odds import parse_any
from betting_tui.engine.engine import Engine
from betting_tui.engine.rooms import Equipment
from betting_tui.screens.markets import MarketsScreen

EVENTS, BOOKS, CHANGES_A_SECOND, BATCHES_A_SECOND = 1_000, 40, 1_000, 10
KEYS = ("down", "down", "right", "down", "pagedown", "left", "up", "pageup")


def memory_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


class Crowd:
    """Answers of a feed about all events, the same ones with a few prices moved each time."""

    def __init__(self, now: SystemClock) -> None:
        self._clock = now
        self._random = random.Random(7)
        self._prices = [parse_any(f"{1.4 + step / 100:.2f}") for step in range(200)]
        self._books = [*Settings().bookmakers.mine, *(f"book{number:02d}" for number in range(BOOKS))][:BOOKS]
        start = now.now() + timedelta(hours=2)
        self._events = [
            Event(f"ev{n:04d}", "basketball_nba", "NBA", start + timedelta(minutes=n), f"Hosts {n}", f"Visitors {n}")
            for n in range(EVENTS)
        ]
        self._quotes = {event.id: self._begun(event) for event in self._events}

    def _begun(self, event: Event) -> list[Quote]:
        line, now = LineKey(event.id, "h2h", OutcomeSet.TWO_WAY), self._clock.now()
        return [
            Quote(Selection(line, name or ""), book, self._prices[40 + self._random.randrange(20)], "bench", now, now)
            for book in self._books
            for name in (event.home_team, event.away_team)
        ]

    def all(self) -> DecodedOdds:
        return DecodedOdds(tuple(EventQuotes(event, tuple(self._quotes[event.id])) for event in self._events))

    def some(self, changes: int) -> DecodedOdds:
        """So many prices moved, ten in each of some events."""
        now, moved = self._clock.now(), []
        for event in self._random.sample(self._events, changes // 10):
            quotes = self._quotes[event.id]
            for at in self._random.sample(range(len(quotes)), 10):
                old = quotes[at]
                price = self._prices[40 + self._random.randrange(20)]
                quotes[at] = Quote(old.selection, old.bookmaker, price, "bench", now, now)
            moved.append(EventQuotes(event, tuple(quotes)))
        return DecodedOdds(tuple(moved))


async def feed(engine: Engine, crowd: Crowd) -> None:
    board = engine.board
    assert isinstance(board, Board)
    while True:
        board.apply(crowd.some(CHANGES_A_SECOND // BATCHES_A_SECOND), "bench")
        engine._publish(BoardChanged(engine.clock.now()))
        await asyncio.sleep(1 / BATCHES_A_SECOND)


async def measure(seconds: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings, clock = Settings(api_keys=ApiKeys(the_odds_api="none")), SystemClock()
        engine = Engine(settings, "live", Path(folder), Equipment(clock=clock))
        crowd = Crowd(clock)

        async def opened() -> Engine:
            return engine

        app = BettingApp(opened, settings=settings)
        async with app.run_test(size=(200, 60)) as pilot:
            while app.session.engine is None:
                await pilot.pause(0.01)
            idle = memory_mb()
            board = engine.board
            assert isinstance(board, Board)
            board.apply(crowd.all(), "bench")
            full = memory_mb()
            started = time.perf_counter()
            await app.action_mode("markets")
            first = await _painted(app, started)
            print(f"first draw of {EVENTS} events at {BOOKS} bookmakers: {first * 1000:.0f} ms")
            print(f"memory: {idle:.0f} MB, with the board {full:.0f} MB, drawn {memory_mb():.0f} MB")
            await pilot.pause(1)
            for label, fed in (("still", False), (f"{CHANGES_A_SECOND} changes a second", True)):
                task = asyncio.create_task(feed(engine, crowd)) if fed else None
                cpu, wall = time.process_time(), time.perf_counter()
                times = await _press_for(app, seconds)
                share = (time.process_time() - cpu) / (time.perf_counter() - wall)
                if task is not None:
                    task.cancel()
                print(f"{label}: {len(times)} keys, CPU {share * 100:.0f} %, memory {memory_mb():.0f} MB")
                print(f"  key to repaint, by the clock: {_told([each.wall for each in times])}")
                print(f"  the program's own part of it: {_told([each.cpu for each in times])}")


def _told(seconds: list[float]) -> str:
    cuts = statistics.quantiles(seconds, n=100)
    return ", ".join(f"p{part} {cuts[part - 1] * 1000:.1f}" for part in (50, 95, 99)) + " ms"


class Took(NamedTuple):
    """Seconds; `cpu` leaves out what other programs on the machine did meanwhile."""

    wall: float
    cpu: float


async def _painted(app: BettingApp, started: float) -> float:
    done = asyncio.Event()
    app.screen.call_after_refresh(done.set)
    await done.wait()
    return time.perf_counter() - started


async def _press_for(app: BettingApp, seconds: float) -> list[Took]:
    """From each key press to the repaint after it."""
    screen = app.screen
    assert isinstance(screen, MarketsScreen)
    times: list[Took] = []
    end = time.perf_counter() + seconds
    number = 0
    while time.perf_counter() < end:
        key = KEYS[number % len(KEYS)]
        number += 1
        started, cpu = time.perf_counter(), time.process_time()
        app.post_message(Key(key, None))
        moved = (screen.table.cursor_row and screen.table.cursor_row.id, screen.table.column_key)
        # The message is handled by the app, the screen and the table before anything is painted.
        for _ in range(200):
            await asyncio.sleep(0)
            if (screen.table.cursor_row and screen.table.cursor_row.id, screen.table.column_key) != moved:
                break
            await asyncio.sleep(0.0005)
        times.append(Took(await _painted(app, started), time.process_time() - cpu))
        await asyncio.sleep(0.05)
    return times


if __name__ == "__main__":
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # As the program itself does; the app takes it up after its first paint.
    put_off()
    asyncio.run(measure(float(sys.argv[1]) if len(sys.argv) > 1 else 20.0))
