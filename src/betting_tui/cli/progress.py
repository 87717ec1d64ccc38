"""How far long work has come: one line on stderr that is written over, where a terminal shows it; and its early end."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

import click

from betting_tui.engine.core.text import clean

_PATIENCE_SECONDS = 0.5
_EVERY_SECONDS = 0.1
_WIDEST = 100
_UNKNOWN_COLUMNS = 80
_KEY = "ctrl+c stops"
# What a shell says of a program that a signal has ended.
_SIGNALLED = 128


class ProgressLine:
    """A Progress. Silent where stderr is a file or a pipe: nobody reads a line that is written over there.

    The line appears when the work has taken half a second, also where it has nothing new to say by then. It is wiped
    with spaces: a terminal that knows no escape sequences shows it as well.
    """

    def __init__(self, *, shows: bool = True, clock: Callable[[], float] = time.monotonic) -> None:
        self._shows = shows and sys.stderr is not None and sys.stderr.isatty()
        self._clock = clock
        self._lock = threading.Lock()
        self._drawn = ""
        self._text = ""
        self._next_at: float | None = None
        self._timer: threading.Timer | None = None

    def __call__(self, done: int, total: int, what: str, /) -> None:
        _heed_cancelling()
        if not self._shows:
            return
        how_far = f" {100 * min(done, total) // total} %" if total else f" {done:,}" if done else ""
        with self._lock:
            self._text = f"{what}{how_far} · {_KEY}"
            now = self._clock()
            if self._next_at is None:
                self._wait(now)
            elif now >= self._next_at:
                self._draw(now)

    def clear(self) -> None:
        """Nothing is left of it: what comes next begins at the edge."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = self._next_at = None
            self._wipe()
            self._text = ""

    def aside(self, text: str) -> None:
        """A line on stderr that stays."""
        with self._lock:
            self._wipe()
            click.echo(text, err=True)

    def _wipe(self) -> None:
        if self._drawn:
            self._write("\r" + " " * len(self._drawn) + "\r")
        self._drawn = ""

    def _wait(self, now: float) -> None:
        self._next_at = now + _PATIENCE_SECONDS
        self._timer = threading.Timer(_PATIENCE_SECONDS, self._appear)
        self._timer.daemon = True
        self._timer.start()

    def _appear(self) -> None:
        with self._lock:
            if self._text and not self._drawn:
                self._draw(self._clock())

    def _draw(self, now: float) -> None:
        text = clean(self._text, min(_WIDEST, _columns() - 1))
        self._write("\r" + text.ljust(len(self._drawn)))
        self._drawn, self._next_at = text, now + _EVERY_SECONDS

    def _write(self, text: str) -> None:
        # A terminal that is gone must not end the work.
        with suppress(OSError):
            sys.stderr.write(text)
            sys.stderr.flush()


@contextmanager
def long_work(
    left: str | Callable[[], str], *, first: str = "Opening the ledger", shows: bool = True
) -> Iterator[ProgressLine]:
    """The line for work of more than half a second, which begins with `first`. Interrupted, it says what that leaves:
    `left`, a sentence. SIGTERM ends it as ctrl+c does, with its own exit code."""
    line = ProgressLine(shows=shows)
    line(0, 0, first)
    with _ends_on_term() as termed:
        try:
            yield line
        except (KeyboardInterrupt, asyncio.CancelledError):
            line.clear()
            click.echo(f"Stopped: {left if isinstance(left, str) else left()}", err=True)
            if termed:
                raise click.exceptions.Exit(_SIGNALLED + signal.SIGTERM) from None
            raise
        finally:
            line.clear()


def _heed_cancelling() -> None:
    """Work on the loop itself is cancelled here: the loop could do so only after it."""
    try:
        task = asyncio.current_task()
    except RuntimeError:
        return
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


@contextmanager
def _ends_on_term() -> Iterator[list[int]]:
    """SIGTERM does what ctrl+c does, and is noted."""
    termed: list[int] = []

    def end(number: int, frame: FrameType | None) -> None:
        termed.append(number)
        interrupt = signal.getsignal(signal.SIGINT)
        if callable(interrupt):
            interrupt(signal.SIGINT, frame)
        else:
            raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield termed
        return
    before = signal.signal(signal.SIGTERM, end)
    try:
        yield termed
    finally:
        signal.signal(signal.SIGTERM, before)


def _columns() -> int:
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or _UNKNOWN_COLUMNS
    except (OSError, ValueError):
        return _UNKNOWN_COLUMNS
