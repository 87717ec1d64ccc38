"""What is kept of the market shortly before a start, and which of it a reader lets count."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from msgspec import Struct

from betting_tui.engine.core.model import LineKey, Selection, Side
from betting_tui.engine.core.odds import Price

# Ages are counted up to these many minutes, so that sums over them need not be written anew for another limit.
AGE_STEPS = (1, 2, 3, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 360, 720, 1440)
DEFAULT_MAX_AGE_MINUTES = 15

# Why there is no close: as stored, in few words, and in full.
REASONS = {
    "not_polled": ("not polled", "odds were not fetched between placing and the start"),
    "too_old": ("too old", "the last price before the start is older than the age limit"),
    "market_gone": ("market gone", "the bookmaker had no price of it any more when odds were fetched last"),
    "feed_down": ("feed down", "no feed answered between the last price and the start"),
    "moved_line": ("line moved", "the line moved, and nothing tells what the point taken was worth at the close"),
    "no_reference": ("no fair line", "too few other bookmakers had prices on every side"),
    "start_unknown": ("start unknown", "nobody has named the start, so no price is the last before it"),
    "parlay": ("parlay", "a parlay has no single closing price"),
    "not_quoted": ("not quoted", "no quote of this bookmaker at this point seen between placing and the start"),
    "not_kept": ("not kept", "nobody kept the closing line of this bet"),
}


def reason_in_short(reason: str) -> str:
    return REASONS.get(reason, (reason.replace("_", " "), ""))[0]


def reason_in_full(reason: str) -> str:
    """A text that is none of the stored words stays as it is."""
    short, full = REASONS.get(reason, (reason, ""))
    return f"{short}: {full}" if full else short


class WantedClose(Struct, frozen=True):
    """A price whose close somebody waits for: an open bet, or an opportunity that was shown."""

    selection: Selection
    bookmaker: str
    side: Side = Side.BACK


class Family(Struct, frozen=True, cache_hash=True, gc=False):
    """A line whatever its point: what a line that moves stays."""

    event_id: str
    market: str
    period: str
    participant: str | None
    outcome_set: str
    rule: str


# The lines of an answer are asked for several times, one answer after the other.
@lru_cache(maxsize=4_096)
def family_of(line: LineKey) -> Family:
    return Family(line.event_id, line.market, line.period, line.participant, line.outcome_set.value, line.rule)


class FairClose(Struct, frozen=True):
    """What the reference said of a selection at one moment, without margin. `bookmaker` is whose price it judges and
    has no say in it; `main`: its point is the one most books stood at. `quoted_at` is that of its oldest price."""

    selection: Selection
    bookmaker: str
    probability: float
    main: bool
    method: str
    books: tuple[str, ...]
    source: str
    quoted_at: datetime | None
    seen_at: datetime


class BookClose(Struct, frozen=True):
    """The last price of the bet's own book before the start. `seconds_before_start` None: nobody says when."""

    price: Price
    bookmaker: str
    source: str
    point: float | None = None
    quoted_at: datetime | None = None
    seen_at: datetime | None = None
    seconds_before_start: float | None = None
    after: str | None = None


class ReferenceClose(Struct, frozen=True):
    """The last fair probability before the start."""

    probability: float
    method: str
    books: tuple[str, ...] = ()
    source: str = ""
    point: float | None = None
    quoted_at: datetime | None = None
    seen_at: datetime | None = None
    seconds_before_start: float | None = None
    after: str | None = None


def too_old(seconds: float | None, max_age_minutes: int | None) -> bool:
    """Whether a close is left out; one whose time nobody tells is taken at its word."""
    return seconds is not None and max_age_minutes is not None and seconds > max_age_minutes * 60
