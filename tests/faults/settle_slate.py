"""A ledger with open bets on many games, at bookmakers and an exchange, and the results of all of them in batches."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

from msgspec import structs
from store_samples import MAIN, NOW, START, record, score

from betting_tui.engine.core.bet_views import Placed
from betting_tui.engine.core.model import Event, LineKey, OutcomeSet, Selection, Side
from betting_tui.engine.core.scores import Score
from betting_tui.engine.store import Ledger
from betting_tui.engine.store.placing import record_bet

__all__ = ["AFTER", "BATCHES", "BETS", "NOW", "batches", "fill_slate"]
AFTER = START + timedelta(hours=4)
GAMES = 40
BETS = 300
BATCHES = 4


def game(number: int) -> Event:
    return Event(f"game-{number}", "basketball_nba", "NBA", START, f"Home {number}", f"Away {number}")


def batches() -> list[tuple[Score, ...]]:
    """The results of all games, as they come in."""
    told = tuple(score(100 + number % 7, 103, game(number)) for number in range(GAMES))
    return [told[start::BATCHES] for start in range(BATCHES)]


async def fill_slate(path: Path) -> None:
    ledger = await Ledger.open(path, now=NOW)

    def work(conn: sqlite3.Connection) -> None:
        for number in range(BETS):
            event = game(number % GAMES)
            line = LineKey(event.id, "h2h", OutcomeSet.TWO_WAY)
            name = event.home_team if number % 3 else event.away_team
            command = record(
                "2.1",
                500,
                str(number),
                Selection(line, name or ""),
                event,
                side=Side.LAY if number % 5 == 4 else Side.BACK,
            )
            book = "betfair_ex_uk" if number % 2 else "fanduel"
            assert isinstance(record_bet(conn, structs.replace(command, bookmaker=book), NOW), Placed)

    try:
        await ledger.ensure_account(MAIN, NOW)
        await ledger._database.write(work)
    finally:
        await ledger.close()
