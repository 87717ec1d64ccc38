"""What goes wrong at a bookmaker or between it and the feed: rare, short, and drawn per window of time."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from betting_tui.engine.sources.simulated.draws import Draws
from betting_tui.engine.sources.simulated.settings import SimulationSettings


class MistakeKind(StrEnum):
    FAT_FINGER = "fat_finger"
    """One selection is far too generous."""
    BOOST = "boost"
    """An outsider to win is made attractive on purpose."""
    ASLEEP = "asleep"
    """The price stands still although the bookmaker is seen quoting it."""
    UNREACHABLE = "unreachable"
    """The feed cannot visit the bookmaker: its quotes grow old."""
    SUSPENDED = "suspended"
    """One market is off the board."""


class Mistake(Struct, frozen=True):
    """`market` and `side` are positions drawn at random, to be taken modulo what is there.

    `discount` is the share taken off a selection's implied probability: the quoted one for a slip, the fair one for a
    boost.
    """

    kind: MistakeKind
    begins: int
    ends: int
    market: int
    side: int
    discount: float = 0.0


def mistake_at(draws: Draws, book: str, moment: int, settings: SimulationSettings) -> Mistake | None:
    """The mistake going on at a moment. `draws` belong to the event; moments are seconds since 1970."""
    window = moment // settings.mistake_window
    chance = draws.uniform("mistake", book, window)
    kind, discount = _kind(draws, chance, book, window, settings)
    if kind is None:
        return None
    length = settings.mistake_window
    lasts = round(length * draws.between(0.2, 0.7, "mistake-lasts", book, window))
    begins = window * length + round((length - lasts) * draws.uniform("mistake-begins", book, window))
    if not begins <= moment < begins + lasts:
        return None
    place = draws.number("mistake-place", book, window)
    return Mistake(kind, begins, begins + lasts, place & 0xFF, place >> 8 & 0xFF, discount)


def _kind(
    draws: Draws, chance: float, book: str, window: int, settings: SimulationSettings
) -> tuple[MistakeKind | None, float]:
    reached = settings.suspicious_share
    if chance < reached:
        return MistakeKind.FAT_FINGER, draws.between(0.30, 0.45, "mistake-size", book, window)
    reached += settings.fat_finger_share
    if chance < reached:
        return MistakeKind.FAT_FINGER, draws.between(0.08, 0.16, "mistake-size", book, window)
    reached += settings.boost_share
    if chance < reached:
        return MistakeKind.BOOST, draws.between(0.04, 0.085, "mistake-size", book, window)
    for kind, share in (
        (MistakeKind.ASLEEP, settings.asleep_share),
        (MistakeKind.UNREACHABLE, settings.unreachable_share),
        (MistakeKind.SUSPENDED, settings.suspended_share),
    ):
        reached += share
        if chance < reached:
            return kind, 0.0
    return None, 0.0
