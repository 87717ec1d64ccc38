"""One engine a ledger: an operating-system lock that dies with its process."""

from __future__ import annotations

import os
import socket
import sys
from datetime import datetime
from pathlib import Path

from betting_tui.engine.core.errors import LedgerError
from betting_tui.engine.core.times import iso
from betting_tui.engine.store.files import make_private_folder

_NAME = "engine.lock"
_MAX_TEXT = 200

if sys.platform == "win32":
    import msvcrt

    # Beyond the text, so that others can read who holds it.
    _LOCKED_BYTE = 1 << 20

    def _try_lock(descriptor: int) -> bool:
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


class EngineLock:
    """`<data_dir>/engine.lock`. The text inside names the holder; the lock itself is the operating system's."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / _NAME
        self._descriptor: int | None = None

    def acquire(self, what: str, now: datetime) -> bool:
        """True when this process now runs the engine (`what`: app, live). False when another does: see `holder`.

        LedgerError when the folder cannot be written.
        """
        if self._descriptor is not None:
            return True
        descriptor = self._open()
        # A second try, because somebody asking for the holder takes the lock for an instant.
        if not any(_try_lock(descriptor) for _ in range(2)):
            os.close(descriptor)
            return False
        since = iso(now.replace(second=0, microsecond=0))
        text = f"{what}, process {os.getpid()} on {socket.gethostname()}, since {since}"
        os.ftruncate(descriptor, 0)
        os.lseek(descriptor, 0, os.SEEK_SET)
        os.write(descriptor, text.encode("utf-8", "replace")[:_MAX_TEXT])
        self._descriptor = descriptor
        return True

    def holder(self) -> str:
        """Who holds it, for a person: `app, process 4242 on host, since 2026-04-18T11:30:00Z`; empty when nobody."""
        if self._descriptor is None and self._is_free():
            return ""
        try:
            return self._path.read_bytes()[:_MAX_TEXT].decode("utf-8", "replace")
        except OSError:
            return ""

    def release(self) -> None:
        """Let go; twice is fine. The file stays: removing it could unlock somebody else's."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _open(self) -> int:
        try:
            make_private_folder(self._path.parent)
            return os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600)
        except OSError as error:
            raise LedgerError(f"{self._path} cannot be written: {error.strerror or error}") from error

    def _open_to_look(self) -> int:
        """Also where nothing can be written: whoever only asks needs no right to hold it."""
        try:
            return self._open()
        except LedgerError:
            try:
                return os.open(self._path, os.O_RDONLY)
            except OSError as error:
                raise LedgerError(f"{self._path} cannot be read: {error.strerror or error}") from error

    def _is_free(self) -> bool:
        if not self._path.exists():
            return True
        descriptor = self._open_to_look()
        try:
            return _try_lock(descriptor)
        finally:
            os.close(descriptor)
