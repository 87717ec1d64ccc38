"""How long each screen takes from its key to the first paint of its own title, first visit and later, with many bets.

Run: python benchmarks/mode_switch.py [BETS]
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from pathlib import Path

from launch import make_ledger
from terminal_run import TerminalRun, memory_folder, warm_environment

_MOST_MS = 100.0
_ROUNDS = 7
# Each key with what only its screen draws.
_SCREENS = (
    ("2", "Open bets"),
    ("3", "bet placed"),
    ("4", "Profit"),
    ("5", "Markets"),
    ("6", "Feeds"),
    (",", "Settings"),
    ("1", "Opportunities"),
)


def switch(run: TerminalRun, key: str, title: str) -> tuple[float, float]:
    """Milliseconds by the wall and of the processor, until the title is drawn."""
    run.rest(0.8)
    run.forget()
    begin, cpu = run.elapsed, run.cpu_seconds
    run.press(key)
    return 1000 * (run.await_text(title) - begin), 1000 * (run.cpu_seconds - cpu)


def measure(bets: int, folder: Path) -> bool:
    make_ledger(folder, bets)
    command = (sys.executable, "-m", "betting_tui", "--data-dir", str(folder))
    took: dict[str, list[tuple[float, float]]] = {title: [] for _, title in _SCREENS}
    with TerminalRun(command, warm_environment()) as run:
        run.await_text(" free")
        run.rest(3.0)
        run.press("\x1b")  # what greets somebody who has set up nothing yet
        for _ in range(_ROUNDS):
            for key, title in _SCREENS:
                took[title].append(switch(run, key, title))
    print(f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; {bets} bets; bar {_MOST_MS:.0f} ms")
    kept = True
    for title, times in took.items():
        later = statistics.median(wall for wall, _ in times[1:])
        later_cpu = statistics.median(cpu for _, cpu in times[1:])
        print(f"{title:14s} first {times[0][0]:5.0f} ms ({times[0][1]:3.0f} of the processor)"
              f"   later {later:5.0f} ms ({later_cpu:3.0f})")  # fmt: skip
        kept = kept and later <= _MOST_MS
    return kept


def main() -> None:
    bets = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory(dir=memory_folder()) as folder:
        sys.exit(0 if measure(bets, Path(folder)) else 1)


if __name__ == "__main__":
    main()
