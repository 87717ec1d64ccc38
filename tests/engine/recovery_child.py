"""A process to be killed: an engine that runs, with one bet and a line on stdout for each thing that is done."""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime
from pathlib import Path

from betting_tui.engine.clocks import VirtualClock
from betting_tui.engine.config import Settings
from betting_tui.engine.core.commands import RecordBet
from betting_tui.engine.core.model import Event, LineKey, Origin, OutcomeSet, Selection
from betting_tui.engine.core.odds import parse_any
from betting_tui.engine.engine import Engine
from betting_tui.engine.rooms import Equipment


async def main(data_dir: Path, now: datetime, mode: str, bets: int) -> None:
    assert mode in ("live", "demo")
    engine = Engine(Settings(), "demo" if mode == "demo" else "live", data_dir, Equipment(VirtualClock(now)))
    await engine.start()
    for number in range(bets):
        event = Event(f"nba-{number}", "basketball_nba", "NBA", now.replace(hour=20), "Lakers", "Celtics")
        selection = Selection(LineKey(event.id, "h2h", OutcomeSet.TWO_WAY), "Lakers")
        key = f"{now.isoformat()}:{number}"
        await engine.record_bet(
            RecordBet("main", event, selection, "fanduel", parse_any("+150"), 1_000, key, Origin.COMMAND, "child")
        )
    sys.stdout.write("running\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2]), sys.argv[3], int(sys.argv[4])))
