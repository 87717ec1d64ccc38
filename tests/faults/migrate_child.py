"""Opens ledgers so that they are brought up to date, and dies at a chosen SQL statement or piece of work.

`migrate_child.py open FILE` opens one and ends. `migrate_child.py die` reads lines `FILE statements|work NUMBER` and
has a copy of itself open that file and die there; it answers `died` for each, or `done` and how many points there were.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

from store_samples import NOW

from betting_tui.engine.store import Ledger

# A point of work is so many instructions of SQLite's machine: many in a long statement, none in a short one.
INSTRUCTIONS = 500


async def bring_up_to_date(path: Path) -> None:
    ledger = await Ledger.open(path, now=NOW)
    await ledger.close()


def die_at(kind: str, number: int) -> Iterator[int]:
    """From now on connections kill this process at that point of their work; the next of what is returned counts."""
    points = count()
    connect = sqlite3.connect

    def reached(*_: object) -> int:
        if next(points) == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return 0

    def connect_watched(*arguments: Any, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*arguments, **options)
        if kind == "statements":
            connection.set_trace_callback(reached)
        else:
            connection.set_progress_handler(reached, INSTRUCTIONS)
        return connection

    sqlite3.connect = connect_watched  # type: ignore[assignment]
    return points


def die_in_a_copy(path: Path, kind: str, number: int) -> str:
    """`died`, or how many points there were where that one is not among them."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        points = die_at(kind, number)
        asyncio.run(bring_up_to_date(path))
        os.write(writer, str(next(points)).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as counted:
        count = counted.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return "died"
    if status != 0:
        raise RuntimeError(f"opening {path} failed at {kind} {number}")
    return f"done {count}"


def main(arguments: list[str]) -> None:
    if arguments[0] == "open":
        asyncio.run(bring_up_to_date(Path(arguments[1])))
        return
    for line in sys.stdin:
        path, kind, number = line.rstrip("\n").rsplit(" ", 2)
        sys.stdout.write(f"{die_in_a_copy(Path(path), kind, int(number))}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
