"""Memory: Python's collector of garbage is put off while the app starts; what the C library hoards is given back."""

from __future__ import annotations

import gc
import sys
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

# New objects before the youngest are looked through, and how often that leads to the next older ones. Thousands of
# rows are made anew with every redraw and are no garbage: by Python's own figures, all there is would be looked
# through every other second, and a key press would wait for that.
_YOUNGEST, _MIDDLE, _OLDEST = 10_000, 20, 100


def put_off() -> None:
    """Collect nothing until `take_up`: what is imported while starting is kept for good anyway."""
    gc.disable()


def take_up() -> None:
    """Collect again, and never look through what is there by now; nothing where it was not put off."""
    if not gc.isenabled():
        gc.freeze()
        gc.set_threshold(_YOUNGEST, _MIDDLE, _OLDEST)
        gc.enable()


def give_back() -> None:
    """Return to the system what was freed; under a millisecond. Nothing where the C library is not glibc.

    Each thread's freed blocks stay with it otherwise: 5 MB after every start, 20 MB after a day's copy and check.
    """
    if (trim := _trim()) is not None:
        trim(0)


@cache
def _trim() -> Callable[[int], int] | None:
    if sys.platform != "linux":
        return None
    try:
        # Some builds of Python have no ctypes, some systems another C library.
        from ctypes import CDLL, c_int, c_size_t

        trim = CDLL(None).malloc_trim
    except (ImportError, OSError, AttributeError):
        return None
    trim.argtypes, trim.restype = [c_size_t], c_int
    return trim
