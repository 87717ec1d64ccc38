"""How long the simulated market takes to answer, as a ratio to reading its own bytes with the standard library.

Run: python benchmarks/simulated_market.py
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from betting_tui.engine.core.ports import OddsRequest
from betting_tui.engine.sources.simulated import SimulatedMarket, demo_settings

START = datetime(2030, 1, 5, 12, 0, tzinfo=UTC)
ROUNDS = 20


class _StillClock:
    def now(self) -> datetime:
        return START

    def monotonic(self) -> float:
        return 0.0

    async def sleep(self, seconds: float) -> None:
        raise NotImplementedError(f"a clock that stands cannot wait {seconds} s")


def milliseconds(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - begin)


def main() -> None:
    settings = demo_settings()
    requests = [OddsRequest(sport) for sport in settings.sports]

    def fetch_all(market: SimulatedMarket, at: datetime) -> list[bytes]:
        return [market.odds_body(request.sport_key, at, request) for request in requests]

    cold = statistics.median(
        milliseconds(lambda: fetch_all(SimulatedMarket(1, START, settings, _StillClock()), START)) for _ in range(5)
    )
    market = SimulatedMarket(1, START, settings, _StillClock())
    bodies = fetch_all(market, START)
    moments = [START + timedelta(seconds=90 * step) for step in range(1, ROUNDS + 1)]
    warm = statistics.median(milliseconds(partial(fetch_all, market, at)) for at in moments)
    one = max(
        statistics.median(milliseconds(partial(market.odds_body, request.sport_key, at, request)) for at in moments)
        for request in requests
    )
    decoding = statistics.median(milliseconds(lambda: [json.loads(body) for body in bodies]) for _ in range(ROUNDS))
    events = sum(len(json.loads(body)) for body in bodies)
    print(f"{events} events, {len(settings.books)} bookmakers, {sum(map(len, bodies)) / 1000:.0f} kB")
    print(f"all sports, first time   {cold:7.1f} ms   {cold / decoding:5.1f} x json.loads")
    print(f"all sports, later        {warm:7.1f} ms   {warm / decoding:5.1f} x json.loads")
    print(f"slowest sport, later     {one:7.1f} ms   {one / decoding:5.1f} x json.loads")
    print(f"json.loads of the same   {decoding:7.1f} ms   (all sports)")


if __name__ == "__main__":
    main()
