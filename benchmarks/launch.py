"""From the command to the first paint in a real terminal, beside an app of four tabs; memory and work of an idle app.

Run: python benchmarks/launch.py [ROUNDS]
Runs take turns, so that whatever else the machine does weighs on all alike. Times are also given as time of the
processor, which a loaded machine changes little.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import statistics
import sys
import tempfile
from pathlib import Path

from msgspec import Struct

from betting_tui.engine.rooms import LEDGER_FILE
from million_bets import make, migrate
from terminal_run import TerminalRun, memory_folder, warm_environment

_BETS = 10_000
_RATIO, _ROWS_MS, _MEMORY_MB, _IDLE_SHARE = 1.3, 150.0, 65.0, 0.01
_IDLE_SECONDS, _SETTLE_SECONDS = 10.0, 5.0
_OURS = (sys.executable, "-c", "import sys; from betting_tui.__main__ import main; sys.exit(main())")


class Launch(Struct, frozen=True):
    """`painted`: titles and keys; `rows`: what only an engine knows. `name` is that of the yardstick when empty."""

    name: str
    command: tuple[str, ...]
    painted: tuple[str, ...]
    rows: str = ""


class Took(Struct):
    """Milliseconds: until the paint and from there to rows, by the wall and of the processor."""

    paint: list[float]
    paint_cpu: list[float]
    rows: list[float]
    rows_cpu: list[float]


def once(launch: Launch, took: Took) -> None:
    with TerminalRun(launch.command, warm_environment()) as run:
        painted = run.await_text(*launch.painted)
        cpu = run.cpu_seconds
        took.paint.append(1000 * painted)
        took.paint_cpu.append(1000 * cpu)
        if launch.rows:
            took.rows.append(1000 * (run.await_text(launch.rows) - painted))
            took.rows_cpu.append(1000 * (run.cpu_seconds - cpu))


def idle(launch: Launch) -> tuple[float, float]:
    """Resident MiB and share of a core of one that nobody touches."""
    with TerminalRun(launch.command, warm_environment()) as run:
        run.await_text(launch.rows)
        run.rest(_SETTLE_SECONDS)
        cpu, begin = run.cpu_seconds, run.elapsed
        run.rest(_IDLE_SECONDS)
        return run.memory_mb, (run.cpu_seconds - cpu) / (run.elapsed - begin)


def make_ledger(folder: Path, bets: int = _BETS) -> None:
    path = folder / LEDGER_FILE
    make(path, bets)
    asyncio.run(migrate(path))
    with sqlite3.connect(path) as conn:
        conn.execute("UPDATE meta SET value = 'live' WHERE key = 'mode'")


def measure(rounds: int, folder: Path) -> bool:
    ledger, demo = folder / "ledger", folder / "demo"
    ledger.mkdir(mode=0o700)
    make_ledger(ledger)
    yardstick = Launch("", (sys.executable, str(Path(__file__).with_name("four_tabs.py"))), ("Opportunities", "quit"))
    ours = (
        Launch("demo", (*_OURS, "--demo", "--data-dir", str(demo)), ("Opportunities", "quit"), "Moneyline"),
        Launch("ledger", (*_OURS, "--data-dir", str(ledger)), ("Opportunities", "quit"), " free"),
    )
    took = {launch.name: Took([], [], [], []) for launch in (yardstick, *ours)}
    for launch in (yardstick, *ours):
        once(launch, Took([], [], [], []))  # compiles the modules
    for _ in range(rounds):
        for launch in (yardstick, *ours):
            once(launch, took[launch.name])
    median, base = statistics.median, took[""]
    print(f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; medians of {rounds}")
    print(f"four tabs   first paint {median(base.paint):6.0f} ms, {median(base.paint_cpu):4.0f} of the processor = 1")
    kept = True
    for launch in ours:
        mine = took[launch.name]
        ratio, cpu_ratio = median(mine.paint) / median(base.paint), median(mine.paint_cpu) / median(base.paint_cpu)
        print(f"{launch.name:10s}  first paint {median(mine.paint):6.0f} ms, {median(mine.paint_cpu):4.0f} of the processor"  # noqa: E501
              f"   {ratio:.2f} and {cpu_ratio:.2f} x four tabs, bar {_RATIO}")  # fmt: skip
        print(f"            rows after  {median(mine.rows):6.0f} ms, {median(mine.rows_cpu):4.0f} of the processor"
              f"   bar {_ROWS_MS:.0f} ms")  # fmt: skip
        memory, share = idle(launch)
        print(f"            idle        {memory:6.1f} MB, {share:.1%} of a core"
              f"   bars {_MEMORY_MB:.0f} MB, {_IDLE_SHARE:.0%} between polls")  # fmt: skip
        kept = kept and ratio <= _RATIO
    return kept


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    with tempfile.TemporaryDirectory(dir=memory_folder()) as folder:
        sys.exit(0 if measure(rounds, Path(folder)) else 1)


if __name__ == "__main__":
    main()
