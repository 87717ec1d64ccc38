"""Draws the pictures of the README: the real app on the simulated market, at a fixed moment of a fixed seed."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import re
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from msgspec import structs

from betting_tui.app import BettingApp
from betting_tui.engine.clocks import VirtualClock
from betting_tui.engine.config import PaperTrading, Settings, Ui
from betting_tui.engine.core.commands import Arm, Place
from betting_tui.engine.core.model import Origin
from betting_tui.engine.core.ports import OddsRequest
from betting_tui.engine.engine import Engine
from betting_tui.engine.launch import simulated_equipment
from betting_tui.engine.rooms import Files
from betting_tui.engine.sources.simulated import demo_settings

START = datetime(2026, 3, 7, 15, tzinfo=UTC)
SIZE = (120, 40)
_MOST_STEPS, _LEAST_EDGES = 120, 3
LOG = Path("demo", "betting-tui.log")
MONOSPACED = "ui-monospace, Menlo, Consolas, DejaVu Sans Mono"
SCREENS = {"opportunities": "1", "open-bets": "2", "bankroll": "3", "reports": "4", "markets": "5", "system": "6"}


def write_log(path: Path, clock: VirtualClock) -> None:
    """Log as the app does, at the evening's own times."""

    def at_its_time(record: logging.LogRecord) -> bool:
        record.created, record.msecs = clock.now().timestamp(), 0.0
        return True

    path.parent.mkdir(exist_ok=True)
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    handler.addFilter(at_its_time)
    logger = logging.getLogger("betting_tui")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)


class Show:
    """A simulated Saturday with some bets placed and some settled."""

    def __init__(self, folder: Path) -> None:
        self.clock = VirtualClock(START)
        equipment = structs.replace(
            simulated_equipment(5, START, demo_settings(), self.clock), files=Files(log=str(LOG))
        )
        self.source = equipment.feeds[0].source
        self.sports = equipment.feeds[0].plan.sports
        settings = Settings(paper_trading=PaperTrading(bet_sizing_method="kelly"), ui=Ui(time_zone="UTC"))
        self.engine = Engine(settings, "demo", folder, equipment)

    async def play(self) -> Engine:
        engine = self.engine
        await engine.start(polling=False)
        await engine.arm(Arm("value_betting", on=True, created_by="picture"))
        for step in range(100):
            await self.step()
            if step % 5 == 0:
                await self.place_best(step)
        await engine.arm(Arm("value_betting", on=False, created_by="picture"))
        for _ in range(_MOST_STEPS):
            if self.has_all_kinds():
                break
            await self.step()
        return engine

    async def step(self) -> None:
        """Four minutes of the evening: results of what has ended, then prices."""
        self.clock.advance(240)
        for sport in self.sports:
            await self.engine.take_scores(await self.source.fetch_scores(sport, 3))
        for sport in self.sports:
            await self.engine.take_odds(await self.source.fetch_odds(OddsRequest(sport)))

    def has_all_kinds(self) -> bool:
        """Whether the list has an arbitrage and some prices with an edge that nobody took."""
        rows = [row for row in self.engine.opportunities(12).rows if row.stake_minor and not row.taken]
        sure = sum(len(row.opportunity.legs) > 1 for row in rows)
        edges = sum((row.opportunity.edge or 0) > 0 for row in rows)
        return sure > 0 and edges > _LEAST_EDGES

    async def place_best(self, step: int) -> None:
        rows = [row for row in self.engine.opportunities(12).rows if row.stake_minor and not row.taken]
        for number, row in enumerate(rows[:2]):
            found = row.opportunity
            await self.engine.place(Place("main", found.legs, f"{step}-{number}", Origin.APP, "picture", found))


def self_contained(svg: str) -> str:
    """Without fonts from elsewhere: the reader's own monospaced one serves."""
    return re.sub(r"@font-face\s*\{[^}]*\}", "", svg).replace("Fira Code", MONOSPACED)


async def draw(target: Path) -> None:
    # A folder by its own name only: the picture of the system screen shows where the data lies.
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        show = Show(Path("demo"))
        write_log(LOG, show.clock)
        engine = await show.play()

        async def opened() -> Engine:
            return engine

        app = BettingApp(opened, settings=engine.settings)
        async with app.run_test(size=SIZE) as pilot:
            for name, key in SCREENS.items():
                await pilot.press(key)
                await pilot.pause(0.6)
                picture = self_contained(app.export_screenshot(title="betting-tui"))
                target.joinpath(f"{name}.svg").write_text(picture, encoding="utf-8")
        await engine.stop()


if __name__ == "__main__":
    os.environ["TEXTUAL_ANIMATIONS"] = "none"
    os.environ["TZ"] = "UTC"
    time.tzset()
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).with_name("pictures"))
    folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(draw(folder.resolve()))
