"""What the engine publishes. Events say that something changed; queries say what it is now."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from betting_tui.engine.core.ports import Notice


class BoardChanged(Struct, frozen=True):
    """Prices or opportunities are not what they were: draw again when it suits."""

    at: datetime


class LedgerChanged(Struct, frozen=True):
    """Money or bets changed, here or by another process."""

    at: datetime


class StatusChanged(Struct, frozen=True):
    """A feed, the pause, an armed strategy or the lock changed."""

    at: datetime


class Noticed(Struct, frozen=True):
    """Something to tell the user: a toast."""

    notice: Notice


EngineEvent = BoardChanged | LedgerChanged | StatusChanged | Noticed
