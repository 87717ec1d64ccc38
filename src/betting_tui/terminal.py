"""The terminal under the app: whether it is still there."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress

_LOOK_SECONDS = 2.0
_LAST_SECONDS = 5.0


def watch_terminal(gone: Callable[[], object], code: int) -> None:
    """Call `gone`, from another thread, when the terminal of standard input is no longer there; end with `code` where
    that does not end the program within seconds. Without a terminal it does nothing.

    A signal tells as much, but not below a program that keeps it to itself, as make does; and what goes on drawing to a
    terminal that is gone may wait for it for ever.
    """
    stdin = sys.__stdin__
    if stdin is None or not os.isatty(descriptor := stdin.fileno()):
        return
    never = threading.Event()

    def watch() -> None:
        while os.isatty(descriptor):
            never.wait(_LOOK_SECONDS)
        with suppress(RuntimeError):  # the loop to be called may have ended meanwhile
            gone()
        never.wait(_LAST_SECONDS)
        os._exit(code)

    threading.Thread(target=watch, name="terminal", daemon=True).start()
