"""Commands about accounts are recorded like bets: every kind comes back from the archive and replays the same."""

from __future__ import annotations

import typing
from datetime import timedelta
from pathlib import Path

import msgspec
from test_engine_replay import START, Session, exported

from betting_tui.engine.config import Settings
from betting_tui.engine.core.accounts import AccountSettings, AccountStatus, Limits
from betting_tui.engine.core.commands import (
    CancelOrder,
    ChangeAccount,
    Command,
    Deposit,
    OpenAccount,
    ReleaseBreakers,
    ResetAccount,
    SetAccountStatus,
    Transfer,
    UseAccount,
)
from betting_tui.engine.core.ports import Answer
from betting_tui.engine.replay import replay
from betting_tui.engine.rooms import ARCHIVE_FILE
from betting_tui.engine.store.archive import Archive
from betting_tui.engine.store.shapes import InboxEntry, TimerFired

COMMANDS: tuple[Command, ...] = (
    OpenAccount("ideas", "USD", 500_00, "UTC", "me", AccountSettings(limits=Limits(max_open_bets=3))),
    UseAccount("ideas", "me"),
    ChangeAccount("ideas", AccountSettings(book_balances=True), "me"),
    Deposit("ideas", 100_00, "in", "me", kind="bonus"),
    Transfer("ideas", "", "fanduel", 200_00, "over", "me"),
    SetAccountStatus("main", AccountStatus.SUSPENDED, "me", "a rest"),
    ReleaseBreakers("ideas", "me"),
    ResetAccount("ideas", "anew", "me", starting_minor=700_00, void_open=True),
    CancelOrder("ORD-000001", "me"),
)


def test_every_command_has_a_name_of_its_own_in_the_archive() -> None:
    kinds = typing.get_args(Command)
    tags = [kind.__struct_config__.tag for kind in kinds]
    assert len(set(tags)) == len(kinds)
    assert all(isinstance(tag, str) for tag in tags)
    assert set(typing.get_args(InboxEntry)) == {Answer, TimerFired, *kinds}


async def test_what_was_recorded_comes_back_as_it_was(tmp_path: Path) -> None:
    archive = await Archive.open(tmp_path / ARCHIVE_FILE)
    await archive.start_run("live", START)
    entries: tuple[InboxEntry, ...] = (*COMMANDS, TimerFired("orders"), TimerFired("expire"))
    for number, entry in enumerate(entries):
        await archive.append(entry, START + timedelta(seconds=number))
    assert [record.entry for record in archive.read()] == list(entries)
    await archive.close()


async def test_a_days_work_on_several_accounts_replays_to_the_same_ledger(tmp_path: Path) -> None:
    session = Session(tmp_path / "demo")
    engine = session.engine
    await engine.start(polling=False)
    for command in COMMANDS[:-1]:
        await engine._ask(command)
        session.clock.advance(60)
    await session.poll()
    fresh = await engine.start_fresh()
    await session.results()
    await engine.stop()
    assert fresh.name == "ideas 2"
    await replay(Settings(), tmp_path / "demo" / ARCHIVE_FILE, tmp_path / "again")
    assert await exported(tmp_path / "again", "replay") == await exported(tmp_path / "demo", "demo")


def test_settings_of_an_account_that_are_not_set_take_no_room() -> None:
    assert msgspec.json.encode(AccountSettings()) == b"{}"
