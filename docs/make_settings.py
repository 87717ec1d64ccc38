"""Writes down every setting with its default: the end of docs/settings.md, after its heading "Every setting".

Run from the project's directory: `python docs/make_settings.py`. With `--check` it only says whether it is current.
"""

from __future__ import annotations

import re
import sys
import tempfile
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from betting_tui.engine.config import load_settings
from betting_tui.engine.config.catalogue import Effect, Setting, catalogue

PAGE = Path(__file__).with_name("settings.md")
HEADING = "## Every setting\n"
_INTRODUCTION = """
In the order of the file. "At once" and "next start" say when a change of it counts; the others count when the engine
starts again.
"""
_WHEN = {Effect.AT_ONCE: " At once.", Effect.NEXT_START: " Next start.", Effect.ENGINE: ""}


def settings() -> tuple[Setting, ...]:
    """All of them, whatever this machine has set."""
    with tempfile.TemporaryDirectory() as folder:
        empty = Path(folder, "config.yaml")
        empty.touch()
        return catalogue(load_settings(empty, environment={}))


def reference_text() -> str:
    parts = [HEADING, _INTRODUCTION]
    for section, found in groupby(settings(), attrgetter("section")):
        parts.append(f"\n### `{section}`\n\n| key | default | holds | |\n|---|---|---|---|\n")
        parts += [_row(each) for each in found]
    return "".join(parts)


def page_text(before: str) -> str:
    """The page with what was written by hand kept."""
    return before.partition(HEADING)[0] + reference_text()


def _row(setting: Setting) -> str:
    default = setting.default if setting.default in ("not set", "none") else f"`{setting.default}`"
    cells = (f"`{setting.name}`", default, setting.holds, f"{setting.about}.{_WHEN[setting.effect]}")
    return f"| {' | '.join(_cell(cell) for cell in cells)} |\n"


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", "\\|")


def main() -> int:
    before = PAGE.read_text(encoding="utf-8")
    if "--check" in sys.argv:
        stale = page_text(before) != before
        if stale:
            sys.stdout.write(f"{PAGE} is out of date: run python docs/make_settings.py\n")
        return int(stale)
    PAGE.write_text(page_text(before), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
