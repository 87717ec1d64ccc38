"""What an engine goes through when its disk takes nothing for a while, told step by step.

As a program, `refusing_disk.py HARM DIRECTORY` does it to a process of its own and prints the story as JSON:
`size` limits the size of its files; `folder` and `file` take away the right to write, from an ordinary user.
"""

from __future__ import annotations

import asyncio
import os
import resource
import sys
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import msgspec
from shared_child import SETTINGS, START
from slate import WrongClock, backing_home, games

from betting_tui.engine.core.bet_views import NotPlaced, Placed
from betting_tui.engine.core.commands import RecordBet
from betting_tui.engine.core.errors import LedgerError
from betting_tui.engine.core.model import Origin
from betting_tui.engine.engine import Engine
from betting_tui.engine.rooms import LEDGER_FILE, Equipment
from betting_tui.engine.store import BetFilter
from betting_tui.engine.store.schema import LEDGER, migrations

NOBODY = 65534
CANNOT_TELL = 77
ENOUGH = 250
GAME = games(1, START + timedelta(hours=6), timedelta(0))[0]


Turn = Callable[[Engine | None], None]


class Story(msgspec.Struct):
    accepted: int = 0
    stored: int = 0
    refused_with: str = ""
    warning: str = ""
    rested: bool = False
    warned_while_full: bool = False
    warning_afterwards: str = "never asked"
    accepted_afterwards: bool = False
    problems: tuple[str, ...] = ()


async def place(engine: Engine, story: Story) -> str:
    """Empty when a bet was accepted, else why not."""
    leg = backing_home(GAME, 100)
    command = RecordBet(
        "main", GAME, leg.selection, leg.bookmaker, leg.price, 100, f"bet {story.accepted}", Origin.MANUAL, "test",
        note="takes some room " * 10,
    )  # fmt: skip
    try:
        outcome = await engine.record_bet(command)
    except LedgerError as error:
        return error.message
    if isinstance(outcome, NotPlaced):
        return outcome.refusal.message
    assert isinstance(outcome, Placed)
    assert not outcome.repeated
    story.accepted += 1
    return ""


async def live_through(data_dir: Path, refuse: Turn, allow: Turn) -> Story:
    """Bets go in; the disk refuses; the engine rests and says so; the disk takes again; bets go in."""
    story, clock, wall = Story(), WrongClock(START), WrongClock(START)
    engine = Engine(SETTINGS, "demo", data_dir, Equipment(clock))
    engine._wall = wall  # type: ignore[assignment]
    await engine.start(polling=False)

    async def later() -> None:
        """Ten seconds on, as the engine sees them."""
        for each in (clock, wall):
            await each.sleep(10)
        await engine.keep_house()

    for _ in range(5):
        await place(engine, story)
    refuse(engine)
    while not story.refused_with and story.accepted < ENOUGH:
        story.refused_with = await place(engine, story)
    story.warning = engine.overview().warning
    story.rested = bool(await place(engine, story))
    await later()
    story.warned_while_full = bool(engine.overview().warning)
    story.stored = engine.ledger.count_bets(BetFilter())
    allow(engine)
    await later()
    story.warning_afterwards = engine.overview().warning
    story.accepted_afterwards = not await place(engine, story)
    story.problems = (await engine.ledger.verify()).problems
    await engine.stop()
    return story


def limit_files(data_dir: Path) -> tuple[Turn, Turn]:
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    def refuse(_: Engine | None) -> None:
        size = (data_dir / LEDGER_FILE).stat().st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100_000, hard))

    def allow(_: Engine | None) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))

    return refuse, allow


def take_rights(path: Path) -> tuple[Turn, Turn]:
    """As an ordinary user, for the rights of a file do not bind its administrator."""
    before = path.stat().st_mode

    def refuse(_: Engine | None) -> None:
        path.chmod(before & 0o500)

    def allow(_: Engine | None) -> None:
        path.chmod(before)

    return refuse, allow


def become_nobody(folder: Path) -> None:
    if os.geteuid() != 0:
        return
    os.chown(folder, NOBODY, NOBODY)
    # What is imported late may lie where only root may read.
    with tempfile.TemporaryDirectory() as other:
        asyncio.run(_start_and_stop(Path(other)))
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)
    try:
        migrations(LEDGER)
    except OSError:
        sys.exit(CANNOT_TELL)


async def _start_and_stop(data_dir: Path) -> None:
    engine = Engine(SETTINGS, "demo", data_dir, Equipment(WrongClock(START)))
    await engine.start()
    await engine.ledger.verify()
    await engine.stop()


def started_without_rights(path: Path, data_dir: Path) -> str:
    """What a start, or the first bet after it, says of a ledger that may not be written."""
    asyncio.run(_start_and_stop(data_dir))
    # A journal that is there already could be used all the same.
    (data_dir / f"{LEDGER_FILE}-journal").unlink(missing_ok=True)
    refuse, allow = take_rights(path)
    refuse(None)
    said = asyncio.run(_start_and_place(data_dir))
    allow(None)
    return said


async def _start_and_place(data_dir: Path) -> str:
    engine, story = Engine(SETTINGS, "demo", data_dir, Equipment(WrongClock(START))), Story()
    try:
        await engine.start()
    except LedgerError as error:
        return error.message
    said = await place(engine, story)
    assert engine.ledger.count_bets(BetFilter()) == story.accepted
    await engine.stop()
    return said


def main(harm: str, data_dir: Path) -> None:
    match harm:
        case "size":
            told: object = asyncio.run(live_through(data_dir, *limit_files(data_dir)))
        case "folder":
            become_nobody(data_dir)
            told = asyncio.run(live_through(data_dir, *take_rights(data_dir)))
        case "start folder":
            become_nobody(data_dir)
            told = started_without_rights(data_dir, data_dir)
        case _:
            become_nobody(data_dir)
            told = started_without_rights(data_dir / LEDGER_FILE, data_dir)
    sys.stdout.buffer.write(msgspec.json.encode(told))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
