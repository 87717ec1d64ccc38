"""The rows of a long table, each made when it is looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import overload

from betting_tui.widgets.row import PayloadT, Row


class Lines(Sequence[Row[PayloadT]]):
    """As many rows as `ids`. `versions` has an object of its own for each row, and the same one as long as the row
    is no news.

    `stamp` and `payload` are asked for by line: `stamp` where a row has another version, `payload` where it is in
    sight.
    """

    def __init__(
        self,
        ids: Sequence[str],
        versions: Sequence[object],
        stamp: Callable[[int], str],
        payload: Callable[[int], PayloadT],
    ) -> None:
        self.ids = ids
        self.versions = versions
        self.stamp = stamp
        self._payload = payload

    def __len__(self) -> int:
        return len(self.ids)

    @overload
    def __getitem__(self, at: int) -> Row[PayloadT]: ...

    @overload
    def __getitem__(self, at: slice) -> list[Row[PayloadT]]: ...

    def __getitem__(self, at: int | slice) -> Row[PayloadT] | list[Row[PayloadT]]:
        if isinstance(at, slice):
            return [self[line] for line in range(*at.indices(len(self)))]
        # A negative line would ask for another row than its id says.
        line = range(len(self))[at]
        return Row(self.ids[line], self._payload(line), self.stamp(line))


def ids_of(rows: Sequence[Row[PayloadT]]) -> Sequence[str]:
    return rows.ids if isinstance(rows, Lines) else [row.id for row in rows]


def versions_of(rows: Sequence[Row[PayloadT]]) -> Sequence[object]:
    return rows.versions if isinstance(rows, Lines) else rows


def stamp_at(rows: Sequence[Row[PayloadT]], line: int) -> str:
    return rows.stamp(line) if isinstance(rows, Lines) else rows[line].stamp
