"""A slate of megabytes, and a watch on how long the event loop is held."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import hostile_feeds as feeds
from odds_payloads import book, event, market, outcome

_TICK_SECONDS = 0.001
_BOOKS = 30


class Lag:
    """Seconds beyond what was asked for, of the longest of many short waits."""

    worst = 0.0


@asynccontextmanager
async def longest_lag() -> AsyncIterator[Lag]:
    lag = Lag()

    async def watch() -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(_TICK_SECONDS)
            lag.worst = max(lag.worst, time.perf_counter() - began - _TICK_SECONDS)

    watching = asyncio.create_task(watch())
    await asyncio.sleep(0)
    try:
        yield lag
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


def big_slate(megabytes: float) -> bytes:
    """Games with the featured markets of thirty books, until so many megabytes are full."""
    rows: list[str] = []
    size = 0
    while size < megabytes * 1e6:
        home, away = f"Home {len(rows)}", f"Away {len(rows)}"
        markets = (
            market("h2h", outcome(home, -110), outcome(away, -110), last_update=feeds.QUOTED),
            market("spreads", outcome(home, -110, 1.5), outcome(away, -110, -1.5), last_update=feeds.QUOTED),
            market("totals", outcome("Over", -110, 220.5), outcome("Under", -110, 220.5), last_update=feeds.QUOTED),
        )
        books = [book(f"book{number}", *markets, last_update=feeds.QUOTED) for number in range(_BOOKS)]
        game = event(*books, id=f"big{len(rows)}", home_team=home, away_team=away, commence_time=feeds.START)
        rows.append(json.dumps(game, separators=(",", ":")))
        size += len(rows[-1]) + 1
    return f"[{','.join(rows)}]".encode()
