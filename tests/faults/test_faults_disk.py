"""A full disk, a limit on files, no right to write: what was accepted is stored, placing rests, then goes on."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from fault_table import Figures
from refusing_disk import CANNOT_TELL, Story, live_through

from betting_tui.engine.engine import Engine

pytestmark = [pytest.mark.faults, pytest.mark.skipif(os.name != "posix", reason="limits and rights are POSIX matters")]
CHILD = Path(__file__).with_name("refusing_disk.py")
SMALL_DISK_MB = 6
ROOM_LEFT = 200_000


@pytest.fixture
def folder() -> Iterator[Path]:
    """A directory that an ordinary user can reach, unlike pytest's own."""
    made = Path(tempfile.mkdtemp(prefix="betting-tui-disk-"))
    yield made
    made.chmod(0o700)
    shutil.rmtree(made)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    point = tmp_path / "small"
    point.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK_MB}m,mode=0700", "tmpfs", str(point)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True).returncode != 0:
        pytest.skip("a small disk can only be mounted by root")
    yield point
    subprocess.run(["umount", str(point)], check=True)


def told_by_child(harm: str, folder: Path) -> bytes:
    ran = subprocess.run([sys.executable, str(CHILD), harm, str(folder)], capture_output=True)
    if ran.returncode == CANNOT_TELL:
        pytest.skip("an ordinary user may not read this program: run the tests as one")
    assert ran.returncode == 0, ran.stderr.decode()
    return ran.stdout


def check(story: Story, figure: Figures, what: str, *, nothing_fits: bool = True) -> None:
    figure(
        what,
        "accepted = stored; says so, rests, goes on by itself",
        f"{story.accepted - story.accepted_afterwards} accepted, {story.stored} stored;"
        f" {'rested' if story.rested else 'did not rest'},"
        f" {'went on' if story.accepted_afterwards else 'did not go on'}",
    )
    assert story.refused_with, "nothing was ever refused"
    assert "sqlite" not in story.refused_with.lower()
    assert story.stored == story.accepted - story.accepted_afterwards > 0
    assert "placing rests" in story.warning
    assert story.rested
    assert story.warned_while_full or not nothing_fits
    assert story.warning_afterwards == ""
    assert story.accepted_afterwards
    assert story.problems == ()


def test_a_limit_on_the_size_of_files(folder: Path, figure: Figures) -> None:
    check(msgspec.json.decode(told_by_child("size", folder), type=Story), figure, "disk full: RLIMIT_FSIZE")


async def test_a_ledger_that_may_not_grow(tmp_path: Path, figure: Figures) -> None:
    def limit(engine: Engine | None, pages: int) -> None:
        def work(conn: sqlite3.Connection) -> None:
            now = conn.execute("PRAGMA page_count").fetchone()[0]
            conn.execute(f"PRAGMA max_page_count = {now + pages}")

        assert engine is not None
        engine.ledger._database.submit(work, transaction=False)

    story = await live_through(tmp_path / "data", lambda engine: limit(engine, 8), lambda engine: limit(engine, 10**6))
    check(story, figure, "disk full: max_page_count")


async def test_a_disk_without_space(small_disk: Path, figure: Figures) -> None:
    ballast = small_disk / "ballast"

    def fill(_: Engine | None) -> None:
        facts = os.statvfs(small_disk)
        ballast.write_bytes(bytes(facts.f_bavail * facts.f_frsize - ROOM_LEFT))

    story = await live_through(small_disk / "data", fill, lambda _: ballast.unlink())
    # In the last bytes of a disk a try of the engine's may fit where a bet does not: it says so again then.
    check(story, figure, "disk full: a small tmpfs", nothing_fits=False)


def test_a_folder_that_may_no_longer_be_written(folder: Path, figure: Figures) -> None:
    """With its journal in place a running engine may go on; what it accepts is stored either way."""
    story = msgspec.json.decode(told_by_child("folder", folder), type=Story)
    figure(
        "read-only directory under a running engine",
        "accepted = stored, goes on by itself",
        f"{story.accepted - story.accepted_afterwards} accepted, {story.stored} stored",
    )
    assert story.stored == story.accepted - story.accepted_afterwards
    assert story.accepted_afterwards
    assert (story.warning_afterwards, story.problems) == ("", ())


@pytest.mark.parametrize(("harm", "what"), [("start folder", "directory"), ("start file", "file")])
def test_a_start_without_the_right_to_write(folder: Path, figure: Figures, harm: str, what: str) -> None:
    said = msgspec.json.decode(told_by_child(harm, folder), type=str)
    figure(f"read-only {what} at the start", "refused in words, nothing lost", said.replace(str(folder), "…"))
    assert "cannot be written" in said or "cannot be opened" in said
    assert "sqlite" not in said.lower()
