"""How long the event loop is held by an answer of 4 MB, on its whole way: fetched, looked at, decoded, put on the
board, scanned, archived. The lag is what any other task, a key press for one, has to wait longer than it asked to.

Run: python benchmarks/big_answer.py [MEGABYTES]
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "tests" / part) for part in ("feeds", "engine/sources")]


async def main(megabytes: float) -> None:
    from big_answers import big_slate, longest_lag
    from weather_kit import NBA, Station

    body = big_slate(megabytes)
    with tempfile.TemporaryDirectory() as folder:
        async with Station(Path(folder), deadline=20) as station:
            station.odds.odds[NBA] = body
            await station.engine.start(polling=False)
            for number in range(5):
                began = time.perf_counter()
                async with longest_lag() as lag:
                    with contextlib.suppress(asyncio.CancelledError):
                        await station.engine.fetch_odds([NBA])
                took = time.perf_counter() - began
                events = len(station.engine.board.events())
                print(
                    f"answer {number + 1}: {len(body) / 1e6:.1f} MB, {events} events in {took:.2f} s; "
                    f"the loop was held {lag.worst * 1000:.1f} ms at most"
                )


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]) if len(sys.argv) > 1 else 4.0))
