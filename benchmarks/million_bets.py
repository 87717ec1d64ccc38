"""How long screens wait for sums and first pages over many bets, and what reading them adds to the process.

Run: python benchmarks/million_bets.py [BETS]
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from betting_tui.engine.core.commands import SettleBet
from betting_tui.engine.core.model import BetResult, BetState
from betting_tui.engine.core.times import to_micros
from betting_tui.engine.store import BetFilter, Ledger, NewAccount, ReportFilter
from betting_tui.engine.store.schema import LEDGER, migrations, statements

START = datetime(2020, 1, 1, tzinfo=UTC)
NOW = datetime(2030, 1, 1, 12, 30, tzinfo=UTC)
BOOKS = "pinnacle fanduel draftkings betmgm williamhill_us betrivers fanatics espnbet betonlineag lowvig".split()
SPORTS = (("basketball_nba", "NBA"), ("americanfootball_nfl", "NFL"), ("icehockey_nhl", "NHL"), ("soccer_epl", "EPL"))
MARKETS = ("h2h", "spreads", "totals")
BETS_AN_EVENT = 10
CLOSE_AGES = (0.5, 1.5, 2.5, 4, 8, 12, 18, 25, 40, 55, 80, 110, 170, 230, 350, 700, 1400, 3000)
_STAKE = 10_000


class Bet:
    """One made-up bet, the same for the same number; the last thousand are open."""

    def __init__(self, number: int, bets: int) -> None:
        dice = random.Random(number)
        self.number = number
        self.placed_at = to_micros(START + (NOW - START) * (number / bets))
        self.settled_at = self.placed_at + 7_200_000_000
        self.book = dice.randrange(len(BOOKS))
        self.strategy = 100 + dice.randrange(3)
        self.settled = number <= bets - 1000
        self.won = dice.random() < 0.51
        self.edge = dice.random() / 10
        # Minutes before the start at which its price was last seen: every tenth bet has no close.
        self.close_age = None if dice.random() < 0.1 else dice.choice(CLOSE_AGES)
        self.event = (number - 1) // BETS_AN_EVENT + 1
        self.selection = (self.event - 1) * len(MARKETS) + number % len(MARKETS) + 1


def make(path: Path, bets: int) -> None:
    """A ledger as it was before sums were kept, filled row by row: the migration then adds it all up."""
    conn = sqlite3.connect(path, isolation_level=None)
    conn.execute("PRAGMA synchronous = OFF")
    conn.execute("PRAGMA journal_mode = OFF")
    for statement in statements(migrations(LEDGER)[0][1]):
        conn.execute(statement)
    conn.execute(f"PRAGMA application_id = {LEDGER.application_id}")
    conn.execute("PRAGMA user_version = 1")
    conn.execute("BEGIN")
    _make_ground(conn, bets)
    _make_bets(conn, bets)
    conn.execute("COMMIT")
    conn.close()


def _make_ground(conn: sqlite3.Connection, bets: int) -> None:
    at = to_micros(START)
    conn.execute("INSERT INTO meta VALUES ('mode', 'backtest')")
    conn.executemany("INSERT INTO words VALUES (?, ?)", [(n + 1, book) for n, book in enumerate(BOOKS)])
    conn.executemany("INSERT INTO words VALUES (?, ?)", [(100 + n, f"strategy {n}") for n in range(3)])
    conn.executemany("INSERT INTO words VALUES (?, ?)", [(200, "feed"), (201, "standard"), (202, "test")])
    conn.execute("INSERT INTO prices VALUES (1, 'american', '+100', 2.0)")
    conn.execute(
        "INSERT INTO accounts (id, name, currency, created_at, updated_at, created_by)"
        " VALUES (1, 'main', 'USD', ?, ?, 't')",
        (at, at),
    )
    conn.execute(
        "INSERT INTO account_periods (id, account_id, number, starting_minor, started_at, created_by)"
        " VALUES (1, 1, 1, ?, ?, 't')",
        (10**12, at),
    )
    kinds = ("wallet", "open_bets", "house", "external")
    conn.executemany(
        "INSERT INTO ledger_accounts (id, account_id, kind) VALUES (?, 1, ?)",
        [(n + 1, kind) for n, kind in enumerate(kinds)],
    )
    conn.execute(
        "INSERT INTO journal_entries (account_id, period_id, kind, created_at, author_id, reason, idempotency_key)"
        " VALUES (1, 1, 'deposit', ?, 202, 'starting bankroll', 'starting-bankroll')",
        (at,),
    )
    conn.executemany("INSERT INTO postings VALUES (1, ?, ?)", [(1, 10**12), (4, -(10**12))])
    events = range(1, bets // BETS_AN_EVENT + 2)
    conn.executemany(
        "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, 'Home', 'Away', NULL, ?, ?)",
        ((n, f"event-{n}", *SPORTS[n % len(SPORTS)], at, at, at, at) for n in events),
    )
    lines = [(e, number, market) for e in events for number, market in enumerate(MARKETS, start=1)]
    conn.executemany(
        "INSERT INTO lines VALUES (?, ?, ?, 'two_way', 'full', NULL, NULL, 'standard')",
        (((e - 1) * len(MARKETS) + number, e, market) for e, number, market in lines),
    )
    conn.executemany("INSERT INTO selections VALUES (?, ?, 'Home', NULL)", ((n, n) for n in range(1, len(lines) + 1)))


def _make_bets(conn: sqlite3.Connection, bets: int) -> None:
    def all_bets() -> Iterator[Bet]:
        return (Bet(number, bets) for number in range(1, bets + 1))

    conn.executemany(
        "INSERT INTO placements (id, account_id, period_id, key, origin, state, created_at, author_id)"
        " VALUES (?, 1, 1, ?, 'auto', 'accepted', ?, 202)",
        ((b.number, f"key-{b.number}", b.placed_at) for b in all_bets()),
    )
    conn.executemany(
        "INSERT INTO orders (id, placement_id, ordinal, bookmaker_id, side, type, state, price_id, stake_minor)"
        " VALUES (?1, ?1, 0, ?2, 'back', 'limit', 'filled', 1, ?3)",
        ((b.number, b.book + 1, _STAKE) for b in all_bets()),
    )
    conn.executemany(
        "INSERT INTO legs (order_id, ordinal, selection_id) VALUES (?, 0, ?)",
        ((b.number, b.selection) for b in all_bets()),
    )
    conn.executemany(
        "INSERT INTO fills VALUES (?, 1, 1, ?, 'later_snapshot', 200, ?, ?)",
        ((b.number, _STAKE, b.placed_at, b.placed_at) for b in all_bets()),
    )
    conn.executemany(
        "INSERT INTO bets (id, account_id, period_id, order_id, strategy_id, rule_set_id, state, stake_minor,"
        " risk_minor, placed_at, edge, result, return_minor, profit_minor, settled_at, clv_price, updated_at)"
        " VALUES (?1, 1, 1, ?1, ?2, 201, ?3, ?4, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?5)",
        (
            (
                b.number,
                b.strategy,
                "settled" if b.settled else "pending",
                _STAKE,
                b.placed_at,
                b.edge,
                ("win" if b.won else "loss") if b.settled else None,
                (2 * _STAKE if b.won else 0) if b.settled else None,
                (_STAKE if b.won else -_STAKE) if b.settled else None,
                b.settled_at if b.settled else None,
                b.edge if b.settled and b.close_age is not None else None,
            )
            for b in all_bets()
        ),
    )
    _make_closes(conn, all_bets)
    _make_money(conn, all_bets)


def _make_closes(conn: sqlite3.Connection, all_bets: Callable[[], Iterator[Bet]]) -> None:
    start = to_micros(START)
    conn.executemany(
        "INSERT INTO closes (bet_id, ordinal, whose, bookmaker_id, price_id, seen_at, source_id)"
        " VALUES (?, 0, 'book', ?, 1, ?, 200)",
        (
            (b.number, b.book + 1, start - int(b.close_age * 60_000_000))
            for b in all_bets()
            if b.settled and b.close_age is not None
        ),
    )


def _make_money(conn: sqlite3.Connection, all_bets: Callable[[], Iterator[Bet]]) -> None:
    entry = (
        "INSERT INTO journal_entries (id, account_id, period_id, kind, created_at, author_id, bet_id)"
        " VALUES (?, 1, 1, ?, ?, 202, ?)"
    )
    conn.executemany(entry, ((2 * b.number, "bet_placed", b.placed_at, b.number) for b in all_bets()))
    conn.executemany(entry, ((2 * b.number + 1, "bet_payout", b.settled_at, b.number) for b in all_bets() if b.settled))
    conn.executemany(
        "INSERT INTO postings VALUES (?, ?, ?)",
        (row for b in all_bets() for row in ((2 * b.number, 1, -_STAKE), (2 * b.number, 2, _STAKE))),
    )
    conn.executemany(
        "INSERT INTO postings VALUES (?, ?, ?)",
        (
            (2 * b.number + 1, *row)
            for b in all_bets()
            if b.settled
            for row in (((1, 2 * _STAKE), (2, -_STAKE), (3, -_STAKE)) if b.won else ((2, -_STAKE), (3, _STAKE)))
        ),
    )
    conn.executemany(
        "INSERT INTO settlements (bet_id, number, result, return_minor, profit_minor, entry_id)"
        " VALUES (?, 1, ?, ?, ?, ?)",
        (
            (b.number, "win" if b.won else "loss", 2 * _STAKE * b.won, _STAKE if b.won else -_STAKE, 2 * b.number + 1)
            for b in all_bets()
            if b.settled
        ),
    )


def questions(ledger: Ledger) -> dict[str, Callable[[], object]]:
    """What screens and commands ask, the answer to one redraw each."""
    settled = (BetState.SETTLED, BetState.CANCELLED)
    month = ReportFilter("main", "bookmaker", NOW - timedelta(days=30), NOW)
    return {
        "bankroll": lambda: ledger.bankroll("main"),
        "report by strategy": lambda: ledger.report(ReportFilter("main")),
        "report by sport": lambda: ledger.report(ReportFilter("main", "sport")),
        "report of 30 days": lambda: ledger.report(month),
        "account summaries": lambda: ledger.account_summaries(NOW),
        "first 50 bets": lambda: ledger.bets(BetFilter(account="main", limit=50)),
        "first 50 settled": lambda: ledger.bets(BetFilter(account="main", states=settled, limit=50)),
        "count of bets": lambda: ledger.count_bets(BetFilter(account="main")),
        "ledger page": lambda: ledger.ledger_page("main", 50),
        "ledger page 200": lambda: ledger.ledger_page("main", 50, 10_000),
        "balances": lambda: ledger.balances("main"),
    }


def timed(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - begin)


def resident_kb() -> int:
    told = Path("/proc/self/status")
    if not told.exists():
        return 0
    return next(int(line.split()[1]) for line in told.read_text().splitlines() if line.startswith("VmRSS"))


async def ask(path: Path) -> None:
    """Ask everything once, then after each of a few settlements; print the times and what the process has grown to."""
    ledger = await Ledger.open(path, now=NOW, mode="backtest")
    await ledger.ensure_account(NewAccount("main", "USD", 10**12, "test"), NOW)
    asked = questions(ledger)
    first = {name: timed(question) for name, question in asked.items()}
    later: dict[str, list[float]] = {name: [] for name in asked}
    settling = []
    for bet in ledger.bets(BetFilter(account="main", states=(BetState.PENDING,), limit=20)):
        begin = time.perf_counter()
        await ledger.settle_bet(SettleBet(bet.id, BetResult.WIN, "test"), NOW)
        settling.append(1000 * (time.perf_counter() - begin))
        for name, question in asked.items():
            later[name].append(timed(question))
    for name, once in first.items():
        after = f"{statistics.median(later[name]):8.2f}" if later[name] else "       -"
        print(f"  {name:20s} first {once:8.2f} ms   after another bet settled {after} ms")
    if settling:
        print(f"  settling one by hand {statistics.median(settling):.2f} ms")
    await ledger.close()
    print(f"  resident {resident_kb()} kB", flush=True)


def main() -> None:
    if len(sys.argv) > 2:
        asyncio.run(ask(Path(sys.argv[2])))
        return
    bets = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        full, empty = Path(folder) / "full.db", Path(folder) / "empty.db"
        make(full, bets)
        begin = time.perf_counter()
        asyncio.run(migrate(full))
        took = time.perf_counter() - begin
        give_reference(full)
        print(f"{bets} bets, {full.stat().st_size / 1e6:.0f} MB; brought up to date in {took:.1f} s", flush=True)
        # Apart, so that neither counts what making the file or the other one has left in memory.
        grown, told = [], ""
        for path in (empty, full):
            told = subprocess.run(
                [sys.executable, __file__, "ask", str(path)], check=True, capture_output=True, text=True
            ).stdout
            grown.append(int(told.split()[-2]))
        print(told, end="")
        print(f"  {(grown[1] - grown[0]) / 1000:.1f} MB more than with an empty ledger")


async def migrate(path: Path) -> None:
    ledger = await Ledger.open(path, now=NOW, mode="backtest")
    await ledger.close()


def give_reference(path: Path) -> None:
    """What bets were worth by the reference, which no earlier ledger knew: as old as the close of the book."""
    conn = sqlite3.connect(path, isolation_level=None)
    triggers = conn.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ('bets', 'close_sums')"
    ).fetchall()
    conn.execute("BEGIN")
    for name, _ in triggers:
        conn.execute(f"DROP TRIGGER {name}")
    conn.execute("UPDATE bets SET clv_ev = clv_price / 2, fair_age_us = close_age_us WHERE clv_price IS NOT NULL")
    for statement in statements(migrations(LEDGER)[4][1]):
        if statement.strip().startswith("INSERT INTO close_"):
            conn.execute(f"DELETE FROM {statement.split()[2]}")
            conn.execute(statement)
    conn.execute("DELETE FROM close_sums WHERE day < (SELECT min(first_day) FROM kept_days)")
    for _, sql in triggers:
        conn.execute(sql)
    conn.execute("COMMIT")
    conn.close()


if __name__ == "__main__":
    main()
