"""`record`: stretches of what the engine received, by name, to replay and export later."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from betting_tui.cli.account_names import checked_name
from betting_tui.cli.options import Command, Group, PathType, format_option
from betting_tui.cli.output import Cell, Column, Kind, Sheet, emit, emit_sheet
from betting_tui.cli.progress import ProgressLine, long_work
from betting_tui.cli.session import Setup, prepare
from betting_tui.cli.sheets import counted
from betting_tui.engine.clocks import SystemClock
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.rooms import ARCHIVE_FILE, LEDGER_FILE
from betting_tui.engine.store.archive import Archive
from betting_tui.engine.store.archive_recordings import Recording, RecordingRow

if TYPE_CHECKING:
    from betting_tui.engine.replay import Replayed

T = TypeVar("T")
_LIST = (
    Column("name", "Name", firm=True),
    Column("state", "State"),
    Column("started_at", "From", Kind.TIME),
    Column("ended_at", "To", Kind.TIME),
    Column("entries", "Entries", Kind.NUMBER),
    Column("answers", "Answers", Kind.NUMBER, spare=1),
    Column("lost", "Lost", Kind.NUMBER, spare=2),
    Column("size_bytes", "Bytes", Kind.NUMBER),
    Column("sports", "Sports"),
    Column("feeds", "Feeds"),
    Column("first_entry_at", "First entry", Kind.TIME, wide=True),
    Column("last_entry_at", "Last entry", Kind.TIME, wide=True),
)
_REPLAYED = (
    Column("recording", "Recording"),
    Column("data_dir", "Directory", limit=400),
    Column("entries", "Entries", Kind.NUMBER),
    Column("answers", "Answers", Kind.NUMBER),
    Column("left_out", "Left out", Kind.NUMBER),
    Column("bets", "Bets", Kind.NUMBER),
    Column("settled", "Settled", Kind.NUMBER),
)


@click.group("record", cls=Group)
def command() -> None:
    """Name a stretch of what is received, to replay and export it later."""


@command.command("start")
@click.argument("name")
@click.pass_context
def start(context: click.Context, name: str) -> None:
    """From now on, until `record stop`: what is received is kept under NAME, by this and every other run."""
    setup = prepare(context)
    wanted = checked_name(name, "a recording")
    now = SystemClock().now()
    recording = _written(setup, lambda archive: archive.start_recording(wanted, now))
    emit(f"Recording {recording.name!r}: what is received from now on belongs to it, until `record stop`.")


@command.command("stop")
@click.argument("name", required=False)
@click.pass_context
def stop(context: click.Context, name: str | None) -> None:
    """End a recording; without NAME the only one that runs."""
    setup = prepare(context)
    now = SystemClock().now()
    _need_archive(setup)
    recording = _written(setup, lambda archive: archive.stop_recording(name, now))
    emit(f"Recording {recording.name!r} has ended: `record list` shows what is in it.")


@command.command("list")
@format_option
@click.pass_context
def list_(context: click.Context, format_: str) -> None:
    """The recordings, oldest first, with what is in them."""
    setup = prepare(context)
    found = asyncio.run(_recordings(setup)) if _archive_of(setup).exists() else ()
    sheet = Sheet(_LIST, tuple(_cells(row) for row in found), setup.settings.paper_trading.currency)
    emit_sheet(sheet, format_, setup.style, empty="No recordings yet: `record start NAME` begins one.")


@command.command("delete")
@click.argument("name")
@click.pass_context
def delete(context: click.Context, name: str) -> None:
    """Forget a recording; what was received stays as long as everything else does."""
    setup = prepare(context)
    _need_archive(setup)
    recording = _written(setup, lambda archive: archive.delete_recording(name))
    days = setup.settings.storage.archive_days
    emit(f"Recording {recording.name!r} is forgotten; its entries go when they are {days} days old.")


@command.command("replay", cls=Command)
@click.argument("name")
@click.argument("into", type=PathType(path_type=Path), metavar="DIRECTORY")
@format_option
@click.pass_context
def replay(context: click.Context, name: str, into: Path, format_: str) -> None:
    """Live through a recording again, with the settings as they are now, in a ledger of its own in DIRECTORY.

    The account begins with its starting bankroll; nothing is asked of any feed, and your ledger is not touched.
    """
    setup = prepare(context)
    _need_archive(setup)
    data_dir = into.expanduser().absolute()
    with long_work(f"the replay left nothing in {data_dir}", first="Replaying") as line:
        done, bets, settled = asyncio.run(_replay(setup, name, data_dir, line))
    if format_ != "table":
        row = (name, str(data_dir), done.entries, done.answers, done.left_out, bets, settled)
        emit_sheet(Sheet(_REPLAYED, (row,), setup.settings.paper_trading.currency), format_, setup.style)
        return
    commands = counted(done.entries - done.answers, "command")
    emit(f"Replayed {name!r}: {counted(done.answers, 'answer')} and {commands}.")
    if done.left_out:
        emit(f"Left out, as bets are numbered anew in a replay: {counted(done.left_out, 'command')} about a bet.")
    emit(f"{counted(bets, 'bet')} placed, {settled} of them settled.")
    emit(f"Look at it with: betting-tui --data-dir {data_dir} bets list")


async def _replay(setup: Setup, name: str, data_dir: Path, line: ProgressLine) -> tuple[Replayed, int, int]:
    from betting_tui.cli.session import quiet
    from betting_tui.engine.core.model import BetState
    from betting_tui.engine.replay import replay as play
    from betting_tui.engine.store.shapes import BetFilter
    from betting_tui.engine.store.store import Ledger

    done = await play(quiet(setup.settings), _archive_of(setup), data_dir, recording=name, progress=line)
    ledger = await Ledger.open(data_dir / LEDGER_FILE, now=SystemClock().now(), mode="replay")
    try:
        settled = ledger.count_bets(BetFilter(states=(BetState.SETTLED,)))
        return done, ledger.count_bets(BetFilter()), settled
    finally:
        await ledger.close()


async def _recordings(setup: Setup) -> tuple[RecordingRow, ...]:
    archive = await Archive.for_reading(_archive_of(setup))
    try:
        return archive.recordings()
    finally:
        await archive.close()


def _written(setup: Setup, work: Callable[[Archive], Awaitable[T]]) -> T:
    """Work on the archive, made if there is none yet; an engine may write to it at the same time."""

    async def run() -> T:
        archive = await Archive.open(_archive_of(setup))
        try:
            return await work(archive)
        finally:
            await archive.close()

    return asyncio.run(run())


def _need_archive(setup: Setup) -> None:
    if not _archive_of(setup).exists():
        raise UsageError("nothing has been recorded yet: `record start NAME` begins a recording")


def _archive_of(setup: Setup) -> Path:
    return setup.data_dir / ARCHIVE_FILE


def _cells(row: RecordingRow) -> tuple[Cell, ...]:
    recording = row.recording
    return (
        recording.name,
        _state(recording),
        recording.started_at.replace(microsecond=0),
        None if recording.ended_at is None else recording.ended_at.replace(microsecond=0),
        row.entries,
        row.answers,
        recording.lost,
        row.size_bytes,
        row.sports,
        row.feeds,
        row.first_at,
        row.last_at,
    )


def _state(recording: Recording) -> str:
    return "running" if recording.running else "ended"
