"""The stars a user gave, kept beside the ledger: a small file that may be deleted at any time."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from betting_tui.engine.core.opportunity_views import WatchMark
from betting_tui.engine.store.files import replace_private_file

WATCH_FILE = "watched.json"
_LONG_OVER = timedelta(hours=12)
_MOST = 100
_LOG = logging.getLogger(__name__)


def load_marks(path: Path, now: datetime) -> tuple[WatchMark, ...]:
    """Those whose event is not long over. A file that cannot be read costs the stars and nothing else."""
    try:
        marks = msgspec.json.decode(path.read_bytes(), type=tuple[WatchMark, ...])
    except FileNotFoundError:
        return ()
    except (OSError, msgspec.DecodeError) as error:
        _LOG.warning("the list of watched prices cannot be read, and is begun anew: %s", type(error).__name__)
        return ()
    return tuple(mark for mark in marks[:_MOST] if now - mark.event.commence_time < _LONG_OVER)


def save_marks(path: Path, marks: Sequence[WatchMark]) -> None:
    """Raises OSError."""
    replace_private_file(path, msgspec.json.encode(marks[-_MOST:]))
