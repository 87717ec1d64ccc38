"""What the older system promised, and what is measured here: refresh, report, analysis, memory and disk.

Run: python benchmarks/older_promises.py
The share of a core while polling is the engine's, for all games in one answer with every third moved; what the screen
adds, and the demo, which plays half a minute in each second, are in benchmarks/launch.py.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from betting_tui.engine.clocks import SystemClock
from betting_tui.engine.config import Settings
from betting_tui.engine.core.ports import Answer, AnswerKind
from betting_tui.engine.engine import Engine
from betting_tui.engine.rooms import LEDGER_FILE, Equipment
from betting_tui.engine.sources.recorded import RecordedFiles
from betting_tui.engine.store import BetFilter, ReportFilter
from launch import make_ledger
from live_table import Prices
from million_bets import resident_kb
from terminal_run import memory_folder

_BETS, _GAMES = 10_000, 50
_ROUNDS = 9
# How often the fastest of the real feeds is asked.
_POLL_SECONDS, _POLLS = 30, 6


def milliseconds(work: Callable[[], object]) -> float:
    times = []
    for _ in range(_ROUNDS):
        begin = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - begin))
    return statistics.median(times)


def tell(what: str, promised: str, measured: str) -> None:
    print(f"{what:34s} promised {promised:22s} here {measured}")


async def measure(folder: Path) -> None:
    path = folder / LEDGER_FILE
    clock, before = SystemClock(), resident_kb()
    engine = Engine(Settings(), "live", folder, Equipment(clock, decoders=(RecordedFiles(),)))
    await engine.start(polling=False)
    prices = Prices(1, clock.now())

    async def analyse(number: int) -> None:
        await engine._ask(
            Answer("recorded", AnswerKind.ODDS, "basketball_nba", prices.body([number], clock.now()), clock.now())
        )

    games = []
    for number in range(_GAMES):
        begin = time.perf_counter()
        await analyse(number)
        games.append(1000 * (time.perf_counter() - begin))

    async def poll() -> float:
        """Seconds of the processor."""
        for number in range(0, _GAMES, 3):
            prices.move(number, 4)
        now = clock.now()
        answer = Answer("recorded", AnswerKind.ODDS, "basketball_nba", prices.body(range(_GAMES), now), now)
        begin = time.process_time()
        await engine._ask(answer)
        return time.process_time() - begin

    polls = [await poll() for _ in range(_POLLS)]

    def refresh() -> None:
        engine.overview()
        engine.opportunities()
        engine.open_bets()
        engine.ledger.bankroll("main")
        engine.ledger.bets(BetFilter(account="main", limit=50))

    tell("dashboard refresh, all it shows", "< 100 ms", f"{milliseconds(refresh):.1f} ms")
    begin = time.perf_counter()
    await engine.full_report(ReportFilter("main"))
    tell(f"full report of {_BETS} bets", "< 1 s", f"{time.perf_counter() - begin:.2f} s")
    tell("analysis of a game", "< 1 s", f"{statistics.median(games):.1f} ms")
    share = statistics.median(polls) / _POLL_SECONDS
    tell(f"polling {_GAMES} games each {_POLL_SECONDS} s", "< 5 % of a core", f"{share:.2%}")
    grown = (resident_kb() - before) / 1000
    tell(f"memory for {_BETS} bets", "50 MB + 1 MB per 1,000", f"{grown:.1f} MB over the program's own")
    # What bringing the made-up file up to date left empty is given back as after the first copy of a day.
    await engine.ledger.compact()
    tell(f"disk of {_BETS} bets", "< 10 MB", f"{path.stat().st_size / 1e6:.1f} MB")
    await engine.stop()


def main() -> None:
    with tempfile.TemporaryDirectory(dir=memory_folder()) as folder:
        make_ledger(Path(folder))
        asyncio.run(measure(Path(folder)))
    sys.exit(0)


if __name__ == "__main__":
    main()
