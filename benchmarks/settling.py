"""What settling costs: bets on a season of games, settled from their final scores in one batch.

Bets are of several strategies at several books; nearly all have a kept close of their book's and of the reference's.

Run: python benchmarks/settling.py [BETS] [BETS AN EVENT]
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from betting_tui.engine.core.bet_views import Placed
from betting_tui.engine.core.closes import FairClose
from betting_tui.engine.core.commands import RecordBet
from betting_tui.engine.core.model import Event, LineKey, Origin, OutcomeSet, Quote, Selection
from betting_tui.engine.core.odds import parse_any
from betting_tui.engine.core.scores import PeriodScore, Score
from betting_tui.engine.store import Ledger, NewAccount
from betting_tui.engine.store.closing import Closings, keep
from betting_tui.engine.store.placing import record_bet

START = datetime(2026, 1, 5, 18, tzinfo=UTC)
BOOKS = "pinnacle fanduel draftkings betmgm williamhill_us".split()
PRICES = "-110 +105 1.91 +150 2.5 -120".split()
STRATEGIES = ("value_betting", "steam", None)
SHARP = ("pinnacle", "lowvig")
SEEN_BEFORE = (timedelta(hours=3), timedelta(minutes=40), timedelta(minutes=4))
BAR_SECONDS = 2.0
_EVENTS_A_DAY = 12


def event(number: int) -> Event:
    start = START + timedelta(days=number // _EVENTS_A_DAY, minutes=10 * (number % _EVENTS_A_DAY))
    return Event(f"nba-{number}", "basketball_nba", "NBA", start, f"Home {number}", f"Away {number}")


def selection(game: Event, number: int) -> Selection:
    match number % 3:
        case 0:
            return Selection(LineKey(game.id, "h2h", OutcomeSet.TWO_WAY), game.home_team or "")
        case 1:
            point = -7.5 + number % 30 / 2
            line = LineKey(game.id, "spreads", OutcomeSet.TWO_WAY, point=point)
            return Selection(line, game.home_team or "", point)
        case _:
            total = 210.0 + number % 30 / 2
            line = LineKey(game.id, "totals", OutcomeSet.TWO_WAY, point=total)
            return Selection(line, "Under", total)


def bet(number: int, an_event: int) -> RecordBet:
    game = event(number // an_event)
    return RecordBet(
        account="main",
        event=game,
        selection=selection(game, number % an_event),
        bookmaker=BOOKS[number % len(BOOKS)],
        price=parse_any(PRICES[number % len(PRICES)]),
        stake_minor=1_000 + number % 7 * 100,
        key=f"k{number}",
        origin=Origin.MANUAL,
        created_by="benchmark",
        strategy=STRATEGIES[number % len(STRATEGIES)],
    )


def closings(game: Event, bets: Sequence[RecordBet], before: timedelta) -> Closings:
    """What was seen of these bets' prices so long before the start: one in twenty of them was no longer offered."""
    at = game.commence_time - before
    still = [each for place, each in enumerate(bets) if (place + len(game.id)) % 20 or before > SEEN_BEFORE[1]]
    price = {each.key: parse_any(PRICES[(place + before.seconds) % len(PRICES)]) for place, each in enumerate(bets)}
    quotes = tuple(Quote(each.selection, each.bookmaker, price[each.key], "the_odds_api", at, at) for each in still)
    fair = tuple(
        FairClose(each.selection, each.bookmaker, 0.4 + place / 100, True, "power", SHARP, "the_odds_api", at, at)
        for place, each in enumerate(still)
    )
    return Closings(quotes, fair, (game,), ((game, at),))


def score(number: int) -> Score:
    game = event(number)
    quarters = tuple(PeriodScore(25 + number % 5, 24 + number % 7) for _ in range(4))
    return Score(
        event_id=game.id,
        source="the_odds_api",
        sport_key=game.sport_key,
        commence_time=game.commence_time,
        completed=True,
        home_team=game.home_team,
        away_team=game.away_team,
        home_score=sum(each.home or 0 for each in quarters),
        away_score=sum(each.away or 0 for each in quarters),
        includes_overtime=True,
        periods=quarters,
    )


async def fill(ledger: Ledger, bets: int, an_event: int) -> None:
    """In one transaction: what placing costs is measured elsewhere."""
    now = START - timedelta(days=1)

    def work(conn: sqlite3.Connection) -> None:
        for game in range(-(-bets // an_event)):
            there = [bet(number, an_event) for number in range(game * an_event, min(bets, (game + 1) * an_event))]
            for each in there:
                assert isinstance(record_bet(conn, each, now), Placed)
            for before in SEEN_BEFORE:
                keep(conn, closings(event(game), there, before), event(game).commence_time - before)

    await ledger._database.write(work)


async def measure(folder: Path, bets: int, an_event: int) -> float:
    now = START - timedelta(days=1)
    ledger = await Ledger.open(folder / "ledger.db", now=now, mode="backtest")
    try:
        await ledger.ensure_account(NewAccount("main", "USD", 10**12, "benchmark"), now)
        await fill(ledger, bets, an_event)
        scores = [score(number) for number in range(-(-bets // an_event))]
        after = event(len(scores)).commence_time + timedelta(hours=4)
        began = time.perf_counter(), time.process_time()
        report = await ledger.settle_scores(scores, after)
        took, cpu = time.perf_counter() - began[0], time.process_time() - began[1]
        assert len(report.settled) == bets, report.open[:3]
        assert (await ledger.verify()).ok
        compared = sum(each.clv_ev is not None for each in report.settled)
        assert compared > 0.9 * bets, f"only {compared} have a close"
    finally:
        await ledger.close()
    print(f"{cpu:.2f} s of them on the processor")
    return took


def main() -> None:
    bets, an_event = (int(word) for word in (*sys.argv[1:3], *("10000", "20")[len(sys.argv) - 1 :]))
    with tempfile.TemporaryDirectory() as folder:
        took = asyncio.run(measure(Path(folder), bets, an_event))
    bar = BAR_SECONDS * bets / 10_000
    print(f"{bets} bets settled in {took:.2f} s, {took / bets * 1e6:.0f} us a bet; bar {bar:.1f} s")


if __name__ == "__main__":
    main()
