"""Thousands of tests made quick: their files in memory, empty ledgers copied, garbage seldom looked for."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from betting_tui.engine.store import schema
from betting_tui.engine.store.schema import Schema

_MEMORY = Path("/dev/shm")
_ENOUGH_BYTES = 2 * 1024**3


def use_memory() -> None:
    """Have temporary files in memory where there is room: each COMMIT is still synced, and need not wait for a disk."""
    if "TMPDIR" in os.environ or not os.access(_MEMORY, os.W_OK) or shutil.disk_usage(_MEMORY).free < _ENOUGH_BYTES:
        return
    os.environ["TMPDIR"] = tempfile.tempdir = str(_MEMORY)


def collect_rarely() -> None:
    """Seldom look for garbage, as in the app itself."""
    gc.set_threshold(50_000, 20, 100)


def keep_what_is_there() -> None:
    """Never look through what there is by now: all the tests."""
    gc.collect()
    gc.freeze()


class EmptyFiles:
    """An empty ledger or archive is made by the program once and copied from then on: each would be the same."""

    def __init__(self, folder: Path, make: Callable[[Path, Schema], None]) -> None:
        self._folder = folder
        self._make = make
        self._migrations = schema.migrations

    def create(self, path: Path, kind: Schema) -> None:
        """As `schema.create` does. A test with migrations of its own gets what they make."""
        if path.exists() or schema.migrations is not self._migrations:
            return self._make(path, kind)
        made = self._folder / kind.title
        if not made.exists():
            self._make(made, kind)
        new = path.with_name(f".{path.name}.copied")
        shutil.copy(made, new)
        new.rename(path)
        return None
