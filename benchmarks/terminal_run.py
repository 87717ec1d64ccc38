"""A program in a pseudo-terminal: what it has drawn, when it drew it, and what it costs."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import tempfile
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

COLUMNS, LINES = 120, 40
_READ_BYTES = 1 << 16
_TICKS = os.sysconf("SC_CLK_TCK")
_SEQUENCE = re.compile(rb"\x1b(?:\[[0-9;:?<=>]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[PX^_][^\x1b]*\x1b\\|.)")


class TerminalRun:
    """Started at once, ended on leaving. Times are seconds since the start."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        self.drawn = b""
        self._began = time.perf_counter()
        self._process = subprocess.Popen(
            command,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env={**environment, "TERM": "xterm-256color", "COLORTERM": "truecolor"},
            start_new_session=True,
        )
        os.close(theirs)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGTERM)
        try:
            self._keep_reading(5.0)
            self._process.wait(1.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._ours)

    @property
    def elapsed(self) -> float:
        return time.perf_counter() - self._began

    def read(self, seconds: float) -> bytes:
        """What is drawn next, at most so long awaited; empty when nothing came."""
        ready, _, _ = select.select([self._ours], [], [], max(0.0, seconds))
        if not ready:
            return b""
        try:
            part = os.read(self._ours, _READ_BYTES)
        except OSError:  # how a pseudo-terminal says that its last program has ended
            return b""
        self.drawn += part
        return part

    def await_text(self, *texts: str, seconds: float = 20.0) -> float:
        """When all of them have been drawn since the last `forget`. Raises TimeoutError."""
        end = self.elapsed + seconds
        while self.elapsed < end:
            self.read(end - self.elapsed)
            shown = self.text()
            if all(text in shown for text in texts):
                return self.elapsed
        raise TimeoutError(f"never drawn: {texts}, but {self.text()[-2000:]!r}")

    def text(self) -> str:
        """Everything drawn since the last `forget`, without colours and places."""
        return _SEQUENCE.sub(b"", self.drawn).decode(errors="replace")

    def forget(self) -> None:
        self.drawn = b""

    def rest(self, seconds: float) -> None:
        """Let it run, and read what it draws."""
        end = self.elapsed + seconds
        while self.elapsed < end:
            self.read(end - self.elapsed)

    def press(self, keys: str) -> None:
        os.write(self._ours, keys.encode())

    @property
    def memory_mb(self) -> float:
        """Resident, in MiB."""
        pages = int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

    @property
    def cpu_seconds(self) -> float:
        """Spent so far, by all its threads."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def _keep_reading(self, seconds: float) -> None:
        # What ends writes its last words first: nobody reading them would keep it alive.
        end = self.elapsed + seconds
        while self._process.poll() is None and self.elapsed < end:
            self.read(0.05)


def warm_environment() -> dict[str, str]:
    """This process's own environment, with modules compiled once and kept, as they are where a program is installed."""
    chosen = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    chosen.setdefault("PYTHONPYCACHEPREFIX", str(Path(tempfile.gettempdir()) / "betting-tui-benchmarks"))
    return chosen


def memory_folder() -> str | None:
    """Where files need no disk, so that what else writes to the disk is not measured; None where there is none."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
