"""What answers of feeds did, for whoever asked for them."""

from __future__ import annotations

from msgspec import Struct

from betting_tui.engine.core.errors import SourceError
from betting_tui.engine.core.model import Opportunity


class OddsTaken(Struct, frozen=True):
    """What one odds answer did."""

    source: str
    events: int
    quotes: int
    rejected: int
    changed_lines: int
    found: tuple[Opportunity, ...]
    new: tuple[Opportunity, ...]
    gone: tuple[str, ...]


class EventsTaken(Struct, frozen=True):
    """What one list of fixtures did. `moved` events on the board have another start."""

    source: str
    events: int
    moved: int


class Unanswered(Struct, frozen=True):
    """A sport that no feed gave the odds of, and why."""

    sport_key: str
    error: SourceError
