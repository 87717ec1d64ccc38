"""Ten thousand opportunities and a thousand price changes a second in the real app: how long a key press waits until
its row is drawn, how long one piece of work holds the loop, what all takes of a core, and whether memory grows.

Run: python benchmarks/live_table.py [SECONDS] [CHANGES_A_SECOND]
A third of the time nobody presses a key, then one is pressed some six times a second. A run of 600 seconds is the one
the promise of flat memory is about. The prices are made in a process of their own, which is not counted.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from betting_tui.app import BettingApp
from betting_tui.collector import put_off
from betting_tui.engine.clocks import SystemClock
from betting_tui.engine.config import Settings
from betting_tui.engine.core.ports import Answer, AnswerKind
from betting_tui.engine.engine import Engine
from betting_tui.engine.rooms import Equipment
from betting_tui.engine.sources.recorded import RecordedFiles
from terminal_run import TerminalRun, memory_folder, warm_environment

_EVENTS, _BOOKS = 3_400, "pinnacle fanduel draftkings betmgm betrivers".split()
_BATCHES_A_SECOND, _CHANGES_AN_EVENT = 10, 5
_SPORT = "basketball_nba"
_P99_MS, _CPU_SHARE, _SETTLE_SECONDS = 60.0, 0.40, 15.0
_KEY_SECONDS, _LOOK_SECONDS = 0.15, 1.0
_LENGTH_BYTES, _PIPE_BYTES = 4, 1 << 22
_HELD_FILE, _HELD_MS, _STEPS_A_SECOND = "held", 15.0, 10_000
_CURSOR_DOWN, _CURSOR_MARK = "\x1b[B", "▌"


class Prices:
    """Every price there is, in American odds: of each line one book pays some cents more on one side than the others,
    which is an opportunity and no arbitrage."""

    def __init__(self, seed: int, now: datetime) -> None:
        self._dice = random.Random(seed)
        self._start = now + timedelta(hours=20)
        self._cents = [[[-110] * 6 for _ in _BOOKS] for _ in range(_EVENTS)]
        self._best = [[(self._dice.randrange(len(_BOOKS)), 2 * line) for line in range(3)] for _ in range(_EVENTS)]
        for event in range(_EVENTS):
            for book, side in self._best[event]:
                self._cents[event][book][side] = -102

    def move(self, event: int, changes: int) -> None:
        """Change so many prices of one event."""
        for _ in range(changes):
            book, side = self._dice.randrange(len(_BOOKS)), self._dice.randrange(6)
            some = range(-104, -100) if (book, side) in self._best[event] else range(-112, -108)
            old = self._cents[event][book][side]
            self._cents[event][book][side] = self._dice.choice([cents for cents in some if cents != old])

    def body(self, events: Sequence[int], now: datetime) -> bytes:
        return json.dumps([self._event(number, now) for number in events]).encode()

    def _event(self, number: int, now: datetime) -> dict[str, object]:
        home, away = f"Home {number:04}", f"Away {number:04}"
        at = now.strftime("%Y-%m-%dT%H:%M:%SZ")
        books = [
            {
                "key": book,
                "title": book,
                "last_update": at,
                "markets": [
                    {"key": "h2h", "outcomes": [{"name": home, "price": p[0]}, {"name": away, "price": p[1]}]},
                    {
                        "key": "spreads",
                        "outcomes": [
                            {"name": home, "price": p[2], "point": -3.5},
                            {"name": away, "price": p[3], "point": 3.5},
                        ],
                    },
                    {
                        "key": "totals",
                        "outcomes": [
                            {"name": "Over", "price": p[4], "point": 220.5},
                            {"name": "Under", "price": p[5], "point": 220.5},
                        ],
                    },
                ],
            }
            for book, p in zip(_BOOKS, self._cents[number], strict=True)
        ]
        start = (self._start + timedelta(minutes=number)).strftime("%Y-%m-%dT%H:%M:%SZ")
        return {
            "id": f"event{number:05}",
            "sport_key": _SPORT,
            "sport_title": "NBA",
            "commence_time": start,
            "home_team": home,
            "away_team": away,
            "bookmakers": books,
        }


def feed(changes_a_second: int) -> None:
    """What a feed sends, written to the standard output as time goes on: all there is once, then what changes."""
    clock, dice = SystemClock(), random.Random(2)
    prices = Prices(1, clock.now())

    def send(events: Sequence[int]) -> None:
        body = prices.body(events, clock.now())
        sys.stdout.buffer.write(len(body).to_bytes(_LENGTH_BYTES, "big") + body)
        sys.stdout.buffer.flush()

    for first in range(0, _EVENTS, 100):
        send(range(first, min(_EVENTS, first + 100)))
    # Every event is heard of again in time, as a feed repeats what stands: prices of five minutes ago count no more.
    an_event = max(1, round(changes_a_second / _BATCHES_A_SECOND / _CHANGES_AN_EVENT))
    due, again = time.monotonic(), 0
    while changes_a_second:
        due += 1 / _BATCHES_A_SECOND
        chosen = dice.sample(range(_EVENTS), an_event)
        for event in chosen:
            prices.move(event, _CHANGES_AN_EVENT)
        send([*chosen, again])
        again = (again + 1) % _EVENTS
        time.sleep(max(0.0, due - time.monotonic()))
    while True:
        time.sleep(60)


async def hear_prices(engine: Engine, changes_a_second: int, held: HeldLoop) -> None:
    """Hand the engine what the feed sends, through the door every answer takes."""
    clock = SystemClock()
    process = await asyncio.create_subprocess_exec(
        sys.executable, __file__, "feed", str(changes_a_second), stdout=asyncio.subprocess.PIPE, limit=_PIPE_BYTES
    )
    assert process.stdout is not None
    try:
        while True:
            length = int.from_bytes(await process.stdout.readexactly(_LENGTH_BYTES), "big")
            body = await process.stdout.readexactly(length)
            await engine._ask(Answer("recorded", AnswerKind.ODDS, _SPORT, body, clock.now()))
            held.answers += 1
    except asyncio.IncompleteReadError:
        return
    finally:
        with suppress(ProcessLookupError):
            process.kill()


class HeldLoop:
    """How long each piece of work held the event loop, in seconds of its thread's processor time: counted in steps,
    for what this keeps itself must not grow. `answers` is how many were taken meanwhile."""

    def __init__(self) -> None:
        self._counts: Counter[int] = Counter()
        self._since = time.monotonic()
        self.answers = 0

    def begin(self) -> None:
        run = asyncio.events.Handle._run

        def timed(handle: asyncio.events.Handle) -> None:
            begin = time.thread_time()
            run(handle)
            self._counts[int((time.thread_time() - begin) * _STEPS_A_SECOND)] += 1

        asyncio.events.Handle._run = timed  # type: ignore[method-assign,assignment]

    def forget(self) -> None:
        """Count from now on: what starting takes is told elsewhere."""
        self._counts.clear()
        self._since, self.answers = time.monotonic(), 0

    def told(self) -> str:
        total = self._counts.total()
        long = sum(count for step, count in self._counts.items() if _in_ms(step) > _HELD_MS)
        longest = _in_ms(max(self._counts, default=0))
        return (
            f"p99 {self._quantile(0.99):.1f}  p99.9 {self._quantile(0.999):.1f}  longest {longest:.1f} ms"
            f"   {long} of {total:,} above {_HELD_MS:.0f} ms\n"
            f"answers taken            {self.answers / (time.monotonic() - self._since):.1f} a second"
            f" of {_BATCHES_A_SECOND}: with fewer, the machine had no time for all of them"
        )

    def _quantile(self, share: float) -> float:
        """In milliseconds, to a tenth."""
        left = share * self._counts.total()
        for step in sorted(self._counts):
            left -= self._counts[step]
            if left <= 0:
                return _in_ms(step)
        return 0.0


def _in_ms(step: int) -> float:
    return 1000 * step / _STEPS_A_SECOND


def run_app(folder: Path, changes_a_second: int) -> None:
    put_off()
    held = HeldLoop()
    held.begin()
    clock = SystemClock()
    engine = Engine(Settings(), "demo", folder, Equipment(clock, decoders=(RecordedFiles(),)))
    hearing: list[asyncio.Task[None]] = []

    async def opened() -> Engine:
        async def when_started() -> None:
            await asyncio.sleep(1.0)
            asyncio.get_running_loop().call_later(_SETTLE_SECONDS, held.forget)
            await hear_prices(engine, changes_a_second, held)

        hearing.append(asyncio.create_task(when_started()))
        return engine

    BettingApp(opened).run()
    (folder / _HELD_FILE).write_text(held.told())


def measure(seconds: float, changes_a_second: int) -> bool:
    with tempfile.TemporaryDirectory(dir=memory_folder()) as folder:
        command = [sys.executable, __file__, "app", folder, str(changes_a_second)]
        with TerminalRun(command, warm_environment()) as run:
            run.await_text("with an edge", "10,", seconds=60.0)
            run.rest(_SETTLE_SECONDS)
            kept = watch(run, seconds)
        held = Path(folder, _HELD_FILE)
        print(f"the loop held at once    {held.read_text() if held.exists() else 'not told'}")
    return kept


def watch(run: TerminalRun, seconds: float) -> bool:
    """A third of the time nobody presses a key: what that takes of a core is the app's own share."""
    memory = [(run.elapsed, run.memory_mb)]
    quiet = Share(run)
    while quiet.seconds < seconds / 3:
        run.rest(_LOOK_SECONDS)
        memory.append((run.elapsed, run.memory_mb))
    alone = quiet.of_a_core
    pressed = Share(run)
    waits = press_keys(run, seconds * 2 / 3, memory)
    steps = statistics.quantiles(waits, n=100)
    slope = 60 * statistics.linear_regression(*zip(*memory[len(memory) // 3 :], strict=True)).slope
    print(f"load of the machine      {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; {len(waits)} key presses")
    print(
        f"key press to repaint     p50 {1000 * steps[49]:.0f}  p95 {1000 * steps[94]:.0f}  p99 {1000 * steps[98]:.0f} ms"  # noqa: E501
        f"   bar: p99 {_P99_MS:.0f} ms   {1000 * steps[98] / _P99_MS:.2f} of it"
    )
    print(f"share of a core          {alone:.0%}   bar: {_CPU_SHARE:.0%}   {alone / _CPU_SHARE:.2f} of it")
    print(f"with a key pressed       {pressed.of_a_core:.0%}   {len(waits) / pressed.seconds:.1f} times a second")
    print(
        f"memory                   {memory[0][1]:.1f} MB, at the end {memory[-1][1]:.1f} MB; {slope:+.2f} MB a minute"
    )
    return 1000 * steps[98] <= _P99_MS and alone <= _CPU_SHARE


class Share:
    """What a program takes of a core from now on."""

    def __init__(self, run: TerminalRun) -> None:
        self._run = run
        self._begin, self._spent = run.elapsed, run.cpu_seconds

    @property
    def seconds(self) -> float:
        return self._run.elapsed - self._begin

    @property
    def of_a_core(self) -> float:
        return (self._run.cpu_seconds - self._spent) / self.seconds


def press_keys(run: TerminalRun, seconds: float, memory: list[tuple[float, float]]) -> list[float]:
    """How long each press waited, in seconds; notes what the program weighs meanwhile."""
    waits: list[float] = []
    begin, dice, looked = run.elapsed, random.Random(3), run.elapsed
    while run.elapsed - begin < seconds:
        wait = press(run)
        if wait is not None:
            waits.append(wait)
        if run.elapsed - looked >= _LOOK_SECONDS:
            looked = run.elapsed
            memory.append((looked, run.memory_mb))
        run.rest(_KEY_SECONDS * (0.5 + dice.random()))
    return waits


def press(run: TerminalRun) -> float | None:
    """Seconds from an arrow key to the first bytes drawn that hold a table row; None when nothing was drawn."""
    while run.read(0.0):
        pass
    run.forget()
    begin = run.elapsed
    run.press(_CURSOR_DOWN)
    while run.elapsed - begin < 2.0:
        if run.read(0.05) and _CURSOR_MARK in run.text():
            return run.elapsed - begin
    return None


def main() -> None:
    if len(sys.argv) > 3 and sys.argv[1] == "app":
        run_app(Path(sys.argv[2]), int(sys.argv[3]))
        return
    if len(sys.argv) > 2 and sys.argv[1] == "feed":
        feed(int(sys.argv[2]))
        return
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    changes = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000
    sys.exit(0 if measure(seconds, changes) else 1)


if __name__ == "__main__":
    main()
