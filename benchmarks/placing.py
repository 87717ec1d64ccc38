"""What a durable placement costs, as a ratio to a bare SQLite transaction of the same statements on the same disk.

A placement goes through all the limits an account has in force. The bare transaction writes its rows and nothing
else: neither what is kept up by triggers nor what is asked is in it.

Run: python benchmarks/placing.py [PLACEMENTS] [BETS ALREADY IN THE LEDGER] [rollback] [wal]
"""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from betting_tui.engine.board import Board
from betting_tui.engine.config import Settings
from betting_tui.engine.config.tree import Risk
from betting_tui.engine.core.bet_views import Placed
from betting_tui.engine.core.commands import Fill, Place
from betting_tui.engine.core.model import Evidence
from betting_tui.engine.house import House
from betting_tui.engine.store import Ledger, database
from betting_tui.engine.wishes import Wisher
from ledger_size import BETS_AN_EVENT, START, event, fill, placement

_FIRST = 1_000_000
_MODES = ("rollback", "wal")
_CHANGES = ("INSERT", "UPDATE", "DELETE")


def wanted(number: int) -> tuple[Place, tuple[Fill, ...]]:
    game = event(_FIRST + number // BETS_AN_EVENT)
    # The numbers divisible by ten are arbitrages of two legs: a single bet is what is measured.
    command = placement(_FIRST + number * 10 + 1, game, game.commence_time - timedelta(hours=2))
    fills = tuple(
        Fill(leg, leg.price, leg.stake_minor or 0, Evidence.LATER_SNAPSHOT, leg.source, leg.quoted_at, leg.seen_at)
        for leg in command.legs
    )
    return command, fills


# The limits of the medium preset are asked; none of them may refuse.
_SETTINGS = Settings(risk=Risk(max_open_bets=10**6, max_bet_share=1.0, max_daily_loss_share=1.0,
                               max_auto_bets_per_hour=10**6))  # fmt: skip


class Desk:
    """Places as the engine does: with the account's limits asked in the same transaction."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._house = House(ledger, _SETTINGS)
        self._wisher = Wisher(Board(), {})

    async def place(self, number: int) -> None:
        command, fills = wanted(number)
        game = event(_FIRST + number // BETS_AN_EVENT)
        now = game.commence_time - timedelta(hours=2)
        wish = self._wisher.placed(command, fills, [game], "USD", now)
        guard = self._house.guard(wish, command.account, now)
        placed = await self._ledger.place(command, fills, [game], now, guard)
        assert isinstance(placed, Placed), placed


async def statements(path: Path, count: int) -> list[list[str]]:
    """What each placement changes, as SQL with its values."""
    ledger = await Ledger.open(path, now=START, mode="backtest")
    noted: list[str] = []
    await ledger._database.submit(lambda conn: conn.set_trace_callback(noted.append), transaction=False)
    listed = []
    desk = Desk(ledger)
    for number in range(count):
        noted.clear()
        await desk.place(number)
        changes = [each for each in noted if each.lstrip().upper().startswith(_CHANGES)]
        # A statement is traced again for each trigger it fires.
        listed.append(list(dict.fromkeys(changes)))
    await ledger.close()
    return listed


def bare(path: Path, journal_mode: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    journal = "wal" if journal_mode == "wal" else "delete"
    for setting in (f"journal_mode = {journal}", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {setting}")
    for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    return connection


@contextmanager
def journal_forced(journal_mode: str) -> Iterator[None]:
    """Both modes can be measured with any SQLite; the program itself takes WAL only where that is safe."""
    names = vars(database)
    as_it_is = names["wal_is_safe"]
    names["wal_is_safe"] = lambda version: journal_mode == "wal"
    try:
        yield
    finally:
        names["wal_is_safe"] = as_it_is


def commit(connection: sqlite3.Connection, changes: Sequence[str]) -> float:
    """How long it took, in milliseconds."""
    begin = time.perf_counter()
    connection.execute("BEGIN IMMEDIATE")
    for each in changes:
        connection.execute(each)
    connection.execute("COMMIT")
    return 1000 * (time.perf_counter() - begin)


class Lag:
    """How late a timer of the event loop rings meanwhile, in milliseconds."""

    def __init__(self) -> None:
        self.late: list[float] = []
        self._task = asyncio.get_running_loop().create_task(self._watch())

    async def _watch(self) -> None:
        while True:
            begin = time.perf_counter()
            await asyncio.sleep(0.001)
            self.late.append(1000 * (time.perf_counter() - begin) - 1)

    def stop(self) -> None:
        self._task.cancel()


def quantiles(spent: Sequence[float]) -> tuple[float, float]:
    return statistics.median(spent), statistics.quantiles(spent, n=100)[98]


async def measure(folder: Path, count: int, already: int) -> None:
    first = folder / "first.db"
    ledger = await Ledger.open(first, now=START, mode="backtest")
    await fill(ledger, already)
    await ledger.close()
    paths = [folder / name for name in ("traced.db", "ours.db", "bare.db")]
    for path in paths:
        await asyncio.to_thread(shutil.copy, first, path)
    changes = await statements(paths[0], count)
    ledger = await Ledger.open(paths[1], now=START, mode="backtest")
    connection = bare(paths[2], ledger.journal_mode)
    ours, theirs = [], []
    desk = Desk(ledger)
    lag = Lag()
    # One after the other, so that whatever else the disk does meets both alike.
    for number in range(count):
        begin = time.perf_counter()
        await desk.place(number)
        ours.append(1000 * (time.perf_counter() - begin))
        theirs.append(await asyncio.to_thread(commit, connection, changes[number]))
    lag.stop()
    connection.close()
    assert (await ledger.verify()).problems == ()
    mode = ledger.journal_mode
    await ledger.close()
    (our_p50, our_p99), (their_p50, their_p99) = quantiles(ours), quantiles(theirs)
    print(f"{count} placements, {already} bets before, journal {mode}, {len(changes[-1])} statements each")
    print(f"placing      p50 {our_p50:6.2f} ms   p99 {our_p99:6.2f} ms   {our_p50 / their_p50:4.2f} x the bare commit")
    print(f"bare commit  p50 {their_p50:6.2f} ms   p99 {their_p99:6.2f} ms")
    print(f"event loop   p99 {quantiles(lag.late)[1]:6.2f} ms late")


def main() -> None:
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    count, already = (*numbers, *(400, 2_000)[len(numbers) :])[:2]
    for journal_mode in [word for word in sys.argv[1:] if word in _MODES] or _MODES:
        with tempfile.TemporaryDirectory() as folder, journal_forced(journal_mode):
            asyncio.run(measure(Path(folder), count, already))


if __name__ == "__main__":
    main()
