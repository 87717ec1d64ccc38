"""What a key press would wait for: Python's collector of garbage is put off while the app starts and works in short
steps afterwards; threads take short turns. What the C library hoards is given back."""

from __future__ import annotations

import gc
import sys
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from ctypes import CDLL

# New objects before the youngest are looked through, and how often that leads to the next older ones. A key press waits
# for each look, so the first two are short; all there is would take longest, and next to nothing of it is garbage.
_YOUNGEST, _MIDDLE, _OLDEST = 2_000, 10, 1_000
# Seconds a thread that works beside the loop keeps the interpreter when the loop wants it: by Python's own figure,
# 5 ms, a key press could wait so long at each of the turns it takes.
_SWITCH_SECONDS = 0.001
# The option of glibc's `mallopt` that says how many heaps there may be (malloc.h).
_ARENA_MAX = -8


def put_off() -> None:
    """Collect nothing until `take_up`: what is imported while starting is kept for good anyway."""
    gc.disable()
    _keep_together()


def take_up() -> None:
    """Collect again, and never look through what is there by now; nothing where it was not put off."""
    if not gc.isenabled():
        sys.setswitchinterval(_SWITCH_SECONDS)
        gc.freeze()
        gc.set_threshold(_YOUNGEST, _MIDDLE, _OLDEST)
        gc.enable()
        # What is hardly ever looked for must not be made by every line that is drawn.
        from betting_tui.widgets.strips import free_when_unused

        free_when_unused()


def give_back() -> None:
    """Return to the system what was freed; under a millisecond. Nothing where the C library is not glibc.

    Each thread's freed blocks stay with it otherwise: 5 MB after every start, 20 MB after a day's copy and check.
    """
    if (trim := _trim()) is not None:
        trim(0)


def _keep_together() -> None:
    """One heap for all threads: Python runs one of them at a time, and what one leaves half empty serves the next."""
    if (library := _glibc()) is not None:
        library.mallopt(_ARENA_MAX, 1)


@cache
def _trim() -> Callable[[int], int] | None:
    if (library := _glibc()) is None:
        return None
    from ctypes import c_int, c_size_t

    trim = library.malloc_trim
    trim.argtypes, trim.restype = [c_size_t], c_int
    return trim


@cache
def _glibc() -> CDLL | None:
    """The C library where it is glibc: some builds of Python have no ctypes, some systems another library."""
    if sys.platform != "linux":
        return None
    try:
        from ctypes import CDLL

        library = CDLL(None)
        library.mallopt, library.malloc_trim  # noqa: B018
    except (ImportError, OSError, AttributeError):
        return None
    return library
