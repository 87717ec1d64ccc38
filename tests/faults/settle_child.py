"""A process to be killed: it settles a slate of bets in a few batches, and says when it began and when each is done."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from settle_slate import AFTER, NOW, batches

from betting_tui.engine.store import Ledger


async def run(path: Path) -> None:
    ledger = await Ledger.open(path, now=NOW)
    try:
        sys.stdout.write("began\n")
        sys.stdout.flush()
        for scores in batches():
            report = await ledger.settle_scores(scores, AFTER)
            sys.stdout.write(f"settled {len(report.settled)}\n")
            sys.stdout.flush()
    finally:
        await ledger.close()


if __name__ == "__main__":
    asyncio.run(run(Path(sys.argv[1])))
