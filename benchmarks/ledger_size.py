"""What a ledger of settled bets with their evidence and opportunities weighs, and how long its balances take.

Run: python benchmarks/ledger_size.py [BETS] [--tables]
"""

from __future__ import annotations

import asyncio
import hashlib
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from betting_tui.engine.core.bet_views import Placed
from betting_tui.engine.core.commands import Fill, Place
from betting_tui.engine.core.model import (
    Event,
    Evidence,
    Leg,
    LineKey,
    Opportunity,
    Origin,
    OutcomeSet,
    Quote,
    Selection,
)
from betting_tui.engine.core.odds import parse_any
from betting_tui.engine.core.scores import Score
from betting_tui.engine.desk import automatic_key
from betting_tui.engine.store import BetFilter, Ledger, NewAccount, ReportFilter
from betting_tui.engine.store.closing import closings_in, keep
from betting_tui.engine.store.opportunities import expire
from betting_tui.engine.store.placing import accept_placement
from betting_tui.engine.store.settlement import settle_scores

START = datetime(2030, 1, 5, 12, 0, tzinfo=UTC)
BETS_AN_EVENT = 8
BOOKS = "pinnacle fanduel draftkings betmgm williamhill_us betrivers fanatics espnbet betonlineag lowvig".split()
SPORTS = (("basketball_nba", "NBA"), ("americanfootball_nfl", "NFL"), ("icehockey_nhl", "NHL"))
CITIES = "Atlanta Boston Brooklyn Charlotte Chicago Cleveland Dallas Denver Detroit Houston Memphis Miami".split()
NICKNAMES = "Hawks Celtics Nets Hornets Bulls Cavaliers Mavericks Nuggets Pistons Rockets Grizzlies Heat".split()


def event(number: int) -> Event:
    dice = random.Random(number)
    sport, title = SPORTS[number % len(SPORTS)]
    home, away = dice.sample([f"{city} {name}" for city, name in zip(CITIES, NICKNAMES, strict=True)], 2)
    event_id = hashlib.sha256(str(number).encode()).hexdigest()[:32]
    return Event(event_id, sport, title, START + timedelta(hours=number), home, away)


def placement(number: int, game: Event, now: datetime) -> Place:
    """One bet: half moneylines, a quarter each spreads and totals; every tenth an arbitrage of two legs."""
    dice = random.Random(number)
    line, names = _line(dice, game)
    legs = tuple(
        Leg(
            Selection(line, name, point),
            dice.choice(BOOKS),
            parse_any(dice.choice(("+150", "-110", "-105", "+120", "-180"))),
            quoted_at=now - timedelta(seconds=dice.randrange(120)),
            seen_at=now,
            source="the_odds_api",
            stake_minor=10_000,
        )
        for name, point in names[: 2 if number % 10 == 0 else 1]
    )
    arbitrage = len(legs) > 1
    probability = None if arbitrage else dice.uniform(0.05, 0.95)
    found = Opportunity(
        id=f"OPP-{dice.randbytes(6).hex()}",
        strategy="arbitrage" if arbitrage else "value_betting",
        event=game,
        line=line,
        legs=legs,
        discovered_at=now - timedelta(seconds=30),
        expires_at=now + timedelta(minutes=5),
        edge=None if arbitrage else dice.random() / 10,
        edge_low=None if arbitrage else dice.random() / 20,
        profit_margin=dice.random() / 50 if arbitrage else None,
        fair_probability=probability,
        fair_odds=1 / probability if probability else None,
        method=None if arbitrage else "power, pinnacle",
        books=tuple(dice.sample(BOOKS, 3)),
        confidence="medium",
        kelly_fraction=dice.random() / 50,
    )
    return Place("main", legs, automatic_key(1, found), Origin.AUTO, found.strategy, opportunity=found)


def _line(dice: random.Random, game: Event) -> tuple[LineKey, list[tuple[str, float | None]]]:
    home, away = game.home_team or "", game.away_team or ""
    match dice.randrange(4):
        case 0 | 1:
            return LineKey(game.id, "h2h", OutcomeSet.TWO_WAY), [(home, None), (away, None)]
        case 2:
            point = dice.choice((-3.5, -1.5, 2.5, 4.5))
            return LineKey(game.id, "spreads", OutcomeSet.TWO_WAY, point=point), [(home, point), (away, -point)]
        case _:
            point = dice.choice((210.5, 212.0, 214.5))
            return LineKey(game.id, "totals", OutcomeSet.TWO_WAY, point=point), [("Over", point), ("Under", point)]


