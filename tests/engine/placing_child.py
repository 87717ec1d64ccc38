"""A process to be killed: places on whatever the simulated market offers and says each accepted bet on stdout."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from betting_tui.engine.clocks import VirtualClock
from betting_tui.engine.config import PaperTrading, Settings
from betting_tui.engine.core.commands import Place
from betting_tui.engine.core.model import Leg, Origin
from betting_tui.engine.core.ports import AnswerKind, OddsRequest
from betting_tui.engine.core.views import Placed
from betting_tui.engine.engine import Engine
from betting_tui.engine.launch import simulated_equipment
from betting_tui.engine.sources.simulated import demo_settings

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
SPORT = "basketball_nba"


async def main(data_dir: Path, round_number: int) -> None:
    clock = VirtualClock(START)
    clock.advance(round_number * 600)
    equipment = simulated_equipment(7, START, demo_settings(), clock)
    settings = Settings(paper_trading=PaperTrading(starting_bankroll=Decimal(100_000_000)))
    engine = Engine(settings, "demo", data_dir, equipment)
    await engine.start(polling=False)
    source = equipment.feeds[0].source
    placed = 0
    while True:
        await engine.take_odds(await source.fetch_odds(OddsRequest(SPORT)))
        for event in engine.board.events():
            for line in engine.board.lines(event.id):
                for quote in engine.board.quotes(line):
                    leg = Leg(quote.selection, quote.bookmaker, quote.price, seen_at=quote.seen_at, stake_minor=100)
                    key = f"{round_number}:{placed}"
                    outcome = await engine.place(Place("main", (leg,), key, Origin.COMMAND, "child"))
                    if isinstance(outcome, Placed):
                        placed += 1
                        sys.stdout.write(f"{key} {outcome.bets[0].id}\n")
                        sys.stdout.flush()
        clock.advance(300)
        scores = await source.fetch_scores(SPORT, 3)
        assert scores.kind is AnswerKind.SCORES
        await engine.take_scores(scores)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
