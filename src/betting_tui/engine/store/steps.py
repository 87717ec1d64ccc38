"""Reading one state of a file: in one go, or in short steps between which others may write."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Protocol, TypeVar

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]


class Asker(Protocol):
    """Answers one short query after the other, all of one state of the file."""

    def __call__(self, work: Work[T], /) -> T: ...


class Overtaken(Exception):
    """Somebody committed between two steps."""


class Steps:
    """Queries on one connection: in one transaction (`whole`), or each in its own as long as nobody commits."""

    def __init__(self, connection: sqlite3.Connection, *, whole: bool) -> None:
        self._connection = connection
        self._whole = whole
        self._version: int | None = None

    def __call__(self, work: Work[T], /) -> T:
        if self._whole:
            if not self._connection.in_transaction:
                self._connection.execute("BEGIN")
            return work(self._connection)
        return consistent(self._connection, self._unchanged(work))

    def _unchanged(self, work: Work[T]) -> Work[T]:
        def checked(connection: sqlite3.Connection) -> T:
            answer = work(connection)
            version = data_version(connection)
            if self._version not in (None, version):
                raise Overtaken
            self._version = version
            return answer

        return checked


def consistent(connection: sqlite3.Connection, work: Work[T]) -> T:
    connection.execute("BEGIN")
    try:
        return work(connection)
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def data_version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA data_version").fetchone()[0])
