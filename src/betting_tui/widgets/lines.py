"""The rows of a long table, each made when it is looked at."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import compress
from operator import indexOf
from typing import Any, Generic, TypeVar, overload

from betting_tui.widgets.row import PayloadT, Row

VersionT = TypeVar("VersionT")


class Lines(Sequence[Row[PayloadT]], Generic[VersionT, PayloadT]):
    """A row for each of `versions`: an object that is the same one as long as the row is no news.

    No two have the same id. `id_of` is asked for rows in sight and when one is looked for, `stamp_of` where a row has
    another version, `payload_of` where it is in sight.
    """

    def __init__(
        self,
        versions: Sequence[VersionT],
        id_of: Callable[[VersionT], str],
        stamp_of: Callable[[VersionT], str],
        payload_of: Callable[[VersionT], PayloadT],
    ) -> None:
        self.versions = versions
        self.id_of = id_of
        self.stamp_of = stamp_of
        self._payload_of = payload_of

    def __len__(self) -> int:
        return len(self.versions)

    @overload
    def __getitem__(self, at: int) -> Row[PayloadT]: ...

    @overload
    def __getitem__(self, at: slice) -> list[Row[PayloadT]]: ...

    def __getitem__(self, at: int | slice) -> Row[PayloadT] | list[Row[PayloadT]]:
        if isinstance(at, slice):
            return [self._row(version) for version in self.versions[at]]
        return self._row(self.versions[at])

    def _row(self, version: VersionT) -> Row[PayloadT]:
        return Row(self.id_of(version), self._payload_of(version), self.stamp_of(version))


def id_at(rows: Sequence[Row[Any]], line: int) -> str:
    return rows.id_of(rows.versions[line]) if isinstance(rows, Lines) else rows[line].id


def stamp_of(rows: Sequence[Row[Any]], version: Any) -> str:
    stamp = rows.stamp_of(version) if isinstance(rows, Lines) else version.stamp
    assert isinstance(stamp, str)
    return stamp


def versions_of(rows: Sequence[Row[Any]]) -> Sequence[Any]:
    return rows.versions if isinstance(rows, Lines) else rows


def line_of(rows: Sequence[Row[Any]], row_id: str, near: int = 0) -> int | None:
    """Where this row is, looked for on line `near` first; None when there is no such row."""
    if 0 <= near < len(rows) and id_at(rows, near) == row_id:
        return near
    try:
        return indexOf(_ids(rows), row_id)
    except ValueError:
        return None


def versions_near(rows: Sequence[Row[Any]], view: range) -> dict[str, Any]:
    """The version of each row on these lines, or as many above and below them, by id."""
    begin, end = max(0, view.start - len(view)), view.stop + len(view)
    return _by_id(rows, versions_of(rows)[begin:end])


def versions_among(rows: Sequence[Row[Any]], ids: Collection[str]) -> dict[str, Any]:
    """The version of each of these rows that is there, by id."""
    return _by_id(rows, compress(versions_of(rows), map(ids.__contains__, _ids(rows))))


def _by_id(rows: Sequence[Row[Any]], versions: Iterable[Any]) -> dict[str, Any]:
    return {rows.id_of(each) if isinstance(rows, Lines) else each.id: each for each in versions}


def _ids(rows: Sequence[Row[Any]]) -> Iterable[str]:
    return map(rows.id_of, rows.versions) if isinstance(rows, Lines) else (row.id for row in rows)
