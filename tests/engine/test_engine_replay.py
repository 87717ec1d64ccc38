"""The same inbox gives the same ledger: what a demo did is replayed from its archive, byte for byte."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from betting_tui.engine.clocks import VirtualClock
from betting_tui.engine.config import Settings
from betting_tui.engine.core.bet_views import NotPlaced, Placed, Working
from betting_tui.engine.core.commands import Arm, CancelBet, Deposit, Place, Withdraw
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.model import BetState, Origin
from betting_tui.engine.core.ports import OddsRequest, Source
from betting_tui.engine.engine import Engine
from betting_tui.engine.launch import simulated_equipment
from betting_tui.engine.replay import replay
from betting_tui.engine.rooms import ARCHIVE_FILE, LEDGER_FILE, Equipment
from betting_tui.engine.sources.simulated import demo_settings
from betting_tui.engine.store import Ledger
from betting_tui.engine.store.shapes import BetFilter

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Session:
    """A demo driven by hand, so that every step happens at a known moment."""

    def __init__(self, data_dir: Path, *, start: datetime = START, seed: int = 11) -> None:
        self.clock = VirtualClock(start)
        equipment = simulated_equipment(seed, START, demo_settings(), self.clock)
        self.source: Source = equipment.feeds[0].source
        self.sports = equipment.feeds[0].plan.sports
        self.engine = Engine(Settings(), "demo", data_dir, equipment)

    async def poll(self) -> None:
        for sport in self.sports:
            await self.engine.take_odds(await self.source.fetch_odds(OddsRequest(sport)))

    async def results(self) -> None:
        for sport in self.sports:
            await self.engine.take_scores(await self.source.fetch_scores(sport, 3))

    async def place_best(self, key: str, how_many: int = 3) -> list[Placed | Working | NotPlaced]:
        rows = [row for row in self.engine.opportunities().rows if row.stake_minor and not row.taken][:how_many]
        return [
            await self.engine.place(
                Place("main", row.opportunity.legs, f"{key}-{number}", Origin.APP, "me", row.opportunity)
            )
            for number, row in enumerate(rows)
        ]


async def play(session: Session, key: str) -> None:
    """An hour or five of betting: by hand, by an armed strategy, with money in and out and a bet taken back."""
    engine = session.engine
    await engine.start(polling=False)
    await engine.arm(Arm("value_betting", on=True, created_by="me"))
    for step in range(9):
        await session.poll()
        if step % 3 == 0:
            await session.place_best(f"{key}-{step}")
        if step == 4:
            await engine.deposit(Deposit("main", 12_345, f"{key}-in", "me"))
            await engine.withdraw(Withdraw("main", 2_345, f"{key}-out", "me"))
            pending = engine.ledger.bets(BetFilter(account="main", states=(BetState.PENDING,)))
            await engine.cancel_bet(CancelBet(pending[0].id, "me"))
        session.clock.advance(1200)
        await session.results()
    await engine.stop()


async def exported(data_dir: Path, mode: str) -> bytes:
    ledger = await Ledger.open(data_dir / LEDGER_FILE, now=START, mode=mode)  # type: ignore[arg-type]
    try:
        assert (await ledger.verify()).problems == ()
        return ledger.export_ledger("json") + ledger.export_bets("csv", BetFilter())
    finally:
        await ledger.close()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a demo left behind, to be read only."""
    folder = tmp_path_factory.mktemp("played") / "demo"
    asyncio.run(play(Session(folder), "one"))
    return folder


async def test_a_replay_gives_the_same_ledger_byte_for_byte(tmp_path: Path, demo: Path) -> None:
    done = await replay(Settings(), demo / ARCHIVE_FILE, tmp_path / "again")
    assert done.entries > 100
    # Besides each round's answers, those by which a price was asked for again before it was taken.
    assert done.answers > 9 * 6 * 2
    assert done.left_out == 0
    original = await exported(demo, "demo")
    assert original.count(b"BET-") > 20
    assert original == await exported(tmp_path / "again", "replay")


@pytest.mark.long
async def test_a_later_run_on_the_same_ledger_is_part_of_the_replay(tmp_path: Path) -> None:
    first = Session(tmp_path / "demo")
    await play(first, "one")
    await play(Session(tmp_path / "demo", start=first.clock.now()), "two")
    await replay(Settings(), tmp_path / "demo" / ARCHIVE_FILE, tmp_path / "again")
    assert await exported(tmp_path / "demo", "demo") == await exported(tmp_path / "again", "replay")


async def test_another_seed_is_another_story(tmp_path: Path, demo: Path) -> None:
    await play(Session(tmp_path / "other", seed=12), "one")
    assert await exported(demo, "demo") != await exported(tmp_path / "other", "demo")


def test_a_simulated_answer_is_archived_as_its_seed(demo: Path) -> None:
    size = (demo / ARCHIVE_FILE).stat().st_size
    assert size < 400_000, "9 polls of 6 sports with their prices would be several megabytes"


async def test_a_replay_needs_a_place_of_its_own_and_something_recorded(tmp_path: Path) -> None:
    clock = VirtualClock(START)
    engine = Engine(Settings(), "demo", tmp_path / "demo", Equipment(clock))
    await engine.start(polling=False)
    await engine.stop()
    with pytest.raises(UsageError, match="not empty"):
        await replay(Settings(), tmp_path / "demo" / ARCHIVE_FILE, tmp_path / "demo")
