"""Which report is wanted: of what time, in which groups; and the keys that choose it."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.report_periods import Calendar, Days, ReportSpan, report_span
from betting_tui.screens.dialogs.form import Agreed, Field, Filled, FormDialog

if TYPE_CHECKING:
    # Named in annotations alone: the store is there when there is an engine.
    from betting_tui.engine.store.shapes import GroupBy, ReportFilter

GROUPINGS: tuple[GroupBy, ...] = (
    "strategy", "bookmaker", "sport", "league", "market", "odds_band", "edge_band", "time_to_start", "evidence",
    "account",
)  # fmt: skip
# Sums of these are kept, and there at once; the others are counted bet by bet.
AT_ONCE: frozenset[GroupBy] = frozenset({"strategy", "bookmaker", "league", "market"})
PERIODS = ("today", "7d", "30d", "month", "season", "year", "all", "custom")


class Wish(Struct, frozen=True):
    """`days` bound the period `custom` alone."""

    by: GroupBy = "strategy"
    period: str = "all"
    days: Days = Days()

    def span(self, now: datetime, calendar: Calendar) -> ReportSpan:
        return report_span(self.period, now, calendar, self.days if self.period == "custom" else None)

    def grouped(self, step: int) -> GroupBy:
        """The grouping `step` places on, in a ring."""
        return GROUPINGS[(GROUPINGS.index(self.by) + step) % len(GROUPINGS)]


def grouping_name(by: GroupBy) -> str:
    """`time to start`."""
    return by.replace("_", " ")


def filter_of(account: str, by: GroupBy, span: ReportSpan) -> ReportFilter:
    from betting_tui.engine.store.shapes import ReportFilter

    return ReportFilter(account, by, span.since, span.until, span.books)


def days_form(days: Days, now: datetime, calendar: Calendar) -> FormDialog[Days]:
    """From and to, both counted in, either left open."""

    def check(filled: Filled) -> Agreed[Days]:
        wanted = Days(_day(filled.text("from")), _day(filled.text("to")))
        if wanted == Days():
            raise UsageError("Write the first day, the last one, or both: 2026-04-18")
        if wanted.first is not None and wanted.last is not None and wanted.last < wanted.first:
            raise UsageError(f"{wanted.last} is before {wanted.first}: no day lies between them")
        span = report_span("custom", now, calendar, wanted)
        return Agreed(wanted, f"bets settled {span.words}, both days counted in")

    fields = (
        Field("from", "From", _text(days.first), "2026-04-01, or nothing for the beginning"),
        Field("to", "To", _text(days.last), "2026-04-30, or nothing for today"),
    )
    return FormDialog("Which days", fields, check, yes="show", about="Betting days, as your day begins and ends.")


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text!r} is no day: write year, month and day, like 2026-04-18") from None


def _text(day: date | None) -> str:
    return "" if day is None else day.isoformat()
