"""One of several programs on one ledger: places every opportunity of a slate and says what became of them.

`app` runs the whole engine with its loops; any other name is a command that only wants to place.
"""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from slate import SPORT, Slate, WrongClock, games, opportunity_on

from betting_tui.engine.config import PaperTrading, Settings
from betting_tui.engine.config.tree import Risk
from betting_tui.engine.core.bet_views import NotPlaced, Placed
from betting_tui.engine.core.commands import Place
from betting_tui.engine.core.model import Origin
from betting_tui.engine.core.ports import OddsRequest
from betting_tui.engine.engine import Engine
from betting_tui.engine.rooms import Equipment

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
STARTING_BANKROLL = 10_000_000
SETTINGS = Settings(
    paper_trading=PaperTrading(starting_bankroll=Decimal(STARTING_BANKROLL)), risk=Risk(risk_tolerance="none")
)


async def main(data_dir: Path, name: str, count: int) -> None:
    clock = WrongClock(START)
    slate = games(count, START + timedelta(hours=6), timedelta(seconds=1))
    feed = Slate(clock, slate)
    engine = Engine(SETTINGS, "demo", data_dir, Equipment(clock, decoders=(feed,)))
    await engine.start(polling=name == "app")
    await engine.take_odds(await feed.fetch_odds(OddsRequest(SPORT)))
    print("ready", flush=True)  # noqa: T201
    sys.stdin.readline()
    outcomes: Counter[str] = Counter()
    for event in slate:
        found = opportunity_on(event, 100, START)
        outcome = await engine.place(
            Place("main", found.legs, f"{name}:{found.id}", Origin.COMMAND, name, found, take_worse=False)
        )
        match outcome:
            case Placed():
                outcomes["placed"] += len(outcome.bets)
            case NotPlaced():
                outcomes[outcome.refusal.code.value] += 1
            case _:
                raise TypeError(type(outcome).__name__)
    await engine.stop()
    print(*(f"{what}={times}" for what, times in sorted(outcomes.items())))  # noqa: T201


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
