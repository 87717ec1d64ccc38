"""Copies of the ledger: whole or absent, the newest seven days kept, and a way back that loses nothing."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from store_samples import NOW, minutes, opened, record

from betting_tui.engine.core.errors import LedgerDamaged, LedgerError
from betting_tui.engine.store import Ledger
from betting_tui.engine.store.backups import (
    KEEP,
    backup_path,
    list_backups,
    look_into,
    newest_good,
    on_request,
    restore,
)
from betting_tui.engine.store.lock import EngineLock
from betting_tui.engine.store.shapes import BetFilter

DAY = date(2026, 4, 18)


def spoil(path: Path) -> None:
    """Zeroes over the second page and everything after it."""
    size = path.stat().st_size
    with path.open("rb+") as file:
        file.seek(4096)
        file.write(b"\0" * (size - 4096))


def age(path: Path, days: int) -> None:
    moment = (NOW + timedelta(days=days)).timestamp()
    os.utime(path, (moment, moment))


async def bets_in(path: Path) -> int:
    ledger = await Ledger.open(path, now=NOW)
    try:
        assert (await ledger.verify()).ok
        return ledger.count_bets(BetFilter())
    finally:
        await ledger.close()


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


async def test_a_day_is_copied_once_privately_and_whole(ledger: Ledger) -> None:
    await ledger.record_bet(record(), NOW)
    made = await ledger.backup_day(DAY)
    assert made == backup_path(ledger.path, DAY)
    await ledger.record_bet(record(key="later"), NOW)
    assert await ledger.backup_day(DAY) is None
    assert made is not None
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert stat.S_IMODE(made.parent.stat().st_mode) == 0o700
    assert await bets_in(made) == 1, "the first copy of the day stays"


async def test_the_newest_seven_days_are_kept_and_copies_a_person_made_are_left_alone(ledger: Ledger) -> None:
    own = on_request(ledger.path, NOW)
    await ledger.backup(own)
    for back in (9, 3, 8, 1, 6, 2, 7, 5, 4, 0):
        await ledger.backup_day(DAY - timedelta(days=back))
    left = sorted(path.name for path in own.parent.iterdir())
    assert left == sorted(
        [own.name, *(backup_path(ledger.path, DAY - timedelta(days=back)).name for back in range(KEEP))]
    )


async def test_a_copy_that_is_not_good_takes_no_place_of_one_that_is(ledger: Ledger) -> None:
    for back in range(1, KEEP + 1):
        await ledger.backup_day(DAY - timedelta(days=back))
    await ledger._database.write(lambda conn: conn.execute("PRAGMA application_id = 7"))
    with pytest.raises(LedgerDamaged):
        await ledger.backup_day(DAY)
    assert len(list_backups(ledger.path)) == KEEP
    assert not backup_path(ledger.path, DAY).exists()


async def test_the_newest_good_copy_is_found_past_bad_ones_without_touching_any(ledger: Ledger) -> None:
    for back in range(3):
        made = await ledger.backup_day(DAY - timedelta(days=back))
        assert made is not None
        age(made, -back)
    spoil(backup_path(ledger.path, DAY))
    (ledger.path.parent / "backups" / "ledger-zz.db").write_bytes(b"")
    before = everything(ledger.path.parent / "backups")
    good = newest_good(ledger.path)
    assert good is not None
    assert good.path == backup_path(ledger.path, DAY - timedelta(days=1))
    assert [look_into(row).good for row in list_backups(ledger.path)][1:] == [False, True, True]
    assert everything(ledger.path.parent / "backups") == before


async def test_a_damaged_ledger_is_left_as_it_is_and_the_way_back_is_named(tmp_path: Path) -> None:
    async with opened(tmp_path) as ledger:
        await ledger.record_bet(record(), NOW)
        made = await ledger.backup_day(DAY)
    spoil(tmp_path / "ledger.db")
    before = everything(tmp_path)
    with pytest.raises(LedgerDamaged, match="not changed") as caught:
        await Ledger.open(tmp_path / "ledger.db", now=NOW)
    assert f"betting-tui --data-dir {tmp_path} ledger restore {made}" in caught.value.message
    assert everything(tmp_path) == before


@pytest.mark.parametrize("left", [0, 1, 99, 4096, -4096])
@pytest.mark.parametrize("viewer", [False, True])
async def test_a_ledger_cut_short_is_damaged_and_never_begun_anew(tmp_path: Path, left: int, viewer: bool) -> None:
    path = tmp_path / "ledger.db"
    async with opened(tmp_path) as ledger:
        await ledger.record_bet(record(), NOW)
        copy = await ledger.backup_day(DAY)
    os.truncate(path, left if left >= 0 else path.stat().st_size + left)
    before = path.read_bytes()
    with pytest.raises(LedgerDamaged, match="the newest good backup is of") as error:
        await Ledger.open(path, now=NOW, read_only=viewer)
    assert str(copy) in error.value.message
    assert path.read_bytes() == before


async def test_an_empty_file_without_copies_becomes_a_ledger(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").touch()
    async with opened(tmp_path) as ledger:
        assert (await ledger.verify()).ok


async def test_without_a_good_copy_that_is_said(tmp_path: Path) -> None:
    async with opened(tmp_path):
        pass
    spoil(tmp_path / "ledger.db")
    with pytest.raises(LedgerDamaged, match="no good backup"):
        await Ledger.open(tmp_path / "ledger.db", now=NOW)


async def test_restoring_puts_the_copy_in_place_and_keeps_what_was_there(tmp_path: Path) -> None:
    async with opened(tmp_path) as ledger:
        await ledger.record_bet(record(), NOW)
        made = await ledger.backup_day(DAY)
        await ledger.record_bet(record(key="later"), NOW)
    assert made is not None
    content = made.read_bytes()
    done = restore(tmp_path / "ledger.db", made, "live", minutes(5))
    assert made.read_bytes() == content
    assert await bets_in(tmp_path / "ledger.db") == 1
    assert done.kept is not None
    assert await bets_in(done.kept) == 2
    assert stat.S_IMODE((tmp_path / "ledger.db").stat().st_mode) == 0o600
    again = restore(tmp_path / "ledger.db", done.kept, "live", minutes(5))
    assert await bets_in(tmp_path / "ledger.db") == 2
    assert again.kept not in (None, done.kept)


async def test_a_damaged_ledger_is_replaced_and_kept_with_its_companions(tmp_path: Path) -> None:
    async with opened(tmp_path) as ledger:
        made = await ledger.backup_day(DAY)
    assert made is not None
    spoil(tmp_path / "ledger.db")
    broken = (tmp_path / "ledger.db").read_bytes()
    (tmp_path / "ledger.db-wal").write_bytes(b"")
    done = restore(tmp_path / "ledger.db", made, "live", NOW)
    assert done.kept is not None
    assert done.kept.read_bytes() == broken
    assert not (tmp_path / "ledger.db-wal").exists()
    async with opened(tmp_path) as ledger:
        assert (await ledger.verify()).ok


async def test_where_there_is_no_ledger_the_copy_becomes_one(tmp_path: Path) -> None:
    async with opened(tmp_path / "old") as ledger:
        made = await ledger.backup_day(DAY)
    assert made is not None
    done = restore(tmp_path / "new" / "ledger.db", made, "live", NOW)
    assert done.kept is None
    assert await bets_in(tmp_path / "new" / "ledger.db") == 0


def newer(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 999")
    connection.close()


def of_a_demo(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE meta SET value = 'demo' WHERE key = 'mode'")
    connection.close()


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (spoil, "cannot be read|damaged"),
        (newer, "newer betting-tui"),
        (of_a_demo, "demo ledger"),
        (lambda path: path.write_bytes(b""), "empty"),
        (lambda path: path.write_bytes(b"no database at all" * 500), "cannot be read"),
        (lambda path: path.unlink(), "no backup at"),
    ],
    ids=["damaged", "newer", "another mode", "empty", "nonsense", "missing"],
)
async def test_what_is_no_good_copy_changes_nothing(tmp_path: Path, harm: Callable[[Path], object], words: str) -> None:
    async with opened(tmp_path) as ledger:
        made = await ledger.backup_day(DAY)
    assert made is not None
    harm(made)
    before = everything(tmp_path)
    with pytest.raises(LedgerError, match=words):
        restore(tmp_path / "ledger.db", made, "live", NOW)
    assert {name: content for name, content in everything(tmp_path).items() if name != "engine.lock"} == before


async def test_a_ledger_in_use_is_not_replaced(tmp_path: Path) -> None:
    async with opened(tmp_path) as ledger:
        made = await ledger.backup_day(DAY)
    assert made is not None
    path = tmp_path / "ledger.db"
    lock = EngineLock(tmp_path)
    assert lock.acquire("app", NOW)
    with pytest.raises(LedgerError, match=r"app, process .* stop it first"):
        restore(path, made, "live", NOW)
    lock.release()
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    with pytest.raises(LedgerError, match="in use by another program"):
        restore(path, made, "live", NOW)
    writer.execute("ROLLBACK")
    writer.close()
    with pytest.raises(LedgerError, match="the ledger itself"):
        restore(path, path, "live", NOW)
    assert restore(path, made, "live", NOW).kept is not None


async def test_a_copy_taken_with_its_companions_from_under_a_program_comes_whole(tmp_path: Path) -> None:
    async with opened(tmp_path) as ledger:
        await ledger._database.submit(enter_wal, transaction=False)
        await ledger.record_bet(record(), NOW)
        source = tmp_path / "copied" / "ledger.db"
        source.parent.mkdir()
        for end in ("", "-wal"):
            (source.parent / f"ledger.db{end}").write_bytes((tmp_path / f"ledger.db{end}").read_bytes())
    assert (source.parent / "ledger.db-wal").stat().st_size > 0
    before = everything(source.parent)
    restore(tmp_path / "ledger.db", source, "live", NOW)
    assert await bets_in(tmp_path / "ledger.db") == 1
    assert everything(source.parent) == before


def enter_wal(connection: sqlite3.Connection) -> None:
    assert connection.execute("PRAGMA journal_mode = wal").fetchone()[0] == "wal"
