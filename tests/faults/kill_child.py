"""A process to be killed: an engine that places, settles, corrects and cancels without pause.

Every change is said twice on stdout: `will …` before it is asked for, the same words after it is acknowledged. With a
third argument it stops in order after so many requests.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from pathlib import Path

from betting_tui.engine.clocks import VirtualClock
from betting_tui.engine.config import PaperTrading, Settings
from betting_tui.engine.config.tree import Risk
from betting_tui.engine.core.bet_views import BetRow, Placed, SettlementReport
from betting_tui.engine.core.commands import CancelBet, Place, SettleBet
from betting_tui.engine.core.model import BetResult, Leg, Origin
from betting_tui.engine.core.ports import OddsRequest
from betting_tui.engine.engine import Engine
from betting_tui.engine.rooms import Equipment
from betting_tui.engine.sources.simulated import SimulatedMarket, demo_settings

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
SPORT = "basketball_nba"
RESULTS = tuple(BetResult)
SETTINGS = Settings(
    paper_trading=PaperTrading(starting_bankroll=Decimal(100_000_000)), risk=Risk(risk_tolerance="none")
)


def say(*words: str) -> None:
    sys.stdout.write(" ".join(words) + "\n")
    sys.stdout.flush()


class Child:
    def __init__(self, data_dir: Path, number: int, requests: int) -> None:
        self.number = number
        self.left = requests
        self.clock = VirtualClock(START)
        self.clock.advance(number * 600)
        self.market = SimulatedMarket(7, START, demo_settings(), self.clock)
        # Without feeds of its own the engine never asks by itself: the clock moves only here.
        self.engine = Engine(SETTINGS, "demo", data_dir, Equipment(self.clock, decoders=(self.market,)))

    async def run(self) -> None:
        await self.engine.start()
        numbers = count()
        while self.left > 0:
            await self.engine.take_odds(await self.market.fetch_odds(OddsRequest(SPORT)))
            for leg in self.legs()[: self.left]:
                self.left -= 1
                await self.step(next(numbers), leg)
            self.clock.advance(300)
            await self.take_scores()
        await self.engine.stop()

    def legs(self) -> list[Leg]:
        board = self.engine.board
        return [
            Leg(quote.selection, quote.bookmaker, quote.price, seen_at=quote.seen_at, stake_minor=100)
            for event in board.events()
            for line in board.lines(event.id)
            for quote in board.quotes(line)
        ][:40]

    async def step(self, number: int, leg: Leg) -> None:
        key = f"{self.number}:{number}"
        say("will", "place", key, "-")
        placed = await self.engine.place(Place("main", (leg,), key, Origin.COMMAND, "child"))
        if not isinstance(placed, Placed):
            return
        bet = placed.bets[0].id
        say("place", key, bet)
        match number % 4:
            case 0:
                return
            case 1:
                await self.settle(bet, RESULTS[number // 4 % len(RESULTS)])
            case 2:
                say("will", "state", bet, "cancelled")
                await self.engine.cancel_bet(CancelBet(bet, "child"))
                say("state", bet, state_of(self.engine.ledger.bet(bet)))
            case _:
                await self.settle(bet, RESULTS[number % len(RESULTS)])
                await self.settle(bet, RESULTS[(number + 1 + number // 4 % 5) % len(RESULTS)])

    async def settle(self, bet: str, result: BetResult) -> None:
        say("will", "state", bet, result.value)
        say("state", bet, state_of((await self.engine.settle_bet(SettleBet(bet, result, "child"))).bet))

    async def take_scores(self) -> None:
        say("will", "scores", "-", "-")
        report = await self.engine.take_scores(await self.market.fetch_scores(SPORT, 3))
        assert isinstance(report, SettlementReport)
        for bet in report.settled:
            say("state", bet.id, state_of(bet))
        say("scores", "-", "-")


def state_of(bet: BetRow) -> str:
    """What the bet came to, else what it is: `half_win`, `pending`, `cancelled`."""
    return bet.result.value if bet.result is not None else bet.state.value


if __name__ == "__main__":
    asyncio.run(Child(Path(sys.argv[1]), int(sys.argv[2]), int([*sys.argv, str(sys.maxsize)][3])).run())
