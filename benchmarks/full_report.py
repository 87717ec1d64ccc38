"""How long the first full report over many bets takes, and how long a key press would wait meanwhile.

Run: python benchmarks/full_report.py [BETS]
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable
from pathlib import Path

from betting_tui.engine.core.staking import SizingRules
from betting_tui.engine.store import Ledger, ReportFilter
from betting_tui.engine.store.shapes import GroupBy, Staking
from million_bets import NOW, give_reference, make, migrate

_MOST_SECONDS, _MOST_BLOCKED = 1.0, 0.020
_LOOK_SECONDS = 0.001
_PRICES = 150
_STAKING = Staking(SizingRules(), 1_000_000, 1)
_PLAIN = """
    SELECT b.risk_minor, b.profit_minor, b.settled_at, b.result, p.decimal, b.edge, b.clv_ev FROM bets b
    JOIN orders o ON o.id = b.order_id JOIN fills f ON f.order_id = b.order_id AND f.number = b.fill_number
    JOIN prices p ON p.id = f.price_id WHERE b.state = 'settled'
"""


def vary(path: Path, bets: int) -> None:
    """Give every bet odds of its own kind, and what it returned by them; all were at even money."""
    conn = sqlite3.connect(path, isolation_level=None)
    conn.execute("BEGIN")
    odds = [round(1.2 + 0.045 * number, 3) for number in range(_PRICES)]
    conn.executemany(
        "INSERT INTO prices VALUES (?, 'decimal', ?, ?)",
        ((10 + number, f"{each}", each) for number, each in enumerate(odds)),
    )
    dice = random.Random(1)
    chosen = [(number, dice.randrange(_PRICES)) for number in range(1, bets + 1)]
    conn.executemany("UPDATE fills SET price_id = ?2 WHERE order_id = ?1", ((n, 10 + place) for n, place in chosen))
    conn.executemany("UPDATE orders SET price_id = ?2 WHERE id = ?1", ((n, 10 + place) for n, place in chosen))
    conn.executemany(
        "UPDATE bets SET result = ?2, return_minor = ?3, profit_minor = ?3 - risk_minor, fair_probability = ?4"
        " WHERE id = ?1 AND state = 'settled'",
        (
            (n, "win" if won else "loss", round(10_000 * odds[place]) if won else 0, 1.01 / odds[place])
            for n, place, won in ((n, place, dice.random() < 1 / odds[place]) for n, place in chosen)
        ),
    )
    conn.execute("COMMIT")
    conn.close()


class Pulse:
    """Looks at the clock again and again: the longest it could not is what a key press would have waited."""

    def __init__(self) -> None:
        self.longest = 0.0

    async def beat(self) -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(_LOOK_SECONDS)
            self.longest = max(self.longest, time.perf_counter() - before - _LOOK_SECONDS)


async def one(work: Awaitable[object]) -> tuple[float, float, float]:
    """Seconds by the clock, seconds of processor, and the longest the loop was held up."""
    pulse = Pulse()
    task = asyncio.create_task(pulse.beat())
    await asyncio.sleep(0.01)
    begin, worked = time.perf_counter(), time.process_time()
    await work
    took, worked = time.perf_counter() - begin, time.process_time() - worked
    task.cancel()
    return took, worked, pulse.longest


async def ask(path: Path) -> None:
    begin = time.perf_counter()
    rows = len(sqlite3.connect(path).execute(_PLAIN).fetchall())
    plain = time.perf_counter() - begin
    ledger = await Ledger.open(path, now=NOW, mode="backtest")
    print(
        f"{rows} settled bets; reading seven columns of them plainly {plain:.2f} s = 1; journal {ledger.journal_mode}"
    )
    _, _, idle = await one(asyncio.sleep(1))
    print(f"  nothing    the loop of an idle program is held up {1000 * idle:.1f} ms by this machine")
    asked: list[tuple[str, GroupBy]] = [
        ("first", "strategy"), ("again", "strategy"), ("by league", "league"), ("by odds", "odds_band"),
    ]  # fmt: skip
    for name, by in asked:
        took, worked, blocked = await one(ledger.full_report(ReportFilter("main", by), _STAKING))
        told = f"{took:5.2f} s ({worked:.2f} s of processor)  {took / plain:5.1f} x plain"
        promised = f"{took / _MOST_SECONDS:.2f} and {blocked / _MOST_BLOCKED:.2f} of what is promised"
        print(f"  {name:10s} {told}   loop held up {1000 * blocked:5.1f} ms   {promised}", flush=True)
    await ledger.close()


def main() -> None:
    if len(sys.argv) > 2:
        asyncio.run(ask(Path(sys.argv[2])))
        return
    bets = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.db"
        make(path, bets)
        vary(path, bets)
        asyncio.run(migrate(path))
        give_reference(path)
        # Apart, so that the first report brings along everything a first report brings.
        subprocess.run([sys.executable, __file__, "ask", str(path)], check=True)


if __name__ == "__main__":
    main()
