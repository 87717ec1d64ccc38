"""What a million archived quotes take on disk, and how long writing them holds the event loop.

Answers of all sports of a simulated market, one after the other as a day goes on, then single answers of 4 MB.
Run: python benchmarks/archive_size.py [quotes]
"""

from __future__ import annotations

import asyncio
import contextlib
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from betting_tui.engine.clocks import VirtualClock
from betting_tui.engine.core.ports import Answer, AnswerKind, OddsRequest
from betting_tui.engine.sources.simulated import SimulatedMarket, demo_settings
from betting_tui.engine.store import Archive

START = datetime(2030, 1, 5, 12, 0, tzinfo=UTC)
STEP = timedelta(minutes=5)
QUOTE = b'"price"'
LARGE_BYTES = 4_000_000
LARGE_ANSWERS = 30
MOST_MB = 45.0
MOST_MS = 5.0


class Probe:
    """A task that wants to run every millisecond, and how much later it did, in milliseconds."""

    def __init__(self) -> None:
        self.late: list[float] = []
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Probe:
        self._task = asyncio.create_task(self._tick())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def _tick(self) -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.001)
            self.late.append(1000 * (time.perf_counter() - before) - 1)

    def told(self) -> str:
        late = sorted(self.late)
        return f"p50 {statistics.median(late):.2f}, p99 {late[int(len(late) * 0.99)]:.2f}, p100 {late[-1]:.2f} ms"


def answer(body: bytes, sport: str, at: datetime) -> Answer:
    return Answer("the_odds_api", AnswerKind.ODDS, sport, body, at, markets=("h2h", "spreads", "totals"))


class Day:
    """One answer after the other, each sport in turn."""

    def __init__(self) -> None:
        self._settings = demo_settings()
        self._market = SimulatedMarket(1, START, self._settings, VirtualClock(START))
        self._asked = 0

    def next(self) -> Answer:
        round_, sport = divmod(self._asked, len(self._settings.sports))
        self._asked += 1
        at, key = START + round_ * STEP, self._settings.sports[sport]
        return answer(self._market.odds_body(key, at, OddsRequest(key)), key, at)


async def fill(path: Path, wanted: int) -> int:
    archive = await Archive.open(path)
    await archive.start_run("live", START)
    day, quotes = Day(), 0
    while quotes < wanted:
        each = day.next()
        quotes += each.body.count(QUOTE)
        await archive.append(each, each.received_at)
    await archive.close()
    return quotes


def large_answer(day: Day, number: int) -> Answer:
    """Like no other before: nothing of it is there already."""
    parts: list[bytes] = [b'{"number":%d}' % number]
    while sum(map(len, parts)) < LARGE_BYTES:
        parts.append(day.next().body.strip(b"[]"))
    return answer(b"[" + b",".join(part for part in parts if part) + b"]", "upcoming", START)


async def hold(path: Path) -> tuple[float, float]:
    """Longest hold of the loop while large answers are written, and of an idle loop for as long: both medians of
    the worst of each of several rounds, as the machine stalls by itself."""
    archive = await Archive.open(path, max_mb=20, max_days=90)
    await archive.start_run("live", START)
    day = Day()
    answers = [large_answer(day, number) for number in range(LARGE_ANSWERS)]
    size = sum(len(each.body) for each in answers) / len(answers) / 1e6
    worst: list[float] = []
    idle: list[float] = []
    calls: list[float] = []
    for each in answers:
        async with Probe() as probe:
            begin = time.perf_counter()
            written = archive.append(each, START)
            calls.append(1000 * (time.perf_counter() - begin))
            await written
            await archive.trim(START + timedelta(days=1))
            spent = time.perf_counter() - begin
        worst.append(max(probe.late))
        async with Probe() as probe:
            await asyncio.sleep(spent)
        idle.append(max(probe.late))
    await archive.close()
    print(f"{len(answers)} answers of {size:.1f} MB: the call itself {max(calls):.2f} ms at most")
    print(f"  loop held {statistics.median(worst):.2f} ms (median of each answer's worst), p100 {max(worst):.2f} ms")
    print(f"  idle loop {statistics.median(idle):.2f} ms, p100 {max(idle):.2f} ms")
    return statistics.median(worst), max(worst)


async def held_by_a_day(path: Path) -> None:
    archive = await Archive.open(path, max_mb=1, max_days=90)
    await archive.start_run("live", START)
    day = Day()
    answers = [day.next() for _ in range(600)]
    async with Probe() as probe:
        for each in answers:
            await archive.append(each, each.received_at)
    await archive.close()
    print(f"{len(answers)} ordinary answers with trimming: the loop came late by {probe.told()}")


def main() -> None:
    wanted = next((int(word) for word in sys.argv[1:] if word.isdigit()), 1_000_000)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "odds.db"
        begin = time.perf_counter()
        quotes = asyncio.run(fill(path, wanted))
        size = path.stat().st_size
        print(f"{quotes:,} quotes: {size / 1e6:.1f} MB, {size / quotes:.1f} bytes a quote")
        print(f"  made and written in {time.perf_counter() - begin:.0f} s; at most {MOST_MB:.0f} MB a million")
        asyncio.run(held_by_a_day(Path(folder) / "day.db"))
        held, _ = asyncio.run(hold(Path(folder) / "large.db"))
    if size / quotes > MOST_MB or held > MOST_MS:
        sys.exit("more than it may be")


if __name__ == "__main__":
    main()
