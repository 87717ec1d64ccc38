"""Python's collector of garbage, put off while the app starts: what is imported then is kept for good anyway."""

from __future__ import annotations

import gc


def put_off() -> None:
    """Collect nothing until `take_up`."""
    gc.disable()


def take_up() -> None:
    """Collect again, and never look through what is there by now; nothing where it was not put off."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
