"""How far long work has come: one line on stderr that is written over, where a terminal shows it."""

from __future__ import annotations

import sys

from betting_tui.engine.core.text import clean

_ERASE = "\r\x1b[2K"
_LONGEST = 100


class ProgressLine:
    """Silent where stderr is a file or a pipe: nobody reads a line that is written over there."""

    def __init__(self) -> None:
        self._shows = sys.stderr is not None and sys.stderr.isatty()
        self._shown = False

    def show(self, text: str) -> None:
        if self._shows:
            self._shown = True
            sys.stderr.write(f"{_ERASE}{clean(text, _LONGEST)}")
            sys.stderr.flush()

    def clear(self) -> None:
        """Nothing is left of it: what comes next begins at the edge."""
        if self._shown:
            self._shown = False
            sys.stderr.write(_ERASE)
            sys.stderr.flush()