def play(conn: sqlite3.Connection, game: Event, numbers: Sequence[int]) -> int:
    """One event's life: bets, closing quotes, expired opportunities, result. The number of bets."""
    bets = 0
    for number in numbers:
        now = game.commence_time - timedelta(minutes=200 - 20 * (number % BETS_AN_EVENT))
        command = placement(number, game, now)
        fills = [
            Fill(leg, leg.price, leg.stake_minor or 0, Evidence.LATER_SNAPSHOT, leg.source, leg.quoted_at, leg.seen_at)
            for leg in command.legs
        ]
        placed = accept_placement(conn, command, fills, [game], now)
        assert isinstance(placed, Placed)
        bets += len(placed.bets)
        closing = game.commence_time - timedelta(minutes=5)
        quotes = [Quote(leg.selection, leg.bookmaker, leg.price, leg.source, closing, closing) for leg in command.legs]
        keep(conn, closings_in(conn, quotes, [game], closing), closing)
        assert command.opportunity is not None
        expire(conn, [command.opportunity.id], now + timedelta(minutes=5))
    over = game.commence_time + timedelta(hours=3)
    score = Score(
        game.id, "the_odds_api", game.sport_key, game.commence_time, True, game.home_team, game.away_team, 110, 100,
        includes_overtime=True, updated_at=over,
    )  # fmt: skip
    settle_scores(conn, [score], over)
    return bets


async def fill(ledger: Ledger, wanted: int) -> int:
    await ledger.ensure_account(NewAccount("main", "USD", 10**12, "test"), START)
    bets = number = 0
    while bets < wanted:
        game = event(number)
        numbers = range(number * BETS_AN_EVENT, (number + 1) * BETS_AN_EVENT)
        bets += await ledger._database.write(partial(play, game=game, numbers=numbers))
        number += 1
    return bets


def show_tables(path: Path) -> None:
    direct = sqlite3.connect(path)
    rows = direct.execute(
        "SELECT name, sum(pgsize), sum(unused), sum(ncell) FROM dbstat GROUP BY name ORDER BY 2 DESC"
    ).fetchall()
    for name, size, unused, cells in rows:
        if size > 20_000:
            print(f"  {name:36s} {size / 1e6:7.2f} MB  {100 * unused / size:3.0f} % empty  {cells:7d} cells")
    direct.close()


def median_ms(work: Callable[[], object], rounds: int) -> float:
    spent = []
    for _ in range(rounds):
        begin = time.perf_counter()
        work()
        spent.append(1000 * (time.perf_counter() - begin))
    return statistics.median(spent)


async def packed(path: Path) -> int:
    """The size in bytes after what the program does to its ledger once a day."""
    ledger = await Ledger.open(path, now=START, mode="backtest")
    await ledger.compact()
    assert (await ledger.verify()).problems == ()
    await ledger.close()
    return await asyncio.to_thread(lambda: path.stat().st_size)


async def measure(wanted: int, path: Path, *, tables: bool) -> None:
    ledger = await Ledger.open(path, now=START, mode="backtest")
    bets = await fill(ledger, wanted)
    queries: dict[str, Callable[[], object]] = {
        "balances": lambda: ledger.balances("main"),
        "bankroll": lambda: ledger.bankroll("main"),
        "report": lambda: ledger.report(ReportFilter("main")),
        "watched events": ledger.watched_events,
        "50 bets": lambda: ledger.bets(BetFilter(account="main", limit=50)),
    }
    first = {name: median_ms(query, 1) for name, query in queries.items()}
    later = {name: median_ms(query, 20) for name, query in queries.items()}
    begin = time.perf_counter()
    assert (await ledger.verify()).problems == ()
    verifying = time.perf_counter() - begin
    await ledger.close()
    written = await asyncio.to_thread(lambda: path.stat().st_size)
    if tables:
        show_tables(path)
    size = await packed(path)
    print(f"{bets} bets: {size / 1e6:.2f} MB, {size / bets:.0f} bytes a bet, once packed as after a daily copy")
    print(f"  {written / 1e6:.2f} MB as it was written")
    print("  " + ", ".join(f"{name} {first[name]:.2f}, then {later[name]:.2f} ms" for name in queries))
    print(f"  verify {verifying:.2f} s")


def main() -> None:
    for wanted in [int(word) for word in sys.argv[1:] if word.isdigit()] or [10_000]:
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(measure(wanted, Path(folder) / "ledger.db", tables="--tables" in sys.argv))


if __name__ == "__main__":
    main()
