"""Python's collector of garbage: put off while the app starts, seldom afterwards."""

from __future__ import annotations

import gc

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
