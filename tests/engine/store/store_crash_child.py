"""A process to be killed: places and settles without pause, and says each commit on stdout after it."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from store_samples import AFTER, GAME, NOW, fill, leg, place

from betting_tui.engine.core.commands import SettleBet
from betting_tui.engine.core.model import BetResult
from betting_tui.engine.core.views import Placed
from betting_tui.engine.store import Ledger, NewAccount

RESULTS = tuple(BetResult)


async def main(path: Path, number: int) -> None:
    ledger = await Ledger.open(path, now=NOW)
    await ledger.ensure_account(NewAccount("main", "USD", 10**9, "test"), NOW)
    count = 0
    while True:
        command = place(leg(stake=100), key=f"{number}:{count}")
        outcome = await ledger.place(command, [fill(command.legs[0])], [GAME], NOW)
        assert isinstance(outcome, Placed)
        bet = outcome.bets[0].id
        say("placed", command.key, bet)
        if count % 2:
            result = RESULTS[count % len(RESULTS)]
            await ledger.settle_bet(SettleBet(bet, result, "test"), AFTER)
            say("settled", bet, result.value)
        count += 1


def say(*words: str) -> None:
    sys.stdout.write(" ".join(words) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
