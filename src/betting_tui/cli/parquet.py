"""Rows as a Parquet file, through pyarrow where it is installed."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any

from betting_tui.cli.output import Cell, Column, Kind
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.odds import Price

_GROUP = 50_000


class ParquetRows:
    """Writes a row group whenever enough rows have come, so that memory stays at one of them.

    Texts are as they are: nothing here is run by who opens the file. Raises UsageError without pyarrow.
    """

    def __init__(self, columns: Sequence[Column], write: Callable[[bytes], object]) -> None:
        try:
            import pyarrow
            import pyarrow.parquet
        except ImportError:
            raise UsageError(
                "Parquet needs pyarrow, which is not installed: `pipx inject betting-tui pyarrow`, "
                "or `pip install pyarrow` where betting-tui came by pip"
            ) from None
        self._arrow = pyarrow
        types = {
            Kind.TIME: pyarrow.timestamp("us", tz="UTC"),
            Kind.NUMBER: pyarrow.float64(),
        }
        self._schema = pyarrow.schema([(column.key, types.get(column.kind, pyarrow.string())) for column in columns])
        self._file: Any = pyarrow.parquet.ParquetWriter(_Sink(write), self._schema, compression="zstd")
        self._waiting: list[tuple[Cell, ...]] = []

    def rows(self, rows: tuple[tuple[Cell, ...], ...]) -> None:
        self._waiting.extend(rows)
        if len(self._waiting) >= _GROUP:
            self._write_group()

    def end(self) -> None:
        self._write_group()
        self._file.close()

    def _write_group(self) -> None:
        if not self._waiting:
            return
        columns = [
            self._arrow.array([cell.text if isinstance(cell, Price) else cell for cell in cells], type=field.type)
            for cells, field in zip(zip(*self._waiting, strict=True), self._schema, strict=True)
        ]
        self._file.write_table(self._arrow.Table.from_arrays(columns, schema=self._schema))
        self._waiting.clear()


class _Sink(io.RawIOBase):
    """A file to write on that is only a way to hand bytes on."""

    def __init__(self, write: Callable[[bytes], object]) -> None:
        super().__init__()
        self._hand_on = write
        self._written = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        self._hand_on(bytes(data))
        self._written += len(data)
        return len(data)

    def tell(self) -> int:
        return self._written
