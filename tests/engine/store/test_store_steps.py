"""Long looks in short steps, and files that come into being whole."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from store_samples import NOW, minutes, opened

from betting_tui.engine.core.commands import Deposit
from betting_tui.engine.core.progress import Progress
from betting_tui.engine.store import Ledger
from betting_tui.engine.store.database import Asker
from betting_tui.engine.store.files import write_new_private_file


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[Ledger]:
    async with opened(tmp_path) as ledger:
        yield ledger


def entries(conn: sqlite3.Connection) -> int:
    return int(conn.execute("SELECT count(*) FROM journal_entries").fetchone()[0])


class TestSteps:
    @pytest.mark.parametrize("interruptions", [0, 1, 3, 9])
    async def test_all_steps_see_one_state_whoever_writes_between(self, ledger: Ledger, interruptions: int) -> None:
        loop = asyncio.get_running_loop()
        booked = 0

        async def book() -> None:
            await ledger.deposit(Deposit("main", 100, f"d{booked}", "test"), minutes(booked))

        def look(ask: Asker, _: Progress) -> tuple[int, int]:
            nonlocal booked
            first = ask(entries)
            if booked < interruptions and ledger.journal_mode != "wal":
                booked += 1
                asyncio.run_coroutine_threadsafe(book(), loop).result()
            return first, ask(entries)

        first, second = await ledger._database.read_in_steps(look)
        assert first == second

    async def test_what_goes_wrong_in_a_step_is_told(self, ledger: Ledger) -> None:
        def look(ask: Asker, _: Progress) -> int:
            ask(entries)
            raise KeyError("mine")

        with pytest.raises(KeyError, match="mine"):
            await ledger._database.read_in_steps(look)
        assert (await ledger.deposit(Deposit("main", 100, "d", "test"), NOW)).amount_minor == 100


class TestNewFiles:
    def test_it_is_private_and_whole(self, tmp_path: Path) -> None:
        write_new_private_file(tmp_path / "new.html", b"content")
        assert (tmp_path / "new.html").read_bytes() == b"content"
        if os.name == "posix":
            assert stat.S_IMODE((tmp_path / "new.html").stat().st_mode) == 0o600
        assert [path.name for path in tmp_path.iterdir()] == ["new.html"]

    def test_it_never_takes_the_place_of_another(self, tmp_path: Path) -> None:
        (tmp_path / "old.html").write_text("mine")
        with pytest.raises(FileExistsError):
            write_new_private_file(tmp_path / "old.html", b"content")
        assert (tmp_path / "old.html").read_text() == "mine"
        assert [path.name for path in tmp_path.iterdir()] == ["old.html"]

    def test_where_files_have_one_name_only_it_is_taken_first(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: object) -> None:
            raise PermissionError("no links here")

        monkeypatch.setattr(os, "link", refuse)
        write_new_private_file(tmp_path / "new.html", b"content")
        with pytest.raises(FileExistsError):
            write_new_private_file(tmp_path / "new.html", b"other")
        assert (tmp_path / "new.html").read_bytes() == b"content"
