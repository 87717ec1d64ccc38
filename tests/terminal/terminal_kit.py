"""A real terminal of a size, with a program in it: keys go in, what stands on it comes out."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event
from time import monotonic

PATIENCE_SECONDS = 30.0
_BETWEEN_LOOKS = 0.1


class Terminal:
    """A window of a tmux server of its own, which ends with it."""

    def __init__(self, folder: Path, size: tuple[int, int], command: Sequence[str], **variables: str) -> None:
        self._socket = str(folder / "tmux")
        self._environment = {name: value for name, value in os.environ.items() if not name.startswith("TMUX")}
        self._environment |= {"TERM": "xterm-256color", "LANG": "C.UTF-8", **variables}
        width, height = map(str, size)
        # The shell stays, to say how it ended.
        line = f"{shlex.join(command)}; echo ended with $?; cat"
        self._tmux("-f", "/dev/null", "new-session", "-d", "-x", width, "-y", height, line)
        self._tmux("set-option", "-g", "window-size", "manual")

    def press(self, *keys: str) -> None:
        """Keys as tmux names them: `b`, `C-p`, `Escape`."""
        self._tmux("send-keys", *keys)

    def type(self, text: str) -> None:
        self._tmux("send-keys", "-l", text)

    def resize(self, width: int, height: int) -> None:
        self._tmux("resize-window", "-x", str(width), "-y", str(height))

    def lines(self) -> list[str]:
        """Everything on it, top to bottom."""
        return self._tmux("capture-pane", "-p").split("\n")[:-1]

    def text(self) -> str:
        return "\n".join(self.lines())

    def until(self, found: Callable[[str], object], what: str) -> str:
        """What stands there once it is as wanted. A terminal does not tell when it is drawn on: it is looked at."""
        end, pause = monotonic() + PATIENCE_SECONDS, Event()
        while True:
            text = self.text()
            if found(text):
                return text
            assert monotonic() < end, f"no {what} within {PATIENCE_SECONDS:.0f} s:\n{text}"
            pause.wait(_BETWEEN_LOOKS)

    def shows(self, wanted: str) -> str:
        return self.until(lambda text: wanted in text, repr(wanted))

    def close(self) -> None:
        subprocess.run(["tmux", "-S", self._socket, "kill-server"], capture_output=True, check=False)

    def _tmux(self, *arguments: str) -> str:
        done = subprocess.run(
            ["tmux", "-S", self._socket, *arguments], env=self._environment, capture_output=True, check=True
        )
        return done.stdout.decode()
