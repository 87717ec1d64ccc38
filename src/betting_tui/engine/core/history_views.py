"""What became of one bet, step by step, from the books."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from betting_tui.engine.core.model import BetResult


class Step(StrEnum):
    PLACED = "placed"
    SETTLED = "settled"
    CORRECTED = "corrected"
    CHARGED_ANEW = "charged_anew"
    REOPENED = "reopened"
    CANCELLED = "cancelled"
    REVIEW = "review"


class Ending(Struct, frozen=True):
    """A result and its profit in minor units."""

    result: BetResult
    profit_minor: int


class HistoryRow(Struct, frozen=True):
    """One step. `by`: who or what booked it. `before`, `after`: what it ended as before, and since. `source`: the feed
    whose result decided it, with its score; '' by hand. `confirmed_by`: the person who said the same later."""

    at: datetime
    step: Step
    by: str
    text: str = ""
    before: Ending | None = None
    after: Ending | None = None
    source: str = ""
    score: str = ""
    confirmed_by: str = ""
