"""What the engine is made of, imported while the first screen is on its way to the terminal."""

from __future__ import annotations

from contextlib import suppress
from threading import Thread


def import_ahead() -> None:
    """Begin it beside the drawing: most of what the rows wait for after the first paint is importing."""
    Thread(target=_import, name="import-ahead", daemon=True).start()


def _import() -> None:
    # What fails here fails again where the engine is opened, and is told there.
    with suppress(Exception):
        import betting_tui.engine.launch  # noqa: F401
