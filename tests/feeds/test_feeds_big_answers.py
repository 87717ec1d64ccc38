"""Megabytes: read event by event beside the event loop, which is never held for long."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest
from big_answers import big_slate, longest_lag
from fault_table import Figures
from odds_payloads import answer
from weather_kit import NBA, Station

from betting_tui.engine.core.errors import BadAnswer
from betting_tui.engine.sources.espn_decode import decode_scores
from betting_tui.engine.sources.the_odds_api_decode import decode_odds

HELD_SECONDS = 0.025
SLATE = big_slate(4)
MANY = b"[" + b"{}," * 1_300_000 + b"{}]"
_HEAD, _, _BOOKS = SLATE.split(b'},{"id"', 1)[0].partition(b'"bookmakers":[')
ONE_GAME = _HEAD + b'"bookmakers":[' + b",".join([_BOOKS.removesuffix(b"]")] * 250) + b"]}]"
BODIES = {
    "a slate": SLATE,
    "a slate with one NaN": SLATE.replace(b'"price":-110', b'"price":NaN', 1),
    "an envelope with one NaN": b'{"timestamp":"2026-04-18T19:00:00Z","data":'
    + SLATE.replace(b'"price":-110', b'"price":NaN', 1)
    + b"}",
    "one game": ONE_GAME,
    "a million objects": MANY,
    "a million members": b"{" + b'"a":1,' * 700_000 + b'"b":1}',
}


def bar() -> float:
    """Where more runs than the machine has cores for, each turn of ours comes later by as much."""
    return HELD_SECONDS * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


@pytest.mark.parametrize("name", BODIES)
async def test_reading_four_megabytes_leaves_the_loop_free(name: str) -> None:
    """The best of four: what is measured is ours, not what else the machine does."""
    lags = []
    for _ in range(4):
        async with longest_lag() as lag:
            for decode in (decode_odds, decode_scores):
                try:
                    await asyncio.to_thread(decode, answer(BODIES[name]))
                except BadAnswer:
                    continue
        lags.append(lag.worst)
        if lag.worst <= HELD_SECONDS:
            break
    assert min(lags) <= bar()


@pytest.mark.long
async def test_four_megabytes_all_the_way_leave_the_loop_free(tmp_path: Path, figure: Figures) -> None:
    async with Station(tmp_path, deadline=20) as station:
        station.odds.odds[NBA] = SLATE
        await station.engine.start(polling=False)
        lags = []
        for _ in range(4):
            async with longest_lag() as lag:
                await station.engine.fetch_odds([NBA])
            lags.append(lag.worst)
        assert len(station.engine.board.events()) > 200
    figure("the loop held by 4 MB", "25 ms", f"{min(lags) * 1000:.0f} ms")
    assert min(lags) <= bar()
