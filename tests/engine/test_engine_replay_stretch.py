"""A recording replays by itself: from a fresh ledger, with what was armed and opened when it began."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from test_engine_replay import START, Session, exported, play

from betting_tui.engine.config import Settings
from betting_tui.engine.core.commands import Arm, CancelBet, Deposit, OpenAccount, SettleBet
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.model import BetResult, Origin
from betting_tui.engine.replay import replay
from betting_tui.engine.rooms import ARCHIVE_FILE, LEDGER_FILE
from betting_tui.engine.store import Archive, Ledger
from betting_tui.engine.store.shapes import BetFilter


async def mark(data_dir: Path, name: str, *, stop: bool = False) -> None:
    """As another process does it, beside the engine."""
    archive = await Archive.open(data_dir / ARCHIVE_FILE)
    await (archive.stop_recording(name, START) if stop else archive.start_recording(name, START))
    await archive.close()


async def written(session: Session) -> None:
    """What was received is on disk: another process can only mark a stretch of that."""
    archive = session.engine._open.archive
    assert archive is not None
    await archive._database.write(lambda _: None)


async def rounds(session: Session, count: int) -> None:
    for _ in range(count):
        await session.poll()
        session.clock.advance(1200)
        await session.results()


async def settled_bets(data_dir: Path, origin: Origin) -> int:
    ledger = await Ledger.open(data_dir / LEDGER_FILE, now=START, mode="replay")
    try:
        return sum(bet.origin is origin for bet in ledger.bets(BetFilter()))
    finally:
        await ledger.close()


@pytest.mark.long
async def test_a_recording_from_the_very_start_gives_the_original_ledger(tmp_path: Path) -> None:
    await mark(tmp_path / "demo", "all")
    await play(Session(tmp_path / "demo"), "one")
    await mark(tmp_path / "demo", "all", stop=True)
    after = Session(tmp_path / "demo", start=START + timedelta(hours=4))
    await after.engine.start(polling=False)
    await rounds(after, 1)
    await after.engine.stop()
    done = await replay(Settings(), tmp_path / "demo" / ARCHIVE_FILE, tmp_path / "again", recording="ALL")
    assert done.left_out == 0
    await play(Session(tmp_path / "alone"), "one")
    assert await exported(tmp_path / "alone", "demo") == await exported(tmp_path / "again", "replay")


async def test_a_stretch_in_the_middle_gives_the_same_ledger_every_time_with_what_was_armed(tmp_path: Path) -> None:
    session = Session(tmp_path / "demo")
    engine = session.engine
    await engine.start(polling=False)
    await engine.open_account(OpenAccount("second", "USD", 500_000, "UTC", "me"))
    await engine.arm(Arm("value_betting", on=True, created_by="me"))
    await rounds(session, 2)
    await written(session)
    await mark(tmp_path / "demo", "middle")
    await rounds(session, 3)
    await engine.deposit(Deposit("second", 777, "in", "me"))
    mine = engine.ledger.bets(BetFilter())[0].id
    await engine.cancel_bet(CancelBet(mine, "me"))
    with pytest.raises(UsageError):
        await engine.settle_bet(SettleBet("BET-999999", BetResult.WIN, "me"))
    await written(session)
    await mark(tmp_path / "demo", "middle", stop=True)
    await rounds(session, 1)
    await engine.stop()

    archive = tmp_path / "demo" / ARCHIVE_FILE
    done = await replay(Settings(), archive, tmp_path / "again", recording="middle")
    assert (done.answers, done.left_out) == (3 * 6 * 2, 2)
    assert await settled_bets(tmp_path / "again", Origin.AUTO) > 0
    once = await exported(tmp_path / "again", "replay")
    await replay(Settings(), archive, tmp_path / "once more", recording="middle")
    assert once == await exported(tmp_path / "once more", "replay")
    ledger = await Ledger.open(tmp_path / "again" / LEDGER_FILE, now=START, mode="replay")
    assert ledger.balances("second").bankroll_minor >= 500_777 - 100_000
    await ledger.close()


async def test_a_stretch_must_be_there_and_hold_something(tmp_path: Path) -> None:
    session = Session(tmp_path / "demo")
    await session.engine.start(polling=False)
    await mark(tmp_path / "demo", "empty")
    await mark(tmp_path / "demo", "empty", stop=True)
    await session.engine.stop()
    archive = tmp_path / "demo" / ARCHIVE_FILE
    with pytest.raises(UsageError, match="holds nothing"):
        await replay(Settings(), archive, tmp_path / "again", recording="empty")
    with pytest.raises(UsageError, match="there is no recording 'none'"):
        await replay(Settings(), archive, tmp_path / "again", recording="none")
    assert not (tmp_path / "again").exists()


@pytest.mark.parametrize("there", [pytest.param(False, marks=pytest.mark.long), True])
async def test_a_replay_that_is_interrupted_tells_how_far_it_came_and_leaves_nothing(
    tmp_path: Path, there: bool
) -> None:
    session = Session(tmp_path / "demo")
    await session.engine.start(polling=False)
    await rounds(session, 12)
    await session.engine.stop()
    into = tmp_path / "again"
    if there:
        into.mkdir()
    told: list[int] = []

    def interrupt(entries: int, total: int, what: str) -> None:
        assert (total, what) == (0, "Replaying")
        assert (into / LEDGER_FILE).exists()
        told.append(entries)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await replay(Settings(), tmp_path / "demo" / ARCHIVE_FILE, into, progress=interrupt)
    assert len(told) == 1
    assert into.exists() is there
    assert not there or not any(into.iterdir())
    done = await replay(Settings(), tmp_path / "demo" / ARCHIVE_FILE, into)
    assert done.entries > told[0]
